from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.elements import Elements
from provenance.gs1.scan_data import Scan, Symbology, format_scan, parse_scan
from tests.gs1_values import messages

GS1 = [
    Symbology.GS1_QR,
    Symbology.GS1_DATA_MATRIX,
    Symbology.GS1_DOTCODE,
    Symbology.GS1_128,
    Symbology.DATABAR,
]


@given(messages(), st.sampled_from(GS1))
def test_a_scan_of_elements_comes_back_as_it_was(elements: Elements, symbology: Symbology) -> None:
    scan = Scan(symbology, elements)

    assert parse_scan(format_scan(scan)) == scan


@given(st.text(max_size=50), st.sampled_from([Symbology.QR, Symbology.DATA_MATRIX, Symbology.DOTCODE]))
def test_a_scan_of_any_text_comes_back_as_it_was(text: str, symbology: Symbology) -> None:
    scan = Scan(symbology, text=text)

    assert parse_scan(format_scan(scan)) == scan


@pytest.mark.parametrize("data", ["]E09521234543213", "]E496385074"])
def test_a_scan_of_a_retail_barcode_comes_back_as_it_was(data: str) -> None:
    assert format_scan(parse_scan(data)) == data


@given(st.text(max_size=30) | st.from_regex(r"\](Q3|d2|J1|C1|e0|E0|E4)[0-9]{0,20}"))
def test_any_text_is_taken_or_refused_in_our_words(data: str) -> None:
    try:
        scan = parse_scan(data)
    except MalformedError:
        return
    assert scan.symbology == data[:3]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("", Code.MALFORMED_ELEMENTS),
        ("]", Code.MALFORMED_ELEMENTS),
        ("]X9x", Code.MALFORMED_ELEMENTS),
        ("]C1", Code.MALFORMED_ELEMENTS),
        ("]E0952123454321", Code.WRONG_LENGTH),
        ("]E09521234543214", Code.BAD_CHECK_DIGIT),
        ("]Q3" + "0" * 10_000_000, Code.MALFORMED_ELEMENTS),
    ],
)
def test_a_broken_scan_is_refused(data: str, code: Code) -> None:
    with pytest.raises(MalformedError) as caught:
        parse_scan(data)

    assert caught.value.code is code


@pytest.mark.parametrize(
    "elements",
    [
        (("01", "19521234543210"),),
        (("01", "09521234543213"), ("21", "S1")),
        (("00", "095212340000000013"),),
    ],
)
def test_a_retail_barcode_carries_a_gtin_of_its_length_alone(elements: Elements) -> None:
    with pytest.raises(MalformedError) as caught:
        format_scan(Scan(Symbology.EAN_13, elements))

    assert caught.value.code is Code.MALFORMED_ELEMENTS
