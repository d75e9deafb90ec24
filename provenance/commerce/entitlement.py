"""What everyone must show who asks something of a seller for an item: bought there, arrived, kept, not paid back."""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.book import Book, slots
from provenance.commerce.dossier import Dossier
from provenance.commerce.orders import order_of
from provenance.commerce.ownership import dossier_of_owner, was_passed_on
from provenance.commerce.returns import refund_key
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Machine, Slot, Stage
from provenance.errors import RefusedError
from provenance.ids import Subject


def check_arrived(scene: Scene, order: Subject, item: Subject) -> Dossier:
    """The order's dossier; refuses an item that is not in an order of this seller, or has not arrived with it."""
    ordered = check_in_order(scene, order, item)
    if (way := ordered.stage(Machine.FULFILMENT, item)) is not Stage.DELIVERED:
        raise RefusedError(Code.ILLEGAL_STEP, f"{item} is {way}", pointer="/item", evidence={"stage": way.value})
    return ordered


def check_in_order(scene: Scene, order: Subject, item: Subject) -> Dossier:
    """The order's dossier; refuses an item that is not in an order of this dossier's seller."""
    ordered = scene.book.known(order)
    if ordered.name.seller != scene.dossier.name.seller or item not in order_of(ordered).serials:
        raise RefusedError(Code.OTHER_ITEM, f"{item} is not in {order}", pointer="/item")
    return ordered


def check_kept(scene: Scene, item: Subject) -> None:
    """Refuses an item that was passed on, or is offered: its seller owes the next owner nothing of this."""
    if is_passed_on(scene.book, item):
        raise RefusedError(Code.RESOLD, f"{item} was passed on, or is offered", pointer="/item")


def is_passed_on(book: Book, item: Subject) -> bool:
    """Whether its buyer gave an item to somebody else, or offers it."""
    owning = book.dossier(dossier_of_owner(item))
    return was_passed_on(owning) or owning.stage(Machine.OWNERSHIP) is Stage.OFFERED


def check_not_paid_back(scene: Scene, order: Subject, item: Subject) -> None:
    """Refuses an item whose price went back to its buyer, or into another item."""
    scene.book.check_free(slots(Slot.REFUND, [refund_key(order, item)]))
