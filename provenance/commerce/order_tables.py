"""Reads orders out of the rows of a table, whoever made it: a sheet, a shop's export.

Rules:

* the first row names the columns; those an order needs are read, all others are dropped unread, so that a name or an
  address in an export gets no further;
* a row is one article of one order; rows with the same number are one order, in one currency;
* freight belongs to the order: it may stand in one of its rows or be repeated, but not differ;
* a cell that a spreadsheet would run (``= + - @``) is refused, also where a number was meant;
* every fault is told with its row, its column and its code; a table with a fault gives no order at all.

    order,sku,quantity,price,currency,freight
    2026-0001,JAR-250,2,12.50,EUR,4.90
    2026-0001,JAR-500,1,20.00,EUR,
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from provenance.codes import Code
from provenance.commerce.shop_orders import (
    Said,
    ShopLine,
    ShopOrder,
    check_currency_letters,
    check_number,
    check_pieces,
    check_sku,
    exact_minor,
)
from provenance.errors import MalformedError, ProvenanceError, Refusal, RefusedError

COLUMNS = ("order", "sku", "quantity", "price", "currency", "freight")
EXAMPLE = (
    ("2026-0001", "JAR-250", "2", "12.50", "EUR", "4.90"),
    ("2026-0001", "JAR-500", "1", "20.00", "EUR", ""),
)
MOST_ROWS = 10_000
LARGEST_TABLE = 8 << 20
"""Bytes of a file."""

_QUANTITY = re.compile(r"[1-9][0-9]{0,2}")
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_SHOWN = 40

Row = tuple[str, ...]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class TableOrder:
    """An order, and the row where it begins; the first row is 1."""

    row: int
    order: ShopOrder


@dataclass(frozen=True, slots=True)
class TableReport:
    """What a table holds: orders or refusals, never both, and the columns that nobody read."""

    orders: tuple[TableOrder, ...]
    refusals: tuple[Refusal, ...]
    dropped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row, read."""

    row: int
    number: str
    currency: str
    freight: int | None
    line: ShopLine


def read_order_table(rows: Iterable[Row]) -> TableReport:
    """The orders in a table, or everything that is wrong with it; refuses one without its columns."""
    places: Mapping[str, int] | None = None
    dropped: tuple[str, ...] = ()
    entries: list[_Entry] = []
    refusals: list[Refusal] = []
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise MalformedError(Code.TOO_LARGE, f"a table has at most {MOST_ROWS} rows")
        if places is None:
            places, dropped = _columns(row)
        elif any(cell.strip() for cell in row):
            try:
                entries.append(_entry(number, {name: _cell(row, place) for name, place in places.items()}))
            except ProvenanceError as err:
                refusals.append(err.under(f"/{number}").refusal)
    if places is None or not (entries or refusals):
        raise MalformedError(Code.UNREADABLE_TABLE, "the table has no row with an order")
    orders = [] if refusals else _orders(entries, refusals)
    return TableReport(() if refusals else tuple(orders), tuple(refusals), dropped)


def _columns(header: Sequence[str]) -> tuple[Mapping[str, int], tuple[str, ...]]:
    names = [name.strip().lower() for name in header]
    if twice := sorted({name for name in names if name in COLUMNS and names.count(name) > 1}):
        raise MalformedError(Code.UNREADABLE_TABLE, f"the column {twice[0]} is there twice")
    if missing := [name for name in COLUMNS if name not in names and name != "freight"]:
        raise MalformedError(Code.UNREADABLE_TABLE, f"the first row has no column {missing[0]}")
    dropped = tuple(name[:_SHOWN] for name in names if name and name not in COLUMNS)
    return {name: place for place, name in enumerate(names) if name in COLUMNS}, dropped


def _cell(row: Row, place: int) -> str:
    return row[place].strip(" ") if place < len(row) else ""


def _entry(row: int, cells: Mapping[str, str]) -> _Entry:
    for name, cell in cells.items():
        if cell.startswith(_RUNS):
            message = f"a spreadsheet would run {cell[:_SHOWN]!r}"
            raise MalformedError(Code.FORMULA_IN_CELL, message, pointer=f"/{name}")
    currency = _read(cells, "currency", check_currency_letters)
    quantity = _read(cells, "quantity", _count)
    each = _read(cells, "price", lambda text: exact_minor(text, currency))
    freight = _read(cells, "freight", lambda text: exact_minor(text, currency)) if cells.get("freight") else None
    sku = _read(cells, "sku", check_sku)
    line = _read(cells, "price", lambda _: ShopLine(sku, quantity, quantity * each))
    return _Entry(row, _read(cells, "order", check_number), currency, freight, line)


def _read(cells: Mapping[str, str], name: str, parse: Callable[[str], _Value]) -> _Value:
    try:
        return parse(cells[name])
    except ProvenanceError as err:
        raise err.under(f"/{name}") from err


def _count(text: str) -> int:
    if not _QUANTITY.fullmatch(text):
        raise MalformedError(Code.WRONG_VALUE, f"pieces are counted 1 to 999, not {text[:_SHOWN]!r}")
    return int(text)


def _orders(entries: Sequence[_Entry], refusals: list[Refusal]) -> list[TableOrder]:
    """The rows put together by their order's number; what does not fit together goes to the refusals."""
    by_number: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_number.setdefault(entry.number, []).append(entry)
    orders = []
    for group in by_number.values():
        try:
            orders.append(_order(group))
        except ProvenanceError as err:
            refusals.append(err.refusal)
    return orders


def _order(group: Sequence[_Entry]) -> TableOrder:
    first, freights = group[0], [entry for entry in group if entry.freight is not None]
    for entry in group:
        if entry.currency != first.currency:
            message = f"order {first.number} began in {first.currency}"
            raise RefusedError(Code.WRONG_CURRENCY, message, pointer=f"/{entry.row}/currency")
    for entry in freights:
        if entry.freight != freights[0].freight:
            message = f"order {first.number} has another freight in row {freights[0].row}"
            raise RefusedError(Code.OTHER_TOTAL, message, pointer=f"/{entry.row}/freight")
    lines = tuple(entry.line for entry in group)
    try:
        check_pieces(lines)
    except ProvenanceError as err:
        raise err.under(f"/{first.row}/quantity") from err
    freight = (freights[0].freight or 0) if freights else 0
    return TableOrder(first.row, ShopOrder(first.number, first.currency, lines, freight, Said.OPEN, 0))
