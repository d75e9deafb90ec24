"""A QR symbol read module by module: the second opinion on what was drawn, without any library's decoder.

Rules:

* it takes only what is exactly right: a symbol fresh from drawing has no damage, so one wrong bit of format, one
  failed check word or one dark module in the quiet zone is a refusal, not something to correct;
* both copies of the format information must agree, and every block's check words must hold;
* numeric, alphanumeric and byte segments are understood; bytes are UTF-8.

::

    rows → quiet zone, format → unmasked bits → code words → blocks checked → segments → text

ISO/IEC 18004:2015, §7 backwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache

from qrcode.base import gexp, rs_blocks
from qrcode.util import pattern_position

from provenance.codes import Code
from provenance.errors import MalformedError

Rows = Sequence[bytes | bytearray]

_LEVELS = "MLHQ"  # as the two bits of the format say it; the library counts them alike, M being 0
_FORMAT_MASK = 0b101010000010010
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_MASKS: Sequence[Callable[[int, int], bool]] = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, x: y % 2 == 0,
    lambda y, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)


def read_modules(rows: Rows, *, quiet_zone: int) -> str:
    """The text of an undamaged symbol; refuses anything that is not exactly one.

    >>> from labels.symbol import QUIET_ZONE, encode
    >>> read_modules(encode("HTTPS IS 5 LETTERS").rows, quiet_zone=QUIET_ZONE)
    'HTTPS IS 5 LETTERS'
    """
    grid = _inside(rows, quiet_zone)
    version, left_over = divmod(len(grid) - 17, 4)
    if left_over or not 1 <= version <= 26:
        raise _unreadable(f"{len(grid)} modules are no side of a symbol")
    level, mask = _format(grid)
    path, dark = _path(version, mask)
    bits = "".join("01"[grid[y][x] != flip] for (y, x), flip in zip(path, dark, strict=True))
    return _text(_checked(bits, version, level), version)


def _inside(rows: Rows, quiet_zone: int) -> tuple[bytes, ...]:
    side = len(rows)
    if any(len(row) != side for row in rows):
        raise _unreadable("a symbol is a square")
    inner = range(quiet_zone, side - quiet_zone)
    if any(rows[y][x] for y in range(side) for x in range(side) if y not in inner or x not in inner):
        raise _unreadable("a module of the quiet zone is dark")
    return tuple(bytes(rows[y][inner.start : inner.stop]) for y in inner)


def _format(grid: Rows) -> tuple[int, int]:
    # §7.9.1, figure 25: fifteen bits around the corner, and again along the other two.
    last = len(grid) - 1
    first = [grid[8][x] for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [grid[y][8] for y in (7, 5, 4, 3, 2, 1, 0)]
    second = [grid[last - at][8] for at in range(7)] + [grid[8][last - 7 + at] for at in range(8)]
    word = int("".join("01"[dark] for dark in first), 2) ^ _FORMAT_MASK
    if first != second or _remainder(word, 0b10100110111, 11) or not grid[last - 7][8]:
        raise _unreadable("its format information is damaged")
    return word >> 13, word >> 10 & 7


def _remainder(word: int, generator: int, length: int) -> int:
    while word.bit_length() >= length:
        word ^= generator << (word.bit_length() - length)
    return word


@lru_cache(maxsize=64)
def _path(version: int, mask: int) -> tuple[tuple[tuple[int, int], ...], tuple[bool, ...]]:
    """Where the data modules are, in order of reading, and which of them the mask turns over (§7.7.3, §7.8.2)."""
    side = 17 + 4 * version
    taken = set(_function_modules(version, side))
    places = []
    upwards = True
    for right in (*range(side - 1, 6, -2), *range(5, 0, -2)):  # column 6 is timing, and no pair counts it
        for y in range(side - 1, -1, -1) if upwards else range(side):
            places += [(y, x) for x in (right, right - 1) if (y, x) not in taken]
        upwards = not upwards
    turns = _MASKS[mask]
    return tuple(places), tuple(turns(y, x) for y, x in places)


def _function_modules(version: int, side: int) -> Iterator[tuple[int, int]]:
    far = range(side - 8, side)
    yield from ((y, x) for y in range(9) for x in (*range(9), *far))  # two finders with separators and format
    yield from ((y, x) for y in far for x in range(9))
    yield from ((6, at) for at in range(side))
    yield from ((at, 6) for at in range(side))
    centres = pattern_position(version)
    for y in centres:
        for x in centres:
            if (y, x) not in {(6, 6), (6, side - 7), (side - 7, 6)}:
                yield from ((y + down, x + across) for down in range(-2, 3) for across in range(-2, 3))
    if version >= 7:  # §7.10: version information at the two far finders
        yield from ((y, x) for y in range(6) for x in range(side - 11, side - 8))
        yield from ((y, x) for y in range(side - 11, side - 8) for x in range(6))


def _checked(bits: str, version: int, level: int) -> bytes:
    """The data words, taken apart into their blocks (§7.6) and each block checked."""
    blocks = rs_blocks(version, level)
    words = iter([int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8)])
    data: list[list[int]] = [[] for _ in blocks]
    for at in range(max(block.data_count for block in blocks)):
        for block, part in zip(blocks, data, strict=True):
            if at < block.data_count:
                part.append(next(words))
    whole = [list(part) for part in data]
    checks = blocks[0].total_count - blocks[0].data_count
    for _ in range(checks):
        for part in whole:
            part.append(next(words))
    if any(_syndrome(part, power) for part in whole for power in range(checks)):
        raise _unreadable("a check word does not hold")
    return bytes(word for part in data for word in part)


def _syndrome(words: Sequence[int], power: int) -> int:
    total = 0
    for word in words:
        total = _times(total, power) ^ word
    return total


@cache  # 256 words by at most 30 check words
def _times(word: int, power: int) -> int:
    return gexp(_logarithms()[word] + power) if word else 0


@cache
def _logarithms() -> dict[int, int]:
    return {gexp(power): power for power in range(255)}


def _text(data: bytes, version: int) -> str:
    bits = _Bits(data)
    counts = (10, 9, 8) if version < 10 else (12, 11, 16)
    out = bytearray()
    while bits.left >= 4 and (mode := bits.take(4)):
        match mode:
            case 1:
                out += bits.digits(bits.take(counts[0])).encode()
            case 2:
                out += bits.letters(bits.take(counts[1])).encode()
            case 4:
                out += bytes(bits.take(8) for _ in range(bits.take(counts[2])))
            case _:
                raise _unreadable(f"mode {mode:04b} is none that we write")
    try:
        return out.decode()
    except UnicodeDecodeError as err:
        raise _unreadable("its bytes are no UTF-8") from err


class _Bits:
    def __init__(self, data: bytes) -> None:
        self.value = int.from_bytes(data)
        self.left = 8 * len(data)

    def take(self, count: int) -> int:
        if count > self.left:
            raise _unreadable("a segment ends too early")
        self.left -= count
        return self.value >> self.left & ((1 << count) - 1)

    def digits(self, count: int) -> str:
        groups = [3] * (count // 3) + [count % 3] * bool(count % 3)
        return "".join(f"{self.take((0, 4, 7, 10)[size]):0{size}}" for size in groups)

    def letters(self, count: int) -> str:
        out = []
        for _ in range(count // 2):
            first, second = divmod(self.take(11), 45)
            out += [first, second]
        if count % 2:
            out.append(self.take(6))
        if any(letter >= 45 for letter in out):
            raise _unreadable("a letter is beyond the table")
        return "".join(_ALPHANUMERIC[letter] for letter in out)


def _unreadable(why: str) -> MalformedError:
    return MalformedError(Code.LABEL_UNREADABLE, f"the symbol does not read: {why}")
