"""What a payment provider sent, at rest: sealed for one reader, so that the server that keeps it can't open it again.

Rules:

* the server knows the reader's public key alone; what opens a body is the private half, on the reader's own machine;
* each body is sealed with a key pair made for it and thrown away.

A sealed body: public key made for it (32 bytes) ‖ nonce (24) ‖ box (crypto_box_curve25519xsalsa20poly1305).
The reader's Ed25519 key serves as an X25519 key (RFC 7748; libsodium, crypto_sign_ed25519_pk_to_curve25519).
"""

from __future__ import annotations

import nacl.exceptions
import nacl.public
import nacl.signing

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, SigningKey
from provenance.errors import ForgedError

SEED_BYTES = 32
NONCE_BYTES = 24


def seal_body(body: bytes, reader: PublicKey, *, seed: bytes, nonce: bytes) -> bytes:
    """The body for this reader alone; ``seed`` (32 bytes) and ``nonce`` (24) are fresh each time."""
    own = nacl.public.PrivateKey(seed)
    box = nacl.public.Box(own, nacl.signing.VerifyKey(reader.raw).to_curve25519_public_key())
    return bytes(own.public_key) + bytes(box.encrypt(body, nonce))


def open_body(sealed: bytes, reader: SigningKey) -> bytes:
    """The body; refuses what was sealed for somebody else, or was altered."""
    try:
        theirs = nacl.public.PublicKey(sealed[:SEED_BYTES])
        box = nacl.public.Box(nacl.signing.SigningKey(reader.seed).to_curve25519_private_key(), theirs)
        return box.decrypt(sealed[SEED_BYTES:])
    except (nacl.exceptions.CryptoError, ValueError) as err:
        raise ForgedError(Code.RECORD_ALTERED, "this key does not open the body, or the body was altered") from err
