"""One order as whoever bought sees it: what was bought, what is ahead of each item, and what was asked for since.

Rules:

* nothing is kept: all of it is folded from records, and reckoned by ``decide`` as of one moment;
* what is ahead of an item is two decisions: what follows while nobody asks for anything, and what would follow if the
  buyer gave the item back without a reason at that moment;
* what was asked for since is found by the slots of the items: what ended without money is not in them;
* these decisions foretell; what binds is decided from the records when somebody signs.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provenance.commerce.book import Book
from provenance.commerce.circumstances import circumstances_of
from provenance.commerce.claims import complaint_of
from provenance.commerce.decision import Decision
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import DossierName, Family, parse_dossier_name
from provenance.commerce.entitlement import is_passed_on
from provenance.commerce.evaluation import case_of, decide
from provenance.commerce.exchanges import exchange_of
from provenance.commerce.extraction import Bought, bought, sold_facts
from provenance.commerce.facts import Request, SeenCheckpoint
from provenance.commerce.funds import Funds, funds_of
from provenance.commerce.goods import Goods
from provenance.commerce.order_guards import pinned_terms, released_at
from provenance.commerce.orders import Order, order_of
from provenance.commerce.recorded_case import case_in
from provenance.commerce.refunds import refund_of
from provenance.commerce.returns import refund_key, return_of
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.terms import Terms
from provenance.commerce.vocabulary import Ask, Flag, Outcome
from provenance.ids import Subject

_GRANTED = frozenset({Outcome.RETURN, Outcome.REFUND})
_LONGEST_STEM = 36  # of a number's 40 letters, so that one more number fits behind it
_BEFORE_DISPATCH = frozenset({Stage.ALLOCATED, Stage.PACKED})


@dataclass(frozen=True, slots=True)
class Piece:
    """One item of an order.

    ``untouched`` is what follows while nobody asks for anything, ``withdrawn`` what a return without a reason would
    come to now. Before it arrived, there is no ``last_day`` for that yet, and no ``release_due`` of the seller's money.
    ``busy_in`` names the one return, claim, exchange, repair or resale that the item is in now.
    """

    item: Subject
    bought: Bought
    way: Stage
    untouched: Decision
    withdrawn: Decision
    last_day: int | None
    release_due: int | None
    busy_in: DossierName | None

    @property
    def is_granted(self) -> bool:
        """Whether terms and law grant a return without a reason, now or once it has arrived."""
        return self.withdrawn.outcome in _GRANTED

    @property
    def may_go_back(self) -> bool:
        """Whether it may be given back now without a reason."""
        return self.way is Stage.DELIVERED and self.is_granted and self.busy_in is None


@dataclass(frozen=True, slots=True)
class Asked:
    """A return, claim or exchange about an item; of an exchange, which both agree on, there is no decision."""

    item: Subject
    dossier: Dossier
    decision: Decision | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order, the terms it pinned, its money, its items, and what was asked for since.

    ``release_at`` is when the seller may complete the order alone; ``None`` before everything has arrived.
    ``next_return`` is a name that no return of the order has yet.
    """

    dossier: Dossier
    order: Order
    terms: Terms
    funds: Funds
    pieces: tuple[Piece, ...]
    asked: tuple[Asked, ...]
    release_at: int | None
    next_return: Subject
    at: int

    @property
    def closed(self) -> frozenset[Kind]:
        """What the order's table has open and its items have not: they are not sent back by calling the order off."""
        ways = {piece.way for piece in self.pieces}
        is_sent, is_here = bool(ways - _BEFORE_DISPATCH), ways == {Stage.DELIVERED}
        closed = {Kind.ORDER_CANCELLED: is_sent, Kind.ORDER_COMPLETED: not is_here or self.has_open_case}
        return frozenset(kind for kind, is_closed in closed.items() if is_closed)

    @property
    def has_open_case(self) -> bool:
        """Whether something about an item is not at its end."""
        return any(piece.busy_in is not None for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Moment:
    """As of when a purchase is looked at, and the newest checkpoint then."""

    at: int
    checkpoint: SeenCheckpoint


def purchase_of(of: Subject, book: Book, goods: Goods, *, seen: Moment) -> Purchase:
    """The purchase that an order is, as of a moment; refuses an order that nobody offered."""
    ordered = book.known(of)
    order = order_of(ordered)
    look = _Look(ordered, pinned_terms(order, book), book, goods, seen)
    pieces = tuple(map(look.piece, order.serials))
    return Purchase(
        dossier=ordered,
        order=order,
        terms=look.terms,
        funds=funds_of(ordered, book),
        pieces=pieces,
        asked=tuple(one for item in order.serials for one in look.asked(item)),
        release_at=_release_at(ordered, look.terms, pieces),
        next_return=_next_return(ordered.name, book),
        at=seen.at,
    )


def _release_at(ordered: Dossier, terms: Terms, pieces: Sequence[Piece]) -> int | None:
    due = [piece.release_due for piece in pieces if piece.release_due is not None]
    return max(released_at(ordered, terms), *due) if due and len(due) == len(pieces) else None


def _next_return(order: DossierName, book: Book) -> Subject:
    gln, stem = order.seller.rpartition("/")[2], order.number[:_LONGEST_STEM]
    names = (parse_dossier_name(f"{Family.RETURN}:{gln}/{stem}-{count}") for count in itertools.count(1))
    return next(name.subject for name in names if not book.dossier(name).entries)


@dataclass(frozen=True, slots=True)
class _Look:
    """What all items of one order are looked at with."""

    ordered: Dossier
    terms: Terms
    book: Book
    goods: Goods
    seen: Moment

    def piece(self, item: Subject) -> Piece:
        beside = circumstances_of(item, self.ordered, self.book, self.goods)
        facts = sold_facts(self.ordered, item, as_of=self.seen.at, checkpoint=self.seen.checkpoint, beside=beside)
        flags = {*facts.flags, Flag.NOT_OWNER} if is_passed_on(self.book, item) else facts.flags
        request = Request(Ask.WITHDRAW, self.seen.at)
        case, received_at = case_of(self.terms, facts), facts.received_at
        holder = self.book.holder(Slot.RETURN, item)
        return Piece(
            item=item,
            bought=bought(order_of(self.ordered), item),
            way=self.ordered.stage(Machine.FULFILMENT, item),
            untouched=decide(self.terms, facts),
            withdrawn=decide(self.terms, replace(facts, request=request, flags=tuple(sorted(flags)))),
            last_day=None if received_at is None else case.withdrawal_last_day(received_at),
            release_due=None if received_at is None else case.release_due(received_at),
            busy_in=None if holder is None else parse_dossier_name(holder),
        )

    def asked(self, item: Subject) -> Iterator[Asked]:
        order, holder = self.ordered.name.subject, self.book.holder(Slot.RETURN, item)
        for name in sorted(set(self._names(item, order))):
            asking = self.book.known(name)
            match asking.name.family:
                case Family.RETURN if return_of(asking).order == order:
                    yield Asked(item, asking, self._decision(name), name == holder)
                case Family.CLAIM if complaint_of(asking).order == order:
                    yield Asked(item, asking, self._decision(name), name == holder)
                case Family.EXCHANGE if exchange_of(asking).order == order:
                    yield Asked(item, asking, None, name == holder)
                case _:
                    pass  # the price went into another item, or a later order of the item is asked about

    def _names(self, item: Subject, order: Subject) -> Iterator[Subject]:
        """The dossiers that hold the item's slots, and the return that a refund ends."""
        if (asking := self.book.holder(Slot.RETURN, item)) is not None:
            yield asking
        if (paying := self.book.holder(Slot.REFUND, refund_key(order, item))) is not None:
            is_refund = parse_dossier_name(paying).family is Family.REFUND
            yield refund_of(self.book.known(paying)).after if is_refund else paying

    def _decision(self, asked: Subject) -> Decision:
        terms, facts = case_in(asked, self.book, self.goods, self.seen.checkpoint)
        return decide(terms, replace(facts, as_of=self.seen.at))
