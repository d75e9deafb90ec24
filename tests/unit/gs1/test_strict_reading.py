from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.digital_link import format_link
from provenance.gs1.element_string import SEPARATOR, format_bracketed, format_element_string
from provenance.gs1.elements import Elements
from provenance.gs1.scan_data import Scan, Symbology, format_scan
from provenance.gs1.strict_reading import Message, read_strictly
from tests.gs1_values import messages

GTIN = "09521234543213"


@given(messages())
def test_every_form_that_we_write_is_read_as_what_it_says(elements: Elements) -> None:
    string = format_element_string(elements)

    for text in (
        string,
        "^" + string.replace(SEPARATOR, "^"),
        format_bracketed(elements),
        format_scan(Scan(Symbology.GS1_DATA_MATRIX, elements)),
    ):
        assert read_strictly(text) == Message(elements)


@given(messages())
def test_a_link_is_read_alike_whether_typed_or_scanned(elements: Elements) -> None:
    try:
        link = format_link(elements, stem="https://example.com/shop")
    except MalformedError:
        return

    read = read_strictly(link)

    assert read == read_strictly(f"]Q1{link}")
    assert set(read.elements) == set(elements)
    assert read.link is not None
    assert read.link.stem == "https://example.com/shop"


def test_a_urn_is_read_with_its_check_digit_computed() -> None:
    assert read_strictly("urn:epc:id:sgtin:9521234.054321.S1").elements == (("01", GTIN), ("21", "S1"))


@given(st.text(max_size=60) | st.from_regex(r"(\]Q1|\]d2|https://a/|urn:epc:|\(01\)|\^)[!-~]{0,40}"))
def test_any_text_is_taken_or_refused_in_our_words(text: str) -> None:
    try:
        message = read_strictly(text)
    except MalformedError:
        return
    assert message.elements


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.MALFORMED_ELEMENTS),
        (" " + GTIN, Code.UNKNOWN_AI),
        (GTIN, Code.UNKNOWN_AI),
        (f"https://a/01/{GTIN}/", Code.MALFORMED_LINK),
        (f"https://a/gtin/{GTIN}", Code.MALFORMED_LINK),
        ("https://a/01/9521234543213", Code.WRONG_LENGTH),
        (f"HtTpS://a/01/{GTIN}", Code.MALFORMED_LINK),
        (f"(01) {GTIN}", Code.WRONG_LENGTH),
        (f"(02){GTIN}", Code.MISSING_AI),
        (f"https://a/01/{GTIN}?37=5", Code.EXCLUDED_AI),
        ("(400)A(400)B", Code.REPEATED_AI),
        (f"01{GTIN}^21S1", Code.UNKNOWN_AI),
        ("urn:epc:id:sgtin:9521234.054321." + "S" * 21, Code.WRONG_LENGTH),
        ("]Q1hello", Code.MALFORMED_LINK),
    ],
)
def test_nothing_is_forgiven(text: str, code: Code) -> None:
    with pytest.raises(MalformedError) as refused:
        read_strictly(text)

    assert refused.value.code is code


def test_a_refusal_says_which_identifier_it_is_about() -> None:
    with pytest.raises(MalformedError) as refused:
        read_strictly(f"(01){GTIN}(17)261399")

    assert refused.value.refusal.evidence == {"ai": "17"}


@pytest.mark.parametrize("beginning", ["", "]Q1", "]d2", "https://a/01/", "urn:epc:id:sgtin:", "(01)", "^01"])
def test_ten_megabytes_are_refused_at_once(beginning: str) -> None:
    text = beginning + "9" * 10_000_000

    started = time.process_time()
    with pytest.raises(MalformedError) as refused:
        read_strictly(text)

    assert time.process_time() - started < 0.5
    assert len(str(refused.value)) < 300
