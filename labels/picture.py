"""A drawing as dots: black or white, nothing between, for PNG files and for printers that take graphics.

Rules:

* every module is a square of whole dots, so no printer has to round one;
* letters come from the same font as in the PDF, each at its own place, so that lines are as wide as they were measured;
* a picture is looked at again before it is given out: the finished file is opened, its symbol must be what was drawn,
  dot by dot, and must read as what was meant.

PNG (ISO/IEC 15948).
"""

from __future__ import annotations

import io
from functools import lru_cache
from itertools import accumulate

from PIL import Image, ImageDraw, ImageFont

from labels.drawing import Drawing, Mark, Text, dots_per_metre
from labels.reading import confirm, unreadable
from labels.symbol import Symbol
from labels.typeface import EM, Typeface

LIGHT, DARK = 1, 0
_INCH = 0.0254


def paint(drawing: Drawing, face: Typeface) -> Image.Image:
    """The drawing as a picture of two colours."""
    picture = Image.new("1", (drawing.width, drawing.height), LIGHT)
    if (mark := drawing.mark) is not None:
        picture.paste(_enlarged(_modules(mark.symbol), mark), (mark.left, mark.top))
    for text in drawing.texts:
        _write(picture, text, face)
    return picture


def png(drawing: Drawing, face: Typeface) -> bytes:
    """The drawing as a PNG file that says its true size; refuses to give out one that does not read.

    >>> from labels.composition import compose_tight
    >>> from labels.design import Design, Label
    >>> design = Design()
    >>> label = compose_tight(Label("https://id.example.org/01/09521234543213/21/S1"), design, resolution=300)
    >>> png(label, design.face)[:4]
    b'\\x89PNG'
    """
    out, per_inch = io.BytesIO(), dots_per_metre(drawing.resolution) * _INCH
    paint(drawing, face).save(out, "PNG", dpi=(per_inch, per_inch))
    with Image.open(out) as finished:
        check(finished, drawing)
    return out.getvalue()


def check(finished: Image.Image, drawing: Drawing) -> None:
    """Refuse a picture whose symbol is not the one drawn, or does not read."""
    if finished.mode != "1" or finished.size != (drawing.width, drawing.height):
        raise unreadable(f"the picture is {finished.mode} of {finished.size}")
    if (mark := drawing.mark) is None:
        return
    area = finished.crop((mark.left, mark.top, mark.left + mark.side, mark.top + mark.side))
    modules = area.resize((mark.symbol.side,) * 2, Image.Resampling.NEAREST)
    if _enlarged(modules, mark).tobytes() != area.tobytes():
        raise unreadable("a module is no square of one colour")
    light = modules.convert("L").tobytes()
    dark = light.translate(bytes([1]) + bytes(255))
    confirm([dark[at : at + modules.width] for at in range(0, len(dark), modules.width)], mark)


def _modules(symbol: Symbol) -> Image.Image:
    light = b"".join(symbol.rows).translate(bytes([255, 0]) + bytes(254))
    return Image.frombytes("L", (symbol.side, symbol.side), light).convert("1", dither=Image.Dither.NONE)


def _enlarged(modules: Image.Image, mark: Mark) -> Image.Image:
    return modules.resize((mark.side, mark.side), Image.Resampling.NEAREST)


def _write(picture: Image.Image, text: Text, face: Typeface) -> None:
    widths = [face.widths[letter] for letter in text.text]
    for letter, before in zip(text.text, accumulate(widths, initial=0), strict=False):
        shape, left, top = _letter(face.program, text.size, letter)
        if shape is not None:
            picture.paste(DARK, (text.left + round(before * text.size / EM) + left, text.baseline + top), shape)


@lru_cache(maxsize=4096)  # the letters of a run are few
def _letter(program: bytes, size: int, letter: str) -> tuple[Image.Image | None, int, int]:
    """The dots of a letter, and where they begin, seen from the place on the baseline where the letter does."""
    font = _font(program, size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(letter, mode="1", anchor="ls"))
    if right <= left or bottom <= top:
        return None, 0, 0
    shape = Image.new("1", (right - left, bottom - top), 0)
    ImageDraw.Draw(shape).text((-left, -top), letter, fill=1, font=font, anchor="ls")
    return shape, left, top


@lru_cache(maxsize=64)
def _font(program: bytes, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(io.BytesIO(program), size, layout_engine=ImageFont.Layout.BASIC)
