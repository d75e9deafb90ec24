"""What the services need from the world outside: the time, chance, and files that never change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from provenance.log.tiles import Bundle


class Clock(Protocol):
    """The time here. Trusted only for what is shown and for refusing events from the future."""

    def now(self) -> datetime:
        """The present instant, with a zone."""
        ...


class Randomness(Protocol):
    """Chance that nobody can foresee. Trusted: whoever could foresee it would know serials and hidden codes."""

    def __call__(self, count: int) -> bytes:
        """So many fresh random bytes."""
        ...


class TileFiles(Protocol):
    """Published tiles and bundles. Not trusted: they can be missing, never wrong unnoticed."""

    def write(self, path: str, data: bytes) -> None:
        """Keep a full tile for ever; refuses other bytes under the same path."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes kept under a path, or ``None``."""
        ...

    def replace(self, path: str, data: bytes) -> None:
        """Keep these bytes in place of whatever was under the path: for the one file that changes, the checkpoint."""
        ...


class PublishedLog(Protocol):
    """A log as somebody serves it. Not trusted: what it answers is compared with what the log signed."""

    def read(self, path: str) -> bytes:
        """The bytes under ``checkpoint`` or a tile's path; ``NotFoundError`` or ``UnreachableError`` without them."""
        ...


class BodyFiles(Protocol):
    """The body bundles beside a copy of a log. Not trusted: each body is compared with its statement's hash."""

    def read(self, path: str) -> bytes | None:
        """The bytes under the path of a body bundle (``log.body_bundles``), or ``None`` where there are none."""
        ...


class OwnBodies(BodyFiles, Protocol):
    """The body bundles beside a copy of our own, for nobody else to read."""

    def replace(self, path: str, data: bytes) -> None:
        """Keep these bytes under the path, in place of whatever was there."""
        ...


class EvidenceFiles(Protocol):
    """What a watch over a log left beside its copy. Trusted: it is the mirror's own word."""

    def names(self, folder: str) -> Sequence[str]:
        """The names of the files in a folder of the copy, in order; none where there is no folder."""
        ...

    def read(self, path: str) -> bytes | None:
        """The bytes kept under a path, or ``None``."""
        ...


class PublishedBodies(Protocol):
    """A log that gives bodies to those who may read them. Not trusted: each is compared with its statement's hash."""

    def ask(self, place: Bundle, *, start: int) -> bytes:
        """The body bundle at a place without the first ``start``; ``RefusedError`` where we may not read it."""
        ...


class TimeStamper(Protocol):
    """A time-stamping authority. Not trusted by itself: its answer is checked against roots that somebody named."""

    def stamp(self, request: bytes) -> bytes:
        """The answer to an RFC 3161 request, both in DER; ``NotFoundError`` where there is none."""
        ...
