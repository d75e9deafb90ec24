"""The letters on a label: a small font of our own making, with only those that are printed.

Rules:

* one TrueType program serves the PDF (embedded), the PNG and the ZPL graphic, so all look alike and measure alike;
* a letter comes from the font that Pillow carries (Aileron, CC0), which has all that GS1 allows in a serial, or else
  from the first of the caller's fonts that has it. None for Chinese, Japanese and Korean is shipped: one weighs 16 MB,
  and one that draws Han as every reader expects it does not exist;
* PostScript outlines, as Noto Sans CJK has them, become TrueType ones: reportlab embeds no others;
* a letter that no font has is refused, not printed as an empty box; so are scripts whose letters change with their
  neighbours or run from the right, as nothing here can set them;
* a font whose licence forbids to embed a part of it is refused (OpenType, OS/2 fsType).

OpenType 1.9.
"""

from __future__ import annotations

import hashlib
import io
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Transform
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.tables._g_l_y_f import Glyph
from PIL import ImageFont

from provenance.codes import Code
from provenance.errors import MalformedError, RefusedError

EM = 1000
"""Units of a letter's width and shape in its height."""

_ALWAYS = "".join(map(chr, range(0x20, 0x7F)))
_KINDS = {b"\0\1\0\0": "TrueType", b"true": "TrueType", b"OTTO": "OpenType", b"ttcf": "collection"}
_RESTRICTED = 0x0002 | 0x0100 | 0x0200  # no embedding, no subsetting, bitmaps only
_ASCENT, _DESCENT = 880, -120  # one em for every script, as CJK fonts have it
_BORN = 3_849_984_000  # some day of 2026, as OpenType counts from 1904
# What a damaged font makes fontTools raise; it promises nothing.
_DAMAGE = (
    TTLibError, struct.error, AssertionError, ArithmeticError, AttributeError, LookupError, NotImplementedError,
    OSError, RecursionError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Typeface:
    """Letters that can be printed: the font program that has them, and how wide each is."""

    program: bytes
    widths: Mapping[str, int]

    def width(self, text: str) -> int:
        """How wide a text is, in thousandths of its height; refuses a letter that is not in the program."""
        try:
            return sum([self.widths[letter] for letter in text])
        except KeyError as err:
            raise _missing(str(err.args[0])) from err


def typeface(texts: tuple[str, ...] = (), fonts: tuple[bytes, ...] = ()) -> Typeface:
    """The typeface for these texts and everything ASCII; refuses letters that no font has, and fonts that are none.

    >>> typeface().width("(21)")
    1790
    """
    return _made("".join(sorted(set(_ALWAYS).union(*texts))), fonts)


@lru_cache(maxsize=16)
def _made(letters: str, fonts: tuple[bytes, ...]) -> Typeface:
    for letter in letters:
        _check_plain(letter)
    try:
        return _merged(letters, [_built_in(), *map(_opened, fonts)], name=_named(letters, fonts))
    except _DAMAGE as err:
        raise MalformedError(Code.MALFORMED_FONT, f"a font is damaged: {type(err).__name__}") from err


def _check_plain(letter: str) -> None:
    if unicodedata.category(letter) in {"Mn", "Mc", "Me", "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or (
        unicodedata.bidirectional(letter) in {"R", "AL", "AN"}
    ):
        raise RefusedError(Code.MISSING_LETTER, f"U+{ord(letter):04X} cannot be set on a label")


def _built_in() -> TTFont:
    font = ImageFont.load_default(10)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise MalformedError(Code.MALFORMED_FONT, "this Pillow was built without FreeType")
    return TTFont(io.BytesIO(font.font_bytes), lazy=True)


def _opened(data: bytes) -> TTFont:
    if data[:4] not in _KINDS:
        raise MalformedError(Code.MALFORMED_FONT, f"{data[:4]!r} begins no TrueType or OpenType font")
    # The first of a collection; the others have the same letters in another country's shapes.
    font = TTFont(io.BytesIO(data), lazy=True, fontNumber=0)
    if "cmap" not in font:
        raise MalformedError(Code.MALFORMED_FONT, "a font has no letters")
    if "OS/2" in font and font["OS/2"].fsType & _RESTRICTED:
        raise RefusedError(Code.FONT_NOT_EMBEDDABLE, "the font may not be embedded (fsType)")
    return font


def _merged(letters: str, fonts: Sequence[TTFont], *, name: str) -> Typeface:
    maps = [font.getBestCmap() or {} for font in fonts]
    shapes, widths = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": EM // 2}
    for letter in letters:
        found = next((at for at, letters_of in enumerate(maps) if ord(letter) in letters_of), None)
        if found is None:
            raise _missing(letter)
        shapes[_name(letter)], widths[_name(letter)] = _glyph(fonts[found], maps[found][ord(letter)])
    program = _program(shapes, widths, {ord(letter): _name(letter) for letter in letters}, name=name)
    return Typeface(program, {letter: widths[_name(letter)] for letter in letters})


def _named(letters: str, fonts: tuple[bytes, ...]) -> str:
    # reportlab and printers keep fonts by name: two programs must never share one.
    contents = hashlib.sha256(letters.encode())
    for font in fonts:
        contents.update(hashlib.sha256(font).digest())
    return f"Label-{contents.hexdigest()[:24]}"


def _name(letter: str) -> str:
    return f"u{ord(letter):04X}"


def _glyph(font: TTFont, name: str) -> tuple[Glyph, int]:
    glyphs = font.getGlyphSet()
    scale = EM / font["head"].unitsPerEm
    drawn = DecomposingRecordingPen(glyphs)
    glyphs[name].draw(drawn)
    pen = TTGlyphPen(None)
    # PostScript outlines run the other way round, in cubic curves; a unit is 1/1000 of the letter: no eye sees one.
    cubic = "glyf" not in font
    drawn.replay(TransformPen(Cu2QuPen(pen, 1, reverse_direction=cubic), Transform().scale(scale, scale)))
    return pen.glyph(), min(4 * EM, max(0, round(glyphs[name].width * scale)))


def _program(shapes: Mapping[str, Glyph], widths: Mapping[str, int], letters: Mapping[int, str], *, name: str) -> bytes:
    builder = FontBuilder(EM, isTTF=True)
    builder.font.recalcTimestamp = False  # the same letters give the same file
    builder.setupHead(unitsPerEm=EM, created=_BORN, modified=_BORN)
    builder.setupGlyphOrder(list(shapes))
    builder.setupCharacterMap(dict(letters))
    builder.setupGlyf(dict(shapes))
    table = builder.font["glyf"]
    builder.setupHorizontalMetrics({name: (width, getattr(table[name], "xMin", 0)) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=_ASCENT, descent=_DESCENT)
    builder.setupNameTable({"familyName": "Label", "styleName": "Regular", "psName": name})
    builder.setupOS2(sTypoAscender=_ASCENT, sTypoDescender=_DESCENT, usWinAscent=_ASCENT, usWinDescent=-_DESCENT)
    builder.setupPost(keepGlyphNames=False)
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def _missing(letter: str) -> RefusedError:
    return RefusedError(Code.MISSING_LETTER, f"no font has the letter {letter} (U+{ord(letter):04X})")
