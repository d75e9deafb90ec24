from __future__ import annotations

import io
import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter, ImageOps

from labels.artwork import MOST_DOTS, item_label_png, item_label_svg, printed_link, qr_png, qr_svg, terminal
from labels.symbol import QUIET_ZONE, encode
from provenance.codes import Code
from provenance.errors import MalformedError

LINK = "https://id.example.org/01/09521234543213/21/AB23CD45EF67G"
PRINTED = "https://ID.EXAMPLE.ORG/01/09521234543213/21/AB23CD45EF67G"
SVG = "{http://www.w3.org/2000/svg}"


def read(picture: Image.Image) -> list[str]:
    return [seen.text for seen in zxingcpp.read_barcodes(np.array(picture.convert("L")))]


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def rendered(svg: str, scale: int = 8) -> Image.Image:
    """The rectangles of our path, as a browser would fill them."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = (int(part) for part in root.attrib["viewBox"].split())
    picture = np.full((height * scale, width * scale), 255, np.uint8)
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", root.findall(f"{SVG}path")[1].attrib["d"]):
        left, top = int(x) * scale, int(y) * scale
        picture[top : top + scale, left : left + int(run) * scale] = 0
    return Image.fromarray(picture)


# --- the link


@pytest.mark.parametrize(
    ("given_link", "printed"),
    [
        (LINK, PRINTED),
        ("https://id.example.org/01/09521234543213/21/aBc", "https://ID.EXAMPLE.ORG/01/09521234543213/21/aBc"),
        ("https://Example.org/shop/01/09521234543213/10/L7", "https://EXAMPLE.ORG/shop/01/09521234543213/10/L7"),
        ("http://localhost:8000/01/09521234543213/21/1", "http://LOCALHOST:8000/01/09521234543213/21/1"),
        ("https://id.gs1.org/00/395201234512345678", "https://ID.GS1.ORG/00/395201234512345678"),
    ],
)
def test_only_the_host_is_printed_in_capitals(given_link: str, printed: str) -> None:
    assert printed_link(given_link) == printed


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.UNKNOWN_IDENTIFIER),
        ("https://example.org/", Code.UNKNOWN_IDENTIFIER),
        ("https://example.org/01/09521234543214/21/1", Code.BAD_CHECK_DIGIT),
        ("urn:epc:id:sgtin:9521234.054321.1", Code.UNKNOWN_IDENTIFIER),
        ("https://user@example.org/01/09521234543213/21/1", Code.UNKNOWN_IDENTIFIER),
        ("https://exämple.org/01/09521234543213/21/1", Code.WRONG_CHARACTER),
        ("javascript://example.org/01/09521234543213/21/1", Code.UNKNOWN_IDENTIFIER),
    ],
)
def test_refuses_to_print_what_is_no_digital_link(text: str, code: Code) -> None:
    for make in (printed_link, item_label_svg, item_label_png):
        with pytest.raises(MalformedError) as refused:
            make(text)
        assert refused.value.code is code


# --- what is drawn reads as what it says


@pytest.mark.parametrize("dots", [3, 4, 5, 8, 13])
def test_a_png_reads_as_its_text(dots: int) -> None:
    assert read(opened(qr_png(PRINTED, dots=dots))) == [PRINTED]


def test_an_svg_reads_as_its_text() -> None:
    assert read(rendered(qr_svg(PRINTED))) == [PRINTED]


@settings(max_examples=30)
@given(st.from_regex(r"[A-Z0-9a-z]{1,20}", fullmatch=True))
def test_a_label_reads_as_its_link(serial: str) -> None:
    link = f"https://id.example.org/01/09521234543213/21/{serial}"
    printed = f"https://ID.EXAMPLE.ORG/01/09521234543213/21/{serial}"

    assert read(opened(item_label_png(link, dots=4))) == [printed]
    assert read(rendered(item_label_svg(link), 4)) == [printed]


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


# --- how it is drawn


@given(st.integers(1, 12))
def test_every_module_of_a_png_is_a_square_of_whole_dots(dots: int) -> None:
    picture = opened(qr_png(PRINTED, dots=dots))
    expected = ~np.array(encode(PRINTED).rows)

    assert picture.mode == "1"
    assert (np.array(picture) == expected.repeat(dots, 0).repeat(dots, 1)).all()


@pytest.mark.parametrize("dots", [0, -1, MOST_DOTS + 1])
def test_refuses_a_module_of_no_or_too_many_dots(dots: int) -> None:
    for make in (lambda: qr_png(PRINTED, dots=dots), lambda: item_label_png(LINK, dots=dots)):
        with pytest.raises(MalformedError) as refused:
            make()
        assert refused.value.code is Code.WRONG_VALUE


def test_a_png_says_how_large_it_prints() -> None:
    across, _ = opened(qr_png(PRINTED, dots=8)).info["dpi"]

    assert 8 / across * 25.4 == pytest.approx(0.495, abs=0.001)


def test_an_svg_says_how_large_it_prints() -> None:
    root = ElementTree.fromstring(qr_svg(PRINTED))

    assert root.attrib["viewBox"] == "0 0 37 37"
    assert root.attrib["width"] == root.attrib["height"] == "18.315mm"


@pytest.mark.parametrize("dots", [3, 4, 8])
@pytest.mark.parametrize("serial", ["1", "W" * 20, "AB23CD45EF67G"])
def test_the_text_stands_beneath_the_symbol_and_within_the_label(serial: str, dots: int) -> None:
    link = f"https://id.example.org/01/09521234543213/21/{serial}"
    side = encode(printed_link(link)).side

    dark = ~np.array(opened(item_label_png(link, dots=dots)))
    symbol, text = dark[: side * dots], dark[side * dots :]

    assert symbol.sum() == np.array(encode(printed_link(link)).rows).sum() * dots**2  # nothing laid over it
    assert text.any()
    assert not text[:, : QUIET_ZONE * dots // 2].any()
    assert not text[:, -(QUIET_ZONE * dots // 2) :].any()
    assert not text[-1].any()


def test_the_text_names_every_element_on_a_line_of_its_own() -> None:
    root = ElementTree.fromstring(item_label_svg(LINK))

    assert [line.text for line in root.findall(f"{SVG}text")] == ["(01)09521234543213", "(21)AB23CD45EF67G"]
    assert root.attrib["aria-label"] == "(01)09521234543213 (21)AB23CD45EF67G"


def test_an_escaped_serial_is_printed_as_it_is_read() -> None:
    link = "https://id.example.org/01/09521234543213/21/A%2FB%3C%26"
    root = ElementTree.fromstring(item_label_svg(link))

    assert root.findall(f"{SVG}text")[1].text == "(21)A/B<&"
    assert read(opened(item_label_png(link))) == ["https://ID.EXAMPLE.ORG/01/09521234543213/21/A%2FB%3C%26"]


@given(st.text(min_size=1, max_size=20))
def test_an_svg_is_well_formed_whatever_the_text(text: str) -> None:
    try:
        svg = qr_svg(text)
    except MalformedError:
        return

    assert ElementTree.fromstring(svg).attrib["role"] == "img"


@pytest.mark.parametrize("make", [qr_svg, qr_png, terminal])
def test_drawing_twice_gives_the_same(make: Callable[[str], str | bytes]) -> None:
    assert make(PRINTED) == make(PRINTED)


# --- a phone's view of it


def photographed(picture: Image.Image, *, blur: float, turn: float, tilt: float) -> Image.Image:
    """A label on a desk: turned, seen from the side, out of focus, in uneven light and with grain."""
    desk = ImageOps.expand(picture.convert("L"), 80, 170)
    width, height = desk.size
    far = tilt * width / 2  # the far edge looks this much shorter on either side
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    seen_at = [(far, far), (width - far, far), (width, height), (0, height)]
    rows = [
        row
        for (x, y), (u, v) in zip(corners, seen_at, strict=True)
        for row in ((u, v, 1, 0, 0, 0, -x * u, -x * v), (0, 0, 0, u, v, 1, -y * u, -y * v))
    ]
    lens = np.linalg.solve(np.array(rows, float), np.array(corners, float).ravel())
    desk = desk.transform(desk.size, Image.Transform.PERSPECTIVE, lens, Image.Resampling.BICUBIC, fillcolor=170)
    desk = desk.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=170)
    seen = np.array(desk.filter(ImageFilter.GaussianBlur(blur))).astype(float)
    light = np.linspace(0.55, 1.0, seen.shape[1])
    grain = np.random.default_rng(7).normal(0, 8, seen.shape)
    return Image.fromarray((seen * light + grain).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("turn", [0, 12, 90, 200])
@pytest.mark.parametrize("tilt", [0.0, 0.15, 0.3])
@pytest.mark.parametrize("blur", [0.5, 1.5, 2.0])
def test_a_blurred_tilted_photo_of_a_label_is_read(blur: float, tilt: float, turn: float) -> None:
    label = opened(item_label_png(LINK, dots=8))

    photo = photographed(label, blur=blur, turn=turn, tilt=tilt)

    assert read(photo) == [PRINTED]


def test_a_stained_label_is_read() -> None:
    # A twentieth of the symbol is gone; level M restores it.
    picture = opened(item_label_png(LINK, dots=6)).convert("L")
    picture.paste(255, (150, 110, 190, 150))

    assert read(picture) == [PRINTED]
