from __future__ import annotations

import io

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from labels.typeface import EM, _made, typeface
from provenance.codes import Code
from provenance.errors import MalformedError, RefusedError
from tests.label_views import chinese_font

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
FONT = chinese_font()


def postscript_font(letters: str, *, licence: int = 0) -> bytes:
    """A font of squares with PostScript outlines, as Noto Sans CJK has them, 2048 units high."""
    names = {ord(letter): f"g{number}" for number, letter in enumerate(letters)}
    builder = FontBuilder(2048, isTTF=False)
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap(names)
    pen = T2CharStringPen(2048, None)
    pen.moveTo((0, 0))
    for corner in (2048, 0), (2048, 2048), (0, 2048):
        pen.lineTo(corner)
    pen.closePath()
    drawn = pen.getCharString()
    builder.setupCFF("Squares", {}, dict.fromkeys([".notdef", *names.values()], drawn), {})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (2048, 0)))
    builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": "Squares"})
    builder.setupOS2(fsType=licence)
    builder.setupPost()
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def test_every_letter_of_a_serial_needs_no_other_font() -> None:
    face = typeface()

    assert all(face.widths[letter] > 0 for letter in CSET_82)
    assert face.width("(21)") == sum(face.widths[letter] for letter in "(21)")


def test_letters_our_font_lacks_come_from_the_callers() -> None:
    plain, face = typeface(), typeface(("验真",), (FONT,))

    drawn = ImageFont.truetype(io.BytesIO(face.program), 40)

    assert face.width("验真") == 2 * EM
    assert drawn.getmask("验").getbbox() != drawn.getmask("真").getbbox()
    assert face.widths["A"] == plain.widths["A"]  # a serial looks alike whatever stands beneath


def test_postscript_outlines_become_truetype_ones() -> None:
    face = typeface(("啊",), (postscript_font("啊"),))

    font = TTFont(io.BytesIO(face.program))
    square = font["glyf"][font.getBestCmap()[ord("啊")]]

    assert face.width("啊") == EM
    assert (square.xMin, square.yMin, square.xMax, square.yMax) == (0, 0, EM, EM)


def test_the_first_of_two_fonts_with_a_letter_gives_it() -> None:
    squares = postscript_font("验")

    assert typeface(("验",), (squares, FONT)).program != typeface(("验",), (FONT, squares)).program


def test_only_the_letters_used_are_in_the_program() -> None:
    assert len(typeface(("验真",), (FONT,)).program) < 60_000 < len(FONT)


def test_the_same_texts_give_the_same_program() -> None:
    first = typeface(("验真",), (FONT,)).program
    _made.cache_clear()

    assert typeface(("验真",), (FONT,)).program == first


@pytest.mark.parametrize(
    "text",
    [
        "验",  # no font given has it
        "שלום",  # from the right
        "مرحبا",
        "e\N{COMBINING ACUTE ACCENT}",
        "नमस्ते",  # letters that change with their neighbours
        "a\tb",
        "a\nb",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{ZERO WIDTH SPACE}",
        "\ud800",
        "\ue000",
        "😀",
    ],
)
def test_a_letter_that_cannot_be_printed_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        typeface((text,))

    assert refused.value.code is Code.MISSING_LETTER
    assert "U+" in refused.value.refusal.message


def test_a_letter_nobody_announced_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        typeface().width("验")

    assert refused.value.code is Code.MISSING_LETTER


@pytest.mark.parametrize("licence", [0x0002, 0x0100, 0x0200])
def test_a_font_that_may_not_be_embedded_is_refused(licence: int) -> None:
    with pytest.raises(RefusedError) as refused:
        typeface(("啊",), (postscript_font("啊", licence=licence),))

    assert refused.value.code is Code.FONT_NOT_EMBEDDABLE


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"OTTO", b"\0\1\0\0" + bytes(100), b"ttcf\0\1\0\0\0\0\0\xff"])
def test_what_is_no_font_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        typeface(("啊",), (data,))

    assert refused.value.code is Code.MALFORMED_FONT


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_font_is_refused_or_still_prints(data: st.DataObject) -> None:
    font = bytearray(postscript_font("啊"))
    for _ in range(data.draw(st.integers(1, 5))):
        font[data.draw(st.integers(0, len(font) - 1))] = data.draw(st.integers(0, 255))

    try:
        face = typeface(("啊",), (bytes(font),))
    except (MalformedError, RefusedError) as err:
        assert err.code in {Code.MALFORMED_FONT, Code.MISSING_LETTER, Code.FONT_NOT_EMBEDDABLE}
    else:
        assert 0 <= face.width("啊") <= 4 * EM
