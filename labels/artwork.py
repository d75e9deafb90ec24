"""What is printed on a thing: its QR, and the same in letters beneath.

Rules:

* a symbol is dark on light with its quiet zone drawn; nothing is ever laid over it;
* in a PNG a module is a whole number of dots, so no printer has to round one;
* the link is printed with its host in capitals: after ``https`` the symbol then needs only its
  alphanumeric mode, and is one size smaller at no cost. The scheme stays in small letters, as some
  readers know no other;
* beneath stands the human-readable form, one line per element: ``(01)09521234543213`` ``(21)AB23CD``.

GS1 General Specifications §4.14 (human-readable text) and §5.12.3 (0.396 to 0.990 mm per module).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw, ImageFont

from labels.symbol import QUIET_ZONE, Symbol, encode
from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.identifiers import read_epc

MODULE_MICROMETRES = 495  # the size GS1 aims at; the least is 396
MOST_DOTS = 64

_LINK = re.compile(r"(https?)://([A-Za-z0-9.-]+(?::[0-9]+)?)(/.*)")
_LETTER = 4  # modules: the height of a letter, 2 mm
_LINE = 5  # modules from one line to the next
_ADVANCE = 0.6  # of its height: how wide a letter of a monospaced face is


def printed_link(digital_link: str) -> str:
    """The link as it stands in the symbol; refuses what is no GS1 Digital Link URI.

    >>> printed_link("https://id.example.org/01/09521234543213/21/AB23cd")
    'https://ID.EXAMPLE.ORG/01/09521234543213/21/AB23cd'
    """
    read_epc(digital_link)
    match = _LINK.fullmatch(digital_link)
    if not match:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"{digital_link[:80]!r} is no http link")
    scheme, host, path = match.groups()
    return f"{scheme}://{host.upper()}{path}"


def qr_svg(text: str) -> str:
    """The symbol of a text as an SVG document, 0.495 mm per module."""
    symbol = encode(text)
    return _svg(symbol.side, symbol.side, text, (_outline(symbol, 0),))


def qr_png(text: str, *, dots: int = 8) -> bytes:
    """The symbol of a text as a black-and-white PNG with 1 to 64 dots per module."""
    symbol = encode(text)
    image = _paper(symbol.side, symbol.side, dots)
    _draw(image, symbol, dots, 0)
    return _png(image, dots)


def item_label_svg(digital_link: str) -> str:
    """The label of an item, lot or unit as an SVG document: its symbol and the text beneath."""
    label = _label(digital_link)
    middle = label.width / 2
    texts = (
        f'<text x="{middle:g}" y="{label.symbol.side + index * _LINE + _LETTER - 1}" font-size="{_LETTER}" '
        f'font-family="monospace" text-anchor="middle" textLength="{len(line) * _LETTER * _ADVANCE:g}" '
        f'lengthAdjust="spacingAndGlyphs">{escape(line)}</text>'
        for index, line in enumerate(label.lines)
    )
    return _svg(label.width, label.height, " ".join(label.lines), (_outline(label.symbol, label.left), *texts))


def item_label_png(digital_link: str, *, dots: int = 8) -> bytes:
    """The label of an item, lot or unit as a black-and-white PNG with 1 to 64 dots per module."""
    label = _label(digital_link)
    image = _paper(label.width, label.height, dots)
    _draw(image, label.symbol, dots, label.left)
    pen = ImageDraw.Draw(image)
    room = (label.width - 2 * QUIET_ZONE) * dots
    for index, line in enumerate(label.lines):
        place = image.width / 2, (label.symbol.side + index * _LINE) * dots
        pen.text(place, line, fill=0, font=_font(line, _LETTER * dots, room), anchor="ma")
    return _png(image, dots)


def terminal(text: str) -> str:
    """The symbol of a text in half-block letters, for a terminal with light letters on dark."""
    rows = encode(text).rows
    below = (*rows[1::2], (True,) * len(rows))  # the side of a symbol is odd
    # Light modules are the ones drawn: on a dark screen the quiet zone is light, as a reader wants it.
    return "".join(
        "".join(" ▄▀█"[2 * (not over) + (not under)] for over, under in zip(*pair, strict=True)) + "\n"
        for pair in zip(rows[::2], below, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Label:
    symbol: Symbol
    lines: tuple[str, ...]
    width: int
    height: int

    @property
    def left(self) -> int:
        return (self.width - self.symbol.side) // 2


def _label(digital_link: str) -> _Label:
    symbol = encode(printed_link(digital_link))
    lines = tuple(f"({ai}){value}" for ai, value in read_epc(digital_link).elements)
    written = ceil(max(len(line) for line in lines) * _LETTER * _ADVANCE) + 2 * QUIET_ZONE
    return _Label(symbol, lines, max(symbol.side, written), symbol.side + len(lines) * _LINE)


def _outline(symbol: Symbol, left: int) -> str:
    # One path with a rectangle per run of dark modules: no hairlines between neighbours, a tenth of the size.
    steps = []
    for y, row in enumerate(symbol.rows):
        x = left
        for dark, run in groupby(row):
            width = len(tuple(run))
            if dark:
                steps.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return f'<path shape-rendering="crispEdges" d="{"".join(steps)}"/>'


def _svg(width: int, height: int, name: str, shapes: Iterable[str]) -> str:
    across, down = (f"{modules * MODULE_MICROMETRES / 1000:.3f}mm" for modules in (width, height))
    # XML has no way at all to write most control characters.
    shown = quoteattr("".join(letter if letter.isprintable() else "\ufffd" for letter in name))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label={shown}><path fill="#fff" d="M0 0h{width}v{height}H0z"/>{"".join(shapes)}</svg>\n'
    )


def _paper(width: int, height: int, dots: int) -> Image.Image:
    if not 1 <= dots <= MOST_DOTS:
        raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_DOTS} dots per module, not {dots}")
    return Image.new("1", (width * dots, height * dots), 1)


def _draw(image: Image.Image, symbol: Symbol, dots: int, left: int) -> None:
    modules = Image.new("1", (symbol.side, symbol.side))
    modules.putdata([255 * (not dark) for row in symbol.rows for dark in row])
    size = symbol.side * dots
    image.paste(modules.resize((size, size), Image.Resampling.NEAREST), (left * dots, 0))


def _font(line: str, size: int, room: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    font = ImageFont.load_default(size)
    # The built-in face is not monospaced: a serial of twenty W would leave the label.
    return font if font.getlength(line) <= room else ImageFont.load_default(size * room / font.getlength(line))


def _png(image: Image.Image, dots: int) -> bytes:
    per_inch = dots * 25_400 / MODULE_MICROMETRES  # printed at its own size, a module measures 0.495 mm
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(per_inch, per_inch))
    return out.getvalue()
