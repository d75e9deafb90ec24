"""``provenance log head``, ``refute`` and ``check-refutation``: the log's word on a thing, and holding it to that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN, epc
from provenance.cli.terminal import Answer, progress, verb
from provenance.encoding.canonical import JsonLike

if TYPE_CHECKING:
    from provenance.ids import Subject
    from provenance.services.refuting import Search

_trust = click.option("--trust", type=READABLE, required=True, help="The log's trust file, from somebody you believe.")


@verb("head", example="provenance log head https://id.gs1.org/01/09520123000011/21/A1 > olives.head", prints="{head}")
@click.argument("thing", type=epc, metavar="EPC")
def head(thing: Subject) -> Answer:
    """Sign which statement about a thing is the newest.

    The note says which leaf that is, or none, in the tree of the published checkpoint. If it is not so, whoever has a
    copy of the log with its bodies can prove that: 'log refute'.
    """
    from provenance.log.note import format_note

    with opening.services(opening.passphrase_for_log()) as services:
        signed = format_note(services.vouching.head(thing)).decode()
    return Answer({"head": signed}, signed.splitlines())


@verb(
    "refute",
    example="provenance log refute olives.head --copy copy/ --trust trust.json -o refutation.json",
    prints="{subject, index, size, ground, message, file, unread: [leaf]}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option(
    "--copy", "folder", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A copy of the log, made by 'provenance mirror copy', with bodies.",
)  # fmt: skip
@_trust
@click.option("-o", "--output", type=NEW_FILE, help="Where the refutation goes, if there is one.")
def refute(file: Path, folder: Path, trust: Path, output: Path | None) -> Answer:
    """Look for a statement that shows a head to be false.

    FILE is a head that the log signed. Reads the copy from the head's place to the end of its tree. What it finds goes
    to a file that 'check-refutation' checks anywhere. The exit code is 0 only for a head that holds against all of it:
    leaves without a body in the copy are listed, and leave it open.
    """
    from provenance.adapters.outside import DurableFiles
    from provenance.log.note import parse_note
    from provenance.refutation import format_refutation
    from provenance.services.copy_reading import CopyReading
    from provenance.services.refuting import Refuting

    believed = opening.trust_in(trust)
    copy = CopyReading(DurableFiles(folder), DurableFiles(folder), believed)
    with progress("reading", 100) as show:
        found = Refuting(copy, believed).search(
            parse_note(opening.read_bytes(file)), lambda done, total: show(100 * done // total)
        )
    if found.refutation is not None and output is not None:
        opening.write_new(output, format_refutation(found.refutation))
    return _told(found, output)


def _told(found: Search, output: Path | None) -> Answer:
    from provenance.refutation import judge

    head, judged = found.head, None if found.refutation is None else judge(found.refutation)
    place = "no leaf" if head.index is None else f"leaf {head.index}"
    lines = [f"{head.subject}  {place} of {head.tree.size}"]
    if judged is not None:
        lines += [f"refuted  {judged.ground}: {judged.message}", *([] if output is None else [str(output)])]
    elif found.unread:
        lines.append(f"open  the copy has no body of {len(found.unread)} statements: leaf {found.unread[0]} …")
    else:
        lines.append("holds  nothing in the copy speaks against it")
    members: dict[str, JsonLike] = {
        "subject": head.subject,
        "index": head.index,
        "size": head.tree.size,
        "ground": None if judged is None else judged.ground.value,
        "message": "" if judged is None else judged.message,
        "file": None if judged is None or output is None else str(output),
        "unread": [*found.unread],
    }
    return Answer(members, lines, is_bad_news=not found.holds)


@verb(
    "check-refutation",
    example="provenance log check-refutation refutation.json --trust trust.json",
    prints="{origin, subject, index, size, ground, message}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@_trust
def check_refutation(file: Path, trust: Path) -> Answer:
    """Check whether a log signed a false head.

    Needs no server and no copy: the head, what contradicts it and the proof are in the file. The exit code is 0 where
    it convicts the log, and 1 where it shows nothing of the kind.
    """
    from provenance.codes import Code
    from provenance.errors import ForgedError
    from provenance.refutation import judge, parse_refutation

    log, refutation = opening.trust_in(trust).log, parse_refutation(opening.read_bytes(file))
    if refutation.log != log:
        message = f"the file is about {refutation.log}, not about the log of the trust file"
        raise ForgedError(Code.UNTRUSTED_CHECKPOINT, message)
    judged = judge(refutation)
    said = judged.head
    return Answer(
        {
            "origin": log.name,
            "subject": said.subject,
            "index": said.index,
            "size": said.tree.size,
            "ground": judged.ground.value,
            "message": judged.message,
        },
        [f"refuted  {judged.ground}  {log.name}", f"  {judged.message}"],
    )


COMMANDS = (head, refute, check_refutation)
