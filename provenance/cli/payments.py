"""``provenance payment``: whether a notification of a payment provider is what it claims to be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, READABLE_OR_STDIN
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import ConfigurationError, MalformedError

if TYPE_CHECKING:
    from provenance.commerce.payment_notices import Delivery, PaymentNotice

_EXAMPLE = "provenance payment check body.json --headers headers.json --account wechat.json"


@verb(
    "check",
    example=_EXAMPLE,
    prints="{notice: {provider, event, merchant, order, reference, refund, minor, currency, state, grade} or null}",
)
@click.argument("body", type=READABLE_OR_STDIN)
@click.option("--account", type=READABLE, required=True, help="The merchant's account at the provider.")
@click.option("--headers", type=READABLE, help="The headers that came with it, as a JSON object.  [default: none]")
@click.option("--at", help="When it was received, such as 2026-05-04T10:00:00Z.  [default: now]")
def check(body: Path, account: Path, headers: Path | None, at: str | None) -> Answer:
    """Check a notification of WeChat Pay, Alipay or Stripe.

    BODY is what was received, byte for byte. The account's file holds its provider, merchant and salt (hex); for
    wechat keys ({serial: PEM}) and api_key, for alipay application and key (PEM), for stripe secrets (a list). Nothing
    about who paid is shown, and the provider's reference only salted.
    """
    from provenance.adapters.outside import SystemClock
    from provenance.commerce.payment_notices import Delivery
    from provenance.encoding.textual import parse_time

    received = parse_time(at) if at is not None else SystemClock().now()
    came = Delivery(_headers(headers), opening.read_bytes(body), int(received.timestamp()))
    notice = _read(came, canonical.parse_any(opening.read_bytes(account)))
    if notice is None:
        return Answer({"notice": None}, ["truly sent, and about no payment"])
    members = {
        "provider": notice.provider.value, "event": notice.event, "merchant": notice.merchant, "order": notice.order,
        "reference": notice.reference, "refund": notice.refund, "minor": notice.amount.minor,
        "currency": notice.amount.currency, "state": notice.state.value, "grade": notice.grade.value,
    }  # fmt: skip
    what = f"refund {notice.refund} of order {notice.order}" if notice.refund else f"order {notice.order}"
    line = f"{notice.state}  {notice.amount}  {what}  merchant {notice.merchant}  grade {notice.grade}"
    return Answer({"notice": members}, [line])


def _headers(path: Path | None) -> Mapping[str, str]:
    given = {} if path is None else canonical.parse_any(opening.read_bytes(path))
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise MalformedError(Code.WRONG_TYPE, "the headers are one JSON object of texts")
    return {name.lower(): str(value) for name, value in given.items()}


def _read(came: Delivery, account: Json) -> PaymentNotice | None:
    from provenance.commerce.alipay_notices import AlipayAccount, read_alipay
    from provenance.commerce.stripe_notices import StripeAccount, read_stripe
    from provenance.commerce.wechat_notices import WechatAccount, read_wechat

    match account:
        case {
            "provider": "wechat",
            "merchant": str(merchant),
            "keys": dict(keys),
            "api_key": str(secret),
            "salt": salt,
        }:
            pems = {serial: str(pem).encode() for serial, pem in keys.items()}
            return read_wechat(came, WechatAccount(merchant, pems, secret.encode(), _salt(salt)))
        case {"provider": "alipay", "application": str(app), "merchant": str(merchant), "key": str(pem), "salt": salt}:
            return read_alipay(came, AlipayAccount(app, merchant, pem.encode(), _salt(salt)))
        case {"provider": "stripe", "merchant": str(merchant), "secrets": list(secrets), "salt": salt}:
            shared = tuple(str(secret).encode() for secret in secrets)
            return read_stripe(came, StripeAccount(merchant, shared, _salt(salt)))
        case _:
            raise ConfigurationError(Code.BAD_SETTING, "the account's file lacks a member; --help names them")


def _salt(text: Json) -> bytes:
    from provenance.encoding.textual import parse_hex

    # A salt is not repeated, not even where it is misspelled.
    if not isinstance(text, str):
        raise ConfigurationError(Code.BAD_SETTING, "the account's salt is no text of hex digits")
    try:
        return parse_hex(text)
    except MalformedError as err:
        raise ConfigurationError(Code.BAD_SETTING, "the account's salt is not lower-case hex") from err


COMMANDS = (Workflow("payment", commands=[check], help="Check what payment providers tell."),)
