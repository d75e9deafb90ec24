"""Several events in one file: the EPCIS document, the answer to a query, one event, or a list of events.

Rules:

* a document has ``@context``, ``type``, ``schemaVersion`` 2.x, ``creationDate`` and ``epcisBody`` with
  its ``eventList``; an answer has ``queryName`` and ``resultsBody`` in its body instead;
* other members are extensions and must look like them; headers and master data are kept, not read;
* an event outside a document carries its own ``@context``, or its extensions mean nothing;
* what is read is printed back without loss: every member, every number as it was written.

A document on the wire::

    {"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
     "type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-05-04T10:00:00.000Z",
     "epcisBody":{"eventList":[{"type":"ObjectEvent",…}]}}

EPCIS 2.0 (ISO/IEC 19987) §9, §12.1; https://ref.gs1.org/standards/epcis/2.0.1/epcis-json-schema.json
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_time
from provenance.epcis import members as read
from provenance.epcis.context import EPCIS_CONTEXT, joined
from provenance.epcis.events import Event, ExtendedEvent, check_context, parse_any_event, to_json
from provenance.errors import MalformedError, ProvenanceError

AnyEvent = Event | ExtendedEvent
SCHEMA_VERSION = "2.0"

_VERSION = re.compile(r"2(?:\.(?:0|[1-9][0-9]{0,3})){0,3}")
_BOTH = frozenset({"@context", "id", "type", "schemaVersion", "creationDate", "epcisBody"})
_CAPTURE = _BOTH | {"instanceIdentifier", "sender", "receiver", "epcisHeader"}
_ANSWER = _BOTH | {"subscriptionID"}
_RESULTS = frozenset({"queryName", "subscriptionID", "resultsBody"})
_RESULTS_BODY = frozenset({"eventList", "vocabularyList"})


@unique
class Shape(StrEnum):
    """In which form events came."""

    DOCUMENT = "EPCISDocument"
    ANSWER = "EPCISQueryDocument"
    EVENT = "event"
    LIST = "list"


_PATHS = {
    Shape.DOCUMENT: ("epcisBody", "eventList"),
    Shape.ANSWER: ("epcisBody", "queryResults", "resultsBody", "eventList"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """Events with what was said around them; ``context`` is ``None`` where each event has its own."""

    shape: Shape
    events: tuple[AnyEvent, ...]
    context: Json = None
    schema_version: str | None = None
    creation_date: str | None = None
    raw: Json = field(default=None, repr=False)


def read_document(value: Json) -> Document:
    """The events in a document, a query answer, a single event or a list of events.

    Refuses the whole if one event is refused; the pointer says which. What the schema does not say
    about each event is looked at by ``rules`` and ``compatibility``.
    """
    if isinstance(value, list):
        events = tuple(_standing_alone(event, f"/{index}") for index, event in enumerate(value))
        return Document(Shape.LIST, events, raw=value)
    members = read.object_(value, "a document, an event or a list of events")
    match members.get("type"):
        case Shape.DOCUMENT:
            body = _inner(members, "epcisBody", "")
            _check_frame(members, _CAPTURE, ("@context", "schemaVersion", "creationDate"))
            return _document(Shape.DOCUMENT, members, _event_list(body, "/epcisBody"))
        case Shape.ANSWER:
            body = _inner(members, "epcisBody", "")
            _check_frame(members, _ANSWER, ("@context",))
            return _document(Shape.ANSWER, members, _results(body))
        case _:
            return Document(Shape.EVENT, (_standing_alone(value, ""),), raw=value)


def write_document(document: Document) -> Json:
    """The document as JSON; for one that ``read_document`` made, the same JSON."""
    events: list[Json] = [to_json(event) for event in document.events]
    if document.shape is Shape.EVENT and len(events) == 1:
        return events[0]
    return _filled(document.raw, _PATHS.get(document.shape, ()), events)


def document_of(events: Sequence[AnyEvent], *, created: datetime, context: Json = EPCIS_CONTEXT) -> Document:
    """A new document with these events, each of which may have its own ``@context`` besides."""
    frame: dict[str, Json] = {
        "@context": context,
        "type": Shape.DOCUMENT.value,
        "schemaVersion": SCHEMA_VERSION,
        "creationDate": format_time(created),
        "epcisBody": {"eventList": []},
    }
    return Document(Shape.DOCUMENT, tuple(events), context, SCHEMA_VERSION, format_time(created), frame)


def single_event(event: AnyEvent, document: Document) -> dict[str, Json]:
    """An event of a document as it stands alone: with the ``@context`` that held for it there."""
    members = to_json(event)
    own = members.pop("@context", None)
    return {"@context": joined(document.context, own), **members}


def _document(shape: Shape, members: dict[str, Json], place: tuple[list[Json], str]) -> Document:
    rows, pointer = place
    events = tuple(_event(row, f"{pointer}/{index}") for index, row in enumerate(rows))
    context, version, date = (
        members["@context"],
        read.text(members, "schemaVersion"),
        read.text(members, "creationDate"),
    )
    return Document(shape, events, context, version, date, members)


def _check_frame(members: dict[str, Json], known: frozenset[str], needed: tuple[str, ...]) -> None:
    where = f"an {members['type']}"
    for name in needed:
        if name not in members:
            raise read.missing(name, where)
    read.extensions(members, known, where)
    check_context(members)
    # A blank node (JSON-LD 1.1 §3.3) names the document for this file only; GS1's examples do it.
    if not (read.text(members, "id") or "").startswith("_:"):
        read.uri(members, "id")
    read.time(members, "creationDate")
    version = read.text(members, "schemaVersion")
    if version is not None and not _VERSION.fullmatch(version):
        raise MalformedError(
            Code.WRONG_VALUE, f"the schemaVersion {read.shown(version)} is not 2.0", pointer="/schemaVersion"
        )
    for name in ("instanceIdentifier", "sender", "receiver", "subscriptionID"):
        read.text(members, name)
    if "epcisHeader" in members:
        _inner(members, "epcisHeader", "")


def _event_list(body: dict[str, Json], pointer: str) -> tuple[list[Json], str]:
    if "eventList" not in body:
        raise read.missing("eventList", "the body").under(pointer)
    rows = body["eventList"]
    if not isinstance(rows, list):
        raise read.wrong_type(rows, "a list of events", f"{pointer}/eventList")
    return rows, f"{pointer}/eventList"


def _results(body: dict[str, Json]) -> tuple[list[Json], str]:
    results = _inner(body, "queryResults", "/epcisBody")
    pointer = "/epcisBody/queryResults"
    try:
        if read.text(results, "queryName") is None:
            raise read.missing("queryName", "queryResults")
        read.text(results, "subscriptionID")
        read.extensions(results, _RESULTS, "queryResults")
        rows = _inner(results, "resultsBody", "")
        _no_others(rows)
    except ProvenanceError as err:
        raise err.under(pointer) from err
    return _event_list(rows, f"{pointer}/resultsBody")


def _no_others(rows: dict[str, Json]) -> None:
    try:
        read.extensions(rows, _RESULTS_BODY, "resultsBody")
    except ProvenanceError as err:
        raise err.under("/resultsBody") from err


def _inner(members: dict[str, Json], name: str, pointer: str) -> dict[str, Json]:
    if name not in members:
        raise read.missing(name, "the document").under(pointer)
    value = members[name]
    if not isinstance(value, dict):
        raise read.wrong_type(value, "an object", f"{pointer}/{name}")
    return value


def _standing_alone(value: Json, pointer: str) -> AnyEvent:
    event = _event(value, pointer)
    if "@context" not in event.raw:
        raise read.missing("@context", "an event outside a document").under(pointer)
    return event


def _event(value: Json, pointer: str) -> AnyEvent:
    try:
        return parse_any_event(value)
    except ProvenanceError as err:
        raise err.under(pointer) from err


def _filled(frame: Json, path: tuple[str, ...], events: list[Json]) -> Json:
    if not path:
        return events
    members = frame if isinstance(frame, dict) else {}
    # A member that is there keeps its place, so a reader comparing two files by eye finds it.
    return {**members, path[0]: _filled(members.get(path[0]), path[1:], events)}
