"""What the records about a product must keep beyond their table: who bought, and until when one may speak.

Rules:

* one speaks of an item of this very product that arrived with one's own order: as its buyer, or, once it was claimed,
  as the one who claimed it (a present is reviewed by whom it was for);
* whoever has it from an owner, not from the seller, does not score the seller;
* one takes back one's own words only;
* one writes within ``WRITE_DAYS`` after the item arrived, and amends within ``AMEND_DAYS`` after that; what comes
  later is added without stars.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.book import SlotChanges
from provenance.commerce.calendar import SECONDS_A_DAY
from provenance.commerce.dossier import Dossier
from provenance.commerce.orders import buyer_of, order_of
from provenance.commerce.ownership import claim_in, dossier_of_owner, owner_of, was_passed_on
from provenance.commerce.reviews import spoken_of, written_about
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.errors import RefusedError
from provenance.gs1.identifiers import read_epc
from provenance.ids import Subject

WRITE_DAYS, AMEND_DAYS = 180, 30

_NOTHING = SlotChanges()


def _written(scene: Scene) -> SlotChanges:
    (item,), record = scene.entered.record.serials, scene.entered.record
    if read_epc(item).class_uri() != scene.dossier.name.number:
        raise RefusedError(Code.OTHER_ITEM, f"{item} is no {scene.dossier.name.number}", pointer="/item")
    order = scene.book.known(Subject(record.members.text("order")))
    if order.stage(Machine.FULFILMENT, item) is not Stage.DELIVERED or item not in order_of(order).serials:
        raise RefusedError(Code.NOT_SOLD, f"{item} did not arrive with {order.name.subject}", pointer="/order")
    _check_bought(scene, order, item)
    return _check_within(scene, _arrived(order, item), WRITE_DAYS)


def _check_bought(scene: Scene, order: Dossier, item: Subject) -> None:
    ownership, mine = scene.book.dossier(dossier_of_owner(item)), scene.entered.signers[0].party
    claimed = claim_in(ownership)
    if claimed is None or claimed.record.members.text("order") != order.name.subject:
        whose = buyer_of(order)
    elif not was_passed_on(ownership):
        whose = owner_of(ownership)
    else:
        whose = None
    if whose != mine:
        message = f"{mine} did not buy {item} in {order.name.subject}, or has passed it on"
        raise RefusedError(Code.NOT_ENTITLED, message, pointer="/prov:signers/0")


def _amended(scene: Scene) -> SlotChanges:
    written = written_about(scene.dossier, scene.entered.record.serials[0])
    assert written is not None, "the table lets nobody amend what was not written"
    return _check_within(scene, written.record.at, AMEND_DAYS)


def _text_erased(scene: Scene) -> SlotChanges:
    (item,), text = scene.entered.record.serials, scene.entered.record.members.hash("text")
    mine = scene.entered.signers[0].party
    spoken = [one for one in spoken_of(scene.dossier, item) if one.record.members.hash("text") == text]
    if not any(one.signers[0].party == mine for one in spoken):
        raise RefusedError(Code.NOT_ENTITLED, f"{text} are no words of {mine} about {item}", pointer="/text")
    return _NOTHING


def _check_within(scene: Scene, since: int, days: int) -> SlotChanges:
    if scene.entered.record.at > (end := since + days * SECONDS_A_DAY):
        raise RefusedError(Code.TOO_LATE, f"it ended at {end}", pointer="/at")
    return _NOTHING


def _arrived(order: Dossier, item: Subject) -> int:
    return max(entered.record.at for entered in order.all(Kind.PARCEL_DELIVERED) if item in entered.record.serials)


REVIEW_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.REVIEW_WRITTEN: _written,
    Kind.REVIEW_AMENDED: _amended,
    Kind.REVIEW_TEXT_ERASED: _text_erased,
}
