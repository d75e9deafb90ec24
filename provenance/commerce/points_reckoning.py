"""What a programme's rules make of one order: the points it earns, which of its lines points pay, and since when.

Whoever makes a record of points takes the numbers from here, and whoever checks it reckons them here again.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.calendar import day_of, end_of, rolled
from provenance.commerce.dossier import Dossier
from provenance.commerce.extraction import line_of
from provenance.commerce.floor import raised
from provenance.commerce.law_tables import law_of
from provenance.commerce.money import Money, allocate
from provenance.commerce.order_guards import pinned_terms
from provenance.commerce.orders import Order, arrived_at, order_of
from provenance.commerce.programme import Programme, read_programme
from provenance.commerce.returns import refund_key
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.tender import paid_in_points
from provenance.errors import RefusedError
from provenance.ids import LeafIndex, Subject

_OFF = frozenset({Stage.CANCELLED, Stage.EXPIRED})


def rules_of(programme: Subject, book: Book, *, before: LeafIndex | None = None) -> Programme:
    """The newest revision of a programme, or the newest before a place in the log; refuses where there is none."""
    published = book.known(programme).all(Kind.PROGRAMME_PUBLISHED)
    for entered in reversed(published):
        if before is None or entered.index < before:
            return read_programme(entered.record.members.raw("programme"))
    raise RefusedError(Code.UNKNOWN_DOSSIER, f"{programme} had no rules yet")


def rules_for(ordered: Dossier, programme: Subject, book: Book) -> Programme:
    """The rules that stood when an order was placed; refuses an order that nobody placed."""
    placed = ordered.newest(Kind.ORDER_PLACED)
    if placed is None:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"nobody has placed {ordered.name.subject}")
    return rules_of(programme, book, before=placed.index)


def earned_by(order: Order, rules: Programme, book: Book) -> tuple[int, ...]:
    """The points that each line of an order earns: on what is paid in money."""
    in_points = paid_in_points(order, book)
    return rules.earned_on(line.price - less for line, less in zip(order.lines, in_points, strict=True))


def laid_down(order: Order, points: int) -> tuple[int, ...]:
    """So many points, shared among the lines by their prices."""
    shares = allocate(Money(points, order.currency), [line.price for line in order.lines])
    return tuple(share.minor for share in shares)


def items_by_line(order: Order) -> Mapping[int, Subject]:
    """The item that each line has come to: what was allocated, or what replaced it."""
    return {line_of(order, item): item for item in order.serials}


def is_undone(ordered: Dossier, line: int, book: Book) -> bool:
    """Whether a line was called off, or its price paid back, by the seller or by the buyer's bank."""
    if ordered.stage(Machine.ORDER) in _OFF or ordered.stage(Machine.CHARGEBACK) is Stage.LOST:
        return True
    item = items_by_line(order_of(ordered)).get(line)
    return item is not None and book.holder(Slot.REFUND, refund_key(ordered.name.subject, item)) is not None


def kept_from(ordered: Dossier, line: int, book: Book) -> int:
    """The first instant at which a line can't be given back without a reason any more.

    Refuses a line that has not arrived, that is being returned, and that is undone.
    """
    order = order_of(ordered)
    item = items_by_line(order).get(line)
    arrived = arrived_at(ordered, item) if item is not None else None
    if item is None or arrived is None or ordered.stage(Machine.FULFILMENT, item) is not Stage.DELIVERED:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"line {line} of {order.subject} has not arrived")
    is_charged_back = ordered.stage(Machine.CHARGEBACK) is Stage.OPEN
    if (holder := book.holder(Slot.RETURN, item)) is not None or is_charged_back or is_undone(ordered, line, book):
        message = f"line {line} of {order.subject} is given back, or may be"
        raise RefusedError(Code.STILL_OPEN, message, evidence={"holder": holder or order.subject})
    terms = pinned_terms(order, book)
    law = law_of(terms.jurisdiction, day_of(ordered.entries[0].record.at, terms.zone))
    days = raised(terms, law).withdrawal.days
    return end_of(rolled(day_of(arrived, terms.zone) + days, law.rest_days, terms.holidays), terms.zone)
