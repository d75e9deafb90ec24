"""The payment provider of the sample world: what it tells the store, in Alipay's dialect, with a key of this stage.

Rules:

* a notice is signed over its form, as Alipay signs; whoever else signs one has another key;
* the provider's private key is made anew whenever a world is filled, and is kept nowhere.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.adapters.outside import write_durably
from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from sample_data.cast import PAY_DESK, STORE
from sample_data.home import payments_of

PROVIDER, SOMEBODY_ELSE = "provider", "somebody else"

_APPLICATION, _MERCHANT = "2021000000000001", "2088000000000001"
_BEIJING = timedelta(hours=8)
_KEEP_DAYS = 30


@dataclass(frozen=True, slots=True)
class Notice:
    """What is delivered in the provider's name about the payment of an order; ``refused``: with which code.

    ``sent`` is the time it carries: a notice that comes again carries the old one.
    """

    when: datetime
    sent: datetime
    number: str
    minor: int
    signed_by: str = PROVIDER
    refused: Code | None = None

    def comes_again(self, when: datetime) -> Notice:
        """The very same bytes, later."""
        return replace(self, when=when)

    def is_refused(self, code: Code) -> Notice:
        """The same notice, which must be refused."""
        return replace(self, refused=code)

    def body(self) -> bytes:
        """The form as it is posted."""
        fields = {
            "notify_id": f"n-{self.number}",
            "notify_time": f"{self.sent + _BEIJING:%Y-%m-%d %H:%M:%S}",
            "app_id": _APPLICATION,
            "seller_id": _MERCHANT,
            "out_trade_no": self.number,
            "trade_no": f"t-{self.number}",
            "total_amount": f"{self.minor // 100}.{self.minor % 100:02}",
            "trade_status": "TRADE_SUCCESS",
        }
        signed = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        signature = _key_of(self.signed_by).sign(signed.encode(), PKCS1v15(), SHA256())
        return urlencode({**fields, "sign": base64.b64encode(signature).decode(), "sign_type": "RSA2"}).encode()


def open_account(home: Path, keys: Mapping[str, SigningKey]) -> None:
    """Write the store's account with the provider into the home; what comes is sealed for the store to read."""
    key = _key_of(PROVIDER).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    account: Json = {
        "provider": "alipay",
        "merchant": _MERCHANT,
        "application": _APPLICATION,
        "key": key.decode(),
        "salt": "5a" * 16,
        "seller": STORE.id.rpartition("/")[2],
    }
    setup: dict[str, Json] = {"attestor": PAY_DESK.id, "reader": str(keys[STORE.key].public), "keepDays": _KEEP_DAYS}
    write_durably(payments_of(home), canonical.dump({**setup, "accounts": [account]}))


@cache
def _key_of(name: str) -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)
