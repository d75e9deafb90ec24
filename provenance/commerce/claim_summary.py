"""One claim as an object for programs: what is wrong with which item, what was found, and the records it rests on."""

from __future__ import annotations

from provenance.commerce.claims import complaint_of
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, record_members, stage_members
from provenance.encoding.canonical import JsonLike


def claim_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The claim as JSON members; ``found`` is what somebody admitted or awarded."""
    complaint = complaint_of(dossier)
    return {
        "claim": complaint.subject,
        "order": complaint.order,
        "item": complaint.item,
        "claimant": complaint.claimant,
        "ask": complaint.ask.value,
        "loss": complaint.loss,
        "found": [found.value for found in complaint.found],
        "stages": stage_members(dossier),
        "next": next_members(dossier),
        "records": record_members(dossier),
    }
