"""A signed statement: its bytes, who signed them, and the one identity they have together.

Rules (DSSE v1.0.2, https://github.com/secure-systems-lab/dsse):

* what is signed is ``PAE = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body`` (byte lengths);
* ``statement hash = SHA-256(PAE)``; signatures are not part of it;
* the key id of a signature is only a hint: who *must* sign stands inside the body
  (``custody.statements``), and each signature is checked against that key;
* the body's bytes are kept and verified as they came.

On the wire::

    {"payload":"<base64 of the body>","payloadType":"application/vnd.provenance.custody-event+json",
     "signatures":[{"keyid":"<64 hex>","sig":"<base64 of 64 bytes>"}]}

In the log, a leaf is the RFC 8785 form of
``{"hash":…,"signatures":[{"key":…,"sig":…}…sorted by key],"type":…}``: no body.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, has_members
from provenance.encoding.textual import format_base64, parse_base64
from provenance.errors import MalformedError, ProvenanceError
from provenance.ids import KeyId, StatementHash

MOST_SIGNATURES = 16
_KEY_ID = re.compile(r"[0-9a-f]{64}")
_MEMBERS = frozenset({"payload", "payloadType", "signatures"})
_SIGNATURE_MEMBERS = frozenset({"keyid", "sig"})

# RFC 6838 §4.2, and what a URI needs: nothing here has to be escaped in JSON, or parts words in the PAE.
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+/:;=-]{1,200}")


@dataclass(frozen=True, slots=True, order=True)
class Signature:
    """One signature over the PAE, by the key with this id."""

    key: KeyId
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A statement as its signers handed it in: nothing about it has been checked yet."""

    payload_type: str
    body: bytes
    signatures: tuple[Signature, ...]

    @property
    def hash(self) -> StatementHash:
        """SHA-256 of the PAE, in hex: the statement's identity."""
        return statement_hash(self.payload_type, self.body)


def pae(payload_type: str, body: bytes) -> bytes:
    """The pre-authentication encoding: the bytes that are signed. Refuses a type that is no media type.

    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = _media_type(payload_type).encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def statement_hash(payload_type: str, body: bytes) -> StatementHash:
    """The identity of a statement: SHA-256 of its PAE, in hex."""
    return StatementHash(hashlib.sha256(pae(payload_type, body)).hexdigest())


def sign(payload_type: str, body: bytes, keys: Iterable[SigningKey]) -> Envelope:
    """The envelope with one signature by each key, sorted by key id."""
    message = pae(payload_type, body)
    return Envelope(payload_type, body, tuple(sorted({Signature(key.public.id, key.sign(message)) for key in keys})))


def cosign(envelope: Envelope, key: SigningKey) -> Envelope:
    """The envelope with one more signature, by this key; the statement stays the same."""
    fresh = Signature(key.public.id, key.sign(pae(envelope.payload_type, envelope.body)))
    return replace(envelope, signatures=tuple(sorted({*envelope.signatures, fresh})))


def leaf(envelope: Envelope) -> bytes:
    """The log entry of a statement: hash, signatures sorted by key, type; never the body."""
    return leaf_of(envelope.hash, envelope.payload_type, envelope.signatures)


def leaf_of(of: StatementHash, payload_type: str, signatures: Sequence[Signature]) -> bytes:
    """The log entry with these parts, for whoever has no body."""
    # Every value is hex, base64 or a checked media type: plain ASCII without anything to escape,
    # so this line is the RFC 8785 form (tests/unit/crypto compares it with the package's).
    rows = ",".join(f'{{"key":"{s.key}","sig":"{format_base64(s.sig)}"}}' for s in sorted(signatures))
    return f'{{"hash":"{of}","signatures":[{rows}],"type":"{_media_type(payload_type)}"}}'.encode()


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the log keeps of a statement: everything but its body."""

    hash: StatementHash
    payload_type: str
    signatures: tuple[Signature, ...]

    def with_body(self, body: bytes) -> Envelope | None:
        """The statement, if this is its body; else ``None``."""
        is_its_own = statement_hash(self.payload_type, body) == self.hash
        return Envelope(self.payload_type, body, self.signatures) if is_its_own else None


def parse_leaf(data: bytes) -> Leaf:
    """The parts of a log entry; accepts only what ``leaf_of`` prints."""
    try:
        value = canonical.parse_whole(data)
        match value:
            case {"hash": str(of), "signatures": list(rows), "type": str(kind), **rest} if not rest:
                signatures = tuple(_signature(_as_on_the_wire(row), f"/signatures/{n}") for n, row in enumerate(rows))
                found = Leaf(StatementHash(of), kind, signatures)
                if _KEY_ID.fullmatch(of) and leaf_of(found.hash, kind, signatures) == data:
                    return found
    except ProvenanceError as err:
        raise MalformedError(Code.MALFORMED_LEAF, err.refusal.message, pointer=err.pointer) from err
    raise MalformedError(Code.MALFORMED_LEAF, "a leaf is an object of hash, signatures sorted by key, and type")


def to_json(envelope: Envelope) -> dict[str, Json]:
    """The envelope as a JSON value."""
    return {
        "payload": format_base64(envelope.body),
        "payloadType": envelope.payload_type,
        "signatures": [{"keyid": s.key, "sig": format_base64(s.sig)} for s in envelope.signatures],
    }


def from_json(value: Json) -> Envelope:
    """The envelope in a JSON value; exactly the members above, signatures in any order.

    Refuses unknown members, more than 16 signatures, two by one key. Who signed is not checked here.
    """
    payload, kind, rows = _parts(value)
    if not 1 <= len(rows) <= MOST_SIGNATURES:
        message = f"{len(rows)} signatures; 1 to {MOST_SIGNATURES} may stand here"
        raise MalformedError(Code.MALFORMED_ENVELOPE, message, pointer="/signatures")
    signatures = tuple(sorted([_signature(row, f"/signatures/{index}") for index, row in enumerate(rows)]))
    if len(signatures) > 1 and len({s.key for s in signatures}) != len(signatures):
        raise MalformedError(Code.MALFORMED_ENVELOPE, "two signatures by one key", pointer="/signatures")
    try:
        _media_type(kind)
    except ProvenanceError as err:
        raise err.under("/payloadType") from err
    try:
        body = parse_base64(payload)
    except ProvenanceError as err:
        raise err.under("/payload") from err
    return Envelope(kind, body, signatures)


@lru_cache(maxsize=64)  # there are a handful of types, and each statement asks three times
def _media_type(text: str) -> str:
    if not _MEDIA_TYPE.fullmatch(text):
        raise MalformedError(Code.UNKNOWN_PAYLOAD_TYPE, f"{text[:60]!r} is no media type")
    return text


def _parts(value: Json) -> tuple[str, str, list[Json]]:
    if has_members(value, _MEMBERS):
        payload, kind, rows = value["payload"], value["payloadType"], value["signatures"]
        if isinstance(payload, str) and isinstance(kind, str) and isinstance(rows, list):
            return payload, kind, rows
    raise MalformedError(Code.MALFORMED_ENVELOPE, "not an object of payload, payloadType and signatures")


def _signature(row: Json, pointer: str) -> Signature:
    key, sig = (row["keyid"], row["sig"]) if has_members(row, _SIGNATURE_MEMBERS) else (None, None)
    if not isinstance(key, str) or not isinstance(sig, str):
        raise MalformedError(Code.MALFORMED_ENVELOPE, "not an object of keyid and sig", pointer=pointer)
    if not _KEY_ID.fullmatch(key):
        raise MalformedError(Code.MALFORMED_TEXT, f"not 64 lower-case hex digits: {key[:70]!r}", pointer=pointer)
    try:
        return Signature(KeyId(key), parse_base64(sig, length=64))
    except ProvenanceError as err:
        raise err.under(pointer) from err


def _as_on_the_wire(row: Json) -> Json:
    match row:
        case {"key": key, "sig": sig, **rest} if not rest:
            return {"keyid": key, "sig": sig}
    return row
