"""What the services may ask a payment provider, beside what it tells by itself.

What a provider promises: what it lists has happened at it, and was asked over a connection that is its own.

What it is trusted for: its own list decides whether a notice that others can't check (grade B) is so. It is trusted
with nothing else: what it lists must fit the order all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from provenance.commerce.money import Money
from provenance.commerce.payment_accounts import SellersAccount
from provenance.commerce.settling import Said


class Providers(Protocol):
    """The providers of this installation's accounts."""

    def listed(self, at: SellersAccount, number: str) -> Sequence[Said]:
        """What the provider's own list says of the order with this number at it; ``Said.order`` is the number.

        ``UnreachableError`` where it does not answer, or can't be asked from here.
        """
        ...

    def give_back(self, at: SellersAccount, number: str, refund: str, amount: Money) -> bool:
        """Have the provider pay back part of an order, under a name; the same name again is the same refund.

        ``False`` where it can't be told from here, and a person must. Whether it did is told by a notice.
        """
        ...
