from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from labels import zxing
from labels.symbol import MOST_BYTES, QUIET_ZONE, Symbol, encode, encode_data_matrix
from provenance.codes import Code
from provenance.errors import ConfigurationError, MalformedError
from tests.label_views import PRINTED, matrix

LINK = PRINTED


@pytest.fixture(params=["zxing-cpp", "qrcode"])
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which library draws: the fast one, or the one that is always there."""
    if request.param == "qrcode":
        monkeypatch.setattr(zxing, "_IS_INSTALLED", False)
    return str(request.param)


def read(symbol: Symbol) -> list[zxingcpp.Barcode]:
    picture = np.where(matrix(symbol), 0, 255).astype(np.uint8).repeat(4, 0).repeat(4, 1)
    return zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=120))
def test_a_symbol_reads_as_its_text(text: str) -> None:
    (seen,) = read(encode(text))

    assert seen.text == text


@pytest.mark.parametrize("text", [LINK, LINK.lower(), "0" * 40, "é€😀", "x" * MOST_BYTES])
@pytest.mark.usefixtures("library")
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
@pytest.mark.usefixtures("library")
def test_error_correction_is_raised_where_it_is_free(text: str, version: int, level: str) -> None:
    symbol = encode(text)

    assert (symbol.version, symbol.level) == (version, level)
    assert read(symbol)[0].ec_level == level


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=150))
def test_the_fast_library_needs_no_larger_symbol_and_no_lower_level(text: str) -> None:
    fast = encode(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zxing, "_IS_INSTALLED", False)
        slow = encode(text)

    # zxing-cpp cuts a text into segments at least as well, so its symbol may be smaller or better protected.
    assert (fast.side, "HQM".index(fast.level)) <= (slow.side, "HQM".index(slow.level))
    assert read(fast)[0].text == read(slow)[0].text == text


@given(st.text(st.sampled_from("ABC/:123"), min_size=1, max_size=100))
def test_a_symbol_is_a_square_with_a_light_quiet_zone(text: str) -> None:
    symbol = encode(text)
    modules = matrix(symbol)
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


def test_a_data_matrix_carries_the_elements() -> None:
    symbol = encode_data_matrix((("01", "09521234543213"), ("21", "AB23CD45EF67G"), ("10", "L7")))
    picture = np.where(matrix(symbol), 0, 255).astype(np.uint8).repeat(4, 0).repeat(4, 1)

    (seen,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.DataMatrix)

    assert seen.symbology_identifier == "]d2"
    assert seen.bytes == b"010952123454321321AB23CD45EF67G\x1d10L7"
    assert symbol.side == 24  # 22 and a quiet zone of one module


def test_a_data_matrix_needs_zxing_cpp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zxing, "_IS_INSTALLED", False)

    with pytest.raises(ConfigurationError) as refused:
        encode_data_matrix((("01", "09521234543213"),))

    assert refused.value.code is Code.READER_MISSING
