"""``provenance root``: the keys that say who is who, and what they decide together.

Rules:

* every command that the root decides takes its keys with ``--root-key``, as often as it needs keys to agree;
* where they are not in one place, ``--absent KEY`` names those that sign later and ``--draft FILE`` keeps what they
  shall sign: each signs it with ``provenance root sign``, and ``provenance capture`` takes the whole in.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, ArgumentError
from provenance.cli.receipts import accepted, receipt_line, receipt_members
from provenance.cli.terminal import Answer, Workflow, talk, verb
from provenance.errors import ProvenanceError

if TYPE_CHECKING:
    from provenance.crypto.envelope import Envelope
    from provenance.crypto.keys import PublicKey, SigningKey
    from provenance.services.enrolling import RootDecides

RECEIPT = "{party, statement, index, status, repeat, confirmedBy} or {draft, statement}"


@dataclass(frozen=True, slots=True)
class RootKeys:
    """The root keys that are here, those that sign later, and where the draft for them goes."""

    files: tuple[Path, ...]
    absent: tuple[PublicKey, ...]
    draft: Path | None

    def decide(self, entry: RootDecides, *, new: Sequence[SigningKey] = ()) -> Answer:
        """The entry captured, or drafted."""
        if bool(self.absent) is not bool(self.draft):
            raise click.UsageError("--draft needs --absent, and --absent needs --draft")
        files = self.files or (opening.settings().key_file("root"),)
        roots = [opening.key_in(file) for file in files]
        with opening.services() as services:
            if self.draft is not None:
                return _drafted(services.enrolling.draft(entry, roots, absent=self.absent, new=new), self.draft)
            receipt = accepted(services.enrolling.by_root(entry, roots, new=new))
        return Answer({"party": getattr(entry, "party", None), **receipt_members(receipt)}, [receipt_line(receipt)])


def public_key(text: str) -> PublicKey:
    """A public key, as ``did:key:z…``."""
    from provenance.crypto.keys import parse_public

    try:
        return parse_public(text)
    except ProvenanceError as err:
        raise ArgumentError(err.refusal) from err


def decided_by_root(command: Callable[..., Answer]) -> Callable[..., Answer]:
    """The command with the options that tell its parameter ``root`` which root keys sign."""

    @functools.wraps(command)
    def run(
        *, root_keys: tuple[Path, ...], absent: tuple[PublicKey, ...], draft: Path | None, **others: object
    ) -> Answer:
        return command(root=RootKeys(root_keys, absent, draft), **others)

    for option in (
        click.option("--draft", type=NEW_FILE, help="Keep it for the absent keys to sign, instead of capturing it."),
        click.option("--absent", type=public_key, metavar="KEY", multiple=True, help="A root key that signs later."),
        click.option(
            "--root-key",
            "root_keys",
            type=READABLE,
            multiple=True,
            help="A key file of the root; may be repeated.  [default: keys/root.key in the home]",
        ),
    ):
        run = option(run)
    return run


@verb(
    "rotate",
    example="provenance root rotate --new-root-key one.key --new-root-key two.key \\\n"
    "    --new-root-key three.key --threshold 2",
    prints=RECEIPT,
)
@click.option(
    "--new-root-key", "new_files", type=READABLE, multiple=True, required=True, help="A key file of the new root."
)
@click.option("--threshold", type=click.IntRange(1, 16), default=1, show_default=True, help="How many must agree.")
@decided_by_root
def rotate(new_files: tuple[Path, ...], threshold: int, root: RootKeys) -> Answer:
    """Replace the root's keys, all of them.

    Enough of the old keys sign, and every new one. Trust files stay as they are: they name the first root, and whoever
    checks follows the log from there.
    """
    from provenance.custody.registry_entries import RootRotated

    new = [opening.key_in(file) for file in new_files]
    if threshold > len(new):
        raise click.UsageError(f"--threshold {threshold} is more than the {len(new)} keys given")
    with opening.services() as services:
        origin = services.trust.origin
    return root.decide(RootRotated(origin, tuple(key.public for key in new), threshold), new=new)


@verb(
    "sign",
    example="provenance root sign draft.json --root-key two.key -o signed.json",
    prints="{draft, statement}",
)
@click.argument("file", type=READABLE)
@click.option("--root-key", type=READABLE, required=True, help="A key file of the root that the draft names.")
@click.option("-o", "--output", type=NEW_FILE, required=True, help="The file to write; must not be there yet.")
def sign_draft(file: Path, root_key: Path, output: Path) -> Answer:
    """Add a root key's signature to a draft.

    Shows on stderr what is signed. The file goes to the next key holder, or to 'provenance capture'.
    """
    from provenance.crypto.envelope import cosign, from_json
    from provenance.encoding import canonical

    draft = from_json(canonical.parse_any(opening.read_bytes(file)))
    talk(draft.body.decode(errors="replace"))
    return _drafted(cosign(draft, opening.key_in(root_key)), output)


def _drafted(envelope: Envelope, file: Path) -> Answer:
    from provenance.crypto.envelope import to_json
    from provenance.encoding import canonical

    opening.write_new(file, canonical.dump(to_json(envelope)))
    return Answer({"draft": str(file), "statement": envelope.hash}, [f"{file}  {envelope.hash}"])


COMMANDS = (
    Workflow("root", commands=[rotate, sign_draft], help="Replace the root's keys, and sign as one of several."),
)
