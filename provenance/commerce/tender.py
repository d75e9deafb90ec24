"""The part of an order that is paid in points: what is then owed in money, for the whole and for each line.

Rules: freight is paid in money; what a line was paid in points comes back as points, and what in money as money.
"""

from __future__ import annotations

from provenance.commerce.book import Book
from provenance.commerce.money import Money, allocate
from provenance.commerce.orders import Order
from provenance.commerce.points_postings import account_of
from provenance.commerce.tables import Slot


def paid_in_points(order: Order, book: Book) -> tuple[int, ...]:
    """What points pay of each line, in minor units; nothing, where nobody laid any down."""
    holder = book.holder(Slot.TENDER, order.subject)
    laid_down = account_of(book.known(holder)).redemptions.get(order.subject) if holder is not None else None
    minor = laid_down.minor if laid_down is not None else 0
    parts = allocate(Money(minor, order.currency), [line.price for line in order.lines])
    return tuple(part.minor for part in parts)


def owed_in_money(order: Order, book: Book) -> int:
    """What the buyer owes beside the points, in minor units."""
    return order.total - sum(paid_in_points(order, book))
