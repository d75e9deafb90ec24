from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import TABLE
from provenance.gs1.elements import Elements, base_length, check_together, check_value, issue, shown
from tests.gs1_values import ROWS, messages, values

GTIN = ("01", "09521234543213")


@given(st.data())
def test_every_identifier_takes_the_values_its_row_describes(data: st.DataObject) -> None:
    row = data.draw(ROWS)
    value = data.draw(values(row))

    check_value(row.ai, value)


@given(st.data())
def test_a_value_too_short_or_too_long_is_refused(data: st.DataObject) -> None:
    row = data.draw(ROWS)
    value = data.draw(values(row))

    for wrong in (value[: row.shortest - 1], value.ljust(row.longest, "0") + "0"):
        with pytest.raises(MalformedError) as caught:
            check_value(row.ai, wrong)

        assert caught.value.code is Code.WRONG_LENGTH


@given(st.data())
def test_a_space_or_a_foreign_character_is_in_no_value(data: st.DataObject) -> None:
    row = data.draw(ROWS)
    value = data.draw(values(row))
    at = data.draw(st.integers(0, len(value) - 1))
    character = data.draw(st.sampled_from(" \x1d\x00^~é٣\ud800"))

    with pytest.raises(MalformedError):
        check_value(row.ai, value[:at] + character + value[at + 1 :])


@given(st.sampled_from(sorted(TABLE)), st.text(max_size=100))
def test_any_value_is_taken_or_refused_in_our_words(ai: str, value: str) -> None:
    try:
        check_value(ai, value)
    except MalformedError as err:
        assert err.refusal.message.startswith(f"({ai})")


@given(messages())
def test_a_message_may_be_issued_as_it_is(elements: Elements) -> None:
    assert issue(elements) == elements


def test_saying_the_same_twice_is_issued_once() -> None:
    assert issue((GTIN, ("21", "S1"), GTIN)) == (GTIN, ("21", "S1"))


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ((), Code.MALFORMED_ELEMENTS),
        ((("21", "S1"),), Code.MISSING_AI),
        ((GTIN, ("37", "5")), Code.EXCLUDED_AI),
        ((GTIN, ("21", "S1"), ("21", "S2")), Code.REPEATED_AI),
        ((GTIN, ("235", "T"), ("21", "S")), Code.EXCLUDED_AI),
        ((GTIN, ("3103", "000195"), ("3102", "000195")), Code.EXCLUDED_AI),
        ((GTIN, ("3922", "0299")), Code.MISSING_AI),
        ((("253", "9521234000013"), ("8030", "abcd")), Code.MISSING_AI),
        ((GTIN, ("8030", "abcd")), Code.MISSING_AI),
        ((("01", "09521234543214"),), Code.BAD_CHECK_DIGIT),
        ((GTIN, ("89", "x")), Code.UNKNOWN_AI),
    ],
)
def test_what_contradicts_itself_is_not_issued(elements: Elements, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        issue(elements)

    assert caught.value.code is code


def test_a_pattern_stands_for_any_digit() -> None:
    check_together((GTIN, ("3922", "0299"), ("3103", "000195")))


def test_only_keys_that_may_carry_a_serial_have_a_base() -> None:
    assert {ai: base_length(ai) for ai in TABLE if base_length(ai)} == {"253": 13, "255": 13, "8003": 14}


def test_a_long_text_is_shown_by_its_beginning() -> None:
    assert len(shown("x" * 10_000_000)) < 90
    assert shown("\ud800") == "'\\ud800'"
