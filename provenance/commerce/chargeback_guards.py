"""What the records of a chargeback must keep beyond their table: no more than was paid, and told once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.amounts import payment_slot
from provenance.commerce.book import SlotChanges
from provenance.commerce.order_guards import check_told
from provenance.commerce.orders import order_of
from provenance.commerce.postings import book_after
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind
from provenance.errors import RefusedError


def _opened(scene: Scene) -> SlotChanges:
    order, members = order_of(scene.dossier), scene.entered.record.members
    if members.text("currency") != order.currency:
        raise RefusedError(Code.WRONG_CURRENCY, f"the order is in {order.currency}", pointer="/currency")
    check_told(members)
    book_after(scene, order.subject)
    return SlotChanges(takes=(payment_slot(scene.entered.record),))


def _ended(scene: Scene) -> SlotChanges:
    book_after(scene, scene.dossier.name.subject)
    return SlotChanges()


CHARGEBACK_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.CHARGEBACK_OPENED: _opened,
    Kind.CHARGEBACK_WON: _ended,
    Kind.CHARGEBACK_LOST: _ended,
}
