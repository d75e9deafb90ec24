"""What the records of a recall must keep beyond their table: the marks in custody, and what was really done.

Rules:

* what is called back was marked so by a custody event of the same issuer; a thing is in one recall at a time;
* a recall is withdrawn when custody has taken the mark off everything in it;
* who tells the owners, or says that one was helped, names the order; the item is in it, and the recall reaches it;
* a price that was paid back shows in the book, and a seller's "destroyed" in custody: an owner's own word is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.book import SlotChanges, slots
from provenance.commerce.forms import things_of
from provenance.commerce.orders import order_of
from provenance.commerce.recalls import recall_of, recalls_on
from provenance.commerce.returns import refund_key
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Signatory, Slot
from provenance.commerce.vocabulary import Remedy
from provenance.errors import RefusedError
from provenance.ids import StatementHash, Subject

_NOTHING = SlotChanges()


def _called_back(scene: Scene) -> SlotChanges:
    members = scene.entered.record.members
    subjects = tuple(Subject(one) for one in things_of(members, "things"))
    scene.goods.check_recall(StatementHash(members.hash("event")), subjects, by=scene.dossier.name.seller)
    return SlotChanges(takes=slots(Slot.RECALL, subjects))


def _withdrawn(scene: Scene) -> SlotChanges:
    found = recall_of(scene.dossier)
    named = StatementHash(scene.entered.record.members.hash("event"))
    scene.goods.check_recall_lifted(named, tuple(found.of), by=found.issuer)
    return SlotChanges(frees=scene.book.held(Slot.RECALL, found.of, by=found.subject))


def _notified(scene: Scene) -> SlotChanges:
    order = order_of(scene.book.known(Subject(scene.entered.record.members.text("order"))))
    for item in scene.entered.record.serials:
        if item not in order.serials:
            raise RefusedError(Code.OTHER_ITEM, f"{item} is not in {order.subject}", pointer="/order")
        reached = {recall.subject for recall, _ in recalls_on(item, scene.book, scene.goods)}
        if scene.dossier.name.subject not in reached:
            message = f"{item} is not called back by {scene.dossier.name.subject}"
            raise RefusedError(Code.OTHER_ITEM, message, evidence={"subject": item})
    return _NOTHING


def _remedied(scene: Scene) -> SlotChanges:
    _notified(scene)
    (item,), members = scene.entered.record.serials, scene.entered.record.members
    match members.word("remedy", Remedy):
        case Remedy.REFUND:
            key = refund_key(Subject(members.text("order")), item)
            if scene.book.holder(Slot.REFUND, key) is None:
                raise RefusedError(Code.BEFORE_ITS_TIME, f"the price of {item} was not paid back", pointer="/remedy")
        case Remedy.DESTRUCTION if scene.signed_as == {Signatory.SELLER}:
            scene.goods.check_destroyed(item)
        case Remedy.REPAIR if scene.signed_as == {Signatory.SELLER}:
            message = f"only who has {item} says that it was repaired"
            raise RefusedError(Code.NOT_ENTITLED, message, pointer="/prov:signers/0")
        case Remedy.DESTRUCTION | Remedy.REPAIR:
            pass
    return _NOTHING


RECALL_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.RECALL_ISSUED: _called_back,
    Kind.RECALL_EXTENDED: _called_back,
    Kind.RECALL_NOTIFIED: _notified,
    Kind.RECALL_REMEDIED: _remedied,
    Kind.RECALL_WITHDRAWN: _withdrawn,
}
