"""What shops told of orders that their seller has not offered yet. Trusted for being there: nothing in it is a fact.

A draft is no statement and is in no log: it may be changed, and it may be forgotten. It has nobody's name in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from provenance.codes import Code
from provenance.commerce.order_drafts import Kept
from provenance.commerce.shop_orders import ShopOrder
from provenance.ids import Subject


@dataclass(frozen=True, slots=True)
class Draft:
    """An order as it was told, the dossier it would open, and whence: a shop, or a row of a file by its hash."""

    subject: Subject
    source: str
    order: ShopOrder


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the last telling of an order can't be offered: what stands in the way, and where in the body."""

    subject: Subject
    source: str
    code: Code
    pointer: str
    told: int


@dataclass(frozen=True, slots=True)
class DeliveryId:
    """One delivery of a shop's system."""

    shop: str
    id: str


class DraftBook(Protocol):
    """The drafts, shared by every process."""

    def compare(self, drafts: Sequence[Draft]) -> Sequence[Kept]:
        """What would become of each; changes nothing."""
        ...

    def keep(self, drafts: Sequence[Draft]) -> Sequence[Kept]:
        """Keep these, durably, and say what became of each; if one differs, nothing is kept. Ends their troubles."""
        ...

    def deliver(self, delivery: DeliveryId, told: Draft | Trouble | None, *, forget: Sequence[Subject] = ()) -> bool:
        """Keep what was told and forget other orders, with the delivery, in one; false and no change if it came before.

        Of two tellings the newer counts, also where one of them is a trouble.
        """
        ...

    def forget_all(self, delivery: DeliveryId) -> None:
        """Forget every draft of a delivery's shop, with the delivery, in one; no change if it came before."""
        ...

    def find(self, subject: Subject) -> Draft | None:
        """The draft of this order."""
        ...

    def all(self) -> Sequence[Draft]:
        """All drafts, by their names."""
        ...

    def troubles(self) -> Sequence[Trouble]:
        """All troubles, by the names of their orders."""
        ...
