"""A drawing as an SVG document, for screens and for those who lay out packaging.

Rules:

* it says its true size in millimetres; a symbol is one path, so no hairline shows between two modules;
* text stays text: it can be read aloud, and is as wide as it was measured, whatever font shows it;
* nothing of a label can become markup, and characters that XML cannot write are none that a label takes;
* the finished document is read again before it is given out.

SVG 1.1; XML 1.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from labels.drawing import Drawing, Mark, Text, millimetres
from labels.reading import confirm, unreadable
from labels.symbol import Symbol

_DARK = re.compile(rb"\x01+")
# No text has a < in a document, so none is taken for a symbol.
_PATH = re.compile(
    r'<path shape-rendering="crispEdges" transform="translate\((\d+) (\d+)\) scale\((\d+)\)" d="([Mhvz0-9 -]*)"'
)
_RUN = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\3z")


def svg(drawing: Drawing) -> str:
    """The drawing as a document; refuses to give out one that does not read.

    >>> from labels.composition import compose_tight
    >>> from labels.design import Design, Label
    >>> svg(compose_tight(Label("https://id.example.org/01/09521234543213/21/S1"), Design(), resolution=300))[:91]
    '<svg xmlns="http://www.w3.org/2000/svg" width="22.691mm" height="24.723mm" viewBox="0 0 268'
    """
    across, down = (millimetres(dots, drawing.resolution) for dots in (drawing.width, drawing.height))
    shapes = [_symbol(drawing.mark)] if drawing.mark else []
    name = quoteattr(" ".join(text.text for text in drawing.texts))
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across:.3f}mm" height="{down:.3f}mm" '
        f'viewBox="0 0 {drawing.width} {drawing.height}" role="img" aria-label={name}>'
        f'<path fill="#fff" d="M0 0h{drawing.width}v{drawing.height}H0z"/>'
        f"{''.join((*shapes, *map(_text, drawing.texts)))}</svg>\n"
    )
    _check(document, drawing.mark)
    return document


def _check(document: str, mark: Mark | None) -> None:
    found = _PATH.findall(document)
    if mark is None:
        if found:
            raise unreadable("a symbol is in the document that was not drawn")
        return
    if [tuple(map(int, place)) for *place, _ in found] != [(mark.left, mark.top, mark.dots)]:
        raise unreadable("the symbol is not where it was drawn")
    side = mark.symbol.side
    rows = [bytearray(side) for _ in range(side)]
    for x, y, width in ((int(part) for part in run) for run in _RUN.findall(found[0][3])):
        rows[y][x : x + width] = b"\x01" * width
    confirm(rows, mark)


def _symbol(mark: Mark) -> str:
    return (
        f'<path shape-rendering="crispEdges" transform="translate({mark.left} {mark.top}) scale({mark.dots})" '
        f'd="{"".join(_runs(mark.symbol))}"/>'
    )


def _runs(symbol: Symbol) -> Iterable[str]:
    for y, row in enumerate(symbol.rows):
        for run in _DARK.finditer(row):
            width = run.end() - run.start()
            yield f"M{run.start()} {y}h{width}v1h-{width}z"


def _text(text: Text) -> str:
    return (
        f'<text x="{text.left}" y="{text.baseline}" font-size="{text.size}" font-family="sans-serif" '
        f'textLength="{text.width}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text.text)}</text>'
    )
