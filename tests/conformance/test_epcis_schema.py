"""The standard's own JSON schema as a second opinion on what we accept and refuse.

Schema: https://ref.gs1.org/standards/epcis/2.0.1/epcis-json-schema.json
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.encoding.canonical import Json
from provenance.epcis.document import document_of, read_document, write_document
from provenance.epcis.events import parse_any_event, parse_event
from provenance.epcis.vocabulary import (
    COMPONENTS,
    MEASUREMENT_TYPES,
    Action,
    BizStep,
    BizTransactionType,
    Disposition,
    ErrorReason,
    EventType,
    SensorException,
    SourceDestType,
)
from provenance.errors import ProvenanceError
from tests.epcis_events import ALL_FIVE, Members, json_values, valid_events
from tests.vectors import vectors

SCHEMA: dict[str, Any] = json.loads(
    vectors("epcis", "schema", "ratified_copies", "epcis-json-schema-2.0.1.json").read_bytes()
)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def as_plain(value: Json) -> Any:
    """The value as the json module would give it, with floats for fractions."""
    return json.loads(json.dumps(value, default=float))


@pytest.mark.parametrize(
    ("definition", "words"),
    [
        ("bizStep", BizStep),
        ("disposition", Disposition),
        ("bizTransaction-type", BizTransactionType),
        ("source-dest-type", SourceDestType),
        ("error-reason", ErrorReason),
        ("measurementType", MEASUREMENT_TYPES),
        ("sensorAlertType", SensorException),
        ("component", COMPONENTS),
    ],
)
def test_our_words_are_the_words_of_the_schema(definition: str, words: Any) -> None:
    [closed] = [option["enum"] for option in SCHEMA["definitions"][definition]["anyOf"] if "enum" in option]

    assert set(words) == set(closed)


def test_our_types_and_actions_are_those_of_the_schema() -> None:
    assert set(Action) == set(SCHEMA["definitions"]["action"]["enum"])
    assert set(EventType) == set(SCHEMA["definitions"]["eventType"]["anyOf"][0]["enum"])


@settings(max_examples=60)
@given(valid_events())
def test_the_schema_accepts_the_events_we_accept(members: Members) -> None:
    event = parse_event(members)

    VALIDATOR.validate(as_plain(dict(event.raw)))


def test_the_schema_accepts_the_documents_we_make() -> None:
    [event] = read_document(ALL_FIVE[0]()).events

    VALIDATOR.validate(as_plain(write_document(document_of([event], created=event.instant))))


@pytest.mark.parametrize("make", ALL_FIVE)
@settings(max_examples=40)
@given(data=st.data())
def test_we_refuse_the_events_the_schema_refuses(make: Callable[..., Members], data: st.DataObject) -> None:
    event = make(
        bizStep="shipping",
        sensorElementList=[{"sensorReport": [{"type": "Mass", "value": Decimal("1.5"), "uom": "KGM"}]}],
        persistentDisposition={"set": ["recalled"]},
    )
    name = data.draw(st.sampled_from([name for name in event if name != "@context"]))
    if data.draw(st.booleans()):
        del event[name]
    else:
        event[name] = data.draw(json_values())

    try:
        parse_any_event(event)
    except ProvenanceError:
        return
    VALIDATOR.validate(as_plain(event))
