"""What the records about an item's owner must keep beyond their table: codes, receipts, flags, days.

Rules:

* a claim needs all of: an item that is sold and has arrived, the receipt of that order, a hidden code not used
  before, and no flag on the item; seen on a shelf, a code alone opens nothing;
* an offer to one person is accepted by that person, and none after its day;
* nothing is claimed or passed on while the item is recalled, stolen, missing or in a return, nor once its price was
  paid back;
* a lost key is replaced ``RECOVERY_DAYS`` after the seller and the owner asked for it, by the key they asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.book import SlotChanges, slots
from provenance.commerce.calendar import SECONDS_A_DAY
from provenance.commerce.orders import is_token_of, order_of
from provenance.commerce.ownership import ownership_of
from provenance.commerce.resales import dossier_of_resale, resale_of
from provenance.commerce.returns import refund_key
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.errors import RefusedError
from provenance.ids import Subject

RECOVERY_DAYS = 14

_NOTHING = SlotChanges()


def _claimed(scene: Scene) -> SlotChanges:
    item = _item(scene)
    _check_open(scene, scene.entered.record.members.instant("expires"))
    owner = _granted(scene)
    key = scene.goods.claim_key(item)
    return SlotChanges(takes=(*owner.takes, *slots(Slot.CLAIM_CODE, [str(key)])))


def _granted(scene: Scene) -> SlotChanges:
    item, members = _item(scene), scene.entered.record.members
    dossier = scene.book.known(Subject(members.text("order")))
    order = order_of(dossier)
    if dossier.stage(Machine.FULFILMENT, item) is not Stage.DELIVERED or item not in order.serials:
        raise RefusedError(Code.NOT_SOLD, f"{item} did not arrive with {order.subject}", pointer="/order")
    if not is_token_of(order, members.text("token")):
        raise RefusedError(Code.WRONG_TOKEN, f"that is not the receipt of {order.subject}", pointer="/token")
    scene.goods.check_sold(item, order.seller)
    scene.goods.check_unflagged(item)
    _check_kept(scene, order.subject)
    return SlotChanges(takes=slots(Slot.OWNER, [item]))


def _offered(scene: Scene) -> SlotChanges:
    scene.goods.check_unflagged(_item(scene))
    _check_kept(scene, ownership_of(scene.dossier).order)
    return _check_open(scene, scene.entered.record.members.instant("expires"))


def _transferred(scene: Scene) -> SlotChanges:
    scene.goods.check_unflagged(_item(scene))
    _check_kept(scene, ownership_of(scene.dossier).order)
    offered = scene.dossier.newest(Kind.OWNERSHIP_OFFERED)
    assert offered is not None, "the table lets nobody accept what was not offered"
    members = offered.record.members
    if not members.is_absent("to") and members.text("to") != scene.entered.signers[0].party:
        raise RefusedError(Code.NOT_ENTITLED, f"it is offered to {members.text('to')}", pointer="/prov:signers/0")
    return _check_open(scene, members.instant("expires"))


def _resold(scene: Scene) -> SlotChanges:
    scene.goods.check_unflagged(_item(scene))
    resale, owned = resale_of(scene.book.dossier(dossier_of_resale(_item(scene)))), ownership_of(scene.dossier)
    if resale.stage is not Stage.MATCHED or resale.seller != owned.owner:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"the sale of {resale.item} is {resale.stage}")
    if scene.entered.record.members.text("to") != resale.buyer:
        raise RefusedError(Code.NOT_ENTITLED, f"{resale.buyer} bought it", pointer="/to")
    if scene.entered.signers[0].party not in (owned.owner, resale.buyer):
        message = f"{owned.owner} sold it to {resale.buyer}"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/prov:signers/0")
    return _NOTHING


def _cleared(scene: Scene) -> SlotChanges:
    confirmed = scene.dossier.newest(Kind.THEFT_CONFIRMED)
    assert confirmed is not None, "the table lets nobody clear what was not confirmed"
    if (by := confirmed.signers[0].party) != scene.entered.signers[0].party:
        raise RefusedError(Code.NOT_ENTITLED, f"{by} confirmed the theft", pointer="/prov:signers/0")
    return _NOTHING


def _ended(scene: Scene) -> SlotChanges:
    owned = ownership_of(scene.dossier)
    if scene.book.holder(Slot.REFUND, refund_key(owned.order, owned.item)) is None:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"the price of {owned.item} was not paid back")
    return SlotChanges(frees=slots(Slot.OWNER, [owned.item]))


def _recovery_asked(scene: Scene) -> SlotChanges:
    order = order_of(scene.book.known(ownership_of(scene.dossier).order))
    if not is_token_of(order, scene.entered.record.members.text("token")):
        raise RefusedError(Code.WRONG_TOKEN, f"that is not the receipt of {order.subject}", pointer="/token")
    return _NOTHING


def _recovery_completed(scene: Scene) -> SlotChanges:
    asked = scene.dossier.newest(Kind.RECOVERY_ASKED)
    assert asked is not None, "the table lets nobody complete what was not asked for"
    due, mine = asked.record.at + RECOVERY_DAYS * SECONDS_A_DAY, scene.entered.signers[0].party
    if mine not in {signer.party for signer in asked.signers}:
        raise RefusedError(Code.NOT_ENTITLED, f"{mine} did not ask for it", pointer="/prov:signers/0")
    if scene.entered.record.at < due:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"the old key may object until {due}", pointer="/at")
    return _NOTHING


def _check_kept(scene: Scene, order: Subject) -> None:
    item = _item(scene)
    for slot, key in ((Slot.RETURN, item), (Slot.REFUND, refund_key(order, item))):
        if (holder := scene.book.holder(slot, key)) is not None:
            raise RefusedError(Code.STILL_OPEN, f"{item} has its {slot} in {holder}", evidence={"holder": holder})


def _check_open(scene: Scene, expires: int) -> SlotChanges:
    if scene.entered.record.at > expires:
        raise RefusedError(Code.TOO_LATE, f"it ended at {expires}", pointer="/expires")
    return _NOTHING


def _item(scene: Scene) -> Subject:
    return Subject(scene.dossier.name.number)


OWNERSHIP_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.OWNERSHIP_CLAIMED: _claimed,
    Kind.OWNERSHIP_GRANTED: _granted,
    Kind.OWNERSHIP_OFFERED: _offered,
    Kind.OWNERSHIP_TRANSFERRED: _transferred,
    Kind.OWNERSHIP_RESOLD: _resold,
    Kind.THEFT_CLEARED: _cleared,
    Kind.OWNERSHIP_ENDED: _ended,
    Kind.RECOVERY_ASKED: _recovery_asked,
    Kind.RECOVERY_COMPLETED: _recovery_completed,
}
