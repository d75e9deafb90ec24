"""The compressed form of a GS1 Digital Link, read and never written: a code that somebody printed that way must work.

Rules:

* it is one step of a path in the alphabet of base64url: a stream of bits, six in each letter;
* the stream is a row of identifiers with their values; an identifier is its digits, four bits each, or one byte that
  stands for two or more of them in a row;
* digits come as one number of as many bits as that many digits need; letters come after three bits that say in which
  alphabet, and, where their length may vary, after that length;
* after the last value there is nothing but zeros up to the end of a letter;
* what comes out is checked like any other link; parameters that are no identifiers are dropped, as in a query.

Only whole paths are read, not those that name the key in the open and compress the rest. Why it is never written: it
saves little, no person can read it, and the tool most people use loses digits of long numbers.

GS1 Digital Link Standard: Compression 1.0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1 import linters as lint
from provenance.gs1.application_identifiers import TABLE, ApplicationIdentifier, Part
from provenance.gs1.elements import LONGEST, Elements, check_values, shown

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,}")
_PADDING = 8  # bits: an identifier needs as many, so fewer can hold none
_FOREIGN = 0xF  # begins a parameter that is no identifier

# How many digits an identifier has that begins with these two; the standard's table P.
_LENGTHS: Mapping[str, int] = {
    **dict.fromkeys("00 01 02 10 11 12 13 15 16 17 20 21 22 30 37 90 91 92 93 94 95 96 97 98 99".split(), 2),
    **dict.fromkeys("23 24 25 40 41 42 71".split(), 3),
    **dict.fromkeys("31 32 33 34 35 36 39 43 70 72 80 81 82".split(), 4),
}
_TOGETHER: Mapping[int, tuple[str, ...]] = {
    **{0x0A + at: ("01", ai) for at, ai in enumerate("22 10 21 17 7003 30".split())},
    0x1A: ("01", "10", "17", "21"),
    **{0x1B + at: ("01", ai) for at, ai in enumerate("15 11 16 91".split())},
    0x1F: ("01", "10", "15"),
    **{0x2A + at: ("01", f"310{at}") for at in range(6)},
    **{0x3A + at: ("01", f"320{at}") for at in range(6)},
    0x9A: ("8010", "8011"),
    0x9B: ("8017", "8019"),
    0x9C: ("8018", "8019"),
    0x9D: ("254", "414"),
    **{0xA0 + at: ("01", f"392{at}") for at in range(10)},
    **{0xC0 + at: ("255", f"390{at}") for at in range(10)},
    **{0xCA + at: ("255", f"394{at}") for at in range(4)},
}
"""The identifiers that one byte stands for, their values in this order; the standard's table of optimisations."""


def parse_compressed(step: str) -> Elements:
    """What a compressed link says; refuses what is none (``malformed-link``), and wrong values.

    >>> parse_compressed("CxFKk4XB0MpZyemo")
    (('01', '09506000134376'), ('10', 'LOT01'))
    """
    if len(step) > LONGEST or not _TOKEN.fullmatch(step):
        raise MalformedError(Code.MALFORMED_LINK, f"{shown(step)} is no compressed link")
    elements = tuple(_elements(_Bits(step)))
    check_values(elements)
    if len(dict(elements)) != len(elements):
        raise MalformedError(Code.REPEATED_AI, f"an identifier occurs twice in {shown(step)}")
    return elements


@dataclass(slots=True)
class _Bits:
    """A stream of bits, read from the left."""

    step: str
    _value: int = field(init=False)
    left: int = field(init=False)

    def __post_init__(self) -> None:
        self._value, self.left = 0, 6 * len(self.step)
        for letter in self.step:
            self._value = self._value << 6 | _LETTERS.index(letter)

    def take(self, count: int) -> int:
        """The next so many bits as a number; refuses where there are not as many."""
        if count > self.left:
            raise self.broken("ends in the middle of a value")
        self.left -= count
        taken = self._value >> self.left
        self._value &= (1 << self.left) - 1
        return taken

    def text(self, length: int) -> str:
        """So many characters, after three bits that say in which alphabet."""
        return self.characters(self.take(3), length)

    def characters(self, alphabet: int, length: int) -> str:
        """So many characters of one of the standard's five alphabets."""
        match alphabet:
            case 0:
                return self.digits(length)
            case 1:
                return "".join(f"{self.take(4):x}" for _ in range(length))
            case 2:
                return "".join(f"{self.take(4):X}" for _ in range(length))
            case 3:
                return "".join(_LETTERS[self.take(6)] for _ in range(length))
            case 4:
                return "".join(chr(self.take(7)) for _ in range(length))
            case _:
                raise self.broken("names an alphabet that there is not")

    def digits(self, length: int) -> str:
        """So many digits, the zeros in front among them."""
        digits = f"{self.take(_bits_of_digits(length)):0{length}}" if length else ""
        if len(digits) > length:
            raise self.broken("has a number with too many digits")
        return digits

    def broken(self, how: str) -> MalformedError:
        """The refusal of this stream."""
        return MalformedError(Code.MALFORMED_LINK, f"{shown(self.step)} is no compressed link: it {how}")


def _elements(bits: _Bits) -> Iterator[tuple[str, str]]:
    while bits.left > _PADDING:
        first = bits.take(8)
        if first >> 4 == _FOREIGN:
            _skip_parameter(bits, first & 0xF)
            continue
        for ai in _TOGETHER.get(first) or (_identifier(bits, first),):
            if ai not in TABLE:
                raise bits.broken(f"has the identifier {ai}, which there is not")
            yield ai, _value(bits, TABLE[ai])
    if bits.left and bits.take(bits.left):
        raise bits.broken("goes on behind its last value")


def _identifier(bits: _Bits, first: int) -> str:
    begin = f"{first:02X}"
    if begin not in _LENGTHS:
        raise bits.broken(f"has an identifier that begins with {begin}")
    return begin + "".join(f"{bits.take(4):X}" for _ in range(_LENGTHS[begin] - 2))


def _value(bits: _Bits, row: ApplicationIdentifier) -> str:
    value, fixed = "", 0
    for part in row.parts:
        if _is_number(part) and part.shortest == part.longest and not part.is_optional:
            fixed += part.longest  # neighbours are one number
            continue
        value += bits.digits(fixed) if fixed else ""
        fixed = 0
        value += _varying(bits, part)
    return value + (bits.digits(fixed) if fixed else "")


def _varying(bits: _Bits, part: Part) -> str:
    if part.shortest == part.longest and not part.is_optional:
        return bits.text(part.longest)
    if _is_number(part):
        return bits.digits(bits.take(_bits_of_length(part.longest)))
    alphabet = bits.take(3)
    return bits.characters(alphabet, bits.take(_bits_of_length(part.longest)))


def _skip_parameter(bits: _Bits, high: int) -> None:
    name = high << 3 | bits.take(3)
    bits.take(6 * name)
    alphabet = bits.take(3)
    bits.characters(alphabet, bits.take(7))


def _is_number(part: Part) -> bool:
    return part.alphabet is lint.numeric


# The standard gives both as formulas, with this hundredth in them: a whole power of two takes a bit more.
def _bits_of_length(longest: int) -> int:
    return math.ceil(math.log2(longest) + 0.01)


def _bits_of_digits(length: int) -> int:
    return math.ceil(length * math.log2(10) + 0.01)
