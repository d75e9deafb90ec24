"""What the services need kept: statements in log order, the folds over them, tiles and checkpoints.

What a store promises:

* a ``Writing`` is one transaction: all of it is durable when the ``with`` block ends without an error, and none
  of it otherwise; there is one at a time for the whole log, across threads and processes;
* a ``Reading`` sees one moment.

What it is trusted for: availability. It can withhold, but whatever it changes shows in signatures and proofs, and
``services.auditing`` names it. Standings, chain links, sources, slots and tiles are folds: they can be made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from provenance.codes import Code
from provenance.commerce.book import SlotKey
from provenance.crypto.envelope import Envelope
from provenance.custody.standing import Standing
from provenance.ids import KeyId, LeafIndex, PartyId, StatementHash, Subject, TreeSize


@dataclass(frozen=True, slots=True)
class Stored:
    """A statement as it is kept. ``hash`` is what the store says; the envelope may say otherwise."""

    index: LeafIndex
    hash: StatementHash
    envelope: Envelope
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement to be kept, with the chains it extends."""

    index: LeafIndex
    hash: StatementHash
    envelope: Envelope
    recorded_at: datetime
    event_id: str | None
    subjects: tuple[Subject, ...]
    changes_flags: bool


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed checkpoint as it is kept."""

    size: TreeSize
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A witness's line below the checkpoint of a size, verified when it came; ``witness`` is its verifier key."""

    size: TreeSize
    witness: str
    seconds: int
    line: str


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """A statement that was refused and is worth telling: the operator's word, not proof.

    ``party`` is empty when no valid signature says who it was.
    """

    subject: Subject
    code: Code
    party: PartyId
    first_at: datetime
    last_at: datetime
    count: int


class Reading(Protocol):
    """One moment of the store."""

    def size(self) -> TreeSize:
        """How many statements there are."""
        ...

    def find(self, hashes: Iterable[StatementHash]) -> Mapping[StatementHash, LeafIndex]:
        """Where these statements stand; those that don't are left out."""
        ...

    def statements(self, indexes: Iterable[LeafIndex]) -> Sequence[Stored]:
        """The statements at these places, in log order; missing ones are left out."""
        ...

    def statements_from(self, start: LeafIndex, *, limit: int) -> Sequence[Stored]:
        """Up to ``limit`` statements from a place on, in log order."""
        ...

    def event_ids(self, ids: Iterable[str]) -> Mapping[str, tuple[LeafIndex, ...]]:
        """Where the custody events with these eventIDs stand."""
        ...

    def entries_from(self, start: LeafIndex, *, payload_type: str) -> Sequence[Stored]:
        """All statements of one type from a place on, in log order."""
        ...

    def signed_by(self, key: KeyId, *, before: LeafIndex | None, limit: int) -> Sequence[Stored]:
        """Up to ``limit`` statements with a signature by this key, before a place, the newest first."""
        ...

    def chain(self, subject: Subject, until: LeafIndex | None) -> Sequence[LeafIndex]:
        """A chain up to and including a place (``None``: all), and after it what changes flags, in order."""
        ...

    def chain_subjects(self, start: LeafIndex, *, limit: int) -> Sequence[tuple[LeafIndex, Subject]]:
        """The chain links of the statements in ``start … start+limit-1``, in order."""
        ...

    def standings(self, subjects: Iterable[Subject]) -> Sequence[Standing]:
        """How these stand; those without a chain are left out."""
        ...

    def standings_after(self, subject: str, *, limit: int) -> Sequence[Standing]:
        """Up to ``limit`` standings in the order of their names, after this one."""
        ...

    def children(self, parents: Iterable[Subject]) -> Sequence[Standing]:
        """The things directly inside these."""
        ...

    def sources(self, keys: Iterable[str]) -> Mapping[str, frozenset[Subject]]:
        """What was used by these statements or transformations."""
        ...

    def slot(self, key: SlotKey) -> Subject | None:
        """The dossier that has this slot, if one has it."""
        ...

    def slots(self) -> Mapping[SlotKey, Subject]:
        """All slots that are taken, and by whom."""
        ...

    def texts(self, hashes: Iterable[str]) -> Mapping[str, bytes]:
        """The documents with the words of reviews, by their SHA-256; those that are not kept are left out."""
        ...

    def tiles(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        """The hash tiles at these (level, index); those that don't exist are left out."""
        ...

    def checkpoint(self, size: TreeSize | None = None) -> StoredCheckpoint | None:
        """The checkpoint of this size, or the newest."""
        ...

    def published(self) -> TreeSize | None:
        """The size of the newest checkpoint on which a quorum has spoken, or ``None``."""
        ...

    def cosignatures(self, size: TreeSize) -> Sequence[Cosignature]:
        """The witnesses' lines below the checkpoint of this size, the newest of each."""
        ...

    def furthest_confirmed(self) -> Mapping[str, TreeSize]:
        """The largest size that each witness confirmed, by its verifier key."""
        ...

    def checkpoints(self) -> Sequence[StoredCheckpoint]:
        """All checkpoints, smallest first."""
        ...

    def diary(self, subject: Subject) -> Sequence[DiaryEntry]:
        """The refusals noted for a subject, newest first, at most 50."""
        ...


class Writing(Reading, Protocol):
    """The one transaction that may change the store."""

    def append(self, statements: Sequence[NewStatement]) -> None:
        """Keep these at the end of the log; refuses a place or hash that is taken."""
        ...

    def put_standings(self, standings: Iterable[Standing]) -> None:
        """Replace how these stand."""
        ...

    def put_sources(self, sources: Mapping[str, frozenset[Subject]]) -> None:
        """Add what these used."""
        ...

    def change_slots(self, *, taken: Mapping[SlotKey, Subject], freed: Iterable[SlotKey]) -> None:
        """Give slots back, then take others; refuses one that is taken (``ConflictError``)."""
        ...

    def put_text(self, text: str, document: bytes) -> None:
        """Keep the words of a review under the SHA-256 of their document; the same again changes nothing."""
        ...

    def forget_texts(self, hashes: Iterable[str]) -> None:
        """Delete these words for good; those that are not kept are none."""
        ...

    def put_tiles(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Replace the tiles at these places by wider ones."""
        ...

    def put_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keep a checkpoint; refuses a second one of the same size with another root (``ConflictError``)."""
        ...

    def put_cosignature(self, cosignature: Cosignature) -> None:
        """Keep a witness's line, unless a newer one of it is there."""
        ...

    def put_published(self, size: TreeSize) -> None:
        """Mark the checkpoint of this size as published; that can't be taken back."""
        ...

    def note_refusal(self, entry: DiaryEntry) -> None:
        """Write a refusal into the diary; the same again only counts up."""
        ...


class Store(Protocol):
    """Where everything is kept."""

    def reading(self) -> AbstractContextManager[Reading]:
        """One moment to read from."""
        ...

    def writing(self) -> AbstractContextManager[Writing]:
        """The one transaction; waits for its turn, then sees the newest state."""
        ...
