"""What goes where on a label.

Rules:

* a module is a whole number of dots and measures 0.396 to 0.990 mm, the largest that leaves the text readable;
* the symbol keeps its quiet zone; text stands beside it or beneath, whichever lets it be larger, 1.4 to 3 mm high;
* the text is the human-readable form, one line per element, and whatever the whole run says;
* what does not fit is refused. Nothing is cut off, laid over or made smaller than a phone or an eye can read;
* all labels of a run whose texts are about as wide look alike.

::

    +---------------------------+
    | # ## #   (01) 0952123454… |     the link in the symbol, its elements in letters,
    | ## # #   (21) AB23CD45EF… |     then lot or expiry where the caller adds them,
    | #  ###   Check: ID.EXAMPL…|     then the lines of the run
    +---------------------------+

GS1 General Specifications §4.14 (human-readable text), §5.12.3 (size of a module).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor

from labels.design import Carrier, Design, Label
from labels.drawing import METRE, Drawing, Mark, Text, dots_per_metre, millimetres, to_dots
from labels.links import printed_link
from labels.symbol import Symbol, encode, encode_data_matrix
from labels.typeface import EM
from provenance.codes import Code
from provenance.errors import MalformedError, RefusedError
from provenance.gs1.element_string import format_element_string
from provenance.gs1.elements import Elements, issue
from provenance.gs1.human_readable import format_lines
from provenance.gs1.identifiers import read_epc

LEAST_MODULE, AIMED_MODULE, MOST_MODULE = 396, 495, 990
"""Micrometres of a module: what GS1 allows, and aims at."""

_LEAST_TEXT, _GOOD_TEXT, _MOST_TEXT = 1400, 2000, 3000  # micrometres: how high letters are
_MARGIN = 1000  # micrometres of paper around the text, as a sheet is fed a little off
_LINE = 1.2  # from line to line, by the height of a letter
_BASELINE = 0.88
_STEP = 50  # widths are rounded up to this (1/1000 of a letter's height), so that labels look alike


def compose(label: Label, design: Design, *, width: int, height: int, resolution: int) -> Drawing:
    """The drawing of a label of this size in dots; refuses one that has no room for it.

    >>> compose(Label("https://id.example.org/01/09521234543213/21/S1"), Design(),
    ...         width=750, height=450, resolution=300).mark.dots
    11
    """
    symbol, says, lines = _contents(label, design)
    widths = [design.face.width(line) for line in lines]
    widest = ceil(max(widths) / _STEP) * _STEP
    space = _Space(width, height, resolution)
    dots, size, is_beside = _arrange(symbol.side, len(lines), widest, space)
    side, margin = symbol.side * dots, to_dots(_MARGIN, resolution)
    block = block_height(len(lines), size)
    if is_beside:
        room = width - margin - ceil(widest * size / EM)
        left, top = max(0, (room - side) // 2), (height - side) // 2
        texts = set_lines(lines, widths, size, left=left + side, top=(height - block) // 2)
    else:
        left, top = (width - side) // 2, max(0, (height - margin - block - side) // 2)
        texts = set_lines(lines, widths, size, left=margin, top=top + side, within=width - 2 * margin)
    return Drawing(width, height, resolution, Mark(symbol, left, top, dots, says), texts)


def compose_tight(label: Label, design: Design, *, resolution: int) -> Drawing:
    """The drawing of a label that is as large as it needs to be: modules of about 0.495 mm, the text beneath.

    >>> drawing = compose_tight(Label("https://id.example.org/01/09521234543213/21/S1"), Design(), resolution=300)
    >>> drawing.width, drawing.height, drawing.mark.dots
    (268, 292, 6)
    """
    symbol, says, lines = _contents(label, design)
    widths = [design.face.width(line) for line in lines]
    dots, size, margin = (to_dots(length, resolution) for length in (AIMED_MODULE, _GOOD_TEXT, _MARGIN))
    side = symbol.side * dots
    width = max(side, ceil(max(widths) * size / EM) + 2 * margin)
    texts = set_lines(lines, widths, size, left=0, top=side, within=width)
    height = side + block_height(len(lines), size) + margin
    return Drawing(width, height, resolution, Mark(symbol, (width - side) // 2, 0, dots, says), texts)


def text_sizes(resolution: int) -> Sequence[int]:
    """How high letters may be, in dots, the highest first."""
    least = ceil(_LEAST_TEXT * dots_per_metre(resolution) / METRE)
    return range(to_dots(_MOST_TEXT, resolution), least - 1, -1)


def block_height(lines: int, size: int) -> int:
    """How high so many lines are."""
    return ceil(lines * size * _LINE)


def set_lines(
    lines: Sequence[str], widths: Sequence[int], size: int, *, left: int, top: int, within: int = 0
) -> tuple[Text, ...]:
    """The lines one below the other, each in the middle of ``within``, or from the left where that is 0."""
    drawn = [ceil(width * size / EM) for width in widths]
    return tuple(
        Text(left + max(0, within - wide) // 2, top + floor((at * _LINE + _BASELINE) * size), size, wide, line)
        for at, (line, wide) in enumerate(zip(lines, drawn, strict=True))
    )


def no_room(width: int, height: int, resolution: int, what: str) -> RefusedError:
    """The refusal of a label that is too small."""
    across, down = (millimetres(dots, resolution) for dots in (width, height))
    return RefusedError(Code.LABEL_TOO_SMALL, f"{across:.1f} × {down:.1f} mm have no room for {what}")


def elements_of(label: Label) -> Elements:
    """The elements of the link, and those that only the eye gets; refuses any that may not stand together."""
    elements = read_epc(label.link).elements
    if repeated := {ai for ai, _ in elements} & {ai for ai, _ in label.elements}:
        raise MalformedError(Code.MALFORMED_ELEMENTS, f"({min(repeated)}) stands in the link already")
    return issue((*elements, *label.elements)) if label.elements else elements


def _contents(label: Label, design: Design) -> tuple[Symbol, str, tuple[str, ...]]:
    link, elements = printed_link(label.link), elements_of(label)
    lines = (*format_lines(elements), *design.lines)
    match design.carrier:
        case Carrier.QR:
            return encode(link), link, lines
        case Carrier.DATA_MATRIX:
            return encode_data_matrix(elements), format_element_string(elements), lines


@dataclass(frozen=True, slots=True)
class _Space:
    width: int
    height: int
    resolution: int


@lru_cache(maxsize=4096)  # the labels of a run differ in little
def _arrange(side: int, lines: int, widest: int, space: _Space) -> tuple[int, int, bool]:
    """Dots per module, dots per letter's height, and whether the text stands beside the symbol."""
    width, height, resolution = space.width, space.height, space.resolution
    margin = to_dots(_MARGIN, resolution)
    fitting = []
    for dots in range(min(width, height) // side, 0, -1):
        if not LEAST_MODULE <= dots * METRE / dots_per_metre(resolution) <= MOST_MODULE:
            continue
        beside = _largest(lines, widest, _Space(width - side * dots - margin, height - 2 * margin, resolution))
        beneath = _largest(lines, widest, _Space(width - 2 * margin, height - side * dots - margin, resolution))
        if found := max(beside, beneath):
            fitting.append((dots, found, beside >= beneath))
    if not fitting:
        raise no_room(width, height, resolution, f"a symbol of {side} modules and {lines} lines")
    good = to_dots(_GOOD_TEXT, resolution)
    return next((found for found in fitting if found[1] >= good), max(fitting, key=lambda found: found[1]))


def _largest(lines: int, widest: int, space: _Space) -> int:
    """The highest letters with which so many lines fit; 0 if none do."""
    return next(
        (
            size
            for size in text_sizes(space.resolution)
            if block_height(lines, size) <= space.height and ceil(widest * size / EM) <= space.width
        ),
        0,
    )
