"""``provenance ownership``: claiming an item, seeing whose it is, and proving that to one verifier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN, epc, hex_id
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, JsonLike

if TYPE_CHECKING:
    from provenance.commerce.ownership import Ownership
    from provenance.commerce.ownership_proof import Asked
    from provenance.ids import Subject

_EPC = "https://id.gs1.org/01/09520123000011/21/A1"
_OWNERSHIP = "{item, owner, stage, since, head, order}"
_MINUTES = 10

_item = click.argument("thing", type=epc, metavar="EPC")
_key = click.option("--key", type=READABLE, required=True, help="A key file of the owner.")
_audience = click.option("--for", "audience", required=True, help="Who checks the proof, as they name themselves.")
_nonce = click.option("--nonce", type=hex_id, required=True, help="64 hex digits that the verifier chose by chance.")


@verb(
    "claim",
    example=f"provenance ownership claim {_EPC} --order order:9520123000004/2026-0001 \\\n"
    "    --receipt 'receipt 2026-0001' --code code.txt --key anna.key -o claim.signed",
    prints="{statement, file, envelope: {payload, payloadType, signatures: [{keyid, sig}]}}",
)
@_item
@click.option("--order", required=True, help="The order that the item came with.")
@click.option("--receipt", required=True, help="The token on its receipt.")
@click.option("--code", type=READABLE_OR_STDIN, required=True, help="A file with the hidden code; - reads from stdin.")
@_key
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file for the statement.")
def claim(thing: Subject, *, order: str, receipt: str, code: Path, key: Path, output: Path) -> Answer:
    """Claim an item with its hidden code.

    The statement is signed with the code and with the owner's key; 'capture' takes it. It is good for ten minutes, and
    the code is used up with it.
    """
    from provenance.adapters.outside import random_bytes
    from provenance.commerce.ownership import dossier_of_owner
    from provenance.crypto.claim_code import claim_key, parse_claim_code
    from provenance.crypto.envelope import to_json
    from provenance.services.signing import consumer

    owner, hidden = opening.key_in(key), parse_claim_code(opening.read_bytes(code).decode(errors="replace").strip())
    now = _now()
    members: dict[str, Json] = {
        "subject": dossier_of_owner(thing).subject,
        "kind": "ownership-claimed",
        "at": now,
        "owner": str(owner.public),
        "order": order,
        "token": receipt,
        "nonce": random_bytes(32).hex(),
        "expires": now + _MINUTES * 60,
    }
    with opening.services() as services:
        hands = (consumer(claim_key(hidden, thing)), consumer(owner))
        envelope = services.signing.commerce_record(members, hands)
    signed = to_json(envelope)
    opening.write_new(output, canonical.dump(signed) + b"\n")
    answer: dict[str, JsonLike] = {"statement": envelope.hash, "file": str(output), "envelope": signed}
    return Answer(answer, [f"signed  {envelope.hash}  {output}"])


@verb("show", example=f"provenance ownership show {_EPC}", prints=_OWNERSHIP)
@_item
def show(thing: Subject) -> Answer:
    """Show who owns an item, by their key."""
    found = _ownership(thing)
    lines = [f"{found.stage}  {found.item}", f"  owner   {found.owner}", f"  bought  {found.order}"]
    return Answer(_members(found), lines)


@verb(
    "prove",
    example=f"provenance ownership prove {_EPC} --for insurer.example \\\n"
    f"    --nonce {'0d' * 32} --key anna.key -o proof.json",
    prints="{file, item, audience, expires}",
)
@_item
@_audience
@_nonce
@_key
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file for the proof.")
def prove(thing: Subject, audience: str, nonce: str, key: Path, output: Path) -> Answer:
    """Prove to one verifier who owns an item.

    The proof names the verifier and the nonce it gave, and is good for ten minutes: nobody can use it a second time or
    with somebody else.
    """
    from provenance.commerce.ownership_proof import prove_ownership

    asked = _asked(audience, nonce, _now() + _MINUTES * 60)
    opening.write_new(output, prove_ownership(_ownership(thing), asked, opening.key_in(key)))
    members: dict[str, JsonLike] = {"file": str(output), "item": thing, "audience": audience, "expires": asked.expires}
    return Answer(members, [f"{output}  for {audience}, for {_MINUTES} minutes"])


@verb(
    "check",
    example=f"provenance ownership check {_EPC} proof.json --for insurer.example \\\n    --nonce {'0d' * 32}",
    prints=_OWNERSHIP,
)
@_item
@click.argument("file", type=READABLE_OR_STDIN)
@_audience
@_nonce
def check(thing: Subject, file: Path, audience: str, nonce: str) -> Answer:
    """Check a proof of ownership that was made for you."""
    from provenance.commerce.ownership_proof import check_ownership

    found = _ownership(thing)
    check_ownership(opening.read_bytes(file), found, _asked(audience, nonce, 0), now=_now())
    return Answer(_members(found), [f"PROVEN  {found.item}", f"  owner   {found.owner}", f"  stage   {found.stage}"])


def _asked(audience: str, nonce: str, expires: int) -> Asked:
    from provenance.commerce.ownership_proof import Asked

    return Asked(audience, nonce, expires)


def _ownership(thing: Subject) -> Ownership:
    from provenance.commerce.ownership import dossier_of_owner, ownership_of

    with opening.services() as services:
        return ownership_of(services.ordering.dossier(dossier_of_owner(thing).subject))


def _members(found: Ownership) -> dict[str, JsonLike]:
    return {
        "item": found.item,
        "owner": found.owner,
        "stage": found.stage.value,
        "since": found.since,
        "head": found.head,
        "order": found.order,
    }


def _now() -> int:
    from provenance.adapters.outside import SystemClock

    return int(SystemClock().now().timestamp())


COMMANDS = (Workflow("ownership", commands=[claim, show, prove, check], help="Claim items, and prove whose they are."),)
