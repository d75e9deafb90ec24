"""A witness's word on a checkpoint: what is signed, and how time and signature lie together.

Rules (https://c2sp.org/tlog-cosignature, the Ed25519 kind, type byte 0x04):

* signed are two lines of its own and then the whole checkpoint text::

    cosignature/v1
    time 1679315147
    example.com/behind-the-sofa
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

* the signature is 8 bytes of POSIX seconds, big-endian and below 2^63, then 64 bytes of Ed25519;
* it means: at that time this was the largest tree the witness had seen of the log, and each it saw
  before was its beginning. It says nothing about what the entries claim;
* the witness's name is not signed, so one key serves one witness.

The other kind, ML-DSA-44 (0x06), is kept in notes as it came and never counted.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, SigningKey, is_signed_by
from provenance.errors import MalformedError

LATEST = 2**63 - 1
SIGNATURE_SIZE = 8 + 64


def cosign(text: bytes, *, seconds: int, key: SigningKey) -> bytes:
    """The 72-byte cosignature over a checkpoint text at this POSIX time."""
    return _moment(seconds) + key.sign(message(text, seconds=seconds))


def is_cosigned_by(key: PublicKey, text: bytes, signature: bytes) -> bool:
    """Whether the cosignature over the checkpoint text was made with the key, at the time it says.

    Whether that time is plausible is not checked here.
    """
    if len(signature) != SIGNATURE_SIZE or (seconds := _seconds(signature)) > LATEST:
        return False
    return is_signed_by(key, message(text, seconds=seconds), signature[8:])


def seconds_of(signature: bytes) -> int:
    """The POSIX time inside a cosignature; true only if the signature is."""
    if len(signature) != SIGNATURE_SIZE or (seconds := _seconds(signature)) > LATEST:
        raise MalformedError(Code.MALFORMED_NOTE, f"no cosignature: {SIGNATURE_SIZE} bytes with a time below 2^63")
    return seconds


def message(text: bytes, *, seconds: int) -> bytes:
    """The bytes that a witness signs.

    >>> message(b"log.example\\n0\\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\\n", seconds=5)[:33]
    b'cosignature/v1\\ntime 5\\nlog.example'
    """
    return b"cosignature/v1\ntime %d\n%b" % (seconds, text)


def _moment(seconds: int) -> bytes:
    if not 0 <= seconds <= LATEST:
        raise MalformedError(Code.NUMBER_OUT_OF_RANGE, f"a time is between 0 and 2^63-1 seconds, not {seconds}")
    return seconds.to_bytes(8, "big")


def _seconds(signature: bytes) -> int:
    return int.from_bytes(signature[:8], "big")
