"""What the schema does not say: each rule broken once, and what only draws a remark."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings

from provenance.codes import Code
from provenance.epcis.context import read_context
from provenance.epcis.events import parse_any_event, parse_event
from provenance.epcis.rules import check_event
from provenance.errors import MalformedError, ProvenanceError
from tests.epcis_events import (
    ALL_FIVE,
    CONTEXT,
    LOT,
    PLACE,
    Members,
    aggregation_event,
    association_event,
    object_event,
    transaction_event,
    transformation_event,
    valid_events,
)

DECLARED: Members = {"declarationTime": "2026-01-02T00:00:00Z", "correctiveEventIDs": ["ex:1"]}


def quantity(**members: object) -> Members:
    """An event with one quantity of a lot."""
    return object_event(quantityList=[{"epcClass": LOT, **members}])


def remarks(event: Members) -> list[tuple[Code, str]]:
    """Code and place of each remark."""
    return [(remark.code, remark.pointer) for remark in check_event(parse_event(event))]


@pytest.mark.parametrize("make", ALL_FIVE)
def test_a_plain_event_of_each_type_draws_no_remark(make: Callable[..., Members]) -> None:
    assert remarks(make()) == []


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (aggregation_event(parentID=...), Code.MISSING_MEMBER, "/parentID"),
        (aggregation_event(parentID=..., action="DELETE"), Code.MISSING_MEMBER, "/parentID"),
        (quantity(quantity=-1), Code.NEGATIVE_QUANTITY, "/quantityList/0/quantity"),
        (quantity(uom="KGM"), Code.UOM_WITHOUT_QUANTITY, "/quantityList/0/uom"),
        (quantity(quantity=Decimal("1.5")), Code.FRACTION_WITHOUT_UOM, "/quantityList/0/quantity"),
        (
            object_event(persistentDisposition={"set": ["recalled"], "unset": ["cbv:Disp-recalled"]}),
            Code.SET_AND_UNSET,
            "/persistentDisposition",
        ),
        (
            object_event(errorDeclaration={**DECLARED, "reason": "did_not_occur"}),
            Code.CORRECTION_OF_NOTHING,
            "/errorDeclaration/correctiveEventIDs",
        ),
        (object_event(action="DELETE", bizStep="commissioning"), Code.STEP_AGAINST_ACTION, "/bizStep"),
        (object_event(action="ADD", bizStep="destroying"), Code.STEP_AGAINST_ACTION, "/bizStep"),
        (aggregation_event(bizStep="unpacking"), Code.STEP_AGAINST_ACTION, "/bizStep"),
        (aggregation_event(action="DELETE", bizStep="packing"), Code.STEP_AGAINST_ACTION, "/bizStep"),
        (association_event(bizStep="removing"), Code.STEP_AGAINST_ACTION, "/bizStep"),
        (object_event(**{"nope:a": 1}), Code.UNDECLARED_PREFIX, "/nope:a"),
        (object_event(action="ADD", ilmd={"nope:lot": "1"}), Code.UNDECLARED_PREFIX, "/ilmd/nope:lot"),
        (
            object_event(sensorElementList=[{"sensorReport": [{"type": "Mass", "value": 1, "sDev": 1, "uom": "KGM"}]}]),
            Code.SENSOR_CONTRADICTION,
            "/sensorElementList/0/sensorReport/0",
        ),
        (object_event(epcList=[LOT]), Code.CLASS_FOR_INSTANCE, "/epcList/0"),
    ],
)
def test_refuses_an_event_that_breaks_a_rule(event: Members, code: Code, pointer: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_event(parse_event(event))

    assert (caught.value.code, caught.value.pointer) == (code, pointer)


@pytest.mark.parametrize(
    "event",
    [
        aggregation_event(parentID=..., action="OBSERVE"),
        quantity(),
        quantity(quantity=0),
        quantity(quantity=Decimal("2.0")),
        quantity(quantity=Decimal("2.5"), uom="KGM"),
        object_event(persistentDisposition={"set": ["recalled"], "unset": ["available"]}),
        object_event(errorDeclaration={**DECLARED, "reason": "incorrect_data"}),
        object_event(action="ADD", bizStep="commissioning"),
        aggregation_event(action="DELETE", bizStep="unpacking"),
        transaction_event(bizStep="unloading"),
        transaction_event(bizStep="encoding"),
        transformation_event(bizStep="commissioning"),
        object_event(readPoint={"id": PLACE, "ex:door": 4}),
        object_event(**{"cbvmda:lotNumber": "1", "https://ns.example.com/a": 1, "prov:a": 1}),
    ],
)
def test_lets_pass_what_only_looks_like_breaking_one(event: Members) -> None:
    assert remarks(event) == []


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
        (object_event(epcList=["https://example.com/thing/5"]), Code.FOREIGN_IDENTIFIER, "/epcList/0"),
        (
            object_event(sensorElementList=[{"sensorReport": [{"type": "Mass"}]}]),
            Code.SENSOR_WITHOUT_VALUE,
            "/sensorElementList/0/sensorReport/0",
        ),
    ],
)
def test_remarks_on_what_others_read_differently(event: Members, code: Code, pointer: str) -> None:
    assert remarks(event) == [(code, pointer)]


def test_the_context_of_the_document_holds_for_an_event_without_one() -> None:
    event = parse_event(object_event(**{"@context": ..., "ex:a": 1}))

    assert check_event(event, read_context(CONTEXT)) == ()
    with pytest.raises(MalformedError) as caught:
        check_event(event)
    assert caught.value.code is Code.UNDECLARED_PREFIX


def test_of_an_own_type_only_prefixes_and_declaration_are_looked_at() -> None:
    own = object_event(type="ex:SealBroken", action=..., epcList=[LOT])

    assert check_event(parse_any_event(own)) == ()
    with pytest.raises(MalformedError) as caught:
        check_event(parse_any_event({**own, "type": "nope:SealBroken"}))
    assert caught.value.pointer == "/type"


@settings(max_examples=60)
@given(valid_events())
def test_no_event_makes_the_rules_raise_anything_but_a_refusal(members: Members) -> None:
    event = parse_event(members)

    try:
        found = check_event(event)
    except ProvenanceError:
        return
    assert all(remark.message for remark in found)
