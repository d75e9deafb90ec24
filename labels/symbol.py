"""The QR symbol of a text: which of its modules are dark.

Rules:

* error correction is level M, and the highest one that needs no larger symbol: protection is taken
  where it is free, and a bigger symbol is worse on a small label than a lower level;
* the quiet zone of four modules belongs to the symbol, so nobody can forget it;
* a text is cut into byte, alphanumeric and numeric segments where that saves room.

ISO/IEC 18004:2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import qrcode.constants
import qrcode.exceptions
import qrcode.main

from provenance.codes import Code
from provenance.errors import MalformedError

QUIET_ZONE = 4  # modules of light on every side, ISO/IEC 18004 §6.3.8
MOST_BYTES = 512  # version 18 at level M, already 48 mm wide; our links need a tenth

_LEVELS = {
    "H": qrcode.constants.ERROR_CORRECT_H,
    "Q": qrcode.constants.ERROR_CORRECT_Q,
    "M": qrcode.constants.ERROR_CORRECT_M,
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR symbol with its quiet zone: rows from the top, modules from the left, dark is true."""

    rows: tuple[tuple[bool, ...], ...]
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
    version = _version(data, "M")
    level = next(level for level in _LEVELS if _version(data, level) == version)
    # The mask is searched for, as §7.8 has it: a fixed one would be six times as fast and read as well
    # on average, but a label is printed once and read for years.
    code = qrcode.main.QRCode(version, error_correction=_LEVELS[level], border=QUIET_ZONE)
    code.add_data(data)
    code.make(fit=False)
    return Symbol(tuple(tuple(bool(dark) for dark in row) for row in code.get_matrix()), version, level)


def _version(data: bytes, level: str) -> int:
    code = qrcode.main.QRCode(error_correction=_LEVELS[level])
    code.add_data(data)
    return code.best_fit()
