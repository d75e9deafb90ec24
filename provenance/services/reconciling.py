"""Comparing the books of all orders with a provider's own list: each difference by name, for a person to settle.

Rules:

* nothing is changed: neither side is believed more than the other;
* an order that was accepted and is not paid counts as asked for: money that came for it and was not booked is found;
* what the list does not reach is not held against the books: only what was done within its time must be in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.ledger import Fulfil, Ledger, TransferId
from provenance.commerce.money import Money
from provenance.commerce.orders import order_of
from provenance.commerce.payment_accounts import PaymentSetup, SellersAccount
from provenance.commerce.postings import dossiers_of_money, order_book, till_of
from provenance.commerce.provider_lists import ProviderList
from provenance.commerce.reconciliation import Break, Difference, breaks
from provenance.commerce.settling import Said, Till, ask_payment, asked_for
from provenance.commerce.tables import Kind, Slot
from provenance.commerce.tender import owed_in_money
from provenance.errors import MalformedError
from provenance.ids import Subject
from provenance.ports.stores import Reading, Store
from provenance.services.bookkeeping import read_dossier


@dataclass(frozen=True, slots=True)
class OrderBreak:
    """A difference in the money of one order."""

    order: str
    found: Break


class Reconciling:
    """The auditor of the books."""

    def __init__(self, store: Store, setup: PaymentSetup) -> None:
        self._store, self._setup = store, setup

    def compare(self, listed: ProviderList) -> tuple[OrderBreak, ...]:
        """Every difference between a provider's list and the books, in the order of the orders' names."""
        at = self._setup.of_till(listed.till)
        by_order = dict[Subject, list[Said]]()
        for said in listed.lines:
            subject, line = _named(said, at)
            by_order.setdefault(subject, []).append(line)
        with self._store.reading() as store:
            book = Book(lambda name: read_dossier(store, name), store.slot)
            subjects = sorted({*by_order, *_orders_paid_at(store, book, listed.till)})
            return tuple(
                OrderBreak(subject, found)
                for subject in subjects
                for found in _of_order(subject, book, listed, by_order.get(subject, []))
            )


def _of_order(subject: Subject, book: Book, listed: ProviderList, lines: list[Said]) -> Iterator[Break]:
    ordered = _dossier(subject, book)
    if ordered is None:
        yield from breaks(Ledger(), lines)
        return
    others = dossiers_of_money(ordered, book) if ordered.newest(Kind.ORDER_OFFERED) else ()
    ledger = _book_at(listed.until, ordered, others, listed.till, book)
    before = _done(_book_at(listed.since - 1, ordered, others, listed.till, book))
    for found in breaks(ledger, lines):
        if found.difference is not Difference.NOT_DONE or found.transfer not in before:
            yield found


def _book_at(moment: int, ordered: Dossier, others: tuple[Dossier, ...], till: Till, book: Book) -> Ledger:
    """The book as the records up to a moment tell it, with what the buyer was asked to pay."""
    then = _until(moment, ordered)
    if then.newest(Kind.ORDER_PLACED) is None:
        return Ledger()
    ledger = order_book(then, (cut for other in others if (cut := _until(moment, other)).entries))
    if then.newest(Kind.ORDER_PAID) is None:
        order = order_of(ordered)
        return ask_payment(ledger, order.subject, Money(owed_in_money(order, book), order.currency), at=till)
    return ledger if till_of(then) == till else Ledger()


def _done(ledger: Ledger) -> frozenset[TransferId]:
    return frozenset(one.transfer.id for one in asked_for(ledger) if one.ended is Fulfil)


def _until(moment: int, dossier: Dossier) -> Dossier:
    return replace(dossier, entries=tuple(entered for entered in dossier.entries if entered.record.at <= moment))


def _named(said: Said, at: SellersAccount) -> tuple[Subject, Said]:
    """A line by the names of dossiers; one whose order no dossier can be called keeps the provider's own."""
    try:
        subject = at.order(said.order)
    except MalformedError:
        return Subject(said.order), said
    return subject, replace(said, order=subject, refund=None if said.refund is None else at.known_as(said.refund))


def _dossier(subject: Subject, book: Book) -> Dossier | None:
    try:
        found = book.dossier(parse_dossier_name(subject))
    except MalformedError:
        return None
    return found if found.entries else None


def _orders_paid_at(store: Reading, book: Book, till: Till) -> Iterator[Subject]:
    """The orders whose money moved at a provider: every payment has a slot of its own, for ever."""
    for (slot, key), holder in store.slots().items():
        if slot is Slot.PAYMENT and key.startswith(f"{till.provider} "):
            dossier = book.known(holder)
            if dossier.name.family is Family.ORDER:
                yield holder
            else:
                yield Subject(dossier.entries[0].record.members.text("order"))
