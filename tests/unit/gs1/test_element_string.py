from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.element_string import (
    SEPARATOR,
    format_bracketed,
    format_element_string,
    parse_bracketed,
    parse_element_string,
)
from provenance.gs1.elements import Elements
from tests.gs1_values import messages

TEN_MEGABYTES = 10_000_000


@given(messages())
def test_both_forms_come_back_as_they_were(elements: Elements) -> None:
    assert parse_element_string(format_element_string(elements)) == elements
    assert parse_bracketed(format_bracketed(elements)) == elements


@given(st.text(max_size=60) | st.text("(01)29523\\\x1dA", max_size=60) | st.from_regex(r"(\([0-9]{2,4}\)\w{1,20})+"))
def test_what_is_read_is_written_the_same_way_or_may_not_be_written(text: str) -> None:
    for parse, form in ((parse_element_string, format_element_string), (parse_bracketed, format_bracketed)):
        try:
            elements = parse(text)
        except MalformedError:
            continue
        try:
            written = form(elements)
        except MalformedError as err:
            assert err.code in {Code.MISSING_AI, Code.EXCLUDED_AI, Code.REPEATED_AI}
            continue
        assert parse(written) == tuple(dict.fromkeys(elements))


def test_one_separator_too_many_is_forgiven() -> None:
    expected = (("01", "09521234543213"), ("10", "L1"))

    assert parse_element_string(f"0109521234543213{SEPARATOR}10L1{SEPARATOR}") == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.MALFORMED_ELEMENTS),
        (SEPARATOR, Code.UNKNOWN_AI),
        (f"10L1{SEPARATOR}{SEPARATOR}", Code.UNKNOWN_AI),
        ("010952123454321", Code.WRONG_LENGTH),
        ("0109521234543214", Code.BAD_CHECK_DIGIT),
        (f"01095212345432{SEPARATOR}10L1", Code.WRONG_LENGTH),
        ("8912345", Code.UNKNOWN_AI),
        (f"21{SEPARATOR}10L1", Code.WRONG_LENGTH),
        ("0" * TEN_MEGABYTES, Code.MALFORMED_ELEMENTS),
    ],
)
def test_a_broken_element_string_is_refused(text: str, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_element_string(text)

    assert caught.value.code is code
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.MALFORMED_ELEMENTS),
        ("(", Code.MALFORMED_ELEMENTS),
        ("01)09521234543213", Code.MALFORMED_ELEMENTS),
        ("(01)09521234543213(21)", Code.WRONG_LENGTH),
        ("(01)09521234543213(21)a(b", Code.MALFORMED_ELEMENTS),
        ("(01) 09521234543213", Code.WRONG_LENGTH),
        ("(1)x", Code.UNKNOWN_AI),
        ("(٠١)09521234543213", Code.UNKNOWN_AI),
        ("()x", Code.UNKNOWN_AI),
        ("(10)a\\b", Code.WRONG_CHARACTER),
        ("(10)" + "x" * TEN_MEGABYTES, Code.MALFORMED_ELEMENTS),
        ("(" * TEN_MEGABYTES, Code.MALFORMED_ELEMENTS),
    ],
)
def test_a_broken_text_with_brackets_is_refused(text: str, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_bracketed(text)

    assert caught.value.code is code
    assert len(str(caught.value)) < 300


def test_nothing_is_written_that_contradicts_itself() -> None:
    with pytest.raises(MalformedError) as caught:
        format_element_string((("21", "S1"),))

    assert caught.value.code is Code.MISSING_AI
