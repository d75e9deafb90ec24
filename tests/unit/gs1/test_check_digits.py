from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.check_digits import CSET_32, CSET_82, check_digit, check_pair, has_check_digit, has_check_pair

DIGITS = st.text("0123456789", min_size=1, max_size=29)


@given(DIGITS)
def test_a_number_with_its_check_digit_is_right(digits: str) -> None:
    number = digits + check_digit(digits)

    assert has_check_digit(number)


@given(DIGITS, st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    number = digits + check_digit(digits)
    at = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda digit: digit != number[at]))

    assert not has_check_digit(number[:at] + other + number[at + 1 :])


@given(st.text(CSET_82, min_size=1, max_size=23))
def test_a_text_with_its_check_pair_is_right(text: str) -> None:
    pair = check_pair(text)

    assert set(pair) <= set(CSET_32)
    assert has_check_pair(text + pair)


@given(st.text(CSET_32, min_size=11, max_size=11), st.data())
def test_one_wrong_character_or_two_swapped_ones_are_always_noticed(serial: str, data: st.DataObject) -> None:
    whole = serial + check_pair(serial)
    at = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from(CSET_32).filter(lambda character: character != whole[at]))
    swapped = serial[: at - 1] + serial[at] + serial[at - 1] + serial[at + 1 :] if 0 < at < len(serial) else serial

    assert not has_check_pair(whole[:at] + other + whole[at + 1 :])
    assert swapped == serial or not has_check_pair(swapped + whole[-2:])


@pytest.mark.parametrize(
    "number", ["", "0", "x", "095212345432131", "٠٩٥٢١٢٣٤٥٤٣٢١٣", "0952123454321 ", "1" * 10_000_000]
)
def test_what_is_no_number_has_no_check_digit(number: str) -> None:
    assert not has_check_digit(number)


@pytest.mark.parametrize("text", ["", "a b", "é", "x" * 98])
def test_a_pair_for_an_impossible_text_is_refused(text: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_pair(text)

    assert caught.value.code is Code.UNKNOWN_IDENTIFIER
    assert not has_check_pair(text)


@pytest.mark.parametrize("digits", ["", "12a", "²", "1" * 31])
def test_a_digit_for_an_impossible_number_is_refused(digits: str) -> None:
    with pytest.raises(MalformedError) as caught:
        check_digit(digits)

    assert caught.value.code is Code.UNKNOWN_IDENTIFIER
