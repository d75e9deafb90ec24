"""What the records of a sale between consumers must keep beyond their table: whose it is, what it costs, what came.

Rules:

* only the owner sells, and only what is in nothing else: no return, repair, claim, recall, theft, loss or recovery;
* an offer to one person is accepted by that person, none by its own seller, and none after its day;
* the price is paid, paid out and paid back whole and once; whoever holds the money is neither of the two;
* it is paid out only when the buyer owns the item, and paid back only when the buyer was right, or it was never sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.amounts import check_amount, payment_slot
from provenance.commerce.book import SlotChanges, slots
from provenance.commerce.calendar import SECONDS_A_DAY
from provenance.commerce.entitlement import check_not_paid_back
from provenance.commerce.ownership import Ownership, dossier_of_owner, ownership_of
from provenance.commerce.resales import Resale, resale_of
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.errors import RefusedError
from provenance.ids import Subject

SEND_DAYS = 7

_NOTHING = SlotChanges()


def _offered(scene: Scene) -> SlotChanges:
    members, owned = scene.entered.record.members, _owned(scene)
    _check_free_to_go(scene, owned)
    check_not_paid_back(scene, owned.order, owned.item)
    if members.raw("minor") == 0:
        raise RefusedError(Code.OTHER_AMOUNT, "what costs nothing is passed on, not sold", pointer="/minor")
    if members.text("attestor") in (owned.owner, members.raw("to")):
        message = "who holds the money is neither of the two"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/attestor")
    return SlotChanges(takes=slots(Slot.RETURN, [owned.item]))


def _withdrawn(scene: Scene) -> SlotChanges:
    resale = resale_of(scene.dossier)
    if resale.buyer is not None and scene.entered.record.at <= resale.expires:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"it can be paid until {resale.expires}", pointer="/at")
    return _ended(scene)


def _accepted(scene: Scene) -> SlotChanges:
    offered, mine = scene.dossier.newest(Kind.RESALE_OFFERED), scene.entered.signers[0].party
    assert offered is not None, "the table lets nobody accept what was not offered"
    members = offered.record.members
    if not members.is_absent("to") and members.text("to") != mine:
        raise RefusedError(Code.NOT_ENTITLED, f"it is offered to {members.text('to')}", pointer="/prov:signers/0")
    if mine == members.text("attestor"):
        raise RefusedError(Code.NOT_ENTITLED, "who holds the money buys nothing", pointer="/prov:signers/0")
    if scene.entered.record.at > members.instant("expires"):
        raise RefusedError(Code.TOO_LATE, f"the offer ended at {members.instant('expires')}", pointer="/at")
    _check_free_to_go(scene, _owned(scene))
    return _NOTHING


def _paid(scene: Scene) -> SlotChanges:
    _check_free_to_go(scene, _owned(scene))
    return _settled(scene)


def _shipped(scene: Scene) -> SlotChanges:
    _check_free_to_go(scene, _owned(scene))
    return _NOTHING


def _abandoned(scene: Scene) -> SlotChanges:
    paid_at = resale_of(scene.dossier).paid_at
    assert paid_at is not None, "the table lets nobody give up what was not paid"
    if scene.entered.record.at < (end := paid_at + SEND_DAYS * SECONDS_A_DAY):
        raise RefusedError(Code.BEFORE_ITS_TIME, f"it can be sent until {end}", pointer="/at")
    return _NOTHING


def _matched(scene: Scene) -> SlotChanges:
    item, scanned = Subject(scene.dossier.name.number), scene.entered.record.members.raw("scanned")
    if scanned != item:
        raise RefusedError(Code.OTHER_ITEM, f"{scanned} was scanned, {item} was sold", pointer="/scanned")
    return _NOTHING


def _released(scene: Scene) -> SlotChanges:
    resale, owned = resale_of(scene.dossier), _owned(scene)
    if owned.owner != resale.buyer:
        raise RefusedError(Code.BEFORE_ITS_TIME, f"{resale.item} is still {owned.owner}'s")
    return SlotChanges(takes=_settled(scene).takes, frees=_ended(scene).frees)


def _refunded(scene: Scene) -> SlotChanges:
    return SlotChanges(takes=_settled(scene).takes, frees=_ended(scene).frees)


def _settled(scene: Scene) -> SlotChanges:
    resale: Resale = resale_of(scene.dossier)
    check_amount(scene.entered.record, resale.minor, resale.currency)
    return SlotChanges(takes=(payment_slot(scene.entered.record),))


def _ended(scene: Scene) -> SlotChanges:
    item, mine = Subject(scene.dossier.name.number), scene.dossier.name.subject
    return SlotChanges(frees=scene.book.held(Slot.RETURN, [item], by=mine))


def _owned(scene: Scene) -> Ownership:
    return ownership_of(scene.book.dossier(dossier_of_owner(Subject(scene.dossier.name.number))))


def _check_free_to_go(scene: Scene, owned: Ownership) -> None:
    """Refuses what is called back, stolen, missing, offered elsewhere, or whose owner's key is in question."""
    scene.goods.check_unflagged(owned.item)
    recovering = scene.book.dossier(dossier_of_owner(owned.item)).stage(Machine.RECOVERY)
    if owned.stage is not Stage.OWNED or recovering is not Stage.NONE:
        stage = owned.stage if recovering is Stage.NONE else recovering
        raise RefusedError(Code.BLOCKED, f"{owned.item} is {stage}", evidence={"subject": owned.item})


RESALE_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.RESALE_OFFERED: _offered,
    Kind.RESALE_WITHDRAWN: _withdrawn,
    Kind.RESALE_ACCEPTED: _accepted,
    Kind.RESALE_PAID: _paid,
    Kind.RESALE_SHIPPED: _shipped,
    Kind.RESALE_ABANDONED: _abandoned,
    Kind.RESALE_MATCHED: _matched,
    Kind.RESALE_RELEASED: _released,
    Kind.RESALE_REFUNDED: _refunded,
}
