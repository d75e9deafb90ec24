"""What is accepted with a remark, and what only looks as if it deserved one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from provenance.codes import Code
from provenance.epcis.compatibility import remarks_on
from provenance.epcis.context import read_context
from provenance.epcis.events import parse_any_event, parse_event
from provenance.errors import ProvenanceError
from tests.epcis_events import (
    ALL_FIVE,
    CONTEXT,
    LOT,
    PLACE,
    Members,
    aggregation_event,
    object_event,
    transaction_event,
    transformation_event,
    valid_events,
)


def remarks(event: Members) -> list[tuple[Code, str]]:
    """Code and place of each remark."""
    return [(remark.code, remark.pointer) for remark in remarks_on(parse_event(event))]


@pytest.mark.parametrize("make", ALL_FIVE)
def test_a_plain_event_of_each_type_draws_no_remark(make: Callable[..., Members]) -> None:
    assert remarks(make()) == []


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (aggregation_event(persistentDisposition={"set": ["active"]}), Code.NOT_READ_BY_ALL, "/persistentDisposition"),
        (object_event(epcList=[]), Code.NOTHING_NAMED, ""),
        (transaction_event(epcList=[]), Code.NOTHING_NAMED, ""),
        (object_event(bizStep="cbv:BizStep-shipping"), Code.WORD_AS_URI, "/bizStep"),
        (object_event(bizStep="ex:curing"), Code.OWN_WORD, "/bizStep"),
        (
            object_event(persistentDisposition={"unset": ["active", "ex:frozen"]}),
            Code.OWN_WORD,
            "/persistentDisposition/unset/1",
        ),
        (object_event(sourceList=[{"type": "ex:shelf", "source": PLACE}]), Code.OWN_WORD, "/sourceList/0/type"),
        (
            object_event(bizTransactionList=[{"type": "cbv:BTT-po", "bizTransaction": "ex:1"}]),
            Code.WORD_AS_URI,
            "/bizTransactionList/0/type",
        ),
        (object_event(bizStep="commissioning"), Code.STEP_UNUSUAL, "/action"),
        (object_event(bizStep="encoding"), Code.STEP_UNUSUAL, "/bizStep"),
        (transformation_event(bizStep="assembling"), Code.STEP_UNUSUAL, "/bizStep"),
        (object_event(**{"nope:a": 1}), Code.UNDECLARED_PREFIX, "/nope:a"),
        (object_event(action="ADD", ilmd={"nope:lot": "1"}), Code.UNDECLARED_PREFIX, "/ilmd/nope:lot"),
        (object_event(epcList=["https://example.com/thing/5"]), Code.FOREIGN_IDENTIFIER, "/epcList/0"),
        (
            object_event(
                sensorElementList=[
                    {"sensorReport": [{"exception": "ERROR_CONDITION", "time": "2099-01-01T00:00:00Z", "type": "Mass"}]}
                ]
            ),
            Code.SENSOR_TIME,
            "/sensorElementList/0/sensorReport/0/time",
        ),
        (
            object_event(sensorElementList=[{"sensorReport": [{"type": "Mass"}]}]),
            Code.SENSOR_WITHOUT_VALUE,
            "/sensorElementList/0/sensorReport/0",
        ),
    ],
)
def test_remarks_on_what_others_read_differently(event: Members, code: Code, pointer: str) -> None:
    assert remarks(event) == [(code, pointer)]


@pytest.mark.parametrize(
    "event",
    [
        transaction_event(bizStep="encoding"),
        transformation_event(bizStep="commissioning"),
        object_event(readPoint={"id": PLACE, "ex:door": 4}),
        object_event(**{"cbvmda:lotNumber": "1", "https://ns.example.com/a": 1, "prov:a": 1}),
    ],
)
def test_says_nothing_of_what_only_looks_odd(event: Members) -> None:
    assert remarks(event) == []


def test_the_context_of_the_document_holds_for_an_event_without_one() -> None:
    event = parse_event(object_event(**{"@context": ..., "ex:a": 1}))

    assert remarks_on(event, read_context(CONTEXT)) == ()
    [remark] = remarks_on(event)
    assert remark.code is Code.UNDECLARED_PREFIX


def test_of_an_own_type_only_prefixes_are_looked_at() -> None:
    own = object_event(type="ex:SealBroken", action=..., epcList=[LOT])

    assert remarks_on(parse_any_event(own)) == ()
    [remark] = remarks_on(parse_any_event({**own, "type": "nope:SealBroken"}))
    assert remark.pointer == "/type"


@settings(max_examples=60)
@given(valid_events())
def test_no_event_makes_the_remarks_raise_anything_but_a_refusal(members: Members) -> None:
    event = parse_event(members)

    try:
        found = remarks_on(event)
    except ProvenanceError:
        return
    assert all(remark.message for remark in found)
