"""One event from JSON and back: what is read, what is refused, and where."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.epcis.events import ExtendedEvent, parse_any_event, parse_event, to_json
from provenance.epcis.vocabulary import Action, BizStep, Disposition, EventType
from provenance.errors import MalformedError, ProvenanceError
from tests.epcis_events import (
    ALL_FIVE,
    ITEM,
    LOT,
    PLACE,
    UNIT,
    Members,
    aggregation_event,
    association_event,
    json_values,
    object_event,
    transaction_event,
    transformation_event,
    valid_events,
)


def refused(value: Json) -> tuple[Code, str]:
    """The code and place of a refusal."""
    with pytest.raises(MalformedError) as caught:
        parse_event(value)
    return caught.value.code, caught.value.pointer


def test_reads_when_where_and_why() -> None:
    event = parse_event(
        object_event(
            eventTime="2026-05-04T10:00:00.5+02:00",
            eventTimeZoneOffset="+02:00",
            eventID="urn:uuid:22222222-2222-4222-8222-222222222222",
            bizStep="cbv:BizStep-shipping",
            disposition="in_transit",
            readPoint={"id": PLACE, "ex:door": 4},
            sourceList=[{"type": "location", "source": PLACE}],
            destinationList=[{"type": "ex:shelf", "destination": PLACE}],
            bizTransactionList=[{"bizTransaction": "urn:epcglobal:cbv:bt:9520123456788:1"}],
        )
    )

    assert (event.type, event.action) == (EventType.OBJECT, Action.OBSERVE)
    assert event.event_time == "2026-05-04T10:00:00.5+02:00"
    assert event.instant == datetime(2026, 5, 4, 8, 0, 0, 500_000, tzinfo=UTC)
    assert event.zone_offset == timedelta(hours=2)
    assert (event.biz_step, event.disposition) == (BizStep.SHIPPING, Disposition.IN_TRANSIT)
    assert (event.read_point, event.biz_location) == (PLACE, None)
    assert event.sources == (("location", PLACE),)
    assert event.destinations == (("ex:shelf", PLACE),)
    assert event.transactions == ((None, "urn:epcglobal:cbv:bt:9520123456788:1"),)


def test_reads_things_and_amounts() -> None:
    event = parse_event(transformation_event())

    assert event.action is None
    assert event.output_epcs == ("https://id.gs1.org/01/09520123456788/21/A2",)
    [quantity] = event.input_quantities
    assert (quantity.epc_class, quantity.amount, quantity.uom) == (LOT, Decimal("2.5"), "KGM")


def test_keeps_extensions_and_ours_among_them_untouched() -> None:
    links: Json = ["ab" * 32]

    event = parse_event(object_event(**{"prov:previous": links, "ex:weight": Decimal("2.5")}))

    assert event.extensions == {"prov:previous": links, "ex:weight": Decimal("2.5")}


def test_reads_what_an_error_declaration_says() -> None:
    declared = {"declarationTime": "2026-01-02T00:00:00Z", "reason": "incorrect_data", "correctiveEventIDs": ["ex:1"]}

    declaration = parse_event(object_event(errorDeclaration=declared)).error_declaration

    assert declaration is not None
    assert (declaration.time, declaration.reason) == ("2026-01-02T00:00:00Z", "incorrect_data")
    assert declaration.corrective_ids == ("ex:1",)


def test_an_empty_list_of_epcs_is_a_list() -> None:
    assert parse_event(object_event(epcList=[])).epc_list == ()


def test_one_certificate_or_several() -> None:
    assert parse_event(object_event(certificationInfo="ex:1")).certifications == ("ex:1",)
    assert parse_event(object_event(certificationInfo=["ex:1", "ex:2"])).certifications == ("ex:1", "ex:2")


def test_a_unit_can_be_emptied_without_naming_its_children() -> None:
    event = parse_event(aggregation_event(action="DELETE", childEPCs=...))

    assert (event.parent_id, event.child_epcs) == (UNIT, ())


@pytest.mark.parametrize("member", ["type", "eventTime", "eventTimeZoneOffset", "action"])
def test_names_the_member_that_is_missing(member: str) -> None:
    assert refused(object_event(**{member: ...})) == (Code.MISSING_MEMBER, f"/{member}")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"type": "SealBroken"}, Code.WRONG_VALUE, "/type"),
        ({"type": "ex:SealBroken"}, Code.WRONG_VALUE, "/type"),
        ({"type": 1}, Code.WRONG_TYPE, "/type"),
        ({"action": "CREATE"}, Code.WRONG_VALUE, "/action"),
        ({"eventTime": "2026-01-01T00:00:00"}, Code.MALFORMED_TEXT, "/eventTime"),
        ({"eventTime": "2026-02-30T00:00:00Z"}, Code.MALFORMED_TEXT, "/eventTime"),
        ({"recordTime": "now"}, Code.MALFORMED_TEXT, "/recordTime"),
        ({"eventTimeZoneOffset": "+14:30"}, Code.MALFORMED_TEXT, "/eventTimeZoneOffset"),
        ({"eventTimeZoneOffset": "Z"}, Code.MALFORMED_TEXT, "/eventTimeZoneOffset"),
        ({"epcList": ITEM}, Code.WRONG_TYPE, "/epcList"),
        ({"epcList": [ITEM, ITEM]}, Code.DUPLICATE_EPC, "/epcList/1"),
        ({"epcList": [ITEM, "A1"]}, Code.WRONG_VALUE, "/epcList/1"),
        ({"epcList": None}, Code.WRONG_TYPE, "/epcList"),
        ({"bizStep": "shiping"}, Code.NOT_A_CBV_WORD, "/bizStep"),
        ({"bizStep": "urn:epcglobal:cbv:bizstep:shipping"}, Code.NOT_A_CBV_WORD, "/bizStep"),
        ({"colour": "red"}, Code.UNKNOWN_MEMBER, "/colour"),
        ({"childEPCs": [ITEM]}, Code.UNKNOWN_MEMBER, "/childEPCs"),
        ({"ilmd": {"ex:lot": "1"}}, Code.MALFORMED_EVENT, "/ilmd"),
        ({"action": "ADD", "ilmd": {"lot": "1"}}, Code.UNKNOWN_MEMBER, "/ilmd/lot"),
        ({"persistentDisposition": {}}, Code.MISSING_MEMBER, "/persistentDisposition/set"),
        ({"persistentDisposition": {"set": []}}, Code.EMPTY_LIST, "/persistentDisposition/set"),
        ({"persistentDisposition": {"set": "active"}}, Code.WRONG_TYPE, "/persistentDisposition/set"),
        ({"persistentDisposition": {"on": ["active"]}}, Code.UNKNOWN_MEMBER, "/persistentDisposition/on"),
        ({"persistentDisposition": {"set": ["gone"]}}, Code.NOT_A_CBV_WORD, "/persistentDisposition/set/0"),
        ({"persistentDisposition": {"set": ["active", "active"]}}, Code.WRONG_VALUE, "/persistentDisposition/set"),
        ({"quantityList": [{"quantity": 1}]}, Code.MISSING_MEMBER, "/quantityList/0/epcClass"),
        ({"quantityList": [{"epcClass": LOT, "weight": 1}]}, Code.UNKNOWN_MEMBER, "/quantityList/0/weight"),
        ({"quantityList": [{"epcClass": LOT, "uom": "kg"}]}, Code.WRONG_VALUE, "/quantityList/0/uom"),
        ({"quantityList": [{"epcClass": LOT, "quantity": "1"}]}, Code.WRONG_TYPE, "/quantityList/0/quantity"),
        ({"sourceList": [{"source": PLACE}]}, Code.MISSING_MEMBER, "/sourceList/0/type"),
        ({"sourceList": [{"type": "location"}]}, Code.MISSING_MEMBER, "/sourceList/0/source"),
        ({"sourceList": {"type": "location", "source": PLACE}}, Code.WRONG_TYPE, "/sourceList"),
        ({"sourceList": [{"type": "location", "source": PLACE, "ex:a": 1}]}, Code.UNKNOWN_MEMBER, "/sourceList/0/ex:a"),
        ({"bizTransactionList": [{"type": "po"}]}, Code.MISSING_MEMBER, "/bizTransactionList/0/bizTransaction"),
        ({"readPoint": PLACE}, Code.WRONG_TYPE, "/readPoint"),
        ({"readPoint": {}}, Code.MISSING_MEMBER, "/readPoint/id"),
        ({"readPoint": {"id": PLACE, "door": 4}}, Code.UNKNOWN_MEMBER, "/readPoint/door"),
        ({"certificationInfo": [{}]}, Code.WRONG_TYPE, "/certificationInfo/0"),
        ({"errorDeclaration": {}}, Code.MISSING_MEMBER, "/errorDeclaration/declarationTime"),
        ({"@context": 1}, Code.WRONG_TYPE, "/@context"),
        ({"@context": ["ex:1", []]}, Code.WRONG_TYPE, "/@context/1"),
        ({"eventID": Decimal("1.5")}, Code.FRACTION_NOT_ALLOWED, "/eventID"),
        ({"prov:seen": {"size": Decimal("1.5")}}, Code.FRACTION_NOT_ALLOWED, "/prov:seen/size"),
    ],
)
def test_refuses_with_code_and_place(changes: Members, code: Code, pointer: str) -> None:
    assert refused(object_event(**changes)) == (code, pointer)


@pytest.mark.parametrize(
    ("event", "code", "pointer"),
    [
        (object_event(epcList=...), Code.MALFORMED_EVENT, ""),
        (object_event(epcList=..., quantityList=[]), Code.MALFORMED_EVENT, ""),
        (aggregation_event(childEPCs=[]), Code.MALFORMED_EVENT, ""),
        (association_event(parentID=...), Code.MISSING_MEMBER, "/parentID"),
        (association_event(childEPCs=...), Code.MALFORMED_EVENT, ""),
        (transaction_event(bizTransactionList=...), Code.MISSING_MEMBER, "/bizTransactionList"),
        (transaction_event(bizTransactionList=[]), Code.MISSING_MEMBER, "/bizTransactionList"),
        (transaction_event(epcList=...), Code.MALFORMED_EVENT, ""),
        (transformation_event(outputEPCList=[]), Code.MALFORMED_EVENT, ""),
        (transformation_event(action="ADD"), Code.UNKNOWN_MEMBER, "/action"),
        (
            transformation_event(inputQuantityList=[], outputEPCList=[], transformationID="ex:1"),
            Code.MALFORMED_EVENT,
            "",
        ),
    ],
)
def test_refuses_an_event_that_says_too_little(event: Members, code: Code, pointer: str) -> None:
    assert refused(event) == (code, pointer)


def test_a_transformation_in_steps_may_name_one_side_only() -> None:
    event = parse_event(transformation_event(outputEPCList=..., transformationID="ex:run-1"))

    assert event.transformation_id == "ex:run-1"


@pytest.mark.parametrize("value", [None, True, 7, "ObjectEvent", [], [object_event()]])
def test_refuses_what_is_no_object(value: Json) -> None:
    assert refused(value) == (Code.WRONG_TYPE, "")


def test_an_own_type_is_welcome_in_documents_only() -> None:
    own = object_event(type="ex:SealBroken", action=..., epcList=...)

    event = parse_any_event(own)

    assert isinstance(event, ExtendedEvent)
    assert (event.type, event.instant) == ("ex:SealBroken", datetime(2026, 1, 1, tzinfo=UTC))
    assert refused(own) == (Code.WRONG_VALUE, "/type")


def test_an_own_type_has_the_common_members_checked() -> None:
    with pytest.raises(MalformedError) as caught:
        parse_any_event(object_event(type="ex:SealBroken", eventTime="today"))

    assert caught.value.pointer == "/eventTime"


@given(valid_events())
def test_accepts_and_gives_back_every_valid_event(members: Members) -> None:
    before = copy.deepcopy(members)

    event = parse_event(members)

    assert to_json(event) == before
    assert parse_event(to_json(event)) == event


@given(json_values())
def test_no_json_value_raises_anything_but_a_refusal(value: Json) -> None:
    try:
        event = parse_any_event(value)
    except ProvenanceError:
        return
    assert to_json(event) == value


@pytest.mark.parametrize("make", ALL_FIVE)
@settings(max_examples=40)
@given(data=st.data())
def test_a_mutated_event_raises_nothing_but_a_refusal(make: Callable[..., Members], data: st.DataObject) -> None:
    event = make(
        bizStep="shipping",
        readPoint={"id": PLACE},
        sensorElementList=[{"sensorMetadata": {}, "sensorReport": [{"type": "Mass", "value": 1, "uom": "KGM"}]}],
        errorDeclaration={"declarationTime": "2026-01-02T00:00:00Z"},
        persistentDisposition={"set": ["recalled"]},
    )
    node: Any = event
    while isinstance(node, dict | list) and node:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        child = node[key]
        if not isinstance(child, dict | list) or data.draw(st.booleans()):
            node[key] = data.draw(json_values())
            break
        node = child

    try:
        parse_any_event(event)
    except ProvenanceError:
        pass
