"""A drawing for label printers that speak ZPL.

Rules:

* the whole label goes as one graphic, letters as well: what is printed does not depend on the printer's own fonts and
  barcode routines, and no text of a label is ever a command or can become one;
* only numbers that were counted here, and hexadecimal digits, stand in the program;
* before a label is given out its program is unpacked again, and the symbol in it read.

::

    ^XA ^PW400 ^LL240 ^LH0,0 ^FO0,0 ^GFA,12000,12000,50, … ^FS ^PQ1 ^XZ
                                       │           │   └ rows: hex, G-Y and g-z repeat the next digit,
                                       │           │           , ! fill a row with light or dark, : repeats it
                                       └ bytes     └ bytes in a row

ZPL II Programming Guide, ^GF, "Alternative Data Compression Scheme".
"""

from __future__ import annotations

import re

from PIL import Image

from labels.drawing import Drawing
from labels.picture import LIGHT, check, paint
from labels.reading import unreadable
from labels.typeface import Typeface
from provenance.codes import Code
from provenance.errors import MalformedError

MOST_COPIES = 1000

_SAME = re.compile(r"(.)\1{2,}")
_PACKED = re.compile(r"([G-Yg-z]*)([0-9A-F])|([,!:])")
_PROGRAM = re.compile(
    r"\^XA\^PW(\d{1,5})\^LL(\d{1,5})\^LH0,0\^FO0,0\^GFA,(\d{1,9}),\3,(\d{1,4}),([0-9A-Zg-z,!:]*)\^FS\^PQ\d{1,4}\^XZ\n"
)


def zpl(drawing: Drawing, face: Typeface, *, copies: int = 1) -> bytes:
    """The program that prints a label so many times; refuses to give out one that does not read.

    >>> from labels.composition import compose
    >>> from labels.design import Design, Label
    >>> design = Design()
    >>> label = Label("https://id.example.org/01/09521234543213/21/S1")
    >>> zpl(compose(label, design, width=400, height=200, resolution=203), design.face)[:47]
    b'^XA^PW400^LL200^LH0,0^FO0,0^GFA,10000,10000,50,'
    """
    if not 1 <= copies <= MOST_COPIES:
        raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_COPIES} copies, not {copies}")
    per_row = -(-drawing.width // 8)
    paper = Image.new("1", (per_row * 8, drawing.height), LIGHT)
    paper.paste(paint(drawing, face))
    total = per_row * drawing.height
    program = (
        f"^XA^PW{drawing.width}^LL{drawing.height}^LH0,0"
        f"^FO0,0^GFA,{total},{total},{per_row},{_pack(paper.tobytes('raw', '1;I'), per_row)}^FS"
        f"^PQ{copies}^XZ\n"
    )
    check(unpack(program), drawing)
    return program.encode("ascii")


def unpack(program: str) -> Image.Image:
    """The picture that one of our programs prints; refuses anything else."""
    match = _PROGRAM.fullmatch(program)
    if match is None:
        raise unreadable("the program is none of ours")
    width, height, total, per_row = (int(match[at]) for at in range(1, 5))
    rows = _rows(match[5], 2 * per_row)
    if per_row != -(-width // 8) or total != per_row * height or len(rows) != height:
        raise unreadable("the program counts its bytes wrongly")
    data = bytes.fromhex("".join(rows))
    return Image.frombytes("1", (per_row * 8, height), data, "raw", "1;I").crop((0, 0, width, height))


def _pack(data: bytes, per_row: int) -> str:
    out, last = [], ""
    digits = data.hex().upper()
    for at in range(0, len(digits), 2 * per_row):
        row = digits[at : at + 2 * per_row]
        out.append(":" if row == last else _pack_row(row))
        last = row
    return "".join(out)


def _pack_row(row: str) -> str:
    filled = ""
    for digit, fill in ("0", ","), ("F", "!"):
        if row[-1] == digit:
            row, filled = row.rstrip(digit), fill
            break
    return _SAME.sub(lambda same: _count(len(same[0])) + same[1], row) + filled


def _count(times: int) -> str:
    # z is 400 and g 20, Y is 19 and G 1; their sum counts.
    most, rest = divmod(times, 400)
    twenties, ones = divmod(rest, 20)
    return "z" * most + (chr(ord("f") + twenties) if twenties else "") + (chr(ord("F") + ones) if ones else "")


def _rows(packed: str, width: int) -> list[str]:
    rows: list[str] = []
    row, at = "", 0
    while at < len(packed):
        match = _PACKED.match(packed, at)
        if match is None:
            raise unreadable("the graphic is damaged")
        at = match.end()
        match match[3]:
            case None:
                row += match[2] * (sum(map(_times, match[1])) or 1)
            case ":" if rows and not row:
                row = rows[-1]
            case "," | "!" as fill:
                row = row.ljust(width, "0" if fill == "," else "F")
            case _:
                raise unreadable("the graphic begins with a repetition")
        if len(row) > width:
            raise unreadable("a row of the graphic is too long")
        if len(row) == width:
            rows.append(row)
            row = ""
    if row:
        raise unreadable("the graphic ends in the middle of a row")
    return rows


def _times(letter: str) -> int:
    return 20 * (ord(letter) - ord("f")) if letter >= "g" else ord(letter) - ord("F")
