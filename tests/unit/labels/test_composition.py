from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.composition import LEAST_MODULE, MOST_MODULE, compose, compose_tight
from labels.design import Carrier, Design, Label
from labels.drawing import Drawing, Text, dots_per_metre, millimetres
from labels.hidden import compose_hidden
from provenance.codes import Code
from provenance.errors import MalformedError, ProvenanceError, RefusedError
from tests.label_views import LINK, PRINTED, chinese_font

SERIALS = st.from_regex(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}", fullmatch=True)
RESOLUTIONS = st.sampled_from([203, 300, 600])
CODE = "0G40-R40M-30E2-0918-5GR3-8E6M"


def link(serial: str) -> str:
    return "https://id.example.org/01/09521234543213/21/" + "".join(f"%{ord(letter):02X}" for letter in serial)


def boxes(drawing: Drawing) -> list[tuple[int, int, int, int]]:
    """The texts as left, top, right, bottom: from the tops of the letters to what hangs below the line."""
    return [_box(text) for text in drawing.texts]


def _box(text: Text) -> tuple[int, int, int, int]:
    top = text.baseline - int(0.88 * text.size)
    return text.left, top, text.left + text.width, text.baseline + round(0.2 * text.size)


@settings(max_examples=150)
@given(
    serial=SERIALS,
    lines=st.lists(st.sampled_from(["Bell & Daughters", "Check: ID.EXAMPLE.ORG", "x", "W" * 30]), max_size=3),
    carrier=st.sampled_from(Carrier),
    width=st.integers(10, 120),
    height=st.integers(8, 80),
    resolution=RESOLUTIONS,
)
def test_everything_has_its_place_or_the_label_is_refused(
    *, serial: str, lines: list[str], carrier: Carrier, width: int, height: int, resolution: int
) -> None:
    dots = dots_per_metre(resolution) / 1000
    across, down = round(width * dots), round(height * dots)

    try:
        drawing = compose(
            Label(link(serial)), Design(tuple(lines), carrier=carrier), width=across, height=down, resolution=resolution
        )
    except RefusedError as err:
        assert err.code is Code.LABEL_TOO_SMALL
        assert f"{width}.0 × {height}.0 mm" in err.refusal.message
        return

    mark = drawing.mark
    assert mark is not None
    assert (drawing.width, drawing.height) == (across, down)
    assert LEAST_MODULE <= millimetres(mark.dots, resolution) * 1000 + 1
    assert millimetres(mark.dots, resolution) * 1000 <= MOST_MODULE + 1
    assert 0 <= mark.left <= mark.left + mark.side <= across
    assert 0 <= mark.top <= mark.top + mark.side <= down
    assert [text.text for text in drawing.texts] == ["(01) 09521234543213", f"(21) {serial}", *lines]
    for text, (left, top, right, bottom) in zip(drawing.texts, boxes(drawing), strict=True):
        assert 0 <= left <= right <= across
        assert 0 <= top <= bottom <= down
        assert 1.4 <= millimetres(text.size, resolution) + 0.001
        assert left >= mark.left + mark.side or top >= mark.top + mark.side  # beside or beneath, quiet zone included
    for (_, _, _, above), (_, below, _, _) in zip(boxes(drawing), boxes(drawing)[1:], strict=False):
        assert above <= below + 1


@pytest.mark.parametrize(
    ("resolution", "least"), [(203, 18.5), (300, 15.7), (600, 15.7)], ids=["203 dpi", "300 dpi", "600 dpi"]
)
def test_the_smallest_symbol_is_as_small_as_whole_dots_allow(resolution: int, least: float) -> None:
    """A module of 0.396 mm is 3.2 dots at 203 dpi and 4.7 at 300, so 4 and 5."""
    dots = dots_per_metre(resolution) / 1000

    drawing = compose(
        Label(LINK), Design(), width=round(60 * dots), height=round((least + 0.05) * dots), resolution=resolution
    )

    assert drawing.mark is not None
    assert millimetres(drawing.mark.side, resolution) == pytest.approx(least, abs=0.05)
    with pytest.raises(RefusedError):
        compose(
            Label(LINK), Design(), width=round(60 * dots), height=round((least - 0.2) * dots), resolution=resolution
        )


def test_the_symbol_says_the_link_with_its_host_in_capitals() -> None:
    drawing = compose(Label(LINK), Design(), width=750, height=450, resolution=300)

    assert drawing.mark is not None
    assert drawing.mark.says == PRINTED
    assert (drawing.mark.symbol.version, drawing.mark.symbol.level) == (3, "M")


def test_lot_and_expiry_stand_in_letters_and_not_in_the_link() -> None:
    label = Label(LINK, (("10", "LOT7"), ("17", "261231")))

    drawing = compose(label, Design(("Bell",)), width=750, height=450, resolution=300)

    assert drawing.mark is not None
    assert drawing.mark.says == PRINTED
    assert [text.text for text in drawing.texts[2:]] == ["(10) LOT7", "(17) 261231", "Bell"]


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ((("17", "261341"),), Code.WRONG_CONTENT),
        ((("10", "x" * 21),), Code.WRONG_LENGTH),
        ((("01", "09521234543213"),), Code.MALFORMED_ELEMENTS),
    ],
)
def test_elements_that_may_not_be_printed_are_refused(elements: tuple[tuple[str, str], ...], code: Code) -> None:
    with pytest.raises(ProvenanceError) as refused:
        compose(Label(LINK, elements), Design(), width=750, height=450, resolution=300)

    assert refused.value.code is code


def test_labels_of_a_run_look_alike() -> None:
    drawings = [
        compose(Label(link(f"{serial}AB23CD45")), Design(), width=750, height=450, resolution=300)
        for serial in ("WWWWW", "IIIII", "12345")
    ]

    assert (
        len({(d.mark.left, d.mark.top, d.mark.dots, d.texts[0].left, d.texts[0].size) for d in drawings if d.mark}) <= 2
    )


@given(serial=SERIALS, resolution=RESOLUTIONS)
def test_a_label_without_a_size_is_as_large_as_it_needs_to_be(serial: str, resolution: int) -> None:
    drawing = compose_tight(Label(link(serial)), Design(), resolution=resolution)

    assert drawing.mark is not None
    assert 0.45 <= millimetres(drawing.mark.dots, resolution) <= 0.55
    for left, top, right, bottom in boxes(drawing):
        assert 0 <= left <= right <= drawing.width
        assert drawing.mark.side <= top <= bottom <= drawing.height


@pytest.mark.parametrize("lines", [("",), ("  ",), ("Bell", "")])
def test_an_empty_line_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(MalformedError) as refused:
        Design(lines)

    assert refused.value.code is Code.MALFORMED_TEXT


def test_a_line_of_ten_megabytes_is_refused_at_once() -> None:
    with pytest.raises(RefusedError) as refused:
        Design(("x" * 10_000_000,))

    assert refused.value.code is Code.LABEL_TOO_SMALL


# --- the label with the hidden code


@given(
    lines=st.lists(st.sampled_from(["Scratch to claim", "刮开此处", "W" * 20]), max_size=2),
    width=st.integers(10, 120),
    height=st.integers(5, 80),
    resolution=RESOLUTIONS,
)
def test_a_hidden_code_has_its_place_or_is_refused(lines: list[str], width: int, height: int, resolution: int) -> None:
    dots = dots_per_metre(resolution) / 1000
    design = Design(hidden_lines=tuple(lines), fonts=(chinese_font(),))

    try:
        drawing = compose_hidden(
            Label(LINK, hidden=CODE),
            design,
            width=round(width * dots),
            height=round(height * dots),
            resolution=resolution,
        )
    except RefusedError as err:
        assert err.code is Code.LABEL_TOO_SMALL
        return

    sizes = [text.size for text in drawing.texts]
    assert drawing.mark is None
    assert [text.text for text in drawing.texts] == [*lines, CODE, "(21) AB23CD45EF67G"]
    assert sizes[len(lines)] == max(sizes)
    for left, top, right, bottom in boxes(drawing):
        assert 0 <= left <= right <= drawing.width
        assert 0 <= top <= bottom <= drawing.height


@pytest.mark.parametrize("code", ["-", "-AB", "A B", "A\nB", "A^XZ", "=1+1", "ä", "<b>"])
def test_what_is_no_hidden_code_is_refused_and_not_repeated(code: str) -> None:
    with pytest.raises(MalformedError) as refused:
        compose_hidden(Label(LINK, hidden=code), Design(), width=750, height=450, resolution=300)

    assert refused.value.code is Code.MALFORMED_HIDDEN_CODE
    assert code not in refused.value.refusal.message or code == "-"
