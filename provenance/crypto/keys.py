"""Ed25519 keys: what they are called, how they are written, and how a private one is kept.

Rules:

* a public key is shown as ``did:key:z…`` (base58btc of 0xED 0x01 ‖ 32 bytes) and named in
  statements by its key id, SHA-256 of those 34 bytes in hex;
* small- and mixed-order points and non-canonical encodings are refused when a key is read, because
  libraries disagree on what such a key signs;
* a private key leaves its owner's machine never, and rests only in a key file: argon2id over the
  passphrase, secretbox over the seed.

A key file is one JSON object::

    {"kdf":"argon2id13","memory":67108864,"operations":2,"public":"did:key:z6Mk…",
     "salt":"<base64, 16 bytes>","sealed":"<base64, nonce ‖ secretbox of the 32-byte seed>","version":1}

did:key https://w3c-ccg.github.io/did-key-spec/, RFC 8032.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import nacl.bindings
import nacl.exceptions
import nacl.pwhash
import nacl.secret
import nacl.signing

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.textual import format_base58, format_base64, parse_base58, parse_base64
from provenance.errors import ForgedError, MalformedError
from provenance.ids import KeyId

_MULTICODEC = b"\xed\x01"
_PREFIX = "did:key:z"
_LEAST_MEMORY, _MOST_MEMORY = 8192, 1 << 30
_MOST_OPERATIONS = 16
_SEALED = 24 + 16 + 32  # nonce, authenticator, seed


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that passed every check; made by ``parse_public`` or ``public_from_bytes``."""

    raw: bytes
    id: KeyId

    def __str__(self) -> str:
        return _PREFIX + format_base58(_MULTICODEC + self.raw)


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A private key in memory. Its ``repr`` shows only the public half."""

    seed: bytes
    public: PublicKey

    def __repr__(self) -> str:
        return f"SigningKey({self.public})"

    def sign(self, message: bytes) -> bytes:
        """The 64-byte Ed25519 signature over a message (deterministic, RFC 8032 §5.1.6)."""
        return nacl.signing.SigningKey(self.seed).sign(message).signature


def public_from_bytes(raw: bytes) -> PublicKey:
    """The public key with these 32 bytes; refuses every point that is no honest key's."""
    if len(raw) != 32:
        raise MalformedError(Code.MALFORMED_KEY, f"an Ed25519 public key has 32 bytes, not {len(raw)}")
    # libsodium wants the one encoding of a point on the curve, in the main subgroup, of large order.
    if not nacl.bindings.crypto_core_ed25519_is_valid_point(raw):
        raise MalformedError(Code.WEAK_KEY, "the point is off the curve, of small or mixed order, or spelled otherwise")
    return PublicKey(raw, KeyId(hashlib.sha256(_MULTICODEC + raw).hexdigest()))


@lru_cache(maxsize=4096)
def parse_public(text: str) -> PublicKey:
    """The public key written as ``did:key:z…``.

    >>> parse_public("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp").id[:8]
    '9f1f39c9'
    """
    if not text.startswith(_PREFIX):
        raise MalformedError(Code.MALFORMED_KEY, f"a key is written {_PREFIX}…, not {text[:20]!r}")
    try:
        data = parse_base58(text[len(_PREFIX) :])
    except MalformedError as err:
        raise MalformedError(Code.MALFORMED_KEY, f"{text[:20]!r}… is not base58") from err
    if data[:2] != _MULTICODEC:
        raise MalformedError(Code.MALFORMED_KEY, f"{text[:20]}… is not an Ed25519 key")
    return public_from_bytes(data[2:])


def signing_key_from_seed(seed: bytes) -> SigningKey:
    """The key pair that RFC 8032 derives from a 32-byte seed."""
    if len(seed) != 32:
        raise MalformedError(Code.MALFORMED_KEY, f"a seed has 32 bytes, not {len(seed)}")
    return SigningKey(seed, public_from_bytes(bytes(nacl.signing.SigningKey(seed).verify_key)))


def is_signed_by(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message was made with the key (libsodium's strict rules)."""
    if len(signature) != 64:
        return False
    try:
        nacl.bindings.crypto_sign_open(signature + message, key.raw)
    except nacl.exceptions.BadSignatureError:
        return False
    return True


def seal(key: SigningKey, *, passphrase: str, salt: bytes, nonce: bytes) -> bytes:
    """The key file of a private key: 16 random bytes of ``salt``, 24 of ``nonce``, both fresh each time."""
    if len(salt) != 16 or len(nonce) != 24:
        raise MalformedError(
            Code.MALFORMED_KEY, f"16 bytes of salt and 24 of nonce are needed, not {len(salt)} and {len(nonce)}"
        )
    memory, operations = nacl.pwhash.argon2id.MEMLIMIT_INTERACTIVE, nacl.pwhash.argon2id.OPSLIMIT_INTERACTIVE
    sealed = _box(passphrase, salt, memory, operations).encrypt(key.seed, nonce)
    return canonical.dump(
        {
            "version": 1,
            "public": str(key.public),
            "kdf": "argon2id13",
            "memory": memory,
            "operations": operations,
            "salt": format_base64(salt),
            "sealed": format_base64(bytes(sealed)),
        }
    )


def open_sealed(file: bytes, *, passphrase: str) -> SigningKey:
    """The private key in a key file; a wrong passphrase is ``wrong-passphrase``."""
    match canonical.parse_any(file):
        case {
            "version": 1,
            "kdf": "argon2id13",
            "public": str(public),
            "memory": int(memory),
            "operations": int(operations),
            "salt": str(salt),
            "sealed": str(sealed),
        } if (
            # argon2id counts kibibytes: 8193 would be a second spelling of 8192.
            memory % 1024 == 0 and _LEAST_MEMORY <= memory <= _MOST_MEMORY and 1 <= operations <= _MOST_OPERATIONS
        ):
            box = _box(passphrase, parse_base64(salt, length=16), memory, operations)
            boxed = parse_base64(sealed, length=_SEALED)
        case _:
            raise MalformedError(Code.MALFORMED_KEY, "not a key file of version 1")
    try:
        key = signing_key_from_seed(box.decrypt(boxed))
    except nacl.exceptions.CryptoError as err:
        raise ForgedError(Code.WRONG_PASSPHRASE, f"the passphrase does not open the key {public}") from err
    if str(key.public) != public:
        raise MalformedError(Code.MALFORMED_KEY, f"the file says {public}, the key inside is {key.public}")
    return key


def public_of_file(file: bytes) -> PublicKey:
    """The public half of a key file, which needs no passphrase (nor proves that one would open it)."""
    match canonical.parse_any(file):
        case {"version": 1, "public": str(public)}:
            return parse_public(public)
        case _:
            raise MalformedError(Code.MALFORMED_KEY, "not a key file of version 1")


def _box(passphrase: str, salt: bytes, memory: int, operations: int) -> nacl.secret.SecretBox:
    try:
        secret = nacl.pwhash.argon2id.kdf(
            nacl.secret.SecretBox.KEY_SIZE, passphrase.encode(), salt, opslimit=operations, memlimit=memory
        )
    except UnicodeEncodeError as err:
        raise MalformedError(Code.MALFORMED_TEXT, "the passphrase holds a letter that is no character") from err
    except nacl.exceptions.CryptoError as err:
        raise MalformedError(Code.MALFORMED_KEY, f"argon2id with {memory} bytes of memory failed here") from err
    return nacl.secret.SecretBox(secret)
