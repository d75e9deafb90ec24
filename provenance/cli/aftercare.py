"""``provenance claim`` and its like: what came after a sale, folded from its records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import epc
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.encoding.canonical import JsonLike

if TYPE_CHECKING:
    from provenance.commerce.dossier import Dossier
    from provenance.ids import Subject

_DOSSIER = "stages: {machine: stage}, next: [kind], records: [{kind, statement, index, at}]"


@verb(
    "show",
    example="provenance return show return:9520123000004/2026-0001-1",
    prints=f"{{return, order, item, claimant, ask, {_DOSSIER}}}",
)
@click.argument("returning", metavar="RETURN")
def show_return(returning: str) -> Answer:
    """Show how far a return has come."""
    from provenance.commerce.return_summary import return_members

    with opening.services() as services:
        dossier = services.ordering.dossier(returning)
    members = return_members(dossier)
    return _shown(dossier, members, (f"  asked  {members['ask']} of {members['item']}",))


@verb(
    "show",
    example="provenance exchange show exchange:9520123000004/2026-0001-2",
    prints="{exchange, order, item, product, claimant, offered: {price, deposit, currency, swap, expires}, "
    f"{_DOSSIER}}}",
)
@click.argument("exchange")
def show_exchange(exchange: str) -> Answer:
    """Show what is exchanged for what, and how far it is."""
    from provenance.commerce.exchange_summary import exchange_members

    with opening.services() as services:
        dossier = services.ordering.dossier(exchange)
    members = exchange_members(dossier)
    return _shown(dossier, members, (f"  {members['item']} for a {members['product']}",))


@verb(
    "show",
    example="provenance claim show claim:9520123000004/2026-0001-3",
    prints=f"{{claim, order, item, claimant, ask, loss, found, liable: {{party, fault, received}}, {_DOSSIER}}}",
)
@click.argument("claim")
def show_claim(claim: str) -> Answer:
    """Show how far a claim has come, and who answers for it.

    Whoever held the item when the record first shows a fault answers; its seller, where none does. Nothing is paid
    by this: 'decision of' says what is owed.
    """
    from provenance.commerce.claim_summary import claim_members

    with opening.services() as services:
        dossier, liable = services.ordering.dossier(claim), services.ordering.liability(claim)
    members = claim_members(dossier)
    members["liable"] = {"party": liable.party, "fault": liable.fault, "received": liable.received}
    lines = (f"  liable  {liable.party}", f"  fault   {liable.fault or 'none on record before the sale'}")
    return _shown(dossier, members, lines)


@verb(
    "show",
    example="provenance warranty show https://id.gs1.org/01/09520123000011/21/A1",
    prints=f"{{item, order, claimant, repairs, daysAway, {_DOSSIER}}}",
)
@click.argument("thing", type=epc, metavar="EPC")
def show_warranty(thing: Subject) -> Answer:
    """Show the repairs of an item, and how far the newest is."""
    from provenance.commerce.warranties import dossier_of_warranty
    from provenance.commerce.warranty_summary import warranty_members

    with opening.services() as services:
        dossier = services.ordering.dossier(dossier_of_warranty(thing).subject)
    members = warranty_members(dossier)
    return _shown(dossier, members, (f"  repairs  {members['repairs']}, away {members['daysAway']} days",))


@verb(
    "show",
    example="provenance resale show https://id.gs1.org/01/09520123000011/21/A1",
    prints=f"{{item, seller, buyer, attestor, minor, currency, expires, {_DOSSIER}}}",
)
@click.argument("thing", type=epc, metavar="EPC")
def show_resale(thing: Subject) -> Answer:
    """Show the newest sale of an item by its owner."""
    from provenance.commerce.resale_summary import resale_members
    from provenance.commerce.resales import dossier_of_resale

    with opening.services() as services:
        dossier = services.ordering.dossier(dossier_of_resale(thing).subject)
    members = resale_members(dossier)
    return _shown(dossier, members, (f"  price  {members['minor']} minor units of {members['currency']}",))


def _shown(dossier: Dossier, members: dict[str, JsonLike], lines: Iterable[str] = ()) -> Answer:
    """A dossier for people: its matter, stages, records, and what may follow."""
    stages, following = members["stages"], members["next"]
    assert isinstance(stages, dict)
    assert isinstance(following, list)
    return Answer(
        members,
        [
            f"{dossier.name.subject}",
            *lines,
            *(f"  {machine}: {stage}" for machine, stage in stages.items()),
            "",
            "Records",
            *(f"  leaf {e.index:<6} {e.record.kind}" for e in dossier.entries),
            "",
            "What may follow",
            *(f"  {kind}" for kind in following),
        ],
    )


COMMANDS = (
    Workflow("return", commands=[show_return], help="Look at returns."),
    Workflow("exchange", commands=[show_exchange], help="Look at exchanges."),
    Workflow("claim", commands=[show_claim], help="Look at claims, and who answers for them."),
    Workflow("warranty", commands=[show_warranty], help="Look at repairs."),
    Workflow("resale", commands=[show_resale], help="Look at sales between consumers."),
)
