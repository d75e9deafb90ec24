"""RSA signatures and AES-GCM as payment providers use them; a door to the package ``cryptography``.

Rules:

* the package is asked for at the first use, so that everything else works without it; where it is absent, that is a
  ``ConfigurationError`` that says what to install;
* a key is an RSA public key of 2048 to 8192 bits, in PEM; anything else is refused as a setting;
* nothing decrypted is given out before its tag holds.

RFC 8017 §8.2 (RSASSA-PKCS1-v1_5 with SHA-256), NIST SP 800-38D (GCM).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provenance.codes import Code
from provenance.errors import ConfigurationError, ForgedError

GCM_KEY = 32
"""Bytes of a key."""
_GCM_NONCE = 12


def check_rsa(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Refuses (``ForgedError``) a signature of these bytes that the owner of the PEM key did not make."""
    with _package():
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415 - an extra
    try:
        key = load_pem_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as err:
        raise ConfigurationError(Code.BAD_SETTING, f"the provider's public key is no PEM key: {err}") from err
    if not isinstance(key, RSAPublicKey) or not 2048 <= key.key_size <= 8192:
        raise ConfigurationError(Code.BAD_SETTING, "the provider's public key is not RSA of 2048 to 8192 bits")
    try:
        key.verify(signature, message, PKCS1v15(), SHA256())
    except InvalidSignature as err:
        raise ForgedError(Code.FORGED_NOTICE, "the provider's key did not sign these bytes") from err


def open_gcm(key: bytes, sealed: bytes, *, nonce: bytes, associated: bytes) -> bytes:
    """What was sealed with AES-256-GCM; refuses it (``ForgedError``) if a bit of it, or beside it, is another."""
    if len(key) != GCM_KEY:
        raise ConfigurationError(Code.BAD_SETTING, f"the merchant's API key has {GCM_KEY} bytes, not {len(key)}")
    if len(nonce) != _GCM_NONCE:
        raise ForgedError(Code.FORGED_NOTICE, f"a nonce has {_GCM_NONCE} bytes, not {len(nonce)}")
    with _package():
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an extra
    try:
        return AESGCM(key).decrypt(nonce, sealed, associated)
    except (InvalidTag, ValueError) as err:
        raise ForgedError(Code.FORGED_NOTICE, "the sealed part was not made with the merchant's API key") from err


@contextmanager
def _package() -> Iterator[None]:
    try:
        yield
    except ImportError as err:
        message = "the package cryptography is not installed; payments need 'provenance[payments]'"
        raise ConfigurationError(Code.BAD_SETTING, message) from err
