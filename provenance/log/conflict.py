"""Evidence that a log told two stories: two checkpoints it signed, of which not both can be true.

Rules:

* the file is one JSON object in its RFC 8785 form; both checkpoints stand in it whole, with the log's signatures::

    {"conflict":"provenance.conflict/v1","first":"log.example\\n7\\n…","log":"log.example+24d4…+AWBD…",
     "second":"log.example\\n7\\n…"}

* two roots for one size prove it: whoever has the log's key can see that, with nobody's help;
* two sizes prove it where the file has a member ``proof``, hashes in base64, the member between ``log`` and ``second``:
  they lead to the root of the larger tree, and show that its first leaves have another root than the smaller
  checkpoint says (``log.proofs.verify_beginning``). Whoever has the larger tree's tiles can make it;
* two sizes without it prove nothing. That the larger tree does not begin with the smaller one is then a witness's word,
  until the log shows a consistency proof or fails to;
* whatever else stands in the notes (cosignatures) is not checked here, and not needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_base64, parse_base64
from provenance.errors import MalformedError
from provenance.log.checkpoint import Checkpoint, open_checkpoint
from provenance.log.note import Note, VerifierKey, format_note, parse_note, parse_verifier_key
from provenance.log.proofs import verify_beginning

VERSION = "provenance.conflict/v1"


@unique
class Contradiction(StrEnum):
    """What two checkpoints of one log say about it; the value is printed, never renamed."""

    PROVEN = "proven"
    CLAIMED = "claimed"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two checkpoints said to be of one log; not checked yet."""

    log: VerifierKey
    first: Note
    second: Note
    proof: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedConflict:
    """Two checkpoints that the log did sign, and what they prove."""

    first: Checkpoint
    second: Checkpoint
    contradiction: Contradiction


def format_conflict(conflict: Conflict) -> bytes:
    """The file; ``parse_conflict`` gives the conflict back."""
    members: dict[str, JsonLike] = {
        "conflict": VERSION,
        "log": str(conflict.log),
        "first": format_note(conflict.first).decode(),
        "second": format_note(conflict.second).decode(),
    }
    if conflict.proof:
        members["proof"] = [format_base64(hash_) for hash_ in conflict.proof]
    return canonical.dump(members)


def parse_conflict(data: bytes) -> Conflict:
    """The conflict in a file; accepts only what ``format_conflict`` prints."""
    match canonical.parse_whole(data):
        case {
            "conflict": "provenance.conflict/v1",
            "log": str(log),
            "first": str(first),
            "second": str(second),
            **rest,
        } if not rest.keys() - {"proof"}:
            proof = _proof(rest.get("proof", []))
        case _:
            raise MalformedError(Code.MALFORMED_CONFLICT, f"an object of conflict ({VERSION}), log, first and second")
    conflict = Conflict(parse_verifier_key(log), parse_note(first.encode()), parse_note(second.encode()), proof)
    if format_conflict(conflict) != data:
        raise MalformedError(Code.MALFORMED_CONFLICT, "the file is not spelled as evidence is printed")
    return conflict


def judge(conflict: Conflict) -> JudgedConflict:
    """What the two checkpoints prove; refuses what the log did not sign, and what is no contradiction at all."""
    first, second = (
        open_checkpoint(format_note(note), log_keys=[conflict.log]).checkpoint
        for note in (conflict.first, conflict.second)
    )
    smaller, larger = sorted((first, second), key=lambda checkpoint: checkpoint.size)
    if smaller.size == larger.size:
        if conflict.proof:
            raise MalformedError(Code.MALFORMED_CONFLICT, "two roots for one size need no proof")
        beginning = larger.root
    elif conflict.proof:
        beginning = verify_beginning(
            size=smaller.size, new_size=larger.size, new_root=larger.root, proof=conflict.proof
        )
    else:
        return JudgedConflict(first, second, Contradiction.CLAIMED)
    if beginning == smaller.root:
        raise MalformedError(Code.MALFORMED_CONFLICT, f"both checkpoints say the same of {smaller.size} entries")
    return JudgedConflict(first, second, Contradiction.PROVEN)


def _proof(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list):
        raise MalformedError(Code.MALFORMED_CONFLICT, "a proof is a list of hashes", pointer="/proof")
    return tuple(_hash(one, f"/proof/{at}") for at, one in enumerate(value))


def _hash(value: object, pointer: str) -> bytes:
    if not isinstance(value, str):
        raise MalformedError(Code.MALFORMED_CONFLICT, "a hash is written in base64", pointer=pointer)
    return parse_base64(value)
