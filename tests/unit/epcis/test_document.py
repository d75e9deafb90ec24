"""Documents, answers, single events and lists: read, printed back, taken apart."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.epcis.context import EPCIS_CONTEXT
from provenance.epcis.document import Shape, document_of, read_document, single_event, write_document
from provenance.epcis.events import Event, ExtendedEvent, parse_event
from provenance.errors import MalformedError, ProvenanceError
from tests.epcis_events import Members, json_values, object_event, transaction_event, valid_events


def document(*events: Any, **changes: Any) -> Members:
    """A document with these events."""
    frame: Members = {
        "@context": [EPCIS_CONTEXT, {"ex": "https://ns.example.com/epcis/"}],
        "id": "_:document1",
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00.000+01:00",
        "epcisBody": {"eventList": list(events)},
        **changes,
    }
    return {name: value for name, value in frame.items() if value is not ...}


def answer(*events: Any) -> Members:
    """An answer to a query with these events."""
    results: Members = {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": list(events)}}
    return document(type="EPCISQueryDocument", schemaVersion=..., creationDate=..., epcisBody={"queryResults": results})


BARE = object_event(**{"@context": ...})


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (document(BARE, transaction_event()), Shape.DOCUMENT),
        (
            document(BARE, sender="a", receiver="b", instanceIdentifier="c", epcisHeader={"epcisMasterData": {}}),
            Shape.DOCUMENT,
        ),
        (answer(BARE, BARE), Shape.ANSWER),
        (object_event(), Shape.EVENT),
        ([object_event(), object_event()], Shape.LIST),
        ([], Shape.LIST),
    ],
)
def test_reads_each_shape_and_prints_it_back(value: Json, shape: Shape) -> None:
    before = copy.deepcopy(value)

    read = read_document(value)

    assert read.shape is shape
    assert write_document(read) == before


def test_keeps_every_digit_of_a_number() -> None:
    weighed = object_event(**{"ex:weight": Decimal("25.0")})

    printed = write_document(read_document(weighed))

    assert isinstance(printed, dict)
    assert str(printed["ex:weight"]) == "25.0"


def test_says_when_and_by_which_version_it_was_made() -> None:
    read = read_document(document(BARE))

    assert (read.schema_version, read.creation_date) == ("2.0", "2026-01-01T00:00:00.000+01:00")
    assert read.context == [EPCIS_CONTEXT, {"ex": "https://ns.example.com/epcis/"}]


def test_an_event_of_an_own_type_is_read_as_such() -> None:
    own = object_event(type="ex:SealBroken", action=..., epcList=...)

    read = read_document(document(BARE, own))

    assert [type(event) for event in read.events] == [Event, ExtendedEvent]


def test_a_single_event_carries_the_context_that_held_for_it() -> None:
    own: Json = {"more": "https://more.example.com/"}
    read = read_document(document(BARE, {**BARE, "@context": own}))

    first, second = (single_event(event, read) for event in read.events)

    assert first == {**BARE, "@context": read.context}
    assert second["@context"] == [EPCIS_CONTEXT, {"ex": "https://ns.example.com/epcis/"}, own]
    assert read_document(first).shape is Shape.EVENT


def test_makes_a_document_of_events() -> None:
    event = parse_event(object_event())

    made = document_of([event], created=datetime(2026, 1, 1, tzinfo=UTC))

    assert write_document(made) == {
        "@context": EPCIS_CONTEXT,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-01-01T00:00:00.000Z",
        "epcisBody": {"eventList": [object_event()]},
    }
    assert read_document(write_document(made)).events == (event,)


@pytest.mark.parametrize("missing", ["@context", "schemaVersion", "creationDate", "epcisBody"])
def test_names_what_a_document_lacks(missing: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_document(document(BARE, **{missing: ...}))

    assert (caught.value.code, caught.value.pointer) == (Code.MISSING_MEMBER, f"/{missing}")


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        (document(schemaVersion="1.2"), Code.WRONG_VALUE, "/schemaVersion"),
        (document(schemaVersion=2), Code.WRONG_TYPE, "/schemaVersion"),
        (document(schemaVersion=Decimal("2.0")), Code.FRACTION_NOT_ALLOWED, "/schemaVersion"),
        (document(creationDate="2026-01-01"), Code.MALFORMED_TEXT, "/creationDate"),
        (document(id="document1"), Code.WRONG_VALUE, "/id"),
        (document(sender=1), Code.WRONG_TYPE, "/sender"),
        (document(note="x"), Code.UNKNOWN_MEMBER, "/note"),
        (document(epcisHeader=[]), Code.WRONG_TYPE, "/epcisHeader"),
        (document(epcisBody=[]), Code.WRONG_TYPE, "/epcisBody"),
        (document(epcisBody={}), Code.MISSING_MEMBER, "/epcisBody/eventList"),
        (document(epcisBody={"eventList": {}}), Code.WRONG_TYPE, "/epcisBody/eventList"),
        (document(BARE, {**BARE, "bizStep": "x"}), Code.NOT_A_CBV_WORD, "/epcisBody/eventList/1/bizStep"),
        (answer(BARE, 1), Code.WRONG_TYPE, "/epcisBody/queryResults/resultsBody/eventList/1"),
        (document(type="EPCISQueryDocument", epcisBody={}), Code.MISSING_MEMBER, "/epcisBody/queryResults"),
        (
            document(type="EPCISQueryDocument", epcisBody={"queryResults": {"resultsBody": {}}}),
            Code.MISSING_MEMBER,
            "/epcisBody/queryResults/queryName",
        ),
        (
            document(type="EPCISQueryDocument", epcisBody={"queryResults": {"queryName": "x"}}),
            Code.MISSING_MEMBER,
            "/epcisBody/queryResults/resultsBody",
        ),
        (BARE, Code.MISSING_MEMBER, "/@context"),
        ([object_event(), BARE], Code.MISSING_MEMBER, "/1/@context"),
        ("EPCISDocument", Code.WRONG_TYPE, ""),
        ({}, Code.MISSING_MEMBER, "/type"),
    ],
)
def test_refuses_with_code_and_place(value: Json, code: Code, pointer: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_document(value)

    assert (caught.value.code, caught.value.pointer) == (code, pointer)


@settings(max_examples=50)
@given(st.lists(valid_events(), max_size=2))
def test_prints_what_it_read(events: list[Members]) -> None:
    value = document(*events)

    assert write_document(read_document(value)) == document(*copy.deepcopy(events))


@given(json_values() | st.builds(document, json_values()) | st.builds(answer, json_values()))
def test_no_json_value_raises_anything_but_a_refusal(value: Json) -> None:
    try:
        read = read_document(value)
    except ProvenanceError:
        return
    assert write_document(read) == value
