"""Whether a declaration repeats its event: the same but for what only the statements say."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings

from provenance.encoding.canonical import Json
from provenance.epcis.error_declaration import is_same_event
from provenance.epcis.events import parse_event
from tests.epcis_events import OTHER_ITEM, Members, object_event, valid_events

DECLARED: Members = {"declarationTime": "2026-01-02T00:00:00Z", "reason": "incorrect_data"}


@settings(max_examples=40)
@given(valid_events())
def test_a_declaration_repeats_its_event_whoever_signs_it(members: Members) -> None:
    declaration = {**members, "errorDeclaration": DECLARED, "recordTime": "2026-01-03T00:00:00Z"}
    signed = {**declaration, "prov:previous": ["ab" * 32], "prov:signers": [], "prov:seen": {"size": 9}}

    assert is_same_event(parse_event(members), parse_event(signed))


@pytest.mark.parametrize(
    "change",
    [
        {"eventTime": "2026-01-01T00:00:01Z"},
        {"eventTime": "2026-01-01T00:00:00.000Z"},
        {"epcList": [OTHER_ITEM]},
        {"bizStep": "shipping"},
        {"eventID": "ex:2"},
        {"ex:a": {"b": [1, 3]}},
        {"ex:a": {"b": [True, 2]}},
        {"ex:a": {"b": [1, 2], "c": 1}},
        {"ex:a": [1, 2]},
        {"ex:a": {"b": [1]}},
        {"prov:yield": []},
    ],
)
def test_any_other_difference_makes_another_event(change: Members) -> None:
    original = parse_event(object_event(**{"ex:a": {"b": [1, 2]}}))

    declaration = parse_event(object_event(**{"ex:a": {"b": [1, 2]}, "errorDeclaration": DECLARED, **change}))

    assert not is_same_event(original, declaration)


def test_one_number_has_many_spellings_but_true_is_no_number() -> None:
    original = parse_event(object_event(**{"ex:a": 25}))

    assert is_same_event(original, parse_event(object_event(**{"ex:a": Decimal("25.0")})))
    assert not is_same_event(parse_event(object_event(**{"ex:a": 1})), parse_event(object_event(**{"ex:a": True})))


def test_compares_values_nested_deeper_than_calls_can_be() -> None:
    deep: Json = 1
    for _ in range(5000):
        deep = [deep]

    event = parse_event({**object_event(), "ex:a": deep})

    assert is_same_event(event, event)
