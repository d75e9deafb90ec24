"""Where the labels of a sheet are: the common formats, measured in micrometres.

Rules:

* a format is a grid: the page, how many labels across and down, where the first one begins, from one to the next, and
  how large each is; labels do not overlap and do not leave the page;
* a label is counted from 1, row by row from the top left, as the maker prints it on the box;
* a roll is a page with one label;
* the sizes are those the makers publish. A printer may feed a sheet up to a millimetre off: print the calibration page
  on plain paper first, hold it against a sheet of labels, and give the shift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from provenance.codes import Code
from provenance.errors import MalformedError

LARGEST = 1_200_000
"""Micrometres: the widest page, A0 across."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A format; refuses one whose labels overlap, leave the page or are none.

    >>> SHEETS["L7160"].count
    21
    >>> SHEETS["L7160"].place(5)
    (73240, 53240)
    """

    name: str
    page_width: int
    page_height: int
    columns: int
    rows: int
    left: int
    top: int
    across: int
    down: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if not (0 < self.page_width <= LARGEST and 0 < self.page_height <= LARGEST):
            raise MalformedError(Code.WRONG_VALUE, f"a page measures up to {LARGEST // 1000} mm")
        if min(self.columns, self.rows, self.width, self.height) < 1 or min(self.left, self.top) < 0:
            raise MalformedError(Code.WRONG_VALUE, f"{self.name} has no label, or begins outside the page")
        if (self.columns > 1 and self.across < self.width) or (self.rows > 1 and self.down < self.height):
            raise MalformedError(Code.WRONG_VALUE, f"the labels of {self.name} overlap")
        right = self.left + (self.columns - 1) * self.across + self.width
        bottom = self.top + (self.rows - 1) * self.down + self.height
        if right > self.page_width or bottom > self.page_height:
            raise MalformedError(Code.WRONG_VALUE, f"the labels of {self.name} leave the page")

    @property
    def count(self) -> int:
        """How many labels a page has."""
        return self.columns * self.rows

    def place(self, number: int) -> tuple[int, int]:
        """The left and upper edge of a label, counted from 1."""
        if not 1 <= number <= self.count:
            raise MalformedError(Code.WRONG_VALUE, f"{self.name} has labels 1 to {self.count}, not {number}")
        row, column = divmod(number - 1, self.columns)
        return self.left + column * self.across, self.top + row * self.down


def roll(*, width: int, height: int) -> Sheet:
    """A roll whose labels have this size, in micrometres.

    >>> roll(width=50_000, height=25_000).count
    1
    """
    return Sheet("roll", width, height, 1, 1, 0, 0, width, height, width, height)


def find_sheet(name: str) -> Sheet:
    """The format with this name, whatever spaces and letters it is written in; refuses an unknown one.

    >>> find_sheet("l 7160").name
    'L7160'
    """
    found = SHEETS.get("".join(name.upper().split())[:20])
    if found is None:
        raise MalformedError(Code.UNKNOWN_SHEET, f"{name[:40]!r} is none of {', '.join(SHEETS)}")
    return found


_PAGES = {"A4": ("210", "297"), "Letter": ("215.9", "279.4")}

# name, page, labels across × down, first label from left and top, from one to the next across and down, size (mm)
_TABLE = """
L7160   A4      3 7    7.2    15.14  66.04   38.1    63.5    38.1
L7161   A4      3 6    7.21   8.7    66.04   46.6    63.5    46.6
L7162   A4      2 8    4.67   12.9   101.6   33.9    99.06   33.9
L7163   A4      2 7    4.67   15.14  101.6   38.1    99.06   38.1
L7165   A4      2 4    4.67   13.04  101.6   67.73   99.06   67.73
L7651   A4      5 13   4.75   10.7   40.64   21.2    38.1    21.2
L7654   A4      4 10   9.7    21.5   48.3    25.4    45.7    25.4
L4732   A4      5 16   11     13     38.1    16.9    35.6    16.9
4464    A4      3 8    0      0.5    70      37      70      37
4606    A4      5 13   10     10.7   38      21.2    38      21.2
4608    A4      4 11   8.4    8.8    48.3    25.4    48.3    25.4
4677    A4      3 7    6.75   15.15  66.5    38.1    63.5    38.1
3474    A4      3 8    0      0.5    70      37      70      37
3475    A4      3 8    0      4.5    70      36      70      36
3477    A4      2 7    0      5      105     41      105     41
3490    A4      3 8    0      4.5    70      36      70      36
3651    A4      4 10   0      0      52.5    29.7    52.5    29.7
3659    A4      2 6    8      21.6   97      42.3    97      42.3
3669    A4      3 5    0      21.5   70      50.8    70      50.8
6091    A4      3 8    8.1    13.3   64.6    33.8    64.6    33.8
5160    Letter  3 10   4.763  12.7   69.85   25.4    66.675  25.4
5161    Letter  2 10   3.969  12.7   106.363 25.4    101.6   25.4
5162    Letter  2 7    3.969  21.167 106.363 33.867  101.6   33.867
5163    Letter  2 5    3.969  12.7   106.363 50.8    101.6   50.8
5164    Letter  2 3    3.969  12.7   106.363 84.667  101.6   84.667
5167    Letter  4 20   7.144  12.7   52.388  12.7    44.45   12.7
"""


def page_name(sheet: Sheet) -> str:
    """The name of a common format's page.

    >>> page_name(SHEETS["5160"])
    'Letter'
    """
    size = sheet.page_width, sheet.page_height
    return next((name for name, sizes in _PAGES.items() if tuple(map(_micrometres, sizes)) == size), "other")


def _micrometres(millimetres: str) -> int:
    return int(Decimal(millimetres) * 1000)


def _sheet(line: str) -> Sheet:
    name, page, columns, rows, *sizes = line.split()
    page_width, page_height = map(_micrometres, _PAGES[page])
    left, top, across, down, width, height = map(_micrometres, sizes)
    return Sheet(
        name, page_width, page_height, int(columns), int(rows), left, top, across, down, width, height
    )  # fmt: skip


SHEETS: Mapping[str, Sheet] = {
    sheet.name: sheet for sheet in (_sheet(line) for line in _TABLE.splitlines() if line.strip())
}
"""By the maker's number: Avery (L… on A4, 51… on US Letter), Herma (44… to 46…), Zweckform (the rest)."""
