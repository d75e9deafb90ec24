"""Getting back from a copy what an old backup has lost: the missing statements, each at the place it always had.

For a database that is behind a copy of its own log:

1. the copy's checkpoint is signed by this log and confirmed by its quorum, and its tree begins with everything here and
   with what is published;
2. every missing entry is in that tree, and the copy has its body; if one is missing, nothing is changed;
3. the copy's checkpoint is published first: from then on the log is read-only until it has all of it, also if this is
   killed in the middle (``guarding``);
4. the statements are verified, judged by the rules as they were at first, and appended. One that comes to another place
   than its own, or that the rules refuse, stops it;
5. the checkpoints that signers saw, and the copy's own with its cosignatures, are kept again. A signature of the log
   over the same tree is the same as before: nothing is signed that was not signed already.

Times of recording are those of the recovery: the log's own were in the database that is lost. So is what the operator
kept beside the log (serials given out, tags, the diary of refusals) since the backup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from provenance.codes import Code
from provenance.crypto.envelope import Envelope
from provenance.crypto.keys import PublicKey, SigningKey
from provenance.custody.parties import Registry
from provenance.custody.statements import VerifiedStatement, introduced_by, read, verify
from provenance.errors import ConflictError, ForgedError, NotFoundError, ProvenanceError, Refusal, RefusedError
from provenance.ids import KeyId, LeafIndex, TreeSize
from provenance.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from provenance.log.confirmation import require_confirmed
from provenance.log.note import format_note
from provenance.log.tiles import root_from_tiles
from provenance.ports.outside import Clock, TileFiles
from provenance.ports.stores import Reading, Store, StoredCheckpoint, Writing
from provenance.services.copy_reading import CopyReading
from provenance.services.loading import load_registry
from provenance.services.publishing import CHECKPOINT_FILE, Publishing, keep_confirmed
from provenance.services.sequencing import LARGEST_BATCH, Batch, runs
from provenance.services.tile_reading import StoredTiles
from provenance.trust import Trust

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Recovered:
    """How many statements there were before, and how many there are now."""

    before: TreeSize
    size: TreeSize


class Recovering:
    """The way back of one log."""

    def __init__(
        self,
        store: Store,
        files: TileFiles,
        publishing: Publishing,
        trust: Trust,
        clock: Clock,
        *,
        log_key: Callable[[], SigningKey],
    ) -> None:
        self._store, self._files, self._publishing = store, files, publishing
        self._trust, self._clock, self._log_key = trust, clock, log_key
        self._registry, self._registry_from = Registry(), LeafIndex(0)

    def recover(self, copy: CopyReading, progress: Progress = lambda done, total: None) -> Recovered:
        """Append what the copy has and this log has not; refuses, and changes nothing, where the copy does not fit."""
        require_confirmed(copy.state.evidence, self._trust.policy)
        with self._store.reading() as store:
            before = store.size()
            _require_beginning(store, before, copy)
        is_newest = self._is_newest(copy)
        _require_bodies(copy, before)
        if is_newest:
            self._files.replace(CHECKPOINT_FILE, format_note(copy.state.evidence))
        missing = _statements(copy, before)
        at = before
        while batch := tuple(islice(missing, LARGEST_BATCH)):
            for run in runs(self._verified(batch)):
                self._append(run, at, copy)
                at = TreeSize(at + len(run))
            progress(at - before, copy.size - before)
        self._keep_checkpoint(copy)
        self._publishing.show()
        return Recovered(before, TreeSize(copy.size))

    def _is_newest(self, copy: CopyReading) -> bool:
        """Whether the copy has all that is published here; refuses one of another history."""
        if (note := self._files.read(CHECKPOINT_FILE)) is None:
            return True
        shown = open_checkpoint(note, log_keys=[self._trust.log]).checkpoint
        if shown.size <= copy.size and root_from_tiles(shown.size, copy.tiles) != shown.root:
            raise _other_history(f"the published checkpoint {shown.size}", copy)
        return shown.size <= copy.size

    def _verified(self, envelopes: Sequence[Envelope]) -> list[VerifiedStatement]:
        """The statements, once every signature holds; who might speak is judged when they are appended."""
        with self._store.reading() as store:
            self._registry_from = load_registry(store, self._registry, self._registry_from)
        signed = [read(envelope) for envelope in envelopes]
        fresh: dict[KeyId, PublicKey] = {}
        for statement in signed:
            fresh |= introduced_by(statement)
        return [verify(statement, lambda key: fresh.get(key) or self._registry.key(key)) for statement in signed]

    def _append(self, statements: Sequence[VerifiedStatement], first: TreeSize, copy: CopyReading) -> None:
        with self._store.writing() as store:
            if store.size() != first:
                raise ConflictError(Code.BUSY, f"somebody else has changed the log: it has {store.size()} statements")
            for statement in statements:
                self._keep_seen(store, statement, copy)
            # Their times were judged when the log first took them in, by a clock that is gone.
            batch = Batch(store, self._registry, self._trust.origin, now=self._clock.now(), present=None)
            for index, outcome in enumerate(batch.admit(statements), start=first):
                if isinstance(outcome, Refusal):
                    raise RefusedError(outcome.code, f"leaf {index} of the copy: {outcome.message}")
                if outcome.is_repeat:
                    raise ForgedError(Code.INCONSISTENT_LOG, f"leaf {index} of the copy is leaf {outcome.index} again")
            batch.write()
            self._registry_from = LeafIndex(batch.size)

    def _keep_seen(self, store: Writing, statement: VerifiedStatement, copy: CopyReading) -> None:
        """The checkpoint that the signers saw, as it was signed then; one that never was is refused by the batch."""
        seen = statement.header.seen
        if not 0 < seen.size <= copy.size or store.checkpoint(seen.size) is not None:
            return
        if root_from_tiles(seen.size, copy.tiles) == seen.root:
            signed = sign_checkpoint(Checkpoint(self._trust.origin, seen.size, seen.root), self._log_key())
            store.put_checkpoint(StoredCheckpoint(seen.size, seen.root, format_note(signed).decode()))

    def _keep_checkpoint(self, copy: CopyReading) -> None:
        """The copy's checkpoint, once the tree here has its root."""
        checkpoint, size = copy.state.checkpoint, TreeSize(copy.size)
        signed = format_note(sign_checkpoint(Checkpoint(self._trust.origin, size, checkpoint.root), self._log_key()))
        kept = StoredCheckpoint(size, checkpoint.root, signed.decode())
        with self._store.writing() as store:
            _require_beginning(store, store.size(), copy)
            keep_confirmed(store, kept, copy.state)
            self._publishing.publish(kept, store)


def _require_beginning(store: Reading, size: TreeSize, copy: CopyReading) -> None:
    """The copy begins with what is here: one history."""
    if size > copy.size or copy.size == 0:
        raise RefusedError(Code.COPY_BEHIND, f"here are {size} statements, and the copy has {copy.size}")
    if root_from_tiles(size, StoredTiles(store)) != root_from_tiles(size, copy.tiles):
        raise _other_history(f"the {size} statements that are here", copy)


def _require_bodies(copy: CopyReading, start: int) -> None:
    """Nothing is begun that can't be finished."""
    missing = [index for index, entry in copy.entries(start, copy.size) if copy.statement(index, entry) is None]
    if missing:
        leaves = " ".join(map(str, missing))
        message = f"the copy has no body of {len(missing)} statements that are missing here: leaf {leaves[:60]}"
        raise NotFoundError(Code.BODY_MISSING, message, evidence={"leaves": leaves})


def _statements(copy: CopyReading, start: int) -> Iterator[Envelope]:
    for index, entry in copy.entries(start, copy.size):
        envelope = copy.statement(index, entry)
        if envelope is None:
            raise NotFoundError(Code.BODY_MISSING, f"the body of leaf {index} was there and is gone")
        yield envelope


def _other_history(what: str, copy: CopyReading) -> ProvenanceError:
    evidence = {"copy": format_note(copy.state.evidence).decode()}
    return ForgedError(Code.INCONSISTENT_LOG, f"{what} and the copy are of two histories", evidence=evidence)
