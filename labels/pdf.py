"""Drawings on the pages of a PDF, and the symbols taken out of the finished file again.

Rules:

* every coordinate is a whole number of dots of 1/300 inch, counted from the page's lower left corner as PDF has it;
* a symbol is one path of rectangles, filled once: no hairline between two modules, sharp at any size;
* the letters are embedded with the file, those that are used and no others;
* a viewer is asked to print at the true size; the same drawings give the same bytes;
* no text of a label becomes part of an operator: symbols are numbers, and letters go through reportlab's own escaping.

A symbol in a page, its modules counted from its upper left corner::

    q 5 0 0 -5 120 3400 cm 4 4 7 1 re 13 4 2 1 re … f Q

ISO 32000-1 §8.5; https://www.reportlab.com.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from labels.drawing import Drawing, Mark
from labels.reading import Rows, confirm, unreadable
from labels.symbol import Symbol
from labels.typeface import Typeface

RESOLUTION = 300

_POINTS = 72 / RESOLUTION
_DARK = re.compile(rb"\x01+")
_STREAM = re.compile(rb"/Filter \[ /FlateDecode \] /Length (\d+)\s*>>\s*stream\r?\n")
_MARK = re.compile(rb"^q (\d+) 0 0 -\1 \d+ \d+ cm ((?:\d+ \d+ \d+ 1 re )+)f Q$", re.MULTILINE)

# Every stream would be written in letters, for mail of the last century: a quarter more, and slowly.
rl_config.useA85 = 0


class Document:
    """A PDF under way, its pages in dots; ``finish`` gives its bytes."""

    def __init__(self, *, width: int, height: int, face: Typeface) -> None:
        self._out = io.BytesIO()
        self._height = height
        self._font = _font_name(face.program)
        size = width * _POINTS, height * _POINTS
        self._canvas = Canvas(
            self._out,
            size,
            pageCompression=1,
            invariant=1,
            initialFontName=self._font,  # type: ignore[arg-type]  # the stubs take a name for a number
        )
        self._canvas.setViewerPreference("PrintScaling", "None")
        self._marks: list[Mark] = []
        self._open_page()

    def draw(self, drawing: Drawing, *, left: int, top: int) -> None:
        """Draw a label with its upper left corner at this place."""
        if (mark := drawing.mark) is not None:
            self._marks.append(mark)
            place = left + mark.left, self._height - top - mark.top
            self._canvas.addLiteral(f"q {mark.dots} 0 0 -{mark.dots} {place[0]} {place[1]} cm {_path(mark.symbol)}f Q")
        pen = self._canvas.beginText()
        for text in drawing.texts:
            pen.setFont(self._font, text.size, text.size)
            pen.setTextOrigin(left + text.left, self._height - top - text.baseline)
            pen.textOut(text.text)
        self._canvas.drawText(pen)

    def frame(self, *, left: int, top: int, width: int, height: int) -> None:
        """Draw the outline of a rectangle."""
        self._canvas.rect(left, self._height - top - height, width, height)

    def line(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw a line between two points, each from the left and from the top."""
        self._canvas.line(start[0], self._height - start[1], end[0], self._height - end[1])

    def write(self, text: str, *, left: int, baseline: int, size: int) -> None:
        """Write a text; refuses nothing, as the typeface was made for it."""
        self._canvas.setFont(self._font, size)
        self._canvas.drawString(left, self._height - baseline, text)

    def next_page(self) -> None:
        """End a page and begin another."""
        self._canvas.showPage()
        self._open_page()

    def finish(self) -> bytes:
        """The file, after each symbol was read back out of it; refuses one that does not read as it should."""
        self._canvas.showPage()
        self._canvas.save()
        data = self._out.getvalue()
        _confirm_all(data, self._marks)
        return data

    def _open_page(self) -> None:
        self._canvas.scale(_POINTS, _POINTS)


def _confirm_all(data: bytes, marks: list[Mark]) -> None:
    found = _marks_in(data)
    for mark in marks:
        dots, path = next(found, (0, b""))
        if dots != mark.dots:
            raise unreadable("a symbol is missing from the file, or in another size or order")
        confirm(_modules(path, mark.symbol.side), mark)
    if next(found, None):
        raise unreadable("a symbol is in the file that was not drawn")


def _marks_in(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Dots per module and path of every symbol in a file of ours, page by page."""
    for stream in _STREAM.finditer(data):
        try:
            operators = zlib.decompress(data[stream.end() : stream.end() + int(stream[1])])
        except zlib.error as err:
            raise unreadable("a page is damaged") from err
        for mark in _MARK.finditer(operators):
            yield int(mark[1]), mark[2]


class _Rectangles(dict[tuple[int, int], str]):
    """The operand of a run of dark modules, by where it begins and ends in the symbol; most come a thousand times."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side

    def __missing__(self, run: tuple[int, int]) -> str:
        y, x = divmod(run[0], self._side)
        self[run] = f"{x} {y} {run[1] - run[0]} 1 re "
        return self[run]


class _Runs(dict[bytes, tuple[int, int]]):
    """The other way round."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self._side = side

    def __missing__(self, operand: bytes) -> tuple[int, int]:
        x, y, width = map(int, operand.split())
        if y >= self._side or x + width > self._side:
            raise unreadable("a module lies outside its symbol")
        start = y * self._side + x
        self[operand] = start, start + width
        return self[operand]


_rectangles, _runs = lru_cache(maxsize=64)(_Rectangles), lru_cache(maxsize=64)(_Runs)


def _path(symbol: Symbol) -> str:
    operands = _rectangles(symbol.side)
    # The quiet zone parts the rows, so no run goes on into the next.
    return "".join([operands[run.span()] for run in _DARK.finditer(b"".join(symbol.rows))])


def _modules(path: bytes, side: int) -> Rows:
    runs, modules = _runs(side), bytearray(side * side)
    for operand in path.split(b" 1 re ")[:-1]:
        start, end = runs[operand]
        modules[start:end] = b"\x01" * (end - start)
    return [modules[at : at + side] for at in range(0, side * side, side)]


@lru_cache(maxsize=16)
def _font_name(program: bytes) -> str:
    """The name under which reportlab knows a font program."""
    name = f"Label-{hashlib.sha256(program).hexdigest()[:16]}"
    pdfmetrics.registerFont(TTFont(name, io.BytesIO(program)))
    return name
