"""Being a witness: confirming that a log only grows, and keeping the evidence when it does not.

Rules (C2SP tlog-witness; the decisions are ``log.witness``):

* a cosignature leaves this machine only after its checkpoint is durable, and only if the checkpoint it was judged
  against was still the newest: two at once that contradict each other can't both be confirmed;
* the note is kept whole, with the log's signature: without it misbehaviour could be seen and not shown;
* what a log signed against what it had signed before is kept as evidence, whatever size the request began with;
* a witness looks at no entry: it says nothing about what the log's statements claim.
"""

from __future__ import annotations

import hashlib

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.errors import MalformedError, Refusal
from provenance.log.checkpoint import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from provenance.log.conflict import Conflict
from provenance.log.note import Note, NoteSignature, VerifierKey, cosign_note, cosigner_key, format_note
from provenance.log.witness import Confirmable, Declined, decide, format_latest_size, parse_request
from provenance.ports.outside import Clock
from provenance.ports.witnesses import Seen, WitnessAnswer, WitnessStore


class Confirming:
    """A witness under one name, with one key."""

    def __init__(self, store: WitnessStore, clock: Clock, *, name: str, key: SigningKey) -> None:
        self._store, self._clock, self._name, self._key = store, clock, name, key

    @property
    def verifier(self) -> VerifierKey:
        """What others check this witness's word with."""
        return cosigner_key(self._name, self._key.public)

    def answer(self, body: bytes) -> WitnessAnswer:
        """The answer to an ``add-checkpoint`` request: 200 with a cosignature line, or why not."""
        try:
            request = parse_request(body)
        except MalformedError as err:
            return _declined(400, err.refusal)
        origin = request.checkpoint.origin
        keys, seen = self._store.log_keys(origin), self._store.latest(origin)
        match decide(request, log_keys=keys, latest=seen.checkpoint if seen else None):
            case Declined(status, refusal, latest_size):
                if status in (409, 422):  # the log did sign it, which is the first thing that is looked at
                    self._keep_evidence(verify_checkpoint(request.note, log_keys=keys), seen, status)
                return _declined(status, refusal, latest_size)
            case Confirmable(verified):
                return self._confirm(verified, seen)

    def latest(self, origin_hash: str) -> bytes | None:
        """The newest confirmed checkpoint of the log whose origin has this SHA-256 (hex), as a note, or ``None``."""
        for key in self._store.logs():
            if hashlib.sha256(key.name.encode()).hexdigest() == origin_hash:
                seen = self._store.latest(key.name)
                return format_note(seen.note) if seen else None
        return None

    def _confirm(self, verified: VerifiedCheckpoint, seen: Seen | None) -> WitnessAnswer:
        checkpoint, note = verified.checkpoint, _as_the_log_signed_it(verified)
        line = cosign_note(note, name=self._name, key=self._key, seconds=int(self._clock.now().timestamp()))
        kept = Seen(checkpoint, Note(note.text, (*note.signatures, line)))
        if not self._store.replace(checkpoint.origin, old=seen.checkpoint if seen else None, new=kept):
            # Somebody was faster: our line goes nowhere, and the log may look again.
            newest = self._store.latest(checkpoint.origin)
            size = newest.checkpoint.size if newest else 0
            return _declined(409, Refusal(Code.WRONG_OLD_SIZE, f"the last size seen here is {size}"), size)
        return WitnessAnswer(200, str(line).encode())

    def _keep_evidence(self, verified: VerifiedCheckpoint, seen: Seen | None, status: int) -> None:
        """What the log signed against what it had signed before; nothing, where it may only be late."""
        checkpoint = verified.checkpoint
        before = self._store.confirmed(checkpoint.origin, checkpoint.size)
        if before is None and status == 422 and seen is not None:
            before = seen.note
        if before is not None and parse_checkpoint(before.text).root != checkpoint.root:
            self._store.note_conflict(Conflict(verified.verified[0].key, before, _as_the_log_signed_it(verified)))


def _as_the_log_signed_it(verified: VerifiedCheckpoint) -> Note:
    """The note with the log's own lines; what others put below it is neither needed nor kept."""
    lines = (NoteSignature(one.key.name, one.key.id, one.signature) for one in verified.verified)
    return Note(verified.note.text, tuple(lines))


def _declined(status: int, refusal: Refusal, latest_size: int | None = None) -> WitnessAnswer:
    if latest_size is not None:
        return WitnessAnswer(status, format_latest_size(latest_size))
    return WitnessAnswer(status, f"{refusal}\n".encode())
