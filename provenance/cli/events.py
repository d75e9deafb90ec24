"""``provenance event sign``, ``capture`` and ``import-epcis``: from what happened to statements in the log."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, READABLE_OR_STDIN, ROLES, party
from provenance.cli.receipts import outcome_lines, outcome_members
from provenance.cli.terminal import Answer, Workflow, progress_unless_results_show, result_for_people, talk, verb
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, JsonLike
from provenance.errors import MalformedError, ProvenanceError, Refusal, RefusedError

if TYPE_CHECKING:
    from provenance.bootstrap import Services
    from provenance.ids import PartyId
    from provenance.services.capturing import Receipt
    from provenance.services.importing import Importer

_ROWS = (
    "[{place, id, receipt: {statement, index, status, repeat, confirmedBy}, refusal: {code, message, pointer, next}}]"
)
_AT_ONCE = 256  # statements: one commit of the log

_party = click.option("--party", "of", type=party, required=True, help="Who signs: its GLN, or its whole name.")
_role = click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    help="What the party acts as; may be repeated.  [default: those of its roles that may]",
)
_key = click.option("--key", type=READABLE, required=True, help="A key file of the party.")


@verb(
    "sign",
    example="provenance event sign made.json --party 9520123000004 --key maker.key -o made.signed",
    prints="{statement, file, envelope: {payload, payloadType, signatures: [{keyid, sig}]}}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@_party
@_role
@_key
@click.option("-o", "--output", type=NEW_FILE, help="The file for the statement.  [default: print it]")
def sign(file: Path, of: PartyId, roles: tuple[str, ...], key: Path, output: Path | None) -> Answer:
    """Sign an EPCIS event.

    FILE holds one EPCIS 2.0 event in JSON with its @context. The statement is linked to the chains of the event's
    things as they are in this installation now. What others may read differently is remarked on.
    """
    from provenance.crypto.envelope import to_json
    from provenance.epcis.compatibility import remarks_on
    from provenance.epcis.document import Shape, read_document

    document = read_document(canonical.parse_any(opening.read_bytes(file)))
    if document.shape is not Shape.EVENT:
        raise MalformedError(Code.MALFORMED_EVENT, "one event is signed at a time; 'import-epcis' takes documents")
    with opening.services() as services:
        envelope = services.importing.sign(document.events[0], document, _importer(services, of, roles, key))
    for remark in remarks_on(document.events[0]):
        talk(f"remark: {remark}")
    signed = to_json(envelope)
    members: dict[str, JsonLike] = {"statement": envelope.hash, "file": None, "envelope": signed}
    if output is None:
        return Answer(members, [canonical.dump(signed).decode()])
    opening.write_new(output, canonical.dump(signed) + b"\n")
    return Answer({**members, "file": str(output)}, [f"signed  {envelope.hash}  {output}"])


@verb("capture", example="provenance capture made.signed", prints=f"{{results: {_ROWS}, accepted, refused}}")
@click.argument("file", type=READABLE_OR_STDIN)
@click.option(
    "--wait",
    type=click.Choice(("recorded", "confirmed")),
    help="Wait until the server that runs has brought them this far, at most 20 seconds for each 256.",
)
def capture(file: Path, wait: str | None) -> Answer:
    """Take signed statements into the log.

    FILE holds one statement, a JSON array of them, or one per line; - reads from stdin. The same statement again gets
    the same place. One that is refused spoils nothing beside it, and makes the exit code 1.
    """
    report = _Report()
    with ExitStack() as stack:
        stream = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
        total = 0 if str(file) == "-" else file.stat().st_size
        services = stack.enter_context(opening.services())
        show = stack.enter_context(progress_unless_results_show("capturing", total))
        for batch, done in _batches(stream):
            envelopes = [found for _, found in batch if not isinstance(found, Refusal)]
            outcomes = iter(_captured(services, envelopes, wait) if envelopes else ())
            for place, found in batch:
                report.add(place, None, found if isinstance(found, Refusal) else next(outcomes))
            show(done)
    return report.answer("results")


def _captured(services: Services, envelopes: list[Json], wait: str | None) -> tuple[Receipt | Refusal, ...]:
    from provenance.services.capturing import Status

    if wait is not None:
        services.following.require_awaitable(Status(wait))
    outcomes = services.following.now(services.capturing.capture(envelopes))
    return outcomes if wait is None else services.following.wait(outcomes, Status(wait))


@verb(
    "import-epcis",
    example="provenance import-epcis shipments.json --party 9520123000004 --key maker.key",
    prints=f"{{events: {_ROWS}, accepted, refused}}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@_party
@_role
@_key
def import_epcis(file: Path, of: PartyId, roles: tuple[str, ...], key: Path) -> Answer:
    """Sign and take in ordinary EPCIS events.

    FILE holds an EPCIS 2.0 document in JSON, a query's answer, one event or a list of events. If one of them is
    malformed, nothing is taken in; one that the rules of custody refuse spoils only what depends on it, and makes
    the exit code 1.
    """
    from provenance.epcis.document import read_document

    document = read_document(canonical.parse_any(opening.read_bytes(file)))
    report = _Report()
    with opening.services() as services, progress_unless_results_show("importing", len(document.events)) as show:
        importer = _importer(services, of, roles, key)
        for imported in services.importing.import_events(document, importer):
            report.add(f"event {imported.place}", imported.event_id, imported.outcome)
            show(imported.place + 1)
    return report.answer("events")


class _Report:
    """What became of each of many, told as it becomes known."""

    def __init__(self) -> None:
        self._rows: list[JsonLike] = []
        self._refused = 0

    def add(self, place: str, event_id: str | None, outcome: Receipt | Refusal) -> None:
        """One more."""
        self._rows.append({"place": place, "id": event_id, **outcome_members(outcome)})
        self._refused += isinstance(outcome, Refusal)
        for line in outcome_lines(f"{place}  {event_id}" if event_id else place, outcome):
            result_for_people(line)

    def answer(self, name: str) -> Answer:
        """All of them."""
        accepted = len(self._rows) - self._refused
        talk(f"{accepted} accepted, {self._refused} refused")
        members: dict[str, JsonLike] = {name: self._rows, "accepted": accepted, "refused": self._refused}
        return Answer(members, is_bad_news=self._refused > 0)


def _importer(services: Services, of: PartyId, roles: tuple[str, ...], key: Path) -> Importer:
    from provenance.custody.roles import Role
    from provenance.services.importing import Importer

    known = services.drafting.registry().parties.get(of)
    if known is None:
        raise RefusedError(Code.UNKNOWN_PARTY, f"{of} is not enrolled", pointer="/prov:signers/0/party")
    named = tuple(dict.fromkeys(Role(role) for role in roles))
    return Importer(of, opening.key_in(key), named or tuple(role for role in Role if role in known.roles))


def _batches(stream: BinaryIO) -> Iterator[tuple[list[tuple[str, Json | Refusal]], int]]:
    """The statements in a stream with their places, some at a time, and how many bytes have been read by then."""
    batch: list[tuple[str, Json | Refusal]] = []
    done = 0
    for place, found, size in _statements(stream):
        batch.append((place, found))
        done += size
        if len(batch) == _AT_ONCE:
            yield batch, done
            batch = []
    if batch:
        yield batch, done


def _statements(stream: BinaryIO) -> Iterator[tuple[str, Json | Refusal, int]]:
    """Each statement with its place and its size in bytes: one per line if the first line is one, else all at once."""
    first = next((line for line in stream if line.strip()), b"")
    value = _parsed(first)
    if isinstance(value, dict):
        yield "line 1", value, len(first)
        for number, line in enumerate(stream, start=2):
            if line.strip():
                yield f"line {number}", _parsed(line), len(line)
        return
    whole = first + stream.read()
    value = canonical.parse_any(whole)
    rows = value if isinstance(value, list) else [value]
    for number, row in enumerate(rows, start=1):
        yield f"statement {number}", row, len(whole) // len(rows)


def _parsed(line: bytes) -> Json | Refusal:
    try:
        return canonical.parse_any(line)
    except ProvenanceError as err:
        return err.refusal


COMMANDS = (
    Workflow("event", commands=[sign], help="Sign what happened."),
    capture,
    import_epcis,
)
