"""The guard at the door: nothing is taken in or signed before it is known that this database is the newest there is.

A database put back from yesterday's backup would give today's places to other statements: a fork, and the likeliest
way for an honest log to make one. So before a process first takes in or signs anything:

1. the stored tiles have the root of the newest checkpoint, and no statement of it is missing;
2. neither the published checkpoint nor a published tile is ahead of the database, or different from it;
3. no witness has seen more of this log, or something else of it; and so many have answered that every quorum has one
   of them in it, so that no confirmed checkpoint can have been missed.

What is published is looked at again before each signature.

Else the log is read-only: it can be read and checked, and nothing is added until it is recovered. One witness that
lies can keep a log from opening; its operator can take it out of the trust file. It can't stop one that is open.
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

from provenance.codes import Code
from provenance.errors import ProvenanceError, Refusal, RefusedError
from provenance.ids import TreeSize
from provenance.log.checkpoint import open_checkpoint
from provenance.log.tiles import WIDTH, Bundle, edge_from_tiles
from provenance.ports.outside import TileFiles
from provenance.ports.stores import Reading, Store, StoredCheckpoint
from provenance.services.publishing import CHECKPOINT_FILE
from provenance.services.tile_reading import StoredTiles
from provenance.services.witnessing import Outcome, Said, Witnessing
from provenance.trust import Trust

_PAUSE_SECONDS = 2.0


class Guard(Protocol):
    """Who says whether anything may be taken in and signed here."""

    def require_open(self) -> None:
        """Return if statements may be taken in and signed here; else refuse, with the reason."""
        ...

    def require_newest(self) -> None:
        """Return if this may be signed here, now; else refuse, with the reason."""
        ...


class Guarding:
    """The guard of one process: once it has let someone through, the door stays open."""

    def __init__(self, store: Store, files: TileFiles, trust: Trust, witnessing: Witnessing) -> None:
        self._store, self._files, self._trust, self._witnessing = store, files, trust, witnessing
        self._lock = threading.Lock()
        self._is_open = False
        self._refusal: Refusal | None = None
        self._refused_at = 0.0

    def require_open(self) -> None:
        """Return if statements may be taken in and signed here; else refuse with ``read-only`` and the reason."""
        if self._is_open:
            return
        with self._lock:
            if self._refusal is None or time.monotonic() - self._refused_at > _PAUSE_SECONDS:
                self._refusal, self._refused_at = self._look(), time.monotonic()
            self._is_open = self._refusal is None
            refusal = self._refusal
        if refusal is not None:
            raise _raised(refusal)

    def require_newest(self) -> None:
        """Return if this may be signed here, now; refuses like ``require_open``, and closes the door where it was open.

        What is published may have come from elsewhere since: from a recovery (``recovering``) beside this process.
        """
        self.require_open()
        note = self._files.read(CHECKPOINT_FILE)  # before the store: whoever publishes has stored it first
        with self._store.reading() as store:
            refusal = self._behind_published(note, store, store.size())
        if refusal is not None:
            with self._lock:
                self._is_open, self._refusal, self._refused_at = False, refusal, time.monotonic()
            raise _raised(refusal)

    def _look(self) -> Refusal | None:
        with self._store.reading() as store:
            newest, size = store.checkpoint(), store.size()
            refusal = _broken(store, newest, size) or self._behind_its_files(store, size)
        if refusal is not None or newest is None:
            return refusal
        return self._behind_its_witnesses(self._witnessing.confirm())

    def _behind_its_files(self, store: Reading, size: TreeSize) -> Refusal | None:
        if self._files.read(Bundle(size // WIDTH).path) is not None:
            return _read_only(f"a tile of {(size // WIDTH + 1) * WIDTH} statements is published, and here are {size}")
        return self._behind_published(self._files.read(CHECKPOINT_FILE), store, size)

    def _behind_published(self, note: bytes | None, store: Reading, size: TreeSize) -> Refusal | None:
        if note is None:
            return None
        try:
            shown = open_checkpoint(note, log_keys=[self._trust.log]).checkpoint
        except ProvenanceError as err:
            return _read_only(f"the published checkpoint can't be read: {err.refusal.message}")
        evidence = {"published": note.decode()}
        if shown.size > size:
            return _read_only(f"checkpoint {shown.size} is published, and here are {size} statements", evidence)
        if _root(store, TreeSize(shown.size)) != shown.root:
            return _read_only(f"the published checkpoint {shown.size} is of another history than this", evidence)
        return None

    def _behind_its_witnesses(self, said: tuple[Said, ...]) -> Refusal | None:
        for one in said:
            if one.outcome in (Outcome.AHEAD, Outcome.CONTRADICTED):
                return _read_only(f"witness {one.witness}: {one.message}")
        policy = self._trust.policy
        silent = {one.name for one in policy.witnesses} - {o.witness for o in said if o.outcome is Outcome.CONFIRMED}
        if policy.quorum is not None and policy.is_met_by(silent):
            facts = "; ".join(f"{one.witness}: {one.message}" for one in said if one.outcome is not Outcome.CONFIRMED)
            return _read_only(f"too few witnesses say how far they have seen this log ({facts})")
        return None


def _broken(store: Reading, newest: StoredCheckpoint | None, size: TreeSize) -> Refusal | None:
    if newest is None:
        return None
    if newest.size > size:
        return _read_only(f"checkpoint {newest.size} was signed, and here are {size} statements")
    if _root(store, newest.size) != newest.root:
        return _read_only(f"the stored tiles of size {newest.size} do not have the root that was signed")
    return None


def _root(store: Reading, size: TreeSize) -> bytes | None:
    try:
        return edge_from_tiles(size, StoredTiles(store)).root()
    except ProvenanceError:
        return None


def _raised(refusal: Refusal) -> RefusedError:
    return RefusedError(refusal.code, refusal.message, evidence=refusal.evidence)


def _read_only(message: str, evidence: dict[str, str] | None = None) -> Refusal:
    return Refusal(Code.READ_ONLY, message, evidence=evidence or {})
