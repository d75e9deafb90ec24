"""The commands for a party whose keys were lost or stolen: a new key from the root, a veto, standing by one's words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, hex_id, party
from provenance.cli.receipts import captured
from provenance.cli.roots import RECEIPT, RootKeys, decided_by_root
from provenance.cli.terminal import Answer, verb

if TYPE_CHECKING:
    from provenance.ids import PartyId, StatementHash

_A_HASH = "c0ffee00" * 8
_party = click.option("--party", "of", type=party, required=True, help="The party: its GLN, or its whole name.")
_proposal = click.option(
    "--proposal", type=hex_id, metavar="ID", required=True, help="What proposed the recovery, as 'party list' shows it."
)


@verb("recover", example="provenance party recover --party 9520123000004 --new-key fresh.key", prints=RECEIPT)
@_party
@click.option(
    "--new-key", type=READABLE, required=True, help="The key file that is to speak for the party; it signs too."
)
@decided_by_root
def recover(of: PartyId, new_key: Path, root: RootKeys) -> Answer:
    """Propose a new key for a party.

    For one that lost its own. Everybody can read the proposal for 72 hours, and any live key of the party can veto
    it. If a thief could, revoke the stolen key first.
    """
    from provenance.adapters.outside import SystemClock
    from provenance.custody.registry_entries import RecoveryProposed

    new = opening.key_in(new_key)
    return root.decide(RecoveryProposed(of, new.public, SystemClock().now()), new=[new])


@verb(
    "complete-recovery",
    example=f"provenance party complete-recovery --party 9520123000004 \\\n    --proposal {_A_HASH}",
    prints=RECEIPT,
)
@_party
@_proposal
@decided_by_root
def complete(of: PartyId, proposal: StatementHash, root: RootKeys) -> Answer:
    """Let the proposed key speak.

    This takes 72 hours since the proposal. Every older key of the party ends.
    """
    from provenance.adapters.outside import SystemClock
    from provenance.custody.registry_entries import RecoveryCompleted

    return root.decide(RecoveryCompleted(of, proposal, SystemClock().now()))


@verb(
    "veto",
    example=f"provenance party veto --party 9520123000004 --key maker.key \\\n    --proposal {_A_HASH}",
    prints=RECEIPT,
)
@_party
@_proposal
@click.option("--key", type=READABLE, help="A live key file of the party; else the root takes its proposal back.")
@decided_by_root
def veto(of: PartyId, proposal: StatementHash, key: Path | None, root: RootKeys) -> Answer:
    """Stop a recovery."""
    from provenance.custody.registry_entries import RecoveryVetoed

    entry = RecoveryVetoed(of, proposal)
    if key is None:
        return root.decide(entry)
    own = opening.key_in(key)
    return captured(of, lambda registry: registry.by_party(entry, own))


@verb(
    "reaffirm",
    example=f"provenance party reaffirm --party 9520123000004 --key fresh.key {_A_HASH}",
    prints="{party, statement, index, status, repeat, confirmedBy}",
)
@_party
@click.option("--key", type=READABLE, required=True, help="A live key file of the party.")
@click.argument("statements", type=hex_id, metavar="STATEMENT...", nargs=-1, required=True)
def reaffirm(of: PartyId, key: Path, statements: tuple[StatementHash, ...]) -> Answer:
    """Stand by statements that a stolen key signed.

    Those that the party itself made before it noticed are in doubt no more. 'provenance key signed' lists what a key
    signed.
    """
    from provenance.custody.registry_entries import StatementsReaffirmed

    own = opening.key_in(key)
    entry = StatementsReaffirmed(of, tuple(dict.fromkeys(statements)))
    return captured(of, lambda registry: registry.by_party(entry, own))


COMMANDS = (recover, complete, veto, reaffirm)
