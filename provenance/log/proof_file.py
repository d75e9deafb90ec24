"""A file that proves, offline, that something is in a log and that witnesses saw it there.

Rules (https://c2sp.org/tlog-proof, version 1):

* lines of text, then a blank line and the checkpoint note as it came::

    c2sp.org/tlog-proof@v1
    extra dXJuOnV1aWQ6ZGVtbw==
    index 4
    zWD2wvEGDflsrNV5RAXfIl7zf99fu2VM3HJKX6P+THI=
    hVqRxrvpT1tA/b/2zT/t/5RXwi+lM4Clp2AoY5bRmwI=
    MwFXNIsphb0cRlfkTzYorpF23YKBH/sxqOARud6ouaE=

    log.example/prov
    7
    gTvaOkIAD4KUtqlU6oN5LC3vrmUkbvdgr5/dU699Rjg=

    — log.example/prov JNQtjYCt0NWXCZZ1vYWTXmr9G6gb0f8f…

* ``extra`` may be left out; nothing signs it, so it is believed only as far as the leaf hash
  computed from it agrees;
* the entry itself is not in the file: whoever checks computes its leaf hash from what they hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.encoding.textual import format_base64, parse_base64, parse_size
from provenance.errors import MalformedError
from provenance.log.checkpoint import parse_checkpoint
from provenance.log.confirmation import ConfirmationState, require_confirmed
from provenance.log.merkle import HASH_SIZE
from provenance.log.note import Note, format_note, parse_note
from provenance.log.policy import Policy
from provenance.log.proofs import verify_inclusion
from provenance.log.tiles import LARGEST_SIZE

HEADER = "c2sp.org/tlog-proof@v1"
LARGEST_PROOF_FILE = 256 * 1024
MOST_HASHES = 63


@dataclass(frozen=True, slots=True)
class ProofFile:
    """An index, the hashes beside its path, a checkpoint note, and what rides along; not checked yet."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index <= LARGEST_SIZE:
            raise _malformed(f"an index is between 0 and 2^63-1, not {self.index}")
        if len(self.hashes) > MOST_HASHES or any(len(hash_) != HASH_SIZE for hash_ in self.hashes):
            raise _malformed(f"a proof has at most {MOST_HASHES} hashes of {HASH_SIZE} bytes")
        parse_checkpoint(self.checkpoint.text)


def parse_proof_file(data: bytes) -> ProofFile:
    """The proof in a file; accepts only what ``format_proof_file`` prints."""
    if len(data) > LARGEST_PROOF_FILE:
        raise _too_large(data)
    head, _, note = data.partition(b"\n\n")
    try:
        header, *lines = head.decode("ascii").split("\n")
        extra = parse_base64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
        if header != HEADER or not lines or not lines[0].startswith("index "):
            raise _malformed(f"a proof begins with {HEADER!r} and an index")
        index = parse_size(lines[0][6:])
        hashes = tuple(parse_base64(line, length=HASH_SIZE) for line in lines[1:])
    except UnicodeDecodeError as err:
        raise _malformed(f"byte {err.start} is not ASCII") from err
    except MalformedError as err:
        raise _malformed(err.refusal.message) from err
    return ProofFile(index, hashes, parse_note(note), extra)


def format_proof_file(proof: ProofFile) -> bytes:
    """The bytes of a proof file; refuses one of more than 256 KiB."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {format_base64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines.extend(map(format_base64, proof.hashes))
    data = "".join(f"{line}\n" for line in lines).encode() + b"\n" + format_note(proof.checkpoint)
    if len(data) > LARGEST_PROOF_FILE:
        raise _too_large(data)
    return data


def verify_proof_file(proof: ProofFile, *, leaf: bytes, policy: Policy) -> ConfirmationState:
    """How the checkpoint stands in which the entry with this leaf hash is proven to be.

    Refuses a checkpoint that no log of the policy signed or no quorum confirmed, and a proof that
    does not lead to its root.
    """
    state = require_confirmed(proof.checkpoint, policy)
    checkpoint = state.checkpoint
    verify_inclusion(leaf=leaf, index=proof.index, size=checkpoint.size, root=checkpoint.root, proof=proof.hashes)
    return state


def _too_large(data: bytes) -> MalformedError:
    return MalformedError(Code.TOO_LARGE, f"a proof file has at most {LARGEST_PROOF_FILE} bytes, not {len(data)}")


def _malformed(message: str) -> MalformedError:
    return MalformedError(Code.MALFORMED_PROOF, message)
