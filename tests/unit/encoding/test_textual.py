from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Context, Decimal, Inexact
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.encoding.textual import (
    format_base58,
    format_base64,
    format_time,
    parse_base58,
    parse_base64,
    parse_decimal,
    parse_hex,
    parse_size,
    parse_time,
    parse_zone_offset,
)
from provenance.errors import MalformedError

PARSERS: dict[str, Callable[[str], Any]] = {
    "hex": parse_hex,
    "base64": parse_base64,
    "base58": parse_base58,
    "size": parse_size,
    "decimal": parse_decimal,
    "time": parse_time,
    "zone offset": parse_zone_offset,
}
VALID = {
    "hex": "00ff",
    "base64": "QQ==",
    "base58": "2g",
    "size": "70000",
    "decimal": "-2.5e-3",
    "time": "2026-05-04T08:00:00.000+02:00",
    "zone offset": "+02:00",
}
# What Python's own parsers let through, at the front, at the end, or in place of a digit.
INTRUDERS = [
    " ",
    "\n",
    "\r",
    "\t",
    "\0",
    "+",
    "_",
    "\ud800",
    "\u0661",
    "\uff11",
    "\ufeff",
    "\u2003",
    "é",
    " " * 10_000_000,
]


# --- all of them


@pytest.mark.parametrize("kind", PARSERS)
def test_reads_the_plain_form(kind: str) -> None:
    assert PARSERS[kind](VALID[kind]) is not None


@pytest.mark.parametrize("kind", PARSERS)
@pytest.mark.parametrize("intruder", INTRUDERS, ids=lambda text: repr(text[:3]))
def test_refuses_anything_before_after_or_within(kind: str, intruder: str) -> None:
    text = VALID[kind]

    for spoiled in (intruder + text, text + intruder, text[:1] + intruder + text[1:]):
        with pytest.raises(MalformedError) as refused:
            PARSERS[kind](spoiled)
        assert refused.value.code is Code.MALFORMED_TEXT
        assert len(str(refused.value)) < 300
        str(refused.value).encode()  # even a lone surrogate can be shown


@pytest.mark.parametrize("kind", PARSERS)
@given(text=st.text(max_size=40) | st.text(st.sampled_from("0123456789abcdefABCDEFzTZ+-.:=/eE"), max_size=30))
def test_raises_nothing_foreign(kind: str, text: str) -> None:
    try:
        PARSERS[kind](text)
    except MalformedError as err:
        assert err.code in {Code.MALFORMED_TEXT, Code.NUMBER_OUT_OF_RANGE}


# --- hex


@given(st.binary(max_size=64))
def test_hex_is_read_as_it_is_printed(data: bytes) -> None:
    assert parse_hex(data.hex()) == data
    assert parse_hex(data.hex(), length=len(data)) == data


@given(st.text(st.sampled_from("0123456789abcdefABCDEF "), max_size=10))
def test_hex_that_is_accepted_is_the_only_spelling(text: str) -> None:
    try:
        data = parse_hex(text)
    except MalformedError:
        return

    assert data.hex() == text


@pytest.mark.parametrize("text", ["0", "0F", "0g", "00 ff", "0x00", "ff\n"])
def test_refuses_loose_hex(text: str) -> None:
    with pytest.raises(MalformedError, match="expected lower-case hex"):
        parse_hex(text)


@pytest.mark.parametrize("length", [0, 1, 3])
def test_refuses_hex_of_another_length(length: int) -> None:
    with pytest.raises(MalformedError, match=f"{length} bytes"):
        parse_hex("00ff", length=length)


# --- base64


@given(st.binary(max_size=64))
def test_base64_is_read_as_it_is_printed(data: bytes) -> None:
    assert parse_base64(format_base64(data), length=len(data)) == data


@given(st.text(st.sampled_from("ABQRwxyz019+/=-_\n"), max_size=12))
@example("QR==")
@example("QQ")
@example("QQ=")
@example("QQ===")
@example("=QQ=")
@example("QQ==QQ==")
@example("Q\nQ==")
def test_base64_that_is_accepted_is_the_only_spelling(text: str) -> None:
    try:
        data = parse_base64(text)
    except MalformedError:
        return

    assert format_base64(data) == text


@pytest.mark.parametrize("text", ["QR==", "QQ", "QQ=", "QQ==\n", "Q Q=", "_-8=", "Q", "===="])
def test_refuses_loose_base64(text: str) -> None:
    with pytest.raises(MalformedError, match="expected base64, "):
        parse_base64(text)


def test_refuses_base64_of_another_length() -> None:
    with pytest.raises(MalformedError, match="base64 of 64 bytes"):
        parse_base64("QQ==", length=64)


# --- base58


@given(st.binary(max_size=60))
@example(b"")
@example(b"\0")
@example(b"\0\0\1")
def test_base58_is_read_as_it_is_printed(data: bytes) -> None:
    assert parse_base58(format_base58(data)) == data


@given(st.text(st.sampled_from("123ABCxyz0OIl"), max_size=12))
def test_base58_that_is_accepted_is_the_only_spelling(text: str) -> None:
    try:
        data = parse_base58(text)
    except MalformedError:
        return

    assert format_base58(data) == text


def test_the_longest_base58_is_read() -> None:
    assert parse_base58("1" * 128) == bytes(128)


@pytest.mark.parametrize("text", ["0", "O", "I", "l", "z6Mk ", "z" * 129])
def test_refuses_loose_or_long_base58(text: str) -> None:
    with pytest.raises(MalformedError, match="base58"):
        parse_base58(text)


# --- counts


@given(st.integers(0, 2**63 - 1))
@example(0)
@example(2**63 - 1)
def test_a_size_is_read_as_it_is_printed(size: int) -> None:
    assert parse_size(str(size)) == size


@given(st.text(st.sampled_from("0123456789_+- "), max_size=21))
def test_a_size_that_is_accepted_is_the_only_spelling(text: str) -> None:
    try:
        size = parse_size(text)
    except MalformedError:
        return

    assert str(size) == text


@pytest.mark.parametrize(
    "text", ["", "00", "01", "0_1", "1_0", "+1", "-1", " 1", "1\n", "1.0", "1e3", str(2**63), "9" * 20]
)
def test_refuses_loose_or_huge_sizes(text: str) -> None:
    with pytest.raises(MalformedError, match="decimal number"):
        parse_size(text)


# --- numbers


@given(st.integers(-(2**53) + 1, 2**53 - 1), st.integers(0, 20))
def test_a_decimal_is_exact(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)

    assert parse_decimal(f"{number:f}") == number


@pytest.mark.parametrize(
    "text", ["", "-", "+1", "01", "0_1", "1.", ".5", "1e", "1e+", "NaN", "Infinity", "1,5", "0x1", "- 1"]
)
def test_refuses_what_is_no_json_number(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_decimal(text)

    assert refused.value.code is Code.MALFORMED_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "9007199254740992",
        "-9007199254740992",
        "1e16",
        "1e999",
        "1e99999999999",
        "1e-31",
        "0." + "0" * 30 + "1",
        "0" + "." + "3" * 63,
    ],
)
def test_refuses_numbers_that_are_too_large_or_too_fine(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_decimal(text)

    assert refused.value.code is Code.NUMBER_OUT_OF_RANGE


def test_the_finest_number_is_read() -> None:
    assert parse_decimal("1e-030") == parse_decimal("0." + "0" * 29 + "1") == Decimal("1e-30")


def test_sums_of_any_two_numbers_are_exact_in_sixty_digits() -> None:
    exact = Context(prec=60, traps=[Inexact])

    total = exact.add(parse_decimal("9007199254740991"), parse_decimal("1e-30"))

    assert exact.subtract(total, Decimal(9007199254740991)) == Decimal("1e-30")


# --- times


@given(st.datetimes(timezones=st.just(UTC)))
@example(datetime(1, 1, 1, tzinfo=UTC))
@example(datetime(999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
def test_a_time_of_ours_is_read_back_to_the_millisecond(instant: datetime) -> None:
    text = format_time(instant)

    assert parse_time(text) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert format_time(parse_time(text)) == text
    assert len(text) == len("2026-05-04T06:00:00.000Z")


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("2026-05-04T08:00:00+02:00", "2026-05-04T06:00:00.000Z"),
        ("2026-05-04T23:58:00+23:59", "2026-05-03T23:59:00.000Z"),
        ("2026-05-04T00:30:00-05:45", "2026-05-04T06:15:00.000Z"),
        ("2026-05-04T06:00:00.1Z", "2026-05-04T06:00:00.100Z"),
        ("2026-05-04T06:00:00.123456789012Z", "2026-05-04T06:00:00.123Z"),
        ("2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"),
    ],
)
def test_a_time_of_others_is_the_same_instant(text: str, same: str) -> None:
    assert format_time(parse_time(text)) == same


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-04T06:00:00", "2026-05-04 06:00:00Z", "2026-05-04t06:00:00z", "2026-5-4T06:00:00Z",
        "2026-02-29T06:00:00Z", "2026-13-01T06:00:00Z", "2026-05-04T24:00:00Z", "2026-05-04T06:60:00Z",
        "2026-06-30T23:59:60Z", "2026-05-04T06:00:00.Z", "2026-05-04T06:00:00,5Z", "2026-05-04T06:00:00+2:00",
        "2026-05-04T06:00:00+24:00", "2026-05-04T06:00:00+02:60", "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "20260504T060000Z", "2026-05-04T06:00:00Z\n",
        "2026-05-04T06:00:00.1234567890123Z",
    ],
)  # fmt: skip
def test_refuses_times_without_zone_out_of_range_or_loosely_spelled(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_time(text)

    assert refused.value.code is Code.MALFORMED_TEXT


def test_refuses_to_print_a_time_without_its_zone() -> None:
    with pytest.raises(MalformedError, match="no zone"):
        format_time(datetime(2026, 5, 4, 6))


def test_refuses_to_print_a_time_before_the_first() -> None:
    with pytest.raises(MalformedError, match="exists in UTC"):
        format_time(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("+00:00", 0), ("-00:00", 0), ("+02:00", 120), ("-05:45", -345), ("+14:00", 840), ("-13:59", -839)],
)
def test_reads_a_zone_offset(text: str, minutes: int) -> None:
    assert parse_zone_offset(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text", ["", "Z", "02:00", "+2:00", "+0200", "+14:01", "+15:00", "+02:60", "+02:00\n", "\u221202:00"]
)
def test_refuses_loose_or_impossible_zone_offsets(text: str) -> None:
    with pytest.raises(MalformedError, match="zone offset"):
        parse_zone_offset(text)
