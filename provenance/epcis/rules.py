"""What the schema does not say about an event, but the standard or plain sense does.

Rules that refuse:

* a parent is named when a link begins or ends; it is not its own child; only an association has a
  place for a parent;
* things stand in the lists of things, classes in the lists of quantities, each thing once under all
  its spellings, and nothing comes out of a transformation that went in;
* a quantity is not negative; a unit comes with an amount, and a fraction with a unit;
* a disposition is not set and unset at once; an event that did not occur has no corrective event;
* a step does not contradict its action (nothing is packed by DELETE);
* every prefix is declared; sensors do not contradict themselves (``sensor_rules``).

Worth a remark: what keeps an event from being CBV-Compliant, or what others read differently.

EPCIS 2.0 (ISO/IEC 19987) §7.3, §7.4; CBV 2.0 (ISO/IEC 19988) §7; gs1/EPCIS issues 395, 440, 447.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.epcis.context import Context, check_prefixes, read_context
from provenance.epcis.events import Event, ExtendedEvent
from provenance.epcis.identifier_rules import check_identifiers
from provenance.epcis.members import shown
from provenance.epcis.remarks import Remark
from provenance.epcis.sensor_rules import check_sensors
from provenance.epcis.vocabulary import Action, BizStep, ErrorReason, EventType
from provenance.errors import MalformedError

_LINKS = frozenset({EventType.AGGREGATION, EventType.ASSOCIATION})
_HAS_PERSISTENT = frozenset({EventType.OBJECT, EventType.TRANSFORMATION})
_BEGINS = frozenset({BizStep.COMMISSIONING, BizStep.CREATING_CLASS_INSTANCE})
_ENDS = frozenset({BizStep.DECOMMISSIONING, BizStep.DESTROYING})
_JOINS = frozenset({BizStep.PACKING, BizStep.ASSEMBLING, BizStep.INSTALLING, BizStep.LOADING})
_PARTS = frozenset({BizStep.UNPACKING, BizStep.DISASSEMBLING, BizStep.REMOVING, BizStep.UNLOADING})
# §7.3.1: ADD begins a life or a link, DELETE ends it.
_AGAINST: Mapping[tuple[bool, Action], frozenset[BizStep]] = {
    (False, Action.ADD): _ENDS,
    (False, Action.DELETE): _BEGINS,
    (True, Action.ADD): _PARTS,
    (True, Action.DELETE): _JOINS,
}


def check_event(event: Event | ExtendedEvent, context: Context | None = None) -> tuple[Remark, ...]:
    """What is worth a remark about an event; refuses one that breaks a rule.

    ``context`` is what holds around the event; without it, the event's own ``@context`` does. Of an
    event of an own type only the prefixes and the error declaration are looked at.
    """
    known = context or read_context(event.raw.get("@context"))
    _check_error(event)
    remarks = list(check_prefixes(event.raw, known))
    if isinstance(event, Event):
        _check_parent(event)
        _check_quantities(event)
        _check_dispositions(event)
        remarks += _step_remarks(event)
        remarks += check_identifiers(event)
        remarks += check_sensors(event.sensors, event.instant)
        remarks += _habits(event)
    return tuple(remarks)


def _check_error(event: Event | ExtendedEvent) -> None:
    declared = event.error_declaration
    if declared and declared.reason == ErrorReason.DID_NOT_OCCUR and declared.corrective_ids:
        # CBV §7.5.1: what did not occur has nothing to be put right.
        raise MalformedError(
            Code.CORRECTION_OF_NOTHING,
            "an event that did not occur names corrective events",
            pointer="/errorDeclaration/correctiveEventIDs",
        )


def _check_parent(event: Event) -> None:
    # §7.4.3: optional when the action is OBSERVE, required otherwise.
    if event.type is EventType.AGGREGATION and event.parent_id is None and event.action is not Action.OBSERVE:
        raise MalformedError(
            Code.MISSING_MEMBER, f"an AggregationEvent with {event.action} names its parent", pointer="/parentID"
        )


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


def _step_remarks(event: Event) -> Iterator[Remark]:
    step, action = event.biz_step, event.action
    if action is not None and event.type is not EventType.TRANSACTION:
        if step in _AGAINST.get((event.type in _LINKS, action), ()):
            raise MalformedError(
                Code.STEP_AGAINST_ACTION, f"{step} contradicts the action {action}", pointer="/bizStep"
            )
        if event.type is EventType.OBJECT and action is Action.OBSERVE and step in _BEGINS | _ENDS:
            yield Remark(Code.STEP_UNUSUAL, f"{step} begins or ends something; OBSERVE only looks at it", "/action")
    if step == BizStep.ENCODING and event.type is not EventType.TRANSACTION:
        yield Remark(Code.STEP_UNUSUAL, "encoding belongs in a TransactionEvent (CBV §7.1)", "/bizStep")
    if step == BizStep.ASSEMBLING and event.type is EventType.TRANSFORMATION:
        yield Remark(Code.STEP_UNUSUAL, "what is assembled can be taken apart: an AssociationEvent", "/bizStep")


def _habits(event: Event) -> Iterator[Remark]:
    if event.type not in _HAS_PERSISTENT and "persistentDisposition" in event.raw:
        # The XSD and the 2.0.1 JSON schema allow it, SHACL and the UML forbid it.
        message = f"many systems refuse persistentDisposition in {event.type}"
        yield Remark(Code.NOT_READ_BY_ALL, message, "/persistentDisposition")
    if not _names_something(event):
        yield Remark(Code.NOTHING_NAMED, "the event names no thing and no quantity")
    for member, read, written in _words(event):
        if ":" in read:
            yield Remark(
                Code.OWN_WORD, f"{shown(read)} is no CBV word: the event is CBV-Compatible, not Compliant", member
            )
        elif read != written:
            yield Remark(Code.WORD_AS_URI, f"the word is {read}, here it is {written}", member)


def _names_something(event: Event) -> bool:
    return event.type in _LINKS or bool(
        event.epc_list
        or event.quantity_list
        or event.parent_id
        or event.sensors
        or event.type is EventType.TRANSFORMATION
    )


def _words(event: Event) -> Iterator[tuple[str, str, Json]]:
    """Each CBV word of the event's own members: its place, as read, and as written."""
    for name, word in (("bizStep", event.biz_step), ("disposition", event.disposition)):
        if word is not None:
            yield f"/{name}", word, event.raw[name]
    persistent = event.raw.get("persistentDisposition")
    for name, words in (("set", event.persistent_set), ("unset", event.persistent_unset)):
        written = persistent.get(name) if isinstance(persistent, dict) else None
        for index, word in enumerate(words):
            yield f"/persistentDisposition/{name}/{index}", word, _at(written, index)
    typed: tuple[tuple[str, tuple[str | None, ...]], ...] = (
        ("sourceList", tuple(source.type for source in event.sources)),
        ("destinationList", tuple(destination.type for destination in event.destinations)),
        ("bizTransactionList", tuple(transaction.type for transaction in event.transactions)),
    )
    for name, types in typed:
        for index, kind in enumerate(types):
            row = _at(event.raw.get(name), index)
            if kind is not None and isinstance(row, dict):
                yield f"/{name}/{index}/type", kind, row["type"]


def _at(values: Json, index: int) -> Json:
    return values[index] if isinstance(values, list) else None
