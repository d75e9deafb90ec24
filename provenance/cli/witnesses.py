"""``provenance witness``: being a witness for other people's logs, and showing what they did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, ArgumentError
from provenance.cli.terminal import Answer, Workflow, talk, verb
from provenance.codes import Code
from provenance.encoding.canonical import JsonLike
from provenance.errors import ConfigurationError, NotFoundError, ProvenanceError

if TYPE_CHECKING:
    from provenance.log.note import VerifierKey

_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"


def _log_key(context: click.Context, parameter: click.Parameter, text: str) -> VerifierKey:
    del context, parameter
    from provenance.log.note import parse_verifier_key

    try:
        return parse_verifier_key(text)
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err


@verb("init", example="provenance witness init --name shop.example/witness", prints="{home, name, key}")
@click.option("--name", required=True, help="The name to cosign under, for ever: a domain of yours, and a path.")
def init(name: str) -> Answer:
    """Set up a witness.

    Makes its key, sealed with a passphrase, and its memory: one file in the home. A witness belongs on a machine
    of its own, run by someone whom the log does not pay.
    """
    from provenance.adapters.witness_store import make_witness_store
    from provenance.log.note import cosigner_key

    settings = opening.settings()
    for file in (settings.witness_file, settings.key_file("witness")):
        if file.exists():
            raise opening.exists_already(file)
    key = opening.new_key()
    verifier = cosigner_key(name, key.public)
    opening.seal_new(settings.key_file("witness"), key, opening.new_passphrase("the witness's key"))
    make_witness_store(settings.witness_file, name)
    talk("Give the key to the logs you witness, with the address you serve at; never give away your home's files.")
    return Answer({"home": str(settings.home), "name": name, "key": str(verifier)}, [f"witness  {verifier}"])


@verb("add-log", example=f"provenance witness add-log {_KEY}", prints="{origin, key}")
@click.argument("key", callback=_log_key)
def add_log(key: VerifierKey) -> Answer:
    """Witness a log from now on.

    KEY is the log's key as its operator gives it: the member "log" of its trust file. A server that runs needs no
    restart.
    """
    from provenance.adapters.witness_store import SqliteWitnessStore
    from provenance.log.note import ED25519

    if key.type != ED25519:
        message = f"the key of {key.name} is of type 0x{key.type:02x}; a log signs with 0x{ED25519:02x}"
        raise ConfigurationError(Code.MALFORMED_VERIFIER_KEY, message)
    SqliteWitnessStore(opening.settings().witness_file).add_log(key)
    return Answer({"origin": key.name, "key": str(key)}, [f"witnessing  {key.name}"])


@verb("serve", example="provenance witness serve --port 8010", prints="{address}")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8010, show_default=True, help="The port to listen on.")
def serve(host: str, port: int) -> Answer:
    """Confirm checkpoints, until it is stopped."""
    opening.require("flask", "gunicorn")
    found = opening.settings()
    if not found.witness_file.exists():
        raise ConfigurationError(Code.NOT_SET_UP, f"there is no witness in {found.home}")
    from web.witness_serving import serve_witness

    talk(f"http://{host}:{port}/  (^C stops it)")
    serve_witness(replace(found, passphrase=opening.passphrase_for("witness")), host=host, port=port)
    return Answer({"address": f"http://{host}:{port}/"})


@verb("evidence", example="provenance witness evidence -o evidence/", prints="{files: [{file, origin, contradiction}]}")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder.")
def evidence(output: Path) -> Answer:
    """Write what logs signed against themselves to files.

    One file for each pair of checkpoints that contradict each other; 'check-evidence' checks one anywhere.
    """
    from provenance.adapters.witness_store import SqliteWitnessStore
    from provenance.log.conflict import format_conflict, judge

    conflicts = SqliteWitnessStore(opening.settings().witness_file).conflicts()
    if not conflicts:
        raise NotFoundError(Code.NOT_FOUND, "no log has contradicted itself here")
    rows: list[dict[str, str]] = []
    for number, conflict in enumerate(conflicts, start=1):
        file = output / f"conflict-{number}.json"
        opening.write_new(file, format_conflict(conflict))
        contradiction = judge(conflict).contradiction
        rows.append({"file": str(file), "origin": conflict.log.name, "contradiction": contradiction.value})
    return Answer({"files": [*rows]}, [f"{row['file']}  {row['contradiction']}  {row['origin']}" for row in rows])


@verb(
    "check-evidence",
    example=f"provenance witness check-evidence conflict-1.json --log {_KEY}",
    prints="{origin, contradiction, first: {size, root}, second: {size, root}}",
)
@click.argument("file", type=READABLE)
@click.option("--log", "key", callback=_log_key, required=True, help="The log's key, from a trust file you believe.")
def check_evidence(file: Path, key: VerifierKey) -> Answer:
    """Check whether a log contradicted itself.

    Needs no server: both checkpoints are in the file with the log's signatures. 'proven' are two roots for one size, or
    two sizes with a mirror's proof that the larger tree begins otherwise; 'claimed' is a witness's word that it does:
    ask the log for a proof that it does not. The exit code is 0 for both, and 1 where the file shows nothing of the
    kind.
    """
    from provenance.encoding.textual import format_base64
    from provenance.errors import ForgedError
    from provenance.log.conflict import judge, parse_conflict

    conflict = parse_conflict(opening.read_bytes(file))
    if conflict.log != key:
        raise ForgedError(Code.UNTRUSTED_CHECKPOINT, f"the file is about {conflict.log}, not about the log you named")
    judged = judge(conflict)
    sides: list[dict[str, JsonLike]] = [
        {"size": side.size, "root": format_base64(side.root)} for side in (judged.first, judged.second)
    ]
    return Answer(
        {"origin": key.name, "contradiction": judged.contradiction.value, "first": sides[0], "second": sides[1]},
        [f"{judged.contradiction}  {key.name}", *(f"  size {side['size']}  root {side['root']}" for side in sides)],
    )


COMMANDS = (
    Workflow(
        "witness",
        commands=[init, add_log, serve, evidence, check_evidence],
        help="Confirm that other people's logs only grow.",
    ),
)
