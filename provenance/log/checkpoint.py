"""Checkpoints: the log's signed word on how many entries it has, and what their root is.

Rules (https://c2sp.org/tlog-checkpoint):

* the text of the note is three lines, then any extension lines, none of them empty::

    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

* that is the origin (the log's one name), the size without leading zeros, and the 32-byte root;
* the log signs under its origin (Ed25519, type 0x01), and signs no two checkpoints of which one is
  not the beginning of the other;
* there is no time in it: when it was seen, witnesses say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.encoding.textual import format_base64, parse_base64, parse_size
from provenance.errors import ForgedError, MalformedError
from provenance.log.merkle import HASH_SIZE
from provenance.log.note import Note, VerifiedSignature, VerifierKey, open_note, parse_note, sign
from provenance.log.tiles import LARGEST_SIZE


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a log: its origin, how many entries, their root, and extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for line in (self.origin, *self.extensions):
            if not line or "\n" in line:
                raise MalformedError(Code.MALFORMED_CHECKPOINT, f"not one line that says something: {line[:60]!r}")
        if not 0 <= self.size <= LARGEST_SIZE:
            raise MalformedError(Code.MALFORMED_CHECKPOINT, f"a tree has 0 to 2^63-1 leaves, not {self.size}")
        if len(self.root) != HASH_SIZE:
            raise MalformedError(Code.MALFORMED_CHECKPOINT, f"a root has {HASH_SIZE} bytes, not {len(self.root)}")


@dataclass(frozen=True, slots=True)
class VerifiedCheckpoint:
    """A checkpoint that its log signed, the note it came in, and each signature of a known key."""

    checkpoint: Checkpoint
    note: Note
    verified: tuple[VerifiedSignature, ...]


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint in the text of a note; accepts only what ``format_checkpoint`` prints.

    >>> parse_checkpoint("log.example\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n").size
    0
    """
    match text.split("\n"):
        case [origin, size, root, *extensions, ""]:
            pass
        case _:
            raise MalformedError(Code.MALFORMED_CHECKPOINT, "a checkpoint is at least three lines")
    try:
        return Checkpoint(origin, parse_size(size), parse_base64(root, length=HASH_SIZE), tuple(extensions))
    except MalformedError as err:
        raise MalformedError(Code.MALFORMED_CHECKPOINT, err.refusal.message) from err


def format_checkpoint(checkpoint: Checkpoint) -> str:
    """The text of the note that says this."""
    lines = (checkpoint.origin, str(checkpoint.size), format_base64(checkpoint.root), *checkpoint.extensions)
    return "".join(f"{line}\n" for line in lines)


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> Note:
    """The checkpoint as a note, signed by its log under its origin.

    That the log never signed another history is for the caller to make sure of, before.
    """
    text = format_checkpoint(checkpoint)
    return Note(text, (sign(text, name=checkpoint.origin, key=key),))


def open_checkpoint(
    data: bytes, *, log_keys: Iterable[VerifierKey], witness_keys: Iterable[VerifierKey] = ()
) -> VerifiedCheckpoint:
    """The checkpoint in a note, once one of the log keys is found to have signed it.

    The key's name must be the origin. Refuses, as every note, a line of a known key that does not
    hold. Whether enough witnesses confirmed it is asked of ``log.policy``.
    """
    return verify_checkpoint(parse_note(data), log_keys=log_keys, witness_keys=witness_keys)


def verify_checkpoint(
    note: Note, *, log_keys: Iterable[VerifierKey], witness_keys: Iterable[VerifierKey] = ()
) -> VerifiedCheckpoint:
    """Like ``open_checkpoint``, for a note that was parsed already."""
    logs = frozenset(log_keys)
    verified = open_note(note, logs.union(witness_keys)).verified
    checkpoint = parse_checkpoint(note.text)
    # tlog-policy: the name of the log's key is the log's origin, or a key of one log would vouch for another's.
    if not any(one.key in logs and one.key.name == checkpoint.origin for one in verified):
        raise ForgedError(Code.UNTRUSTED_CHECKPOINT, f"no known key of {checkpoint.origin} signed the checkpoint")
    return VerifiedCheckpoint(checkpoint, note, verified)
