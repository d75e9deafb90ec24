"""What a payment provider tells about one payment, in one form whoever tells it; money is believed only from here.

Rules:

* a notice exists only once its signature held over the bytes as they came, and its clock agreed with ours both ways;
* an amount is above zero and in minor units; the merchant is the one that the account names;
* a grade says how far others can check it: A the provider's public key signed, B a secret shared with us, so it is
  asked again before money moves, C a merchant's word;
* nothing about a person is in it: who paid, from which card and where to stays in the provider's body, and the
  provider's own reference only as a salted hash.

    wechat  paid  CNY 199.00  order 20260301-0001  merchant 1900000001  grade A
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.money import Money
from provenance.encoding.canonical import Json
from provenance.errors import ForgedError, MalformedError, RefusedError

LARGEST_BODY = 64 << 10
"""Bytes of a notification; the longest of theirs has a tenth of that."""
WINDOW_SECONDS = 300
"""How far a signed time may be from ours, either way."""

_NAME = re.compile(r"[!-~]{1,128}")


@unique
class Provider(StrEnum):
    """Whose notification it is; the value is stored, never renamed."""

    WECHAT = "wechat"
    ALIPAY = "alipay"
    STRIPE = "stripe"


@unique
class PaymentState(StrEnum):
    """What became of the money; the value is stored, never renamed."""

    PAID = "paid"
    NOT_PAID = "not-paid"
    REFUNDED = "refunded"
    NOT_REFUNDED = "not-refunded"
    CHARGED_BACK = "charged-back"
    CHARGEBACK_WON = "chargeback-won"
    CHARGEBACK_LOST = "chargeback-lost"


CHARGEBACKS = frozenset({PaymentState.CHARGED_BACK, PaymentState.CHARGEBACK_WON, PaymentState.CHARGEBACK_LOST})
"""States of a payment that the buyer's bank takes back; a notice of them may name the payment and no order."""


@unique
class Grade(StrEnum):
    """How far somebody else can check it; the value is stored, never renamed."""

    A = "A"
    B = "B"
    C = "C"


SUMS_REFUNDS = frozenset({Provider.ALIPAY})
"""Those who tell of a refund how much was given back of its payment in all, not how much of it was this refund."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notification as it came: header names in lower case, the body unread, and our own time in whole seconds."""

    headers: Mapping[str, str]
    body: bytes
    received: int

    def header(self, name: str) -> str:
        """The header; refuses a delivery without it."""
        value = self.headers.get(name)
        if value is None or not value.isascii():
            raise ForgedError(Code.FORGED_NOTICE, f"the header {name} is missing, or not ASCII")
        return value


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """One thing that a provider told about one payment; ``refund`` is our name of the refund, where it is about one.

    ``order`` is empty where the provider names the payment alone.
    """

    provider: Provider
    event: str
    merchant: str
    order: str
    reference: str
    refund: str | None
    amount: Money
    state: PaymentState
    grade: Grade


def salted(reference: str, salt: bytes) -> str:
    """What is kept of a provider's reference: equal for equal ones, and of no use without the salt."""
    if len(salt) < 16:
        raise RefusedError(Code.RANDOM_BYTES, f"a salt has 16 bytes or more, not {len(salt)}")
    return hmac.digest(salt, reference.encode(), hashlib.sha256).hex()


def check_size(delivery: Delivery) -> None:
    """Refuses a body that no provider sends, before anything is reckoned with it."""
    if len(delivery.body) > LARGEST_BODY:
        message = f"a notification has at most {LARGEST_BODY} bytes, not {len(delivery.body)}"
        raise MalformedError(Code.TOO_LARGE, message)


def check_clock(signed_at: int, received: int, *, oldest: int = WINDOW_SECONDS) -> None:
    """Refuses a signed time too long ago, and one that has not come yet: a clock that is ahead buys nothing."""
    if received - signed_at > oldest:
        raise RefusedError(Code.STALE_NOTICE, f"signed {received - signed_at} seconds ago, {oldest} at most")
    if signed_at - received > WINDOW_SECONDS:
        message = f"signed {signed_at - received} seconds from now, {WINDOW_SECONDS} at most"
        raise RefusedError(Code.STALE_NOTICE, message)


def check_merchant(told: str, account: str) -> None:
    """Refuses a notification about another merchant's money."""
    if told != account:
        raise RefusedError(Code.OTHER_MERCHANT, "the notification is for another merchant than this account's")


def notice_amount(minor: Json, currency: str, pointer: str) -> Money:
    """An amount that was paid or given back: above zero, and no more than any order may come to."""
    if isinstance(minor, bool) or not isinstance(minor, int) or not 0 < minor <= MOST_MINOR:
        message = f"an amount is a whole number of minor units from 1 to {MOST_MINOR}"
        raise MalformedError(Code.WRONG_VALUE, message, pointer=pointer)
    return Money(minor, currency)


def text_at(value: Json, *path: str) -> str:
    """The name at a path of members: 1 to 128 printable ASCII letters without spaces."""
    found = value_at(value, *path)
    if not isinstance(found, str) or not _NAME.fullmatch(found):
        message = "1 to 128 printable letters without spaces"
        raise MalformedError(Code.WRONG_TYPE, message, pointer="/" + "/".join(path))
    return found


def value_at(value: Json, *path: str) -> Json:
    """The value at a path of members; a provider's body may have others beside."""
    found = value
    for depth, name in enumerate(path, start=1):
        if not isinstance(found, dict) or name not in found:
            pointer = "/" + "/".join(path[:depth])
            raise MalformedError(Code.MISSING_MEMBER, f"the member {name} is missing", pointer=pointer)
        found = found[name]
    return found
