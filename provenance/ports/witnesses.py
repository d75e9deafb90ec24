"""What witnessing needs from outside: other people's witnesses, and what a witness of one's own remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from provenance.log.checkpoint import Checkpoint
from provenance.log.conflict import Conflict
from provenance.log.note import Note, VerifierKey


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """What came back: an HTTP status and a body of bounded size; anybody may have sent it."""

    status: int
    body: bytes


class Witnesses(Protocol):
    """Other people's witnesses. Not trusted: an answer is bytes, and what is in it has to be verified."""

    def ask(self, url: str, request: bytes) -> WitnessAnswer:
        """The answer to an ``add-checkpoint`` request; ``UnreachableError`` where none comes in time."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that a witness confirmed of a log, and the note with its own line below."""

    checkpoint: Checkpoint
    note: Note


class WitnessStore(Protocol):
    """What a witness remembers. Trusted: a witness that forgets what it confirmed can be made to confirm a fork."""

    def logs(self) -> Sequence[VerifierKey]:
        """The keys of all logs witnessed here, by origin."""
        ...

    def log_keys(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys of the log with this origin; none, if it is not witnessed here."""
        ...

    def latest(self, origin: str) -> Seen | None:
        """The newest checkpoint confirmed of a log."""
        ...

    def confirmed(self, origin: str, size: int) -> Note | None:
        """The note confirmed at exactly this size, if it is still kept."""
        ...

    def replace(self, origin: str, *, old: Checkpoint | None, new: Seen) -> bool:
        """Keep ``new``, durably, if ``old`` is still the newest; whether it was (compare and set)."""
        ...

    def note_conflict(self, conflict: Conflict) -> None:
        """Keep evidence against a log; the same again changes nothing."""
        ...

    def conflicts(self) -> Sequence[Conflict]:
        """All evidence there is, oldest first."""
        ...
