"""Reads and writes workbooks (XLSX) through openpyxl: the first sheet, row by row, its values alone.

Rules:

* a workbook is a zip: how much is in it is summed before anything is unpacked, and too much is refused;
* a document type in any part is refused: nothing we want has one, and entities come by it;
* a formula is not reckoned, it is shown as text, so that it can be refused; a number is its shortest text.
"""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from provenance.codes import Code
from provenance.commerce.order_tables import LARGEST_TABLE, MOST_ROWS, Row
from provenance.errors import MalformedError

MOST_PARTS = 1000
LARGEST_UNPACKED = 64 << 20
_MOST_CELLS = 100

# What openpyxl lets out on files that are none, found by breaking files; each means the same.
_NO_WORKBOOK = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, OSError, EOFError,
    KeyError, ValueError, TypeError, AttributeError, IndexError, NotImplementedError, RuntimeError,
)  # fmt: skip


def read_workbook_rows(data: bytes) -> tuple[Row, ...]:
    """The rows of the first sheet."""
    if len(data) > LARGEST_TABLE:
        raise MalformedError(Code.TOO_LARGE, f"a table has at most {LARGEST_TABLE} bytes, not {len(data)}")
    try:
        _check_parts(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that hold no value
            return _rows(data)
    except _NO_WORKBOOK as err:
        raise MalformedError(Code.UNREADABLE_TABLE, f"the file is no workbook: {type(err).__name__}") from err


def write_workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook with these rows, every cell a text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("orders")
    for row in rows:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _check_parts(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        infos = parts.infolist()
        # A part yields no more than it declares: zipfile stops there and finds the sum wrong.
        unpacked = sum(info.file_size for info in infos)
        if len(infos) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
            message = f"a workbook unpacks to at most {LARGEST_UNPACKED} bytes, this one to {unpacked}"
            raise MalformedError(Code.TOO_LARGE, message)
        for info in infos:
            if info.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in parts.read(info):
                raise MalformedError(Code.UNREADABLE_TABLE, "a part of the workbook has a document type")


def _rows(data: bytes) -> tuple[Row, ...]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        rows: list[Row] = []
        for cells in book.worksheets[0].iter_rows(values_only=True, max_col=_MOST_CELLS):
            if len(rows) > MOST_ROWS:
                raise MalformedError(Code.TOO_LARGE, f"a table has at most {MOST_ROWS} rows")
            filled = [place for place, value in enumerate(cells, start=1) if value is not None]
            rows.append(tuple(map(_text, cells[: max(filled, default=0)])))
        return tuple(rows)
    finally:
        book.close()


def _text(value: object) -> str:
    """What a cell shows; a number as its shortest text, so that 12.5 is 12.5."""
    match value:
        case None:
            return ""
        case str():
            return value
        case float() if value.is_integer():
            return str(int(value))
        case bool() | int() | float():
            return str(value)
        case _:
            return f"={type(value).__name__}"  # a date, an array's formula: nothing that an order has
