from __future__ import annotations

import io
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from labels.artwork import item_label_png, item_label_svg, terminal
from tests.label_views import LINK, PRINTED, read

SVG = "{http://www.w3.org/2000/svg}"


@settings(max_examples=30)
@given(st.from_regex(r"[A-Z0-9a-z]{1,20}", fullmatch=True))
def test_a_label_reads_as_its_link(serial: str) -> None:
    png = item_label_png(f"https://id.example.org/01/09521234543213/21/{serial}")

    assert read(Image.open(io.BytesIO(png))) == [f"https://ID.EXAMPLE.ORG/01/09521234543213/21/{serial}"]


def test_the_text_names_every_element_on_a_line_of_its_own() -> None:
    root = ElementTree.fromstring(item_label_svg(LINK))

    assert [line.text for line in root.findall(f"{SVG}text")] == ["(01) 09521234543213", "(21) AB23CD45EF67G"]
    assert root.attrib["aria-label"] == "(01) 09521234543213 (21) AB23CD45EF67G"


@pytest.mark.parametrize("light_on_dark", [True, False])
def test_a_terminal_reads_as_its_text(*, light_on_dark: bool) -> None:
    halves = {" ": (0, 0), "▄": (0, 255), "▀": (255, 0), "█": (255, 255)}
    columns = [[halves[letter] for letter in line] for line in terminal(PRINTED).splitlines()]
    screen = np.array(columns, np.uint8).transpose(0, 2, 1).reshape(-1, len(columns[0])).repeat(6, 0).repeat(6, 1)
    picture = ImageOps.expand(Image.fromarray(screen), 40, 0)

    assert read(picture if light_on_dark else ImageOps.invert(picture)) == [PRINTED]


def test_a_symbol_fits_a_terminal_of_eighty_by_twenty_four() -> None:
    lines = terminal(PRINTED).splitlines()

    assert len(lines) <= 23
    assert {len(line) for line in lines} == {37}


@pytest.mark.parametrize("make", [item_label_svg, item_label_png, terminal])
def test_drawing_twice_gives_the_same(make: Callable[[str], str | bytes]) -> None:
    assert make(LINK) == make(LINK)
