"""Reads single members of a JSON object strictly, each refusal with its place.

Rules:

* an absent member is ``None`` or ``()``; a member that is ``null`` is refused, never taken for absent;
* a URI is what RFC 3986 allows, in ASCII, with a scheme or prefix; a CURIE has the same form;
* a number is an ``int`` or ``Decimal``, never ``true``; a fraction anywhere else is refused as one;
* a name nobody knows must be a URI or CURIE, that is, an extension (EPCIS 2.0 §9.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from provenance.codes import Code
from provenance.encoding.canonical import DEEPEST, Json, escape
from provenance.encoding.textual import parse_time, parse_zone_offset
from provenance.errors import MalformedError, ProvenanceError

Members = Mapping[str, Json]
T = TypeVar("T")

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
# Names may be IRIs (JSON-LD 1.1 §3.2), so letters of every script; spaces and controls never.
_EXTENSION_NAME = re.compile(r"[^\W\d_][\w.+-]*:[^\s\x00-\x1f\x7f<>\"{}|\\^`]+")
# The times that datetime.fromisoformat reads exactly as parse_time does (tests compare them); it runs in C.
_PLAIN_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_LONGEST_SHOWN = 60
_NESTING = frozenset({dict, list})


def is_uri(text: str) -> bool:
    """True for a URI or CURIE.

    >>> is_uri("urn:epc:id:sscc:0614141.1234567890"), is_uri("shipping"), is_uri("ex: y")
    (True, False, False)
    """
    return _URI.fullmatch(text) is not None


def is_extension_name(name: str) -> bool:
    """True for a member name that can only be an extension: a URI or CURIE.

    >>> is_extension_name("ex:colour"), is_extension_name("colour"), is_extension_name("@id")
    (True, False, False)
    """
    return _EXTENSION_NAME.fullmatch(name) is not None


def shown(value: str) -> str:
    """A text for a message: quoted, and cut where it is long."""
    return repr(value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 1] + "…")


def wrong_type(value: Json, wanted: str, pointer: str) -> MalformedError:
    """The refusal of a value of the wrong kind; a fraction has its own code."""
    if isinstance(value, Decimal):
        return MalformedError(
            Code.FRACTION_NOT_ALLOWED, f"the fraction {value} where {wanted} belongs", pointer=pointer
        )
    kinds = {type(None): "null", bool: "a boolean", int: "a number", str: "a text", list: "a list", dict: "an object"}
    got = kinds.get(type(value), "no JSON value")
    return MalformedError(Code.WRONG_TYPE, f"expected {wanted}, got {got}", pointer=pointer)


def missing(name: str, where: str) -> MalformedError:
    """The refusal of an object that lacks a member."""
    return MalformedError(Code.MISSING_MEMBER, f"{where} needs the member {name}", pointer=f"/{name}")


def object_(value: Json, wanted: str) -> dict[str, Json]:
    """The value as an object."""
    if not isinstance(value, dict):
        raise wrong_type(value, wanted, "")
    return value


def extensions(members: Members, known: frozenset[str], where: str) -> dict[str, Json]:
    """The extension members; refuses a name that is neither known here nor a URI or CURIE."""
    if known.issuperset(members):
        return {}
    others = {name: value for name, value in members.items() if name not in known}
    for name in others:
        if not is_extension_name(name):
            raise MalformedError(
                Code.UNKNOWN_MEMBER, f"{where} has no member {shown(name)}", pointer=f"/{escape(name)}"
            )
    return others


def has_fraction(value: Json, room: int = DEEPEST) -> bool:
    """True if a fraction stands anywhere in a value; refuses one nested deeper than JSON may be."""
    if not isinstance(value, dict) and not isinstance(value, list):
        return isinstance(value, Decimal)
    if not room:
        raise MalformedError(Code.MALFORMED_JSON, f"nested deeper than {DEEPEST} levels")
    children = value.values() if isinstance(value, dict) else value
    kinds = set(map(type, children))
    if Decimal in kinds or kinds.isdisjoint(_NESTING):
        return Decimal in kinds
    return any(has_fraction(child, room - 1) for child in children if type(child) in _NESTING)


def text(members: Members, name: str) -> str | None:
    """The text of a member."""
    if name not in members:
        return None
    value = members[name]
    if not isinstance(value, str):
        raise wrong_type(value, "a text", f"/{name}")
    return value


def uri(members: Members, name: str) -> str | None:
    """The URI or CURIE of a member."""
    if name not in members:
        return None
    return _one_uri(members[name], f"/{name}")


def uris(members: Members, name: str) -> tuple[str, ...]:
    """The URIs of a member that is a list; refuses one that stands twice."""
    if name not in members:
        return ()
    values = members[name]
    if not isinstance(values, list):
        raise wrong_type(values, "a list of URIs", f"/{name}")
    texts = [value for value in values if isinstance(value, str)]
    if len(texts) != len(values) or None in map(_URI.fullmatch, texts):
        for index, value in enumerate(values):
            _one_uri(value, f"/{name}/{index}")
    if len(set(texts)) != len(texts):
        first = {value: at for at, value in reversed(list(enumerate(texts)))}
        index = next(at for at, value in enumerate(texts) if first[value] != at)
        raise MalformedError(Code.DUPLICATE_EPC, f"{shown(texts[index])} stands twice", pointer=f"/{name}/{index}")
    return tuple(texts)


def time(members: Members, name: str) -> str | None:
    """The RFC 3339 time of a member, as written."""
    written = text(members, name)
    if written is not None:
        instant(written, f"/{name}")
    return written


def instant(written: str, pointer: str) -> datetime:
    """The moment of an RFC 3339 time, in UTC; what ``parse_time`` says of it, sooner."""
    if _PLAIN_TIME.fullmatch(written):
        try:
            return datetime.fromisoformat(written).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # parse_time says why
    try:
        return parse_time(written)
    except ProvenanceError as err:
        raise err.under(pointer) from err


@lru_cache(maxsize=256)
def zone_offset(written: str) -> timedelta:
    """The offset of an ``eventTimeZoneOffset``; refuses what is none, at that member."""
    try:
        return parse_zone_offset(written)
    except ProvenanceError as err:
        raise err.under("/eventTimeZoneOffset") from err


def number(members: Members, name: str) -> Decimal | None:
    """The exact number of a member."""
    if name not in members:
        return None
    value = members[name]
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise MalformedError(Code.WRONG_TYPE, "expected a number", pointer=f"/{name}")


def rows(members: Members, name: str, read: Callable[[dict[str, Json]], T]) -> tuple[T, ...]:
    """What ``read`` makes of each object in a member that is a list."""
    if name not in members:
        return ()
    values = members[name]
    if not isinstance(values, list):
        raise wrong_type(values, "a list", f"/{name}")
    made = []
    for index, value in enumerate(values):
        try:
            made.append(read(value if isinstance(value, dict) else object_(value, "an object")))
        except ProvenanceError as err:
            raise err.under(f"/{name}/{index}") from err
    return tuple(made)


def _one_uri(value: Json, pointer: str) -> str:
    if not isinstance(value, str):
        raise wrong_type(value, "a URI", pointer)
    if _URI.fullmatch(value) is None:
        raise MalformedError(Code.WRONG_VALUE, f"{shown(value)} is no URI", pointer=pointer)
    return value
