"""What the records of an exchange must keep beyond their table: who has what, what it costs, and what goes first.

Rules:

* an item is in one exchange, return or repair at a time; what was exchanged, paid back or passed on is not exchanged;
* the same product costs what it cost; a deposit is asked only by a seller who sends in advance;
* the buyer pays exactly the difference and the deposit, and gets exactly what is owed back;
* a replacement that was sent can't be called off: what came back, or the deposit, settles it;
* nothing defaults before ``BACK_DAYS`` after the replacement arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.amounts import check_amount, payment_slot
from provenance.commerce.book import SlotChanges, slots
from provenance.commerce.calendar import SECONDS_A_DAY
from provenance.commerce.entitlement import check_arrived, check_kept, check_not_paid_back
from provenance.commerce.exchanges import Exchange, Offered, back, due, exchange_of, offered_in
from provenance.commerce.extraction import bought
from provenance.commerce.orders import Order, arrived_at, order_of
from provenance.commerce.reception import check_came_back
from provenance.commerce.returns import refund_key
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Slot, Stage
from provenance.commerce.vocabulary import Swap
from provenance.errors import RefusedError
from provenance.gs1.identifiers import read_epc
from provenance.ids import Subject

BACK_DAYS = 14

_NOTHING = SlotChanges()


def _asked(scene: Scene) -> SlotChanges:
    members = scene.entered.record.members
    order, item = Subject(members.text("order")), Subject(members.text("item"))
    check_arrived(scene, order, item)
    check_kept(scene, item)
    check_not_paid_back(scene, order, item)
    return SlotChanges(takes=slots(Slot.RETURN, [members.text("item")]))


def _offered(scene: Scene) -> SlotChanges:
    exchange, offered = exchange_of(scene.dossier), offered_in(scene.entered)
    order = _order(scene, exchange)
    if offered.currency != order.currency:
        raise RefusedError(Code.WRONG_CURRENCY, f"the order is in {order.currency}", pointer="/currency")
    paid, is_same = bought(order, exchange.item).line.price, read_epc(exchange.item).class_uri() == exchange.product
    if offered.price < 1 or (is_same and offered.price != paid):
        message = f"{exchange.product} was sold for {paid}, and is offered for {offered.price}"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/price")
    if offered.deposit and offered.swap is not Swap.ADVANCE:
        raise RefusedError(Code.OTHER_AMOUNT, "a deposit stands only for what is sent in advance", pointer="/deposit")
    return _NOTHING


def _agreed(scene: Scene) -> SlotChanges:
    offered = _standing(exchange_of(scene.dossier))
    if scene.entered.record.at > offered.expires:
        raise RefusedError(Code.TOO_LATE, f"the offer ended at {offered.expires}", pointer="/at")
    return _NOTHING


def _ended(scene: Scene) -> SlotChanges:
    exchange = exchange_of(scene.dossier)
    if (holder := _replaced(scene, exchange)) is not None:
        raise RefusedError(Code.STILL_OPEN, f"a replacement of {exchange.item} is in {holder}")
    return SlotChanges(frees=scene.book.held(Slot.RETURN, [exchange.item], by=exchange.subject))


def _paid(scene: Scene) -> SlotChanges:
    exchange = exchange_of(scene.dossier)
    order, offered = _order(scene, exchange), _standing(exchange)
    owed = due(offered, bought(order, exchange.item).line.price)
    if owed == 0:
        raise RefusedError(Code.OTHER_AMOUNT, "nothing is to be paid", pointer="/minor")
    check_amount(scene.entered.record, owed, order.currency)
    return SlotChanges(takes=(payment_slot(scene.entered.record),))


def _matched(scene: Scene) -> SlotChanges:
    check_came_back(scene, exchange_of(scene.dossier).item, scene.dossier.newest(Kind.EXCHANGE_RECEIVED))
    return _NOTHING


def _upheld(scene: Scene) -> SlotChanges:
    if (party := scene.entered.signers[0].party) == scene.dossier.name.seller:
        raise RefusedError(Code.NOT_ENTITLED, f"{party} can't award in its own case", pointer="/prov:signers/0")
    return _NOTHING


def _dismissed(scene: Scene) -> SlotChanges:
    _upheld(scene)
    exchange = exchange_of(scene.dossier)
    return SlotChanges(frees=scene.book.held(Slot.RETURN, [exchange.item], by=exchange.subject))


def _settled(scene: Scene) -> SlotChanges:
    exchange = exchange_of(scene.dossier)
    new = _replacement(scene, exchange)
    is_paid_back = new is not None and scene.book.holder(Slot.REFUND, refund_key(exchange.order, new)) is not None
    if not is_paid_back:  # what was lost on its way is paid back, and nothing more will arrive
        _check_arrived(scene, exchange)
    held = scene.book.held
    frees = (
        *held(Slot.RETURN, [exchange.item], by=exchange.subject),
        *held(Slot.SALE, [exchange.item], by=exchange.order),
    )
    return SlotChanges(frees=frees)


def _defaulted(scene: Scene) -> SlotChanges:
    exchange = exchange_of(scene.dossier)
    end = _check_arrived(scene, exchange) + BACK_DAYS * SECONDS_A_DAY
    if scene.entered.record.at < end:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"the buyer may send it back until {end}", pointer="/at")
    return SlotChanges(frees=scene.book.held(Slot.RETURN, [exchange.item], by=exchange.subject))


def _repaid(scene: Scene) -> SlotChanges:
    exchange = exchange_of(scene.dossier)
    order = _order(scene, exchange)
    owed = _owed_back(exchange, bought(order, exchange.item).line.price, _replaced(scene, exchange))
    if owed == 0:
        raise RefusedError(Code.NOT_GRANTED, f"nothing is owed back: the exchange is {exchange.stage}")
    check_amount(scene.entered.record, owed, order.currency)
    return SlotChanges(takes=(payment_slot(scene.entered.record),))


def _owed_back(exchange: Exchange, paid: int, replaced_in: Subject | None) -> int:
    offered = exchange.offered
    if offered is None:
        return 0
    if exchange.stage is Stage.SETTLED:
        return back(offered, paid)
    is_off = exchange.stage in (Stage.CANCELLED, Stage.REJECTED) and replaced_in is None
    return due(offered, paid) if is_off and exchange.payment is Stage.HELD else 0


def _replaced(scene: Scene, exchange: Exchange) -> Subject | None:
    """Where the price of the item went with the replacement, once there is one."""
    return scene.book.holder(Slot.REFUND, refund_key(exchange.order, exchange.item))


def _check_arrived(scene: Scene, exchange: Exchange) -> int:
    """When the replacement arrived; refuses before it did."""
    new = _replacement(scene, exchange)
    arrived = arrived_at(scene.book.known(exchange.order), new) if new is not None else None
    if arrived is None:
        raise RefusedError(Code.STILL_OPEN, f"what replaces {exchange.item} has not arrived")
    return arrived


def _replacement(scene: Scene, exchange: Exchange) -> Subject | None:
    found = (one.item for one in _order(scene, exchange).replacements if one.replaces == exchange.item)
    return next(found, None)


def _standing(exchange: Exchange) -> Offered:
    assert exchange.offered is not None, "the table lets nobody agree to what was not offered"
    return exchange.offered


def _order(scene: Scene, exchange: Exchange) -> Order:
    return order_of(scene.book.known(exchange.order))


EXCHANGE_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.EXCHANGE_ASKED: _asked,
    Kind.EXCHANGE_OFFERED: _offered,
    Kind.EXCHANGE_AGREED: _agreed,
    Kind.EXCHANGE_DECLINED: _ended,
    Kind.EXCHANGE_WITHDRAWN: _ended,
    Kind.EXCHANGE_PAID: _paid,
    Kind.EXCHANGE_MATCHED: _matched,
    Kind.EXCHANGE_UPHELD: _upheld,
    Kind.EXCHANGE_DISMISSED: _dismissed,
    Kind.EXCHANGE_SETTLED: _settled,
    Kind.EXCHANGE_DEFAULTED: _defaulted,
    Kind.EXCHANGE_REPAID: _repaid,
}
