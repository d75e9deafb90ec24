"""Asking a server as a party: a request that carries the party's own signature, and no password that both know.

Rules (RFC 9421, HTTP Message Signatures, of which this is one exact form):

* signed are the method, the authority, the path and the query: the same signature opens nothing else, nowhere else;
* it says when it was made. A server takes it five minutes before and after that by its own clock, and no longer;
* it holds a nonce of 16 fresh random bytes. Whoever answers remembers those of the last minutes
  (``ports.nonces``), so that no request is answered twice;
* the key is named by its id; whose it is and what that party may read is for whoever answers;
* there is one spelling, and nothing else is read::

    Signature-Input: sig1=("@method" "@authority" "@path" "@query");created=1618884473;nonce="…";keyid="<64 hex>"
                     ;alg="ed25519";tag="provenance"
    Signature: sig1=:<base64 of 64 bytes>:

https://www.rfc-editor.org/rfc/rfc9421
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, SigningKey, is_signed_by
from provenance.encoding.textual import format_base64, parse_base64, parse_size
from provenance.errors import ForgedError, MalformedError, RefusedError
from provenance.ids import KeyId

NONCE_BYTES = 16
SECONDS_OFF = 300

_COMPONENTS = ("@method", "@authority", "@path", "@query")
_ENDING = ';alg="ed25519";tag="provenance"'
_INPUT = re.compile(
    r'sig1=\("@method" "@authority" "@path" "@query"\);created=([0-9]{1,19});nonce="([A-Za-z0-9+/=]{24})"'
    r';keyid="([0-9a-f]{64})"' + re.escape(_ENDING)
)
_SIGNATURE = re.compile(r"sig1=:([A-Za-z0-9+/=]{88}):")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for, of whom; ``query`` is without its question mark, and empty where there is none."""

    method: str
    authority: str
    path: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a signature says about itself: when it was made, its nonce, by which key."""

    created: int
    nonce: bytes
    key: KeyId


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request with a signature that was not checked yet."""

    target: Target
    claim: Claim
    signature: bytes


def authority_of(url: str) -> str:
    """The authority of an address, as both sides spell it (RFC 9421 §2.2.3).

    >>> authority_of("https://Shop.example:443/log"), authority_of("http://127.0.0.1:8000")
    ('shop.example', '127.0.0.1:8000')
    """
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2].lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))


def sign_request(target: Target, *, key: SigningKey, created: int, nonce: bytes) -> dict[str, str]:
    """The two headers with which a party asks for this; ``nonce`` is 16 fresh random bytes."""
    claim = Claim(created, nonce, key.public.id)
    signature = key.sign(_base_of(target, claim))
    return {
        "Signature-Input": f"sig1={_parameters(claim)}",
        "Signature": f"sig1=:{format_base64(signature)}:",
    }


def parse_signed(target: Target, *, signature_input: str, signature: str) -> SignedRequest:
    """The signature in the headers of a request for this; refuses any spelling but our own."""
    said, signed = _INPUT.fullmatch(signature_input), _SIGNATURE.fullmatch(signature)
    if said is None or signed is None:
        message = "the request has no Signature-Input and Signature in the one form that is read here"
        raise MalformedError(Code.UNSIGNED_REQUEST, message)
    claim = Claim(parse_size(said[1]), parse_base64(said[2], length=NONCE_BYTES), KeyId(said[3]))
    return SignedRequest(target, claim, parse_base64(signed[1], length=64))


def require_signed(request: SignedRequest, public: PublicKey, *, now: int) -> None:
    """Refuse a request that this key did not sign, or not within five minutes of ``now`` (POSIX seconds).

    That it was not answered before is not checked here: it needs a memory.
    """
    claim, target = request.claim, request.target
    if public.id != claim.key or not is_signed_by(public, _base_of(target, claim), request.signature):
        message = f"the key {claim.key} did not sign {target.method} {target.path}?{target.query} of {target.authority}"
        raise ForgedError(Code.BAD_SIGNATURE, message)
    if abs(claim.created - now) > SECONDS_OFF:
        message = f"the request was signed at {claim.created}, and here it is {now}: more than {SECONDS_OFF} s apart"
        raise RefusedError(Code.STALE_REQUEST, message)


def signature_base(components: Sequence[tuple[str, str]], parameters: str) -> bytes:
    """The bytes that are signed (RFC 9421 §2.5): a line for each component, and the parameters last."""
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode()


def _base_of(target: Target, claim: Claim) -> bytes:
    values = (target.method, target.authority, target.path, f"?{target.query}")
    return signature_base(list(zip(_COMPONENTS, values, strict=True)), _parameters(claim))


def _parameters(claim: Claim) -> str:
    names = " ".join(f'"{name}"' for name in _COMPONENTS)
    return f'({names});created={claim.created};nonce="{format_base64(claim.nonce)}";keyid="{claim.key}"{_ENDING}'
