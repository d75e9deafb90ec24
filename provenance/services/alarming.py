"""Noticing that a log shows too little: an old checkpoint, or one that others have seen it go beyond.

Rules:

* a checkpoint is *stale* when the last time at which a quorum of witnesses had spoken on it is too long ago. Where
  the trust file asks for no witnesses nobody says when it was, so nobody can say that it is old;
* a head is *withheld* when somebody holds a larger checkpoint of this log, signed by it, a minute or more older than
  now: a witness, asked by its own address and not by the log's, or whoever brings a checkpoint, proof or bundle;
* a checkpoint that somebody holds and that is no beginning of the copy is a fork: both are kept (``log.conflict``);
* of every alarm a file stays in ``evidence/`` (``log.alarm``). A witness that is silent, or says nothing that the log
  signed, gives no alarm: it can't be told from a liar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from provenance.codes import Code
from provenance.errors import ForgedError, ProvenanceError, RefusedError
from provenance.log.alarm import Alarm, Kind, format_alarm
from provenance.log.confirmation import ConfirmationState, confirmation_of
from provenance.log.conflict import Conflict, format_conflict
from provenance.log.note import Note, parse_note
from provenance.log.tiles import root_from_tiles
from provenance.ports.outside import Clock, PublishedLog, TileFiles
from provenance.services.copy_reading import CopiedTiles
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
        data = format_conflict(Conflict(self._trust.log, known.evidence, shown.evidence))
        path = self._write("conflict", data)
        sizes = f"{known.checkpoint.size} entries that others were shown and the {shown.checkpoint.size} shown here"
        return ForgedError(Code.INCONSISTENT_LOG, f"the {sizes} are two histories: {path}")

    def _keep(self, kind: Kind, shown: Note, known: Note | None) -> str:
        alarm = Alarm(kind, self._trust.log, shown, known, self._clock.now())
        return self._write("alarm", format_alarm(alarm))

    def _write(self, name: str, data: bytes) -> str:
        path = f"evidence/{name}-{hashlib.sha256(data).hexdigest()[:16]}.json"
        self._files.write(path, data)
        return path
