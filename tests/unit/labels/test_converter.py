from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels import converter, zxing
from labels.converter import LINES, table
from labels.design import Label
from labels.symbol import encode
from provenance.codes import Code
from provenance.errors import MalformedError, ProvenanceError, RefusedError
from provenance.gs1.element_string import parse_bracketed
from provenance.gs1.human_readable import parse_lines
from provenance.gs1.identifiers import read_epc
from tests.label_views import DAMAGED_LINK, LINK, PRINTED

SERIALS = st.from_regex(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}", fullmatch=True)
STARTS = tuple("=+-@\t\r")


def link(serial: str) -> str:
    return "https://id.example.org/01/09521234543213/21/" + "".join(f"%{ord(letter):02X}" for letter in serial)


def rows(labels: list[Label]) -> list[dict[str, str]]:
    data = b"".join(table(labels))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_a_row_has_all_that_a_converter_prints() -> None:
    label = Label(LINK, (("10", "LOT7"), ("17", "261231")), "0G40-R40M-30E2-0918-5GR3-8E6M")

    (row,) = rows([label])

    assert row == {
        "number": "1",
        "link": PRINTED,
        "elements": "(01)09521234543213(21)AB23CD45EF67G(10)LOT7(17)261231",
        "line 1": "(01) 09521234543213",
        "line 2": "(21) AB23CD45EF67G",
        "line 3": "(10) LOT7",
        "line 4": "(17) 261231",
        "line 5": "",
        "line 6": "",
        "hidden code": "0G40-R40M-30E2-0918-5GR3-8E6M",
    }


def test_a_spreadsheet_is_told_the_encoding() -> None:
    data = b"".join(table([Label(LINK)]))

    assert data.startswith(b'\xef\xbb\xbf"number",')
    assert data.endswith(b'"\r\n')


@given(st.lists(SERIALS, max_size=5))
def test_every_row_says_the_thing_and_nothing_a_spreadsheet_would_run(serials: list[str]) -> None:
    labels = [Label(link(serial)) for serial in serials]

    try:
        made = rows(labels)
    except RefusedError as err:
        assert err.code is Code.FORMULA_IN_TABLE
        return

    for number, (row, label) in enumerate(zip(made, labels, strict=True), 1):
        elements = read_epc(label.link).elements
        assert row["number"] == str(number)
        assert read_epc(row["link"]).elements == elements
        assert parse_bracketed(row["elements"]) == elements
        assert parse_lines([row["line 1"], row["line 2"]]) == elements
    # Wherever a spreadsheet cuts, at a comma, a semicolon or a tab, no cell begins a formula.
    text = b"".join(table(labels)).decode("utf-8-sig")
    for separator in ",;\t":
        for cell in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not any(part.lstrip().startswith(STARTS) for part in cell)


@pytest.mark.parametrize("serial", ["=1+1", "+1", "-1", "A-1", "A=1", "A+B", '"', "'", "A,B", "A;B"])
def test_a_harmless_serial_is_left_as_it_is(serial: str) -> None:
    (row,) = rows([Label(link(serial))])

    assert row["line 2"] == f"(21) {serial}"


@pytest.mark.parametrize("serial", ["A;=1+1", "A,=1+1", 'A";=HYPERLINK(1)', "A;-1", "A;+1", ";=", "A,-", ';"='])
def test_a_serial_that_another_countrys_spreadsheet_would_run_is_refused(serial: str) -> None:
    with pytest.raises(RefusedError) as refused:
        list(table([Label(link(serial))]))

    assert refused.value.code is Code.FORMULA_IN_TABLE


@pytest.mark.parametrize("hidden", ["=1+1", "-AB", "@SUM(A1)", "+1", "\t=1"])
def test_a_hidden_code_that_is_a_formula_is_refused(hidden: str) -> None:
    with pytest.raises(RefusedError) as refused:
        list(table([Label(LINK, hidden=hidden)]))

    assert refused.value.code is Code.FORMULA_IN_TABLE


def test_more_elements_than_a_label_has_lines_are_refused() -> None:
    elements = (("10", "L"), ("11", "261231"), ("15", "261231"), ("17", "261231"), ("90", "A"))
    assert len(elements) + 2 > LINES

    with pytest.raises(RefusedError) as refused:
        list(table([Label(LINK, elements)]))

    assert refused.value.code is Code.LABEL_TOO_SMALL


def test_a_bad_link_stops_the_table() -> None:
    with pytest.raises(ProvenanceError) as refused:
        list(table([Label(LINK), Label(DAMAGED_LINK)]))

    assert refused.value.code is Code.BAD_CHECK_DIGIT


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_link_that_does_not_read_back_is_not_given_out(
    *, is_installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converter, "encode", lambda text: encode(text[:-1] + "H"))
    monkeypatch.setattr(zxing, "_IS_INSTALLED", is_installed)

    with pytest.raises(MalformedError) as refused:
        list(table([Label(LINK)]))

    assert refused.value.code is Code.LABEL_UNREADABLE
