"""What the records of one order say: who buys what from whom, for how much, under which terms, and how far it is.

Everything here is read from the dossier and nothing is kept: see ``dossier`` for the records, ``order_rows`` for the
stages. ``shown`` is what a buyer reads; it follows from the stages and is never set.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.members import Members
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Category, Trait
from provenance.errors import RefusedError
from provenance.ids import PartyId, StatementHash, Subject

SENT = frozenset({Kind.PARCEL_SHIPPED, Kind.REPLACEMENT_SHIPPED})
"""The records that say that an item was sold and sent."""

_LINE = frozenset({"class", "price", "category", "traits"})


@unique
class Shown(StrEnum):
    """Where an order stands, in one word for people."""

    OFFERED = "offered"
    AWAITING_PAYMENT = "awaiting-payment"
    AWAITING_DISPATCH = "awaiting-dispatch"
    ON_ITS_WAY = "on-its-way"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Line:
    """One piece that was ordered."""

    of: Subject
    price: int
    category: Category
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """An item that came into the order by an exchange, for which price, and the one whose place it took."""

    item: Subject
    replaces: Subject
    price: int


@dataclass(frozen=True, slots=True)
class Order:
    """One order, as far as its records go; who has not acted yet is ``None``."""

    subject: Subject
    offer: StatementHash
    seller: PartyId
    attestor: PartyId
    currency: str
    lines: tuple[Line, ...]
    freight: int
    terms: str
    terms_of: Subject
    token: str
    pay_by: int
    buyer: PartyId | None
    allocated: tuple[Subject, ...]
    replacements: tuple[Replacement, ...]
    shown: Shown

    @property
    def serials(self) -> tuple[Subject, ...]:
        """Every item that was ever in it: what was allocated, and what replaced it later."""
        return (*self.allocated, *(one.item for one in self.replacements))

    @property
    def total(self) -> int:
        """What the buyer owes, in minor units."""
        return sum(line.price for line in self.lines) + self.freight


def order_of(dossier: Dossier) -> Order:
    """The order that a dossier tells of; refuses one in which nothing was offered."""
    offered = dossier.newest(Kind.ORDER_OFFERED)
    if offered is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"{dossier.name.subject} has no order in it")
    offer = offered.record.members
    lines = offer.entries("lines")
    allocated = dossier.newest(Kind.ORDER_ALLOCATED)
    return Order(
        subject=dossier.name.subject,
        offer=offered.hash,
        seller=dossier.name.seller,
        attestor=PartyId(offer.text("attestor")),
        currency=offer.text("currency"),
        lines=tuple(_line(lines.object(index, _LINE)) for index in lines.values),
        freight=offer.whole("freight", 0, MOST_MINOR),
        terms=offer.hash("terms"),
        terms_of=Subject(offer.text("termsOf")),
        token=offer.hash("token"),
        pay_by=offer.instant("payBy"),
        buyer=buyer_of(dossier),
        allocated=allocated.record.serials if allocated else (),
        replacements=tuple(map(_replacement, dossier.all(Kind.ITEM_REPLACED))),
        shown=_shown(dossier),
    )


def order_named_in(dossier: Dossier) -> Subject | None:
    """The order that a dossier is about: itself, or the one that its newest record to name an order names."""
    if dossier.name.family is Family.ORDER:
        return dossier.name.subject
    named = (e.record for e in reversed(dossier.entries) if "order" in e.record.row.members)
    return next((Subject(record.members.text("order")) for record in named), None)


def is_token_of(order: Order, token: str) -> bool:
    """Whether a text is the token on the order's receipt."""
    return hmac.compare_digest(hashlib.sha256(token.encode()).hexdigest(), order.token)


def buyer_of(dossier: Dossier) -> PartyId | None:
    """Who accepted the offer, by the key they signed with."""
    placed = dossier.newest(Kind.ORDER_PLACED)
    return placed.signers[0].party if placed else None


def attestor_of(dossier: Dossier) -> PartyId | None:
    """Who vouches for its payments, by the offer."""
    offered = dossier.newest(Kind.ORDER_OFFERED)
    return PartyId(offered.record.members.text("attestor")) if offered else None


def sent_at(dossier: Dossier, item: Subject) -> int | None:
    """When the seller says that an item was sold and sent; ``None`` before that."""
    return _told_at(dossier, item, SENT)


def sold_by(dossier: Dossier, item: Subject) -> StatementHash | None:
    """The custody event by which an item was sold; ``None`` before that."""
    sent = (e.record for e in dossier.entries if e.record.kind in SENT and item in e.record.serials)
    return next((StatementHash(record.members.hash("event")) for record in sent), None)


def arrived_at(dossier: Dossier, item: Subject) -> int | None:
    """When an item arrived; ``None`` before that."""
    return _told_at(dossier, item, frozenset({Kind.PARCEL_DELIVERED}))


def carriers_of(dossier: Dossier) -> frozenset[PartyId]:
    """Who brings its parcels."""
    sent = (entered for entered in dossier.entries if entered.record.kind in SENT)
    return frozenset(PartyId(entered.record.members.text("carrier")) for entered in sent)


def _told_at(dossier: Dossier, item: Subject, kinds: frozenset[Kind]) -> int | None:
    told = (e.record for e in dossier.entries if e.record.kind in kinds and item in e.record.serials)
    return next((record.at for record in told), None)


def _replacement(replaced: Entered) -> Replacement:
    (item,), members = replaced.record.serials, replaced.record.members
    return Replacement(item, Subject(members.text("replaces")), members.whole("price", 1, MOST_MINOR))


def _line(members: Members) -> Line:
    return Line(
        Subject(members.text("class")),
        members.whole("price", 1, MOST_MINOR),
        members.word("category", Category),
        members.words("traits", Trait),
    )


def _shown(dossier: Dossier) -> Shown:
    stage = dossier.stage(Machine.ORDER)
    if stage is not Stage.ALLOCATED:
        return _WORDS[stage]
    ways = {stage for (machine, _), stage in dossier.stages.items() if machine is Machine.FULFILMENT}
    if ways & {Stage.ALLOCATED, Stage.PACKED}:
        return Shown.AWAITING_DISPATCH
    if Stage.SHIPPED in ways:
        return Shown.ON_ITS_WAY
    return Shown.DELIVERED if ways == {Stage.DELIVERED} else Shown.UNDELIVERED


_WORDS = {
    Stage.DRAFT: Shown.OFFERED,
    Stage.PLACED: Shown.AWAITING_PAYMENT,
    Stage.PAID: Shown.AWAITING_DISPATCH,
    Stage.COMPLETED: Shown.COMPLETED,
    Stage.CANCELLED: Shown.CANCELLED,
    Stage.EXPIRED: Shown.EXPIRED,
}
