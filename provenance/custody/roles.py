"""The parts a party can play, and how a party is named.

A party is named by its PGLN as a GS1 Digital Link (``https://id.gs1.org/417/{GLN13}``) or by a DID.
A root key, which enrols parties but trades with nobody, is named by its own ``did:key``; so is a consumer.
"""

from __future__ import annotations

import re
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.identifiers import Kind, read_epc
from provenance.ids import PartyId


@unique
class Role(StrEnum):
    """What a party may act as; the value is signed and never renamed."""

    ROOT = "root"
    PRODUCER = "producer"
    SHIPPER = "shipper"
    SELLER = "seller"
    INSPECTOR = "inspector"
    REPORTER = "reporter"
    CONSUMER = "consumer"


ROLES = {role.value: role for role in Role if role is not Role.CONSUMER}
ENROLLED_ROLES = tuple(role for role in ROLES.values() if role is not Role.ROOT)
"""What a party of the registry may be; consumers, who sign records of commerce, are in no registry."""
TRADING_ROLES = frozenset({Role.PRODUCER, Role.SHIPPER, Role.SELLER})

# W3C DID 1.0 §3.1.
_DID = re.compile(r"did:[a-z0-9]+:(?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+")
_LONGEST_DID = 200


def parse_party(text: str, pointer: str = "") -> PartyId:
    """The party named by a PGLN Digital Link or a DID; refuses anything else.

    >>> parse_party("https://id.gs1.org/417/9520123000004")
    'https://id.gs1.org/417/9520123000004'
    """
    if len(text) <= _LONGEST_DID and _DID.fullmatch(text):
        return PartyId(text)
    try:
        identifier = read_epc(text)
    except MalformedError as err:
        raise err.under(pointer) from err
    if identifier.kind is not Kind.PARTY or identifier.uri != text:
        raise MalformedError(
            Code.UNKNOWN_IDENTIFIER,
            f"a party is named https://id.gs1.org/417/… or did:…, not {text!r}",
            pointer=pointer,
        )
    return PartyId(text)
