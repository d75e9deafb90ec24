"""One label, or one symbol alone: on a page, in a file, and in a terminal.

Rules:

* it is as large as it needs to be, with modules of 0.5 mm, the size GS1 aims at;
* the symbol is dark on light with its quiet zone drawn; nothing is ever laid over it;
* beneath stands the human-readable form, one line per element: ``(01) 09521234543213``, ``(21) AB23CD``.

GS1 General Specifications §4.14 (human-readable text) and §5.12.3 (0.396 to 0.990 mm per module).
"""

from __future__ import annotations

from labels.composition import AIMED_MODULE, compose_tight
from labels.design import Design, Label
from labels.drawing import Drawing, Mark, to_dots
from labels.picture import png
from labels.symbol import encode
from labels.vector import svg

RESOLUTION = 300


def item_label_svg(digital_link: str) -> str:
    """The label of an item, lot or unit as an SVG document: its symbol and the text beneath."""
    return svg(compose_tight(Label(digital_link), Design(), resolution=RESOLUTION))


def item_label_png(digital_link: str) -> bytes:
    """The label of an item, lot or unit as a black-and-white PNG."""
    design = Design()
    return png(compose_tight(Label(digital_link), design, resolution=RESOLUTION), design.face)


def symbol_svg(text: str) -> str:
    """The symbol of a text alone, with nothing beneath it, as an SVG document."""
    return svg(_alone(text))


def symbol_png(text: str) -> bytes:
    """The symbol of a text alone as a black-and-white PNG."""
    return png(_alone(text), Design().face)


def terminal(text: str) -> str:
    """The symbol of a text in half-block letters, for a terminal with light letters on dark."""
    rows = encode(text).rows
    below = (*rows[1::2], b"\1" * len(rows))  # the side of a symbol is odd
    # Light modules are the ones drawn: on a dark screen the quiet zone is light, as a reader wants it.
    return "".join(
        "".join(" ▄▀█"[2 * (not over) + (not under)] for over, under in zip(*pair, strict=True)) + "\n"
        for pair in zip(rows[::2], below, strict=True)
    )


def _alone(text: str) -> Drawing:
    symbol, dots = encode(text), to_dots(AIMED_MODULE, RESOLUTION)
    side = symbol.side * dots
    return Drawing(side, side, RESOLUTION, Mark(symbol, 0, 0, dots, text), ())
