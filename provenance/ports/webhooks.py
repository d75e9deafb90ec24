"""What sending webhooks needs: who wants them and how far each has come, and the way out.

A message is never kept: it is made from the log by its position, so what is kept of an endpoint is a position.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from provenance.ids import LeafIndex


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an endpoint has come: what is next, and how often and since when that has failed."""

    next: LeafIndex
    tries: int = 0
    failing_since: int | None = None
    due: int = 0
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who gets webhooks: where, about what, from which status on, and the salt of its secret."""

    name: str
    url: str
    topics: tuple[str, ...]
    status: str
    salt: bytes
    progress: Progress


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be delivered for days, and why not the last time."""

    index: LeafIndex
    since: int
    reason: str


class WebhookBook(Protocol):
    """The endpoints, shared by every process that sends. Trusted: one that forgets a position sends again."""

    def add(self, endpoint: Endpoint) -> None:
        """Enter an endpoint; refuses a name that is taken (``ConflictError``)."""
        ...

    def remove(self, name: str) -> None:
        """Forget an endpoint and its dead letters; refuses one that is not there (``NotFoundError``)."""
        ...

    def find(self, name: str) -> Endpoint:
        """The endpoint of this name; refuses one that is not there (``NotFoundError``)."""
        ...

    def all(self) -> Sequence[Endpoint]:
        """All endpoints, by their names."""
        ...

    def lease(self, name: str, *, now: int, until: int) -> Endpoint | None:
        """Take an endpoint for oneself until then; ``None`` if it is not due, gone, or another has it."""
        ...

    def settle(self, name: str, progress: Progress, *, lease: int, dead: DeadLetter | None = None) -> bool:
        """Keep how far it has come, durably, and give it back; no change, and false, if the lease is not ours now."""
        ...

    def dead_letters(self, name: str) -> Sequence[DeadLetter]:
        """What could not be delivered to an endpoint, in log order."""
        ...

    def rewind(self, name: str, start: LeafIndex) -> None:
        """Begin again at a position, at once, and forget the dead letters from there on."""
        ...


class WebhookPost(Protocol):
    """The way out. Not trusted: what is answered is a number, and everybody may answer."""

    def check(self, url: str) -> None:
        """Refuse an address that nothing may be sent to, as far as its text says (``RefusedError``)."""
        ...

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The HTTP status of one try; ``RefusedError`` for a forbidden address, ``UnreachableError`` without one."""
        ...
