"""Every text can be read on its ground, in the light and in the dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import web

STYLE = (Path(web.__file__).parent / "static" / "provenance.css").read_text()
TONES = ("calm", "caution", "danger", "neutral")

TEXTS = [
    *((ink, ground) for ink in ("ink", "soft", "link") for ground in ("ground", "surface")),
    *((f"{tone}-ink", f"{tone}-ground") for tone in TONES),
    ("danger-ink", "ground"),
    ("ground", "link"),
]
SHAPES = [
    *((f"{tone}-line", "ground") for tone in TONES),
    *((f"{tone}-line", f"{tone}-ground") for tone in TONES),
    ("focus", "ground"),
    ("focus", "surface"),
]


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6});", block))


_LIGHT = _colours(STYLE.split("@media", 1)[0])
_DARK = _LIGHT | _colours(STYLE.split("prefers-color-scheme: dark", 1)[1].split("@media", 1)[0].split("*,", 1)[0])
_PRINT = _LIGHT | _colours(STYLE.split("@media print", 1)[1])
SCHEMES = {"light": _LIGHT, "dark": _DARK, "print": _PRINT}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_two_schemes_are_two() -> None:
    assert len(_LIGHT) > 15
    assert all(_DARK[name] != colour for name, colour in _LIGHT.items())


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_a_text_stands_out_from_its_ground(scheme: str, ink: str, ground: str) -> None:
    colours = SCHEMES[scheme]

    assert _contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("line", "ground"), SHAPES)
def test_a_shape_stands_out_from_its_ground(scheme: str, line: str, ground: str) -> None:
    colours = SCHEMES[scheme]

    assert _contrast(colours[line], colours[ground]) >= 3


def test_no_colour_is_given_outside_the_variables() -> None:
    rules = re.sub(r"--[a-z-]+:[^;]*;", "", STYLE)

    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)


def test_nothing_is_fetched_from_the_style_sheet() -> None:
    assert "url(" not in STYLE
    assert "@import" not in STYLE
