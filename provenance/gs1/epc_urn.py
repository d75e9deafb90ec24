"""EPC URNs, the older spelling of GS1 identifiers that RFID and EPCIS 1 use: text to elements and back.

Rules:

* a URN has no check digit and shows where the company prefix ends: reading computes the one, writing
  must be told the other (``company_prefix``), and without it is refused, never guessed;
* a prefix has 6 to 12 digits here; a licence of 4 or 5 digits counts as a block of six-digit ones;
* ``"%&/<>?`` (and ``#`` in a component) are written ``%22`` …; a character has one spelling;
* ``idpat`` with a last ``*`` names the class of all things with that number;
* schemes that are no GS1 keys (gid, adi, bic …) are refused.

::

    urn:epc:id:sgtin:9521234.054321.S1          (01)09521234543213(21)S1
    urn:epc:id:sscc:9521234.0000000001          (00)095212340000000013
    urn:epc:class:lgtin:9521234.054321.L1       (01)09521234543213(10)L1
    urn:epc:idpat:sgtin:9521234.054321.*        (01)09521234543213
    urn:epc:id:sgln:9521234.00001.0             (414)9521234000013

GS1 EPC Tag Data Standard, section 6.3 (schemes) and 7 (correspondence).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.check_digits import check_digit
from provenance.gs1.elements import Elements, base_length, check_values, shown
from provenance.gs1.linters import LONGEST_PREFIX, SHORTEST_PREFIX

LONGEST = 200  # characters; the longest scheme, an escaped CPI, needs less


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How one kind of URN is made from a key.

    ``digits`` are those of prefix and reference together; 0 where the reference is text.
    ``is_led`` says that the reference's first digit stands before the prefix in the key; ``zero`` that a zero does.
    ``fields`` follow the reference: each is an AI of its own, or ``serial`` or ``part``, joined to the key.
    """

    ai: str
    digits: int
    fields: tuple[str, ...] = ()
    is_led: bool = False
    zero: str = ""


_SCHEMES: Mapping[str, _Scheme] = {
    "id:sgtin": _Scheme("01", 13, ("21",), is_led=True),
    "id:upui": _Scheme("01", 13, ("235",), is_led=True),
    "class:lgtin": _Scheme("01", 13, ("10",), is_led=True),
    "id:sscc": _Scheme("00", 17, is_led=True),
    "id:sgln": _Scheme("414", 12, ("254",)),
    "id:pgln": _Scheme("417", 12),
    "id:grai": _Scheme("8003", 12, ("serial",), zero="0"),
    "id:gdti": _Scheme("253", 12, ("serial",)),
    "id:sgcn": _Scheme("255", 12, ("serial",)),
    "id:gsrn": _Scheme("8018", 17),
    "id:gsrnp": _Scheme("8017", 17),
    "id:gsin": _Scheme("402", 16),
    "id:itip": _Scheme("8006", 13, ("part", "part", "21"), is_led=True),
    "id:giai": _Scheme("8004", 0),
    "id:ginc": _Scheme("401", 0),
    "id:cpi": _Scheme("8010", 0, ("8011",)),
}
_CLASSES: Mapping[str, str] = {  # the class of things with these keys, and the scheme whose pattern names it
    "01": "sgtin",
    "8003": "grai",
    "253": "gdti",
    "255": "sgcn",
    "8006": "itip",
    "8010": "cpi",
}
_PART_DIGITS = 2  # of a piece, and of a total

_URN = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):([0-9]{6,12})\.(.*)", re.DOTALL)
_TEXT = re.compile(r"(?:[!'()*+,\-.0-9:;=A-Z_a-z]|%(?:2[2356F]|3[CEF]))+")
_DIGITS = re.compile(r"[0-9]*")
_ESCAPE = re.compile(r"%(..)")
_ESCAPED = re.compile(r'["#%&/<>?]')
_NO_EXTENSION = "0"  # TDS 6.3.3: an SGLN without AI 254 ends in a single zero
_SHORTEST_SHOWN = 6


def parse_urn(text: str) -> Elements:
    """The elements that an EPC URN names, check digits computed; refuses what is no GS1 key.

    Lengths of serials and the like are those of their application identifier: ``identifiers`` checks them.

    >>> parse_urn("urn:epc:id:sgtin:9521234.054321.S%2F1")
    (('01', '09521234543213'), ('21', 'S/1'))
    """
    match = _URN.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        raise _unknown(text, "it is no EPC URN with a company prefix of 6 to 12 digits")
    realm, name, prefix, rest = match.groups()
    is_class = realm == "idpat" and name in _CLASSES.values()
    scheme = _SCHEMES.get(f"id:{name}" if is_class else f"{realm}:{name}")
    if scheme is None:
        raise _unknown(text, f"{realm}:{name} is no GS1 key")
    reference, *fields = rest.split(".", len(scheme.fields))
    if len(fields) != len(scheme.fields):
        raise _unknown(text, f"{realm}:{name} has {len(scheme.fields) + 2} parts")
    if is_class and fields.pop() != "*":
        raise _unknown(text, "a pattern ends in *")
    key = _key(text, scheme, prefix, reference)
    qualifiers: Elements = ()
    for name, value in zip(scheme.fields, fields, strict=False):  # a class has one field less
        if name == "part" and len(value) != _PART_DIGITS:
            raise _unknown(text, "a piece and a total have 2 digits each")
        if name in {"part", "serial"}:
            key += _unescape(text, value)
        elif name != "254" or value != _NO_EXTENSION:
            qualifiers += ((name, _unescape(text, value)),)
    return ((scheme.ai, key), *qualifiers)


def format_urn(elements: Elements, *, prefix: str) -> str:
    """The EPC URN of a key with its qualifier, whose company prefix is this one (``company_prefix.prefix_of``).

    >>> format_urn((("01", "09521234543213"), ("21", "S/1")), prefix="9521234")
    'urn:epc:id:sgtin:9521234.054321.S%2F1'
    """
    check_values(elements)
    (ai, key), *qualifiers = elements or (("", ""),)
    name, scheme, is_class = _scheme_of(ai, key, tuple(ai for ai, _ in qualifiers))
    lead = key[:1] if scheme.is_led or scheme.zero else ""
    begin = key[len(lead) :]
    if not SHORTEST_PREFIX <= len(prefix) <= LONGEST_PREFIX or not begin.startswith(prefix):
        raise MalformedError(Code.UNKNOWN_PREFIX, f"({ai}){key} does not begin with the company prefix {shown(prefix)}")
    prefix = begin[: max(len(prefix), _SHORTEST_SHOWN)]
    if not _DIGITS.fullmatch(prefix) or (prefix == begin and not scheme.digits) or len(prefix) < _SHORTEST_SHOWN:
        raise MalformedError(
            Code.UNKNOWN_PREFIX, f"({ai}){key} is no prefix of {_SHORTEST_SHOWN} digits with a reference"
        )
    end = scheme.digits - scheme.is_led if scheme.digits else len(begin)
    reference = (lead if scheme.is_led else "") + begin[len(prefix) : end]
    serial = begin[end + 1 :]  # behind the check digit
    values = dict(qualifiers)
    fields = []
    for field in scheme.fields:
        if field == "part":
            serial, value = serial[_PART_DIGITS:], serial[:_PART_DIGITS]
        else:
            value = serial if field == "serial" else values.get(field, _NO_EXTENSION)
        fields.append(_escape(value))
    if is_class:
        fields[-1] = "*"
    if ("254", _NO_EXTENSION) in elements:
        raise MalformedError(Code.WRONG_CONTENT, "(254)0 has no EPC URN: there, 0 means that the extension is absent")
    return f"urn:epc:{name}:" + ".".join((prefix, _escape(reference), *fields))


def _scheme_of(ai: str, key: str, qualifiers: tuple[str, ...]) -> tuple[str, _Scheme, bool]:
    """Name and scheme of the URN of such a key, and whether it names a class."""
    if not qualifiers and ai in _CLASSES and len(key) == (base_length(ai) or len(key)):
        name = _CLASSES[ai]
        return f"idpat:{name}", _SCHEMES[f"id:{name}"], True
    for name, scheme in _SCHEMES.items():
        own = tuple(field for field in scheme.fields if field not in {"part", "serial"})
        if scheme.ai == ai and qualifiers in (own, () if own == ("254",) else own):
            return name, scheme, False
    raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"({')('.join((ai, *qualifiers))[:60]}) has no EPC URN")


def _key(text: str, scheme: _Scheme, prefix: str, reference: str) -> str:
    if not scheme.digits:
        return prefix + _unescape(text, reference)
    if len(prefix) + len(reference) != scheme.digits or not _DIGITS.fullmatch(reference):
        raise _unknown(text, f"prefix and reference have {scheme.digits} digits together")
    digits = reference[0] + prefix + reference[1:] if scheme.is_led else prefix + reference
    return scheme.zero + digits + check_digit(digits)


def _unescape(text: str, part: str) -> str:
    if not _TEXT.fullmatch(part):
        raise _unknown(text, f"{part[:40]!r} is empty, or not escaped as a URN asks")
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), part) if "%" in part else part


def _escape(value: str) -> str:
    return _ESCAPED.sub(lambda match: f"%{ord(match[0]):02X}", value)


def _unknown(text: str, why: str) -> MalformedError:
    return MalformedError(Code.UNKNOWN_IDENTIFIER, f"{shown(text)} is not understood: {why}")
