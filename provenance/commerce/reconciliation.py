"""Where the book of an order and the provider's own list differ: each difference by name, for a person to settle.

Rules:

* only what was asked for and what the list says are compared; neither side is believed more than the other;
* what still waits on both sides is no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.commerce.ledger import Fulfil, Ledger, TransferId
from provenance.commerce.money import Money
from provenance.commerce.settling import DONE, Asked, Said, asked_for


@unique
class Difference(StrEnum):
    """How book and list differ; the value is stored and sent, never renamed."""

    NOT_BOOKED = "not-booked"  # the provider did it, and the book does not have it as done
    NOT_DONE = "not-done"  # the book has it as done, and the provider did not do it
    OTHER_AMOUNT = "other-amount"
    NOT_ASKED = "not-asked"  # the provider did what nobody asked for
    DONE_TWICE = "done-twice"


@dataclass(frozen=True, slots=True)
class Break:
    """One difference about one payment or refund, with both amounts where there are both."""

    difference: Difference
    transfer: TransferId
    booked: Money | None
    listed: Money | None


def breaks(ledger: Ledger, listed: Collection[Said]) -> tuple[Break, ...]:
    """Every difference between the book of an order and what the provider lists for it; none is the empty tuple."""
    done = [said for said in listed if said.state in DONE]
    asked = {one.transfer.id: one for one in asked_for(ledger)}
    return (*_of_list(done, asked), *_of_book(asked, {said.transfer for said in done}))


def _of_list(done: list[Said], asked: dict[TransferId, Asked]) -> Iterator[Break]:
    times = Counter(said.transfer for said in done)
    for said in {said.transfer: said for said in done}.values():
        one = asked.get(said.transfer)
        if one is None:
            yield Break(Difference.NOT_ASKED, said.transfer, None, said.amount)
            continue
        if times[said.transfer] > 1:
            yield Break(Difference.DONE_TWICE, said.transfer, one.transfer.amount, said.amount)
        if said.amount != one.transfer.amount:
            yield Break(Difference.OTHER_AMOUNT, said.transfer, one.transfer.amount, said.amount)
        elif one.ended is not Fulfil:
            yield Break(Difference.NOT_BOOKED, said.transfer, one.transfer.amount, said.amount)


def _of_book(asked: dict[TransferId, Asked], done: set[TransferId]) -> Iterator[Break]:
    for name, one in asked.items():
        if one.ended is Fulfil and name not in done:
            yield Break(Difference.NOT_DONE, name, one.transfer.amount, None)
