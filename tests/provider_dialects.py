"""How the three payment providers sign what they tell: their side, with keys of our own. Nothing of this is product."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.commerce.alipay_notices import AlipayAccount
from provenance.commerce.payment_notices import Delivery
from provenance.commerce.stripe_notices import StripeAccount
from provenance.commerce.wechat_notices import WechatAccount

NOW = 1_795_400_000
SALT = b"a salt of sixteen bytes"
API_KEY, SECRET, SERIAL = b"0123456789abcdef0123456789abcdef", b"whsec_of_this_endpoint", "7B3C0A"
MERCHANTS = {"wechat": "1900000001", "alipay": "2088000000000001", "stripe": "acct_1ABC"}
APPLICATION = "2021000000000001"


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider has to tell: a payment, or where ``refund`` is named, a refund."""

    event: str
    order: str
    minor: int
    refund: str | None = None
    succeeded: bool = True
    reference: str = "4200001234202603010000000001"


@cache
def provider_key(name: str = "platform") -> rsa.RSAPrivateKey:
    """A provider's private key; one for every name, made when it is asked for."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """The public half, as a provider publishes it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def wechat_account() -> WechatAccount:
    """The merchant at WeChat Pay."""
    return WechatAccount(MERCHANTS["wechat"], {SERIAL: public_pem(provider_key())}, API_KEY, SALT)


def alipay_account() -> AlipayAccount:
    """The merchant at Alipay."""
    return AlipayAccount(APPLICATION, MERCHANTS["alipay"], public_pem(provider_key()), SALT)


def stripe_account() -> StripeAccount:
    """The merchant at Stripe."""
    return StripeAccount(MERCHANTS["stripe"], (SECRET,), SALT)


def wechat_body(told: Told, **changes: object) -> bytes:
    """A notification of WeChat Pay, sealed; ``changes`` go into what is sealed."""
    if told.refund is None:
        inner: dict[str, object] = {
            "trade_state": "SUCCESS" if told.succeeded else "CLOSED",
            "amount": {"total": told.minor, "payer_total": told.minor, "currency": "CNY", "payer_currency": "CNY"},
            "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        }
    else:
        inner = {
            "out_refund_no": told.refund,
            "refund_status": "SUCCESS" if told.succeeded else "ABNORMAL",
            "amount": {"total": told.minor, "refund": told.minor, "payer_total": told.minor},
        }
    inner |= {"mchid": MERCHANTS["wechat"], "out_trade_no": told.order, "transaction_id": told.reference} | changes
    return wechat_sealed(told.event, "REFUND.SUCCESS" if told.refund else "TRANSACTION.SUCCESS", json.dumps(inner))


def wechat_sealed(event: str, kind: str, inner: str, key: bytes = API_KEY) -> bytes:
    """A body whose resource is this text, sealed."""
    sealed = AESGCM(key).encrypt(b"fdasflkja484", inner.encode(), b"transaction")
    resource = {
        "algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode(),
        "nonce": "fdasflkja484", "associated_data": "transaction",
    }  # fmt: skip
    return json.dumps({"id": event, "event_type": kind, "resource": resource}).encode()


def wechat_signed(body: bytes, at: int, key: rsa.RSAPrivateKey | None = None) -> Mapping[str, str]:
    """The headers over a body."""
    signature = _rsa(key or provider_key(), b"%d\nabcdef\n%s\n" % (at, body))
    return {
        "wechatpay-timestamp": str(at), "wechatpay-nonce": "abcdef",
        "wechatpay-serial": SERIAL, "wechatpay-signature": signature,
    }  # fmt: skip


def alipay_fields(told: Told, at: int) -> dict[str, str]:
    """The fields of Alipay's form, not yet signed."""
    sent = (datetime.fromtimestamp(at, UTC) + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")
    yuan = f"{told.minor // 100}.{told.minor % 100:02}"
    fields = {
        "notify_id": told.event, "notify_time": sent, "app_id": APPLICATION, "seller_id": MERCHANTS["alipay"],
        "out_trade_no": told.order, "trade_no": told.reference, "total_amount": yuan, "subject": "橄榄 & figs",
        "trade_status": "TRADE_SUCCESS" if told.succeeded else "TRADE_CLOSED", "buyer_id": "2088102116773037",
    }  # fmt: skip
    return fields | ({"refund_fee": yuan, "out_biz_no": told.refund} if told.refund else {})


def alipay_signed(fields: Mapping[str, str], key: rsa.RSAPrivateKey | None = None) -> bytes:
    """The form with Alipay's signature in it."""
    signed = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    sign = _rsa(key or provider_key(), signed.encode())
    return urlencode({**fields, "sign": sign, "sign_type": "RSA2"}).encode()


def stripe_body(told: Told, **changes: object) -> bytes:
    """An event of Stripe; ``changes`` go into the object that it is about."""
    metadata = {"order": told.order} | ({"refund": told.refund} if told.refund else {})
    inner: dict[str, object] = {"currency": "cny", "amount": told.minor, "metadata": metadata}
    if told.refund:
        kind = "refund.updated"
        inner |= {"id": "re_1", "payment_intent": told.reference}
        inner["status"] = "succeeded" if told.succeeded else "failed"
    else:
        kind = "payment_intent.succeeded" if told.succeeded else "payment_intent.canceled"
        inner |= {"id": told.reference, "amount_received": told.minor if told.succeeded else 0}
    return json.dumps({"id": told.event, "type": kind, "data": {"object": inner | changes}}).encode()


def stripe_dispute(event: str, minor: int, status: str, reference: str = "4200001234202603010000000001") -> bytes:
    """A dispute as Stripe tells of it: opened, or over (``won``, ``lost``)."""
    kind = "charge.dispute.closed" if status in ("won", "lost", "warning_closed") else "charge.dispute.created"
    told = {"id": "dp_1", "status": status, "payment_intent": reference, "amount": minor, "currency": "cny"}
    return json.dumps({"id": event, "type": kind, "data": {"object": told}}).encode()


def stripe_signed(body: bytes, at: int, secret: bytes = SECRET) -> Mapping[str, str]:
    """The header over a body."""
    return {"stripe-signature": f"t={at},v1={stripe_code(body, at, secret)}"}


def stripe_code(body: bytes, at: int, secret: bytes = SECRET) -> str:
    """One code of the header."""
    return hmac.digest(secret, b"%d.%s" % (at, body), hashlib.sha256).hex()


def delivery(provider: str, told: Told, *, at: int = NOW) -> Delivery:
    """A true delivery in a provider's dialect, received the moment it was signed."""
    match provider:
        case "wechat":
            body = wechat_body(told)
            return Delivery(wechat_signed(body, at), body, at)
        case "alipay":
            return Delivery({}, alipay_signed(alipay_fields(told, at)), at)
        case _:
            body = stripe_body(told)
            return Delivery(stripe_signed(body, at), body, at)


def _rsa(key: rsa.RSAPrivateKey, message: bytes) -> str:
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()
