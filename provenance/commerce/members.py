"""Reads the members of our own JSON objects one by one; every refusal points at the member.

Rules: every member is required and none is extra; a list of words is sorted and names each once, so a value has one
spelling; numbers are whole and within bounds that the caller names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from provenance.codes import Code
from provenance.commerce.calendar import LATEST_INSTANT
from provenance.encoding.canonical import Json, escape
from provenance.encoding.textual import parse_hex
from provenance.errors import MalformedError, ProvenanceError

_Word = TypeVar("_Word", bound=StrEnum)
_Value = TypeVar("_Value")
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Members:
    """An object whose members are exactly those expected, and where it stands."""

    values: Mapping[str, Json]
    pointer: str

    def raw(self, name: str) -> Json:
        """The member as it is."""
        return self.values[name]

    def place(self, name: str) -> str:
        """The pointer to a member."""
        return f"{self.pointer}/{escape(name)}"

    def text(self, name: str) -> str:
        """A printable text of 1 to 200 letters."""
        value = self.values[name]
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_TEXT or not value.isprintable():
            message = f"a printable text of 1 to {_LONGEST_TEXT} letters"
            raise MalformedError(Code.WRONG_TYPE, message, pointer=self.place(name))
        return value

    def read(self, name: str, parse: Callable[[str], _Value]) -> _Value:
        """A text as what its own parser makes of it."""
        text = self.text(name)
        try:
            return parse(text)
        except ProvenanceError as err:
            raise err.under(self.place(name)) from err

    def hash(self, name: str) -> str:
        """A SHA-256 as 64 lower-case hex digits."""
        text = self.text(name)
        self.read(name, lambda value: parse_hex(value, length=32))
        return text

    def whole(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.values[name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            message = f"a whole number from {least} to {most}"
            raise MalformedError(Code.WRONG_VALUE, message, pointer=self.place(name))
        return value

    def word(self, name: str, words: type[_Word]) -> _Word:
        """One word of a closed set."""
        value = self.values[name]
        if not isinstance(value, str) or value not in tuple(words):
            raise MalformedError(Code.WRONG_VALUE, f"one of {', '.join(words)}", pointer=self.place(name))
        return words(value)

    def words(self, name: str, words: type[_Word]) -> tuple[_Word, ...]:
        """Words of a closed set, sorted, each once."""
        entries = self.entries(name)
        found = tuple(entries.word(index, words) for index in entries.values)
        check_sorted(found, self.place(name))
        return found

    def list(self, name: str) -> list[Json]:
        """A list of whatever."""
        value = self.values[name]
        if not isinstance(value, list):
            raise MalformedError(Code.WRONG_TYPE, "a list", pointer=self.place(name))
        return value

    def entries(self, name: str) -> Members:
        """A list of whatever, its values by their places."""
        return Members({str(index): value for index, value in enumerate(self.list(name))}, self.place(name))

    def instant(self, name: str) -> int:
        """Whole seconds since 1970, before 2100."""
        return self.whole(name, 0, LATEST_INSTANT)

    def object(self, name: str, names: Set[str]) -> Members:
        """An object with exactly these members."""
        return members_of(self.values[name], names, self.place(name))

    def is_absent(self, name: str) -> bool:
        """Whether the member is ``null``: not known, or not so."""
        return self.values[name] is None


def members_of(value: Json, names: Set[str], pointer: str = "") -> Members:
    """The members of an object; refuses a missing one and an extra one."""
    if not isinstance(value, dict):
        raise MalformedError(Code.WRONG_TYPE, f"an object of {', '.join(sorted(names))}", pointer=pointer)
    if missing := sorted(names - value.keys()):
        place = f"{pointer}/{escape(missing[0])}"
        raise MalformedError(Code.MISSING_MEMBER, f"the member {missing[0]} is missing", pointer=place)
    if extra := sorted(value.keys() - names):
        place = f"{pointer}/{escape(extra[0])}"
        raise MalformedError(Code.UNKNOWN_MEMBER, f"{extra[0]!r} has no meaning here", pointer=place)
    return Members(value, pointer)


def check_sorted(texts: tuple[str, ...], pointer: str) -> None:
    """Refuses a list that is not in order or names something twice."""
    if any(a >= b for a, b in pairwise(texts)):
        raise MalformedError(Code.WRONG_VALUE, "the list is not sorted, or names something twice", pointer=pointer)
