"""``provenance serial``: numbers for things, from the moment they are given out to the thing that carries them.

Rules:

* what ``issue`` writes is what ``print`` and ``activate`` read: lines that begin with the thing's link;
* a hidden code is printed once, by ``issue --hidden``, and can't be had again: whoever loses the file issues new ones;
* all or nothing: a file in which one serial may not take the step changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN, epc, gtin, party
from provenance.cli.receipts import outcome_lines, outcome_members
from provenance.cli.terminal import Answer, Workflow, progress_unless_results_show, result_for_people, talk, verb
from provenance.codes import Code
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError, ProvenanceError, Refusal

if TYPE_CHECKING:
    from provenance.ids import PartyId, Subject

_ITEM = "https://id.gs1.org/01/09520123000011/21/23456789ABCVP"
_HEADINGS = "link,serial,hidden code"


@verb(
    "issue",
    example="provenance serial issue 09520123000011 --count 24 -o serials.csv",
    prints="{gtin, file, serials: [{link, serial, code}]}",
)
@click.argument("of", type=gtin, metavar="GTIN")
@click.option("--count", type=click.IntRange(1, 100_000), default=1, show_default=True, help="How many.")
@click.option("--hidden", "is_hidden", is_flag=True, help="Give each a hidden code with which its buyer can claim it.")
@click.option("-o", "--output", type=NEW_FILE, help="The file to write (CSV).  [default: print it]")
def issue(of: str, count: int, is_hidden: bool, output: Path | None) -> Answer:
    """Give out fresh serials for a product.

    They are hard to guess, unique under the GTIN, and not on sale before 'serial activate'. The link names the thing
    on its label. A hidden code goes under a scratch field or into the box; it is shown here and never again, so the
    file is as good as the things.
    """
    from provenance.crypto.claim_code import format_claim_code

    with opening.services() as services:
        issuing = services.issuing
        issued = issuing.issue_with_codes(of, count) if is_hidden else issuing.issue(of, count)
    codes = [format_claim_code(one.code) if one.code else None for one in issued]
    serials: list[JsonLike] = [
        {"link": one.subject, "serial": one.serial, "code": code} for one, code in zip(issued, codes, strict=True)
    ]
    lines = [_HEADINGS, *(f"{one.subject},{one.serial},{code or ''}" for one, code in zip(issued, codes, strict=True))]
    if output is not None:
        opening.write_new(output, "".join(f"{line}\n" for line in lines).encode(), mode=0o600)
        lines = [f"{output}  {count} serials"]
    return Answer({"gtin": of, "file": None if output is None else str(output), "serials": serials}, lines)


@verb("print", example="provenance serial print serials.csv", prints="{printed: [link]}")
@click.argument("file", type=READABLE_OR_STDIN)
def print_(file: Path) -> Answer:
    """Note that labels were printed.

    FILE is what 'serial issue' wrote, or a link on each line; - reads from stdin. A serial is printed once: for a
    spoiled label take a new one.
    """
    subjects = _subjects(file)
    with opening.services() as services:
        services.issuing.printed(subjects)
    return Answer({"printed": list(subjects)}, [f"{len(subjects)} printed"])


@verb(
    "activate",
    example="provenance serial activate serials.csv --party 9520123000004 --key maker.key",
    prints="{activations: [{links, receipt, refusal}], before}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("--party", "of", type=party, required=True, help="The maker: its GLN, or its whole name.")
@click.option("--key", type=READABLE, required=True, help="A key file of the maker.")
@click.option("--lot", help="The lot they were made in.")
def activate(file: Path, of: PartyId, key: Path, lot: str | None) -> Answer:
    """Put printed serials on sale.

    Signs that the things now exist (an EPCIS commissioning, 1,000 in one event) and captures it, with the public keys
    of their hidden codes. Those that are live already are left alone, so the same command finishes what was cut off.
    """
    from provenance.custody.roles import Role
    from provenance.services.signing import Hand

    subjects = _subjects(file)
    rows: list[JsonLike] = []
    done = refused = 0
    with opening.services() as services:
        hand = Hand(of, Role.PRODUCER, opening.key_in(key))
        with progress_unless_results_show("activating", len(subjects)) as show:
            for activation in services.activating.activate(subjects, hand, lot=lot):
                rows.append({"links": list(activation.subjects), **outcome_members(activation.outcome)})
                refused += isinstance(activation.outcome, Refusal)
                done += len(activation.subjects)
                for line in outcome_lines(f"{len(activation.subjects)} serials", activation.outcome):
                    result_for_people(line)
                show(done)
    before = len(subjects) - done
    if before:
        talk(f"{before} were live before")
    return Answer({"activations": rows, "before": before}, is_bad_news=refused > 0)


@verb("show", example=f"provenance serial show {_ITEM}", prints="{link, state, issued, printed, code}")
@click.argument("thing", type=epc, metavar="EPC")
def show(thing: Subject) -> Answer:
    """Show how far a serial has come.

    It is issued, printed or activated. 'trace' tells what happened after that.
    """
    from provenance.encoding.textual import format_time

    with opening.services() as services:
        (report,) = services.issuing.reports([thing])
    issued = format_time(report.issued_at)
    printed = None if report.printed_at is None else format_time(report.printed_at)
    members: dict[str, JsonLike] = {
        "link": thing,
        "state": report.state.value,
        "issued": issued,
        "printed": printed,
        "code": report.has_code,
    }
    lines = [f"state    {report.state}", f"issued   {issued}", f"printed  {printed or 'not noted'}"]
    return Answer(members, [*lines, f"code     {'a hidden one belongs to it' if report.has_code else 'none'}"])


def _subjects(file: Path) -> tuple[Subject, ...]:
    """The things in a file: the first cell of each line, headings and empty lines apart, each once."""
    from provenance.gs1.identifiers import canonical_epc

    found: dict[Subject, None] = {}
    try:
        lines = opening.read_bytes(file).decode().splitlines()
    except UnicodeDecodeError as err:
        raise MalformedError(Code.MALFORMED_TEXT, "the file is not in UTF-8") from err
    for number, line in enumerate(lines, start=1):
        first = line.partition(",")[0].strip()
        if first and line != _HEADINGS:
            try:
                found[canonical_epc(first)] = None
            except ProvenanceError as err:
                raise err.under(f"/{number}") from err
    if not found:
        raise MalformedError(Code.EMPTY_LIST, "there is no serial in the file")
    return tuple(found)


COMMANDS = (Workflow("serial", commands=[issue, print_, activate, show], help="Give out numbers for things."),)
