"""A label as dots of the printer: the one drawing that every backend prints.

Rules:

* everything is a whole number of dots, counted from the upper left corner;
* a symbol has its quiet zone inside it, and nothing else lies there;
* a text has its place and its width, so that it looks alike whoever sets it.

::

    (0, 0) ──▶ width
      │   Mark(left, top, dots per module)
      ▼   Text(left, baseline, size, width)
    height
"""

from __future__ import annotations

from dataclasses import dataclass

from labels.symbol import Symbol

METRE = 1_000_000
"""Micrometres."""


@dataclass(frozen=True, slots=True)
class Text:
    """A line: its left edge, its baseline, the height of its letters and its width."""

    left: int
    baseline: int
    size: int
    width: int
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol at a place, so many dots to the module; ``says`` is what it must read as."""

    symbol: Symbol
    left: int
    top: int
    dots: int
    says: str

    @property
    def side(self) -> int:
        """How many dots it is wide and high, with the quiet zone."""
        return self.symbol.side * self.dots


@dataclass(frozen=True, slots=True)
class Drawing:
    """A label; ``resolution`` is in dots per inch. One with a hidden code has no symbol."""

    width: int
    height: int
    resolution: int
    mark: Mark | None
    texts: tuple[Text, ...]


def dots_per_metre(resolution: int) -> float:
    """How many dots a metre has; 203 to the inch are 8 to the millimetre, as the makers build them.

    >>> dots_per_metre(203)
    8000
    """
    return 8000 if resolution == 203 else resolution / 0.0254


def to_dots(micrometres: int, resolution: int) -> int:
    """How many whole dots are nearest to a length.

    >>> to_dots(50_000, 203), to_dots(25_400, 300)
    (400, 300)
    """
    return round(micrometres * dots_per_metre(resolution) / METRE)


def millimetres(dots: int, resolution: int) -> float:
    """How long so many dots are.

    >>> millimetres(300, 300)
    25.4
    """
    return round(dots * 1000 / dots_per_metre(resolution), 3)
