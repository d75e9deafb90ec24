"""AES-128 as NFC tags use it; the one door to the package ``cryptography``.

Rules:

* the package is asked for at the first use, so that everything else works without it; where it is absent, that is a
  ``ConfigurationError`` that says what to install;
* nothing is padded here: data are whole blocks of 16 bytes, as the tags make them.

FIPS 197 (AES), NIST SP 800-38A §6.2 (CBC), SP 800-38B (CMAC).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from provenance.codes import Code
from provenance.errors import ConfigurationError, MalformedError

BLOCK = 16
"""Bytes of a block, and of a key."""


def cmac(key: bytes, message: bytes) -> bytes:
    """The 16-byte CMAC of a message."""
    _check_key(key)
    with _package():
        from cryptography.hazmat.primitives.ciphers.algorithms import AES  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.cmac import CMAC  # noqa: PLC0415 - an extra
    made = CMAC(AES(key))
    made.update(message)
    return made.finalize()


def decrypt_cbc(key: bytes, data: bytes, *, iv: bytes) -> bytes:
    """What was encrypted in CBC mode: as many bytes, none of them proven to be as they were."""
    _check_key(key)
    _check_blocks(data)
    _check_block(iv)
    with _package():
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415 - an extra
    decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return decryptor.update(data) + decryptor.finalize()


def encrypt_block(key: bytes, block: bytes) -> bytes:
    """The encryption of one block."""
    _check_key(key)
    _check_block(block)
    with _package():
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415 - an extra
    # CBC of one block after a block of zeros is the bare cipher (SP 800-38A §6.2).
    encryptor = Cipher(algorithms.AES(key), modes.CBC(bytes(BLOCK))).encryptor()
    return encryptor.update(block) + encryptor.finalize()


@contextmanager
def _package() -> Iterator[None]:
    try:
        yield
    except ImportError as err:
        message = "the package cryptography is not installed; NFC tags need 'provenance[tags]'"
        raise ConfigurationError(Code.BAD_SETTING, message) from err


def _check_key(key: bytes) -> None:
    if len(key) != BLOCK:
        raise MalformedError(Code.MALFORMED_KEY, f"an AES-128 key has {BLOCK} bytes, not {len(key)}")


def _check_block(block: bytes) -> None:
    if len(block) != BLOCK:
        raise MalformedError(Code.MALFORMED_TAP, f"a block has {BLOCK} bytes, not {len(block)}")


def _check_blocks(data: bytes) -> None:
    if len(data) % BLOCK:
        raise MalformedError(Code.MALFORMED_TAP, f"{len(data)} bytes are not whole blocks of {BLOCK}")
