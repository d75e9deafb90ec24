from __future__ import annotations

import json
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.templates import LARGEST, SHEETS, Sheet, find_sheet, page_name, roll
from provenance.codes import Code
from provenance.errors import MalformedError
from tests.vectors import vectors

PAGES = {"A4": "A4", "Letter": "US-Letter"}


def published() -> dict[str, list[dict]]:
    """The formats of glabels' templates with one grid of rectangles, by the maker's number."""
    found: dict[str, list[dict]] = {}
    for row in json.loads(vectors("gs1", "label_sheet_templates.json").read_text()):
        if row["shape"] == "rectangle" and len(row["layouts"]) == 1:
            found.setdefault(row["part"], []).append(row)
    return found


def test_there_are_at_least_twenty_formats_of_both_kinds_of_paper() -> None:
    assert len(SHEETS) >= 20
    assert {page_name(sheet) for sheet in SHEETS.values()} == set(PAGES)


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_a_format_agrees_with_the_published_one(sheet: Sheet) -> None:
    """Those who measured differ by the width of a cut: where a label has its middle, by 1.5 mm at most."""
    (row,) = (row for row in published()[sheet.name] if row["page"] == PAGES[page_name(sheet)])
    (grid,) = row["layouts"]

    assert (sheet.columns, sheet.rows) == (grid["nx"], grid["ny"])
    assert (sheet.width / 1000, sheet.height / 1000) == pytest.approx((row["width_mm"], row["height_mm"]), abs=0.55)
    for number in range(1, sheet.count + 1):
        down, across = divmod(number - 1, sheet.columns)
        left, top = sheet.place(number)
        middle = (left + sheet.width / 2) / 1000, (top + sheet.height / 2) / 1000
        theirs = (
            grid["x0"] + across * grid["dx"] + row["width_mm"] / 2,
            grid["y0"] + down * grid["dy"] + row["height_mm"] / 2,
        )
        assert middle == pytest.approx(theirs, abs=1.5)


def test_most_formats_agree_to_a_fifth_of_a_millimetre() -> None:
    found = published()
    differences = [
        abs((sheet.left + sheet.width / 2) / 1000 - row["layouts"][0]["x0"] - row["width_mm"] / 2)
        for sheet in SHEETS.values()
        for row in found[sheet.name]
        if row["page"] == PAGES[page_name(sheet)]
    ]

    assert median(differences) <= 0.2


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=SHEETS)
def test_the_paper_left_over_is_about_the_same_on_both_sides(sheet: Sheet) -> None:
    right = sheet.page_width - sheet.place(sheet.count)[0] - sheet.width
    bottom = sheet.page_height - sheet.place(sheet.count)[1] - sheet.height

    assert abs(sheet.left - right) <= 2_600
    assert abs(sheet.top - bottom) <= 3_000


def test_labels_are_counted_row_by_row_from_the_top_left() -> None:
    sheet = SHEETS["L7160"]

    assert sheet.place(1) == (7_200, 15_140)
    assert sheet.place(3) == (7_200 + 2 * 66_040, 15_140)
    assert sheet.place(4) == (7_200, 15_140 + 38_100)


@pytest.mark.parametrize("number", [0, -1, 22, 10**9])
def test_a_label_that_a_sheet_has_not_is_refused(number: int) -> None:
    with pytest.raises(MalformedError) as refused:
        SHEETS["L7160"].place(number)

    assert refused.value.code is Code.WRONG_VALUE


@pytest.mark.parametrize("name", ["l7160", " L 7160 ", "L7160"])
def test_a_format_is_found_however_it_is_written(name: str) -> None:
    assert find_sheet(name) is SHEETS["L7160"]


@pytest.mark.parametrize("name", ["", "L9999", "7160", "x" * 10_000_000])
def test_an_unknown_format_is_refused(name: str) -> None:
    with pytest.raises(MalformedError) as refused:
        find_sheet(name)

    assert refused.value.code is Code.UNKNOWN_SHEET
    assert len(refused.value.refusal.message) < 400


@pytest.mark.parametrize(
    "change",
    [
        {"columns": 0}, {"rows": 0}, {"width": 0}, {"height": -1}, {"left": -1}, {"top": -1}, {"columns": 4},
        {"rows": 8}, {"across": 63_000}, {"down": 38_000}, {"left": 15_000}, {"top": 31_000}, {"page_width": 0},
        {"page_height": LARGEST + 1}, {"columns": 10**12},
    ],
)  # fmt: skip
def test_a_format_that_cannot_be_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(MalformedError) as refused:
        replace(SHEETS["L7160"], **change)

    assert refused.value.code is Code.WRONG_VALUE


@given(width=st.integers(1, LARGEST), height=st.integers(1, LARGEST))
def test_a_roll_is_a_page_with_one_label(width: int, height: int) -> None:
    sheet = roll(width=width, height=height)

    assert (sheet.count, sheet.place(1)) == (1, (0, 0))
    assert (sheet.page_width, sheet.page_height) == (sheet.width, sheet.height) == (width, height)
