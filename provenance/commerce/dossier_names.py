"""How the file of one order, or of one owned item, is named: by its kind and by whose it is.

Rules:

* an order, what follows it and a seller's terms are named by the seller's GLN and a number or name; only the seller
  opens an order or publishes terms there, and a return, an exchange or a claim only who has bought from that seller;
* a recall is named by the GLN of whoever calls things back;
* who owns an item, how it was repaired and for how much it was sold on is told in files of that item, and what buyers
  say of a product in that of the product;
* a programme of points, and each account in it, is named by the GLN of the seller who owes the points;
* one name has one spelling.

    order:9520789000004/2026-0001
    return:9520789000004/2026-0001-1
    exchange:9520789000004/2026-0001-2
    claim:9520789000004/2026-0001-3
    terms:9520789000004/standard
    recall:9520123000004/2026-1
    warranty:https://id.gs1.org/01/09520123000011/21/A1
    resale:https://id.gs1.org/01/09520123000011/21/A1
    programme:9520789000004/club
    points:9520789000004/0001
    ownership:https://id.gs1.org/01/09520123000011/21/A1
    reviews:https://id.gs1.org/01/09520123000011
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.custody.roles import parse_party
from provenance.errors import MalformedError, ProvenanceError
from provenance.gs1.identifiers import Kind, read_epc
from provenance.ids import PartyId, Subject

_SELLERS_OWN = re.compile(r"([0-9]{13})/([0-9A-Za-z._-]{1,40})")
_THINGS = frozenset({Kind.ITEM, Kind.LOT, Kind.TRADE_CLASS, Kind.UNIT})
_PGLN = "https://id.gs1.org/417/"


@unique
class Family(StrEnum):
    """What a dossier is about; the value begins its name and is never renamed."""

    TERMS = "terms"
    ORDER = "order"
    RETURN = "return"
    OWNERSHIP = "ownership"
    REVIEWS = "reviews"
    EXCHANGE = "exchange"
    CLAIM = "claim"
    WARRANTY = "warranty"
    RESALE = "resale"
    RECALL = "recall"
    REFUND = "refund"
    PROGRAMME = "programme"
    POINTS = "points"


_ABOUT_ITEMS = frozenset({Family.OWNERSHIP, Family.WARRANTY, Family.RESALE})


@dataclass(frozen=True, slots=True)
class DossierName:
    """The name of a dossier: the seller by whose GLN it goes and the seller's number.

    Of a recall, ``seller`` is whoever issued it. A dossier about an item or a product has no seller (the empty name,
    which is nobody's), and its name as number.
    """

    subject: Subject
    family: Family
    seller: PartyId
    number: str


def parse_dossier_name(text: str) -> DossierName:
    """The name in a text; refuses what is none.

    >>> parse_dossier_name("order:9520789000004/2026-0001").seller
    'https://id.gs1.org/417/9520789000004'
    """
    family, _, rest = text.partition(":")
    if family in _ABOUT_ITEMS:
        return DossierName(Subject(text), Family(family), PartyId(""), parse_item(rest))
    if family == Family.REVIEWS:
        return DossierName(Subject(text), Family.REVIEWS, PartyId(""), parse_class(rest))
    match = _SELLERS_OWN.fullmatch(rest)
    if family not in tuple(Family) or match is None:
        raise MalformedError(Code.WRONG_VALUE, f"no dossier is named {text[:80]!r}")
    try:
        seller = parse_party(_PGLN + match[1])
    except ProvenanceError as err:
        raise MalformedError(err.code, f"{match[1]} is no GLN", pointer=err.pointer) from err
    return DossierName(Subject(text), Family(family), seller, match[2])


def parse_item(text: str) -> Subject:
    """The single thing named by its canonical GS1 Digital Link; another spelling or kind of thing is refused."""
    identifier = read_epc(text)
    if identifier.kind is not Kind.ITEM or identifier.uri != text:
        raise MalformedError(
            Code.UNKNOWN_IDENTIFIER, f"an item is named https://id.gs1.org/01/…/21/…, not {text[:80]!r}"
        )
    return Subject(text)


def parse_thing(text: str) -> Subject:
    """The item, lot, unit or product named by its canonical GS1 Digital Link."""
    identifier = read_epc(text)
    if identifier.kind not in _THINGS or identifier.uri != text:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"a thing is named https://id.gs1.org/01/…, not {text[:80]!r}")
    return Subject(text)


def parse_class(text: str) -> Subject:
    """The product named by its canonical GS1 Digital Link."""
    identifier = read_epc(text)
    if identifier.kind is not Kind.TRADE_CLASS or identifier.uri != text:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"a product is named https://id.gs1.org/01/…, not {text[:80]!r}")
    return Subject(text)
