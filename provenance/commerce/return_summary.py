"""One return as an object for programs: who asks for what, how far it is, and the records it rests on."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, record_members, stage_members
from provenance.commerce.returns import return_of
from provenance.encoding.canonical import JsonLike


def return_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The return as JSON members."""
    asked = return_of(dossier)
    return {
        "return": asked.subject,
        "order": asked.order,
        "item": asked.item,
        "claimant": asked.claimant,
        "ask": asked.ask.value,
        "stages": stage_members(dossier),
        "next": next_members(dossier),
        "records": record_members(dossier),
    }
