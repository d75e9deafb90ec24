"""One EPCIS 2.0 event as typed parts, read strictly from its JSON.

Rules:

* ``parse_event`` accepts what the 2.0.1 JSON schema accepts, and in places less: real times, real
  URIs, no bare unknown name, no identifier twice; what the prose adds is in ``rules``;
* text stays as its signer wrote it: ``event_time`` is the text, ``instant`` its moment in UTC;
  EPCs are not rewritten (their one name comes from ``gs1.identifiers.canonical_epc``);
* CBV words come back bare, however they were spelled; own URIs come back as they are;
* a fraction stands only where EPCIS has numbers, or in somebody else's extension;
* ``to_json`` gives every member back, number texts included.

An event on the wire::

    {"type":"ObjectEvent","action":"OBSERVE","bizStep":"shipping",
     "eventTime":"2026-05-04T10:00:00.000+02:00","eventTimeZoneOffset":"+02:00",
     "epcList":["https://id.gs1.org/01/09520123456788/21/A1"],
     "readPoint":{"id":"https://id.gs1.org/414/9520123000004"}}

EPCIS 2.0 (ISO/IEC 19987) §7.4, §9; https://ref.gs1.org/standards/epcis/2.0.1/epcis-json-schema.json
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from provenance.codes import Code
from provenance.encoding.canonical import Json, escape, fraction_at
from provenance.epcis import members as read
from provenance.epcis import parts
from provenance.epcis.parts import Destination, ErrorDeclaration, Quantity, Source, Transaction
from provenance.epcis.sensors import SensorElement, parse_sensor
from provenance.epcis.vocabulary import (
    ACTIONS,
    BIZ_STEPS,
    DISPOSITIONS,
    EVENT_TYPES,
    Action,
    EventType,
)
from provenance.errors import MalformedError

__all__ = [
    "Destination",
    "ErrorDeclaration",
    "Event",
    "ExtendedEvent",
    "Quantity",
    "Source",
    "Transaction",
    "parse_any_event",
    "parse_event",
    "to_json",
]

OUR_PREFIX = "prov:"

_ANY = frozenset(
    {
        *("@context", "type", "eventTime", "recordTime", "eventTimeZoneOffset", "eventID", "certificationInfo"),
        "errorDeclaration",
    }
)
_ALL_FIVE = _ANY | {
    *("bizStep", "disposition", "persistentDisposition", "readPoint", "bizLocation", "bizTransactionList"),
    *("sourceList", "destinationList", "sensorElementList"),
}
_LINK = _ALL_FIVE | {"action", "parentID", "childEPCs", "childQuantityList"}
_ENDS = ("inputEPCList", "inputQuantityList", "outputEPCList", "outputQuantityList")
_MEMBERS: Mapping[EventType, frozenset[str]] = {
    EventType.OBJECT: _ALL_FIVE | {"action", "epcList", "quantityList", "ilmd"},
    EventType.AGGREGATION: _LINK,
    EventType.ASSOCIATION: _LINK,
    EventType.TRANSACTION: _ALL_FIVE | {"action", "parentID", "epcList", "quantityList"},
    EventType.TRANSFORMATION: _ALL_FIVE | {*_ENDS, "transformationID", "ilmd"},
}
_ALL_STANDARD = frozenset[str]().union(*_MEMBERS.values())
_NAMED = {kind: f"{'an' if kind[0] in 'AO' else 'a'} {kind}" for kind in EventType}
_MISPLACED = {kind: _ALL_STANDARD - known for kind, known in _MEMBERS.items()}
_NONE: Mapping[str, Json] = MappingProxyType({})


# A NamedTuple: with so many fields, to make a frozen dataclass takes four times as long, a tenth of all reading.
class Event(NamedTuple):
    """One of the five standard events.

    ``()`` is an absent or empty list; ``raw`` tells which. Words are CBV words where the standard has
    one (``BizStep``, ``Disposition`` …) and the writer's own URI where not.
    """

    type: EventType
    event_time: str
    instant: datetime
    zone_offset: timedelta
    action: Action | None = None
    event_id: str | None = None
    record_time: str | None = None
    biz_step: str | None = None
    disposition: str | None = None
    persistent_set: tuple[str, ...] = ()
    persistent_unset: tuple[str, ...] = ()
    epc_list: tuple[str, ...] = ()
    quantity_list: tuple[Quantity, ...] = ()
    parent_id: str | None = None
    child_epcs: tuple[str, ...] = ()
    child_quantities: tuple[Quantity, ...] = ()
    input_epcs: tuple[str, ...] = ()
    input_quantities: tuple[Quantity, ...] = ()
    output_epcs: tuple[str, ...] = ()
    output_quantities: tuple[Quantity, ...] = ()
    transformation_id: str | None = None
    read_point: str | None = None
    biz_location: str | None = None
    sources: tuple[Source, ...] = ()
    destinations: tuple[Destination, ...] = ()
    transactions: tuple[Transaction, ...] = ()
    ilmd: Mapping[str, Json] | None = None
    sensors: tuple[SensorElement, ...] = ()
    certifications: tuple[str, ...] = ()
    error_declaration: ErrorDeclaration | None = None
    extensions: Mapping[str, Json] = _NONE
    raw: Mapping[str, Json] = _NONE


@dataclass(frozen=True, slots=True)
class ExtendedEvent:
    """An event of somebody's own type: only what all events have in common is read."""

    type: str
    event_time: str
    instant: datetime
    zone_offset: timedelta
    event_id: str | None
    record_time: str | None
    certifications: tuple[str, ...]
    error_declaration: ErrorDeclaration | None
    extensions: Mapping[str, Json]
    raw: Mapping[str, Json] = field(repr=False)


def parse_event(value: Json) -> Event:
    """The event in a JSON object, with or without its own ``@context``.

    Refuses other types than the five, unknown or misplaced members, wrong kinds of value, and an event
    that says nothing about any object. The value is kept, not copied: do not change it afterwards.
    """
    members = read.object_(value, "an event object")
    kind = members.get("type")
    if not isinstance(kind, str):
        raise read.wrong_type(kind, "a type", "/type") if "type" in members else read.missing("type", "an event")
    known = EVENT_TYPES.get(kind)
    if known is None:
        types = ", ".join(EventType)
        raise MalformedError(Code.WRONG_VALUE, f"the type {read.shown(kind)} is none of {types}", pointer="/type")
    _check_names(members, known)
    event = _parse(members, known)
    _CHECKS[known](event)
    return event


def parse_any_event(value: Json) -> Event | ExtendedEvent:
    """Like ``parse_event``, for documents: a type that is a URI or CURIE is somebody's own and welcome."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or not read.is_uri(kind):
        return parse_event(value)
    check_context(value)
    time, instant, offset = _when(value)
    return ExtendedEvent(
        type=kind,
        event_time=time,
        instant=instant,
        zone_offset=offset,
        event_id=read.uri(value, "eventID"),
        record_time=read.time(value, "recordTime"),
        certifications=parts.certifications(value),
        error_declaration=parts.error_declaration(value),
        extensions=read.extensions(value, _ALL_STANDARD, "an event"),
        raw=value,
    )


def to_json(event: Event | ExtendedEvent) -> dict[str, Json]:
    """The event's members as they came, so that ``parse_event`` gives the event back."""
    return dict(event.raw)


def _parse(members: dict[str, Json], kind: EventType) -> Event:
    time, instant, offset = _when(members)
    is_on, is_off = parts.persistent(members)
    return Event(
        type=kind,
        event_time=time,
        instant=instant,
        zone_offset=offset,
        action=_action(members, kind),
        event_id=read.uri(members, "eventID"),
        record_time=read.time(members, "recordTime"),
        biz_step=parts.word(members, "bizStep", BIZ_STEPS),
        disposition=parts.word(members, "disposition", DISPOSITIONS),
        persistent_set=is_on,
        persistent_unset=is_off,
        epc_list=read.uris(members, "epcList"),
        quantity_list=read.rows(members, "quantityList", parts.quantity),
        parent_id=read.uri(members, "parentID"),
        child_epcs=read.uris(members, "childEPCs"),
        child_quantities=read.rows(members, "childQuantityList", parts.quantity),
        input_epcs=read.uris(members, "inputEPCList"),
        input_quantities=read.rows(members, "inputQuantityList", parts.quantity),
        output_epcs=read.uris(members, "outputEPCList"),
        output_quantities=read.rows(members, "outputQuantityList", parts.quantity),
        transformation_id=read.uri(members, "transformationID"),
        read_point=parts.place(members, "readPoint"),
        biz_location=parts.place(members, "bizLocation"),
        sources=read.rows(members, "sourceList", parts.source),
        destinations=read.rows(members, "destinationList", parts.destination),
        transactions=read.rows(members, "bizTransactionList", parts.transaction),
        ilmd=parts.ilmd(members),
        sensors=read.rows(members, "sensorElementList", parse_sensor),
        certifications=parts.certifications(members),
        error_declaration=parts.error_declaration(members),
        extensions=_extensions(members, _MEMBERS[kind], kind),
        raw=members,
    )


def _check_names(members: dict[str, Json], kind: EventType) -> None:
    check_context(members)
    if not _MISPLACED[kind].isdisjoint(members):
        name = min(_MISPLACED[kind].intersection(members))
        # §7.4.6: a TransformationEvent has no action; SHACL: children only where something is a parent, ilmd
        # only where something begins.
        raise MalformedError(Code.UNKNOWN_MEMBER, f"{name} has no place in {_NAMED[kind]}", pointer=f"/{name}")


def _extensions(members: dict[str, Json], known: frozenset[str], kind: EventType) -> dict[str, Json]:
    others = read.extensions(members, known, _NAMED[kind])
    for name, value in others.items():
        # Our own members are read by other implementations: whole numbers only, whatever their doubles are.
        if name.startswith(OUR_PREFIX) and read.has_fraction(value):
            at = fraction_at(value, f"/{escape(name)}") or ""
            raise MalformedError(Code.FRACTION_NOT_ALLOWED, f"a fraction in {name}", pointer=at)
    return others


def check_context(members: dict[str, Json]) -> None:
    if "@context" not in members:
        return
    context = members["@context"]
    entries = context if isinstance(context, list) else [context]
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict) and not (isinstance(entry, str) and read.is_uri(entry)):
            pointer = f"/@context/{index}" if isinstance(context, list) else "/@context"
            raise read.wrong_type(entry, "the URI of a context, or its object", pointer)


def _when(members: dict[str, Json]) -> tuple[str, datetime, timedelta]:
    time, offset = read.text(members, "eventTime"), read.text(members, "eventTimeZoneOffset")
    if time is None or offset is None:
        raise read.missing("eventTime" if time is None else "eventTimeZoneOffset", "an event")
    return time, read.instant(time, "/eventTime"), read.zone_offset(offset)


def _action(members: dict[str, Json], kind: EventType) -> Action | None:
    if kind is EventType.TRANSFORMATION:
        return None
    value = read.text(members, "action")
    if value is None:
        raise read.missing("action", _NAMED[kind])
    action = ACTIONS.get(value)
    if action is None:
        raise MalformedError(
            Code.WRONG_VALUE, f"the action {read.shown(value)} is none of {', '.join(Action)}", pointer="/action"
        )
    return action


def _check_object(event: Event) -> None:
    if event.ilmd is not None and event.action is not Action.ADD:
        raise MalformedError(
            Code.MALFORMED_EVENT, f"ilmd comes with the action ADD, not {event.action}", pointer="/ilmd"
        )
    sensed = event.sensors and event.read_point is not None
    if "epcList" not in event.raw and not event.quantity_list and not sensed:
        raise MalformedError(
            Code.MALFORMED_EVENT, "an ObjectEvent needs epcList, a quantity, or a sensorElement with its readPoint"
        )


def _check_link(event: Event) -> None:
    if event.type is EventType.ASSOCIATION and event.parent_id is None:
        raise read.missing("parentID", "an AssociationEvent")
    if not event.child_epcs and not event.child_quantities and event.action is not Action.DELETE:
        raise MalformedError(
            Code.MALFORMED_EVENT,
            f"{_NAMED[event.type]} with {event.action} needs a child in childEPCs or childQuantityList",
        )


def _check_transaction(event: Event) -> None:
    if not event.transactions:
        raise MalformedError(
            Code.MISSING_MEMBER,
            "a TransactionEvent names at least one business transaction",
            pointer="/bizTransactionList",
        )
    if "epcList" not in event.raw and not event.quantity_list and event.action is not Action.DELETE:
        raise MalformedError(
            Code.MALFORMED_EVENT, f"a TransactionEvent with {event.action} needs epcList or a quantity"
        )


def _check_transformation(event: Event) -> None:
    inputs, outputs = event.input_epcs or event.input_quantities, event.output_epcs or event.output_quantities
    enough = (inputs or outputs) if event.transformation_id is not None else (inputs and outputs)
    if not enough:
        raise MalformedError(
            Code.MALFORMED_EVENT,
            "a TransformationEvent needs an input and an output, or one of them and a transformationID",
        )


_CHECKS = {
    EventType.OBJECT: _check_object,
    EventType.AGGREGATION: _check_link,
    EventType.ASSOCIATION: _check_link,
    EventType.TRANSACTION: _check_transaction,
    EventType.TRANSFORMATION: _check_transformation,
}
