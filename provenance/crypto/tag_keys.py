"""The keys of NFC tags at rest: sealed under one key that opens with the passphrase, as key files do.

Rules:

* what seals them is derived from the seed of a key file (``crypto.keys.seal``) and used for nothing else;
* the UID is sealed in with the keys: a row moved to another tag does not open;
* a tag with the chip's factory key is refused: everyone knows it.

A sealed row: nonce (24 bytes) ‖ secretbox of UID (7) ‖ file key (16) ‖ meta key (16).
"""

from __future__ import annotations

import hashlib
import hmac

import nacl.exceptions
import nacl.secret

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.crypto.nfc_tag import Tag
from provenance.errors import ForgedError, MalformedError

NONCE_BYTES = 24

_LABEL = b"provenance/tag-keys/v1"
_UID, _KEY = 7, 16


def tag_of(uid: bytes, *, file_key: bytes, meta_key: bytes) -> Tag:
    """The tag with these keys; refuses what no chip has, and the key every chip leaves the factory with."""
    if len(uid) != _UID or len(file_key) != _KEY or len(meta_key) != _KEY:
        raise MalformedError(Code.MALFORMED_TAP, f"a tag has a UID of {_UID} bytes and keys of {_KEY}")
    if not any(file_key):
        raise MalformedError(Code.WEAK_KEY, f"tag {uid.hex()} has the factory key, which everybody knows")
    return Tag(uid, file_key, meta_key)


def seal_tag(tag: Tag, key: SigningKey, *, nonce: bytes) -> bytes:
    """The tag's keys at rest, under a fresh nonce of 24 bytes."""
    return bytes(_box(key).encrypt(tag.uid + tag.file_key + tag.meta_key, nonce))


def open_tag(sealed: bytes, key: SigningKey, *, uid: bytes) -> Tag:
    """The tag whose keys were sealed; refuses a row that was altered, or is another tag's."""
    try:
        opened = _box(key).decrypt(sealed)
    except (nacl.exceptions.CryptoError, ValueError) as err:
        raise ForgedError(Code.RECORD_ALTERED, f"the sealed keys of tag {uid.hex()} do not open") from err
    if opened[:_UID] != uid or len(opened) != _UID + 2 * _KEY:
        raise ForgedError(Code.RECORD_ALTERED, f"the sealed keys of tag {uid.hex()} are another tag's")
    return Tag(uid, opened[_UID : _UID + _KEY], opened[_UID + _KEY :])


def _box(key: SigningKey) -> nacl.secret.SecretBox:
    return nacl.secret.SecretBox(hmac.digest(key.seed, _LABEL, hashlib.sha256))
