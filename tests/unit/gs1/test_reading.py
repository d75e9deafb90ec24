from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.check_digits import CSET_32, check_pair
from provenance.gs1.digital_link import format_link
from provenance.gs1.element_string import format_bracketed, format_element_string
from provenance.gs1.elements import Elements
from provenance.gs1.human_readable import format_lines, format_titled_lines
from provenance.gs1.identifiers import name_in
from provenance.gs1.reading import Note, read_code
from provenance.gs1.scan_data import Scan, Symbology, format_scan
from tests.gs1_values import messages

GTIN = "09521234543213"
ITEM = f"https://id.gs1.org/01/{GTIN}/21/S1"


@given(messages())
def test_every_form_we_write_is_read_without_forgiving_anything(elements: Elements) -> None:
    forms = [
        format_element_string(elements),
        format_bracketed(elements),
        "\n".join(format_lines(elements)),
        "\n".join(format_titled_lines(elements)),
        format_scan(Scan(Symbology.GS1_DATA_MATRIX, elements)),
    ]
    try:
        forms += [link := format_link(elements, stem="https://example.com/shop"), f"]Q1{link}"]
    except MalformedError:
        pass  # a qualifier of some other key

    for text in forms:
        if text.isdecimal() and len(text) in {8, 12, 13, 14, 18}:
            continue  # an element string that looks like a bare number
        reading = read_code(text)

        assert reading.identifier == name_in(elements)
        assert set(reading.elements) == set(elements)
        assert reading.notes == ()


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (f" https://a/01/{GTIN}/21/S1\r\n", (Note.SPACES,)),
        (f"HtTpS://a/01/{GTIN}/21/S1", (Note.SCHEME,)),
        (f"id.example.org/01/{GTIN}/21/S1", (Note.SCHEME,)),
        (f"https://a/01/{GTIN}/21/S1/", (Note.TRAILING_SLASH,)),
        (f"https://a/gtin/{GTIN}/ser/S1", (Note.NAMED_KEY,)),
        ("https://a/01/9521234543213/21/S1", (Note.SHORT_GTIN,)),
        (f"https://a/01/{GTIN}/21/S1/10/L1", (Note.ORDER,)),
        (f"https://a/01/{GTIN}?21=S1", (Note.QUALIFIER_IN_QUERY,)),
        (f"https://a/01/{GTIN}/21/S1?999=x", (Note.UNKNOWN_NUMBER,)),
        (f"https://a/01/{GTIN}/10/L1/21/S1?17=261231&linkType=all#x", ()),
        (f"(01) {GTIN} (21) S1", (Note.SPACES,)),
        (f"01{GTIN}10L1^21S1", (Note.SEPARATOR,)),
        (f"\x1d01{GTIN}21S1", ()),
        (f"]X901{GTIN}21S1", ()),
        ("urn:epc:id:sgtin:9521234.054321.S1", ()),
        (
            "]Q1 HTTPS://A/GTIN/9521234543213/Ser/S1//",
            (Note.SCHEME, Note.TRAILING_SLASH, Note.NAMED_KEY, Note.SHORT_GTIN),
        ),
    ],
)
def test_what_leaves_no_doubt_is_forgiven_and_said(text: str, notes: tuple[Note, ...]) -> None:
    if text.startswith("]Q1 "):
        text = "]Q1" + text[4:].replace("HTTPS", "HTTPs")

    reading = read_code(text)

    assert reading.identifier.uri == ITEM
    assert reading.notes == notes


@pytest.mark.parametrize(
    ("text", "uri", "notes"),
    [
        (GTIN, f"https://id.gs1.org/01/{GTIN}", (Note.BARE_NUMBER,)),
        (GTIN[1:], f"https://id.gs1.org/01/{GTIN}", (Note.SHORT_GTIN, Note.BARE_NUMBER)),
        ("96385074", "https://id.gs1.org/01/00000096385074", (Note.SHORT_GTIN, Note.BARE_NUMBER)),
        ("095212340000000013", "https://id.gs1.org/00/095212340000000013", (Note.BARE_NUMBER,)),
        ("00095212340000000013", "https://id.gs1.org/00/095212340000000013", ()),
        ("]E09521234543213", f"https://id.gs1.org/01/{GTIN}", ()),
    ],
)
def test_a_bare_number_is_a_gtin_or_an_sscc(text: str, uri: str, notes: tuple[Note, ...]) -> None:
    reading = read_code(text)

    assert reading.identifier.uri == uri
    assert reading.notes == notes


@given(st.text(CSET_32, min_size=11, max_size=11).filter(lambda serial: not serial.isdecimal()))
def test_a_serial_of_ours_may_come_in_lower_case(serial: str) -> None:
    ours = serial + check_pair(serial)

    reading = read_code(f"https://a/01/{GTIN}/21/{ours.lower()}")

    if ours.lower() != ours:
        assert reading.identifier.qualifiers == (("21", ours),)
        assert Note.LOWER_CASE in reading.notes


def test_the_serial_of_somebody_else_keeps_its_case() -> None:
    reading = read_code(f"https://a/01/{GTIN}/21/abcdefghjkmnp")

    assert reading.identifier.qualifiers == (("21", "abcdefghjkmnp"),)
    assert reading.notes == ()


@given(st.text(max_size=60) | st.text("(01)/?&=2953:h\x1d^]Q", max_size=40))
def test_any_text_is_taken_or_refused_in_our_words(text: str) -> None:
    try:
        reading = read_code(text)
    except MalformedError:
        return
    assert read_code(reading.identifier.uri).identifier == reading.identifier


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.UNKNOWN_IDENTIFIER),
        ("hello", Code.UNKNOWN_IDENTIFIER),
        ("https://example.com", Code.UNKNOWN_IDENTIFIER),
        ("https://example.com/about/us", Code.UNKNOWN_IDENTIFIER),
        ("ftp://a/01/09521234543213", Code.UNKNOWN_IDENTIFIER),
        ("(400)ORDER", Code.UNKNOWN_IDENTIFIER),
        ("9521234543214", Code.BAD_CHECK_DIGIT),
        ("https://a/01/9521234543214", Code.BAD_CHECK_DIGIT),
        (f"https://a/01/{GTIN}/21/S1?21=S2", Code.REPEATED_AI),
        (f"(01){GTIN}(21)S1(21)S2", Code.REPEATED_AI),
        (f"https://a/01/{GTIN}/254/x", Code.MALFORMED_LINK),
        (f"https://a/01/{GTIN}/235/T/10/L", Code.MALFORMED_LINK),
        (f"(01){GTIN}(21)S1(235)T1", Code.EXCLUDED_AI),
        (f"https://a/01/{GTIN}/21/", Code.UNKNOWN_IDENTIFIER),
        (f"https://a/01/{GTIN}/21/a%20b", Code.WRONG_CHARACTER),
        (f"https://a/01/{GTIN}?17=261399", Code.WRONG_CONTENT),
        (f"01{GTIN}89x", Code.UNKNOWN_AI),
    ],
)
def test_what_leaves_a_doubt_is_refused(text: str, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        read_code(text)

    assert caught.value.code is code


@pytest.mark.parametrize("beginning", ["https://a/01/", "(", "0", "]Q3", "urn:epc:id:sgtin:", " ", "a/", "^"])
def test_ten_megabytes_are_refused_at_once(beginning: str) -> None:
    text = beginning * (10_000_000 // len(beginning))
    started = time.process_time()

    with pytest.raises(MalformedError):
        read_code(text)

    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "beginning", ["https://a/01/", "(", "(01)", "0", "]Q3", "urn:epc:id:sgtin:", " ", "a/", "^", "\\("]
)
def test_the_longest_text_is_read_in_no_time(beginning: str) -> None:
    text = (beginning * 8192)[:8192]
    started = time.process_time()

    with pytest.raises(MalformedError):
        read_code(text)

    assert time.process_time() - started < 1
