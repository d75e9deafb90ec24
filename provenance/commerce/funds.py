"""Where the money of an order is by its records: held, on its way back, paid back, or the seller's.

Rules:

* the amounts are those of the order's book (``postings``): with the provider, never with this server;
* what came in and what was paid back is told as it was signed: by whom, through which provider, under which reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.ledger import Account, AccountKind
from provenance.commerce.money import Money
from provenance.commerce.orders import Order, order_of
from provenance.commerce.payment_notices import Grade
from provenance.commerce.postings import dossiers_of_money, order_book
from provenance.commerce.records import Entered
from provenance.commerce.refunds import refund_of
from provenance.commerce.tables import Kind
from provenance.ids import PartyId

_REPAID = (Kind.RETURN_REFUNDED, Kind.CLAIM_REFUNDED, Kind.CLAIM_COMPENSATED, Kind.EXCHANGE_REPAID)


@dataclass(frozen=True, slots=True)
class Payment:
    """One amount that came in or went back, as whoever signed the record tells it; who paid back may give no grade."""

    amount: Money
    provider: str
    reference: str
    grade: Grade | None
    by: PartyId
    at: int


@dataclass(frozen=True, slots=True)
class Funds:
    """``held`` and ``sellers`` stand in the book; ``going_back`` is of either, and waits for the provider."""

    paid: Payment | None
    held: Money
    going_back: Money
    sellers: Money
    paid_back: tuple[Payment, ...]


def funds_of(ordered: Dossier, book: Book) -> Funds:
    """Where the money of an order is."""
    order, others = order_of(ordered), dossiers_of_money(ordered, book)
    ledger = order_book(ordered, others)
    escrow, seller = Account(AccountKind.ESCROW, order.subject), Account(AccountKind.SELLER, order.seller)
    paid = ordered.newest(Kind.ORDER_PAID)
    return Funds(
        paid=None if paid is None else _told(paid, Money(order.total, order.currency)),
        held=ledger.balance(escrow, order.currency),
        going_back=Money(sum(transfer.amount.minor for transfer in ledger.pending()), order.currency),
        sellers=ledger.balance(seller, order.currency),
        paid_back=tuple(repaid for dossier in others for repaid in _paid_back(dossier, order)),
    )


def _paid_back(dossier: Dossier, order: Order) -> Iterator[Payment]:
    for entered in dossier.entries:
        if entered.record.kind is Kind.REFUND_PAID:
            yield _told(entered, refund_of(dossier).amount)
        elif entered.record.kind in _REPAID:
            yield _told(entered, Money(entered.record.members.whole("minor", 0, MOST_MINOR), order.currency))


def _told(entered: Entered, amount: Money) -> Payment:
    members = entered.record.members
    return Payment(
        amount=amount,
        provider=members.text("provider"),
        reference=members.text("reference"),
        grade=members.word("grade", Grade) if "grade" in members.values else None,
        by=entered.signers[0].party,
        at=entered.record.at,
    )
