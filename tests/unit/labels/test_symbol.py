from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from labels.symbol import MOST_BYTES, QUIET_ZONE, Symbol, encode
from provenance.codes import Code
from provenance.errors import MalformedError

LINK = "https://ID.EXAMPLE.ORG/01/09521234543213/21/AB23CD45EF67G"


def read(symbol: Symbol) -> list[zxingcpp.Barcode]:
    picture = np.where(np.array(symbol.rows), 0, 255).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    return zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120))
def test_a_symbol_reads_as_its_text(text: str) -> None:
    (seen,) = read(encode(text))

    assert seen.text == text


@pytest.mark.parametrize("text", [LINK, LINK.lower(), "0" * 40, "é€😀", "x" * MOST_BYTES])
def test_every_kind_of_text_is_read_back(text: str) -> None:
    (seen,) = read(encode(text))

    assert seen.text == text


def test_a_link_with_its_host_in_capitals_needs_a_smaller_symbol() -> None:
    assert encode(LINK).version == 3
    assert encode(LINK.replace("ID.EXAMPLE.ORG", "id.example.org")).version == 4


@pytest.mark.parametrize(
    ("text", "version", "level"),
    [("A", 1, "H"), ("A" * 16, 1, "Q"), ("A" * 17, 1, "M"), ("A" * 20, 1, "M"), ("A" * 21, 2, "Q"), (LINK, 3, "M")],
)
def test_error_correction_is_raised_where_it_is_free(text: str, version: int, level: str) -> None:
    symbol = encode(text)

    assert (symbol.version, symbol.level) == (version, level)
    assert read(symbol)[0].ec_level == level


@given(st.text(st.sampled_from("ABC/:123"), min_size=1, max_size=100))
def test_a_symbol_is_a_square_with_a_light_quiet_zone(text: str) -> None:
    symbol = encode(text)
    modules = np.array(symbol.rows)
    inner = modules[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE]

    assert modules.shape == (symbol.side, symbol.side)
    assert symbol.side == 17 + 4 * symbol.version + 2 * QUIET_ZONE
    assert modules.sum() == inner.sum()
    assert inner[0, :7].all()
    assert inner[:7, 0].all()


def test_the_same_text_gives_the_same_symbol() -> None:
    assert encode(LINK) == encode(LINK)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.MALFORMED_TEXT),
        ("\ud800", Code.MALFORMED_TEXT),
        ("x" * (MOST_BYTES + 1), Code.TOO_LARGE),
        ("é" * MOST_BYTES, Code.TOO_LARGE),
        ("x" * 10_000_000, Code.TOO_LARGE),
    ],
)
def test_refuses_what_is_no_label(text: str, code: Code) -> None:
    with pytest.raises(MalformedError) as refused:
        encode(text)

    assert refused.value.code is code
