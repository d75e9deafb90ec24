"""Reads the rows of a CSV file as shops and spreadsheets write them.

Rules:

* the letters are UTF-8, with or without a byte-order mark, or else GB 18030 (with it GBK); bytes that are neither are
  refused, never replaced;
* commas, semicolons or tabs divide the cells: whichever gives the first row the columns of an order;
* a row is what a spreadsheet shows as one, also where a cell has several lines.

RFC 4180.
"""

from __future__ import annotations

import csv
import re

from provenance.codes import Code
from provenance.commerce.order_tables import COLUMNS, LARGEST_TABLE, MOST_ROWS, Row
from provenance.errors import MalformedError

_LINES = re.compile(r"(?<=\n)")
_DIVIDERS = (",", ";", "\t")


def read_csv_rows(data: bytes) -> tuple[Row, ...]:
    """The rows of a file.

    >>> read_csv_rows("order;sku\\r\\n1;瓷碗\\r\\n".encode("gbk"))
    (('order', 'sku'), ('1', '瓷碗'))
    """
    if len(data) > LARGEST_TABLE:
        raise MalformedError(Code.TOO_LARGE, f"a table has at most {LARGEST_TABLE} bytes, not {len(data)}")
    lines = [line for line in _LINES.split(_letters(data)) if line]
    if not lines:
        return ()
    divider = max(_DIVIDERS, key=lambda one: _known_columns(lines[0], one))
    rows: list[Row] = []
    reader = csv.reader(lines, delimiter=divider, strict=True)
    try:
        for row in reader:
            if len(rows) > MOST_ROWS:
                raise MalformedError(Code.TOO_LARGE, f"a table has at most {MOST_ROWS} rows")
            rows.append(tuple(row))
    except csv.Error as err:
        raise MalformedError(Code.UNREADABLE_TABLE, f"row {len(rows) + 1} is no CSV: {err}") from err
    return tuple(rows)


def _letters(data: bytes) -> str:
    if b"\0" in data:
        raise MalformedError(Code.UNREADABLE_TABLE, "the file is no text in UTF-8 or GB 18030: it has zero bytes")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise MalformedError(Code.UNREADABLE_TABLE, "the file is no text in UTF-8 or GB 18030")


def _known_columns(line: str, divider: str) -> int:
    return sum(cell.strip(' "\r\n').lower() in COLUMNS for cell in line.split(divider))
