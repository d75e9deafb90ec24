"""What the services need kept about NFC tags: on which thing each is, its sealed keys, the highest count ever read.

What a book promises: a tag is entered once; ``advance`` compares and sets in one step, so that of any number of taps
with one count, at whatever number of servers, exactly one is new.

What it is trusted for: that a tag belongs to a thing, and that counts are not set back: the operator's word, as is all
that a tap shows. Keys are in it only sealed (``crypto.tag_keys``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from provenance.ids import Subject


@dataclass(frozen=True, slots=True)
class EnrolledTag:
    """A tag on a thing, with its keys sealed."""

    uid: bytes
    subject: Subject
    sealed: bytes


class TagBook(Protocol):
    """The tags on the things of this installation."""

    def add(self, tag: EnrolledTag) -> None:
        """Enter a tag; refuses one that is entered already (``ConflictError``)."""
        ...

    def on(self, subject: Subject) -> Sequence[EnrolledTag]:
        """The tags on a thing, in the order of their UIDs."""
        ...

    def advance(self, uid: bytes, count: int) -> int | None:
        """The highest count of a tag before this one, ``None`` if there was none; a higher one becomes the highest."""
        ...
