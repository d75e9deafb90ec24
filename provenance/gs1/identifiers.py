"""The name of one thing, lot, place or party, whatever spelling it came in.

Rules:

* a name is a GS1 key and at most one qualifier; an item has its serial in it and never its lot, so that one thing has
  one name;
* every name has one canonical spelling, its GS1 Digital Link URI under ``https://id.gs1.org``;
* ``read_epc`` takes what EPCIS calls an EPC, a class or a place: a Digital Link URI on any domain without query, or an
  EPC URN; ``reading`` takes what people scan;
* check digits are verified where they are written, and computed where they are not (URN).

::

    https://id.gs1.org/01/09521234543213/21/S1     an item
    https://id.gs1.org/01/09521234543213/10/L1     a lot
    https://id.gs1.org/01/09521234543213           the class of both
    https://id.gs1.org/00/095212340000000013       a logistic unit
    https://id.gs1.org/417/9521234000006           a party

GS1 Digital Link Standard: URI Syntax; EPCIS and CBV 2.0, section 8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import lru_cache

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.digital_link import CANONICAL_STEM, escape, parse_link, unescape_path
from provenance.gs1.elements import Elements, base_length, check_exclusions, check_value, check_values, shown
from provenance.gs1.epc_urn import parse_urn
from provenance.ids import Subject


@unique
class Kind(StrEnum):
    """What sort of thing an identifier names."""

    ITEM = "item"
    LOT = "lot"
    TRADE_CLASS = "trade-class"
    UNIT = "unit"
    PARTY = "party"
    LOCATION = "location"
    SERVICE = "service"
    SHIPMENT = "shipment"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A GS1 key with the qualifier that belongs to its name; ``read_epc`` and ``identify`` make valid ones.

    >>> Identifier("01", "09521234543213", (("21", "S/1"),)).uri
    'https://id.gs1.org/01/09521234543213/21/S%2F1'
    """

    key_ai: str
    key_value: str
    qualifiers: tuple[tuple[str, str], ...] = ()

    @property
    def elements(self) -> Elements:
        """The key and its qualifier as application identifiers with values."""
        return ((self.key_ai, self.key_value), *self.qualifiers)

    @property
    def uri(self) -> str:
        """The canonical GS1 Digital Link URI: the one name under which everything else finds it."""
        return CANONICAL_STEM + "".join([f"/{ai}/{escape(value)}" for ai, value in self.elements])

    @property
    def kind(self) -> Kind:
        """What sort of thing it names."""
        length = base_length(self.key_ai)
        if length is not None and len(self.key_value) > length:
            return Kind.ITEM
        return _KINDS.get(self.key_ai, {}).get(self.qualifiers[0][0] if self.qualifiers else "", Kind.OTHER)

    def class_uri(self) -> str:
        """The canonical URI of its class, without serial and lot; its own where it belongs to none.

        >>> Identifier("8003", "09521234543213S1").class_uri()
        'https://id.gs1.org/8003/09521234543213'
        """
        if _KINDS.get(self.key_ai, {}).get("") is not Kind.TRADE_CLASS:
            return self.uri
        return Identifier(self.key_ai, self.key_value[: base_length(self.key_ai)]).uri


# By key, then by qualifier; "" stands for the key alone. In a text with several qualifiers, the first here names it.
_KINDS: Mapping[str, Mapping[str, Kind]] = {
    "00": {"": Kind.UNIT},
    "01": {"21": Kind.ITEM, "235": Kind.ITEM, "10": Kind.LOT, "22": Kind.TRADE_CLASS, "": Kind.TRADE_CLASS},
    "253": {"": Kind.TRADE_CLASS},
    "255": {"": Kind.TRADE_CLASS},
    "401": {"": Kind.SHIPMENT},
    "402": {"": Kind.SHIPMENT},
    "414": {"254": Kind.LOCATION, "": Kind.LOCATION},
    "415": {"8020": Kind.OTHER, "": Kind.OTHER},
    "417": {"": Kind.PARTY},
    "8003": {"": Kind.TRADE_CLASS},
    "8004": {"": Kind.ITEM},
    "8006": {"21": Kind.ITEM, "10": Kind.LOT, "22": Kind.TRADE_CLASS, "": Kind.TRADE_CLASS},
    "8010": {"8011": Kind.ITEM, "": Kind.TRADE_CLASS},
    "8013": {"": Kind.OTHER},
    "8017": {"": Kind.SERVICE},
    "8018": {"": Kind.SERVICE},
}

LONGEST_EPC = 2048
"""Characters of an EPC, its domain included."""

# Nearly every EPC is an SGTIN, an LGTIN, a class or an SSCC, spelled canonically on some domain: one match, no loops.
_VALUE = r"[A-Za-z0-9._-]{1,20}|(?:[A-Za-z0-9._-]|%(?:2[125-9A-CF]|3[A-F])){1,20}"
_COMMON = re.compile(
    rf"https?://[A-Za-z0-9.:-]{{1,260}}(/(?:01/(?P<gtin>[0-9]{{14}})(?:/(21|10)/({_VALUE}))?|00/(?P<sscc>[0-9]{{18}})))"
)
_CANONICAL = CANONICAL_STEM + "/"


def read_epc(text: str) -> Identifier:
    """The identifier that a GS1 Digital Link URI (on any domain) or an EPC URN names; refuses anything else.

    A link with both lot and serial is refused: in events, an item goes by GTIN and serial alone.

    >>> read_epc("urn:epc:id:sgtin:9521234.054321.S1").uri
    'https://id.gs1.org/01/09521234543213/21/S1'
    """
    if match := _COMMON.fullmatch(text):
        _, gtin, qualifier, value, sscc = match.groups()
        if gtin is None:
            _check_number("00", sscc)
            return Identifier("00", sscc)
        _check_number("01", gtin)
        if qualifier is None:
            return Identifier("01", gtin)
        return Identifier("01", gtin, ((qualifier, unescape_path(value) if "%" in value else value),))
    return _read_any(text)


def canonical_epc(text: str) -> Subject:
    """The canonical Digital Link URI of what ``read_epc`` reads.

    >>> canonical_epc("http://example.com/01/09521234543213/21/S1")
    'https://id.gs1.org/01/09521234543213/21/S1'
    """
    if match := _COMMON.fullmatch(text):
        path, gtin, _, _, sscc = match.groups()
        _check_number("00" if gtin is None else "01", gtin or sscc)
        return Subject(text if text.startswith(_CANONICAL) else CANONICAL_STEM + path)
    return Subject(_read_any(text).uri)


def identify(elements: Elements) -> Identifier:
    """The identifier made of a key and at most one qualifier; refuses any others, and wrong values.

    >>> identify((("01", "09521234543213"), ("21", "S1"))).kind
    <Kind.ITEM: 'item'>
    """
    ais = [ai for ai, _ in elements]
    if not 1 <= len(ais) <= 2 or "".join(ais[1:]) not in _KINDS.get(ais[0], ()):
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"({')('.join(ais)[:60]}) is no key with a qualifier of its own")
    check_values(elements)
    return Identifier(*elements[0], elements[1:])


def name_in(elements: Elements) -> Identifier:
    """What a whole GS1 message is about: its first key, with the qualifier that says most; refuses two that do.

    >>> name_in((("17", "261231"), ("01", "09521234543213"), ("10", "L1"), ("21", "S1"))).uri
    'https://id.gs1.org/01/09521234543213/21/S1'
    """
    values = dict(reversed(elements))
    key = next((ai for ai, _ in elements if ai in _KINDS), None)
    if key is None:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"({')('.join(values)[:60]}) has no key that names a thing")
    qualifiers = _qualifiers(key, values)
    return identify(((key, values[key]), *qualifiers[:1]))


def levels_in(elements: Elements) -> tuple[Identifier, ...]:
    """Everything a GS1 message is about, from the one thing to its class: each has pages of its own.

    >>> [name.uri[19:] for name in levels_in((("01", "09521234543213"), ("10", "L1"), ("21", "S1")))]
    ['01/09521234543213/21/S1', '01/09521234543213/10/L1', '01/09521234543213']
    """
    first = name_in(elements)
    key, value = first.elements[0]
    others = [identify(((key, value), qualifier)) for qualifier in _qualifiers(key, dict(reversed(elements)))]
    whole = identify(((key, value),))
    base = identify(((key, value[: base_length(key)]),))
    return tuple(dict.fromkeys((first, *others, whole, base)))


def _qualifiers(key: str, values: Mapping[str, str]) -> Elements:
    """Those that name something with this key, the most particular first; refuses two that exclude each other."""
    qualifiers = tuple((ai, values[ai]) for ai in _KINDS[key] if ai in values)
    check_exclusions(ai for ai, _ in qualifiers)
    return qualifiers


def _read_any(text: str) -> Identifier:
    # Before the cache, which would keep ten megabytes as willingly as ten characters.
    if len(text) > LONGEST_EPC:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"a text of {len(text)} characters is no GS1 identifier")
    return _read_once(text)


@lru_cache(maxsize=4096)  # the same few parties and places come back in every event
def _read_once(text: str) -> Identifier:
    if text.startswith("urn:"):
        return identify(parse_urn(text))
    try:
        link = parse_link(text)
    except MalformedError as err:
        if err.code is not Code.MALFORMED_LINK:
            raise
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, err.refusal.message) from err
    if "?" in text or "#" in text:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"{shown(text)} has a query or fragment, which names nothing")
    return identify(link.path)


@lru_cache(maxsize=4096)  # ten thousand items of one class share their GTIN
def _check_number(ai: str, number: str) -> None:
    check_value(ai, number)
