"""What every dossier tells a program beside its own matter: its stages, what may follow, the records it rests on."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.machines import open_steps
from provenance.encoding.canonical import JsonLike


def stage_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The stage of each machine by its name; one of a single item is named ``fulfilment <EPC>``."""
    return {f"{machine} {serial}".rstrip(): stage.value for (machine, serial), stage in dossier.stages.items()}


def next_members(dossier: Dossier) -> list[JsonLike]:
    """What may be said next, as far as the tables know."""
    return [kind.value for kind in open_steps(dossier.name.family, dossier.stages)]


def record_members(dossier: Dossier) -> list[JsonLike]:
    """Each record with its statement and its place in the log."""
    return [
        {"kind": e.record.kind.value, "statement": e.hash, "index": e.index, "at": e.record.at} for e in dossier.entries
    ]
