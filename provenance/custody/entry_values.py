"""How single values stand in a registry entry: each form reads one strictly, and writes it back.

Rules: ``read`` accepts exactly what ``write`` gives; a refusal points at the member, or at the place in its list.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, parse_public
from provenance.custody.roles import ENROLLED_ROLES, Role, parse_party
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_time, parse_hex, parse_time
from provenance.errors import MalformedError, ProvenanceError
from provenance.ids import KeyId, StatementHash, TreeSize

LARGEST_COUNT = 2**53 - 1

_PREFIX = re.compile(r"[0-9]{4,12}")
_LONGEST_NAME = 200
_MOST_KEYS = 16
_MOST_STATEMENTS = 1000

_T = TypeVar("_T")
_W = TypeVar("_W", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Form(Generic[_T]):
    """How one kind of value is read from JSON, given the pointer to it, and written."""

    read: Callable[[Json, str], _T]
    write: Callable[[_T], Json]


def _text(value: Json, pointer: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or not value.isprintable():
        raise MalformedError(Code.WRONG_TYPE, f"a printable text of 1 to {_LONGEST_NAME} letters", pointer=pointer)
    return value


def _prefix(value: Json, pointer: str) -> str:
    text = _text(value, pointer)
    if not _PREFIX.fullmatch(text):
        raise MalformedError(Code.WRONG_VALUE, "a company prefix has 4 to 12 digits", pointer=pointer)
    return text


def _hash(value: Json, pointer: str) -> str:
    text = _text(value, pointer)
    try:
        parse_hex(text, length=32)
    except ProvenanceError as err:
        raise err.under(pointer) from err
    return text


def _key(value: Json, pointer: str) -> PublicKey:
    text = _text(value, pointer)
    try:
        return parse_public(text)
    except ProvenanceError as err:
        raise err.under(pointer) from err


def _count(value: Json, pointer: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_COUNT:
        raise MalformedError(Code.WRONG_VALUE, f"a whole number from 0 to {LARGEST_COUNT}", pointer=pointer)
    return value


def _instant(value: Json, pointer: str) -> datetime:
    text = _text(value, pointer)
    try:
        instant = parse_time(text)
    except ProvenanceError as err:
        raise err.under(pointer) from err
    if format_time(instant) != text:
        message = f"a time is written like {format_time(instant)}, not {text!r}"
        raise MalformedError(Code.MALFORMED_TEXT, message, pointer=pointer)
    return instant


def _many(read: Callable[[Json, str], _T]) -> Callable[[Json, str], tuple[_T, ...]]:
    def read_list(value: Json, pointer: str) -> tuple[_T, ...]:
        if not isinstance(value, list):
            raise MalformedError(Code.WRONG_TYPE, "a list of texts", pointer=pointer)
        return tuple(read(one, f"{pointer}/{at}") for at, one in enumerate(value))

    return read_list


def _some(read: Callable[[Json, str], _T], *, most: int, what: str) -> Callable[[Json, str], tuple[_T, ...]]:
    read_list = _many(read)

    def read_some(value: Json, pointer: str) -> tuple[_T, ...]:
        if isinstance(value, list) and not 1 <= len(value) <= most:
            raise MalformedError(Code.WRONG_VALUE, f"1 to {most} different {what}", pointer=pointer)
        found = read_list(value, pointer)
        if len(set(found)) != len(found):
            raise MalformedError(Code.WRONG_VALUE, f"1 to {most} different {what}", pointer=pointer)
        return found

    return read_some


def _role(value: Json, pointer: str) -> Role:
    if not isinstance(value, str) or value not in ENROLLED_ROLES:
        raise MalformedError(Code.WRONG_VALUE, f"one of {', '.join(ENROLLED_ROLES)}", pointer=pointer)
    return Role(value)


def word(words: type[_W]) -> Form[_W]:
    """A word of a closed set."""

    def read(value: Json, pointer: str) -> _W:
        if not isinstance(value, str) or value not in tuple(words):
            raise MalformedError(Code.WRONG_VALUE, f"one of {', '.join(words)}", pointer=pointer)
        return words(value)

    return Form(read, lambda one: one.value)


TEXT = Form(_text, str)
TEXTS = Form(_many(_text), list)
PARTY = Form(lambda value, pointer: parse_party(_text(value, pointer), pointer), str)
PREFIX = Form(_prefix, str)
COUNT = Form(_count, int)
SIZE = Form(lambda value, pointer: TreeSize(_count(value, pointer)), int)
INSTANT = Form(_instant, format_time)
STATEMENT = Form(lambda value, pointer: StatementHash(_hash(value, pointer)), str)
KEY_ID = Form(lambda value, pointer: KeyId(_hash(value, pointer)), str)
KEY = Form(_key, str)
KEYS = Form(_some(_key, most=_MOST_KEYS, what="keys"), lambda keys: [str(key) for key in keys])
ROLES = Form(_some(_role, most=len(ENROLLED_ROLES), what="roles"), lambda roles: [role.value for role in roles])
STATEMENTS = Form(
    _some(lambda value, pointer: StatementHash(_hash(value, pointer)), most=_MOST_STATEMENTS, what="statements"), list
)
