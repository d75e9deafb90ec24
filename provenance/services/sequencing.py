"""Putting verified statements into the log, one batch at a time, each at the one place it will ever have.

Rules:

* one writer for the whole log (``Store.writing``): the rules, the links and the index are decided inside the
  transaction, so of two racing hand-overs exactly one wins;
* group commit: whoever gets the writer's seat takes everyone waiting along, up to 256 statements, and all are
  answered only after the commit is durable;
* the same statement again gets its old place; a batch keeps the order it was handed in;
* a refusal changes nothing for its neighbours; what signed parties may not do is noted in the diary.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from provenance.codes import Code
from provenance.crypto.envelope import leaf_of
from provenance.custody.admission import Admitted, World, admit_statement
from provenance.custody.parties import Registry
from provenance.custody.reach import changes_flags
from provenance.custody.registry_entries import RecoveryCompleted, RecoveryProposed
from provenance.custody.standing import Standing, Standings
from provenance.custody.statements import SEEN, VerifiedStatement
from provenance.custody.steps import Step
from provenance.encoding.textual import format_time
from provenance.epcis.events import Event
from provenance.errors import ConflictError, ProvenanceError, Refusal, StorageError
from provenance.ids import LeafIndex, PartyId, StatementHash, Subject, TreeSize
from provenance.log.merkle import EMPTY_ROOT, leaf_hash
from provenance.log.tiles import edge_tiles, extend
from provenance.ports.outside import Clock
from provenance.ports.stores import DiaryEntry, NewStatement, Store, Writing
from provenance.services.bookkeeping import Bookkeeping
from provenance.services.correcting import corrected_standings
from provenance.services.loading import load_registry, load_standings

LARGEST_BATCH = 256
MOST_WAITING = 4096
_AHEAD = _OFF = timedelta(minutes=5)

# Refusals of validly signed statements that a buyer or inspector should hear of.
WORTH_TELLING = frozenset(
    {
        Code.ALREADY_COMMISSIONED,
        Code.NOT_LICENSED,
        Code.NOT_ISSUED,
        Code.NOT_HOLDER,
        Code.NOT_NAMED,
        Code.NOT_OWNER,
        Code.ENDED,
        Code.ALREADY_SOLD,
        Code.BLOCKED,
        Code.NOT_ENOUGH,
        Code.YIELD_EXCEEDED,
        Code.KEY_ENDED,
    }
)


@dataclass(frozen=True, slots=True)
class Sequenced:
    """A statement's place, whether it had it before, and whether a checkpoint covers it already."""

    index: LeafIndex
    is_repeat: bool
    is_recorded: bool


@dataclass(slots=True)
class _Waiting:
    statements: Sequence[VerifiedStatement]
    outcomes: list[Sequenced | Refusal] = field(default_factory=list)
    # Until its batch is through, the answer is "we don't know": send it again, it won't be recorded twice.
    failure: ProvenanceError | None = field(
        default_factory=lambda: StorageError(Code.STORE_FAILED, "the batch was not finished")
    )
    done: threading.Event = field(default_factory=threading.Event)


class Sequencer:
    """The way into the log for one process; other processes have their own and share the store's one writer."""

    def __init__(self, store: Store, clock: Clock, origin: str) -> None:
        self._store = store
        self._clock = clock
        self._origin = origin
        self._queue: deque[_Waiting] = deque()
        self._queued = 0
        self._counting = threading.Lock()
        self._seat = threading.Lock()
        self._registry = Registry()
        self._registry_from = LeafIndex(0)

    def sequence(self, statements: Sequence[VerifiedStatement]) -> Sequence[Sequenced | Refusal]:
        """A durable place, or a refusal, for each; raises ``busy`` when too much is waiting already."""
        outcomes: list[Sequenced | Refusal] = []
        for start in range(0, len(statements), LARGEST_BATCH):
            outcomes += self._wait_for(_Waiting(statements[start : start + LARGEST_BATCH]))
        return outcomes

    def _wait_for(self, mine: _Waiting) -> Sequence[Sequenced | Refusal]:
        with self._counting:
            if self._queued + len(mine.statements) > MOST_WAITING:
                raise ConflictError(Code.BUSY, f"{self._queued} statements are waiting already")
            self._queued += len(mine.statements)
        self._queue.append(mine)
        while not mine.done.is_set():
            # Whoever gets the seat works for everyone in the queue; the others wait for their answer or the seat.
            with self._seat:
                if not mine.done.is_set():
                    self._work(self._take())
        if mine.failure is not None:
            raise mine.failure
        return mine.outcomes

    def _take(self) -> list[_Waiting]:
        taken: list[_Waiting] = []
        count = 0
        while self._queue and (not taken or count + len(self._queue[0].statements) <= LARGEST_BATCH):
            taken.append(self._queue.popleft())
            count += len(taken[-1].statements)
        return taken

    def _work(self, batch: list[_Waiting]) -> None:
        statements = [statement for waiting in batch for statement in waiting.statements]
        try:
            outcomes = [outcome for run in runs(statements) for outcome in self._commit(run)]
        except ProvenanceError as err:
            for waiting in batch:
                waiting.failure = err
        else:
            for waiting in batch:
                waiting.failure, waiting.outcomes = None, outcomes[: len(waiting.statements)]
                outcomes = outcomes[len(waiting.statements) :]
        finally:
            if any(waiting.failure for waiting in batch):
                # Nothing was committed, or we can't know; the registry may have run ahead, so it is read again.
                self._registry, self._registry_from = Registry(), LeafIndex(0)
            for waiting in batch:
                with self._counting:
                    self._queued -= len(waiting.statements)
                waiting.done.set()

    def _commit(self, statements: Sequence[VerifiedStatement]) -> list[Sequenced | Refusal]:
        with self._store.writing() as store:
            self._registry_from = load_registry(store, self._registry, self._registry_from)
            now = self._clock.now()
            batch = Batch(store, self._registry, self._origin, now=now, present=now)
            outcomes = batch.admit(statements)
            batch.write()
            self._registry_from = LeafIndex(batch.size)
        return outcomes


class Batch:
    """One transaction's worth of admissions, recorded now.

    ``present`` is the instant by which the times in statements are judged: ``None`` for statements that the log took in
    once before, whose times were judged then.
    """

    def __init__(
        self, store: Writing, registry: Registry, origin: str, *, now: datetime, present: datetime | None
    ) -> None:
        self._store, self._origin, self._now, self._present = store, origin, now, present
        self._start = self.size = store.size()
        standings = Standings()
        self._commerce = Bookkeeping(store, standings, present)
        self._world = World(registry, standings, judge=self._commerce.judge)
        self._new: list[NewStatement] = []
        self._places: dict[StatementHash, LeafIndex] = {}
        self._recorded = TreeSize(0)
        self._event_ids: dict[str, tuple[LeafIndex, ...]] = {}
        self._roots: dict[TreeSize, bytes | None] = {TreeSize(0): EMPTY_ROOT}

    def admit(self, statements: Sequence[VerifiedStatement]) -> list[Sequenced | Refusal]:
        """An outcome for each statement, in order."""
        self._places = dict(self._store.find(statement.hash for statement in statements))
        newest = self._store.checkpoint() if self._places else None
        self._recorded = newest.size if newest else TreeSize(0)
        fresh = [statement for statement in statements if statement.hash not in self._places]
        self._event_ids = dict(self._store.event_ids(filter(None, map(_event_id, fresh))))
        load_standings(self._store, fresh, self._world.standings)
        return [self._place(statement) for statement in statements]

    def write(self) -> None:
        """Keep what was admitted: statements, folds, tree."""
        if not self._new:
            return
        standings = self._world.standings
        self._store.append(self._new)
        self._store.put_standings(standings.changed.values())
        self._store.put_sources(standings.new_sources)
        self._store.change_slots(taken=self._commerce.book.taken, freed=self._commerce.book.freed)
        self._store.forget_texts(self._commerce.book.silenced)
        edge = self._store.tiles((tile.level, tile.index) for tile in edge_tiles(self._start))
        narrow = {
            (t.level, t.index): edge.get((t.level, t.index), b"")[: t.width * 32] for t in edge_tiles(self._start)
        }
        leaves = [leaf_hash(leaf_of(s.hash, s.envelope.payload_type, s.envelope.signatures)) for s in self._new]
        self._store.put_tiles(extend(size=self._start, edge=narrow, leaf_hashes=leaves).tiles)

    def _place(self, statement: VerifiedStatement) -> Sequenced | Refusal:
        if (place := self._places.get(statement.hash)) is not None:
            return Sequenced(place, is_repeat=True, is_recorded=place < self._recorded)
        refusal = self._check_seen(statement) or self._check_times(statement) or self._check_event_id(statement)
        if refusal is not None:
            return refusal
        corrected = self._corrected(statement)
        if isinstance(corrected, Refusal):
            return corrected
        if corrected:
            self._world.standings.load(self._store.standings(corrected), {})
        index = LeafIndex(self.size)
        outcome = admit_statement(statement, self._world, at=index, corrected=corrected)
        if isinstance(outcome, Refusal):
            self._note(statement, outcome)
            return outcome
        self._keep(statement, index, outcome)
        return Sequenced(index, is_repeat=False, is_recorded=False)

    def _keep(self, statement: VerifiedStatement, index: LeafIndex, admitted: Admitted) -> None:
        content, event_id = statement.content, _event_id(statement)
        marks = isinstance(content, Event) and changes_flags(content)
        self._new.append(
            NewStatement(index, statement.hash, statement.envelope, self._now, event_id, admitted.subjects, marks)
        )
        self._places[statement.hash] = index
        self._commerce.keep(statement)
        if event_id is not None:
            self._event_ids[event_id] = (*self._event_ids.get(event_id, ()), index)
        self.size = TreeSize(index + 1)

    def _corrected(self, statement: VerifiedStatement) -> dict[Subject, Standing] | Refusal | None:
        if isinstance(statement.content, Event) and statement.content.error_declaration is not None:
            return corrected_standings(self._store, statement, self._world.registry)
        return None

    def _check_seen(self, statement: VerifiedStatement) -> Refusal | None:
        """The checkpoint the signer says it saw is one of ours."""
        seen = statement.header.seen
        if seen.size not in self._roots:
            known = self._store.checkpoint(seen.size)
            self._roots[seen.size] = known.root if known else None
        if seen.origin == self._origin and self._roots[seen.size] == seen.root:
            return None
        message = f"{seen.origin} never had a checkpoint of size {seen.size} with that root"
        return Refusal(Code.SEEN_NOT_OURS, message, pointer=f"/{SEEN}")

    def _check_times(self, statement: VerifiedStatement) -> Refusal | None:
        """What is said now does not speak of times to come."""
        event, present = statement.content, self._present
        if present is None:
            return None
        if isinstance(event, RecoveryProposed | RecoveryCompleted):
            return _check_now(event.at, present)
        if isinstance(event, Event) and event.instant > present + _AHEAD:
            ahead = f"{event.event_time} is more than 5 minutes ahead of the log"
            return Refusal(Code.FUTURE_EVENT, ahead, pointer="/eventTime")
        return None

    def _check_event_id(self, statement: VerifiedStatement) -> Refusal | None:
        event = statement.content
        if not isinstance(event, Event) or event.error_declaration is not None:
            return None
        if event.event_id is not None and event.event_id in self._event_ids:
            places = ", ".join(map(str, self._event_ids[event.event_id]))
            message = f"the eventID {event.event_id} is taken by leaf {places}"
            return Refusal(Code.EVENT_ID_TAKEN, message, pointer="/eventID", evidence={"leaf": places})
        return None

    def _note(self, statement: VerifiedStatement, refusal: Refusal) -> None:
        # Someone who only wanted to look has done nothing that a buyer should hear of.
        if refusal.code in WORTH_TELLING and statement.step not in (None, Step.OBSERVE, Step.SENSE):
            subjects = statement.about.subjects
            subject = Subject(refusal.evidence.get("subject", subjects[0] if subjects else ""))
            party = PartyId(min(statement.header.parties))
            self._store.note_refusal(DiaryEntry(subject, refusal.code, party, self._now, self._now, 1))


def runs(statements: Sequence[VerifiedStatement]) -> Iterable[Sequence[VerifiedStatement]]:
    """The statements in order, each error declaration by itself: it needs what came before it to be stored."""
    run: list[VerifiedStatement] = []
    for statement in statements:
        if isinstance(statement.content, Event) and statement.content.error_declaration is not None:
            yield from ([run] if run else [])
            yield [statement]
            run = []
        else:
            run.append(statement)
    if run:
        yield run


def _check_now(instant: datetime, present: datetime) -> Refusal | None:
    """The time an entry says it is made at is the log's: no waiting period begins before it was announced."""
    if abs(instant - present) <= _OFF:
        return None
    message = f"{format_time(instant)} is more than 5 minutes off the log's {format_time(present)}"
    return Refusal(Code.NOT_NOW, message, pointer="/at")


def _event_id(statement: VerifiedStatement) -> str | None:
    return statement.content.event_id if isinstance(statement.content, Event) else None
