"""``provenance record``, ``order`` and ``terms``: what is sold, and under which terms."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening, order_imports
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN, ROLES, ArgumentError, party
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError, ProvenanceError

if TYPE_CHECKING:
    from provenance.ids import PartyId
    from provenance.services.signing import Hand

_ORDER = (
    "{order, shown, seller, buyer, currency, total, freight, lines: [{class, price, category}], serials, "
    "terms: {of, hash}, stages: {machine: stage}, next: [kind], records: [{kind, statement, index, at}]}"
)


def _day(text: str) -> int:
    """A day; what is none is misuse."""
    from provenance.commerce.calendar import parse_day

    try:
        return parse_day(text)
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err


@verb(
    "sign",
    example="provenance record sign accepted.json --key anna.key -o accepted.signed",
    prints="{statement, file, envelope: {payload, payloadType, signatures: [{keyid, sig}]}}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("--key", "keys", type=READABLE, multiple=True, required=True, help="A key file; may be repeated.")
@click.option("--party", "of", type=party, help="Whose keys they are.  [default: consumers' own, in no registry]")
@click.option("--role", type=click.Choice(ROLES), default="seller", show_default=True, help="What the party acts as.")
@click.option("-o", "--output", type=NEW_FILE, help="The file for the statement.  [default: print it]")
def sign(file: Path, keys: tuple[Path, ...], of: PartyId | None, role: str, output: Path | None) -> Answer:
    """Sign a record of commerce.

    FILE holds the record as a JSON object: its kind, its subject, and what the kind asks for; "at" is the present
    time unless it says so. The statement is linked to its dossier as it is in this installation now.
    """
    from provenance.adapters.outside import SystemClock
    from provenance.crypto.envelope import to_json

    members = canonical.parse_any(opening.read_bytes(file))
    if not isinstance(members, dict):
        raise MalformedError(Code.WRONG_TYPE, "a record is one JSON object")
    members.setdefault("at", int(SystemClock().now().timestamp()))
    with opening.services() as services:
        envelope = services.signing.commerce_record(members, list(_hands(keys, of, role)))
    signed = to_json(envelope)
    answer: dict[str, JsonLike] = {"statement": envelope.hash, "file": None, "envelope": signed}
    if output is None:
        return Answer(answer, [canonical.dump(signed).decode()])
    opening.write_new(output, canonical.dump(signed) + b"\n")
    return Answer({**answer, "file": str(output)}, [f"signed  {envelope.hash}  {output}"])


def _hands(keys: Iterable[Path], of: PartyId | None, role: str) -> Iterable[Hand]:
    from provenance.custody.roles import Role
    from provenance.services.signing import Hand, consumer

    for path in keys:
        key = opening.key_in(path)
        yield consumer(key) if of is None else Hand(of, Role(role), key)


@verb("show", example="provenance order show order:9520123000004/2026-0001", prints=_ORDER)
@click.argument("order")
def show(order: str) -> Answer:
    """Show how far an order has come, folded from its records."""
    from provenance.commerce.order_summary import order_members
    from provenance.commerce.orders import order_of

    with opening.services() as services:
        dossier = services.ordering.dossier(order)
    found, members = order_of(dossier), order_members(dossier)
    stages = (f"  {machine} {serial}".rstrip() + f": {stage}" for (machine, serial), stage in dossier.stages.items())
    records = (f"  leaf {e.index:<6} {e.record.kind}" for e in dossier.entries)
    following = members["next"]
    assert isinstance(following, list)
    return Answer(
        members,
        [
            f"{found.shown}  {found.subject}",
            f"  seller  {found.seller}",
            f"  buyer   {found.buyer or 'nobody yet'}",
            f"  total   {found.total} minor units of {found.currency}",
            "",
            "Stages",
            *stages,
            "",
            "Records",
            *records,
            "",
            "What may follow",
            *(f"  {kind}" for kind in following),
        ],
    )


@verb(
    "check",
    example="provenance terms check terms.json --on 2026-10-01",
    prints="{terms, law, raises: [{member, said, stands, article}]}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("--on", "day", type=_day, required=True, help="The day of the order: the law of that day counts.")
def check(file: Path, day: int) -> Answer:
    """Compare a seller's terms with the law.

    FILE holds the terms. Each member that promises less than the law is named, with what stands instead and the
    article, and makes the exit code 1.
    """
    from provenance.commerce.floor import raises
    from provenance.commerce.law_tables import law_of
    from provenance.commerce.terms import parse_terms

    terms = parse_terms(canonical.dump(canonical.parse_any(opening.read_bytes(file))))
    law = law_of(terms.jurisdiction, day)
    found = raises(terms, law)
    rows: list[JsonLike] = [
        {"member": r.member, "said": r.said, "stands": r.stands, "article": r.article} for r in found
    ]
    lines = [f"{r.member}: {r.said}; the law says {r.stands}  ({r.article})" for r in found]
    members: dict[str, JsonLike] = {"terms": terms.hash, "law": law.hash, "raises": rows}
    return Answer(members, lines or ["these terms promise no less than the law"], is_bad_news=bool(found))


COMMANDS = (
    Workflow("record", commands=[sign], help="Sign what is said about an order."),
    Workflow("order", commands=[show, *order_imports.COMMANDS], help="Look at orders, and take them in from shops."),
    Workflow("terms", commands=[check], help="Compare terms with the law."),
)
