"""Labels on sheets and rolls, and the page that shows where a printer puts them.

Rules:

* labels are taken one by one, and a document is given out as soon as it is full: a hundred thousand need no more
  memory than five thousand, and a printer that stops in the middle has lost one file and not all;
* a label and the one with its hidden code are neighbours, on the same page where a page has room for two at all;
* nothing is given out before every symbol in it was read back out of the finished document;
* where a label is refused, nothing more comes; what was given out before is whole, and the caller's to keep or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labels.composition import compose
from labels.design import Design, Label
from labels.drawing import Drawing, to_dots
from labels.hidden import compose_hidden
from labels.pdf import RESOLUTION, Document
from labels.templates import Sheet
from provenance.codes import Code
from provenance.errors import MalformedError

LABELS_PER_DOCUMENT = 5000
MOST_COPIES = 1000
MOST_SHIFT = 10_000
"""Micrometres; a printer that is more than a centimetre off needs another cure."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where labels go: the format, the first label to use of its first page, how often each is printed, the shift.

    The shift is to the right and down, in micrometres.

    >>> from labels.templates import SHEETS
    >>> Layout(SHEETS["L7160"], start_at=22)
    Traceback (most recent call last):
    provenance.errors.MalformedError: wrong-value: L7160 has labels 1 to 21, not 22
    """

    sheet: Sheet
    start_at: int = 1
    copies: int = 1
    shift: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.sheet.place(self.start_at)
        if not 1 <= self.copies <= MOST_COPIES:
            raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_COPIES} copies, not {self.copies}")
        if any(abs(micrometres) > MOST_SHIFT for micrometres in self.shift):
            raise MalformedError(Code.WRONG_VALUE, f"a shift of up to {MOST_SHIFT // 1000} mm, not {self.shift}")


@dataclass(frozen=True, slots=True)
class Printed:
    """A document, how many labels and pages it has, and with which label of its last page the next run may start."""

    data: bytes
    labels: int
    pages: int
    next_start: int


def write_sheets(labels: Iterable[Label], design: Design, layout: Layout) -> Iterator[Printed]:
    """The labels as PDF documents of at most five thousand labels; a label with a hidden code counts as two.

    Refuses a format too small for a label, and whatever does not read back. Links are checked as they come.

    >>> from labels.templates import SHEETS
    >>> links = [f"https://id.example.org/01/09521234543213/21/S{n}" for n in range(20)]
    >>> (printed,) = write_sheets(map(Label, links), Design(), Layout(SHEETS["L7160"], start_at=3))
    >>> printed.labels, printed.pages, printed.next_start
    (20, 2, 2)
    """
    pages = _Pages(design, layout, layout.start_at)
    for label in labels:
        drawings = _drawings(label, design, layout.sheet)
        for _ in range(layout.copies):
            if pages.labels + len(drawings) > LABELS_PER_DOCUMENT and pages.is_full:
                yield pages.finish()
                pages = _Pages(design, layout, 1)
            pages.add(drawings)
    if pages.labels:
        yield pages.finish()


def calibration(layout: Layout) -> bytes:
    """One page with the outline and number of every label, and a ruler in millimetres along two edges.

    Printed on plain paper at true size and held against a sheet of labels, it shows the shift to give.
    """
    sheet, face = layout.sheet, Design(lines=(f"{layout.sheet.name}: print at 100 %",)).face
    width, height = to_dots(sheet.page_width, RESOLUTION), to_dots(sheet.page_height, RESOLUTION)
    document = Document(width=width, height=height, face=face)
    for number in range(1, sheet.count + 1):
        left, top = _corner(layout, number)
        wide, high = to_dots(sheet.width, RESOLUTION), to_dots(sheet.height, RESOLUTION)
        document.frame(left=left, top=top, width=wide, height=high)
        document.write(str(number), left=left + wide // 2, baseline=top + high // 2, size=36)
        if number == 1:
            document.write(f"{sheet.name}: print at 100 %", left=left + 110, baseline=top + 110, size=28)
    for along in range(sheet.page_width // 1000 + 1):
        x = to_dots(along * 1000, RESOLUTION)
        document.line((x, 0), (x, _tick(along)))
    for along in range(sheet.page_height // 1000 + 1):
        y = to_dots(along * 1000, RESOLUTION)
        document.line((0, y), (_tick(along), y))
    return document.finish()


class _Pages:
    """A document under way: the next free label, and how much is on it."""

    def __init__(self, design: Design, layout: Layout, number: int) -> None:
        self._layout = layout
        self._number = number
        self._pages = 1
        self.labels = 0
        sheet = layout.sheet
        width, height = to_dots(sheet.page_width, RESOLUTION), to_dots(sheet.page_height, RESOLUTION)
        self._document = Document(width=width, height=height, face=design.face)

    @property
    def is_full(self) -> bool:
        """The last page has no label left."""
        return self._number > self._layout.sheet.count

    def add(self, drawings: tuple[Drawing, ...]) -> None:
        count = self._layout.sheet.count
        for at, drawing in enumerate(drawings):
            if count - self._number + 1 < min(count, len(drawings) - at):
                self._document.next_page()
                self._number = 1
                self._pages += 1
            left, top = _corner(self._layout, self._number)
            self._document.draw(drawing, left=left, top=top)
            self._number += 1
            self.labels += 1

    def finish(self) -> Printed:
        count = self._layout.sheet.count
        return Printed(self._document.finish(), self.labels, self._pages, (self._number - 1) % count + 1)


def _corner(layout: Layout, number: int) -> tuple[int, int]:
    left, top = layout.sheet.place(number)
    return to_dots(left + layout.shift[0], RESOLUTION), to_dots(top + layout.shift[1], RESOLUTION)


def _drawings(label: Label, design: Design, sheet: Sheet) -> tuple[Drawing, ...]:
    width, height = to_dots(sheet.width, RESOLUTION), to_dots(sheet.height, RESOLUTION)
    shown = compose(label, design, width=width, height=height, resolution=RESOLUTION)
    if not label.hidden:
        return (shown,)
    return shown, compose_hidden(label, design, width=width, height=height, resolution=RESOLUTION)


def _tick(millimetres: int) -> int:
    return 72 if millimetres % 10 == 0 else 48 if millimetres % 5 == 0 else 24
