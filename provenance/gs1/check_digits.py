"""The digits and characters at the end of a GS1 number that show a typing mistake.

Rules:

* a check digit makes the sum of all digits, weighted 1, 3, 1, 3 … from the right, a multiple of ten
  (GTIN, SSCC, GLN, GSRN, GSIN and the first 13 digits of GRAI, GDTI and GCN);
* a check pair is the sum of all characters' values, weighted 2, 3, 5, 7, 11 … from the right, modulo 1021,
  written as two characters of CSET 32; it ends a GMN, and our own serials;
* text of any other characters is refused, never counted as zero.

GS1 General Specifications, sections 7.9.1 (digit) and 7.9.5 (pair).
"""

from __future__ import annotations

import re

from provenance.codes import Code
from provenance.errors import MalformedError

CSET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Capitals and digits without those that look alike (0 O, 1 I); all fit a QR code's alphanumeric mode."""

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""What a serial, lot or any other text of GS1 may be made of."""

_LONGEST = 30  # no GS1 number is longer
_WEIGHTS = tuple(n for n in range(2, 510) if all(n % divisor for divisor in range(2, n)))  # the first 97 primes
LONGEST_PAIRED = len(_WEIGHTS) + 2
_VALUES = {character: value for value, character in enumerate(CSET_82)}
_DIGITS = re.compile(r"[0-9]+")


def check_digit(digits: str) -> str:
    """The digit that completes these digits.

    >>> check_digit("0952123454321")
    '3'
    """
    if len(digits) > _LONGEST or not _DIGITS.fullmatch(digits):
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"a check digit is made of 1 to {_LONGEST} digits")
    return str(-(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10)


def has_check_digit(number: str) -> bool:
    """Whether the last digit is the one that the others ask for; ``False`` for anything but digits.

    >>> has_check_digit("09521234543213")
    True
    """
    if not 1 < len(number) <= _LONGEST or not _DIGITS.fullmatch(number):
        return False
    return (3 * sum(map(int, number[-2::-2])) + sum(map(int, number[::-2]))) % 10 == 0


def check_pair(text: str) -> str:
    """The two characters that complete this text.

    >>> check_pair("1987654Ad4X4bL5ttr2310c")
    '2K'
    """
    if not 1 <= len(text) <= len(_WEIGHTS) or not _VALUES.keys() >= set(text):
        raise MalformedError(
            Code.UNKNOWN_IDENTIFIER, f"a check pair is made of 1 to {len(_WEIGHTS)} characters of CSET 82"
        )
    total = sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, reversed(text), strict=False))
    high, low = divmod(total % 1021, 32)
    return CSET_32[high] + CSET_32[low]


def has_check_pair(text: str) -> bool:
    """Whether the last two characters are the ones that the others ask for."""
    if not 3 <= len(text) <= LONGEST_PAIRED or not _VALUES.keys() >= set(text):
        return False
    return check_pair(text[:-2]) == text[-2:]
