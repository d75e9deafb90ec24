"""``provenance record``, ``order`` and ``terms``: what is sold, and under which terms."""

from __future__ import annotations

from pathlib import Path

import click

from provenance.cli import opening, order_imports, record_files
from provenance.cli.arguments import READABLE_OR_STDIN, ArgumentError
from provenance.cli.record_files import Pen
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError, ProvenanceError

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
    prints=record_files.PRINTS,
)
@click.argument("file", type=READABLE_OR_STDIN)
@record_files.with_pen
def sign(file: Path, *, pen: Pen) -> Answer:
    """Sign a record of commerce.

    FILE holds the record as a JSON object: its kind, its subject, and what the kind asks for; "at" is the present
    time unless it says so. The statement is linked to its dossier as it is in this installation now.
    """
    members = canonical.parse_any(opening.read_bytes(file))
    if not isinstance(members, dict):
        raise MalformedError(Code.WRONG_TYPE, "a record is one JSON object")
    with opening.services() as services:
        return pen.sign(services, members)


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
