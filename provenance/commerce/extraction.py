"""The facts of one case, out of the records about it and nothing else: what ``decide`` decides on.

Rules:

* every instant is that of a record, and the log's own; ``asOf`` is the newest, so time passes only when a record, a
  tick for example, says so;
* every fact that comes from a record names it in ``sources``;
* an award, or the seller giving in, ends a doubt about the thing: then what came back counts as what was sold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from provenance.commerce.dossier import Dossier
from provenance.commerce.facts import Answer, Facts, Request, Returned, SeenCheckpoint
from provenance.commerce.money import Money, allocate
from provenance.commerce.orders import SENT, Line, Order, order_of
from provenance.commerce.records import Entered
from provenance.commerce.returns import Return, return_of
from provenance.commerce.tables import Kind
from provenance.commerce.vocabulary import Condition, Flag, Ground, Payer, Proof, Says, Trait
from provenance.gs1.identifiers import read_epc
from provenance.ids import Subject

_OTHER_THING = "not what was sold"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What stands in the record beside the dossiers of a case; ``circumstances`` finds it."""

    flags: frozenset[Flag] = frozenset()
    proven: frozenset[Proof] = frozenset()
    repairs: int = 0  # those that did not help
    in_points: int = 0  # of the item's price: it comes back as points


@dataclass(frozen=True, slots=True)
class Bought:
    """What one item of an order was bought for."""

    line: Line
    freight: int


def bought(order: Order, item: Subject) -> Bought:
    """The line an item was allocated to, and its part of the freight: items of a product take its lines in order.

    What came by an exchange takes the place of what it replaced, at the price agreed on.
    """
    of = read_epc(item).class_uri()
    for swap in order.replacements:
        if swap.item == item:
            before = bought(order, swap.replaces)
            return Bought(replace(before.line, of=Subject(of), price=swap.price), before.freight)
    line = line_of(order, item)
    shares = allocate(Money(order.freight, order.currency), [line.price for line in order.lines])
    return Bought(order.lines[line], shares[line].minor)


def line_of(order: Order, item: Subject) -> int:
    """The place of the line that an item was allocated to, or that what it replaced was."""
    for swap in order.replacements:
        if swap.item == item:
            return line_of(order, swap.replaces)
    of = read_epc(item).class_uri()
    place = [serial for serial in order.allocated if read_epc(serial).class_uri() == of].index(item)
    return [index for index, line in enumerate(order.lines) if line.of == of][place]


def facts_of(
    ordered: Dossier, returning: Dossier, *, as_of: int, checkpoint: SeenCheckpoint, beside: Circumstances
) -> Facts:
    """The facts of a return."""
    asked, award = return_of(returning), _award(returning)
    sold = sold_facts(ordered, asked.item, as_of=as_of, checkpoint=checkpoint, beside=beside)
    return replace(
        sold,
        request=Request(asked.ask, asked.at),
        answer=_answer(returning),
        returned=_returned(returning, asked, award),
        award=award,
        sources={**sold.sources, "request": (returning.entries[0].hash,)},
    )


def sold_facts(
    ordered: Dossier, item: Subject, *, as_of: int, checkpoint: SeenCheckpoint, beside: Circumstances
) -> Facts:
    """The facts of an item's sale, before anybody asked for anything."""
    order = order_of(ordered)
    piece = bought(order, item)
    placed = ordered.newest(Kind.ORDER_PLACED)
    assert placed is not None, "what was sold had been ordered"
    moments = _moments(ordered, item)
    return Facts(
        as_of=as_of,
        checkpoint=checkpoint,
        order=order.offer,
        terms=order.terms,
        serial=item,
        currency=order.currency,
        paid=max(piece.line.price - beside.in_points, 0),
        freight=piece.freight,
        category=piece.line.category,
        placed_at=placed.record.at,
        traits=piece.line.traits,
        confirmed=tuple(t for t in placed.record.members.words("confirmed", Trait) if t in piece.line.traits),
        shipped_at=_at(moments.get("shippedAt")),
        received_at=_at(moments.get("receivedAt")),
        confirmed_at=_at(moments.get("confirmedAt")),
        proven=tuple(sorted(beside.proven)),
        flags=tuple(sorted(beside.flags)),
        repairs=beside.repairs,
        sources={name: (entered.hash,) for name, entered in moments.items()},
    )


def _moments(ordered: Dossier, item: Subject) -> dict[str, Entered]:
    told = [entered for entered in ordered.entries if item in entered.record.serials]
    kinds = {"shippedAt": SENT, "receivedAt": frozenset({Kind.PARCEL_DELIVERED})}
    found = {
        name: next((entered for entered in told if entered.record.kind in wanted), None)
        for name, wanted in kinds.items()
    }
    found["confirmedAt"] = ordered.newest(Kind.ORDER_COMPLETED)
    return {name: entered for name, entered in found.items() if entered is not None}


def _at(entered: Entered | None) -> int | None:
    return None if entered is None else entered.record.at


def _answer(returning: Dossier) -> Answer | None:
    for entered in reversed(returning.entries):
        if entered.record.kind is Kind.RETURN_ACCEPTED:
            return Answer(Says.ACCEPT, None, entered.record.at)
        if entered.record.kind is Kind.RETURN_CONTESTED:
            return Answer(Says.CONTEST, entered.record.members.word("ground", Ground), entered.record.at)
    return None


def _award(returning: Dossier) -> Payer | None:
    if returning.newest(Kind.AWARDED_TO_BUYER) is not None:
        return Payer.BUYER
    return Payer.SELLER if returning.newest(Kind.AWARDED_TO_SELLER) is not None else None


def _is_conceded(returning: Dossier, mismatched: Entered) -> bool:
    """Whether the seller accepted after having said that it was another thing."""
    accepted = returning.newest(Kind.RETURN_ACCEPTED)
    return accepted is not None and accepted.index > mismatched.index


def _returned(returning: Dossier, asked: Return, award: Payer | None) -> Returned | None:
    shipped, received = returning.newest(Kind.RETURN_SHIPPED), returning.newest(Kind.RETURN_RECEIVED)
    if shipped is None:
        return None
    if received is None:
        return Returned(shipped.record.at, None, None, None)
    matched, mismatched = returning.newest(Kind.RETURN_MATCHED), returning.newest(Kind.RETURN_MISMATCHED)
    if mismatched is not None and (award is Payer.BUYER or _is_conceded(returning, mismatched)):
        return Returned(shipped.record.at, received.record.at, asked.item, ())
    scanned = None if received.record.members.is_absent("scanned") else received.record.members.text("scanned")
    serial = _OTHER_THING if mismatched is not None else scanned
    found = matched.record.members.words("found", Condition) if matched is not None else None
    return Returned(shipped.record.at, received.record.at, serial, found)
