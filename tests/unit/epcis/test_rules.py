"""What the schema does not say: each rule broken once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings

from provenance.codes import Code
from provenance.epcis.events import parse_any_event, parse_event
from provenance.epcis.rules import check_event
from provenance.errors import MalformedError
from tests.epcis_events import (
    LOT,
    Members,
    aggregation_event,
    association_event,
    object_event,
    transaction_event,
    transformation_event,
    valid_events,
)

BACKWARDS: Members = {"startTime": "2026-01-01T11:00:00Z", "endTime": "2026-01-01T10:00:00Z"}
DECLARED: Members = {"declarationTime": "2026-01-02T00:00:00Z", "correctiveEventIDs": ["ex:1"]}


def quantity(**members: object) -> Members:
    """An event with one quantity of a lot."""
    return object_event(quantityList=[{"epcClass": LOT, **members}])


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
        (
            object_event(sensorElementList=[{"sensorReport": [{"type": "Mass", "value": 1, "sDev": 1, "uom": "KGM"}]}]),
            Code.SENSOR_CONTRADICTION,
            "/sensorElementList/0/sensorReport/0",
        ),
        (
            object_event(sensorElementList=[{"sensorMetadata": BACKWARDS, "sensorReport": [{"type": "Mass"}]}]),
            Code.SENSOR_TIME,
            "/sensorElementList/0/sensorMetadata/startTime",
        ),
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
    ],
)
def test_lets_pass_what_only_looks_like_breaking_one(event: Members) -> None:
    check_event(parse_event(event))


def test_of_an_own_type_only_the_error_declaration_is_looked_at() -> None:
    own = object_event(type="ex:SealBroken", action=..., epcList=[LOT])

    check_event(parse_any_event(own))
    with pytest.raises(MalformedError) as caught:
        check_event(parse_any_event({**own, "errorDeclaration": {**DECLARED, "reason": "did_not_occur"}}))
    assert caught.value.code is Code.CORRECTION_OF_NOTHING


@settings(max_examples=60)
@given(valid_events())
def test_no_event_makes_the_rules_raise_anything_but_a_refusal(members: Members) -> None:
    event = parse_event(members)

    try:
        check_event(event)
    except MalformedError as err:
        assert err.pointer
