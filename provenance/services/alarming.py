"""Noticing what a log did not show, or should not have done, and keeping the evidence.

Rules:

* a checkpoint is *stale* when the last time at which a quorum of witnesses had spoken on it is too long ago. Where
  the trust file asks for no witnesses nobody says when it was, so nobody can say that it is old;
* a head is *withheld* when somebody holds a larger checkpoint of this log, signed by it, a minute or more older than
  now: a witness, asked by its own address and not by the log's, or whoever brings a checkpoint, proof or bundle;
* a checkpoint that somebody holds and that is no beginning of the copy is a fork: both are kept (``log.conflict``);
* a statement that breaks the log's own rules (``judging``) is kept with the proof that the log recorded it
  (``log.breach``);
* of every alarm a file stays with the copy (``filing``). A witness that is silent, or says nothing that the log signed,
  gives no alarm: it can't be told from a liar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError, ProvenanceError, Refusal, RefusedError
from provenance.ids import LeafIndex
from provenance.log.alarm import Alarm, Kind
from provenance.log.breach import Breach
from provenance.log.confirmation import ConfirmationState, confirmation_of
from provenance.log.note import Note, parse_note
from provenance.log.proofs import prove_inclusion
from provenance.log.tiles import root_from_tiles
from provenance.ports.outside import Clock, OwnBodies, PublishedLog, TileFiles
from provenance.services.copy_reading import CopiedTiles, CopyReading
from provenance.services.filing import file_alarm, file_breach, file_conflict
from provenance.trust import Trust

GRACE = timedelta(minutes=1)


class Alarming:
    """What others know of one log: ``witnesses`` can be asked, by name, and ``brought`` are notes at hand."""

    def __init__(
        self,
        files: TileFiles,
        trust: Trust,
        clock: Clock,
        *,
        witnesses: Mapping[str, PublishedLog],
        brought: Iterable[Note] = (),
        stale_after: timedelta,
    ) -> None:
        self._files, self._trust, self._clock = files, trust, clock
        self._witnesses, self._brought, self._stale_after = witnesses, tuple(brought), stale_after

    def check(self, shown: ConfirmationState) -> None:
        """Refuse, with a file in ``evidence/``, a checkpoint that is older or smaller than it should be, or forked."""
        for known in self._known():
            if known.checkpoint.size > shown.checkpoint.size:
                self._require_recent(known, shown)
            elif self._root(known.checkpoint.size, shown) != known.checkpoint.root:
                raise self._forked(known, shown)
        self._require_fresh(shown)

    def rolled_back(self, *, known: str, shown: str) -> None:
        """Keep a file about a log that showed less than it had shown here before: both notes."""
        self._keep(Kind.ROLLED_BACK, parse_note(shown.encode()), parse_note(known.encode()))

    def rule_broken(self, copy: CopyReading, refusal: Refusal, own: OwnBodies) -> RefusedError:
        """Keep a file about the statement that a refusal of ``judging`` names: its entry, body and proof; the alarm."""
        index = LeafIndex(int(refusal.evidence["leaf"]))
        ((_, entry),) = copy.entries(index, LeafIndex(index + 1))
        breach = Breach(
            self._trust.log,
            copy.state.evidence,
            index,
            entry,
            _body(copy, index, entry),
            prove_inclusion(index=index, size=copy.size, tiles=copy.tiles).hashes,
            Code(refusal.evidence["code"]),
            refusal.message,
            self._clock.now(),
        )
        path = file_breach(own, breach)
        return RefusedError(Code.RULE_BROKEN, f"{refusal.message}: {path}", evidence=refusal.evidence)

    def _known(self) -> Iterator[ConfirmationState]:
        for note in self._brought:
            yield confirmation_of(note, self._trust.policy)
        origin = hashlib.sha256(self._trust.origin.encode()).hexdigest()
        for witness in self._witnesses.values():
            try:
                state = confirmation_of(parse_note(witness.read(f"{origin}/checkpoint")), self._trust.policy)
            except ProvenanceError:
                continue  # silent, or no word of the log's: nothing follows from it
            yield state

    def _require_recent(self, known: ConfirmationState, shown: ConfirmationState) -> None:
        newest = max((one.seconds for one in known.confirmations), default=0)
        if self._clock.now().timestamp() - newest <= GRACE.total_seconds():
            return  # the log may be about to show it
        path = self._keep(Kind.HEAD_WITHHELD, shown.evidence, known.evidence)
        message = f"the log shows {shown.checkpoint.size} entries, and has signed {known.checkpoint.size}: {path}"
        raise RefusedError(Code.HEAD_WITHHELD, message)

    def _require_fresh(self, shown: ConfirmationState) -> None:
        seconds = shown.as_of_seconds
        if seconds is None:
            return
        age = timedelta(seconds=int(self._clock.now().timestamp()) - seconds)
        if age > self._stale_after:
            path = self._keep(Kind.STALE, shown.evidence, None)
            raise RefusedError(Code.STALE_CHECKPOINT, f"a quorum confirmed the checkpoint {age} ago: {path}")

    def _root(self, size: int, shown: ConfirmationState) -> bytes:
        return root_from_tiles(size, CopiedTiles(self._files, shown.checkpoint.size))

    def _forked(self, known: ConfirmationState, shown: ConfirmationState) -> ForgedError:
        tiles = CopiedTiles(self._files, shown.checkpoint.size)
        filed = file_conflict(self._files, self._trust.log, known, shown, tiles)
        sizes = f"{known.checkpoint.size} entries that others were shown and the {shown.checkpoint.size} shown here"
        return ForgedError(Code.INCONSISTENT_LOG, f"the {sizes} are two histories: {filed.path}")

    def _keep(self, kind: Kind, shown: Note, known: Note | None) -> str:
        return file_alarm(self._files, Alarm(kind, self._trust.log, shown, known, self._clock.now()))


def _body(copy: CopyReading, index: LeafIndex, entry: bytes) -> bytes:
    try:
        statement = copy.statement(index, entry)
    except MalformedError:
        return b""  # the entry itself is none, which is the breach
    return b"" if statement is None else statement.body
