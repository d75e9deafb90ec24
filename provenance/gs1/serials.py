"""The serials we put on things: hard to guess, easy to type, and a typing mistake is seen as one.

Rules:

* a serial is 11 characters of chance and the GS1 check pair over them, all of CSET 32: no 0, 1, I or O, and all of
  them fit a QR code's alphanumeric mode;
* chance is 55 bits: with a million serials issued under one GTIN, an invented one is among them with a chance of less
  than 3 in 10^11; a serial is never derived from a counter or from another serial;
* a wrong character, two swapped neighbours, one character missing or too many: the check pair shows it, and the
  serials that were likely meant are named;
* that a serial is unique under its GTIN is seen to by whoever keeps them.

::

    23456789ABCVP   11 characters of chance, then the check pair

A printed code cannot be mistyped: one that a scanner read with a wrong check pair was not made here.

GS1 General Specifications, sections 3.5.2 (AI 21) and 7.9.5 (check pair).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NewType

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.check_digits import CSET_32, check_pair, has_check_pair

Serial = NewType("Serial", str)
"""A serial in our form, with the check pair that belongs to it; whether it was ever issued is another question."""

LENGTH = 13
RANDOM_BYTES = 7
"""How many random bytes a serial is made of: 56 bits, of which 55 are used."""

_LETTERS = LENGTH - 2
_MOST_TYPED = 64  # characters anybody types for thirteen, with all their spaces and hyphens
_FORM = re.compile(f"[{CSET_32}]{{{LENGTH}}}")
_NEAR_FORM = re.compile(f"[0-9A-Z]{{{LENGTH - 1},{LENGTH + 1}}}")
_SEPARATORS = str.maketrans("", "", " -")


@dataclass(frozen=True, slots=True)
class Mistyped:
    """A text that is nearly a serial: what was read, and the serials one slip away from it, in alphabetical order.

    Often there are one or two, and among them the one that was meant. Whether any of them was issued is not looked
    at: an answer that depended on it would tell a guesser more than the guess was worth.
    """

    text: str
    likely: tuple[Serial, ...]


def serial_from(random: bytes) -> Serial:
    """The serial made of these 7 bytes, which must come fresh from a cryptographic source; their first bit is not used.

    >>> serial_from(bytes.fromhex("8022190a63a12a"))
    '23456789ABCVP'
    """
    if len(random) != RANDOM_BYTES:
        raise MalformedError(Code.RANDOM_BYTES, f"a serial is made of {RANDOM_BYTES} random bytes, not {len(random)}")
    number = int.from_bytes(random, "big")
    # 32 is a power of two: every character is equally likely, without a remainder to throw away.
    letters = "".join(CSET_32[number >> shift & 31] for shift in range(5 * (_LETTERS - 1), -1, -5))
    return Serial(letters + check_pair(letters))


def is_serial(text: str) -> bool:
    """Whether a text is a serial in our form, exactly as it is printed.

    >>> is_serial("23456789ABCVP"), is_serial("23456789abcvp"), is_serial("S1")
    (True, False, False)
    """
    return _FORM.fullmatch(text) is not None and has_check_pair(text)


def read_serial(text: str) -> Serial | Mistyped | None:
    """The serial that somebody typed, what it may have been meant to be, or ``None`` for a text of another form.

    Capitals, spaces and hyphens do not matter. To be asked only where the thing's issuer makes its serials here:
    the serial of another may look like a mistyped one of ours.

    >>> read_serial("2345-6789 abcvp")
    '23456789ABCVP'
    >>> read_serial("2346789ABCVP")
    Mistyped(text='2346789ABCVP', likely=('23456789ABCVP',))
    >>> read_serial("S1") is None
    True
    """
    # Only ASCII has capitals that are one character each and nobody else's.
    if len(text) > _MOST_TYPED or not text.isascii():
        return None
    compact = text.translate(_SEPARATORS).upper()
    if is_serial(compact):
        return Serial(compact)
    if not _NEAR_FORM.fullmatch(compact):
        return None
    return Mistyped(compact, tuple(sorted({Serial(near) for near in _one_slip_from(compact) if is_serial(near)})))


def _one_slip_from(text: str) -> Iterator[str]:
    """Everything from which a slip of the finger leads to this text."""
    for at in range(len(text) + 1):
        before, after = text[:at], text[at:]
        yield before + after[1:]
        yield before + after[1::-1] + after[2:]
        for letter in CSET_32:
            yield before + letter + after
            yield before + letter + after[1:]
