"""What the records of one item's warranty say: its repairs, how long they took, and how long it lasts.

Everything here is read from the dossier and nothing is kept; ``warranty_rows`` has the stages.

Rules:

* the warranty of an item begins when it arrived; what came by an exchange begins anew;
* the days on which it was away for a repair do not count;
* a repair that could not be done, or took longer than ``LONGEST_DAYS``, counts as all that the law asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provenance.commerce.calendar import SECONDS_A_DAY, day_of, months_after
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import DossierName, Family, parse_dossier_name
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.ids import PartyId, Subject

LONGEST_DAYS = 30
"""W 12 (部分商品修理更换退货责任规定): who repairs for longer than this has to replace."""

_ENOUGH = 2  # no law here asks for more failed repairs than this
_AWAY = frozenset({Kind.REPAIR_RECEIVED})
_BACK = frozenset({Kind.REPAIR_CLOSED})


@dataclass(frozen=True, slots=True)
class Warranty:
    """The warranty of an item: the order and the claimant of the newest repair, and what all repairs add up to."""

    item: Subject
    order: Subject | None
    claimant: PartyId | None
    stage: Stage
    asked_at: int | None
    repairs: int
    days_away: int


def dossier_of_warranty(item: Subject) -> DossierName:
    """The name of the dossier that tells of an item's repairs."""
    return parse_dossier_name(f"{Family.WARRANTY}:{item}")


def warranty_of(dossier: Dossier, now: int) -> Warranty:
    """The warranty that a dossier tells of; ``now`` is the moment until which a thing that is away has been away."""
    asked = dossier.newest(Kind.REPAIR_ASKED)
    told = tuple(_since_its_sale(dossier, asked))
    away = tuple(_days_away(told, now))
    kinds = [entered.record.kind for entered in told]
    is_hopeless = Kind.REPAIR_FAILED in kinds or any(days > LONGEST_DAYS for days in away)
    done = kinds.count(Kind.REPAIR_DONE)
    return Warranty(
        item=Subject(dossier.name.number),
        order=Subject(asked.record.members.text("order")) if asked else None,
        claimant=asked.signers[0].party if asked else None,
        stage=dossier.stage(Machine.WARRANTY),
        asked_at=asked.record.at if asked else None,
        repairs=max(done, _ENOUGH) if is_hopeless else done,
        days_away=sum(away),
    )


def last_day(warranty: Warranty, *, arrived_at: int, months: int, zone: int) -> int:
    """The last local day of a warranty."""
    return months_after(day_of(arrived_at, zone), months) + warranty.days_away


def _since_its_sale(dossier: Dossier, asked: Entered | None) -> Iterator[Entered]:
    """The records since the item was sold in the order of the newest repair: a new sale begins a new warranty."""
    if asked is None:
        return
    order = asked.record.members.text("order")
    asks = (entered for entered in dossier.all(Kind.REPAIR_ASKED) if entered.record.members.text("order") == order)
    first = next(asks).index
    yield from (entered for entered in dossier.entries if entered.index >= first)


def _days_away(told: Iterable[Entered], now: int) -> Iterator[int]:
    """For each time that the thing was with the seller, the days that had begun."""
    came: Entered | None = None
    for entered in told:
        if entered.record.kind in _AWAY and came is None:
            came = entered
        elif entered.record.kind in _BACK and came is not None:
            yield _days(came.record.at, entered.record.at)
            came = None
    if came is not None:
        yield _days(came.record.at, now)


def _days(start: int, end: int) -> int:
    return -(-(end - start) // SECONDS_A_DAY)
