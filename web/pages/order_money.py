"""The money of an order in words: what arrived where, where it is now, what went back, when the seller gets the rest.

Rules:

* the provider holds the money and hands it over, this server never does, and the page says so;
* what somebody says is told as what they say, with the grade of its evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance.commerce.funds import Payment
from provenance.commerce.money import Money
from provenance.commerce.purchase import Purchase
from provenance.commerce.tables import Machine, Stage
from provenance.commerce.vocabulary import Outcome
from provenance.custody.parties import Party
from provenance.ids import PartyId
from web.pages.decisions import reasons
from web.pages.local_days import at, last_day_before, on, zone_name
from web.pages.names import called
from web.pages.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to know, and what is said of it, line by line."""

    name: str
    lines: tuple[str, ...]


def money_entries(purchase: Purchase, parties: Mapping[PartyId, Party], text: Text) -> tuple[Entry, ...]:
    """All that is to be said of the money of an order."""
    return tuple(
        Entry(text(f"order.money.{name}"), lines) for name, lines in _entries(purchase, parties, text) if lines
    )


def _entries(purchase: Purchase, parties: Mapping[PartyId, Party], text: Text) -> Iterator[tuple[str, tuple[str, ...]]]:
    order, funds = purchase.order, purchase.funds
    goods = Money(order.total - order.freight, order.currency)
    freight, total = Money(order.freight, order.currency), Money(order.total, order.currency)
    yield "total", (str(total), text("order.money.total.of", goods=goods, freight=freight))
    if funds.paid is None:
        yield "payment", tuple(_unpaid(purchase, text))
        return
    zone = purchase.terms.zone
    arrived = text("order.money.paid", **_values(funds.paid, zone, parties, text))
    yield "payment", (arrived, text(f"order.money.grade.{funds.paid.grade}"))
    yield "where", tuple(_where(purchase, funds.paid.provider, text))
    yield "back", tuple(text("order.money.back.one", **_values(back, zone, parties, text)) for back in funds.paid_back)
    if purchase.dossier.stage(Machine.ORDER) in (Stage.PAID, Stage.ALLOCATED):
        yield "release", (_release(purchase, text),)


def _values(payment: Payment, zone: int, parties: Mapping[PartyId, Party], text: Text) -> Mapping[str, object]:
    return {
        "amount": payment.amount,
        "provider": payment.provider,
        "reference": payment.reference,
        "party": called(payment.by, parties, text),
        "date": on(payment.at, zone, text),
    }


def _unpaid(purchase: Purchase, text: Text) -> Iterator[str]:
    yield text("order.money.none")
    if purchase.dossier.stage(Machine.ORDER) in (Stage.DRAFT, Stage.PLACED):
        yield text("order.money.pay-by", moment=at(purchase.order.pay_by, purchase.terms.zone, text))


def _where(purchase: Purchase, provider: str, text: Text) -> Iterator[str]:
    funds = purchase.funds
    amounts = {"held": funds.held, "sellers": funds.sellers, "going-back": funds.going_back}
    found = {name: amount for name, amount in amounts.items() if amount.minor > 0}
    for name, amount in found.items():
        yield text(f"order.money.{name}", amount=amount, provider=provider)
    if not found:
        yield text("order.money.nothing")
    if funds.held.minor and purchase.dossier.stage(Machine.ORDER) is Stage.CANCELLED:
        yield text("order.money.cancelled")
    if (taken_back := purchase.dossier.stage(Machine.CHARGEBACK)) is not Stage.NONE:
        yield text(f"stage.chargeback.{taken_back}")


def _release(purchase: Purchase, text: Text) -> str:
    stopped = [piece for piece in purchase.pieces if piece.untouched.outcome is Outcome.HOLD]
    if stopped:
        return text("order.money.release.held", why=reasons(stopped[0].untouched, text))
    if purchase.has_open_case:
        return text("order.money.release.stopped")
    end, zone = purchase.release_at, purchase.terms.zone
    if end is None:
        return text("order.money.release.later")
    if purchase.at >= end:
        return text("order.money.release.now")
    date = last_day_before(end, zone, text)
    return text("order.money.release.after", date=date, zone=zone_name(zone, text))
