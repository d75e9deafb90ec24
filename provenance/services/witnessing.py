"""Having checkpoints confirmed: asking all witnesses at once, and believing none of them.

Rules (C2SP tlog-witness, and what its implementations do differently):

* a witness is shown a checkpoint only after that is durable here, so that no witness is ever ahead of an honest log;
* all are asked at the same time; each answer is kept when it comes, and with the one that makes a quorum the
  checkpoint is published. Whoever is slow is waited for a bounded time, and asked again after a growing pause;
* 409 with a size: the proof is made from there, whatever we believed. With a size above ours, the witness has seen
  more of this log than there is: ``ahead``. 409 without a size (some say so for two roots at one size) and 422: the
  witness says that we rewrote history: ``contradicted``. Neither is ever tried around;
* 429, 5xx, a broken answer or none: later again. 400, 403, 404: somebody set something up wrong;
* a 200 counts only if the line in it is that witness's, over this very checkpoint, and its time is not to come;
* a log that is quiet is confirmed anew every ten minutes, so that "as of" stays near to now.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique

from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.ids import TreeSize
from provenance.log.note import NoteSignature, VerifiedSignature, open_note, parse_note
from provenance.log.policy import KnownWitness
from provenance.log.proofs import prove_consistency
from provenance.log.witness import WitnessRequest, format_request, parse_latest_size, with_answer
from provenance.ports.outside import Clock
from provenance.ports.stores import Cosignature, Store, StoredCheckpoint
from provenance.ports.witnesses import WitnessAnswer, Witnesses
from provenance.services.publishing import Publishing
from provenance.services.tile_reading import StoredTiles
from provenance.trust import Trust

PATIENCE_SECONDS = 2.0
_FRESH = timedelta(minutes=10)
_AHEAD = timedelta(minutes=5)
_LONGEST_PAUSE_SECONDS = 300.0
_QUESTIONS = 3


@unique
class Outcome(StrEnum):
    """What came of asking one witness; the value is printed, never renamed."""

    CONFIRMED = "confirmed"
    AHEAD = "ahead"
    CONTRADICTED = "contradicted"
    LIED = "lied"
    DECLINED = "declined"
    NOT_HEARD = "not-heard"


@dataclass(frozen=True, slots=True)
class Said:
    """What one witness, by its name in the policy, made of a checkpoint; ``message`` is the fact."""

    witness: str
    outcome: Outcome
    message: str


class Witnessing:
    """The log's side of being witnessed."""

    def __init__(self, store: Store, publishing: Publishing, trust: Trust, witnesses: Witnesses, clock: Clock) -> None:
        self._store, self._publishing, self._trust = store, publishing, trust
        self._witnesses, self._clock = witnesses, clock
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._pauses: dict[str, tuple[float, float]] = {}  # how long, until when

    def confirm(self) -> tuple[Said, ...]:
        """Ask every witness about the newest checkpoint, now; nothing, where there are none to ask."""
        with self._store.reading() as store:
            newest = store.checkpoint()
        return () if newest is None else self._ask(self._trust.policy.witnesses, newest)

    def turn(self) -> tuple[Said, ...]:
        """Ask those who have not confirmed the newest checkpoint yet, or not lately; not those who need a pause."""
        with self._store.reading() as store:
            newest = store.checkpoint()
            kept = {} if newest is None else {one.witness: one.seconds for one in store.cosignatures(newest.size)}
        if newest is None:
            return ()
        stale = (self._clock.now() - _FRESH).timestamp()
        now = time.monotonic()
        due = [
            witness
            for witness in self._trust.policy.witnesses
            if kept.get(str(witness.key), -1) < stale and self._pauses.get(witness.name, (0, now))[1] <= now
        ]
        return self._ask(due, newest)

    def _ask(self, witnesses: Iterable[KnownWitness], newest: StoredCheckpoint) -> tuple[Said, ...]:
        answers: queue.SimpleQueue[Said] = queue.SimpleQueue()
        with self._lock:
            asked = [witness for witness in witnesses if witness.name not in self._busy]
            self._busy.update(witness.name for witness in asked)
        for witness in asked:
            # A thread of its own, which nobody waits for at the end: a witness may take for ever over its answer.
            threading.Thread(
                target=self._hear, name=f"_hear {witness.name}", args=(witness, newest, answers), daemon=True
            ).start()
        deadline, heard = time.monotonic() + PATIENCE_SECONDS, dict[str, Said]()
        while len(heard) < len(asked):
            try:
                said = answers.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            heard[said.witness] = said
        late = f"no answer within {PATIENCE_SECONDS:g} seconds"
        return tuple(self._remember(heard.get(w.name) or Said(w.name, Outcome.NOT_HEARD, late)) for w in asked)

    def _hear(self, witness: KnownWitness, newest: StoredCheckpoint, answers: queue.SimpleQueue[Said]) -> None:
        try:
            said = self._question(witness, newest)
        except ProvenanceError as err:  # not reached, or our own store failed; a bug is for the thread to die of
            said = Said(witness.name, Outcome.NOT_HEARD, err.refusal.message)
        finally:
            with self._lock:
                self._busy.discard(witness.name)
        answers.put(said)

    def _remember(self, said: Said) -> Said:
        if said.outcome is Outcome.CONFIRMED:
            self._pauses.pop(said.witness, None)
        else:
            pause = min(2 * self._pauses.get(said.witness, (0.5, 0.0))[0], _LONGEST_PAUSE_SECONDS)
            self._pauses[said.witness] = (pause, time.monotonic() + pause)
        return said

    def _question(self, witness: KnownWitness, newest: StoredCheckpoint) -> Said:
        """Ask one witness, from the size it confirmed last; again from the size it names instead."""
        if witness.url is None:
            return Said(witness.name, Outcome.DECLINED, "the policy names no address for it")
        with self._store.reading() as store:
            furthest = store.furthest_confirmed().get(str(witness.key), TreeSize(0))
        old = min(furthest, newest.size)
        for _ in range(_QUESTIONS):
            answer = self._witnesses.ask(witness.url, format_request(self._request(old, newest)))
            if answer.status != 409:
                return self._judged(witness, newest, answer)
            try:
                told = TreeSize(parse_latest_size(answer.body))
            except MalformedError:
                return Said(witness.name, Outcome.CONTRADICTED, "it declined with 409 and no size")
            if told > newest.size:
                return self._passed(witness, newest, told)
            if told == old:
                break
            old = told
        return Said(witness.name, Outcome.NOT_HEARD, f"it keeps saying that it has not seen size {old} last")

    def _request(self, old: TreeSize, newest: StoredCheckpoint) -> WitnessRequest:
        proof: tuple[bytes, ...] = ()
        if 0 < old < newest.size:
            with self._store.reading() as store:
                proof = prove_consistency(old_size=old, new_size=newest.size, tiles=StoredTiles(store)).hashes
        return WitnessRequest(old, proof, parse_note(newest.note.encode()))

    def _judged(self, witness: KnownWitness, newest: StoredCheckpoint, answer: WitnessAnswer) -> Said:
        match answer.status:
            case 200:
                return self._confirmed(witness, newest, answer.body)
            case 422:
                message = f"it says that checkpoint {newest.size} does not continue what it saw of this log"
                return Said(witness.name, Outcome.CONTRADICTED, message)
            case 400 | 403 | 404:
                return Said(witness.name, Outcome.DECLINED, f"it declined with {answer.status}")
            case status:
                return Said(witness.name, Outcome.NOT_HEARD, f"it answered {status}")

    def _passed(self, witness: KnownWitness, newest: StoredCheckpoint, told: TreeSize) -> Said:
        with self._store.reading() as store:
            now = store.checkpoint()
        if now is not None and now.size >= told:
            # Another server of this log asked it in between.
            return Said(witness.name, Outcome.NOT_HEARD, f"it has confirmed size {told} meanwhile")
        message = f"it has seen {told} statements of this log, and here are {newest.size} in the newest checkpoint"
        return Said(witness.name, Outcome.AHEAD, message)

    def _confirmed(self, witness: KnownWitness, newest: StoredCheckpoint, body: bytes) -> Said:
        try:
            note = with_answer(parse_note(newest.note.encode()), body, keys=[witness.key])
        except (ForgedError, MalformedError) as err:
            return Said(witness.name, Outcome.LIED, f"its answer confirms nothing: {err.refusal.message}")
        newest_line = max(open_note(note, [witness.key]).verified, key=_seconds)
        if _seconds(newest_line) > (self._clock.now() + _AHEAD).timestamp():
            return Said(witness.name, Outcome.LIED, "it says that it confirmed in time to come")
        line = NoteSignature(newest_line.key.name, newest_line.key.id, newest_line.signature)
        with self._store.writing() as store:
            store.put_cosignature(Cosignature(newest.size, str(witness.key), _seconds(newest_line), str(line)))
            self._publishing.publish(newest, store)
        self._publishing.show()
        return Said(witness.name, Outcome.CONFIRMED, f"it confirmed checkpoint {newest.size}")


def _seconds(one: VerifiedSignature) -> int:
    return one.seconds or 0
