"""``provenance inspector-code``: the second code on a thing, signed by its maker and checked without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, epc
from provenance.cli.terminal import Answer, Workflow, talk, verb
from provenance.codes import Code
from provenance.errors import ForgedError

if TYPE_CHECKING:
    from provenance.custody.parties import Registry
    from provenance.evidence import Report
    from provenance.ids import Subject

_EPC = "https://id.gs1.org/01/09520123000011/21/23456789ABCVP"


@verb(
    "make",
    example=f"provenance inspector-code make {_EPC} --key maker.key --site https://id.example.org",
    prints="{code, link, key, file}",
)
@click.argument("thing", type=epc, metavar="EPC")
@click.option("--key", type=READABLE, required=True, help="A key file of the number's licensee.")
@click.option("--site", help="Where the link leads, https://…  [default: PROVENANCE_BASE_URL]")
@click.option("-o", "--output", type=NEW_FILE, help="Draw its QR code too: a .svg or .png that is not there yet.")
def make(thing: Subject, key: Path, site: str | None, output: Path | None) -> Answer:
    """Sign the link of a thing for an inspector's code.

    Prints the text of the QR code: the link, # and 155 digits. The code is 26 mm wide: put it apart from the buyer's,
    for a phone must not take the one for the other.
    """
    from provenance.crypto.inspector_code import format_inspector_code, sign_link
    from provenance.gs1.digital_link import CANONICAL_STEM

    base = site or opening.settings().base_url
    parts = urlsplit(base)
    # Capitals take less room in a QR code, and a host has no case.
    stem = parts._replace(netloc=parts.netloc.upper()).geturl().rstrip("/")
    code = sign_link(stem + thing.removeprefix(CANONICAL_STEM), signing := opening.key_in(key))
    text = format_inspector_code(code)
    if output is not None:
        _draw(text, output)
    file = None if output is None else str(output)
    return Answer({"code": text, "link": code.link, "key": str(signing.public), "file": file}, [text])


def _draw(text: str, output: Path) -> None:
    opening.require("PIL", "qrcode", "reportlab", "fontTools")
    from labels.artwork import symbol_png, symbol_svg

    match output.suffix.lower():
        case ".svg":
            data = symbol_svg(text).encode()
        case ".png":
            data = symbol_png(text)
        case other:
            raise click.UsageError(f"a code is drawn as .svg or .png, not as {other or 'a file without an ending'}")
    opening.write_new(output, data)


@verb(
    "check",
    example="provenance inspector-code check 'https://ID.EXAMPLE.ORG/01/…#…' --trust trust.json --registry any.bundle",
    prints="{subject, party, name, key, checkpoint: {origin, size}}",
)
@click.argument("text")
@click.option("--trust", type=READABLE, required=True, help="Whom you believe: the log's key, the registry's root.")
@click.option(
    "--registry",
    type=READABLE,
    required=True,
    help="A bundle about any thing of the same maker: it proves whose number is whose, and which keys speak.",
)
def check(text: str, trust: Path, registry: Path) -> Answer:
    """Check an inspector's code.

    TEXT is what the code says, from https to the last digit. Needs no server and no network. It shows that the number
    was given out by its maker, and nothing about the thing: a photo of the code is the same code.
    """
    from provenance.crypto.inspector_code import parse_inspector_code
    from provenance.custody.inspector_codes import voucher

    code = parse_inspector_code(text)
    report = _proven(registry, trust)
    found = voucher(code, _registry(report))
    checkpoint = report.checkpoint
    size, origin = (checkpoint.size, checkpoint.origin) if checkpoint else (0, "")
    talk(f"keys and licences as of checkpoint {size} of {origin}")
    return Answer(
        {
            "subject": found.subject,
            "party": found.party.id,
            "name": found.party.name,
            "key": str(found.key),
            "checkpoint": {"origin": origin, "size": size},
        },
        [
            f"{found.party.name} gave out this number",
            f"  {found.subject}",
            f"  {found.party.id}",
            "What this can't tell: whether the code was copied; a photo of it is the same code.",
        ],
    )


def _proven(bundle: Path, trust: Path) -> Report:
    from provenance.evidence import verify_file

    return verify_file(opening.read_bytes(bundle), opening.trust_in(trust))


def _registry(report: Report) -> Registry:
    """The registry in a bundle; refuses one that does not prove all it says."""
    from provenance.custody.verdict import VerdictClass

    unproven = (VerdictClass.COULD_NOT_CHECK, VerdictClass.CONTRADICTED)
    for finding in report.verdict.findings:
        if finding.argues_for in unproven:
            raise ForgedError(Code.BAD_PROOF, f"the bundle does not prove its registry: {finding.doubt}")
    return report.history.registry


COMMANDS = (Workflow("inspector-code", commands=[make, check], help="Codes that inspectors check offline."),)
