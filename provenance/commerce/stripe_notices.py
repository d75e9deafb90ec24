"""Reads the notifications of Stripe: authenticated by a secret that Stripe and the merchant share.

Rules:

* the code is checked over the bytes as they came; while secrets change there may be several ``v1``, and one that holds
  is enough; other schemes in the header count for nothing;
* the signed time is at most 300 seconds from ours, also ahead: Stripe's own library lets the future pass;
* a shared secret convinces nobody else, so the grade is B: Stripe is asked again before money moves;
* the order is what the merchant wrote into ``metadata.order``, a refund's name ``metadata.refund``; a dispute names the
  payment alone.

    Stripe-Signature: t=1795400000,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd

https://docs.stripe.com/webhooks/signature
"""

from __future__ import annotations

import hashlib
import hmac
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
from provenance.encoding.canonical import Json, parse_any
from provenance.encoding.textual import parse_size
from provenance.errors import ForgedError, MalformedError

_MOST_PARTS = 20
_PAYMENTS = {
    "payment_intent.succeeded": PaymentState.PAID,
    "payment_intent.canceled": PaymentState.NOT_PAID,
}
_REFUNDS = {"succeeded": PaymentState.REFUNDED, "failed": PaymentState.NOT_REFUNDED}
DISPUTES = {"won": PaymentState.CHARGEBACK_WON, "lost": PaymentState.CHARGEBACK_LOST}
"""What a dispute that is over came to."""
_DISPUTE_CREATED = "charge.dispute.created"
_DISPUTE_EVENTS = frozenset({_DISPUTE_CREATED, "charge.dispute.closed"})
_REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed"})


@dataclass(frozen=True, slots=True)
class StripeAccount:
    """A merchant at Stripe: its account, the endpoint's secrets, the newest and any not yet retired, and what asks."""

    merchant: str
    secrets: tuple[bytes, ...] = field(repr=False)
    salt: bytes = field(repr=False)
    api_key: bytes | None = field(repr=False, default=None)


def read_stripe(delivery: Delivery, account: StripeAccount) -> PaymentNotice | None:
    """The notice in a delivery; ``None`` if it was truly sent and is about something else.

    Refuses what no secret of the account made, what is too old or too new, and what is another merchant's.
    """
    _check_code(delivery, account.secrets)
    body = parse_any(delivery.body)
    event, kind, told = text_at(body, "id"), text_at(body, "type"), value_at(body, "data", "object")
    if isinstance(body, dict) and "account" in body:
        check_merchant(text_at(body, "account"), account.merchant)
    if kind in _DISPUTE_EVENTS:
        return _dispute(event, kind, told, account)
    is_refund = kind in _REFUND_EVENTS
    state = _REFUNDS.get(text_at(told, "status")) if is_refund else _PAYMENTS.get(kind)
    if state is None:
        return None
    amount = "amount" if is_refund or state is PaymentState.NOT_PAID else "amount_received"
    return PaymentNotice(
        provider=Provider.STRIPE,
        event=event,
        merchant=account.merchant,
        order=text_at(told, "metadata", "order"),
        reference=salted(text_at(told, "payment_intent") if is_refund else text_at(told, "id"), account.salt),
        refund=text_at(told, "metadata", "refund") if is_refund else None,
        amount=notice_amount(value_at(told, amount), _currency(told), f"/data/object/{amount}"),
        state=state,
        grade=Grade.B,
    )


def _dispute(event: str, kind: str, told: Json, account: StripeAccount) -> PaymentNotice | None:
    opened = PaymentState.CHARGED_BACK if kind == _DISPUTE_CREATED else None
    state = opened or DISPUTES.get(text_at(told, "status"))
    if state is None:
        return None
    return PaymentNotice(
        provider=Provider.STRIPE,
        event=event,
        merchant=account.merchant,
        order="",
        reference=salted(text_at(told, "payment_intent"), account.salt),
        refund=None,
        amount=notice_amount(value_at(told, "amount"), _currency(told), "/data/object/amount"),
        state=state,
        grade=Grade.B,
    )


def _check_code(delivery: Delivery, secrets: tuple[bytes, ...]) -> None:
    parts = [part.partition("=") for part in delivery.header("stripe-signature").split(",", _MOST_PARTS)]
    times = [value for name, _, value in parts if name.strip() == "t"]
    codes = [value for name, _, value in parts if name.strip() == "v1"]
    if len(times) != 1 or not codes:
        raise ForgedError(Code.FORGED_NOTICE, "the header has no one time, or no code")
    try:
        signed_at = parse_size(times[0])
    except MalformedError as err:
        raise ForgedError(Code.FORGED_NOTICE, "the time in the header is none") from err
    signed = times[0].encode() + b"." + delivery.body
    made = [hmac.digest(secret, signed, hashlib.sha256).hex() for secret in secrets]
    if not any(hmac.compare_digest(code, told) for code in made for told in codes):
        raise ForgedError(Code.FORGED_NOTICE, "no secret of this account made the code in the header")
    check_clock(signed_at, delivery.received)


def _currency(told: Json) -> str:
    return text_at(told, "currency").upper()
