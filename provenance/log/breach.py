"""A statement that a log recorded against its own rules, as a mirror found it: a file to look into offline.

Rules:

* the file is one JSON object in its RFC 8785 form, with the statement's entry and body in base64::

    {"at":"2026-05-04T10:00:00.000Z","body":"eyJAY29…","breach":"provenance.breach/v1","code":"not-licensed",
     "entry":"eyJoYXN…","index":7,"log":"log.example+24d4…+AWBD…","message":"…","proof":["9x3v…"],
     "shown":"log.example\\n8\\n…"}

* ``body`` is empty where the mirror has none that can be read; the file is then about that;
* that the log recorded the entry at this place is *proven*: by its signature on ``shown`` and the proof of inclusion.
  That ``code`` is what the rules say of it is the mirror's word, *claimed*: whoever has all statements before it can
  judge again;
* a body is not public, so neither is this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, parse_leaf
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_base64, format_time, parse_base64, parse_time
from provenance.errors import ForgedError, MalformedError
from provenance.log.confirmation import ConfirmationState, confirmation_of
from provenance.log.merkle import leaf_hash
from provenance.log.note import Note, VerifierKey, format_note, parse_note, parse_verifier_key
from provenance.log.policy import Policy
from provenance.log.proofs import verify_inclusion

VERSION = "provenance.breach/v1"

_CODES = {code.value: code for code in Code}


@dataclass(frozen=True, slots=True)
class Breach:
    """An entry of a log, and what a mirror says is wrong with it; not checked yet. ``body`` may be empty."""

    log: VerifierKey
    shown: Note
    index: int
    entry: bytes
    body: bytes
    proof: tuple[bytes, ...]
    code: Code
    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JudgedBreach:
    """What the log did record, under the checkpoint it signed; ``statement`` is ``None`` without a body of it."""

    shown: ConfirmationState
    breach: Breach
    statement: Envelope | None


def format_breach(breach: Breach) -> bytes:
    """The file; ``parse_breach`` gives the breach back."""
    return canonical.dump(
        {
            "at": format_time(breach.at),
            "body": format_base64(breach.body),
            "breach": VERSION,
            "code": breach.code.value,
            "entry": format_base64(breach.entry),
            "index": breach.index,
            "log": str(breach.log),
            "message": breach.message,
            "proof": [format_base64(hash_) for hash_ in breach.proof],
            "shown": format_note(breach.shown).decode(),
        }
    )


def parse_breach(data: bytes) -> Breach:
    """The breach in a file; accepts only what ``format_breach`` prints."""
    breach = _breach(canonical.parse_whole(data))
    if format_breach(breach) != data:
        raise MalformedError(Code.MALFORMED_ALARM, "the file is not spelled as a breach is printed")
    return breach


def is_breach(data: bytes) -> bool:
    """Whether a file says that it is about a breach, and not another kind of alarm (``log.alarm``)."""
    value = canonical.parse_whole(data)
    return isinstance(value, Mapping) and "breach" in value


def judge_breach(breach: Breach, policy: Policy) -> JudgedBreach:
    """What the log recorded; refuses what it did not sign, and an entry or body that is not of this place."""
    if breach.log not in {log.key for log in policy.logs}:
        raise ForgedError(Code.UNTRUSTED_CHECKPOINT, f"the file is about {breach.log}, which is not trusted here")
    shown = confirmation_of(breach.shown, policy)
    checkpoint = shown.checkpoint
    verify_inclusion(
        leaf=leaf_hash(breach.entry),
        index=breach.index,
        size=checkpoint.size,
        root=checkpoint.root,
        proof=breach.proof,
    )
    if not breach.body:
        return JudgedBreach(shown, breach, None)
    statement = parse_leaf(breach.entry).with_body(breach.body)
    if statement is None:
        raise ForgedError(Code.BODY_ALTERED, f"the body in the file is not that of leaf {breach.index}")
    return JudgedBreach(shown, breach, statement)


def _breach(value: Json) -> Breach:
    match value:
        case {
            "at": str(at),
            "body": str(body),
            "breach": "provenance.breach/v1",
            "code": str(code),
            "entry": str(entry),
            "index": int(index),
            "log": str(log),
            "message": str(message),
            "proof": list(proof),
            "shown": str(shown),
            **rest,
        } if not rest and code in _CODES and index is not True and index is not False:
            return Breach(
                parse_verifier_key(log),
                parse_note(shown.encode()),
                index,
                parse_base64(entry),
                parse_base64(body),
                tuple(_hash(one, at) for at, one in enumerate(proof)),
                _CODES[code],
                message,
                parse_time(at),
            )
    members = "at, body, code, entry, index, log, message, proof, shown"
    raise MalformedError(Code.MALFORMED_ALARM, f"an object of breach ({VERSION}), {members}")


def _hash(value: Json, at: int) -> bytes:
    if not isinstance(value, str):
        raise MalformedError(Code.MALFORMED_ALARM, "a hash is written in base64", pointer=f"/proof/{at}")
    return parse_base64(value)
