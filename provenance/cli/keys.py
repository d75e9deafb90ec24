"""``provenance key``: making and looking at signing keys; needs no installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE
from provenance.cli.terminal import Answer, Workflow, verb

if TYPE_CHECKING:
    from provenance.crypto.keys import PublicKey


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


def _shown(file: Path, key: PublicKey) -> Answer:
    return Answer(
        {"file": str(file), "key": str(key), "id": key.id},
        [f"key   {key}", f"id    {key.id}", f"file  {file}"],
    )


COMMANDS = (
    Workflow(
        "key",
        commands=[new, show],
        help="Make and look at signing keys.\n\nA private key never leaves its file, and is never printed.",
    ),
)
