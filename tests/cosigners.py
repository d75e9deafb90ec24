"""A log and three witnesses for tests, with keys that anyone can make again."""

from __future__ import annotations

import hashlib

from provenance.crypto.keys import SigningKey, signing_key_from_seed
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.note import Note, VerifierKey, cosign_note, cosigner_key, signer_key
from tests.trees import numbered_leaves, plain_root

ORIGIN = "log.example/tests"
WITNESSES = ("w1.example", "w2.example", "w3.example")
LEAVES = numbered_leaves(40)


def known_key(owner: str) -> SigningKey:
    """The private key of this owner in tests: everybody knows it."""
    return signing_key_from_seed(hashlib.sha256(f"test key of {owner}".encode()).digest())


LOG_KEY = known_key(ORIGIN)
LOG_VERIFIER: VerifierKey = signer_key(ORIGIN, LOG_KEY.public)
WITNESS_VERIFIERS = {name: cosigner_key(name, known_key(name).public) for name in WITNESSES}
TWO_OF_THREE = "".join(
    [
        *(f"witness {name} {key}\n" for name, key in WITNESS_VERIFIERS.items()),
        f"group enough 2 {' '.join(WITNESSES)}\n",
        "quorum enough\n",
    ]
).encode()
POLICY_2_OF_3 = f"log {LOG_VERIFIER}\n".encode() + TWO_OF_THREE


def checkpoint_of(size: int, *extensions: str) -> Checkpoint:
    """What the log says at this size."""
    return Checkpoint(ORIGIN, size, plain_root(LEAVES[:size]), extensions)


def signed(checkpoint: Checkpoint, **seconds: int) -> Note:
    """The checkpoint as a note of the log, confirmed by witnesses at these times: ``w1=…``."""
    note = sign_checkpoint(checkpoint, LOG_KEY)
    return cosigned(note, **seconds)


def cosigned(note: Note, **seconds: int) -> Note:
    """The note with one more confirmation for each of these witnesses: ``w1=…``."""
    lines = tuple(
        cosign_note(note, name=f"{short}.example", key=known_key(f"{short}.example"), seconds=when)
        for short, when in seconds.items()
    )
    return Note(note.text, note.signatures + lines)
