"""``provenance key``: making and looking at signing keys, and at what they signed; only the last needs a log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, hex_id
from provenance.cli.terminal import Answer, Workflow, verb
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_time
from provenance.errors import ProvenanceError
from provenance.ids import KeyId, LeafIndex

if TYPE_CHECKING:
    from provenance.crypto.keys import PublicKey
    from provenance.ports.stores import Stored

_MOST_NAMED = 20
"""Of ten thousand things made together, the first tell which they are."""


@verb("new", example="provenance key new -o maker.key", prints="{file, key, id}")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The key file to write; must not be there yet.")
def new(output: Path) -> Answer:
    """Make a signing key, sealed with a passphrase."""
    if output.exists():
        raise opening.exists_already(output)  # before anyone is asked for a passphrase
    key = opening.new_key()
    opening.seal_new(output, key, opening.new_passphrase(str(output)))
    return _shown(output, key.public)


@verb("show", example="provenance key show maker.key", prints="{file, key, id}")
@click.argument("file", type=READABLE)
def show(file: Path) -> Answer:
    """Show the public half of a key file."""
    from provenance.crypto.keys import public_of_file

    return _shown(file, public_of_file(opening.read_bytes(file)))


@verb(
    "signed",
    example=f"provenance key signed {'9f1f39c9' * 8}",
    prints="{key, statements: [{statement, index, type, step, about, recordedAt}]}",
)
@click.argument("key_id", metavar="ID", type=hex_id)
@click.option("--since", type=click.IntRange(0), default=0, show_default=True, help="From which leaf on.")
def signed(key_id: KeyId, since: int) -> Answer:
    """Show what a key signed, the newest first.

    A statement in it that its owner does not know is the first sign of a stolen key.
    """
    with opening.services() as services:
        found = list(services.watching.everything_signed_by(key_id, since=LeafIndex(since)))
    rows = [_members(stored) for stored in found]
    return Answer(
        {"key": key_id, "statements": rows},
        [
            f"leaf {row['index']:<6} {row['recordedAt']}  {row['step'] or row['type']}  {row['statement']}"
            for row in rows
        ],
    )


def _members(stored: Stored) -> dict[str, JsonLike]:
    from provenance.custody.statements import read

    about: tuple[str, ...] = ()
    step = None
    try:
        statement = read(stored.envelope)
    except ProvenanceError:
        pass  # damaged: its row is shown all the same, the audit says what is wrong
    else:
        step, about = statement.step, statement.about.subjects
    return {
        "statement": stored.hash,
        "index": stored.index,
        "type": stored.envelope.payload_type,
        "step": step.value if step else None,
        "about": list(about[:_MOST_NAMED]),
        "recordedAt": format_time(stored.recorded_at),
    }


def _shown(file: Path, key: PublicKey) -> Answer:
    return Answer(
        {"file": str(file), "key": str(key), "id": key.id},
        [f"key   {key}", f"id    {key.id}", f"file  {file}"],
    )


COMMANDS = (
    Workflow(
        "key",
        commands=[new, show, signed],
        help="Make and look at signing keys.\n\nA private key never leaves its file, and is never printed.",
    ),
)
