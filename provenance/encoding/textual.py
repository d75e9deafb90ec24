"""Strict twins that read and write the small texts of our formats: hex, base64, base58, decimals, times.

Rules:

* a parser accepts exactly what its printer prints, so one value has one spelling;
* nothing of Python's lenience gets in: ``int("0_7")``, ``QR==`` for ``QQ==``, ``+1`` are refused;
* every refusal is a ``MalformedError`` with code ``malformed-text``, or ``number-out-of-range``.

RFC 4648 (base64), RFC 3339 (times), draft-msporny-base58 (keys).
"""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from provenance.codes import Code
from provenance.errors import MalformedError

LARGEST_INTEGER = 2**53 - 1
MOST_FRACTION_DIGITS = 30

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUES = {letter: value for value, letter in enumerate(_BASE58)}
_BASE58_LONGEST = 128  # our keys need 48; a longer text would only burn time (conversion is quadratic)
_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?([0-9]+))?")
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,12}))?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)
_OFFSET = re.compile(r"[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00)")


def parse_hex(text: str, *, length: int | None = None) -> bytes:
    """The bytes spelled in lower-case hex; ``length`` is how many there must be.

    >>> parse_hex("00ff")
    b'\\x00\\xff'
    """
    if not _HEX.fullmatch(text) or (length is not None and len(text) != 2 * length):
        raise _malformed("lower-case hex" if length is None else f"{length} bytes of lower-case hex", text)
    return bytes.fromhex(text)


def parse_base64(text: str, *, length: int | None = None) -> bytes:
    """The bytes of standard base64 with padding (RFC 4648 §4), in its one spelling.

    >>> parse_base64("QQ==")
    b'A'
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError) as err:
        raise _malformed("base64", text) from err
    # Even strict mode takes QR== for QQ==: only the printer's spelling is the value's name. What differs is the end.
    last = (len(data) - 1) // 3 * 3 if data else 0
    if format_base64(data[last:]) != text[-4:] or (length is not None and len(data) != length):
        raise _malformed("base64" if length is None else f"base64 of {length} bytes", text)
    return data


def format_base64(data: bytes) -> str:
    """Standard base64 with padding."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def parse_base58(text: str) -> bytes:
    """The bytes of base58 (Bitcoin alphabet), at most 128 letters.

    >>> parse_base58("1")
    b'\\x00'
    """
    if len(text) > _BASE58_LONGEST:
        raise _malformed("base58 of at most 128 letters", text)
    number = 0
    for letter in text:
        if letter not in _BASE58_VALUES:
            raise _malformed("base58", text)
        number = number * 58 + _BASE58_VALUES[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def format_base58(data: bytes) -> str:
    """Base58 (Bitcoin alphabet); leading zero bytes become ones."""
    number = int.from_bytes(data, "big")
    letters = []
    while number:
        number, digit = divmod(number, 58)
        letters.append(_BASE58[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))


def parse_size(text: str) -> int:
    """A count as plain decimal digits without leading zeros, below 2^63.

    >>> parse_size("70000")
    70000
    """
    if not _SIZE.fullmatch(text) or (size := int(text)) >= 2**63:
        raise _malformed("a decimal number without leading zeros", text)
    return size


def parse_decimal(text: str) -> Decimal:
    """The exact value of a JSON number's text, below 2^53 and with at most 30 digits after the point.

    Within these bounds sums are exact in any context of 60 digits, and a double holds every integer.

    >>> parse_decimal("2.50")
    Decimal('2.50')
    """
    match = _DECIMAL.fullmatch(text)
    if not match:
        raise _malformed("a JSON number", text)
    # The lengths first: Decimal would take its time for a million digits.
    if len(text) <= 64 and len(match[1] or "") <= 3:
        number = Decimal(text)
        _, _, exponent = number.as_tuple()
        if number.copy_abs() <= LARGEST_INTEGER and isinstance(exponent, int) and exponent >= -MOST_FRACTION_DIGITS:
            return number
    raise MalformedError(Code.NUMBER_OUT_OF_RANGE, f"the number {text[:20]} is 2^53 or more, or too fine")


def parse_time(text: str) -> datetime:
    """The instant of an RFC 3339 date-time with its zone, in UTC.

    Digits past the microsecond are cut; a leap second is refused, as no clock of ours can show it.

    >>> parse_time("2026-05-04T08:00:00.000+02:00")
    datetime.datetime(2026, 5, 4, 6, 0, tzinfo=datetime.timezone.utc)
    """
    match = _TIME.fullmatch(text)
    if not match:
        raise _malformed("an RFC 3339 time with its zone", text)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    micros = int(((match[7] or "") + "000000")[:6])
    try:
        zone = _zone(match[8])
        return datetime(year, month, day, hour, minute, second, micros, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as err:
        raise _malformed("a time that exists", text) from err


def format_time(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and ``Z``: how we write every time of our own.

    >>> format_time(datetime(2026, 5, 4, 6, tzinfo=UTC))
    '2026-05-04T06:00:00.000Z'
    """
    if instant.utcoffset() is None:
        raise MalformedError(Code.MALFORMED_TEXT, f"the time {instant} has no zone")
    try:
        utc = instant.astimezone(UTC)
    except OverflowError as err:
        raise _malformed("a time that exists in UTC", str(instant)) from err
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_zone_offset(text: str) -> timedelta:
    """The offset of an ``eventTimeZoneOffset`` (EPCIS 2.0 §7.4.1), from -14:00 to +14:00.

    >>> parse_zone_offset("+02:00")
    datetime.timedelta(seconds=7200)
    """
    if not _OFFSET.fullmatch(text):
        raise _malformed("a zone offset such as +02:00", text)
    hours, minutes = int(text[1:3]), int(text[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if text[0] == "-" else offset


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[4:6])
    if minutes > 59:
        raise ValueError(text)
    # timezone() itself refuses 24 hours and more.
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _malformed(wanted: str, got: str) -> MalformedError:
    shown = got if len(got) <= 60 else got[:57] + "…"
    return MalformedError(Code.MALFORMED_TEXT, f"expected {wanted}, got {shown!r}")
