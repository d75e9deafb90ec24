"""Signed notes: a text and, below it, who signed it; read by people, checked by programs.

Rules (https://c2sp.org/signed-note):

* a note is its text, a blank line and 1 to 100 signature lines, in at most 64 KiB of UTF-8 without
  control characters; the text ends in a newline, which is signed, and the blank line is not::

    This is an example message.

    — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1EYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaSQ==

* the base64 holds a 4-byte key id and the signature. Name and id together name the key; what kind
  of signature it is, is known from the key, never from the note;
* lines of keys we do not know are kept and ignored; one line of a key we know that does not hold
  spoils the whole note; and at least one must hold;
* a key is written ``name+id+base64(type ‖ public key)``, and its id is the first 4 bytes of
  SHA-256(name ‖ LF ‖ type ‖ public key). Known types: 0x01 (Ed25519 over the text) and 0x04
  (witness cosignature); keys of other types are read and printed, and their lines are ignored.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, SigningKey, is_signed_by, public_from_bytes
from provenance.encoding.textual import format_base64, parse_base64
from provenance.errors import ForgedError, MalformedError
from provenance.log.cosignature import cosign, is_cosigned_by, seconds_of

ED25519 = 0x01
COSIGNATURE = 0x04

LARGEST_NOTE = 64 * 1024
MOST_SIGNATURES = 100

_KEY_ID_SIZE = 4
_LARGEST_BYTE = 0xFF
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key under a name, for one type of signature; its text is ``name+id+base64``."""

    name: str
    type: int
    public: bytes

    def __post_init__(self) -> None:
        _require_name(self.name, Code.MALFORMED_VERIFIER_KEY)
        if not 0 <= self.type <= _LARGEST_BYTE or not self.public:
            raise MalformedError(Code.MALFORMED_VERIFIER_KEY, f"{self.name} has no key of a type in one byte")
        if self.is_checkable:
            _ed25519(self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{format_base64(self.public_with_type)}"

    @property
    def id(self) -> bytes:
        """The 4-byte key id that stands in signature lines."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.public_with_type).digest()[:_KEY_ID_SIZE]

    @property
    def public_with_type(self) -> bytes:
        """The type byte and the public key."""
        return bytes((self.type,)) + self.public

    @property
    def is_checkable(self) -> bool:
        """Whether signatures of this type can be checked here."""
        return self.type in (ED25519, COSIGNATURE)

    def is_signer_of(self, text: bytes, signature: bytes) -> bool:
        """Whether this key made the signature over the text; never, for a type that can't be checked."""
        if self.type == ED25519:
            return is_signed_by(_ed25519(self.public), text, signature)
        if self.type == COSIGNATURE:
            return is_cosigned_by(_ed25519(self.public), text, signature)
        return False


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: whose it says it is, and the signature; not checked yet."""

    name: str
    key_id: bytes
    signature: bytes

    def __post_init__(self) -> None:
        _require_name(self.name, Code.MALFORMED_NOTE)
        if len(self.key_id) != _KEY_ID_SIZE or not self.signature:
            raise MalformedError(Code.MALFORMED_NOTE, f"the line of {self.name} lacks a key id or a signature")

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {format_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signature lines, as they came; nothing about them has been checked yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        require_text(self.text)
        if not 1 <= len(self.signatures) <= MOST_SIGNATURES:
            raise MalformedError(
                Code.MALFORMED_NOTE, f"{len(self.signatures)} signatures; 1 to {MOST_SIGNATURES} may stand here"
            )


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """A signature that holds, and the key that made it."""

    key: VerifierKey
    signature: bytes

    @property
    def seconds(self) -> int | None:
        """When a witness says it signed; ``None`` for signatures that carry no time."""
        return seconds_of(self.signature) if self.key.type == COSIGNATURE else None


@dataclass(frozen=True, slots=True)
class VerifiedNote:
    """A note and those of its signatures that known keys made: at least one."""

    note: Note
    verified: tuple[VerifiedSignature, ...]


def parse_verifier_key(text: str) -> VerifierKey:
    """The key written ``name+id+base64``; refuses an id that is not its own, and weak Ed25519 keys.

    >>> parse_verifier_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").name
    'example.com/foo'
    """
    # The base64 may hold a plus of its own.
    match text.split("+", 2):
        case [name, key_id, public]:
            data = _within(Code.MALFORMED_VERIFIER_KEY, public)
            key = VerifierKey(name, data[0] if data else -1, data[1:])
        case _:
            raise MalformedError(Code.MALFORMED_VERIFIER_KEY, f"a verifier key is name+id+key, not {text[:60]!r}")
    if key_id != key.id.hex():
        raise MalformedError(Code.MALFORMED_VERIFIER_KEY, f"the id of {name} is {key.id.hex()}, not {key_id[:8]!r}")
    return key


def signer_key(name: str, key: PublicKey) -> VerifierKey:
    """The verifier key of who signs notes under this name, as logs do (0x01)."""
    return VerifierKey(name, ED25519, key.raw)


def cosigner_key(name: str, key: PublicKey) -> VerifierKey:
    """The verifier key of who cosigns checkpoints under this name, as witnesses do (0x04)."""
    return VerifierKey(name, COSIGNATURE, key.raw)


def sign(text: str, *, name: str, key: SigningKey) -> NoteSignature:
    """The signature line of this name and key under the text (0x01)."""
    require_text(text)
    return NoteSignature(name, signer_key(name, key.public).id, key.sign(text.encode()))


def cosign_note(note: Note, *, name: str, key: SigningKey, seconds: int) -> NoteSignature:
    """The line with which a witness confirms the note's text at this POSIX time (0x04).

    Only a checkpoint that was checked against the one before may be confirmed (``log.witness``).
    """
    return NoteSignature(name, cosigner_key(name, key.public).id, cosign(note.text.encode(), seconds=seconds, key=key))


def parse_note(data: bytes) -> Note:
    """The note in these bytes; accepts only what ``format_note`` prints."""
    if len(data) > LARGEST_NOTE:
        raise MalformedError(Code.TOO_LARGE, f"a note has at most {LARGEST_NOTE} bytes, not {len(data)}")
    try:
        whole = data.decode()
    except UnicodeDecodeError as err:
        raise MalformedError(Code.MALFORMED_NOTE, f"byte {err.start} of the note is not UTF-8") from err
    text, blank, lines = whole.rpartition("\n\n")
    if not blank:
        raise MalformedError(Code.MALFORMED_NOTE, "no blank line parts the text from its signatures")
    return Note(text + "\n", parse_signature_lines(lines))


def parse_signature_lines(lines: str) -> tuple[NoteSignature, ...]:
    """The signatures in lines of which each ends in a newline, as below a note or in a witness's answer."""
    *parts, rest = lines.split("\n")
    if rest or not 1 <= len(parts) <= MOST_SIGNATURES:
        raise MalformedError(Code.MALFORMED_NOTE, f"not 1 to {MOST_SIGNATURES} signature lines that end in a newline")
    return tuple(_signature(line) for line in parts)


def format_note(note: Note) -> bytes:
    """The bytes of a note; refuses one of more than 64 KiB."""
    data = f"{note.text}\n{''.join(map(str, note.signatures))}".encode()
    if len(data) > LARGEST_NOTE:
        raise MalformedError(Code.TOO_LARGE, f"a note has at most {LARGEST_NOTE} bytes, not {len(data)}")
    return data


def open_note(note: Note, keys: Iterable[VerifierKey]) -> VerifiedNote:
    """The note with those of its signatures that these keys made.

    Refuses it where one of these keys is named and did not sign, or where none of them is named.
    """
    # Two keys may share name and id (4 bytes are soon found): then one of them must have signed.
    known: dict[tuple[str, bytes], list[VerifierKey]] = {}
    for key in keys:
        if key.is_checkable:
            known.setdefault((key.name, key.id), []).append(key)
    text = note.text.encode()
    lines = [(line, known.get((line.name, line.key_id))) for line in note.signatures]
    verified = tuple(_verified(text, line, candidates) for line, candidates in lines if candidates)
    if not verified:
        names = ", ".join(line.name for line in note.signatures[:3])
        raise ForgedError(Code.UNTRUSTED_CHECKPOINT, f"nobody known signed; the note names {names}")
    return VerifiedNote(note, verified)


def require_text(text: str) -> None:
    """Refuse what can't be the text of a note."""
    if not text.endswith("\n"):
        raise MalformedError(Code.MALFORMED_NOTE, "the text of a note ends in a newline")
    _require_printable(text, Code.MALFORMED_NOTE)


def _verified(text: bytes, line: NoteSignature, candidates: Iterable[VerifierKey]) -> VerifiedSignature:
    for key in candidates:
        if key.is_signer_of(text, line.signature):
            return VerifiedSignature(key, line.signature)
    raise ForgedError(Code.FORGED_NOTE, f"{line.name} did not sign this note, though a line says so")


def _signature(line: str) -> NoteSignature:
    match line.removeprefix(_DASH).split(" "):
        case [name, blob] if line.startswith(_DASH):
            data = _within(Code.MALFORMED_NOTE, blob)
            return NoteSignature(name, data[:_KEY_ID_SIZE], data[_KEY_ID_SIZE:])
        case _:
            raise MalformedError(Code.MALFORMED_NOTE, f"no signature line: {line[:60]!r}")


def _within(code: Code, base64: str) -> bytes:
    try:
        return parse_base64(base64)
    except MalformedError as err:
        raise MalformedError(code, err.refusal.message) from err


@lru_cache(maxsize=1024)
def _ed25519(public: bytes) -> PublicKey:
    return public_from_bytes(public)


def _require_name(name: str, code: Code) -> None:
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise MalformedError(code, f"a key name has letters, no spaces and no plus: {name[:60]!r}")
    _require_printable(name, code)


def _require_printable(text: str, code: Code) -> None:
    if found := _CONTROL.search(text):
        raise MalformedError(code, f"a control character at {found.start()}")
    try:
        text.encode()
    except UnicodeEncodeError as err:
        raise MalformedError(code, f"a lone surrogate at {err.start}") from err
