"""Signed QR codes of others: the European health certificate (HC1) and the base45 it is written in (RFC 9285).

Ours is another format, and why is measured here: a health certificate is no link, so a phone without its app shows
noise, and its base45 takes more room than digits. No row is verified (ECDSA, CBOR and zlib are not ours); each is read
as what it is to us, no code of ours.
"""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from provenance.codes import Code
from provenance.crypto.inspector_code import DIGITS, InspectorCode, format_inspector_code, parse_inspector_code
from provenance.errors import MalformedError
from tests.vectors import vectors

ROWS: dict[str, list[Any]] = json.loads(vectors("gs1", "signed_qr_hcert.json").read_text())
BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _base45(data: bytes) -> str:
    text = ""
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            text += BASE45[digit]
    return text


def _numeric_bits(digits: int) -> int:
    """ISO/IEC 18004 §7.4.3: ten bits for three digits, seven for two left over, four for one."""
    return digits // 3 * 10 + (0, 4, 7)[digits % 3]


def _alphanumeric_bits(characters: int) -> int:
    """ISO/IEC 18004 §7.4.4: eleven bits for two characters, six for one left over."""
    return characters // 2 * 11 + characters % 2 * 6


@pytest.mark.parametrize("row", ROWS["vectors"], ids=lambda row: row["src"])
def test_a_health_certificate_is_no_code_of_ours(row: dict[str, Any]) -> None:
    text = row["prefix"]

    for disguised in (text, f"https://example.org/{text}", f"https://example.org/01/09521234543213#{text}"):
        with pytest.raises(MalformedError) as refused:
            parse_inspector_code(disguised)
        assert refused.value.code is Code.MALFORMED_INSPECTOR_CODE


def test_digits_take_less_room_than_base45_and_next_to_none_beyond_the_signature() -> None:
    for text, encoded in ROWS["base45_rfc9285"]:
        assert _base45(text.encode()) == encoded

    signature = bytes([255] * 64)
    digits = format_inspector_code(InspectorCode("https://a/", signature)).partition("#")[2]

    assert len(digits) == DIGITS == math.ceil(512 * math.log10(2))
    assert _numeric_bits(len(digits)) == 517
    assert _alphanumeric_bits(len(_base45(signature))) == 528


def test_every_row_is_looked_at() -> None:
    assert set(ROWS) == {"vectors", "base45_rfc9285"}
    assert all(row["prefix"].startswith("HC1:") for row in ROWS["vectors"])
