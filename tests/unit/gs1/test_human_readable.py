from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.elements import Elements
from provenance.gs1.human_readable import format_lines, format_titled_lines, parse_lines
from tests.gs1_values import messages


@given(messages())
def test_lines_come_back_as_they_were(elements: Elements) -> None:
    assert parse_lines(format_lines(elements)) == elements
    assert parse_lines(format_titled_lines(elements)) == elements


@given(st.lists(st.text(max_size=40), max_size=3))
def test_any_lines_are_taken_or_refused_in_our_words(lines: list[str]) -> None:
    try:
        elements = parse_lines(lines)
    except MalformedError:
        return
    assert elements


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), Code.MALFORMED_ELEMENTS),
        (("(01)09521234543213",), Code.MALFORMED_ELEMENTS),
        (("SERIAL (01) 09521234543213",), Code.MALFORMED_ELEMENTS),
        (("(01) 09521234543214",), Code.BAD_CHECK_DIGIT),
        (("(89) x",), Code.UNKNOWN_AI),
        (("(10) " + "x" * 10_000_000,), Code.MALFORMED_ELEMENTS),
    ],
)
def test_a_broken_line_is_refused(lines: tuple[str, ...], code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_lines(lines)

    assert caught.value.code is code
