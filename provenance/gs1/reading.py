"""Any text that was scanned or typed: which thing it names, and what had to be forgiven to see that.

Rules:

* read are: what scanners send, with or without symbology identifier; GS1 Digital Link URIs; element strings; brackets;
  printed lines; EPC URNs; and bare numbers, as GTIN or SSCC;
* forgiven is what leaves no doubt about the thing, and each time it is said (``Note``);
* never forgiven: a check digit, a character or a length that does not fit, two different values for one identifier;
* a serial of ours (13 characters of CSET 32, the last two a check pair) may come in lower case; others keep theirs.

What may be written is stricter: ``digital_link``, ``element_string``, ``epc_urn``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import TABLE, find
from provenance.gs1.check_digits import CSET_32, has_check_pair
from provenance.gs1.digital_link import parse_link, unescape_path, unescape_query
from provenance.gs1.element_string import SEPARATOR, parse_bracketed, parse_element_string
from provenance.gs1.elements import LONGEST, Elements, check_values, shown
from provenance.gs1.epc_urn import parse_urn
from provenance.gs1.human_readable import parse_lines
from provenance.gs1.identifiers import Identifier, name_in
from provenance.gs1.scan_data import Symbology, parse_scan


@unique
class Note(StrEnum):
    """What was forgiven; the value is stored and sent, never renamed."""

    SPACES = "spaces"
    SCHEME = "scheme"
    TRAILING_SLASH = "trailing-slash"
    NAMED_KEY = "named-key"
    SHORT_GTIN = "short-gtin"
    ORDER = "order"
    QUALIFIER_IN_QUERY = "qualifier-in-query"
    UNKNOWN_NUMBER = "unknown-number"
    LOWER_CASE = "lower-case"
    SEPARATOR = "separator"
    BARE_NUMBER = "bare-number"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text names, everything else it says about it, and what was forgiven."""

    identifier: Identifier
    elements: Elements
    notes: tuple[Note, ...] = ()


_LINK = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)(?:\?([^#\s]*))?(?:#\S*)?", re.IGNORECASE)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_SCHEMES = frozenset({"http://", "https://", "HTTP://", "HTTPS://"})
_BRACKET = re.compile(r"\s*(\([0-9]{2,4}\))\s*")
_LINE = re.compile(r"(?:.* )?\([0-9]{2,4}\) .+")
_SEPARATORS = re.compile(r"\^|\u241d|\{GS\}")
_GTIN_LENGTHS = frozenset({8, 12, 13})
_OUR_SERIAL_LENGTH = 13
_GS1_SYMBOLOGIES = frozenset({*Symbology} - {Symbology.QR, Symbology.DATA_MATRIX, Symbology.DOTCODE})

# The names that GS1 Digital Link 1.1 allowed in place of numbers, and 1.3 no longer does.
_NAMES: Mapping[str, str] = {
    "sscc": "00",
    "gtin": "01",
    "lot": "10",
    "exp": "17",
    "ser": "21",
    "cpv": "22",
    "tpx": "235",
    "gdti": "253",
    "glnx": "254",
    "gcn": "255",
    "ginc": "401",
    "gsin": "402",
    "gln": "414",
    "payto": "415",
    "party": "417",
    "grai": "8003",
    "giai": "8004",
    "itip": "8006",
    "cpid": "8010",
    "cpsn": "8011",
    "gmn": "8013",
    "gsrnp": "8017",
    "gsrn": "8018",
    "srin": "8019",
    "refno": "8020",
}


def read_code(text: str) -> Reading:
    """What a scanned or typed text names; refuses a text that is no GS1 key, or a mistyped one.

    >>> read_code(" HTTPS://EXAMPLE.COM/gtin/9521234543213/ser/S1/ ").identifier.uri
    'https://id.gs1.org/01/09521234543213/21/S1'
    """
    if len(text) > LONGEST:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"a text of {len(text)} characters is no code")
    notes: set[Note] = set()
    stripped = text.strip(" \t\r\n")
    if stripped != text:
        notes.add(Note.SPACES)
    elements = _once(tuple(_in_our_case(ai, value, notes) for ai, value in _elements(stripped, notes)))
    return Reading(name_in(elements), elements, tuple(note for note in Note if note in notes))


def _elements(text: str, notes: set[Note]) -> Elements:
    if text.startswith("]"):
        if text[:3] in _GS1_SYMBOLOGIES:
            return parse_scan(text).elements
        text = text[3:]
    if text.lower().startswith("urn:epc:"):
        return parse_urn(text)
    if match := _SCHEME.match(text):
        if match[0] not in _SCHEMES:
            notes.add(Note.SCHEME)
        return _link(text, notes)
    if _BRACKET.search(text):
        return _bracketed(text, notes)
    if _SEPARATORS.search(text):
        notes.add(Note.SEPARATOR)
        text = _SEPARATORS.sub(SEPARATOR, text)
    text = text.removeprefix(SEPARATOR)
    if text.isascii() and text.isdecimal() and len(text) in {*_GTIN_LENGTHS, 14, 18}:
        notes.add(Note.BARE_NUMBER)
        ai = "00" if len(text) == 18 else "01"
        elements = (_full_length(ai, text, notes),)
        check_values(elements)
        return elements
    if text[:2].isdecimal():
        return parse_element_string(text)
    if "://" in text:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"{shown(text)} is no web address")
    notes.add(Note.SCHEME)
    return _link("https://" + text, notes)


def _bracketed(text: str, notes: set[Note]) -> Elements:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if all(_LINE.fullmatch(line) and len(_BRACKET.findall(line)) == 1 for line in lines):
        return parse_lines(lines)
    tight = _BRACKET.sub(r"\1", text)
    if tight != text:
        notes.add(Note.SPACES)
    return parse_bracketed(tight)


def _link(text: str, notes: set[Note]) -> Elements:
    try:
        return parse_link(text).elements
    except MalformedError:
        pass  # what can be forgiven is read below, and what cannot is refused there
    match = _LINK.fullmatch(text)
    if match is None:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"{shown(text)} is no GS1 code and no web address")
    path_text, query_text = match.groups()
    if path_text.endswith("/"):
        notes.add(Note.TRAILING_SLASH)
    path = _path(text, path_text.rstrip("/")[1:].split("/"), notes)
    key = find(path[0][0])
    order = [key.ai, *(ai for sequence in key.sequences or () for ai in sequence)]
    query = _query(query_text or "", notes)
    if any(ai in order for ai, _ in query):
        notes.add(Note.QUALIFIER_IN_QUERY)
    qualifiers = {ai for ai, _ in path[1:]} | {ai for ai, _ in query if ai in order[1:]}
    if not any(qualifiers <= set(sequence) for sequence in key.sequences or ()):
        raise MalformedError(Code.MALFORMED_LINK, f"{shown(text)} has qualifiers that ({key.ai}) does not take")
    if [ai for ai, _ in path] != [ai for ai in order if ai in dict(path)]:
        notes.add(Note.ORDER)
    elements = tuple(sorted((*path, *query), key=lambda element: (*order, element[0]).index(element[0])))
    check_values(elements)
    return elements


def _path(text: str, steps: list[str], notes: set[Note]) -> list[tuple[str, str]]:
    """Key and qualifiers, found pair by pair from the right."""
    path: list[tuple[str, str]] = []
    for at in range(len(steps) - 2, -1, -2):
        ai = _number(steps[at], notes)
        if ai not in TABLE:
            break
        path.insert(0, _full_length(ai, unescape_path(steps[at + 1]), notes))
        if find(ai).is_key:
            return path
    raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"{shown(text)} has no primary key with its value in the path")


def _query(query: str, notes: set[Note]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for parameter in query.split("&"):
        name, equals, value = parameter.partition("=")
        ai = _number(name, notes) if equals else ""
        if ai in TABLE:
            found.append(_full_length(ai, unescape_query(value), notes))
        elif ai.isdecimal():
            notes.add(Note.UNKNOWN_NUMBER)
    return found


def _once(elements: Elements) -> Elements:
    values = dict(elements)
    for ai, value in elements:
        if values[ai] != value:
            raise MalformedError(Code.REPEATED_AI, f"({ai}) occurs with different values: {value} and {values[ai]}")
    return tuple(values.items())


def _number(name: str, notes: set[Note]) -> str:
    ai = _NAMES.get(name.lower(), name)
    if ai != name:
        notes.add(Note.NAMED_KEY)
    return ai


def _full_length(ai: str, value: str, notes: set[Note]) -> tuple[str, str]:
    if ai == "01" and len(value) in _GTIN_LENGTHS:
        notes.add(Note.SHORT_GTIN)
        return ai, value.zfill(14)
    return ai, value


def _in_our_case(ai: str, value: str, notes: set[Note]) -> tuple[str, str]:
    capitals = value.upper() if value.isascii() else value
    if value == capitals or value != value.lower():
        return ai, value
    is_ours = ai == "21" and len(value) == _OUR_SERIAL_LENGTH and set(capitals) <= set(CSET_32)
    if is_ours and has_check_pair(capitals) and not has_check_pair(value):
        notes.add(Note.LOWER_CASE)
        return ai, capitals
    return ai, value
