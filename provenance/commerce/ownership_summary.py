"""What anyone with an item's code may read of its owner: that there is one, and what stands in the way; never who."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, stage_members
from provenance.commerce.ownership import ownership_of
from provenance.encoding.canonical import JsonLike


def public_ownership_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The ownership as JSON members, without owner and order; ``head`` is what the next record links to."""
    owned = ownership_of(dossier)
    return {
        "item": owned.item,
        "stage": owned.stage.value,
        "head": owned.head,
        "stages": stage_members(dossier),
        "next": next_members(dossier),
    }
