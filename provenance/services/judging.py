"""Judging a copy of somebody's log by the log's own rules, statement by statement, as if it came in now.

Rules, for every statement in log order:

1. its body is there and can be read; its signers are those it names, and every signature holds;
2. the root keys are those of the trust file;
3. the checkpoint its signers say they saw is the tree's own at that size, and older than the statement;
4. it has the right to be where it is, and its chains and amounts fit: the same code decides that took it into the log
   (``custody.admission``), with the same error declarations (``correcting``);
5. it is there once.

The first that does not fit is an alarm, ``leaf N: code: what is wrong``, and nothing after it is judged: there is no
true state of the trade behind it. What was judged is kept in a store of our own, which has no authority: it can be
thrown away and made again from the copy. What a clock decided when a statement came in can't be checked later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice

from provenance.codes import Code
from provenance.crypto.envelope import Envelope
from provenance.crypto.keys import PublicKey
from provenance.custody.parties import Registry
from provenance.custody.registry_entries import RootEstablished
from provenance.custody.statements import SEEN, SignedStatement, VerifiedStatement, introduced_by, read, verify
from provenance.errors import (
    ConflictError,
    ForgedError,
    MalformedError,
    NotFoundError,
    ProvenanceError,
    Refusal,
    RefusedError,
    StorageError,
)
from provenance.ids import KeyId, LeafIndex, TreeSize
from provenance.log.head import without_other_lines
from provenance.log.note import format_note
from provenance.log.tiles import root_from_tiles
from provenance.ports.outside import Clock
from provenance.ports.stores import Store, StoredCheckpoint, Writing
from provenance.services.copy_reading import CopyReading
from provenance.services.loading import load_registry
from provenance.services.publishing import Publishing, keep_confirmed
from provenance.services.sequencing import LARGEST_BATCH, Batch, runs
from provenance.services.tile_reading import StoredTiles
from provenance.trust import Trust

Progress = Callable[[int, int], None]


class _CopiedBatch(Batch):
    """Statements of a copy, of whose older checkpoints there is nothing but the tree."""

    def __init__(self, store: Writing, registry: Registry, copy: CopyReading, now: datetime) -> None:
        super().__init__(store, registry, copy.state.checkpoint.origin, now=now, present=None)
        self._copy = copy

    def _check_seen(self, statement: VerifiedStatement) -> Refusal | None:
        """The checkpoint the signers say they saw is the beginning of this very tree, and older."""
        seen = statement.header.seen
        if seen.origin == self._origin and seen.size <= self.size:
            if seen.size not in self._roots:
                self._roots[seen.size] = root_from_tiles(seen.size, self._copy.tiles)
            if self._roots[seen.size] == seen.root:
                return None
        message = f"{seen.origin} had no checkpoint of size {seen.size} with that root then"
        return Refusal(Code.SEEN_NOT_OURS, message, pointer=f"/{SEEN}")


class Judging:
    """What was judged of one log so far, in a store of our own."""

    def __init__(self, store: Store, publishing: Publishing, trust: Trust, clock: Clock) -> None:
        self._store, self._publishing, self._trust, self._clock = store, publishing, trust, clock

    def judged(self) -> TreeSize:
        """How many statements were judged, and are in order."""
        with self._store.reading() as store:
            return store.size()

    def catch_up(self, copy: CopyReading, progress: Progress = lambda done, total: None) -> None:
        """Judge what is new in the copy; refuses, naming the leaf, the first statement that breaks a rule."""
        before = at = self._require_beginning(copy)
        registry, entries = Registry(), copy.entries(before, copy.size)
        with self._store.reading() as store:
            load_registry(store, registry, LeafIndex(0))
        while batch := list(islice(entries, LARGEST_BATCH)):
            verified, broken = self._verified([(i, _statement(copy, i, entry)) for i, entry in batch], registry)
            for run in runs(verified):
                self._append(run, registry, copy, at)
                at = TreeSize(at + len(run))
            if broken is not None:
                raise broken
            progress(at - before, copy.size - before)
        if copy.size > 0:
            self._keep_checkpoint(copy)

    def _require_beginning(self, copy: CopyReading) -> TreeSize:
        with self._store.reading() as store:
            size = store.size()
            if size > copy.size or root_from_tiles(size, StoredTiles(store)) != root_from_tiles(size, copy.tiles):
                message = f"the {size} statements that were judged before are not the beginning of the copy"
                raise StorageError(Code.COPY_DAMAGED, message)
        return size

    def _verified(
        self, envelopes: Sequence[tuple[LeafIndex, Envelope]], registry: Registry
    ) -> tuple[list[VerifiedStatement], RefusedError | None]:
        """The statements up to the first that can't be read or verified, and what is wrong with that one."""
        fresh: dict[KeyId, PublicKey] = {}
        verified: list[VerifiedStatement] = []
        for index, envelope in envelopes:
            try:
                signed = read(envelope)
                fresh.update(introduced_by(signed))
                verified.append(verify(signed, lambda key: fresh.get(key) or registry.key(key)))
                self._require_roots(signed)
            except ProvenanceError as err:
                return verified[: index - envelopes[0][0]], _broken(index, err.refusal)
        return verified, None

    def _require_roots(self, statement: SignedStatement) -> None:
        content, trust = statement.content, self._trust
        if isinstance(content, RootEstablished) and (
            {key.id for key in content.keys} != {key.id for key in trust.roots} or content.threshold != trust.threshold
        ):
            raise ForgedError(Code.UNKNOWN_KEY, "the registry begins with other root keys than those of the trust file")

    def _append(self, statements: Sequence[VerifiedStatement], registry: Registry, copy: CopyReading, at: int) -> None:
        with self._store.writing() as store:
            if store.size() != at:
                raise ConflictError(Code.BUSY, f"somebody else judges this copy: {store.size()} statements are kept")
            batch = _CopiedBatch(store, registry, copy, self._clock.now())
            for index, outcome in enumerate(batch.admit(statements), start=at):
                if isinstance(outcome, Refusal):
                    raise _broken(index, outcome)
                if outcome.is_repeat:
                    raise _broken(index, Refusal(Code.INCONSISTENT_LOG, f"leaf {outcome.index} is here again"))
            batch.write()

    def _keep_checkpoint(self, copy: CopyReading) -> None:
        """What was judged is shown as of this checkpoint."""
        checkpoint = copy.state.checkpoint
        note = format_note(without_other_lines(copy.state.evidence, self._trust.log)).decode()
        kept = StoredCheckpoint(TreeSize(checkpoint.size), checkpoint.root, note)
        with self._store.writing() as store:
            keep_confirmed(store, kept, copy.state)
            self._publishing.publish(kept, store)


def _statement(copy: CopyReading, index: LeafIndex, entry: bytes) -> Envelope:
    try:
        envelope = copy.statement(index, entry)
    except MalformedError as err:
        raise _broken(index, err.refusal) from err
    if envelope is None:
        raise NotFoundError(Code.BODY_MISSING, f"the copy has no body of leaf {index}")
    return envelope


def _broken(index: int, refusal: Refusal) -> RefusedError:
    evidence = {"leaf": str(index), "code": refusal.code.value}
    return RefusedError(Code.RULE_BROKEN, f"leaf {index}: {refusal}", evidence=evidence)
