"""Reads the notifications of Alipay: a form whose fields, sorted, Alipay signs with its own key (RSA2).

Rules:

* every field but ``sign`` and ``sign_type`` is signed, decoded and in the order of its name; a field that occurs twice
  is refused, for nobody could say which one was signed;
* both the application and the seller must be the account's;
* Alipay sends again for 25 hours, with the time at which it first did: that is how old a notification may be, and it
  may be five minutes ahead;
* an amount is yuan with two digits after the point, and becomes fen without a float in between;
* of refunds Alipay tells the sum so far; what of it was this refund is found in the book of the order (``settling``).

https://opendocs.alipay.com/open/203/105286
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl

from provenance.codes import Code
from provenance.commerce.money import Money, parse_money
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
)
from provenance.crypto.provider_seals import check_rsa
from provenance.encoding.textual import parse_base64
from provenance.errors import ForgedError, MalformedError, ProvenanceError

_SENDS_AGAIN_SECONDS = 25 * 3600
_BEIJING = timezone(timedelta(hours=8))
_TIME = "%Y-%m-%d %H:%M:%S"
_MOST_FIELDS = 100
_UNSIGNED = frozenset({"sign", "sign_type"})


@dataclass(frozen=True, slots=True)
class AlipayAccount:
    """A merchant at Alipay: application, seller, and Alipay's public key for them."""

    application: str
    merchant: str
    key: bytes
    salt: bytes = field(repr=False)


def read_alipay(delivery: Delivery, account: AlipayAccount) -> PaymentNotice | None:
    """The notice in a delivery; ``None`` if it was truly sent and is about something else.

    Refuses what Alipay did not sign, what is too old or too new, and what is another merchant's.
    """
    told = _fields(delivery.body)
    _check_signature(told, account.key)
    check_clock(_sent_at(told), delivery.received, oldest=_SENDS_AGAIN_SECONDS)
    check_merchant(_text(told, "app_id"), account.application)
    check_merchant(_text(told, "seller_id"), account.merchant)
    is_refund = "refund_fee" in told
    state = PaymentState.REFUNDED if is_refund else _state(_text(told, "trade_status"))
    if state is None:
        return None
    return PaymentNotice(
        provider=Provider.ALIPAY,
        event=_text(told, "notify_id"),
        merchant=account.merchant,
        order=_text(told, "out_trade_no"),
        reference=salted(_text(told, "trade_no"), account.salt),
        refund=_text(told, "out_biz_no") if is_refund else None,
        amount=_amount(told, "refund_fee" if is_refund else "total_amount"),
        state=state,
        grade=Grade.A,
    )


def _fields(body: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError as err:  # not ASCII, not UTF-8 once decoded, too many fields, or no form at all
        raise MalformedError(Code.MALFORMED_TEXT, "the body is no form in UTF-8") from err
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise MalformedError(Code.DUPLICATE_KEY, "a field of the form occurs twice")
    return fields


def _check_signature(told: Mapping[str, str], key: bytes) -> None:
    if told.get("sign_type") != "RSA2":
        raise ForgedError(Code.FORGED_NOTICE, "only signatures of the type RSA2 are believed")
    signed = "&".join(f"{name}={value}" for name, value in sorted(told.items()) if name not in _UNSIGNED)
    try:
        signature = parse_base64(told.get("sign", ""))
    except MalformedError as err:
        raise ForgedError(Code.FORGED_NOTICE, "the field sign is no base64") from err
    check_rsa(key, signed.encode(), signature)


def _sent_at(told: Mapping[str, str]) -> int:
    text = told.get("notify_time", "")
    try:
        sent = datetime.strptime(text, _TIME).replace(tzinfo=_BEIJING)
    except ValueError as err:
        raise MalformedError(Code.MALFORMED_TEXT, "a time like 2026-03-01 10:00:00", pointer="/notify_time") from err
    if sent.strftime(_TIME) != text:
        raise MalformedError(Code.MALFORMED_TEXT, "a time like 2026-03-01 10:00:00", pointer="/notify_time")
    return int(sent.timestamp())


def _state(word: str) -> PaymentState | None:
    match word:
        case "TRADE_SUCCESS" | "TRADE_FINISHED":
            return PaymentState.PAID
        case "TRADE_CLOSED":
            return PaymentState.NOT_PAID
        case _:
            return None


def _amount(told: Mapping[str, str], name: str) -> Money:
    try:
        money = parse_money(f"CNY {told.get(name, '')}")
    except ProvenanceError as err:
        raise err.under(f"/{name}") from err
    return notice_amount(money.minor, money.currency, f"/{name}")


def _text(told: Mapping[str, str], name: str) -> str:
    return text_at(dict(told), name)
