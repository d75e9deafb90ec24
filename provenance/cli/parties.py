"""``provenance party``: who is who, who owns which prefix, whose keys speak, who acts for whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening, recovery
from provenance.cli.arguments import PERMISSIONS, READABLE, REASONS, ROLES, hex_id, party
from provenance.cli.receipts import captured
from provenance.cli.roots import RootKeys, decided_by_root
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_time

if TYPE_CHECKING:
    from provenance.custody.parties import Party, Registry
    from provenance.ids import KeyId, PartyId, StatementHash

_RECEIPT = "{party, statement, index, status, repeat, confirmedBy} or, with --draft, {draft, statement}"
_PARTIES = (
    "{parties: [{party, name, roles, licences, keys: [{key, id, since, ended, compromisedSince}], "
    "delegations: [{grant, to, may, scope}], recoveries: [{proposal, key, at}]}]}"
)

_party = click.option("--party", "of", type=party, required=True, help="The party: its GLN, or its whole name.")
_prefix = click.option("--prefix", required=True, help="The GS1 company prefix, 4 to 12 digits.")
_role = click.option(
    "--role", "roles", type=click.Choice(ROLES), multiple=True, required=True, help="What it acts as; may be repeated."
)
_key = click.option("--key", type=READABLE, required=True, help="A key file of the party that signs.")
_new_key = click.option("--new-key", type=READABLE, required=True, help="The key file that is new.")


@verb(
    "enrol",
    example='provenance party enrol --gln 9520123000004 --name "Olivar" --role producer --key maker.key',
    prints=_RECEIPT,
)
@click.option("--gln", "of", type=party, required=True, help="The party's GLN.")
@click.option("--name", required=True, help="What people call it.")
@_role
@click.option("--key", type=READABLE, required=True, help="The party's first key file; it signs too.")
@decided_by_root
def enrol(of: PartyId, name: str, roles: tuple[str, ...], key: Path, root: RootKeys) -> Answer:
    """Let a party join."""
    from provenance.custody.registry_entries import PartyEnrolled
    from provenance.custody.roles import Role

    own = opening.key_in(key)
    entry = PartyEnrolled(of, name, tuple(dict.fromkeys(Role(role) for role in roles)), (own.public,))
    return root.decide(entry, new=[own])


@verb("roles", example="provenance party roles --party 9520123000004 --role producer --role seller", prints=_RECEIPT)
@_party
@_role
@decided_by_root
def change_roles(of: PartyId, roles: tuple[str, ...], root: RootKeys) -> Answer:
    """Replace a party's roles by these."""
    from provenance.custody.registry_entries import RolesChanged
    from provenance.custody.roles import Role

    entry = RolesChanged(of, tuple(dict.fromkeys(Role(role) for role in roles)))
    return root.decide(entry)


@verb("license", example="provenance party license --party 9520123000004 --prefix 9520123", prints=_RECEIPT)
@_party
@_prefix
@decided_by_root
def license_prefix(of: PartyId, prefix: str, root: RootKeys) -> Answer:
    """Give a party a GS1 company prefix.

    Only its holder, or who it delegates to, may bring things with that prefix into the world.
    """
    from provenance.custody.registry_entries import LicenceGranted

    return root.decide(LicenceGranted(of, prefix))


@verb("unlicense", example="provenance party unlicense --party 9520123000004 --prefix 9520123", prints=_RECEIPT)
@_party
@_prefix
@decided_by_root
def unlicense(of: PartyId, prefix: str, root: RootKeys) -> Answer:
    """Take a company prefix from a party."""
    from provenance.custody.registry_entries import LicenceEnded

    return root.decide(LicenceEnded(of, prefix))


@verb(
    "add-key",
    example="provenance party add-key --party 9520123000004 --key maker.key --new-key second.key",
    prints=_RECEIPT,
)
@_party
@_key
@_new_key
def add_key(of: PartyId, key: Path, new_key: Path) -> Answer:
    """Let one more key speak for a party.

    The new key signs too, which shows that someone has it.
    """
    from provenance.custody.registry_entries import KeyAdded

    old, new = opening.key_in(key), opening.key_in(new_key)
    return captured(of, lambda registry: registry.bring_key(KeyAdded(of, new.public), old=old, new=new))


@verb(
    "rotate",
    example="provenance party rotate --party 9520123000004 --key maker.key --new-key fresh.key",
    prints=_RECEIPT,
)
@_party
@_key
@_new_key
def rotate(of: PartyId, key: Path, new_key: Path) -> Answer:
    """Put a new key in an old one's place.

    Both sign; from then on the old one speaks no more.
    """
    from provenance.custody.registry_entries import KeyRotated

    old, new = opening.key_in(key), opening.key_in(new_key)
    entry = KeyRotated(of, old.public.id, new.public)
    return captured(of, lambda registry: registry.bring_key(entry, old=old, new=new))


@verb(
    "revoke",
    example=f"provenance party revoke --party 9520123000004 --reason lost \\\n    --key-id {'9f1f39c9' * 8}",
    prints=_RECEIPT,
)
@_party
@click.option("--key-id", type=hex_id, metavar="ID", required=True, help="The key to end, as 'party list' shows it.")
@click.option("--reason", type=click.Choice(REASONS), default="superseded", show_default=True, help="Why it ends.")
@click.option("--since", type=click.IntRange(0, 2**53 - 1), help="For compromised: from which log size on.")
@click.option("--key", type=READABLE, help="Another key file of the party; else the root signs.")
@decided_by_root
def revoke(  # noqa: PLR0917  # click passes by name
    of: PartyId, key_id: KeyId, reason: str, since: int | None, key: Path | None, root: RootKeys
) -> Answer:
    """End a key.

    What it signed before stays good, or becomes doubtful from the log size that --since gives.
    """
    from provenance.custody.registry_entries import KeyRevoked, RevocationReason
    from provenance.ids import TreeSize

    if (reason == RevocationReason.COMPROMISED) != (since is not None):
        raise click.UsageError("--since belongs to --reason compromised, and is needed there")
    size = None if since is None else TreeSize(since)
    entry = KeyRevoked(of, key_id, RevocationReason(reason), size)
    if key is not None:
        signing = opening.key_in(key)
        return captured(of, lambda registry: registry.by_party(entry, signing))
    return root.decide(entry)


@verb(
    "delegate",
    example="provenance party delegate --from 9520123000004 --to 9520789000004 \\\n"
    "    --may commission --key maker.key",
    prints=_RECEIPT,
)
@click.option("--from", "of", type=party, required=True, help="The party whose right it is.")
@click.option("--to", type=party, required=True, help="The party that may act for it.")
@click.option("--may", type=click.Choice(PERMISSIONS), required=True, help="What it may do.")
@click.option("--scope", multiple=True, help="The beginning of EPC URIs it holds for; may be repeated.  [default: all]")
@_key
def delegate(of: PartyId, to: PartyId, may: str, scope: tuple[str, ...], key: Path) -> Answer:
    """Let another party act in this one's place."""
    from provenance.custody.registry_entries import DelegationGranted, Permission

    entry = DelegationGranted(of, to, Permission(may), scope)
    signing = opening.key_in(key)
    return captured(of, lambda registry: registry.by_party(entry, signing))


@verb(
    "undelegate",
    example=f"provenance party undelegate --from 9520123000004 --key maker.key \\\n    --grant {'c0ffee00' * 8}",
    prints=_RECEIPT,
)
@click.option("--from", "of", type=party, required=True, help="The party that gave it.")
@click.option(
    "--grant", type=hex_id, metavar="ID", required=True, help="The statement that gave it, as 'party list' shows it."
)
@_key
def undelegate(of: PartyId, grant: StatementHash, key: Path) -> Answer:
    """Take a delegation back."""
    from provenance.custody.registry_entries import DelegationEnded

    signing = opening.key_in(key)
    return captured(of, lambda registry: registry.by_party(DelegationEnded(of, grant), signing))


@verb("list", example="provenance party list", prints=_PARTIES)
def list_parties() -> Answer:
    """Show who is who."""
    with opening.services() as services:
        registry = services.drafting.registry()
    parties = sorted(registry.parties.values(), key=lambda known: known.id)
    return Answer(
        {"parties": [_members(known, registry) for known in parties]},
        [line for known in parties for line in _lines(known, registry)],
    )


def _members(known: Party, registry: Registry) -> dict[str, JsonLike]:
    return {
        "party": known.id,
        "name": known.name,
        "roles": sorted(known.roles),
        "licences": sorted(prefix for prefix, holder in registry.licences.items() if holder == known.id),
        "keys": [
            {
                "key": str(record.public),
                "id": record.public.id,
                "since": record.since,
                "ended": record.ended,
                "compromisedSince": record.compromised_since,
            }
            for record in registry.keys.values()
            if record.party == known.id
        ],
        "delegations": [
            {"grant": grant, "to": given.to, "may": given.may.value, "scope": list(given.scope)}
            for grant, given in registry.delegations.items()
            if given.party == known.id
        ],
        "recoveries": [
            {"proposal": proposal, "key": str(running.key), "at": format_time(running.at)}
            for proposal, running in registry.recoveries.items()
            if running.party == known.id
        ],
    }


def _lines(known: Party, registry: Registry) -> Iterator[str]:
    yield f"{known.id}  {known.name}  ({', '.join(sorted(known.roles))})"
    for prefix, holder in sorted(registry.licences.items()):
        if holder == known.id:
            yield f"  prefix  {prefix}"
    for key, record in registry.keys.items():
        if record.party == known.id:
            until = "" if record.ended is None else f", ended at leaf {record.ended}"
            yield f"  key     {key}  from leaf {record.since}{until}"
    for grant, given in registry.delegations.items():
        if given.party == known.id:
            within = f" within {' '.join(given.scope)}" if given.scope else ""
            yield f"  grant   {grant}  {given.to} may {given.may}{within}"
    for proposal, running in registry.recoveries.items():
        if running.party == known.id:
            yield f"  recovery  {proposal}  {running.key} from {format_time(running.at)} + 72 h"


COMMANDS = (
    Workflow(
        "party",
        commands=[
            enrol, change_roles, license_prefix, unlicense, add_key, rotate, revoke, *recovery.COMMANDS,
            delegate, undelegate, list_parties,
        ],
        help="Say who is who, and whose keys speak.",
    ),
)  # fmt: skip
