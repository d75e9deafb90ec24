from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels import zxing
from labels.drawing import Mark
from labels.matrix_reading import read_modules
from labels.reading import confirm, read
from labels.symbol import MOST_BYTES, QUIET_ZONE, Symbol, encode
from provenance.codes import Code
from provenance.errors import MalformedError
from tests.label_views import PRINTED


@given(st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=150))
def test_reads_what_zxing_cpp_drew(text: str) -> None:
    assert read_modules(encode(text).rows, quiet_zone=QUIET_ZONE) == text


@pytest.mark.parametrize("text", [PRINTED, "é€😀", "0", "12", "123", "A", "x" * MOST_BYTES, "7" * MOST_BYTES])
def test_reads_what_qrcode_drew(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zxing, "_IS_INSTALLED", False)

    assert read(encode(text).rows) == text


@given(data=st.data())
def test_one_wrong_module_is_never_another_text(data: st.DataObject) -> None:
    symbol = encode(PRINTED)
    y, x = (data.draw(st.integers(0, symbol.side - 1)) for _ in range(2))
    rows = [bytearray(row) for row in symbol.rows]
    rows[y][x] ^= 1

    try:
        text = read_modules(rows, quiet_zone=QUIET_ZONE)
    except MalformedError as err:
        assert err.code is Code.LABEL_UNREADABLE
    else:
        assert text == PRINTED  # a module of a finder or of the timing says nothing


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([bytes(37)] * 36, "a symbol is a square"),
        ([bytes(40)] * 40, "32 modules are no side of a symbol"),
        ([bytes(37)] * 37, "its format information is damaged"),
        ([b"\1" * 37] * 37, "a module of the quiet zone is dark"),
        ([], "0 modules"),
    ],
)
def test_refuses_what_is_no_symbol(rows: list[bytes], why: str) -> None:
    with pytest.raises(MalformedError, match=why) as refused:
        read_modules(rows, quiet_zone=QUIET_ZONE)

    assert refused.value.code is Code.LABEL_UNREADABLE


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_mark_that_says_something_else_stops_the_run(*, is_installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zxing, "_IS_INSTALLED", is_installed)
    symbol = encode(PRINTED)

    confirm(symbol.rows, Mark(symbol, 0, 0, 4, PRINTED))

    with pytest.raises(MalformedError) as refused:
        confirm(symbol.rows, Mark(symbol, 0, 0, 4, PRINTED[:-1] + "H"))
    assert refused.value.code is Code.LABEL_UNREADABLE


@pytest.mark.parametrize("is_installed", [True, False])
@pytest.mark.parametrize("place", [(0, 0), (3, 20), (20, 3), (20, 34), (34, 20)])
def test_a_speck_in_the_quiet_zone_stops_the_run(
    place: tuple[int, int], *, is_installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zxing, "_IS_INSTALLED", is_installed)
    symbol = encode(PRINTED)
    rows = [bytearray(row) for row in symbol.rows]
    rows[place[0]][place[1]] = 1

    with pytest.raises(MalformedError) as refused:
        confirm(rows, Mark(symbol, 0, 0, 4, PRINTED))

    assert refused.value.code is Code.LABEL_UNREADABLE


@pytest.mark.parametrize("is_installed", [True, False])
def test_an_empty_square_stops_the_run(*, is_installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zxing, "_IS_INSTALLED", is_installed)
    symbol = Symbol((bytes(37),) * 37, 3, "M")

    with pytest.raises(MalformedError) as refused:
        confirm(symbol.rows, Mark(symbol, 0, 0, 4, PRINTED))

    assert refused.value.code is Code.LABEL_UNREADABLE
