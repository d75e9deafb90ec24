"""What makes a webhook of ours believable: a code that its receiver's secret makes, and a signature anyone can check.

Rules:

* both are over id, time and the bytes of the body, so none of them can be exchanged or sent again much later;
* an endpoint's secret is kept nowhere: it follows from the seed of one key file and the endpoint's random salt, and
  whoever has the database has only the salt;
* the key that signs is the key file's own; its public half is published, and shows to third parties who said it.

    webhook-id: evt_12_5f0c4a1b9d3e2f60
    webhook-timestamp: 1795400000
    webhook-signature: v1,<base64 HMAC-SHA256> v1a,<base64 Ed25519>

Standard Webhooks 1.0 https://www.standardwebhooks.com/
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from provenance.crypto.keys import PublicKey, SigningKey
from provenance.encoding.textual import format_base64

SALT_BYTES = 16

_LABEL = b"provenance/webhook-secrets/v1"


def endpoint_secret(key: SigningKey, salt: bytes) -> bytes:
    """The secret that is shared with one endpoint: 32 bytes, equal for equal salts."""
    own = hmac.digest(key.seed, _LABEL, hashlib.sha256)
    return hmac.digest(own, salt, hashlib.sha256)


def webhook_headers(message: str, seconds: int, body: bytes, *, secret: bytes, key: SigningKey) -> Mapping[str, str]:
    """The three headers of a message, signed at this time; made anew for each try."""
    signed = f"{message}.{seconds}.".encode() + body
    code = format_base64(hmac.digest(secret, signed, hashlib.sha256))
    return {
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{code} v1a,{format_base64(key.sign(signed))}",
    }


def format_secret(secret: bytes) -> str:
    """The secret as receivers' libraries take it."""
    return f"whsec_{format_base64(secret)}"


def format_webhook_key(key: PublicKey) -> str:
    """The public key as receivers' libraries take it."""
    return f"whpk_{format_base64(key.raw)}"
