"""GS1 Digital Link URIs: a web address that says which thing it is about.

Rules:

* ``https://HOST[/anything]/KEY/value[/QUALIFIER/value]…[?ATTRIBUTE=value&…]``; the key is the rightmost primary key
  of the path, so anything that looks like one further left is not read;
* qualifiers stand in the path, in their one order; attributes stand in the query; an identifier occurs once;
* a GTIN has 14 digits; numbers, not names (``/01/``, not ``/gtin/``); no slash at the end;
* everything but letters, digits and ``-._~`` is written ``%XX``; in a query a plus is a space, in a path itself;
* a query parameter of another kind (``linkType=…``) is kept apart and read by nobody here; a number must be an
  application identifier; the fragment is dropped;
* reading checks each value; whether they may stand together is checked when issuing (``elements.check_together``);
* the compressed form is read elsewhere (``compressed_link``), and never written.

The canonical URI has the stem ``https://id.gs1.org``, and its attributes are a set: those of fixed length are
written first, the others after them.

GS1 Digital Link Standard: URI Syntax 1.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import TABLE, ApplicationIdentifier, find
from provenance.gs1.elements import LONGEST, Elements, check_length, check_values, issue, shown

CANONICAL_STEM = "https://id.gs1.org"

_URI = re.compile(
    r"(?P<origin>(?:https?|HTTPS?)://[^/?#_~@!$&'()*+,;=%]+)(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?(?:#.*)?"
)
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_STEM = re.compile(r"https?://[^/?#_~@!$&'()*+,;=%]+(?:/[^?#]*)?")


@dataclass(frozen=True, slots=True)
class Link:
    """What a GS1 Digital Link URI says."""

    stem: str
    path: Elements
    attributes: Elements = ()
    ignored: tuple[str, ...] = ()

    @property
    def elements(self) -> Elements:
        """Key, qualifiers and attributes, in the order read."""
        return self.path + self.attributes


def parse_link(text: str) -> Link:
    """What a URI says; refuses any that the standard does not allow.

    >>> parse_link("https://example.com/01/09521234543213/21/S%2F1?17=261231&linkType=gs1:pip").elements
    (('01', '09521234543213'), ('21', 'S/1'), ('17', '261231'))
    """
    if len(text) > LONGEST:
        raise MalformedError(Code.MALFORMED_LINK, f"a text of {len(text)} characters is no link")
    match = _URI.fullmatch(text)
    if match is None:
        raise MalformedError(Code.MALFORMED_LINK, f"{shown(text)} is no web address with a path")
    if not _CHARACTERS.fullmatch(text):
        raise MalformedError(Code.WRONG_CHARACTER, f"{shown(text)} has a character that no web address has")
    steps = match["path"][1:].split("/")
    begin = _key_position(text, steps)
    path = tuple(_path_element(*pair) for pair in zip(steps[begin::2], steps[begin + 1 :: 2], strict=True))
    attributes, ignored = _query(match["query"] or "")
    stem = "/".join((match["origin"], *steps[:begin]))
    _check_sequence(path, attributes)
    check_values(path + attributes)
    return Link(stem, path, attributes, ignored)


def format_link(elements: Elements, *, stem: str = CANONICAL_STEM) -> str:
    """The URI of these elements, about the first primary key; refuses what may not be written on a thing.

    A qualifier that the path cannot take beside another (10 beside 235) is refused, not moved into the query.

    >>> format_link((("01", "09521234543213"), ("21", "S/1"), ("17", "261231")))
    'https://id.gs1.org/01/09521234543213/21/S%2F1?17=261231'
    """
    if len(stem) > LONGEST or not _STEM.fullmatch(stem) or not _CHARACTERS.fullmatch(stem):
        raise MalformedError(Code.MALFORMED_LINK, f"{shown(stem)} is no web address to begin with")
    elements = issue(elements)
    values = dict(elements)
    key = next((find(ai) for ai in values if find(ai).is_key), None)
    if key is None:
        raise MalformedError(Code.MALFORMED_LINK, f"none of {', '.join(values)} is a primary key")
    path, attributes = _best_path(key, values)
    return _written(stem, [(ai, values[ai]) for ai in path], [(ai, values[ai]) for ai in attributes])


def canonical_link(link: Link) -> str:
    """The canonical URI that says what a link says, its own path kept; refuses what may not be written on a thing.

    >>> canonical_link(parse_link("https://example.com/shop/01/09521234543213/235/T1?10=L1"))
    'https://id.gs1.org/01/09521234543213/235/T1?10=L1'
    """
    issue(link.elements)
    return _written(CANONICAL_STEM, link.path, link.attributes)


def escape(value: str) -> str:
    """A value as path and query carry it: the same, since no value has a space.

    >>> escape("a+b/c")
    'a%2Bb%2Fc'
    """
    return quote(value, safe="")


def unescape_path(text: str) -> str:
    """The value of a path segment; a percent sign that begins no escape stays."""
    # Latin-1: one escape, one character, so that none is lost before it is refused.
    return unquote(text, encoding="latin-1")


def unescape_query(text: str) -> str:
    """The value of a query parameter, where a plus is a space."""
    return unescape_path(text.replace("+", " "))


def _key_position(text: str, steps: list[str]) -> int:
    """Where the key stands: pair by pair from the right, so that no value is taken for it."""
    for at in range(len(steps) - 2, -1, -2):
        row = TABLE.get(steps[at])
        if row is None:
            break
        if row.is_key:
            return at
    raise MalformedError(Code.MALFORMED_LINK, f"{shown(text)} has no primary key with its value in the path")


def _path_element(ai: str, text: str) -> tuple[str, str]:
    if not text:
        raise MalformedError(Code.MALFORMED_LINK, f"({ai}) has no value in the path")
    value = unescape_path(text)
    check_length(find(ai), value)
    return ai, value


def _query(query: str) -> tuple[Elements, tuple[str, ...]]:
    """The attributes, and the parameters that are none."""
    attributes: Elements = ()
    ignored: tuple[str, ...] = ()
    for parameter in filter(None, query.split("&")):
        ai, equals, text = parameter.partition("=")
        if not equals or not (ai == "" or (ai.isascii() and ai.isdecimal())):
            ignored += (parameter,)
            continue
        if not text:
            raise MalformedError(Code.MALFORMED_LINK, f"({ai[:20]}) has no value in the query")
        value = unescape_query(text)
        check_length(find(ai), value)
        attributes += ((ai, value),)
    return attributes, ignored


def _check_sequence(path: Elements, attributes: Elements) -> None:
    key, *qualifiers = [ai for ai, _ in path]
    sequences = find(key).sequences or ()
    if not any(_is_within(qualifiers, sequence) for sequence in sequences):
        raise MalformedError(Code.MALFORMED_LINK, f"({key}) is not followed by {', '.join(qualifiers)} in this order")
    seen = {ai for ai, _ in path}
    for ai, _ in attributes:
        if ai in seen:
            raise MalformedError(Code.REPEATED_AI, f"({ai}) occurs twice")
        seen.add(ai)
        if not find(ai).is_attribute:
            raise MalformedError(Code.MALFORMED_LINK, f"({ai}) cannot stand in the query")
        if any(ai in sequence and set(qualifiers) <= set(sequence) for sequence in sequences):
            raise MalformedError(Code.MALFORMED_LINK, f"({ai}) stands in the query and belongs into the path")


def _is_within(qualifiers: list[str], sequence: tuple[str, ...]) -> bool:
    rest = iter(sequence)
    return all(qualifier in rest for qualifier in qualifiers)


def _best_path(key: ApplicationIdentifier, values: dict[str, str]) -> tuple[list[str], list[str]]:
    """The path with the most qualifiers whose other elements may all stand in the query, and those."""
    sequences = key.sequences or ()
    paths = [[key.ai, *(ai for ai in sequence if ai in values)] for sequence in sequences]
    path = max(paths, key=len)
    attributes = [ai for ai in values if ai not in path]
    for ai in attributes:
        if not find(ai).is_attribute or any(ai in sequence for sequence in sequences):
            raise MalformedError(Code.MALFORMED_LINK, f"({ai}) can stand neither in the path nor in the query")
    return path, attributes


def _written(stem: str, path: Iterable[tuple[str, str]], attributes: Iterable[tuple[str, str]]) -> str:
    ordered = sorted(attributes, key=lambda element: not find(element[0]).is_fixed)
    query = "&".join(f"{ai}={escape(value)}" for ai, value in ordered)
    steps = "".join(f"/{ai}/{escape(value)}" for ai, value in path)
    return stem.removesuffix("/") + steps + ("?" + query if query else "")
