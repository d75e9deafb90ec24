"""What the records of one item's sales between consumers say: the newest offer, who accepted it, and how far it is.

Everything here is read from the dossier and nothing is kept; ``resale_rows`` has the stages.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import DossierName, Family, parse_dossier_name
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.errors import RefusedError
from provenance.ids import PartyId, Subject


@dataclass(frozen=True, slots=True)
class Resale:
    """The newest sale of an item by its owner; ``buyer`` is ``None`` until somebody accepted it."""

    item: Subject
    seller: PartyId
    buyer: PartyId | None
    attestor: PartyId
    minor: int
    currency: str
    expires: int
    paid_at: int | None
    stage: Stage


def dossier_of_resale(item: Subject) -> DossierName:
    """The name of the dossier that tells of an item's sales between consumers."""
    return parse_dossier_name(f"{Family.RESALE}:{item}")


def resale_of(dossier: Dossier) -> Resale:
    """The newest sale that a dossier tells of; refuses one in which nothing was offered."""
    offered = dossier.newest(Kind.RESALE_OFFERED)
    if offered is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"{dossier.name.number} was never offered")
    accepted, paid = _since(dossier, offered, Kind.RESALE_ACCEPTED), _since(dossier, offered, Kind.RESALE_PAID)
    members = offered.record.members
    return Resale(
        item=Subject(dossier.name.number),
        seller=offered.signers[0].party,
        buyer=accepted.signers[0].party if accepted else None,
        attestor=PartyId(members.text("attestor")),
        minor=members.whole("minor", 0, MOST_MINOR),
        currency=members.text("currency"),
        expires=members.instant("expires"),
        paid_at=paid.record.at if paid else None,
        stage=dossier.stage(Machine.RESALE),
    )


def _since(dossier: Dossier, offered: Entered, kind: Kind) -> Entered | None:
    found = dossier.newest(kind)
    return found if found is not None and found.index > offered.index else None
