from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from labels.design import Carrier
from provenance.cli.labels import CARRIERS
from tests.label_views import pages, read, read_in_order, texts
from tests.terminal import Said, Terminal

ITEM = "https://id.gs1.org/01/09520123000011/21/A1"
CODE = "0G40-R40M-30E2-0918-5GR3-8E6M"
BASE = {"PROVENANCE_BASE_URL": "https://olives.example"}


def epcs(count: int) -> bytes:
    return "".join(f"https://id.gs1.org/01/09520123000011/21/A{n:03d}\n" for n in range(count)).encode()


def label(folder: Path, *words: str | Path, stdin: bytes = b"") -> Said:
    return Terminal(folder / "home")("label", *words, stdin=stdin, environ=BASE)


def links(count: int) -> list[str]:
    return [f"https://OLIVES.EXAMPLE/01/09520123000011/21/A{n:03d}" for n in range(count)]


def test_a_code_shown_here_opens_the_page_of_its_thing(tmp_path: Path) -> None:
    said = label(tmp_path, "show", ITEM)

    assert said.out.endswith("https://olives.example/01/09520123000011/21/A1\n")
    assert said.out.count("█") > 100


def test_a_list_becomes_a_sheet_that_begins_where_it_should(tmp_path: Path) -> None:
    said = label(
        tmp_path, "print", "--from", "-", "--sheet", "L7160", "--start-at", "5", "-o", tmp_path / "a.pdf", "--json",
        stdin=epcs(18),
    )  # fmt: skip

    assert said.object == {"files": [str(tmp_path / "a.pdf")], "labels": 18, "nextStart": 2}
    seen = [text for page in pages((tmp_path / "a.pdf").read_bytes()) for text in read_in_order(page)]
    assert seen == links(18)


def test_one_thing_becomes_a_picture(tmp_path: Path) -> None:
    png = label(tmp_path, "print", ITEM, "-o", tmp_path / "a.PNG")
    svg = label(tmp_path, "print", ITEM, "-o", tmp_path / "a.svg")

    assert (png.code, svg.code) == (0, 0)
    assert read(Image.open(tmp_path / "a.PNG")) == ["https://OLIVES.EXAMPLE/01/09520123000011/21/A1"]
    assert (tmp_path / "a.svg").read_text().startswith("<svg ")


def test_many_pictures_become_a_folder(tmp_path: Path) -> None:
    label(tmp_path, "print", "--from", "-", "-o", tmp_path / "a.png", stdin=epcs(12))

    names = sorted(path.name for path in (tmp_path / "a.png").iterdir())
    assert names == [f"{n:02d}.png" for n in range(1, 13)]
    assert [read(Image.open(tmp_path / "a.png" / name))[0] for name in names] == links(12)


def test_a_printer_and_a_converter_get_every_label(tmp_path: Path) -> None:
    label(tmp_path, "print", "--from", "-", "--copies", "3", "-o", tmp_path / "a.zpl", stdin=epcs(4))
    label(tmp_path, "print", "--from", "-", "--also", "(10)L7", "-o", tmp_path / "a.csv", stdin=epcs(4))

    assert (tmp_path / "a.zpl").read_bytes().count(b"^PQ3^XZ") == 4
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    assert [row["link"] for row in rows] == links(4)
    assert rows[0]["line 3"] == "(10) L7"


def test_a_claim_code_gets_a_label_of_its_own(tmp_path: Path) -> None:
    line = f"{ITEM}\t{CODE.lower()}\n".encode()

    label(tmp_path, "print", "--from", "-", "--sheet", "L7160", "-o", tmp_path / "a.pdf", stdin=line)

    (page,) = texts((tmp_path / "a.pdf").read_bytes())
    assert page.count(CODE) == 1
    assert page.count("(21) A1") == 2


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"https://id.gs1.org/01/09520123000012/21/A1\n", "bad-check-digit"),
        (f"{ITEM}\t{CODE[:-1]}N\n".encode(), "mistyped-claim-code"),
        (b"\xff\xfe\n", "malformed-text"),
    ],
)
@pytest.mark.parametrize("ending", ["pdf", "zpl", "png", "svg", "csv"])
def test_a_bad_line_is_named_and_nothing_is_left(line: bytes, code: str, ending: str, tmp_path: Path) -> None:
    said = label(tmp_path, "print", "--from", "-", "-o", tmp_path / f"a.{ending}", stdin=epcs(2) + line + epcs(2))

    assert said.code == 1
    assert said.err.startswith(f"error: {code}: ")
    assert code == "malformed-text" or "line 3: " in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", ["pdf", "zpl", "png", "svg"])
def test_a_label_that_is_too_small_leaves_no_file(ending: str, tmp_path: Path) -> None:
    said = label(tmp_path, "print", ITEM, ITEM, "--roll", "10x10", "-o", tmp_path / f"a.{ending}")

    assert said.err.startswith("error: label-too-small: 10.0 × 10.0 mm have no room for")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "a.zpl").write_bytes(b"mine")

    said = label(tmp_path, "print", ITEM, "-o", tmp_path / "a.zpl")

    assert (said.code, (tmp_path / "a.zpl").read_bytes()) == (2, b"mine")


@pytest.mark.parametrize(
    "words",
    [
        ("-o", "a.pdf"),
        (ITEM, "--from", "-", "-o", "a.pdf"),
        (ITEM, "-o", "a.doc"),
        (ITEM, "-o", "a"),
        (ITEM, "--sheet", "L7160", "--roll", "50x30", "-o", "a.pdf"),
        (ITEM, "--sheet", "L7160", "-o", "a.zpl"),
        (ITEM, "--start-at", "2", "-o", "a.pdf"),
        (ITEM, "--copies", "2", "-o", "a.png"),
        (ITEM, "--roll", "50", "-o", "a.pdf"),
        (ITEM, "--shift", "1;2", "--sheet", "L7160", "-o", "a.pdf"),
    ],
)
def test_what_does_not_go_together_is_misuse(words: tuple[str, ...], tmp_path: Path) -> None:
    said = label(tmp_path, "print", *[tmp_path / word if word.startswith("a") else word for word in words])

    assert said.code == 2
    assert list(tmp_path.iterdir()) == []


def test_the_formats_are_listed(tmp_path: Path) -> None:
    said = label(tmp_path, "sheets", "--json")

    assert len(said.object["sheets"]) >= 20
    assert said.object["sheets"][0] == {
        "name": "L7160", "page": "A4", "columns": 3, "rows": 7, "width": 63_500, "height": 38_100,
    }  # fmt: skip


def test_a_calibration_page_is_written(tmp_path: Path) -> None:
    said = label(tmp_path, "calibrate", "--sheet", "l7160", "--shift=-1,0.5", "-o", tmp_path / "a.pdf")

    assert said.code == 0
    assert "print at 100 %" in texts((tmp_path / "a.pdf").read_bytes())[0]


def test_the_carriers_are_those_of_the_labels() -> None:
    assert tuple(carrier.value for carrier in Carrier) == CARRIERS
