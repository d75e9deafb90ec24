"""A workbook is its first sheet's values; a bomb, a document type and a broken file are refused before they cost."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.adapters import workbooks
from provenance.adapters.workbooks import LARGEST_UNPACKED, MOST_PARTS, read_workbook_rows, write_workbook
from provenance.codes import Code
from provenance.commerce.order_csv import read_csv_rows
from provenance.commerce.order_tables import COLUMNS, EXAMPLE, LARGEST_TABLE, read_order_table
from provenance.errors import ProvenanceError
from tests.shops import sample

WORKBOOK = write_workbook((COLUMNS, *EXAMPLE))


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return file.getvalue()


def refusal_of(data: bytes) -> Code:
    with pytest.raises(ProvenanceError) as refused:
        read_workbook_rows(data)
    return refused.value.code


def test_a_workbook_holds_the_orders_that_the_same_table_as_csv_holds() -> None:
    rows = read_csv_rows(sample("orders.csv"))

    assert read_order_table(read_workbook_rows(write_workbook(rows))) == read_order_table(rows)


def test_numbers_are_their_shortest_text_and_what_is_no_value_is_refused_as_a_formula() -> None:
    rows = read_workbook_rows(workbook((1001, 2.0, 12.5, 12.345, None, True, datetime(2026, 3, 2), "=A1*2")))

    assert rows == (("1001", "2", "12.5", "12.345", "", "True", "=datetime", "=A1*2"),)
    report = read_order_table([COLUMNS, ("1", "A", "1", rows[0][3], "EUR", "")])
    assert [refusal.code for refusal in report.refusals] == [Code.FRACTION_NOT_ALLOWED]


def test_a_bomb_is_refused_by_what_it_says_it_holds_before_it_is_unpacked() -> None:
    bomb = packed({"xl/worksheets/sheet1.xml": b"\0" * (LARGEST_UNPACKED + 1)})

    assert len(bomb) < LARGEST_TABLE
    assert refusal_of(bomb) is Code.TOO_LARGE
    assert refusal_of(packed({str(number): b"" for number in range(MOST_PARTS + 1)})) is Code.TOO_LARGE


def test_a_part_that_holds_more_than_it_says_is_refused() -> None:
    data = bytearray(packed({"a.xml": b"x" * 5000}))
    for at in (data.find(b"PK\x03\x04") + 22, data.find(b"PK\x01\x02") + 24):
        data[at : at + 4] = (10).to_bytes(4, "little")

    assert refusal_of(bytes(data)) is Code.UNREADABLE_TABLE


def test_a_document_type_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as parts:
        held = {name: parts.read(name) for name in parts.namelist()}
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "ha">]>'

    assert refusal_of(packed(held | {"xl/workbook.xml": laughs + held["xl/workbook.xml"]})) is Code.UNREADABLE_TABLE


def test_too_many_rows_and_too_large_a_file_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)

    assert read_workbook_rows(write_workbook([("1",)] * 4)) == (("1",),) * 4
    assert refusal_of(write_workbook([("1",)] * 5)) is Code.TOO_LARGE
    assert refusal_of(b" " * (LARGEST_TABLE + 1)) is Code.TOO_LARGE


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"order,sku\n", packed({}), packed({"xl/workbook.xml": b"<a/>"})])
def test_a_file_that_is_no_workbook_is_refused(data: bytes) -> None:
    assert refusal_of(data) is Code.UNREADABLE_TABLE


@settings(max_examples=60)
@given(st.integers(0, len(WORKBOOK) - 1), st.integers(1, 255))
def test_a_broken_workbook_gives_rows_or_a_refusal(at: int, other: int) -> None:
    broken = WORKBOOK[:at] + bytes([WORKBOOK[at] ^ other]) + WORKBOOK[at + 1 :]

    try:
        read_workbook_rows(broken)
    except ProvenanceError as err:
        assert err.code in (Code.UNREADABLE_TABLE, Code.TOO_LARGE)
