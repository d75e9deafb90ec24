"""Identifiers in the right lists, once each, and what happens to those of other systems."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.epcis.events import parse_event
from provenance.epcis.identifier_rules import check_identifiers
from provenance.errors import MalformedError
from tests.epcis_events import (
    ITEM,
    LOT,
    OTHER_ITEM,
    PLACE,
    UNIT,
    Members,
    aggregation_event,
    association_event,
    object_event,
    transformation_event,
)

CLASS = "https://id.gs1.org/01/09520123456788"
ITEM_AS_URN = "urn:epc:id:sgtin:9520123.045678.A1"
ITEM_ELSEWHERE = "https://shop.example.com/en/01/09520123456788/21/A1"
PATTERN = "urn:epc:idpat:sgtin:9520123.045678.*"


def of(epc_class: str) -> list[Members]:
    """A list with one quantity."""
    return [{"epcClass": epc_class, "quantity": 1}]


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (object_event(epcList=[ITEM, ITEM_AS_URN]), Code.DUPLICATE_EPC, "/epcList/1"),
        (object_event(epcList=[ITEM, OTHER_ITEM, ITEM_ELSEWHERE]), Code.DUPLICATE_EPC, "/epcList/2"),
        (object_event(epcList=[CLASS]), Code.CLASS_FOR_INSTANCE, "/epcList/0"),
        (aggregation_event(childEPCs=[LOT]), Code.CLASS_FOR_INSTANCE, "/childEPCs/0"),
        (aggregation_event(parentID=CLASS), Code.CLASS_FOR_INSTANCE, "/parentID"),
        (object_event(quantityList=of(ITEM)), Code.INSTANCE_FOR_CLASS, "/quantityList/0/epcClass"),
        (transformation_event(outputQuantityList=of(UNIT)), Code.INSTANCE_FOR_CLASS, "/outputQuantityList/0/epcClass"),
        (aggregation_event(parentID=ITEM_AS_URN), Code.PARENT_IS_CHILD, "/parentID"),
        (aggregation_event(parentID=PLACE), Code.PLACE_FOR_THING, "/parentID"),
        (
            transformation_event(inputEPCList=[ITEM], outputEPCList=[OTHER_ITEM, ITEM_AS_URN]),
            Code.INPUT_IS_OUTPUT,
            "/outputEPCList/1",
        ),
        (object_event(epcList=["https://id.gs1.org/01/09520123456789/21/A1"]), Code.BAD_CHECK_DIGIT, "/epcList/0"),
        (
            object_event(epcList=["https://shop.example.com/01/09520123456789/21/A1"]),
            Code.BAD_CHECK_DIGIT,
            "/epcList/0",
        ),
    ],
)
def test_refuses_identifiers_that_break_a_rule(event: Members, code: Code, pointer: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_identifiers(parse_event(event))

    assert (caught.value.code, caught.value.pointer) == (code, pointer)


@pytest.mark.parametrize(
    "event",
    [
        object_event(epcList=[ITEM, OTHER_ITEM, UNIT]),
        object_event(quantityList=[*of(LOT), *of(CLASS), *of(PATTERN)]),
        association_event(parentID=PLACE),
        association_event(parentID=ITEM, childEPCs=[OTHER_ITEM]),
        transformation_event(inputQuantityList=of(LOT), outputQuantityList=of(LOT)),
    ],
)
def test_lets_pass_what_stands_in_its_place(event: Members) -> None:
    assert check_identifiers(parse_event(event)) == ()


@pytest.mark.parametrize(
    "name",
    [
        "https://example.com/thing/5",
        "urn:uuid:11111111-1111-4111-8111-111111111111",
        "urn:epc:id:gid:95100000.12345.400",
    ],
)
def test_an_identifier_of_another_system_draws_a_remark(name: str) -> None:
    [remark] = check_identifiers(parse_event(object_event(epcList=[name])))

    assert (remark.code, remark.pointer) == (Code.FOREIGN_IDENTIFIER, "/epcList/0")


@pytest.mark.parametrize(
    "name", ["urn:epc:id:sgtin:9520123.A1", "https://id.gs1.org/thing/5", "https://id.gs1.org/01/1", "URN:EPC:id:x"]
)
def test_what_claims_to_be_a_gs1_identifier_has_to_be_one(name: str) -> None:
    # Which code it is, gs1 decides; here counts that it is refused, and where.
    with pytest.raises(MalformedError) as caught:
        check_identifiers(parse_event(object_event(epcList=[name])))

    assert caught.value.pointer == "/epcList/0"


def test_a_short_gtin_is_read_with_a_remark_and_under_its_full_name() -> None:
    short = "https://id.gs1.org/01/9520123456788/21/A1"

    [remark] = check_identifiers(parse_event(object_event(epcList=[short])))

    assert remark.code is Code.GTIN_NOT_PADDED
    with pytest.raises(MalformedError) as caught:
        check_identifiers(parse_event(object_event(epcList=[ITEM, short])))
    assert caught.value.code is Code.DUPLICATE_EPC


def test_a_short_gtin_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(MalformedError) as caught:
        check_identifiers(parse_event(object_event(epcList=["https://id.gs1.org/01/9520123456789/21/A1"])))

    assert caught.value.code is Code.BAD_CHECK_DIGIT
