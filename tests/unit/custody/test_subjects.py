"""The one name of everything an event is about."""

from __future__ import annotations

import pytest
from hypothesis import given

from provenance.codes import Code
from provenance.custody.subjects import class_key, is_place, lot_of, touched
from provenance.encoding.canonical import Json
from provenance.epcis.events import parse_event
from provenance.errors import MalformedError, ProvenanceError
from provenance.ids import Subject
from tests.cast import item, lot, unit
from tests.epcis_events import (
    Members,
    aggregation_event,
    association_event,
    object_event,
    transformation_event,
    valid_events,
)

A1, A2, BOX, LOT = item("A1"), item("A2"), unit(1), lot("L1")
A1_ELSEWHERE = "https://shop.example/01/09520123000011/21/A1"
PLACE = "https://id.gs1.org/414/9520123000004"
PARTY = "https://id.gs1.org/417/9520123000004"


def refusal(event: Members) -> tuple[Code, str]:
    with pytest.raises(MalformedError) as refused:
        touched(parse_event(event))
    return refused.value.code, refused.value.pointer


@pytest.mark.parametrize(
    "spelling",
    [
        "https://id.gs1.org/01/09520123000011/21/A1",
        "https://shop.example/01/09520123000011/21/A1",
        "https://SHOP.example/some/path/01/09520123000011/21/A1",
    ],
)
def test_a_thing_has_one_name_however_it_is_spelled(spelling: str) -> None:
    assert touched(parse_event(object_event(epcList=[spelling]))).subjects == (A1,)


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (object_event(epcList=[A2, A1, A1_ELSEWHERE]), Code.DUPLICATE_EPC, "/epcList/2"),
        (aggregation_event(childEPCs=[A1_ELSEWHERE, A1]), Code.DUPLICATE_EPC, "/childEPCs/1"),
        (aggregation_event(parentID=A1_ELSEWHERE, childEPCs=[A2, A1]), Code.PARENT_IS_CHILD, "/parentID"),
        (
            transformation_event(inputEPCList=[A1], outputEPCList=[A2, A1_ELSEWHERE]),
            *(Code.INPUT_IS_OUTPUT, "/outputEPCList/1"),
        ),
    ],
)
def test_refuses_things_that_contradict_each_other_under_whatever_spelling(
    event: Members, code: Code, pointer: str
) -> None:
    assert refusal(event) == (code, pointer)


def test_everything_in_an_event_is_one_of_its_subjects() -> None:
    some: Json = [{"epcClass": LOT}]
    packed = touched(parse_event(aggregation_event(parentID=BOX, childEPCs=[A1], childQuantityList=some)))
    blended = touched(
        parse_event(
            transformation_event(
                inputEPCList=[A1],
                inputQuantityList=[{"epcClass": LOT, "quantity": 1}],
                outputEPCList=[A2],
                outputQuantityList=[{"epcClass": lot("L2"), "quantity": 1}],
                transformationID="urn:uuid:11111111-1111-4111-8111-111111111111",
            )
        )
    )

    assert set(packed.subjects) == {BOX, A1, LOT}
    transformation = "transformation:urn:uuid:11111111-1111-4111-8111-111111111111"
    assert set(blended.subjects) == {A1, LOT, A2, lot("L2"), transformation}


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (object_event(epcList=[A1, "urn:example:1"]), Code.UNKNOWN_IDENTIFIER, "/epcList/1"),
        (object_event(epcList=[A1, LOT]), Code.CLASS_FOR_INSTANCE, "/epcList/1"),
        (object_event(epcList=["https://id.gs1.org/01/09520123000011"]), Code.CLASS_FOR_INSTANCE, "/epcList/0"),
        (object_event(epcList=[PARTY]), Code.PLACE_FOR_THING, "/epcList/0"),
        (object_event(epcList=[PLACE]), Code.PLACE_FOR_THING, "/epcList/0"),
        (object_event(quantityList=[{"epcClass": A1}]), Code.INSTANCE_FOR_CLASS, "/quantityList/0/epcClass"),
        (object_event(quantityList=[{"epcClass": BOX}]), Code.INSTANCE_FOR_CLASS, "/quantityList/0/epcClass"),
        (object_event(quantityList=[{"epcClass": PARTY}]), Code.INSTANCE_FOR_CLASS, "/quantityList/0/epcClass"),
        (aggregation_event(parentID=LOT), Code.CLASS_FOR_INSTANCE, "/parentID"),
        (aggregation_event(parentID=PLACE), Code.PLACE_FOR_THING, "/parentID"),
        (association_event(parentID=LOT), Code.CLASS_FOR_INSTANCE, "/parentID"),
        (aggregation_event(childEPCs=[A1, PARTY]), Code.PLACE_FOR_THING, "/childEPCs/1"),
        (transformation_event(inputEPCList=[LOT]), Code.CLASS_FOR_INSTANCE, "/inputEPCList/0"),
        (transformation_event(outputEPCList=[PLACE]), Code.PLACE_FOR_THING, "/outputEPCList/0"),
    ],
)
def test_refuses_what_can_have_no_chain_and_says_where(event: Members, code: Code, pointer: str) -> None:
    assert refusal(event) == (code, pointer)


def test_only_an_association_has_a_place_for_its_parent() -> None:
    about = touched(parse_event(association_event(parentID=PLACE, childEPCs=[A1])))

    assert (about.parent, about.subjects) == (None, (A1,))


def test_an_observed_aggregation_needs_no_parent() -> None:
    about = touched(parse_event(aggregation_event(parentID=..., action="OBSERVE", childEPCs=[A1])))

    assert (about.parent, about.subjects) == (None, (A1,))


@pytest.mark.parametrize("text", [PLACE, PARTY, "https://shop.example/414/9520123000004"])
def test_a_place_is_known_by_its_key(text: str) -> None:
    assert is_place(text)


@pytest.mark.parametrize("text", [A1, BOX, "urn:uuid:11111111-1111-4111-8111-111111111111", ""])
def test_whatever_else_is_no_place(text: str) -> None:
    assert not is_place(text)


def test_an_item_names_its_lot_in_its_master_data() -> None:
    ilmd: Json = {"cbvmda:lotNumber": "L/7"}
    event = parse_event(object_event(action="ADD", epcList=[A1], ilmd=ilmd))

    assert lot_of(A1, event) == "https://id.gs1.org/01/09520123000011/10/L%2F7"
    assert lot_of(BOX, event) is None


@pytest.mark.parametrize("number", ["", "Zürich", "L 1", "123456789012345678901"])
def test_refuses_a_lot_number_that_no_lot_can_have(number: str) -> None:
    ilmd: Json = {"cbvmda:lotNumber": number}
    event = object_event(action="ADD", epcList=[A1], ilmd=ilmd)

    assert refusal(event)[1] == "/ilmd/cbvmda:lotNumber"


@pytest.mark.parametrize("number", [5, None, ["L1"]])
def test_a_lot_number_that_is_no_text_names_no_lot(number: Json) -> None:
    event = parse_event(object_event(action="ADD", epcList=[A1], ilmd={"cbvmda:lotNumber": number}))

    assert lot_of(A1, event) is None


def test_serials_and_lots_share_the_key_of_their_class() -> None:
    assert class_key(A1) == class_key(A2) == class_key(Subject("https://id.gs1.org/01/09520123000011/10/L1"))
    assert class_key(A1) != class_key(LOT)
    assert class_key(BOX) == BOX


@given(valid_events())
def test_only_our_errors_leave_the_naming(members: Members) -> None:
    event = parse_event(members)

    try:
        about = touched(event)
    except ProvenanceError as err:
        assert err.pointer.startswith("/")
    else:
        assert len(set(about.subjects)) == len(about.subjects)
