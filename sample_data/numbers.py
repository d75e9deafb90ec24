"""The numbers of the sample world: GS1 keys with their check digits, written as Digital Link URIs.

Rules:

* every company prefix has seven digits and begins with 952, which GS1 keeps for examples: no real product
  carries such a number;
* a serial has 11 characters nobody can guess in a row, and a check pair; it follows from the product's number
  and a running number, so the links are the same in every sample world.

GS1 General Specifications §3 (keys), §7.9 (check digits and pairs).
"""

from __future__ import annotations

import hashlib

from provenance.gs1.check_digits import CSET_32, check_digit, check_pair
from provenance.gs1.identifiers import canonical_epc
from provenance.ids import PartyId, Subject

_GS1 = "https://id.gs1.org"
_SERIAL = 11


def party_number(prefix: str) -> PartyId:
    """The organisation with this prefix.

    >>> party_number("9520101")
    'https://id.gs1.org/417/9520101000002'
    """
    return PartyId(canonical_epc(f"{_GS1}/417/{_checked(prefix + '00000')}"))


def place_number(prefix: str, place: int = 1) -> str:
    """One of the organisation's places."""
    return canonical_epc(f"{_GS1}/414/{_checked(f'{prefix}{place:05}')}")


def device_number(prefix: str, device: str) -> str:
    """One of the organisation's devices."""
    return canonical_epc(f"{_GS1}/8004/{prefix}{device}")


def trade_number(prefix: str, product: int) -> str:
    """The 14 digits of a trade item."""
    return _checked(f"0{prefix}{product:05}")


def item(gtin: str, number: int, *, before: str = "") -> Subject:
    """One piece of a trade item; ``before`` stands at the beginning of its serial.

    >>> item("09520102000018", 1)
    'https://id.gs1.org/01/09520102000018/21/66HBBDJHTHJGU'
    """
    spun = hashlib.sha256(f"{gtin} {number}".encode()).digest()
    serial = before + "".join(CSET_32[byte % 32] for byte in spun[: _SERIAL - len(before)])
    return canonical_epc(f"{_GS1}/01/{gtin}/21/{serial}{check_pair(serial)}")


def lot(gtin: str, number: str) -> Subject:
    """One lot of a trade item."""
    return canonical_epc(f"{_GS1}/01/{gtin}/10/{number}")


def unit(prefix: str, number: int) -> Subject:
    """A box, case or pallet."""
    return canonical_epc(f"{_GS1}/00/{_checked(f'0{prefix}{number:09}')}")


def _checked(digits: str) -> str:
    return digits + check_digit(digits)
