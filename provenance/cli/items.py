"""``provenance trace``, ``scan``, ``bundle``, ``proof`` and ``verify``: what can be said about one thing."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN, epc, hex_id
from provenance.cli.terminal import Answer, verb
from provenance.encoding.canonical import JsonLike

if TYPE_CHECKING:
    from provenance.bundle import Bundle
    from provenance.ids import StatementHash, Subject
    from provenance.trust import Trust

_EPC = "https://id.gs1.org/01/09520123000011/21/A1"
_REPORT = (
    "{subject, verdict, findings: [{doubt, arguesFor, whoCanAct, subject, message, next, evidence, details}], "
    "phase, holder, owner, inside, timeline: [{index, statement, step, about, nearness, eventTime, place, "
    "signers: [{party, name, role}], holderAfter, takenBack, refusal: {code, message, pointer, next}}], "
    "checkpoint: {origin, size, root}, confirmedBy: [{witness, time}], proofSteps: [{step, outcome, index, message}], "
    "canNotTell}"
)


@verb("trace", example=f"provenance trace {_EPC}", prints=_REPORT)
@click.argument("thing", type=epc, metavar="EPC")
def trace(thing: Subject) -> Answer:
    """Show where a thing comes from and who held it.

    The answer begins with a verdict and its reasons, and ends with what it can't tell. EPC is a GS1 Digital
    Link or an EPC URN. The exit code is 0 only for the verdict consistent.
    """
    from provenance.cli.reports import report_answer

    with opening.services() as services:
        return report_answer(services.tracing.trace(thing))


@verb("scan", example="provenance scan '(01)09520123000011(21)A1'", prints=_REPORT)
@click.argument("text")
def scan(text: str) -> Answer:
    """Answer a scanned or typed code.

    TEXT is a GS1 key in any of the ways it is written on a thing: a link, an element string, (01)… in brackets.
    The exit code is 0 only for the verdict consistent.
    """
    from provenance.cli.reports import report_answer

    with opening.services() as services:
        return report_answer(services.scanning.scan(text))


@verb(
    "bundle",
    example=f"provenance bundle {_EPC} -o olives.bundle",
    prints="{file, subject, bytes, statements, checkpoint, html, proofs: [file]}",
)
@click.argument("thing", type=epc, metavar="EPC")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file to write; must not be there yet.")
@click.option("--html", type=NEW_FILE, help="Write it as a page too, which checks itself in a browser.")
@click.option("--tlog-proofs", type=NEW_FILE, help="A new folder for one C2SP tlog-proof per statement.")
def bundle(thing: Subject, output: Path, html: Path | None, tlog_proofs: Path | None) -> Answer:
    """Write the evidence about a thing to a file.

    'verify' checks that file anywhere, without this installation. Everything in it must be in a checkpoint;
    'log checkpoint' makes one. A tlog-proof is for tools that know no bundle: its extra line is the leaf it proves.
    """
    from provenance.bundle import format_bundle

    with opening.services() as services:
        found, trust = services.tracing.bundle(thing), services.trust
    data = format_bundle(found)
    for path in filter(None, (html, tlog_proofs)):
        if path.exists():
            raise opening.exists_already(path)
    opening.write_new(output, data)
    if html is not None:
        opening.write_new(html, _page_about(found, trust))
    proofs = [] if tlog_proofs is None else _write_proofs(found, tlog_proofs)
    members: dict[str, JsonLike] = {
        "file": str(output),
        "subject": thing,
        "bytes": len(data),
        "statements": len(found.exhibits),
        "checkpoint": found.checkpoint,
        "html": None if html is None else str(html),
        "proofs": proofs,
    }
    more = [str(file) for file in (html, tlog_proofs) if file is not None]
    return Answer(members, [f"{output}  {len(found.exhibits)} statements, {len(data)} bytes", *more])


def _page_about(found: Bundle, trust: Trust) -> bytes:
    opening.require("jinja2")
    from web.offline import offline_page
    from web.pages.text import Language, text_in

    return offline_page(found, trust, text_in(Language.ENGLISH))


def _write_proofs(found: Bundle, folder: Path) -> list[str]:
    from provenance.bundle import proof_file_of
    from provenance.log.proof_file import format_proof_file

    folder.mkdir(parents=True)
    files = {folder / f"{exhibit.index}.tlog-proof": exhibit for exhibit in found.exhibits}
    for file, exhibit in files.items():
        opening.write_new(file, format_proof_file(proof_file_of(exhibit, found.checkpoint)))
    return [str(file) for file in files]


@verb(
    "proof",
    example="provenance proof c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00 -o made.tlog-proof",
    prints="{file, statement, index, checkpoint}",
)
@click.argument("statement", type=hex_id, metavar="STATEMENT")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file to write; must not be there yet.")
def proof(statement: StatementHash, output: Path) -> Answer:
    """Write the proof that one statement is recorded.

    STATEMENT is its hash, as 'capture' and 'trace' show it. The file is a C2SP tlog-proof, which many tools check; its
    extra line is the leaf it proves: hash, signatures and type, not the body.
    """
    from provenance.log.note import format_note
    from provenance.log.proof_file import format_proof_file

    with opening.services() as services:
        found = services.tracing.proof(statement)
    opening.write_new(output, format_proof_file(found))
    checkpoint = format_note(found.checkpoint).decode()
    return Answer(
        {"file": str(output), "statement": statement, "index": found.index, "checkpoint": checkpoint},
        [f"{output}  leaf {found.index}"],
    )


@verb("verify", example="provenance verify olives.bundle --trust trust.json", prints=_REPORT)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("--trust", type=READABLE, required=True, help="Whom you believe: the log's key, the registry's root.")
def verify(file: Path, trust: Path) -> Answer:
    """Check a bundle against a trust file.

    Needs no server, no database, no network: only the file and whom you believe. The exit code is 0 only for
    the verdict consistent.
    """
    from provenance.cli.reports import report_answer
    from provenance.evidence import verify_file

    believed = opening.trust_in(trust)
    return report_answer(verify_file(opening.read_bytes(file), believed))


@verb("verifier", example="provenance verifier > evidence_verifier.py", prints="{source}")
def verifier() -> Answer:
    """Print the verifier that needs no installation.

    One Python file that takes the proof steps over a bundle, to be read from top to bottom and run by whoever wants
    to believe nobody: python evidence_verifier.py olives.bundle trust.json. It needs the package pynacl.
    """
    source = files("provenance").joinpath("evidence_verifier.py").read_text(encoding="utf-8")
    return Answer({"source": source}, source.splitlines())


COMMANDS = (trace, scan, bundle, proof, verify, verifier)
