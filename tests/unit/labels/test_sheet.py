from __future__ import annotations

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from labels import pdf, sheet, zxing
from labels.design import Carrier, Design, Label
from labels.pdf import Document
from labels.sheet import Layout, calibration, write_sheets
from labels.symbol import encode
from labels.templates import SHEETS, roll
from provenance.codes import Code
from provenance.errors import MalformedError, ProvenanceError, RefusedError
from tests.label_views import DAMAGED_LINK, LINK, PRINTED, chinese_font, item, pages, read, read_in_order, texts

L7160 = SHEETS["L7160"]
CODE = "0G40-R40M-30E2-0918-5GR3-8E6M"


def printed(number: int) -> str:
    return item(number).replace("id.example.org", "ID.EXAMPLE.ORG")


# --- what a printer makes of it


@pytest.mark.parametrize("name", [name for name in SHEETS if name != "5167"])  # 12.7 mm are too low for a QR code
def test_every_label_of_a_full_page_is_read_from_the_paper_at_150_dpi(name: str) -> None:
    count = SHEETS[name].count

    (made,) = write_sheets([Label(item(number)) for number in range(count)], Design(), Layout(SHEETS[name]))

    (page,) = pages(made.data, dpi=150)
    assert read_in_order(page) == [printed(number) for number in range(count)]
    assert (made.labels, made.pages, made.next_start) == (count, 1, 1)


@pytest.mark.parametrize("carrier", list(Carrier))
def test_a_sheet_for_small_things_takes_a_data_matrix_only(carrier: Carrier) -> None:
    labels = [Label(item(number)) for number in range(80)]

    if carrier is Carrier.QR:
        with pytest.raises(RefusedError) as refused:
            list(write_sheets(labels, Design(carrier=carrier), Layout(SHEETS["5167"])))
        assert refused.value.code is Code.LABEL_TOO_SMALL
        return

    (made,) = write_sheets(labels, Design(carrier=carrier), Layout(SHEETS["5167"]))
    (page,) = pages(made.data, dpi=300)
    seen = zxingcpp.read_barcodes(np.array(page), formats=zxingcpp.BarcodeFormat.DataMatrix)
    assert {code.bytes for code in seen} == {f"010952123454321321AB23{n:04d}XYZ".encode() for n in range(80)}


def test_labels_stand_where_the_format_has_them() -> None:
    """Each symbol's middle lies on its own label, at 300 dots per inch to the dot."""
    labels = [Label(item(number)) for number in range(21)]

    (made,) = write_sheets(labels, Design(), Layout(L7160))

    (page,) = pages(made.data, dpi=300)
    found = zxingcpp.read_barcodes(np.array(page), formats=zxingcpp.BarcodeFormat.QRCode)
    where = {code.text: code.position.top_left for code in found}
    first = where[printed(0)]
    for number in range(21):
        place = where[printed(number)]
        left, top = L7160.place(number + 1)
        assert place.x - first.x == pytest.approx((left - L7160.left) * 300 / 25_400, abs=2)
        assert place.y - first.y == pytest.approx((top - L7160.top) * 300 / 25_400, abs=2)
    assert L7160.left * 300 / 25_400 < first.x < (L7160.left + L7160.width / 2) * 300 / 25_400


def test_a_page_has_the_size_of_the_sheet_and_prints_at_its_true_size() -> None:
    (made,) = write_sheets([Label(LINK)], Design(), Layout(SHEETS["5160"]))

    document = pypdfium2.PdfDocument(made.data)
    width, height = document[0].get_size()
    assert (width / 72 * 25.4, height / 72 * 25.4) == pytest.approx((215.9, 279.4), abs=0.05)
    assert b"/PrintScaling /None" in made.data


def test_a_roll_has_a_page_for_each_label() -> None:
    (made,) = write_sheets([Label(item(0)), Label(item(1))], Design(), Layout(roll(width=50_000, height=25_000)))

    assert [read(page) for page in pages(made.data, dpi=203)] == [[printed(0)], [printed(1)]]
    assert (made.pages, made.next_start) == (2, 1)


def test_without_zxing_cpp_the_same_sheet_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zxing, "_IS_INSTALLED", False)

    (made,) = write_sheets([Label(item(number)) for number in range(3)], Design(), Layout(L7160))

    assert read_in_order(pages(made.data)[0]) == [printed(0), printed(1), printed(2)]


# --- part-used sheets, copies, shifts, pairs


def test_a_run_begins_where_the_last_one_ended() -> None:
    (first,) = write_sheets([Label(item(n)) for n in range(4)], Design(), Layout(L7160))

    (second,) = write_sheets([Label(item(4))], Design(), Layout(L7160, start_at=first.next_start))

    both = np.minimum(np.array(pages(first.data)[0]), np.array(pages(second.data)[0]))  # one sheet, fed twice
    seen = zxingcpp.read_barcodes(both, formats=zxingcpp.BarcodeFormat.QRCode)
    assert first.next_start == 5
    assert sorted(code.text for code in seen) == [printed(n) for n in range(5)]


def test_the_last_label_of_a_page_leads_to_the_first_of_the_next() -> None:
    (made,) = write_sheets([Label(item(n)) for n in range(5)], Design(), Layout(L7160, start_at=18))

    assert [read_in_order(page) for page in pages(made.data)] == [[printed(n) for n in range(4)], [printed(4)]]
    assert (made.labels, made.pages, made.next_start) == (5, 2, 2)


def test_copies_stand_side_by_side() -> None:
    (made,) = write_sheets([Label(item(0)), Label(item(1))], Design(), Layout(L7160, copies=3))

    (page,) = pages(made.data)
    assert sorted(read(page)) == [printed(0)] * 3 + [printed(1)] * 3
    assert made.labels == 6
    assert texts(made.data)[0].count("(21) AB230001XYZ") == 3


def test_a_shift_moves_everything_to_the_right_and_down() -> None:
    plain, moved = (
        np.array(pages(next(write_sheets([Label(LINK)], Design(), Layout(L7160, shift=shift))).data, dpi=300)[0])
        for shift in ((0, 0), (2_540, -1_270))
    )

    assert (moved[:-15, 30:] == plain[15:, :-30]).mean() > 0.999


def test_a_hidden_code_is_its_things_neighbour_on_the_same_page() -> None:
    labels = [Label(item(n), hidden=CODE if n != 1 else "") for n in range(12)]

    (made,) = write_sheets(labels, Design(hidden_lines=("Scratch",)), Layout(L7160, start_at=2))

    first, second = texts(made.data)
    assert first.count(CODE) == 9  # twenty labels are left: ten things, one of them without a code, and one label over
    assert first.count("AB230000XYZ") == 2
    assert first.count("AB230001XYZ") == 1
    assert second.count(CODE) == 2
    assert (made.labels, made.pages) == (23, 2)


def test_a_roll_prints_a_hidden_code_after_its_thing() -> None:
    (made,) = write_sheets([Label(LINK, hidden=CODE)], Design(), Layout(roll(width=50_000, height=25_000)))

    outer, inner = pages(made.data, dpi=203)
    assert (read(outer), read(inner)) == ([PRINTED], [])
    assert CODE not in texts(made.data)[0]
    assert CODE in texts(made.data)[1]


# --- text


def test_text_can_be_copied_also_chinese() -> None:
    design = Design(("Bell & Daughters", "扫码验真"), fonts=(chinese_font(),))

    (made,) = write_sheets([Label(LINK, (("10", "LOT7"), ("17", "261231")))], design, Layout(L7160))

    (said,) = texts(made.data)
    assert said.split("\n") == [
        "(01) 09521234543213", "(21) AB23CD45EF67G", "(10) LOT7", "(17) 261231", "Bell & Daughters", "扫码验真",
    ]  # fmt: skip
    assert len(made.data) < 60_000  # and not five megabytes of font


def test_one_design_after_another_keeps_its_own_letters() -> None:
    font = chinese_font()

    said = [
        texts(next(write_sheets([Label(LINK)], Design((line,), fonts=(font,)), Layout(L7160))).data)[0].split("\n")[-1]
        for line in ("扫码", "验真", "刮开此处", "Scratch")
    ]

    assert said == ["扫码", "验真", "刮开此处", "Scratch"]


@pytest.mark.parametrize(
    "line",
    [
        ") Tj ET Q q 100 0 0 100 0 0 cm 0 0 1 1 re f",
        "\\) Tj (owned",
        "endstream endobj",
        "q 5 0 0 -5 1 1 cm 0 0 1 1 re f Q",
        "(((",
        "\\",
        "<0001> Tj",
        "%%EOF",
    ],
)
def test_text_stays_text_whatever_it_says(line: str) -> None:
    (made,) = write_sheets([Label(LINK)], Design((line,)), Layout(L7160))

    (said,) = texts(made.data)
    assert said.split("\n")[-1] == line
    assert read(pages(made.data)[0]) == [PRINTED]


def test_a_serial_of_brackets_and_backslashes_stays_a_serial() -> None:
    serial = "()/'\"*%;)?<>"
    link = "https://id.example.org/01/09521234543213/21/" + "".join(f"%{ord(letter):02X}" for letter in serial)

    (made,) = write_sheets([Label(link)], Design(), Layout(SHEETS["L7163"]))

    assert f"(21) {serial}" in texts(made.data)[0]


# --- nothing is given out that does not read


_PATH = pdf._path


@pytest.mark.parametrize("is_installed", [True, False])
def test_a_symbol_drawn_wrongly_is_not_given_out(*, is_installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    other = encode(PRINTED[:-1] + "H")
    monkeypatch.setattr(pdf, "_path", lambda symbol: _PATH(other))
    monkeypatch.setattr(zxing, "_IS_INSTALLED", is_installed)

    with pytest.raises(MalformedError) as refused:
        list(write_sheets([Label(LINK)], Design(), Layout(L7160)))

    assert refused.value.code is Code.LABEL_UNREADABLE


@pytest.mark.parametrize(
    "path",
    ["", "4 4 7 1 re ", "36 36 7 1 re ", "4 90 7 1 re ", "0 0 37 1 re "],
    ids=["nothing", "one bar", "too wide", "too low", "in the quiet zone"],
)
def test_a_damaged_path_is_not_given_out(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_path", lambda symbol: path)

    with pytest.raises(MalformedError) as refused:
        list(write_sheets([Label(LINK)], Design(), Layout(L7160)))

    assert refused.value.code is Code.LABEL_UNREADABLE


def test_a_symbol_that_nobody_asked_for_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_path", lambda symbol: f"{_PATH(symbol)}f Q q 5 0 0 -5 9 9 cm {_PATH(symbol)}")

    with pytest.raises(MalformedError, match=r"not drawn|missing"):
        list(write_sheets([Label(LINK)], Design(), Layout(L7160)))


def test_a_bad_link_among_many_stops_the_run() -> None:
    labels = [Label(item(0)), Label(DAMAGED_LINK), Label(item(1))]

    with pytest.raises(ProvenanceError) as refused:
        list(write_sheets(labels, Design(), Layout(L7160)))

    assert refused.value.code is Code.BAD_CHECK_DIGIT


# --- many


def test_many_labels_become_several_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "LABELS_PER_DOCUMENT", 30)

    made = list(write_sheets((Label(item(n)) for n in range(100)), Design(), Layout(L7160, start_at=11)))

    assert [part.labels for part in made] == [32, 42, 26]  # each but the last ends with a full page
    assert [part.next_start for part in made] == [1, 1, 6]
    seen = [text for part in made for page in pages(part.data) for text in read_in_order(page)]
    assert seen == [printed(n) for n in range(100)]


def test_labels_are_taken_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "LABELS_PER_DOCUMENT", 21)
    taken = 0

    def labels() -> object:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield Label(item(number))

    next(write_sheets(labels(), Design(), Layout(L7160)))  # type: ignore[arg-type]

    assert taken == 22


def test_no_labels_are_no_document() -> None:
    assert list(write_sheets([], Design(), Layout(L7160))) == []


def test_the_same_labels_give_the_same_bytes() -> None:
    first, second = (
        next(write_sheets([Label(LINK)], Design(("验",), fonts=(chinese_font(),)), Layout(L7160))) for _ in "12"
    )

    assert first == second


@pytest.mark.parametrize(
    "given",
    [
        {"start_at": 0},
        {"start_at": 22},
        {"copies": 0},
        {"copies": 1001},
        {"shift": (10_001, 0)},
        {"shift": (0, -10_001)},
    ],
)
def test_a_layout_that_cannot_be_is_refused(given: dict) -> None:
    with pytest.raises(MalformedError) as refused:
        Layout(L7160, **given)

    assert refused.value.code is Code.WRONG_VALUE


# --- the calibration page


@pytest.mark.parametrize("name", ["L7160", "L7651", "5160"])
def test_the_calibration_page_shows_every_label_and_its_number(name: str) -> None:
    chosen = SHEETS[name]

    (page,) = pages(calibration(Layout(chosen)), dpi=300)

    dark = np.array(page) < 128
    for number in range(1, chosen.count + 1):
        left, top = (round(edge * 300 / 25_400) for edge in chosen.place(number))
        wide, high = round(chosen.width * 300 / 25_400), round(chosen.height * 300 / 25_400)
        assert dark[top + high // 2, max(0, left - 3) : left + 4].any()
        assert dark[max(0, top - 3) : top + 4, left + wide // 2].any()
    said = texts(calibration(Layout(chosen)))[0]
    assert {str(number) for number in range(1, chosen.count + 1)} <= set(said.split())
    assert "print at 100 %" in said


def test_the_ruler_has_a_tick_every_millimetre() -> None:
    (page,) = pages(calibration(Layout(L7160)), dpi=600)

    row = np.array(page)[2 * 600 // 254 : 2 * 600 // 254 + 12, :].min(axis=0) < 128
    ticks = np.flatnonzero(np.diff(row.astype(int)) == 1)
    assert len(ticks) >= 209
    assert np.diff(ticks).mean() == pytest.approx(600 / 25.4, abs=0.05)


def test_the_calibration_page_moves_with_the_shift() -> None:
    plain, moved = (
        np.array(pages(calibration(Layout(L7160, shift=shift)), dpi=300)[0]) for shift in ((0, 0), (2_540, 0))
    )

    inside = slice(200, 3300)
    assert (moved[inside, 130:] == plain[inside, 100:-30]).mean() > 0.995


def test_a_document_without_symbols_is_a_document() -> None:
    face = Design().face
    document = Document(width=300, height=300, face=face)
    document.write("x", left=10, baseline=100, size=30)

    assert texts(document.finish()) == ["x"]
