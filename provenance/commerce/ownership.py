"""What the records about one item say of its owner: who it is, since when, and how it came to them.

Everything here is read from the dossier and nothing is kept; ``ownership_rows`` has the stages.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import DossierName, Family, parse_dossier_name
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.errors import RefusedError
from provenance.ids import PartyId, StatementHash, Subject

_PASSED_ON = frozenset({Kind.OWNERSHIP_TRANSFERRED, Kind.OWNERSHIP_RESOLD})
CLAIMS = frozenset({Kind.OWNERSHIP_CLAIMED, Kind.OWNERSHIP_GRANTED})
"""With which an item becomes the property of whoever bought it from its seller."""

_NEW_OWNERS = _PASSED_ON | CLAIMS | {Kind.RECOVERY_COMPLETED}
_NAMED = {Kind.OWNERSHIP_CLAIMED: "owner", Kind.OWNERSHIP_GRANTED: "owner", Kind.OWNERSHIP_RESOLD: "to"}


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns an item now: ``head`` is the newest record of its dossier, ``since`` the one that made them owner."""

    item: Subject
    owner: PartyId
    stage: Stage
    since: StatementHash
    head: StatementHash
    order: Subject


def dossier_of_owner(item: Subject) -> DossierName:
    """The name of the dossier that tells who owns an item."""
    return parse_dossier_name(f"{Family.OWNERSHIP}:{item}")


def ownership_of(dossier: Dossier) -> Ownership:
    """The ownership that a dossier tells of; refuses one in which nobody has claimed anything."""
    claimed, owner = claim_in(dossier), owner_of(dossier)
    if claimed is None or owner is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"nobody has claimed {dossier.name.number}")
    since = next(entered for entered in reversed(dossier.entries) if entered.record.kind in _NEW_OWNERS)
    return Ownership(
        item=Subject(dossier.name.number),
        owner=owner,
        stage=dossier.stage(Machine.OWNERSHIP),
        since=since.hash,
        head=dossier.entries[-1].hash,
        order=Subject(claimed.record.members.text("order")),
    )


def claim_in(dossier: Dossier) -> Entered | None:
    """The record by which the newest buyer from a seller became the owner."""
    return next((entered for entered in reversed(dossier.entries) if entered.record.kind in CLAIMS), None)


def was_passed_on(dossier: Dossier) -> bool:
    """Whether whoever claimed the item has given or sold it to another since."""
    for entered in reversed(dossier.entries):
        if entered.record.kind in CLAIMS:
            return False
        if entered.record.kind in _PASSED_ON:
            return True
    return False


def owner_of(dossier: Dossier) -> PartyId | None:
    """Who owns the item, by their key; ``None`` before it was claimed."""
    for entered in reversed(dossier.entries):
        if (name := _NAMED.get(entered.record.kind)) is not None:
            return PartyId(entered.record.members.text(name))
        if entered.record.kind in _NEW_OWNERS:
            return entered.signers[0].party
    return None
