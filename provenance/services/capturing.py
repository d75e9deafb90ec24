"""Taking in what parties signed: read, verify, put into the log, and say for each what became of it.

Rules:

* ``accepted`` means valid and durable; ``recorded`` means in a signed checkpoint; ``confirmed`` (by independent
  witnesses) is never claimed here;
* one answer per envelope, in order; a bad one spoils nothing beside it;
* the same statement again gets the same receipt.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.crypto.envelope import from_json, pae
from provenance.crypto.keys import PublicKey
from provenance.custody.statements import Held, SignedStatement, VerifiedStatement, introduced_by, read, verify
from provenance.encoding.canonical import Json
from provenance.errors import ForgedError, MalformedError, ProvenanceError, Refusal
from provenance.ids import KeyId, LeafIndex, PartyId, StatementHash
from provenance.ports.outside import Clock
from provenance.ports.signatures import Claim, SignatureChecks
from provenance.ports.stores import DiaryEntry, Store
from provenance.services.drafting import Drafting
from provenance.services.guarding import Guard
from provenance.services.sequencing import LARGEST_BATCH, Sequenced, Sequencer


@unique
class Status(StrEnum):
    """How far a statement has come; the value is sent and never renamed."""

    ACCEPTED = "accepted"
    RECORDED = "recorded"
    CONFIRMED = "confirmed"


Keys = dict[KeyId, PublicKey]

_AT_ONCE = 32  # statements read before their signatures are sent to be checked
_PART = 64  # statements a thread takes at once
_FORGERY_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A statement's place in the log and how far it has come; ``is_repeat``: it was there before.

    ``confirmed_by`` names the witnesses that confirmed it, be they enough or not (``services.following``).
    """

    hash: StatementHash
    index: LeafIndex
    status: Status
    is_repeat: bool
    confirmed_by: tuple[str, ...] = ()


class Capturing:
    """The one way in for signed statements."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        sequencer: Sequencer,
        drafting: Drafting,
        guarding: Guard,
        *,
        checks: SignatureChecks,
        largest_body: int,
    ) -> None:
        self._store, self._clock, self._sequencer = store, clock, sequencer
        self._drafting, self._guarding, self._largest_body = drafting, guarding, largest_body
        self._checks = checks
        self._threads = ThreadPoolExecutor(thread_name_prefix="signatures")

    def capture(self, envelopes: Sequence[Json]) -> tuple[Receipt | Refusal, ...]:
        """A receipt or a refusal for each envelope; raises only when the store fails, is too busy or read-only."""
        self._guarding.require_open()
        if not envelopes:
            raise MalformedError(Code.EMPTY_LIST, "there is no statement to capture")
        keys = dict(self._drafting.keys())
        results: list[Receipt | Refusal] = []
        for start in range(0, len(envelopes), LARGEST_BATCH):
            with _no_cycle_search():
                results += self._capture_batch(envelopes[start : start + LARGEST_BATCH], keys)
        return tuple(results)

    def _capture_batch(self, envelopes: Sequence[Json], keys: Keys) -> list[Receipt | Refusal]:
        signed: list[SignedStatement | Refusal] = []
        with self._checks.round(len(envelopes)) as beside:
            for start in range(0, len(envelopes), _AT_ONCE):
                part = [self._read(envelope, keys) for envelope in envelopes[start : start + _AT_ONCE]]
                beside.begin(claim for one in part if isinstance(one, SignedStatement) for claim in _claims(one, keys))
                signed += part
            held = beside.held()
        # libsodium works outside the interpreter's lock, so threads check on every core what nobody else did.
        parts = [signed[start : start + _PART] for start in range(0, len(signed), _PART)]
        checking = map if held else self._threads.map
        checked = checking(lambda part: [self._verified(s, keys, held) for s in part], parts)
        prepared = [statement for part in checked for statement in part]
        outcomes = iter(self._sequencer.sequence([s for s in prepared if isinstance(s, VerifiedStatement)]))
        return [s if isinstance(s, Refusal) else _receipt(s, next(outcomes)) for s in prepared]

    def _read(self, envelope: Json, keys: Keys) -> SignedStatement | Refusal:
        """The envelope read, or why not; keys that an entry introduces serve those after it."""
        try:
            parsed = from_json(envelope)
            if len(parsed.body) > self._largest_body:
                message = f"the body has {len(parsed.body)} bytes, {self._largest_body} are allowed"
                raise MalformedError(Code.TOO_LARGE, message, pointer="/payload")
            statement = read(parsed)
        except ProvenanceError as err:
            return err.refusal
        keys |= introduced_by(statement)
        return statement

    def _verified(self, statement: SignedStatement | Refusal, keys: Keys, held: Held) -> VerifiedStatement | Refusal:
        if isinstance(statement, Refusal):
            return statement
        try:
            return verify(statement, keys.get, held)
        except ForgedError as err:
            self._note_forgery(statement, err.refusal)
            return err.refusal

    def _note_forgery(self, statement: SignedStatement, refusal: Refusal) -> None:
        """Nobody can be held to a signature that does not hold: one line per thing, counted once a minute.

        Only for what exists: else anyone could fill the diary with names, or the writer's time.
        """
        if refusal.code is not Code.BAD_SIGNATURE:
            return
        now = self._clock.now()
        for subject in statement.about.subjects[:1]:
            with self._store.reading() as store:
                told = [entry for entry in store.diary(subject) if entry.code is refusal.code]
                is_news = bool(store.standings([subject])) and all(now - e.last_at >= _FORGERY_PAUSE for e in told)
            if is_news:
                with self._store.writing() as store:
                    store.note_refusal(DiaryEntry(subject, refusal.code, PartyId(""), now, now, 1))


def _claims(statement: SignedStatement, keys: Keys) -> Iterator[Claim]:
    """What the signatures claim whose keys are known."""
    message = pae(statement.envelope.payload_type, statement.envelope.body)
    for signature in statement.envelope.signatures:
        if (key := keys.get(signature.key)) is not None:
            yield Claim(statement.hash, key, message, signature.sig)


def _receipt(statement: VerifiedStatement, outcome: Sequenced | Refusal) -> Receipt | Refusal:
    if isinstance(outcome, Refusal):
        return outcome
    status = Status.RECORDED if outcome.is_recorded else Status.ACCEPTED
    return Receipt(statement.hash, outcome.index, status, outcome.is_repeat)


@contextmanager
def _no_cycle_search() -> Iterator[None]:
    """A batch makes tens of thousands of objects and no cycles: looking for some costs a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
