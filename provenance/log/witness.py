"""What a witness answers when a log asks it to confirm a checkpoint, and how both are written.

Rules (https://c2sp.org/tlog-witness, ``add-checkpoint``), in the order in which they are checked:

* the request is the size the log believes the witness saw last, a consistency proof of at most 63
  hashes, a blank line, and the checkpoint note::

    old 20852014
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=

    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5…

* 404, a log we do not know; 403, the log did not sign; 400, not the form above, or an old size
  above the checkpoint's;
* 409 with our size, where the old size is not what we saw last (0 where we saw nothing);
* 422, a proof that does not hold: from size 0 it is empty, at the same size the roots are equal;
* else 200: the checkpoint is stored *first*, if ours is still the last one, and only then cosigned.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding.textual import format_base64, parse_base64, parse_size
from provenance.errors import ForgedError, MalformedError, Refusal
from provenance.log.checkpoint import Checkpoint, VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from provenance.log.merkle import EMPTY_ROOT, HASH_SIZE
from provenance.log.note import (
    Note,
    NoteSignature,
    VerifierKey,
    format_note,
    open_note,
    parse_note,
    parse_signature_lines,
)
from provenance.log.proofs import verify_consistency
from provenance.log.tiles import LARGEST_SIZE

LARGEST_REQUEST = 128 * 1024
MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class WitnessRequest:
    """What a log asks a witness: the size it starts from, the proof, the new checkpoint; not checked yet."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note

    def __post_init__(self) -> None:
        if not 0 <= self.old_size <= LARGEST_SIZE:
            raise _malformed(f"an old size is between 0 and 2^63-1, not {self.old_size}")
        if len(self.proof) > MOST_HASHES or any(len(hash_) != HASH_SIZE for hash_ in self.proof):
            raise _malformed(f"a proof has at most {MOST_HASHES} hashes of {HASH_SIZE} bytes")
        parse_checkpoint(self.note.text)

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says, be it signed or not."""
        return parse_checkpoint(self.note.text)


@dataclass(frozen=True, slots=True)
class Confirmable:
    """The answer is 200: store this checkpoint in place of the latest, then cosign it."""

    verified: VerifiedCheckpoint


@dataclass(frozen=True, slots=True)
class Declined:
    """The answer is another: its HTTP status, why, and for 409 the size that we saw last."""

    status: int
    refusal: Refusal
    latest_size: int | None = None


def parse_request(body: bytes) -> WitnessRequest:
    """The request in a body; accepts only what ``format_request`` prints. A refusal is answered 400."""
    if len(body) > LARGEST_REQUEST:
        raise MalformedError(Code.TOO_LARGE, f"a request has at most {LARGEST_REQUEST} bytes, not {len(body)}")
    head, _, note = body.partition(b"\n\n")
    try:
        old, *lines = head.decode("ascii").split("\n")
        if not old.startswith("old "):
            raise _malformed("a request begins with the old size")
        old_size = parse_size(old[4:])
        proof = tuple(parse_base64(line, length=HASH_SIZE) for line in lines)
    except UnicodeDecodeError as err:
        raise _malformed(f"byte {err.start} is not ASCII") from err
    except MalformedError as err:
        raise _malformed(err.refusal.message) from err
    return WitnessRequest(old_size, proof, parse_note(note))


def format_request(request: WitnessRequest) -> bytes:
    """The body that asks this."""
    lines = (f"old {request.old_size}", *map(format_base64, request.proof))
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + format_note(request.note)


def decide(
    request: WitnessRequest, *, log_keys: Collection[VerifierKey], latest: Checkpoint | None
) -> Confirmable | Declined:
    """What to answer, given the keys of the log with this origin (none, if unknown) and what we confirmed last.

    ``Confirmable`` holds only as long as ``latest`` is still what we confirmed last: whoever
    stores must compare and set.
    """
    checkpoint, old_size = request.checkpoint, request.old_size
    if not log_keys:
        return _declined(404, Code.UNKNOWN_LOG, f"the log {checkpoint.origin} is not known here")
    try:
        verified = verify_checkpoint(request.note, log_keys=log_keys)
    except ForgedError as err:
        return Declined(403, err.refusal)
    if old_size > checkpoint.size:
        message = f"the old size {old_size} is above the checkpoint's {checkpoint.size}"
        return _declined(400, Code.MALFORMED_WITNESS_REQUEST, message)
    seen = latest.size if latest else 0
    if old_size != seen:
        refusal = Refusal(Code.WRONG_OLD_SIZE, f"the last size seen here is {seen}, not {old_size}")
        return Declined(409, refusal, latest_size=seen)
    if refused := _inconsistency(latest, checkpoint, request.proof):
        return Declined(422, refused)
    return Confirmable(verified)


def format_latest_size(size: int) -> bytes:
    """The body of a 409 answer (``text/x.tlog.size``).

    >>> format_latest_size(7)
    b'7\\n'
    """
    return b"%d\n" % size


def parse_latest_size(body: bytes) -> int:
    """The size in the body of a 409 answer."""
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError as err:
        raise _malformed("the answer holds no size") from err
    if not text.endswith("\n"):
        raise _malformed("the answer does not end in a newline")
    return parse_size(text[:-1])


def with_answer(note: Note, answer: bytes, *, keys: Collection[VerifierKey]) -> Note:
    """The note with the lines of a 200 answer that these witness keys made, in place of their older ones.

    Lines of other keys are dropped. Refuses an answer in which none of these keys signed, or in
    which a line of theirs does not hold.
    """
    try:
        lines = parse_signature_lines(answer.decode())
    except UnicodeDecodeError as err:
        raise MalformedError(Code.MALFORMED_NOTE, f"byte {err.start} of the answer is not UTF-8") from err
    verified = open_note(Note(note.text, lines), keys).verified
    fresh = tuple(NoteSignature(one.key.name, one.key.id, one.signature) for one in verified)
    renewed = {(line.name, line.key_id) for line in fresh}
    kept = tuple(line for line in note.signatures if (line.name, line.key_id) not in renewed)
    return Note(note.text, kept + fresh)


def _inconsistency(latest: Checkpoint | None, checkpoint: Checkpoint, proof: Sequence[bytes]) -> Refusal | None:
    """Why the checkpoint does not follow from the latest; ``None`` where it does."""
    seen, root = (latest.size, latest.root) if latest else (0, EMPTY_ROOT)
    if seen == checkpoint.size and root != checkpoint.root:
        return Refusal(
            Code.INCONSISTENT_LOG,
            f"{checkpoint.origin} signed two roots for {seen} entries",
            evidence={"old-root": root.hex(), "new-root": checkpoint.root.hex()},
        )
    if seen == 0 and checkpoint.size > 0:
        # Nothing was seen, so nothing can be proven; an empty proof is the rule.
        return Refusal(Code.BAD_PROOF, "a proof from size 0 is empty") if proof else None
    try:
        verify_consistency(
            old_size=seen, old_root=root, new_size=checkpoint.size, new_root=checkpoint.root, proof=proof
        )
    except ForgedError as err:
        return err.refusal
    return None


def _declined(status: int, code: Code, message: str) -> Declined:
    return Declined(status, Refusal(code, message))


def _malformed(message: str) -> MalformedError:
    return MalformedError(Code.MALFORMED_WITNESS_REQUEST, message)
