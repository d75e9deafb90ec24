"""``provenance payment reconcile``: where the books and a provider's own list differ."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE_OR_STDIN
from provenance.cli.terminal import Answer, verb
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import ConfigurationError

if TYPE_CHECKING:
    from provenance.services.reconciling import OrderBreak


@verb(
    "reconcile",
    example="provenance payment reconcile wechat-2026-05-04.json",
    prints="{lines, breaks: [{difference, order, transfer, booked: amount or null, listed: amount or null}]}",
)
@click.argument("file", metavar="LIST", type=READABLE_OR_STDIN)
def reconcile(file: Path) -> Answer:
    """Compare the books of all orders with a provider's own list.

    LIST holds what the provider lists of one account: provider, merchant, from and until (seconds), and lines of
    {order, refund or null, minor, currency, state}. Each difference makes the exit code 1; nothing is changed:
    not-booked is there and not here, not-done is here and not there, other-amount, not-asked, done-twice.
    """
    from provenance.commerce.provider_lists import parse_provider_list

    listed = parse_provider_list(canonical.parse_any(opening.read_bytes(file)))
    with opening.services() as services:
        if services.reconciling is None:
            raise ConfigurationError(Code.BAD_SETTING, "set PROVENANCE_PAYMENTS: no account is known here")
        found = services.reconciling.compare(listed)
    members: dict[str, JsonLike] = {"lines": len(listed.lines), "breaks": [_row(one) for one in found]}
    lines = [
        f"{one.found.difference:12} {one.found.transfer}  "
        f"booked {one.found.booked or 'nothing'}, listed {one.found.listed or 'nothing'}"
        for one in found
    ]
    agrees = f"the books agree with {len(listed.lines)} lines"
    return Answer(members, lines or [agrees], is_bad_news=bool(found))


def _row(one: OrderBreak) -> dict[str, JsonLike]:
    found = one.found
    return {
        "difference": found.difference.value,
        "order": one.order,
        "transfer": found.transfer,
        "booked": None if found.booked is None else str(found.booked),
        "listed": None if found.listed is None else str(found.listed),
    }
