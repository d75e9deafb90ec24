"""What may come out of what went in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.custody.transformation import YIELD, declared_yield, most
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.encoding.canonical import Json
from provenance.epcis.events import parse_event
from provenance.errors import MalformedError
from provenance.ids import Subject
from tests.cast import GARDEN, MAKER, RIVAL, Some, item, lot
from tests.strategies import json_values
from tests.world import World

LEAVES, OTHER_LEAVES, BLEND = lot("L1"), lot("L2"), lot("B1")
TINS = tuple(item(f"T{number}") for number in range(5))
PROCESS = "urn:uuid:11111111-1111-4111-8111-111111111111"
TWENTY_FROM_A_KILOGRAM = (("KGM", "", "20"),)


def leaves(world: World) -> None:
    world.made(Some("10 KGM", LEAVES), Some("10 KGM", OTHER_LEAVES))


def event_with(yields: Json) -> dict[str, Json]:
    return {
        "type": "TransformationEvent",
        "eventTime": "2026-05-04T10:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
        "inputEPCList": [TINS[0]],
        "outputEPCList": [TINS[1]],
        YIELD: yields,
    }


def test_as_much_may_come_out_as_went_in(world: World) -> None:
    leaves(world)

    world.blended([Some("1 KGM", LEAVES), Some("500 GRM", OTHER_LEAVES)], [Some("1.5 KGM", BLEND)])

    standing = world.standing(BLEND)
    assert standing is not None
    assert (f"party:{MAKER.party}", "KGM", Decimal("1.5")) in standing.holdings
    assert world.proven(BLEND).verdict.shown is VerdictClass.CONSISTENT


def test_refuses_more_than_went_in(world: World) -> None:
    leaves(world)

    with world.refuses(Code.YIELD_EXCEEDED) as told:
        world.blended([Some("1 KGM", LEAVES), Some("500 GRM", OTHER_LEAVES)], [Some("1.501 KGM", BLEND)])

    assert told.refusal.pointer == "/outputQuantityList"
    assert "1.501 KGM came out, the inputs allow 1.5" in told.refusal.message


def test_refuses_a_speck_more_than_a_large_amount(world: World) -> None:
    world.made(Some("9007199254740991 KGM", LEAVES))

    with world.refuses(Code.YIELD_EXCEEDED):
        world.blended(
            [Some("9007199254740991 KGM", LEAVES)],
            [Some("9007199254740991 KGM", BLEND), Some("0.000000000000000000000000000001 KGM", BLEND)],
        )


def test_pieces_come_out_as_declared(world: World) -> None:
    leaves(world)

    world.blended([Some("0.2 KGM", LEAVES)], TINS[:4], at_most=TWENTY_FROM_A_KILOGRAM)

    assert world.proven(TINS[0]).verdict.findings == ()


def test_refuses_more_pieces_than_declared(world: World) -> None:
    leaves(world)

    with world.refuses(Code.YIELD_EXCEEDED) as told:
        world.blended([Some("0.2 KGM", LEAVES)], TINS, at_most=TWENTY_FROM_A_KILOGRAM)

    assert told.refusal.pointer == "/outputEPCList"


def test_a_declaration_takes_the_place_of_the_rule(world: World) -> None:
    leaves(world)

    world.blended([Some("1 KGM", LEAVES)], [Some("3 KGM", BLEND)], at_most=[("KGM", "KGM", "3")])
    with world.refuses(Code.YIELD_EXCEEDED):
        world.blended([Some("1 KGM", LEAVES)], [Some("1 KGM", BLEND)], at_most=[("KGM", "KGM", "0.9")])


def test_what_nobody_declared_passes_and_is_said(world: World) -> None:
    leaves(world)

    world.blended([Some("0.2 KGM", LEAVES)], TINS)

    report = world.proven(TINS[0])
    assert [finding.doubt for finding in report.verdict.findings] == [Doubt.YIELD_NOT_DECLARED]
    assert report.verdict.findings[0].details == {"units": "pieces"}
    assert report.verdict.shown is VerdictClass.CONSISTENT


def test_refuses_more_input_than_there_is(world: World) -> None:
    leaves(world)

    with world.refuses(Code.NOT_ENOUGH):
        world.blended([Some("11 KGM", LEAVES)], [Some("1 KGM", BLEND)])


def test_refuses_input_that_is_anothers(world: World) -> None:
    world.made(Some("10 KGM", lot("G1", GARDEN)), by=GARDEN)

    with world.refuses(Code.NOT_ENOUGH):
        world.blended([Some("1 KGM", lot("G1", GARDEN))], [Some("1 KGM", BLEND)])


# over several events


def test_what_goes_on_over_several_events_is_balanced_as_a_whole(world: World) -> None:
    leaves(world)

    world.blended([Some("1 KGM", LEAVES)], [], transformationID=PROCESS)
    world.blended([Some("1 KGM", OTHER_LEAVES)], [], transformationID=PROCESS)
    world.blended([], [Some("1.5 KGM", BLEND)], transformationID=PROCESS)

    with world.refuses(Code.YIELD_EXCEEDED):
        world.blended([], [Some("0.6 KGM", BLEND)], transformationID=PROCESS)
    world.blended([], [Some("0.5 KGM", BLEND)], transformationID=PROCESS)
    assert world.proven(BLEND).verdict.findings == ()


def test_pieces_that_come_out_later_are_measured_by_what_went_in_before(world: World) -> None:
    leaves(world)
    world.blended([Some("0.2 KGM", LEAVES)], [], transformationID=PROCESS)

    with world.refuses(Code.YIELD_EXCEEDED):
        world.blended([], TINS, transformationID=PROCESS, at_most=TWENTY_FROM_A_KILOGRAM)
    world.blended([], TINS[:4], transformationID=PROCESS, at_most=TWENTY_FROM_A_KILOGRAM)

    assert world.proven(TINS[0]).verdict.findings == ()


def test_refuses_outputs_before_inputs(world: World) -> None:
    leaves(world)

    with world.refuses(Code.YIELD_EXCEEDED):
        world.blended(
            [Some("0 KGM", LEAVES)], [Some("1 KGM", BLEND)], transformationID=PROCESS, at_most=TWENTY_FROM_A_KILOGRAM
        )


def test_refuses_another_party_in_ones_transformation(world: World) -> None:
    leaves(world)
    world.made(Some("10 KGM", lot("R1", RIVAL)), by=RIVAL)
    world.blended([Some("1 KGM", LEAVES)], [], transformationID=PROCESS)

    with world.refuses(Code.NOT_HOLDER):
        world.blended([Some("1 KGM", lot("R1", RIVAL))], [], by=RIVAL, transformationID=PROCESS)


def test_what_goes_in_late_reaches_what_came_out_before(world: World) -> None:
    leaves(world)
    world.blended([Some("1 KGM", LEAVES)], [], transformationID=PROCESS)
    world.blended([], TINS, transformationID=PROCESS, at_most=TWENTY_FROM_A_KILOGRAM)
    world.blended([Some("1 KGM", OTHER_LEAVES)], [], transformationID=PROCESS)

    world.recalled(Some("", OTHER_LEAVES))

    assert world.proven(TINS[0]).verdict.shown is VerdictClass.RECALLED
    with world.refuses(Code.BLOCKED):
        world.sold(TINS[0], by=MAKER)


def test_what_did_not_go_in_after_all_reaches_nothing(world: World) -> None:
    leaves(world)
    world.blended([Some("1 KGM", LEAVES)], [], transformationID=PROCESS)
    wrong = world.blended([Some("1 KGM", OTHER_LEAVES)], [], transformationID=PROCESS)
    world.blended([], TINS, transformationID=PROCESS, at_most=TWENTY_FROM_A_KILOGRAM)

    world.corrected(wrong)
    world.recalled(Some("", OTHER_LEAVES))

    world.sold(TINS[0], by=MAKER)
    assert world.proven(TINS[0]).verdict.shown is VerdictClass.CONSISTENT


@pytest.mark.parametrize("name", [MAKER.party, item("A1"), "registry:world.example/log/2026"])
def test_a_transformations_name_takes_nobody_elses_chain(world: World, name: Subject) -> None:
    leaves(world)
    world.made(item("A1"))
    before = world.standing(name)

    world.blended([Some("1 KGM", LEAVES)], [], transformationID=name)

    assert world.standing(name) == before


# what may be declared


@pytest.mark.parametrize(
    ("yields", "code", "pointer"),
    [
        ({}, Code.WRONG_TYPE, "/prov:yield"),
        ([[]], Code.WRONG_TYPE, "/prov:yield/0"),
        ([{"input": "KGM", "output": ""}], Code.WRONG_TYPE, "/prov:yield/0"),
        ([{"input": "KGM", "output": "", "most": 20}], Code.WRONG_TYPE, "/prov:yield/0"),
        ([{"input": "KGM", "output": "", "most": "20", "least": "1"}], Code.WRONG_TYPE, "/prov:yield/0"),
        ([{"input": "KGM", "output": "", "most": "a lot"}], Code.MALFORMED_TEXT, "/prov:yield/0/most"),
        ([{"input": "KGM", "output": "", "most": "1e99"}], Code.NUMBER_OUT_OF_RANGE, "/prov:yield/0/most"),
    ],
)
def test_refuses_a_declaration_of_another_shape(world: World, yields: Json, code: Code, pointer: str) -> None:
    leaves(world)

    with world.refuses(code) as told:
        declared(world, yields)

    assert told.refusal.pointer == pointer


def declared(world: World, yields: Json) -> None:
    event: dict[str, Json] = {"type": "TransformationEvent", YIELD: yields}
    given: Json = [Some("1 KGM", LEAVES).as_quantity()]
    world.said({**event, "inputQuantityList": given, "outputEPCList": list(TINS)}, MAKER)


@given(json_values())
def test_only_a_malformed_error_leaves_the_reading_of_a_declaration(yields: Json) -> None:
    event = parse_event(event_with(yields))

    try:
        ratios = declared_yield(event)
    except MalformedError as err:
        assert err.pointer.startswith("/prov:yield")
    else:
        assert ratios or yields == []


@given(st.dictionaries(st.sampled_from(("KGM", "LTR", "")), st.integers(0, 99).map(Decimal), max_size=3))
def test_nothing_is_allowed_where_nothing_says_how_much(given_: dict[str, Decimal]) -> None:
    assert most("MTR", given_, {}) is None
    assert most("", given_, {}) is None
    assert most("KGM", given_, {}) == given_.get("KGM")
