"""What an order's records must keep beyond their table: amounts, items, days, and other dossiers.

Rules:

* an offer names terms that the seller published and has not replaced, in the seller's currency;
* a payment is whole, less what points pay, in the order's currency, and pays one order only;
* each line gets one item of its product, which the seller holds and nobody else is buying;
* who brings a parcel is not who sent it: else a seller could say "delivered" alone;
* nothing expires before its day, and an order whose buyer is silent is complete only when the terms release it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.book import Book, SlotChanges, slots
from provenance.commerce.calendar import day_of, end_of, rolled
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family
from provenance.commerce.exchanges import check_may_go_out, exchange_of
from provenance.commerce.extraction import bought
from provenance.commerce.floor import raised
from provenance.commerce.law_tables import law_of
from provenance.commerce.members import Members
from provenance.commerce.orders import Order, order_of
from provenance.commerce.payment_notices import Grade
from provenance.commerce.postings import book_after, dossiers_of_money
from provenance.commerce.returns import refund_key
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Machine, Signatory, Slot, Stage
from provenance.commerce.tender import owed_in_money
from provenance.commerce.terms import Terms, read_terms
from provenance.commerce.vocabulary import Trait
from provenance.errors import ProvenanceError, RefusedError
from provenance.gs1.identifiers import read_epc
from provenance.ids import Subject

_NOTHING = SlotChanges()


def pinned_terms(order: Order, book: Book) -> Terms:
    """The terms that an order names by their hash, whatever was published since."""
    for published in book.known(order.terms_of).all(Kind.TERMS_PUBLISHED):
        terms = read_terms(published.record.members.raw("terms"))
        if terms.hash == order.terms:
            return terms
    raise RefusedError(Code.OTHER_TERMS, f"{order.terms_of} never had terms of the hash {order.terms}")


def released_at(dossier: Dossier, terms: Terms) -> int:
    """When the seller has the money if the buyer says nothing: so many days after the last parcel arrived.

    Never before the buyer's time to withdraw has ended, which days of rest and holidays lengthen.
    """
    arrived = max(entered.record.at for entered in dossier.all(Kind.PARCEL_DELIVERED))
    law = law_of(terms.jurisdiction, day_of(dossier.entries[0].record.at, terms.zone))
    apply, day = raised(terms, law), day_of(arrived, terms.zone)
    window = rolled(day + apply.withdrawal.days, law.rest_days, terms.holidays)
    return end_of(max(day + apply.release_days, window), terms.zone)


def check_told(members: Members) -> None:
    """Refuses a grade that says a provider told it, without the hash of what it told."""
    if members.word("grade", Grade) is not Grade.C and members.is_absent("told"):
        message = "only a payment of grade C has nothing that a provider told"
        raise RefusedError(Code.WRONG_VALUE, message, pointer="/told")


def _published(scene: Scene) -> SlotChanges:
    members = scene.entered.record.members
    try:
        terms = read_terms(members.raw("terms"))
    except ProvenanceError as err:
        raise err.under("/terms") from err
    if terms.seller != scene.dossier.name.seller:
        message = f"these are the terms of {terms.seller}"
        raise RefusedError(Code.OTHER_TERMS, message, pointer="/terms/seller")
    before = scene.dossier.newest(Kind.TERMS_PUBLISHED)
    if before is not None and terms.revision <= (last := read_terms(before.record.members.raw("terms")).revision):
        message = f"revision {last} was published before this one"
        raise RefusedError(Code.OTHER_TERMS, message, pointer="/terms/revision")
    return _NOTHING


def _offered(scene: Scene) -> SlotChanges:
    members = scene.entered.record.members
    published = scene.book.known(Subject(members.text("termsOf"))).newest(Kind.TERMS_PUBLISHED)
    terms = read_terms(published.record.members.raw("terms")) if published else None
    if terms is None or terms.hash != members.hash("terms") or terms.seller != scene.dossier.name.seller:
        message = f"{members.text('termsOf')} holds no such terms of this seller now"
        raise RefusedError(Code.OTHER_TERMS, message, pointer="/terms")
    if terms.currency != members.text("currency"):
        message = f"the terms are in {terms.currency}"
        raise RefusedError(Code.WRONG_CURRENCY, message, pointer="/currency")
    return _NOTHING


def _placed(scene: Scene) -> SlotChanges:
    order, record = order_of(scene.dossier), scene.entered.record
    _check_before(record.at, order.pay_by)
    confirmed = record.members.words("confirmed", Trait)
    if strange := sorted(set(confirmed).difference(*(line.traits for line in order.lines))):
        raise RefusedError(Code.WRONG_VALUE, f"no line of the order is {strange[0]}", pointer="/confirmed")
    return _NOTHING


def _paid(scene: Scene) -> SlotChanges:
    order, members = order_of(scene.dossier), scene.entered.record.members
    _check_before(scene.entered.record.at, order.pay_by)
    if (currency := members.text("currency")) != order.currency:
        raise RefusedError(Code.WRONG_CURRENCY, f"the order is in {order.currency}", pointer="/currency")
    if (minor := members.raw("minor")) != (owed := owed_in_money(order, scene.book)):
        message = f"the order comes to {owed} {currency}, not {minor}"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/minor")
    check_told(members)
    return SlotChanges(takes=slots(Slot.PAYMENT, [f"{members.text('provider')} {members.text('reference')}"]))


def _allocated(scene: Scene) -> SlotChanges:
    order, serials = order_of(scene.dossier), scene.entered.record.serials
    wanted = Counter(line.of for line in order.lines)
    found = Counter(Subject(read_epc(serial).class_uri()) for serial in serials)
    if wanted != found:
        one = min((wanted - found) | (found - wanted))
        message = f"{wanted[one]} of {one} are ordered, {found[one]} are listed"
        raise RefusedError(Code.OTHER_ITEM, message, pointer="/serials")
    for serial in serials:
        scene.goods.check_sellable(serial, order.seller)
    return SlotChanges(takes=slots(Slot.SALE, serials))


def _shipped(scene: Scene) -> SlotChanges:
    carrier = scene.entered.record.members.text("carrier")
    if carrier == scene.dossier.name.seller:
        message = "who sells a parcel can't vouch for its arrival"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/carrier")
    for serial in scene.entered.record.serials:
        scene.goods.check_unflagged(serial)
    return _NOTHING


def _replaced(scene: Scene) -> SlotChanges:
    order, members, serials = order_of(scene.dossier), scene.entered.record.members, scene.entered.record.serials
    exchange = exchange_of(scene.book.known(Subject(members.text("exchange"))))
    if exchange.order != order.subject or exchange.item != members.text("replaces"):
        message = f"{exchange.subject} is about {exchange.item} of {exchange.order}"
        raise RefusedError(Code.OTHER_ITEM, message, pointer="/replaces")
    check_may_go_out(exchange, bought(order, exchange.item).line.price)
    assert exchange.offered is not None, "what was agreed to had been offered"
    if members.raw("price") != exchange.offered.price:
        message = f"it was agreed for {exchange.offered.price}, not {members.raw('price')}"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/price")
    if [read_epc(serial).class_uri() for serial in serials] != [exchange.product]:
        raise RefusedError(Code.OTHER_ITEM, f"one {exchange.product} was agreed on", pointer="/serials")
    scene.goods.check_sellable(serials[0], order.seller)
    # The price of the old item went into the new one: it is not paid back a second time.
    refund = slots(Slot.REFUND, [refund_key(order.subject, exchange.item)])
    return SlotChanges(takes=(*slots(Slot.SALE, serials), *refund))


def _swapped_ones_only(scene: Scene) -> SlotChanges:
    mine = {one.item for one in order_of(scene.dossier).replacements}
    if strange := sorted(set(scene.entered.record.serials) - mine):
        raise RefusedError(Code.OTHER_ITEM, f"{strange[0]} replaces nothing", pointer="/serials")
    return _NOTHING


def _replacement_shipped(scene: Scene) -> SlotChanges:
    _swapped_ones_only(scene)
    return _shipped(scene)


def _completed(scene: Scene) -> SlotChanges:
    dossier = scene.dossier
    ways = {serial: stage for (machine, serial), stage in dossier.stages.items() if machine is Machine.FULFILMENT}
    if absent := sorted(serial for serial, stage in ways.items() if stage is not Stage.DELIVERED):
        message = f"{absent[0]} is {ways[absent[0]]}"
        raise RefusedError(Code.STILL_OPEN, message, evidence={"subject": absent[0]})
    for serial in ways:
        if (holder := scene.book.holder(Slot.RETURN, serial)) is not None:
            raise RefusedError(Code.STILL_OPEN, f"{serial} is in {holder}", evidence={"holder": holder})
    _check_nobody_waits_for_money(scene)
    if scene.signed_as == {Signatory.SELLER}:
        end = released_at(dossier, pinned_terms(order_of(dossier), scene.book))
        if scene.entered.record.at < end:
            message = f"the buyer may object until {end}"
            raise RefusedError(Code.BEFORE_ITS_TIME, message, pointer="/at")
    return _NOTHING


def _check_nobody_waits_for_money(scene: Scene) -> None:
    """What is released is all that is held: afterwards the order's escrow is empty, and never filled again."""
    for one in dossiers_of_money(scene.dossier, scene.book):
        if one.name.family is Family.REFUND and one.stage(Machine.REFUND) is not Stage.REFUNDED:
            subject = one.name.subject
            raise RefusedError(Code.STILL_OPEN, f"{subject} is not paid back yet", evidence={"holder": subject})
    if scene.dossier.stage(Machine.CHARGEBACK) is Stage.OPEN:
        raise RefusedError(Code.STILL_OPEN, f"a chargeback of {scene.dossier.name.subject} is open")
    book_after(scene, scene.dossier.name.subject)


def _cancelled(scene: Scene) -> SlotChanges:
    order = order_of(scene.dossier)
    ways = {stage for (machine, _), stage in scene.dossier.stages.items() if machine is Machine.FULFILMENT}
    if ways - {Stage.ALLOCATED, Stage.PACKED}:
        raise RefusedError(Code.ILLEGAL_STEP, "a parcel of it was shipped", pointer="/kind")
    return SlotChanges(frees=scene.book.held(Slot.SALE, order.serials, by=order.subject))


def _expired(scene: Scene) -> SlotChanges:
    if scene.entered.record.at <= (last := order_of(scene.dossier).pay_by):
        raise RefusedError(Code.BEFORE_ITS_TIME, f"it can be paid until {last}", pointer="/at")
    return _NOTHING


def _check_before(moment: int, last: int) -> None:
    if moment > last:
        raise RefusedError(Code.TOO_LATE, f"the offer ended at {last}", pointer="/at")


ORDER_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.TERMS_PUBLISHED: _published,
    Kind.ORDER_OFFERED: _offered,
    Kind.ORDER_PLACED: _placed,
    Kind.ORDER_PAID: _paid,
    Kind.ORDER_ALLOCATED: _allocated,
    Kind.ORDER_COMPLETED: _completed,
    Kind.ORDER_CANCELLED: _cancelled,
    Kind.ORDER_EXPIRED: _expired,
    Kind.PARCEL_SHIPPED: _shipped,
    Kind.ITEM_REPLACED: _replaced,
    Kind.REPLACEMENT_PACKED: _swapped_ones_only,
    Kind.REPLACEMENT_SHIPPED: _replacement_shipped,
}
