"""A table gives orders or a list of its faults, each with row, column and code; what nobody needs is not read."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.order_csv import read_csv_rows
from provenance.commerce.order_tables import (
    COLUMNS,
    EXAMPLE,
    LARGEST_TABLE,
    MOST_ROWS,
    Row,
    TableReport,
    read_order_table,
)
from provenance.commerce.shop_orders import Said, ShopLine, ShopOrder
from provenance.errors import ProvenanceError
from tests.shops import PERSON, sample

FIRST = ShopOrder("2026-0101", "EUR", (ShopLine("JAR-250", 2, 2500), ShopLine("TIN-500", 1, 500)), 490, Said.OPEN, 0)


def told(*rows: Row) -> TableReport:
    return read_order_table((COLUMNS, *rows))


def faults(*rows: Row) -> list[tuple[Code, str]]:
    report = told(*rows)
    assert report.orders == () or report.refusals == ()
    return [(refusal.code, refusal.pointer) for refusal in report.refusals]


def printed(rows: tuple[Row, ...], *, divider: str = ",", end: str = "\r\n") -> str:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=divider, lineterminator=end).writerows(rows)
    return file.getvalue()


def test_rows_with_one_number_are_one_order_and_columns_nobody_needs_are_dropped() -> None:
    report = read_order_table(read_csv_rows(sample("orders.csv")))

    assert [(one.row, one.order.number) for one in report.orders] == [(2, "2026-0101"), (4, "2026-0102")]
    assert report.orders[0].order == FIRST
    assert report.dropped == ("name", "e-mail")
    assert [word for word in PERSON if word in repr(report.orders)] == []


def test_the_example_in_the_template_is_an_order() -> None:
    report = told(*EXAMPLE)

    assert [str(one.order.total) for one in report.orders] == ["EUR 49.90"]
    assert report.refusals == ()


def test_rows_of_an_order_need_not_stand_together_and_blank_rows_count_but_say_nothing() -> None:
    report = told(("1", "A", "1", "5.00", "EUR", ""), ("", "", "", "", "", ""), ("2", "A", "1", "5", "EUR"), EXAMPLE[0])

    assert [one.row for one in report.orders] == [2, 4, 5]


def test_freight_that_every_row_repeats_is_paid_once() -> None:
    report = told(("1", "A", "1", "5.00", "EUR", "4.90"), ("1", "B", "1", "5.00", "EUR", "4.90"))

    assert report.orders[0].order.freight == 490


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        (("1", "=1+1", "1", "5.00", "EUR", ""), Code.FORMULA_IN_CELL, "sku"),
        (("1", "+A", "1", "5.00", "EUR", ""), Code.FORMULA_IN_CELL, "sku"),
        (("1", "@SUM(A1)", "1", "5.00", "EUR", ""), Code.FORMULA_IN_CELL, "sku"),
        (("-1", "A", "1", "5.00", "EUR", ""), Code.FORMULA_IN_CELL, "order"),
        (("1", "A", "-1", "5.00", "EUR", ""), Code.FORMULA_IN_CELL, "quantity"),
        (("1", "A", "1", "-5.00", "EUR", ""), Code.FORMULA_IN_CELL, "price"),
        (("1", "\t=A", "1", "5.00", "EUR", ""), Code.FORMULA_IN_CELL, "sku"),
        (("1", "A", "1", "5.00", "EUR", "=2"), Code.FORMULA_IN_CELL, "freight"),
        (("1", "A", "0", "5.00", "EUR", ""), Code.WRONG_VALUE, "quantity"),
        (("1", "A", "1.5", "5.00", "EUR", ""), Code.WRONG_VALUE, "quantity"),
        (("1", "A", "1000", "5.00", "EUR", ""), Code.WRONG_VALUE, "quantity"),
        (("1", "A", "101", "5.00", "EUR", ""), Code.WRONG_VALUE, "quantity"),
        (("1", "A", "1", "5,00", "EUR", ""), Code.MALFORMED_TEXT, "price"),
        (("1", "A", "1", "5.005", "EUR", ""), Code.FRACTION_NOT_ALLOWED, "price"),
        (("1", "A", "1", "", "EUR", ""), Code.MALFORMED_TEXT, "price"),
        (("1", "A", "100", "999999999.99", "EUR", ""), Code.NUMBER_OUT_OF_RANGE, "price"),
        (("1", "A", "1", "5.00", "EUR", "9999999999.99"), Code.NUMBER_OUT_OF_RANGE, "freight"),
        (("1", "A", "1", "5.00", "€", ""), Code.MALFORMED_TEXT, "currency"),
        (("1", "", "1", "5.00", "EUR", ""), Code.WRONG_VALUE, "sku"),
        (("", "A", "1", "5.00", "EUR", ""), Code.WRONG_VALUE, "order"),
        (("1/2", "A", "1", "5.00", "EUR", ""), Code.WRONG_VALUE, "order"),
        (("1",), Code.MALFORMED_TEXT, "currency"),
    ],
)
def test_a_fault_is_told_with_its_row_and_column_and_no_order_is_read(cells: Row, code: Code, column: str) -> None:
    assert faults(*EXAMPLE, cells) == [(code, f"/4/{column}")]


def test_every_fault_of_a_table_is_told_at_once() -> None:
    assert faults(("1", "A", "x", "5.00", "EUR", ""), EXAMPLE[0], ("2", "=A", "1", "5.00", "EUR", "")) == [
        (Code.WRONG_VALUE, "/2/quantity"),
        (Code.FORMULA_IN_CELL, "/4/sku"),
    ]


def test_an_order_has_one_currency_and_one_freight() -> None:
    assert faults(("1", "A", "1", "5.00", "EUR", ""), ("1", "A", "1", "5.00", "SEK", "")) == [
        (Code.WRONG_CURRENCY, "/3/currency")
    ]
    assert faults(("1", "A", "1", "5.00", "EUR", "4.90"), ("1", "A", "1", "5.00", "EUR", "4.91")) == [
        (Code.OTHER_TOTAL, "/3/freight")
    ]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((), Code.UNREADABLE_TABLE),
        ((COLUMNS,), Code.UNREADABLE_TABLE),
        ((COLUMNS, ("", "")), Code.UNREADABLE_TABLE),
        ((("order", "sku", "quantity", "price"), EXAMPLE[0]), Code.UNREADABLE_TABLE),
        (((*COLUMNS, "price"), EXAMPLE[0]), Code.UNREADABLE_TABLE),
        ((COLUMNS, *[EXAMPLE[0]] * MOST_ROWS), Code.TOO_LARGE),
    ],
)
def test_a_table_without_its_columns_or_rows_is_refused_whole(rows: tuple[Row, ...], code: Code) -> None:
    with pytest.raises(ProvenanceError) as refused:
        read_order_table(rows)

    assert refused.value.code is code


@given(
    st.lists(st.lists(st.text("瓷Åé😀=-,;\t\"\n 'a0", max_size=8), min_size=1), min_size=1),
    st.sampled_from([("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", "\t")]),
)
def test_a_table_is_read_as_it_was_written_in_each_encoding_and_divider(
    cells: list[list[str]], manner: tuple[str, str]
) -> None:
    encoding, divider = manner
    rows = (COLUMNS, *(("瓷碗", *row) for row in cells))

    assert read_csv_rows(printed(rows, divider=divider).encode(encoding)) == rows


@pytest.mark.parametrize(
    "data",
    [
        "order,sku\r\n1,瓷碗".encode("utf-16"),
        b"order,sku\r\n1,\xff\xff",
        b'order,sku\r\n1,"open',
        b'order,sku\r\n1,"a"b',
        b"order,sku\r1,A\r",
        b"order,sku\n1,A\0",
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(ProvenanceError) as refused:
        read_csv_rows(data)

    assert refused.value.code is Code.UNREADABLE_TABLE


def test_a_file_is_measured_before_it_is_read() -> None:
    for data in (b" " * (LARGEST_TABLE + 1), b"a\n" * (MOST_ROWS + 2)):
        with pytest.raises(ProvenanceError) as refused:
            read_csv_rows(data)

        assert refused.value.code is Code.TOO_LARGE


@given(st.binary(max_size=60))
def test_whatever_a_file_holds_the_answer_is_rows_or_a_refusal(data: bytes) -> None:
    try:
        rows = read_csv_rows(b"order,sku,quantity,price,currency\n" + data)
        read_order_table(rows)
    except ProvenanceError as err:
        assert err.code in (Code.UNREADABLE_TABLE, Code.TOO_LARGE)
