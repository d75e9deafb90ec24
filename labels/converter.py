"""The data of labels as a table, for those who print them: label converters and printing houses.

Rules:

* UTF-8 with a byte order mark and quoted cells, so that spreadsheets take it for what it is;
* a link stands as it goes into the symbol, the elements as they go into a DataMatrix (brackets for the separators), and
  the human-readable lines each in a cell of its own;
* no cell can be taken for a formula: none begins like one, and a label that has, within its text, a separator with a
  formula's beginning after it is refused, as a spreadsheet of another country would cut the cell there.

::

    "number","link","elements","line 1","line 2", … ,"hidden code"
    "1","https://ID.EXAMPLE.ORG/01/…","(01)…(21)…","(01) …","(21) …", … ,"0G40-R40M-…"

RFC 4180; OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from labels.composition import elements_of
from labels.design import Label
from labels.links import printed_link
from labels.reading import read, unreadable
from labels.symbol import encode
from provenance.codes import Code
from provenance.errors import RefusedError
from provenance.gs1.element_string import format_bracketed
from provenance.gs1.human_readable import format_lines

LINES = 6
"""Cells for human-readable lines; more elements than this stand on no label."""

_HEAD = ("number", "link", "elements", *(f"line {at}" for at in range(1, LINES + 1)), "hidden code")
_FORMULA = re.compile(r"(?:^|[,;\t\r\n])[\s\"]*[=+\-@]")


def table(labels: Iterable[Label]) -> Iterator[bytes]:
    """The table, a row at a time; refuses labels that could not be printed, or not from a table.

    >>> list(table([Label("https://id.example.org/01/09521234543213/21/S1")]))[1][:52]
    b'"1","https://ID.EXAMPLE.ORG/01/09521234543213/21/S1"'
    """
    yield "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + _row(_HEAD)
    for number, label in enumerate(labels, 1):
        link, elements = printed_link(label.link), elements_of(label)
        lines = format_lines(elements)
        if len(lines) > LINES:
            raise RefusedError(Code.LABEL_TOO_SMALL, f"{len(lines)} elements; the table has room for {LINES}")
        if read(encode(link).rows) != link:
            raise unreadable(f"{link[:80]!r} does not read back")
        blank = ("",) * (LINES - len(lines))
        yield _row((str(number), link, format_bracketed(elements), *lines, *blank, label.hidden))


def _row(cells: tuple[str, ...]) -> bytes:
    for cell in cells:
        if _FORMULA.search(cell):
            raise RefusedError(Code.FORMULA_IN_TABLE, f"a spreadsheet may take a part of {cell[:60]!r} for a formula")
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()
