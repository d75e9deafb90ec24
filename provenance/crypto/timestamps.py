"""A time-stamp from a time-stamping authority: proof that some bytes existed before a moment, by somebody's clock.

Rules:

* the authority is believed because its certificate leads to a root that the caller names; nothing is trusted by itself;
* the digest is SHA-256, the authority's certificate comes with the answer, and no nonce is asked for: an older answer
  about the same bytes only says more;
* the package ``rfc3161_client`` is asked for at the first use; where it is absent, that is a ``ConfigurationError``.

RFC 3161; only existence before the time is proven, neither who made the bytes nor that they are the only ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from provenance.codes import Code
from provenance.errors import ConfigurationError, ForgedError, MalformedError

if TYPE_CHECKING:
    from types import ModuleType

    from cryptography.x509 import Certificate

LARGEST_ANSWER = 64 << 10
"""Bytes; an answer with its certificates has about two thousand."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """The moment before which the bytes existed, and the object identifier of the authority's policy."""

    at: datetime
    policy: str


def timestamp_request(data: bytes) -> bytes:
    """The DER request that asks an authority to stamp these bytes."""
    client = _package()
    builder = client.TimestampRequestBuilder().data(data).hash_algorithm(client.HashAlgorithm.SHA256)
    return bytes(builder.nonce(nonce=False).cert_request(cert_request=True).build().as_bytes())


def open_timestamp(answer: bytes, data: bytes, *, roots: bytes) -> TimeStamp:
    """The time-stamp in an authority's DER answer about these bytes; ``roots`` are PEM certificates to be believed.

    Refuses an answer that is malformed, that says no, that is about other bytes, or whose signature leads to no root.
    """
    client = _package()
    if len(answer) > LARGEST_ANSWER:
        message = f"an answer has at most {LARGEST_ANSWER} bytes, not {len(answer)}"
        raise MalformedError(Code.MALFORMED_TIMESTAMP, message)
    try:
        opened = client.decode_timestamp_response(answer)
        said = opened.tst_info
    except ValueError as err:
        raise MalformedError(Code.MALFORMED_TIMESTAMP, f"no answer of a time-stamping authority: {err}") from err
    try:
        client.VerifierBuilder(roots=_certificates(roots)).build().verify_message(opened, data)
    except (client.VerificationError, ValueError) as err:
        raise ForgedError(Code.FORGED_TIMESTAMP, f"the time-stamp does not hold: {err}") from err
    return TimeStamp(said.gen_time, said.policy.dotted_string)


def _certificates(pem: bytes) -> list[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - an extra

    try:
        return load_pem_x509_certificates(pem)
    except ValueError as err:
        raise ConfigurationError(Code.BAD_SETTING, f"no PEM certificate of an authority: {err}") from err


def _package() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra
    except ImportError as err:
        message = "the package rfc3161-client is not installed; time-stamps need 'provenance[anchor]'"
        raise ConfigurationError(Code.BAD_SETTING, message) from err
    return rfc3161_client
