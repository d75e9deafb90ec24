"""Labels as phones see them: at the rates the field report measured, or better."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from labels.composition import compose
from labels.design import Design, Label
from labels.picture import png
from labels.sheet import Layout, write_sheets
from labels.templates import SHEETS
from tests.label_views import item, pages, read
from tests.photos import Scene, photograph

PHOTOS = 25


def printed(number: int) -> str:
    return item(number).replace("id.example.org", "ID.EXAMPLE.ORG")


def symbol(number: int) -> Image.Image:
    """The symbol of a finished PNG with its quiet zone."""
    design = Design()
    drawing = compose(Label(item(number)), design, width=750, height=450, resolution=300)
    assert drawing.mark is not None
    mark = drawing.mark
    with Image.open(io.BytesIO(png(drawing, design.face))) as made:
        return made.crop((mark.left, mark.top, mark.left + mark.side, mark.top + mark.side))


@pytest.mark.parametrize(
    ("scene", "least"),
    [
        pytest.param(Scene(320), 25, id="straight"),
        pytest.param(Scene(320, turned=True), 25, id="turned"),
        pytest.param(Scene(200, turned=True, tilt=0.12), 25, id="turned and tilted"),
        pytest.param(Scene(160, turned=True, blur=1.2, grain=8), 25, id="out of focus"),
        pytest.param(Scene(120, turned=True, blur=1, grain=10), 25, id="far away"),
        pytest.param(Scene(200, turned=True, contrast=0.35, grain=3), 25, id="little contrast"),
        pytest.param(Scene(240, turned=True, has_glare=True, grain=3), 25, id="a lamp in it"),
        pytest.param(Scene(110), 24, id="very far away"),
        pytest.param(Scene(120, turned=True, scratched=0.05), 22, id="scratched and far away"),
        pytest.param(Scene(220, turned=True, scratched=0.05), 22, id="scratched"),
    ],
)
def test_a_phone_reads_the_label(scene: Scene, least: int) -> None:
    seen = [read(photograph(symbol(number), scene, seed=number)) for number in range(PHOTOS)]

    assert all(texts in ([], [printed(number)]) for number, texts in enumerate(seen))  # never anything else
    assert sum(map(len, seen)) >= least


def test_a_phone_reads_a_label_cut_from_a_printed_sheet() -> None:
    """From paper at 150 dots per inch, where a module is five or six dots and its edges are grey."""
    (made,) = write_sheets([Label(item(number)) for number in range(21)], Design(), Layout(SHEETS["L7160"]))
    (page,) = pages(made.data, dpi=150)
    across, high, side = 66.04 * 150 / 25.4, 38.1 * 150 / 25.4, 37.1 * 150 / 25.4

    seen = []
    for number in range(21):
        left, top = 7.2 * 150 / 25.4 + number % 3 * across, 15.14 * 150 / 25.4 + number // 3 * high
        cut = page.crop((round(left), round(top), round(left + side), round(top + side)))
        seen.append(read(photograph(cut, Scene(240, turned=True, tilt=0.1, blur=1, grain=6), seed=number)))

    assert seen == [[printed(number)] for number in range(21)]
