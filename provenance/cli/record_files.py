"""What commands share that sign a record of commerce into a file: whose keys, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import NEW_FILE, READABLE, ROLES, party
from provenance.cli.terminal import Answer
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, JsonLike

if TYPE_CHECKING:
    from provenance.bootstrap import Services
    from provenance.ids import PartyId
    from provenance.services.signing import Hand

PRINTS = "{statement, file, envelope: {payload, payloadType, signatures: [{keyid, sig}]}}"

_keys = click.option("--key", "keys", type=READABLE, multiple=True, required=True, help="A key file; may be repeated.")
_output = click.option("-o", "--output", type=NEW_FILE, help="The file for the statement.  [default: print it]")


@dataclass(frozen=True, slots=True)
class Pen:
    """Who signs a record: with which key files, for which party or each for themselves; and where it goes."""

    keys: tuple[Path, ...]
    of: PartyId | None
    role: str
    output: Path | None

    def sign(self, services: Services, members: Mapping[str, Json], *others: Path) -> Answer:
        """The record, linked to its dossier as it is now, in a file or printed; "at" is now unless it says so.

        Whoever has the keys in ``others`` signs for themselves.
        """
        from provenance.adapters.outside import SystemClock
        from provenance.crypto.envelope import to_json

        whole = {"at": int(SystemClock().now().timestamp()), **members}
        envelope = services.signing.commerce_record(whole, list(self._hands(others)))
        told = to_json(envelope)
        answer: dict[str, JsonLike] = {"statement": envelope.hash, "file": None, "envelope": told}
        if self.output is None:
            return Answer(answer, [canonical.dump(told).decode()])
        opening.write_new(self.output, canonical.dump(told) + b"\n")
        return Answer({**answer, "file": str(self.output)}, [f"signed  {envelope.hash}  {self.output}"])

    def _hands(self, others: Iterable[Path]) -> Iterable[Hand]:
        from provenance.custody.roles import Role
        from provenance.services.signing import Hand, consumer

        for path in self.keys:
            key = opening.key_in(path)
            yield consumer(key) if self.of is None else Hand(self.of, Role(self.role), key)
        yield from (consumer(opening.key_in(path)) for path in others)


def with_pen(command: Callable[..., Answer]) -> Callable[..., Answer]:
    """A command that signs for whomever its options name; it gets them as its ``pen``."""

    @_keys
    @click.option("--party", "of", type=party, help="Whose keys they are.  [default: consumers' own, in no registry]")
    @click.option(
        "--role", type=click.Choice(ROLES), default="seller", show_default=True, help="What the party acts as."
    )
    @_output
    @wraps(command)
    def signing(
        *arguments: object, keys: tuple[Path, ...], of: PartyId | None, role: str, output: Path | None, **named: object
    ) -> Answer:
        return command(*arguments, pen=Pen(keys, of, role, output), **named)

    return signing


def with_own_pen(command: Callable[..., Answer]) -> Callable[..., Answer]:
    """A command that consumers sign for themselves; it gets their keys as its ``pen``."""

    @_keys
    @_output
    @wraps(command)
    def signing(*arguments: object, keys: tuple[Path, ...], output: Path | None, **named: object) -> Answer:
        return command(*arguments, pen=Pen(keys, None, "", output), **named)

    return signing
