"""The symbol of a text: which of its modules are dark.

Rules:

* error correction is level M, and the highest one that needs no larger symbol: protection is taken
  where it is free, and a bigger symbol is worse on a small label than a lower level;
* the quiet zone of four modules belongs to the symbol, so nobody can forget it;
* a text is cut into byte, alphanumeric and numeric segments where that saves room;
* a GS1 DataMatrix has the elements themselves in it and no link: scanners of the trade read it, phones mostly do not;
* zxing-cpp draws where it is installed, twenty times as fast; qrcode always can. Both search the mask.

ISO/IEC 18004:2015; ISO/IEC 16022:2006.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import qrcode.base
import qrcode.constants
import qrcode.exceptions
import qrcode.main

from labels import zxing
from provenance.codes import Code
from provenance.errors import ConfigurationError, MalformedError
from provenance.gs1.element_string import format_bracketed
from provenance.gs1.elements import Elements, shown

DATA_MATRIX = "ECC 200"  # the one level of error correction a GS1 DataMatrix has, ISO/IEC 16022
QUIET_ZONE = 4  # modules of light on every side, ISO/IEC 18004 §6.3.8
MOST_BYTES = 512  # version 18 at level M, already 48 mm wide; our links need a tenth

_LEVELS = {
    "H": qrcode.constants.ERROR_CORRECT_H,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "M": qrcode.constants.ERROR_CORRECT_M,
}
_RUNS = re.compile(r"([0-9]+)|([A-Z $%*+\-./:]+)|([^0-9A-Z $%*+\-./:]+)")
_NEVER = 1 << 30
_LARGEST_VERSION = 26  # up to here two sizes of character count, ISO/IEC 18004 table 3; far above MOST_BYTES


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol with its quiet zone: rows from the top, a byte for each module from the left, 1 is dark."""

    rows: tuple[bytes, ...]
    version: int
    level: str

    @property
    def side(self) -> int:
        """How many modules it is wide and high, with the quiet zone."""
        return len(self.rows)


def encode(text: str) -> Symbol:
    """The symbol that reads as this text; refuses an empty text and one of more than 512 bytes.

    >>> symbol = encode("https://ID.EXAMPLE.ORG/01/09521234543213/21/AB23CD45EF67G")
    >>> symbol.version, symbol.level, symbol.side
    (3, 'M', 37)
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as err:
        raise MalformedError(Code.MALFORMED_TEXT, f"the letter at {err.start} is no character") from err
    if not data:
        raise MalformedError(Code.MALFORMED_TEXT, "nothing to encode")
    if len(data) > MOST_BYTES:
        raise MalformedError(Code.TOO_LARGE, f"{len(data)} bytes; a label takes {MOST_BYTES}")
    # Beyond ASCII a symbol needs an agreement on the character set, and the two libraries differ in theirs.
    return (text.isascii() and _drawn_fast(text)) or _drawn(data)


def encode_data_matrix(elements: Elements) -> Symbol:
    """The GS1 DataMatrix of elements, for industry and pharmacy; refuses where zxing-cpp is not installed.

    >>> encode_data_matrix((("01", "09521234543213"), ("21", "AB23CD45EF67G"))).side
    22
    """
    if not zxing.is_installed():
        raise ConfigurationError(Code.READER_MISSING, "a GS1 DataMatrix is drawn and read by zxing-cpp only")
    bracketed = format_bracketed(elements)
    rows = zxing.draw_gs1_data_matrix(bracketed, quiet_zone=1)
    if rows is None:
        raise MalformedError(Code.MALFORMED_ELEMENTS, f"{shown(bracketed)} does not fit into a GS1 DataMatrix")
    return Symbol(rows, 0, DATA_MATRIX)


def _drawn_fast(text: str) -> Symbol | None:
    version, level = _smallest(text)
    rows = zxing.draw_qr(text, level=level, quiet_zone=QUIET_ZONE)
    # Cut into segments less well than we counted on, it would come out larger: then the careful way.
    return Symbol(rows, version, level) if rows is not None and len(rows) == _side(version) else None


def _drawn(data: bytes) -> Symbol:
    version = _version(data, "M")
    level = next(level for level in _LEVELS if _version(data, level) == version)
    # The mask is searched for, as §7.8 has it: a fixed one would be six times as fast and read as well
    # on average, but a label is printed once and read for years.
    code = qrcode.main.QRCode(version, error_correction=_LEVELS[level], border=QUIET_ZONE)
    code.add_data(data)
    code.make(fit=False)
    return Symbol(tuple(bytes(map(bool, row)) for row in code.get_matrix()), version, level)


def _version(data: bytes, level: str) -> int:
    code = qrcode.main.QRCode(error_correction=_LEVELS[level])
    code.add_data(data)
    return code.best_fit()


def _smallest(text: str) -> tuple[int, str]:
    """The smallest version that takes the text at level M, and the highest level at which it still does."""
    for first, last, counts in ((1, 9, (10, 9, 8)), (10, _LARGEST_VERSION, (12, 11, 16))):
        needed = _bits(text, counts)
        version = next((version for version in range(first, last + 1) if needed <= _CAPACITY["M"][version]), None)
        if version is not None:
            return version, next(level for level in _LEVELS if needed <= _CAPACITY[level][version])
    raise MalformedError(Code.TOO_LARGE, f"{len(text)} letters are too many for a label")


def _bits(text: str, counts: tuple[int, int, int]) -> int:
    # The cheapest way to have written all so far and to be in a mode, in sixths of a bit: a digit takes 3 1/3, a
    # capital 5 1/2, a byte 8. A segment opens with its mode (4 bits) and its count, and ends on a whole bit. To
    # change the mode between two letters of one kind never pays.
    digits, capitals, octets = (6 * (4 + count) for count in counts)
    numeric = alphanumeric = byte = _NEVER
    closed = 0
    for run in _RUNS.finditer(text):
        size = run.end() - run.start()
        byte = min(byte, closed + octets) + 48 * size
        alphanumeric = _NEVER if run[3] else min(alphanumeric, closed + capitals) + 33 * size
        numeric = min(numeric, closed + digits) + 20 * size if run[1] else _NEVER
        closed = -(-min(byte, alphanumeric, numeric) // 6) * 6
    return closed // 6


def _side(version: int) -> int:
    return 17 + 4 * version + 2 * QUIET_ZONE


_CAPACITY = {
    level: (0, *(8 * sum(block.data_count for block in qrcode.base.rs_blocks(version, word))
                 for version in range(1, _LARGEST_VERSION + 1)))
    for level, word in _LEVELS.items()
}  # fmt: skip
"""Data bits by level and version, ISO/IEC 18004 table 7."""
