"""What the schema does not say about an event, but the standard or plain sense does.

Rules that refuse:

* a parent is named when a link begins or ends;
* a quantity is not negative; a unit comes with an amount, and a fraction with a unit;
* a disposition is not set and unset at once; an event that did not occur has no corrective event;
* a step does not contradict its action (nothing is packed by DELETE);
* sensors do not contradict themselves (``sensor_rules``).

Every custody event goes through here, so each rule is asked only where the members it is about are present. What is
merely worth a remark is in ``compatibility``.

EPCIS 2.0 (ISO/IEC 19987) §7.3, §7.4; CBV 2.0 (ISO/IEC 19988) §7; gs1/EPCIS issues 395, 440, 447.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.codes import Code
from provenance.epcis.events import ErrorDeclaration, Event, ExtendedEvent
from provenance.epcis.members import shown
from provenance.epcis.sensor_rules import check_sensors
from provenance.epcis.vocabulary import Action, BizStep, ErrorReason, EventType
from provenance.errors import MalformedError

LINKS = frozenset({EventType.AGGREGATION, EventType.ASSOCIATION})
_QUANTITIES = frozenset({"quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"})
BEGINS = frozenset({BizStep.COMMISSIONING, BizStep.CREATING_CLASS_INSTANCE})
ENDS = frozenset({BizStep.DECOMMISSIONING, BizStep.DESTROYING})
_JOINS = frozenset({BizStep.PACKING, BizStep.ASSEMBLING, BizStep.INSTALLING, BizStep.LOADING})
_PARTS = frozenset({BizStep.UNPACKING, BizStep.DISASSEMBLING, BizStep.REMOVING, BizStep.UNLOADING})
# §7.3.1: ADD begins a life or a link, DELETE ends it.
_AGAINST: Mapping[tuple[bool, Action], frozenset[BizStep]] = {
    (False, Action.ADD): ENDS,
    (False, Action.DELETE): BEGINS,
    (True, Action.ADD): _PARTS,
    (True, Action.DELETE): _JOINS,
}
_ONE_WAY = frozenset[str]().union(*_AGAINST.values())


def check_event(event: Event | ExtendedEvent) -> None:
    """Refuses an event that breaks a rule; of one of an own type only the error declaration is looked at.

    What its identifiers say to each other is ``identifier_rules``' business.
    """
    if event.error_declaration is not None:
        _check_correction(event.error_declaration)
    if not isinstance(event, Event):
        return
    if event.biz_step in _ONE_WAY:
        _check_step(event)
    if event.parent_id is None and event.type is EventType.AGGREGATION:
        _check_parent(event)
    if not _QUANTITIES.isdisjoint(event.raw):
        _check_quantities(event)
    if event.persistent_set and event.persistent_unset:
        _check_dispositions(event)
    if event.sensors:
        check_sensors(event.sensors)


def _check_correction(declared: ErrorDeclaration) -> None:
    if declared.reason == ErrorReason.DID_NOT_OCCUR and declared.corrective_ids:
        # CBV §7.5.1: what did not occur has nothing to be put right.
        raise MalformedError(
            Code.CORRECTION_OF_NOTHING,
            "an event that did not occur names corrective events",
            pointer="/errorDeclaration/correctiveEventIDs",
        )


def _check_parent(event: Event) -> None:
    # §7.4.3: optional when the action is OBSERVE, required otherwise.
    if event.action is not Action.OBSERVE:
        message = f"an AggregationEvent with {event.action} names its parent"
        raise MalformedError(Code.MISSING_MEMBER, message, pointer="/parentID")


def _check_quantities(event: Event) -> None:
    lists = {
        "quantityList": event.quantity_list,
        "childQuantityList": event.child_quantities,
        "inputQuantityList": event.input_quantities,
        "outputQuantityList": event.output_quantities,
    }
    for name, quantities in lists.items():
        for index, quantity in enumerate(quantities):
            amount, pointer = quantity.amount, f"/{name}/{index}"
            if amount is None and quantity.uom is not None:
                raise MalformedError(
                    Code.UOM_WITHOUT_QUANTITY, f"the unit {quantity.uom} without a quantity", pointer=f"{pointer}/uom"
                )
            if amount is not None and amount < 0:
                raise MalformedError(
                    Code.NEGATIVE_QUANTITY, f"the quantity {amount} is negative", pointer=f"{pointer}/quantity"
                )
            if amount is not None and quantity.uom is None and amount != amount.to_integral_value():
                raise MalformedError(
                    Code.FRACTION_WITHOUT_UOM,
                    f"{amount} pieces; a fraction needs a unit",
                    pointer=f"{pointer}/quantity",
                )


def _check_dispositions(event: Event) -> None:
    for word in event.persistent_set:
        if word in event.persistent_unset:
            raise MalformedError(
                Code.SET_AND_UNSET, f"{shown(word)} is set and unset at once", pointer="/persistentDisposition"
            )


def _check_step(event: Event) -> None:
    step, action = event.biz_step, event.action
    if action is None or event.type is EventType.TRANSACTION:
        return
    if step in _AGAINST.get((event.type in LINKS, action), ()):
        raise MalformedError(Code.STEP_AGAINST_ACTION, f"{step} contradicts the action {action}", pointer="/bizStep")
