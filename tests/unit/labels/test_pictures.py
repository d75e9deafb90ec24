"""PNG, ZPL and SVG: one drawing, read back out of the bytes that are given out."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from labels import picture, thermal, vector, zxing
from labels.composition import compose, compose_tight
from labels.design import Design, Label
from labels.drawing import Drawing, dots_per_metre
from labels.hidden import compose_hidden
from labels.symbol import encode
from provenance.codes import Code
from provenance.errors import MalformedError
from tests.label_views import LINK, PRINTED, chinese_font, matrix, read

SVG = "{http://www.w3.org/2000/svg}"
DESIGN = Design(("Bell & Daughters", "扫码验真"), ("Scratch",), fonts=(chinese_font(),))
FACE = DESIGN.face
CODE = "0G40-R40M-30E2-0918-5GR3-8E6M"


def drawn(*, resolution: int = 203, width: int = 60, height: int = 30, hidden: bool = False) -> Drawing:
    dots = dots_per_metre(resolution) / 1000
    make = compose_hidden if hidden else compose
    return make(
        Label(LINK, hidden=CODE), DESIGN, width=round(width * dots), height=round(height * dots), resolution=resolution
    )


def printed(program: bytes) -> np.ndarray:
    """What a ZPL printer puts on paper, by the manual: a second reader, written apart from ours."""
    match = re.fullmatch(rb"\^XA\^PW(\d+)\^LL(\d+)\^LH0,0\^FO0,0\^GFA,(\d+),(\d+),(\d+),(.*)\^FS\^PQ\d+\^XZ\n", program)
    assert match is not None
    width, height, sent, shown, per_row = (int(match[at]) for at in range(1, 6))
    assert sent == shown == per_row * height
    digits, times, out = "", 0, []
    for letter in match[6].decode():
        if "G" <= letter <= "Y":
            times += ord(letter) - ord("G") + 1
        elif "g" <= letter <= "z":
            times += 20 * (ord(letter) - ord("g") + 1)
        elif letter == ":":
            assert not digits
            digits = out[-1]
        elif letter in ",!":
            digits += ("0" if letter == "," else "F") * (2 * per_row - len(digits))
        else:
            digits, times = digits + letter * max(1, times), 0
        if len(digits) == 2 * per_row:
            out.append(digits)
            digits = ""
    assert not digits
    bits = np.unpackbits(np.frombuffer(bytes.fromhex("".join(out)), np.uint8)).reshape(height, per_row * 8)
    return bits[:, :width]


def paper(bits: np.ndarray) -> Image.Image:
    return Image.fromarray(((1 - bits) * 255).astype(np.uint8))


# --- PNG


@pytest.mark.parametrize("resolution", [203, 300, 600])
def test_a_png_reads_as_its_link_and_says_its_true_size(resolution: int) -> None:
    drawing = drawn(resolution=resolution)

    with Image.open(io.BytesIO(picture.png(drawing, FACE))) as made:
        assert read(made) == [PRINTED]
        assert made.mode == "1"
        assert made.width / made.info["dpi"][0] * 25.4 == pytest.approx(60, abs=0.1)


@pytest.mark.parametrize("resolution", [203, 300, 600])
def test_every_module_is_a_square_of_whole_dots(resolution: int) -> None:
    drawing = drawn(resolution=resolution)
    mark = drawing.mark
    assert mark is not None

    dark = ~np.array(picture.paint(drawing, FACE))

    area = dark[mark.top : mark.top + mark.side, mark.left : mark.left + mark.side]
    assert (area == matrix(mark.symbol).repeat(mark.dots, 0).repeat(mark.dots, 1)).all()


@settings(max_examples=40)
@given(st.text(st.sampled_from("WMij1()%_/AZ09"), min_size=1, max_size=20), st.sampled_from([203, 300, 600]))
def test_letters_stay_where_they_were_measured(serial: str, resolution: int) -> None:
    link = "https://id.example.org/01/09521234543213/21/" + "".join(f"%{ord(letter):02X}" for letter in serial)
    drawing = compose_tight(Label(link), DESIGN, resolution=resolution)
    assert drawing.mark is not None

    dark = ~np.array(picture.paint(drawing, FACE))
    for text in drawing.texts:
        rows = dark[text.baseline - text.size + 1 : text.baseline + text.size // 5, :]
        inked = np.flatnonzero(rows.any(axis=0))
        assert inked[0] >= text.left - 1
        assert inked[-1] <= text.left + text.width
    assert not dark[drawing.mark.side - 4 * drawing.mark.dots : drawing.mark.side].any()


def test_a_label_with_a_hidden_code_has_no_symbol() -> None:
    with Image.open(io.BytesIO(picture.png(drawn(hidden=True), FACE))) as made:
        assert read(made) == []
        assert not np.array(made).all()


# --- ZPL


@pytest.mark.parametrize("resolution", [203, 300, 600])
def test_a_printer_prints_what_the_png_shows(resolution: int) -> None:
    drawing = drawn(resolution=resolution)

    bits = printed(thermal.zpl(drawing, FACE))

    assert (bits == ~np.array(picture.paint(drawing, FACE))).all()
    assert read(paper(bits)) == [PRINTED]


@settings(max_examples=60)
@given(data=st.data(), width=st.integers(1, 900), height=st.integers(1, 12))
def test_any_picture_survives_packing(data: st.DataObject, width: int, height: int) -> None:
    """Also long runs, of 400 and more digits, and rows of one colour."""
    runs = data.draw(st.lists(st.tuples(st.booleans(), st.integers(1, 4000)), max_size=20))
    flat = np.concatenate([np.full(length, value) for value, length in runs] + [np.zeros(width * height, bool)])
    bits = flat[: width * height].reshape(height, width)
    per_row = -(-width // 8)
    digits = np.packbits(np.pad(bits, ((0, 0), (0, per_row * 8 - width))), axis=1).tobytes()
    total = per_row * height

    packed = thermal._pack(digits, per_row)
    program = f"^XA^PW{width}^LL{height}^LH0,0^FO0,0^GFA,{total},{total},{per_row},{packed}^FS^PQ1^XZ\n"

    assert (printed(program.encode()) == bits).all()
    assert (~np.array(thermal.unpack(program)) == bits).all()


def test_a_zpl_program_has_numbers_and_digits_only() -> None:
    """Nothing that a label says can reach the printer as a command."""
    design = Design(("^XZ~JR^XA^FDowned^FS", "^GFA,1,1,1,00^FS"))
    link = "https://id.example.org/01/09521234543213/21/%2AXZ%2F%3C%22"
    drawing = compose(Label(link), design, width=560, height=240, resolution=203)

    program = thermal.zpl(drawing, design.face)

    assert re.fullmatch(rb"\^XA\^PW\d+\^LL\d+\^LH0,0\^FO0,0\^GFA,\d+,\d+,\d+,[0-9A-Zg-z,!:]+\^FS\^PQ1\^XZ\n", program)
    assert program.count(b"^") == 9
    assert b"~" not in program
    assert read(paper(printed(program))) == ["https://ID.EXAMPLE.ORG/01/09521234543213/21/%2AXZ%2F%3C%22"]


def test_copies_are_the_printers_work() -> None:
    one, twelve = thermal.zpl(drawn(), FACE), thermal.zpl(drawn(), FACE, copies=12)

    assert twelve == one.replace(b"^PQ1^", b"^PQ12^")


@pytest.mark.parametrize("copies", [0, -1, 1001])
def test_copies_that_cannot_be_are_refused(copies: int) -> None:
    with pytest.raises(MalformedError) as refused:
        thermal.zpl(drawn(), FACE, copies=copies)

    assert refused.value.code is Code.WRONG_VALUE


@pytest.mark.parametrize(
    "program",
    [
        "",
        "^XA^XZ\n",
        "^XA^PW8^LL1^LH0,0^FO0,0^GFA,1,1,1,^FS^PQ1^XZ\n",
        "^XA^PW8^LL1^LH0,0^FO0,0^GFA,1,1,1,:^FS^PQ1^XZ\n",
        "^XA^PW8^LL1^LH0,0^FO0,0^GFA,1,1,1,G^FS^PQ1^XZ\n",
        "^XA^PW8^LL1^LH0,0^FO0,0^GFA,1,1,1,000^FS^PQ1^XZ\n",
        "^XA^PW8^LL2^LH0,0^FO0,0^GFA,2,2,1,00^FS^PQ1^XZ\n",
        "^XA^PW9^LL1^LH0,0^FO0,0^GFA,1,1,1,00^FS^PQ1^XZ\n",
        "^XA^PW8^LL1^LH0,0^FO0,0^GFA,9,9,1,00^FS^PQ1^XZ\n",
        "^XA^PW8^LL1^LH0,0^FO0,0^GFA,1,1,1,00^FS^PQ1^XZ\n^XA",
    ],
)
def test_a_program_that_is_none_of_ours_is_refused(program: str) -> None:
    with pytest.raises(MalformedError) as refused:
        thermal.unpack(program)

    assert refused.value.code is Code.LABEL_UNREADABLE


# --- SVG


def rendered(svg: str) -> Image.Image:
    """The rectangles of our path, as a browser would fill them."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = (int(part) for part in root.attrib["viewBox"].split())
    canvas = np.full((height, width), 255, np.uint8)
    path = root.findall(f"{SVG}path")[1].attrib
    left, top, scale = map(int, re.findall(r"\d+", path["transform"]))
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path["d"]):
        from_left, from_top = left + int(x) * scale, top + int(y) * scale
        canvas[from_top : from_top + scale, from_left : from_left + int(run) * scale] = 0
    return Image.fromarray(canvas)


def test_an_svg_reads_as_its_link_and_says_its_true_size() -> None:
    document = vector.svg(drawn(resolution=300))
    root = ElementTree.fromstring(document)

    assert read(rendered(document)) == [PRINTED]
    assert float(root.attrib["width"].removesuffix("mm")) == pytest.approx(60, abs=0.05)
    assert float(root.attrib["height"].removesuffix("mm")) == pytest.approx(30, abs=0.05)


def test_an_svg_has_its_text_as_text() -> None:
    root = ElementTree.fromstring(vector.svg(drawn()))

    assert [line.text for line in root.findall(f"{SVG}text")] == [
        "(01) 09521234543213", "(21) AB23CD45EF67G", "Bell & Daughters", "扫码验真",
    ]  # fmt: skip


@given(st.text(st.characters(codec="ascii", min_codepoint=32, max_codepoint=126), min_size=1, max_size=80))
def test_text_never_becomes_markup(line: str) -> None:
    try:
        design = Design((line,))
    except MalformedError:
        assert not line.strip()
        return

    root = ElementTree.fromstring(vector.svg(compose_tight(Label(LINK), design, resolution=300)))

    assert [element.tag for element in root.iter()] == [
        f"{SVG}{name}" for name in ("svg", "path", "path", *["text"] * 3)
    ]
    assert root.findall(f"{SVG}text")[2].text == line


@pytest.mark.parametrize("line", ["</text><script>alert(1)</script>", '" onload="alert(1)', "<!--", "]]>", "&amp;"])
def test_an_attack_on_the_page_is_printed(line: str) -> None:
    root = ElementTree.fromstring(vector.svg(compose_tight(Label(LINK), Design((line,)), resolution=300)))

    assert root.findall(f"{SVG}text")[2].text == line
    assert set(root.attrib) == {"width", "height", "viewBox", "role", "aria-label"}


def test_a_serial_that_looks_like_a_symbol_is_no_symbol() -> None:
    line = ' transform="translate(1 1) scale(1)" d="M0 0h1v1h-1z"'

    document = vector.svg(compose_tight(Label(LINK), Design((line,)), resolution=300))

    assert read(rendered(document)) == [PRINTED]


# --- nothing is given out that does not read


@pytest.mark.parametrize("is_installed", [True, False])
@pytest.mark.parametrize("make", ["png", "zpl", "svg"])
def test_a_symbol_drawn_wrongly_is_not_given_out(
    make: str, *, is_installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing, other = drawn(), encode(PRINTED[:-1] + "H")
    runs, modules = vector._runs, picture._modules
    monkeypatch.setattr(vector, "_runs", lambda symbol: runs(other))
    monkeypatch.setattr(picture, "_modules", lambda symbol: modules(other))
    monkeypatch.setattr(zxing, "_IS_INSTALLED", is_installed)
    makers = {
        "png": lambda: picture.png(drawing, FACE),
        "zpl": lambda: thermal.zpl(drawing, FACE),
        "svg": lambda: vector.svg(drawing),
    }

    with pytest.raises(MalformedError) as refused:
        makers[make]()

    assert refused.value.code is Code.LABEL_UNREADABLE


def test_a_letter_over_a_module_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = drawn()
    paint = picture.paint

    def smudged(drawing: Drawing, face: object) -> Image.Image:
        made = paint(drawing, face)  # type: ignore[arg-type]
        assert drawing.mark is not None
        made.putpixel(
            (drawing.mark.left + 60, drawing.mark.top + 61),
            1 - made.getpixel((drawing.mark.left + 60, drawing.mark.top + 61)),
        )
        return made

    monkeypatch.setattr(picture, "paint", smudged)
    monkeypatch.setattr(thermal, "paint", smudged)

    for make in (picture.png, thermal.zpl):
        with pytest.raises(MalformedError, match="square"):
            make(drawing, FACE)
