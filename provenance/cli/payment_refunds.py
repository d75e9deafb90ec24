"""``provenance payment refund``: what goes back to a buyer is granted, and asked of the provider or of a person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, ROLES, party
from provenance.cli.terminal import Answer, talk, verb
from provenance.codes import Code
from provenance.errors import ConfigurationError

if TYPE_CHECKING:
    from provenance.ids import PartyId
    from provenance.services.refunding import Refunding
    from provenance.services.signing import Hand


@verb(
    "refund",
    example="provenance payment refund return:9520123000004/2026-0001-1 --amount 'CNY 199.00' --key shop.key "
    "--party 9520123000004",
    prints="{refund, provider, merchant, order, name, minor, currency, told}",
)
@click.argument("after", metavar="RETURN|ORDER")
@click.option("--amount", help="How much, such as 'CNY 199.00'; only where it is not granted yet.")
@click.option("--key", type=READABLE, help="The key file of who grants it; only where it is not granted yet.")
@click.option("--party", "of", type=party, help="Whose key it is.  [default: the buyer's own, in no registry]")
@click.option("--role", type=click.Choice(ROLES), default="seller", show_default=True, help="What the party acts as.")
def refund(after: str, amount: str | None, key: Path | None, of: PartyId | None, role: str) -> Answer:
    """Pay back what a return, or a cancelled order, ends with.

    It is granted with the key, unless it was before; that it is asked for is recorded; and the provider is told, or
    you are: then give it back there under exactly this name. Typed again it asks again under the same name, so nothing
    is paid twice. What the provider tells afterwards ends it ('payment settle').
    """
    from provenance.commerce.dossier_names import parse_dossier_name
    from provenance.commerce.money import parse_money
    from provenance.commerce.refunds import refund_after

    subject = parse_dossier_name(after).subject
    with opening.services(opening.passphrase_for("payments")) as services:
        refunding = _refunding(services.refunding)
        if not refunding.is_granted(subject):
            if amount is None or key is None:
                raise ConfigurationError(Code.BAD_SETTING, "nobody granted it yet: name --amount and --key")
            refunding.grant(subject, parse_money(amount), [_hand(key, of, role)])
        command = refunding.command(refund_after(subject))
    head, till = "asked" if command.is_told else "to be asked", f"{command.at.provider} {command.at.account.merchant}"
    if not command.is_told:
        talk(f"Give it back at {command.at.provider} yourself, under exactly the name {command.name}.")
    return Answer(
        {
            "refund": command.refund,
            "provider": command.at.provider.value,
            "merchant": command.at.account.merchant,
            "order": command.order,
            "name": command.name,
            "minor": command.amount.minor,
            "currency": command.amount.currency,
            "told": command.is_told,
        },
        [f"{head}  {command.amount} of order {command.order}, as refund {command.name}  {till}"],
    )


def _refunding(found: Refunding | None) -> Refunding:
    if found is None:
        raise ConfigurationError(Code.BAD_SETTING, "set PROVENANCE_PAYMENTS: no account is known here")
    return found


def _hand(path: Path, of: PartyId | None, role: str) -> Hand:
    from provenance.custody.roles import Role
    from provenance.services.signing import Hand, consumer

    key = opening.key_in(path)
    return consumer(key) if of is None else Hand(of, Role(role), key)
