r"""Reads the notifications of WeChat Pay, version 3: signed by the platform, and sealed for the merchant.

Rules:

* the signature is checked over the bytes as they came, before anything in them is read; the key is that which the
  header names by its serial, so that keys can change;
* what was sealed is opened with the merchant's API key, and the tag covers what stands beside it;
* an amount is in fen; ``amount.total`` is what the order costs, whatever coupons the payer used.

What is signed: ``TIMESTAMP\nNONCE\nBODY\n``.
https://pay.weixin.qq.com/doc/v3/merchant/4012365342
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.commerce.payment_notices import (
    Delivery,
    Grade,
    PaymentNotice,
    PaymentState,
    Provider,
    check_clock,
    check_merchant,
    notice_amount,
    salted,
    text_at,
    value_at,
)
from provenance.crypto.provider_seals import check_rsa, open_gcm
from provenance.encoding.canonical import Json, parse_any
from provenance.encoding.textual import parse_base64, parse_size
from provenance.errors import ForgedError, MalformedError, ProvenanceError

_LONGEST_NONCE = 64
_REFUNDS: Mapping[str, PaymentState] = {
    "SUCCESS": PaymentState.REFUNDED,
    "CLOSED": PaymentState.NOT_REFUNDED,
    "ABNORMAL": PaymentState.NOT_REFUNDED,
}


@dataclass(frozen=True, slots=True)
class WechatAccount:
    """A merchant at WeChat Pay: its number, the platform's public keys by serial, and the secrets, never printed."""

    merchant: str
    keys: Mapping[str, bytes]
    api_key: bytes = field(repr=False)
    salt: bytes = field(repr=False)


def read_wechat(delivery: Delivery, account: WechatAccount) -> PaymentNotice | None:
    """The notice in a delivery; ``None`` if it was truly sent and is about something else.

    Refuses what the platform did not sign, what is too old or too new, and what is another merchant's.
    """
    _check_signature(delivery, account)
    body = parse_any(delivery.body)
    event, kind = text_at(body, "id"), text_at(body, "event_type")
    if not kind.startswith(("TRANSACTION.", "REFUND.")):
        return None
    told = _opened(value_at(body, "resource"), account.api_key)
    check_merchant(text_at(told, "mchid"), account.merchant)
    is_refund = kind.startswith("REFUND.")
    state = _refund_state(told) if is_refund else _paid_state(told)
    if state is None:
        return None
    amount = value_at(told, "amount")
    return PaymentNotice(
        provider=Provider.WECHAT,
        event=event,
        merchant=account.merchant,
        order=text_at(told, "out_trade_no"),
        reference=salted(text_at(told, "transaction_id"), account.salt),
        refund=text_at(told, "out_refund_no") if is_refund else None,
        # A refund names no currency: it is that of the payment, which here is always CNY.
        amount=notice_amount(value_at(amount, "refund"), "CNY", "/amount/refund")
        if is_refund
        else notice_amount(value_at(amount, "total"), _currency(amount), "/amount/total"),
        state=state,
        grade=Grade.A,
    )


def _check_signature(delivery: Delivery, account: WechatAccount) -> None:
    stamp, nonce = delivery.header("wechatpay-timestamp"), delivery.header("wechatpay-nonce")
    key = account.keys.get(delivery.header("wechatpay-serial"))
    if key is None or "\n" in nonce or len(nonce) > _LONGEST_NONCE:
        raise ForgedError(Code.FORGED_NOTICE, "no key of the platform has that serial, or the nonce is none")
    try:
        signed_at, signature = parse_size(stamp), parse_base64(delivery.header("wechatpay-signature"))
    except MalformedError as err:
        raise ForgedError(Code.FORGED_NOTICE, "the time or the signature in the header is none") from err
    check_rsa(key, b"%s\n%s\n%s\n" % (stamp.encode(), nonce.encode(), delivery.body), signature)
    check_clock(signed_at, delivery.received)


def _opened(resource: Json, api_key: bytes) -> Json:
    if value_at(resource, "algorithm") != "AEAD_AES_256_GCM":
        raise MalformedError(Code.WRONG_VALUE, "only AEAD_AES_256_GCM is known", pointer="/resource/algorithm")
    associated = value_at(resource, "associated_data") if "associated_data" in _members(resource) else ""
    if not isinstance(associated, str):
        raise MalformedError(Code.WRONG_TYPE, "a text", pointer="/resource/associated_data")
    sealed_text = value_at(resource, "ciphertext")
    if not isinstance(sealed_text, str):
        raise MalformedError(Code.WRONG_TYPE, "base64", pointer="/resource/ciphertext")
    try:
        sealed = parse_base64(sealed_text)
    except ProvenanceError as err:
        raise err.under("/resource/ciphertext") from err
    nonce = text_at(resource, "nonce").encode()
    return parse_any(open_gcm(api_key, sealed, nonce=nonce, associated=associated.encode()))


def _members(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def _paid_state(told: Json) -> PaymentState | None:
    match value_at(told, "trade_state"):
        case "SUCCESS":
            return PaymentState.PAID
        case "CLOSED" | "REVOKED" | "PAYERROR":
            return PaymentState.NOT_PAID
        case _:
            return None


def _refund_state(told: Json) -> PaymentState | None:
    return _REFUNDS.get(text_at(told, "refund_status"))


def _currency(amount: Json) -> str:
    return text_at(amount, "currency") if "currency" in _members(amount) else "CNY"
