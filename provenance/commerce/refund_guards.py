"""What the records of a refund must keep beyond their table: what is owed, once, the way the payment came.

Rules:

* the price of an item goes back once, whatever the ways in, and never beyond what was paid for the order;
* terms and law decide about a return; a cancelled order goes back whole, less what points paid;
* nothing is granted or asked for while a chargeback is open: the bank may be paying it back;
* what was paid back was paid back where the order had been paid, and is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from provenance.codes import Code
from provenance.commerce.amounts import payment_slot
from provenance.commerce.book import Book, SlotChanges
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.money import Money
from provenance.commerce.order_guards import check_told
from provenance.commerce.orders import order_of
from provenance.commerce.postings import book_after, till_of
from provenance.commerce.refunds import Refund, granted_in, refund_of
from provenance.commerce.return_guards import check_paid_back
from provenance.commerce.returns import return_of
from provenance.commerce.scene import Scene
from provenance.commerce.settling import Till
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.tender import owed_in_money
from provenance.errors import RefusedError

_NOTHING = SlotChanges()


def _granted(scene: Scene) -> SlotChanges:
    refund = granted_in(scene.entered)
    ordered = scene.book.known(refund.order)
    if ordered.name.seller != scene.dossier.name.seller:
        raise RefusedError(Code.OTHER_ITEM, f"{refund.order} is another seller's", pointer="/order")
    _check_no_chargeback(ordered)
    match parse_dossier_name(refund.after).family:
        case Family.RETURN:
            _check_return(scene, refund)
        case Family.ORDER:
            _check_cancelled(ordered, refund, scene.book)
        case family:
            raise RefusedError(Code.NOT_GRANTED, f"nothing is paid back after a {family}", pointer="/after")
    scene.book.check_free([(Slot.REFUND, refund.key)])
    book_after(scene, refund.order)
    return SlotChanges(takes=((Slot.REFUND, refund.key),))


def _asked(scene: Scene) -> SlotChanges:
    refund = refund_of(scene.dossier)
    _check_no_chargeback(scene.book.known(refund.order))
    book_after(scene, refund.order)
    return _NOTHING


def _told(scene: Scene) -> SlotChanges:
    members, refund = scene.entered.record.members, refund_of(scene.dossier)
    check_told(members)
    paid_at, told_at = till_of(scene.book.known(refund.order)), Till(members.text("provider"), members.text("merchant"))
    if paid_at != told_at:
        message = f"it was paid at {paid_at.account.of}, and goes back there, not at {told_at.account.of}"
        raise RefusedError(Code.OTHER_MERCHANT, message, pointer="/provider")
    book_after(scene, refund.order)
    return _NOTHING


def _paid(scene: Scene) -> SlotChanges:
    _told(scene)
    return SlotChanges(takes=(payment_slot(scene.entered.record),))


def _check_return(scene: Scene, refund: Refund) -> None:
    returning = scene.book.known(refund.after)
    asked = return_of(returning)
    if (asked.order, asked.item) != (refund.order, refund.item):
        raise RefusedError(Code.OTHER_ITEM, f"{asked.subject} is about {asked.item} of {asked.order}", pointer="/piece")
    stages = returning.stage(Machine.REQUEST), returning.stage(Machine.OUTCOME)
    if stages != (Stage.AUTHORISED, Stage.NONE):
        message = f"{asked.subject} is {stages[0]}, its outcome {stages[1]}"
        raise RefusedError(Code.ILLEGAL_STEP, message, pointer="/after")
    check_paid_back(replace(scene, dossier=returning), refund.amount)


def _check_cancelled(ordered: Dossier, refund: Refund, book: Book) -> None:
    order = order_of(ordered)
    if refund.after != refund.order or refund.item is not None:
        raise RefusedError(Code.OTHER_ITEM, "a cancelled order is paid back whole", pointer="/piece")
    stages = ordered.stage(Machine.ORDER), ordered.stage(Machine.PAYMENT)
    if stages != (Stage.CANCELLED, Stage.HELD):
        raise RefusedError(Code.ILLEGAL_STEP, f"{order.subject} is {stages[0]}, its payment {stages[1]}")
    if refund.amount != (paid := Money(owed_in_money(order, book), order.currency)):
        message = f"{paid} were paid, not {refund.amount}"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/minor")


def _check_no_chargeback(ordered: Dossier) -> None:
    if ordered.stage(Machine.CHARGEBACK) is Stage.OPEN:
        raise RefusedError(Code.STILL_OPEN, f"the bank may be paying {ordered.name.subject} back: a chargeback is open")


REFUND_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.REFUND_GRANTED: _granted,
    Kind.REFUND_ASKED: _asked,
    Kind.REFUND_PAID: _paid,
    Kind.REFUND_FAILED: _told,
}
