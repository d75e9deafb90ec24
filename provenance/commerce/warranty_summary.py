"""The warranty of an item as an object for programs: its repairs, how far the newest is, and the records behind it."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, record_members, stage_members
from provenance.commerce.warranties import warranty_of
from provenance.encoding.canonical import JsonLike


def warranty_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The warranty as JSON members; ``repairs`` counts those that did not help."""
    warranty = warranty_of(dossier, dossier.at)
    return {
        "item": warranty.item,
        "order": warranty.order,
        "claimant": warranty.claimant,
        "repairs": warranty.repairs,
        "daysAway": warranty.days_away,
        "stages": stage_members(dossier),
        "next": next_members(dossier),
        "records": record_members(dossier),
    }
