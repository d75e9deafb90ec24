"""The page of an order: what was bought and where it is, the money, the days that count, and what may follow.

Rules:

* it shows what the records say and nothing about a person: who bought is a key, and not even that is shown;
* a day is that of the zone the terms fix; what is foretold is what terms and law say as of now;
* the way to withdraw is called what the law of the order has it called.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance.commerce.calendar import end_of
from provenance.commerce.money import Money
from provenance.commerce.orders import Shown, arrived_at, sent_at
from provenance.commerce.purchase import Piece, Purchase
from provenance.commerce.tables import Kind, Stage
from provenance.commerce.vocabulary import Ask, Clause, Jurisdiction, Trait
from provenance.custody.parties import Party
from provenance.ids import PartyId, Subject
from web.addresses import about_address, address_of
from web.pages.acts import sign_address
from web.pages.asked import AskedBlock, asked_block
from web.pages.decisions import reasons
from web.pages.local_days import on, until
from web.pages.names import called, identified, numbered, shortened
from web.pages.next_steps import NextStep, next_steps
from web.pages.order_money import Entry, money_entries
from web.pages.text import Text

_NEVER_ARRIVED = frozenset({Stage.LOST, Stage.REFUSED})


@dataclass(frozen=True, slots=True)
class ReceiptForm:
    """The form that asks for the token; ``wrong`` is empty before one was sent."""

    title: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One piece of the order; before an item was set aside for it, ``item`` is empty."""

    item: str
    address: str
    product: str
    product_address: str
    price: str
    way: tuple[str, ...]
    back: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An item that may be given back now, and where that is signed."""

    item: str
    address: str


@dataclass(frozen=True, slots=True)
class WithdrawalBlock:
    """Where a buyer withdraws: what the law calls it, and which items it is about."""

    label: str
    items: tuple[Withdrawn, ...]


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything the template prints; what there is nothing to say of is empty."""

    title: str
    seller: str
    word: str
    means: str
    things: tuple[Thing, ...]
    withdrawal: WithdrawalBlock | None
    money: tuple[Entry, ...]
    confirmed: tuple[str, ...]
    asked: tuple[AskedBlock, ...]
    steps: tuple[NextStep, ...]
    offer: str
    terms: str
    records: int


def receipt_form(number: str, text: Text) -> ReceiptForm:
    """The form as it is shown first."""
    return ReceiptForm(text("order.form.title", number=shortened(number)), "")


def refused_form(number: str, text: Text) -> ReceiptForm:
    """The form after a token that opens no order: the same for a wrong one and for an order that is not there."""
    return ReceiptForm(text("order.form.title", number=shortened(number)), text("order.form.wrong"))


def order_page(purchase: Purchase, parties: Mapping[PartyId, Party], text: Text) -> OrderPage:
    """The page."""
    order, dossier = purchase.order, purchase.dossier
    things = (_thing(piece, purchase, text) for piece in purchase.pieces)
    offered = (_offered(line.of, Money(line.price, order.currency), text) for line in order.lines)
    return OrderPage(
        title=text("order.title", number=dossier.name.number),
        seller=text("order.seller", party=called(order.seller, parties, text)),
        word=text(f"order.shown.{order.shown}.word"),
        means=text(f"order.shown.{order.shown}.means"),
        things=tuple(things if purchase.pieces else offered),
        withdrawal=_withdrawal(purchase, text),
        money=money_entries(purchase, parties, text),
        confirmed=tuple(text(f"trait.{trait}") for trait in _confirmed(purchase)),
        asked=tuple(asked_block(asked, purchase.terms, text) for asked in purchase.asked),
        steps=next_steps(dossier, text, but=purchase.closed),
        offer=order.offer,
        terms=order.terms,
        records=len(dossier.entries),
    )


def _offered(product: Subject, price: Money, text: Text) -> Thing:
    return Thing("", "", _number(product), about_address(product), str(price), (), "")


def _thing(piece: Piece, purchase: Purchase, text: Text) -> Thing:
    product = piece.bought.line.of
    return Thing(
        item=numbered(piece.item, text),
        address=address_of(piece.item),
        product=_number(product),
        product_address=about_address(product),
        price=str(Money(piece.bought.line.price, purchase.order.currency)),
        way=tuple(_way(piece, purchase, text)),
        back=_back(piece, purchase, text),
    )


def _number(product: Subject) -> str:
    identifier = identified(product)
    return identifier.key_value if identifier else product


def _way(piece: Piece, purchase: Purchase, text: Text) -> Iterator[str]:
    zone = purchase.terms.zone
    if purchase.order.shown is Shown.CANCELLED:
        return  # what was set aside for it is free again
    yield text(f"stage.fulfilment.{piece.way}")
    if (sent := sent_at(purchase.dossier, piece.item)) is not None:
        yield text("order.sent", date=on(sent, zone, text))
    if (arrived := arrived_at(purchase.dossier, piece.item)) is not None:
        yield text("order.arrived", date=on(arrived, zone, text))
    for one in purchase.order.replacements:
        if one.item == piece.item:
            yield text("order.stood-in", item=numbered(one.replaces, text))


def _back(piece: Piece, purchase: Purchase, text: Text) -> str:
    if purchase.order.shown is Shown.CANCELLED or piece.way in _NEVER_ARRIVED:
        return ""
    if piece.busy_in is not None:
        return text(f"order.back.{piece.busy_in.family}")
    end = None if piece.last_day is None else until(_end(piece.last_day, purchase), purchase.terms.zone, text)
    if end is not None and piece.may_go_back:
        return text("order.back.until", until=end)
    if piece.is_granted:
        return text("order.back.later")
    if end is not None and any(cited.clause is Clause.OUT_OF_TIME for cited in piece.withdrawn.clauses):
        return text("order.back.was", until=end)
    return text("order.back.no", why=reasons(piece.withdrawn, text))


def _end(day: int, purchase: Purchase) -> int:
    return end_of(day, purchase.terms.zone)


def _withdrawal(purchase: Purchase, text: Text) -> WithdrawalBlock | None:
    now = [piece for piece in purchase.pieces if piece.may_go_back]
    if not now:
        return None
    # Directive 2011/83/EU art. 11a(1): labelled with these words, or with as plain ones.
    is_european = purchase.terms.jurisdiction is Jurisdiction.EUROPE
    label = text("order.withdraw.eu") if is_european else text("order.withdraw")
    return WithdrawalBlock(label, tuple(_withdrawn(piece, purchase, text) for piece in now))


def _withdrawn(piece: Piece, purchase: Purchase, text: Text) -> Withdrawn:
    asked = {"order": purchase.order.subject, "item": piece.item, "ask": Ask.WITHDRAW.value}
    return Withdrawn(numbered(piece.item, text), sign_address(Kind.RETURN_REQUESTED, purchase.next_return, **asked))


def _confirmed(purchase: Purchase) -> tuple[Trait, ...]:
    placed = purchase.dossier.newest(Kind.ORDER_PLACED)
    return placed.record.members.words("confirmed", Trait) if placed else ()
