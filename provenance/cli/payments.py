"""``provenance payment``: what payment providers told, whether it is what it claims to be, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, READABLE_OR_STDIN
from provenance.cli.payment_lists import reconcile
from provenance.cli.payment_refunds import refund
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import ConfigurationError, MalformedError, NotFoundError

if TYPE_CHECKING:
    from provenance.commerce.payment_notices import PaymentNotice
    from provenance.ports.inbox import KeptNotice

# The words of commerce.payment_notices and ports.inbox, spelled again so that --help needs neither; a test compares.
PROVIDERS = ("wechat", "alipay", "stripe")
FATES = ("waiting", "settled", "refused")

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
    from provenance.commerce.payment_accounts import parse_account, read_notice
    from provenance.commerce.payment_notices import Delivery
    from provenance.encoding.textual import parse_time

    received = parse_time(at) if at is not None else SystemClock().now()
    came = Delivery(_headers(headers), opening.read_bytes(body), int(received.timestamp()))
    notice = read_notice(came, parse_account(canonical.parse_any(opening.read_bytes(account))))
    if notice is None:
        return Answer({"notice": None}, ["truly sent, and about no payment"])
    line = f"{notice.state}  {notice.amount}  {_what(notice)}  merchant {notice.merchant}  grade {notice.grade}"
    return Answer({"notice": _members(notice)}, [line])


def _headers(path: Path | None) -> Mapping[str, str]:
    given = {} if path is None else canonical.parse_any(opening.read_bytes(path))
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise MalformedError(Code.WRONG_TYPE, "the headers are one JSON object of texts")
    return {name.lower(): str(value) for name, value in given.items()}


@verb(
    "inbox",
    example="provenance payment inbox --only refused",
    prints="{notices: [{provider, event, merchant, order, refund, minor, currency, state, grade, received, fate, why, "
    "contradictions, digest}]}",
)
@click.option("--only", type=click.Choice(FATES), help="Those of which this became.  [default: all]")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most.")
def inbox(only: str | None, limit: int) -> Answer:
    """Show what payment providers told, and what became of it.

    The newest is the first. What is refused contradicts what is recorded, and makes the exit code 1; what waits is
    looked at again. Who paid is shown nowhere.
    """
    from provenance.ports.inbox import Fate

    with opening.services() as services:
        kept = services.inbox.newest(limit, fate=None if only is None else Fate(only))
    rows = [_inbox_row(one) for one in kept]
    lines = [
        f"{row['received']}  {row['fate']:8} {row['state']:12} {one.notice.amount}  {_what(one.notice)}  "
        f"{one.notice.provider} {one.notice.event}" + (f"  {one.why}" if one.why else "")
        for row, one in zip(rows, kept, strict=True)
    ]
    is_bad = any(one.fate is Fate.REFUSED or one.contradictions for one in kept)
    return Answer({"notices": rows}, lines or ["nothing"], is_bad_news=is_bad)


@verb(
    "settle",
    example="provenance payment settle",
    prints="{notices: [{provider, event, order, refund, fate, why, message}]}",
)
def settle() -> Answer:
    """Turn what payment providers told into records, once.

    'provenance serve' does the same every second. What fits its order is signed by the key file 'payments' of this
    installation; what contradicts the record is refused, and makes the exit code 1; the rest waits.
    """
    from provenance.ports.inbox import Fate

    with opening.services(opening.passphrase_for("payments")) as services:
        if services.attesting is None:
            raise ConfigurationError(Code.BAD_SETTING, "set PROVENANCE_PAYMENTS: no account is known here")
        decided = services.attesting.turn()
    rows: list[JsonLike] = [
        {
            "provider": one.notice.notice.provider.value,
            "event": one.notice.notice.event,
            "order": one.notice.notice.order,
            "refund": one.notice.notice.refund,
            "fate": one.fate.value,
            "why": None if one.refusal is None else one.refusal.code.value,
            "message": None if one.refusal is None else one.refusal.message,
        }
        for one in decided
    ]
    lines = [
        f"{one.fate:8} {_what(one.notice.notice)}" + (f"  {one.refusal}" if one.refusal else "") for one in decided
    ]
    is_bad = any(one.fate is Fate.REFUSED for one in decided)
    return Answer({"notices": rows}, lines or ["nothing waits"], is_bad_news=is_bad)


@verb(
    "body",
    example="provenance payment body wechat EV-2018022511223320873 --key reader.key",
    prints="{provider, event, headers: {name: text}, body (base64)}",
)
@click.argument("provider", type=click.Choice(PROVIDERS))
@click.argument("event")
@click.option("--key", type=READABLE, required=True, help="The key file of the reader whom the payments' file names.")
def body(provider: str, event: str, key: Path) -> Answer:
    """Open what a provider sent, byte for byte.

    It may name a person. It is kept sealed for one reader, for as many days as the payments' file says.
    """
    from provenance.commerce.payment_notices import Provider
    from provenance.crypto.sealed_bodies import open_body
    from provenance.encoding.textual import parse_base64

    with opening.services() as services:
        sealed = services.inbox.sealed(Provider(provider), event)
    if sealed is None:
        raise NotFoundError(Code.NOT_FOUND, f"no body of {provider} {event} is kept")
    opened = canonical.parse_any(open_body(sealed, opening.key_in(key)))
    assert isinstance(opened, dict)
    text = parse_base64(str(opened["body"])).decode(errors="backslashreplace")
    return Answer({"provider": provider, "event": event, **opened}, [text])


def _inbox_row(kept: KeptNotice) -> dict[str, JsonLike]:
    from provenance.encoding.textual import format_time

    return {
        **_members(kept.notice),
        "received": format_time(datetime.fromtimestamp(kept.received, UTC)),
        "fate": kept.fate.value,
        "why": kept.why and kept.why.value,
        "contradictions": kept.contradictions,
        "digest": kept.digest,
    }


def _members(notice: PaymentNotice) -> dict[str, JsonLike]:
    return {
        "provider": notice.provider.value, "event": notice.event, "merchant": notice.merchant, "order": notice.order,
        "reference": notice.reference, "refund": notice.refund, "minor": notice.amount.minor,
        "currency": notice.amount.currency, "state": notice.state.value, "grade": notice.grade.value,
    }  # fmt: skip


def _what(notice: PaymentNotice) -> str:
    order = f"order {notice.order or 'not named'}"
    return f"refund {notice.refund} of {order}" if notice.refund else order


_VERBS = [check, inbox, settle, refund, reconcile, body]
COMMANDS = (Workflow("payment", commands=_VERBS, help="Look at what payment providers tell."),)
