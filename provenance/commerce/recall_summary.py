"""One recall as an object for programs: what is called back and why, and what was done about it, without any owner."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, record_members
from provenance.commerce.recalls import recall_of
from provenance.encoding.canonical import JsonLike


def recall_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The recall as JSON members; items are counted, not named: who has one asks for it by its code."""
    recall = recall_of(dossier)
    return {
        "recall": recall.subject,
        "stage": recall.stage.value,
        "issuer": recall.issuer,
        "of": dict(recall.of.items()),
        "reason": recall.reason,
        "notice": recall.notice,
        "notified": len(recall.notified),
        "remedied": len(recall.remedied),
        "next": next_members(dossier),
        "records": record_members(dossier),
    }
