"""``provenance decision``: what terms and law say of a case, made again by anyone, with the evidence for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike

if TYPE_CHECKING:
    from provenance.commerce.facts import Facts
    from provenance.commerce.replay import Replay
    from provenance.commerce.terms import Terms


@verb(
    "make",
    example="provenance decision make facts.json --terms terms.json -o case.json",
    prints="{file, outcome, terms, facts, law}",
)
@click.argument("facts_file", metavar="FACTS", type=READABLE_OR_STDIN)
@click.option("--terms", "terms_file", type=READABLE, required=True, help="The terms that the order names.")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file for the case; must not be there yet.")
def make(facts_file: Path, terms_file: Path, output: Path) -> Answer:
    """Decide a case by terms and law.

    FACTS holds what is known about it. The file that is written holds terms, law, facts and decision: all that
    anyone needs to make it again.
    """
    from provenance.commerce.facts import parse_facts
    from provenance.commerce.terms import parse_terms

    facts = parse_facts(canonical.dump(canonical.parse_any(opening.read_bytes(facts_file))))
    terms = parse_terms(canonical.dump(canonical.parse_any(opening.read_bytes(terms_file))))
    return _decided(terms, facts, output)


@verb(
    "of",
    example="provenance decision of return:9520123000004/2026-0001-1 -o case.json",
    prints="{file, outcome, terms, facts, law}",
)
@click.argument("returning", metavar="RETURN")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file for the case; must not be there yet.")
def of(returning: str, output: Path) -> Answer:
    """Decide a return on the facts that its records tell.

    The facts are those up to the newest checkpoint, and name the statements they come from.
    """
    with opening.services() as services:
        terms, facts = services.ordering.case(returning)
    return _decided(terms, facts, output)


@verb(
    "replay",
    example="provenance decision replay case.json",
    prints="{identical, outcome, differences: [{part, pointer, recorded, found}]}",
)
@click.argument("file", type=READABLE_OR_STDIN)
def replay(file: Path) -> Answer:
    """Make a decision again from its file, and compare.

    It needs no server and no database. Every input that is not what the decision says, and every member that comes
    out otherwise, is named and makes the exit code 1.
    """
    from provenance.commerce.replay import replay as made_again

    found = made_again(opening.read_bytes(file))
    members, lines = _compared(found)
    head = f"IDENTICAL  {members['outcome']}" if found.is_identical else f"DIFFERENT  {len(lines)} differences"
    return Answer(members, [head, *lines], is_bad_news=not found.is_identical)


@verb(
    "bundle",
    example="provenance decision bundle return:9520123000004/2026-0001-1 -o decision.bundle",
    prints="{file, bytes}",
)
@click.argument("returning", metavar="RETURN")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file; must not be there yet.")
def bundle(returning: str, output: Path) -> Answer:
    """Write a decision with the evidence for it.

    The file holds the case of a return, and every statement that its facts come from, each with the proof that it is
    recorded: whoever has it and a trust file needs nothing else to check both.
    """
    with opening.services() as services:
        data = services.deciding.bundle(returning)
    opening.write_new(output, data)
    return Answer({"file": str(output), "bytes": len(data)}, [f"{output}  {len(data)} bytes"])


@verb(
    "verify",
    example="provenance decision verify decision.bundle --trust trust.json",
    prints="{proven, outcome, flaws: [{pointer, message}], differences: [{part, pointer, recorded, found}]}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("--trust", type=READABLE, required=True, help="Whom you believe: the log's key, the registry's root.")
def verify(file: Path, trust: Path) -> Answer:
    """Check a decision with its evidence.

    The statements, the facts in them, and the decision made from these: it needs no server, no database, no network.
    Whatever does not hold is named and makes the exit code 1.
    """
    from provenance.decision_bundle import prove

    found = prove(opening.read_bytes(file), opening.trust_in(trust))
    flaws: list[JsonLike] = [{"pointer": flaw.pointer, "message": flaw.message} for flaw in found.flaws]
    members, lines = _compared(found.replayed)
    head = f"PROVEN  {members['outcome']}" if found.is_proven else f"NOT PROVEN  {len(flaws) + len(lines)} flaws"
    told = [f"  {flaw.pointer}: {flaw.message}" for flaw in found.flaws]
    answer: dict[str, JsonLike] = {"proven": found.is_proven, "flaws": flaws}
    answer |= {name: members[name] for name in ("outcome", "differences")}
    return Answer(answer, [head, *told, *lines], is_bad_news=not found.is_proven)


def _compared(found: Replay) -> tuple[dict[str, JsonLike], list[str]]:
    """What came out again, as members and as lines."""
    outcome = found.again.outcome.value if found.again else None
    rows: list[JsonLike] = [
        {"part": d.part.value, "pointer": d.pointer, "recorded": d.recorded, "found": d.found}
        for d in found.differences
    ]
    lines = [f"  {d.pointer}: recorded {d.recorded}, found {d.found}" for d in found.differences]
    return {"identical": found.is_identical, "outcome": outcome, "differences": rows}, lines


def _decided(terms: Terms, facts: Facts, output: Path) -> Answer:
    from provenance.commerce.evaluation import decide
    from provenance.commerce.replay import format_case

    decision = decide(terms, facts)
    opening.write_new(output, format_case(terms, facts, decision))
    clauses = [f"  {cited.clause}  {cited.article}" for cited in decision.clauses]
    members: dict[str, JsonLike] = {
        "file": str(output),
        "outcome": decision.outcome.value,
        "terms": decision.terms,
        "facts": decision.facts,
        "law": decision.law,
    }
    return Answer(members, [f"{decision.outcome}  {output}", *clauses])


COMMANDS = (
    Workflow("decision", commands=[make, of, replay, bundle, verify], help="Decide cases, and make decisions again."),
)
