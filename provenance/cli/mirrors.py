"""``provenance mirror``: a copy of somebody's log, which shows whatever the log takes back, kept and served."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, ArgumentError
from provenance.cli.terminal import Answer, Workflow, progress, say_error, talk, verb
from provenance.codes import Code
from provenance.errors import ConfigurationError, MalformedError, UnreachableError

if TYPE_CHECKING:
    from provenance.bootstrap_mirror import Hand
    from provenance.crypto.keys import SigningKey
    from provenance.log.note import Note
    from provenance.services.monitoring import Monitoring, Progress, Stage, Turn
    from provenance.trust import Trust


@verb(
    "copy",
    example="provenance mirror copy https://shop.example copy/ --trust trust.json --key inspector.key",
    prints="{origin, size, new, judged, confirmations}",
)
@click.argument("url")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--trust", "trust_file", type=READABLE, required=True, help="The log's trust file, from somebody else.")
@click.option("--key", "key_file", type=READABLE, help="A key of your party, to read the bodies and judge everything.")
@click.option("--every", type=click.IntRange(1), metavar="SECONDS", help="Go on, with a turn every so many seconds.")
@click.option(
    "--seen",
    "seen",
    type=READABLE,
    multiple=True,
    help="A checkpoint, .tlog-proof or bundle that the log gave somebody.",
)
@click.option(
    "--stale-after", type=click.IntRange(1), default=86400, show_default=True, metavar="SECONDS",
    help="How old the witnesses' word on the checkpoint may be.",
)  # fmt: skip
@click.option(
    "--cosign", "hand_file", type=READABLE, help="A key of the mirror's own, to stand behind what is in order."
)
@click.option("--name", help="The mirror's name, for ever: a domain of yours, and a path. Goes with --cosign.")
def copy(
    url: str,
    folder: Path,
    *,
    trust_file: Path,
    key_file: Path | None,
    every: int | None,
    seen: tuple[Path, ...],
    stale_after: int,
    hand_file: Path | None,
    name: str | None,
) -> Answer:
    """Copy a log and check it against what it was.

    Copies the checkpoint, the tiles and the entries of the log at URL into FOLDER, once each is proven; run it again,
    or with --every, for what is new. A log that takes something back is refused with exit code 1, and the copy stays
    as it was; two signed checkpoints that contradict each other are kept in FOLDER/evidence, for 'witness
    check-evidence'. Any web server can serve FOLDER as it is.

    With --key the bodies of the statements are fetched too, if the log lets that key's party read them, and everything
    is judged by the log's own rules: signatures, authority, chains, custody. A statement that breaks one is an alarm.
    FOLDER/bodies is then for you alone: let a web server show 'checkpoint' and 'tile' only.

    With --cosign as well, a key made by 'key new' for nothing else, each turn without an alarm ends with a line of the
    mirror's own below the checkpoint: 'mirror serve' shows it, and the pages.

    The witnesses of the trust file are asked what they have seen of the log. A log that shows less than they did, or
    than --seen, or a checkpoint that they confirmed too long ago, is an alarm too: 'log check-alarm' reads the file.
    """
    opening.require("sqlalchemy", "urllib3")
    from provenance.bootstrap_mirror import build_monitor

    trust = opening.trust_in(trust_file)
    key = None if key_file is None else opening.key_in(key_file)
    monitoring = build_monitor(
        url,
        folder,
        trust,
        key=key,
        hand=_hand(hand_file, name, reader=key, trust=trust),
        brought=[_checkpoint_in(path) for path in seen],
        stale_after=timedelta(seconds=stale_after),
    )
    if every is not None:
        keep_watching(monitoring, trust, every, pause=time.sleep)
    turn = _turn(monitoring)
    return Answer(
        {
            "origin": trust.origin,
            "size": turn.mirrored.size,
            "new": turn.mirrored.size - turn.mirrored.before,
            "judged": turn.judged,
            "confirmations": [*_names(turn)],
        },
        _told(turn, trust),
    )


@verb("serve", example="provenance mirror serve copy/ --trust trust.json --port 8020", prints="{address}")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--trust", "trust_file", type=READABLE, required=True, help="The log's trust file, from somebody else.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8020, show_default=True, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="How many processes answer.")
def serve(folder: Path, *, trust_file: Path, host: str, port: int, workers: int) -> Answer:
    """Serve a copy's log and pages, until it is stopped.

    FOLDER is what 'mirror copy' keeps with --key and --cosign; it may go on with --every beside this. Every page says
    whose mirror it is, as of when, and which alarm stands. Nothing is taken in, and no key is needed. Set
    PROVENANCE_BASE_URL to how visitors reach it.
    """
    opening.require("sqlalchemy", "flask", "gunicorn")
    from web.mirror_serving import serve_mirror

    address = f"http://{host}:{port}"
    settings = opening.settings()
    if "PROVENANCE_BASE_URL" not in os.environ:
        settings = replace(settings, base_url=address)
    talk(f"{address}/  (^C stops it)")
    serve_mirror(settings, folder, opening.trust_in(trust_file), host=host, port=port, workers=workers)
    return Answer({"address": f"{address}/"})


def _hand(file: Path | None, name: str | None, *, reader: SigningKey | None, trust: Trust) -> Hand | None:
    """The mirror's name and key; refuses one without the other, and a key that has another use."""
    from provenance.bootstrap_mirror import Hand
    from provenance.log.note import cosigner_key

    if file is None and name is None:
        return None
    if file is None or name is None or reader is None:
        raise click.UsageError("--cosign, --name and --key go together: a mirror stands behind what it has judged")
    key = opening.key_in(file)
    others = {reader.public.raw, trust.log.public, *(one.key.public for one in trust.policy.witnesses)}
    if key.public.raw in others:
        message = f"{file} is the key of a party, a log or a witness; a mirror's key signs nothing else"
        raise ConfigurationError(Code.BAD_SETTING, message)
    try:
        cosigner_key(name, key.public)
    except MalformedError as err:
        raise ArgumentError(err.refusal) from err
    return Hand(name, key)


def _checkpoint_in(path: Path) -> Note:
    """The checkpoint's note in a file: by itself, below a proof, or in a bundle."""
    from provenance.bundle import parse_bundle
    from provenance.log.note import parse_note
    from provenance.log.proof_file import HEADER, parse_proof_file

    data = opening.read_bytes(path)
    if data.startswith(HEADER.encode()):
        return parse_proof_file(data).checkpoint
    return parse_note(parse_bundle(data).checkpoint.encode() if data.startswith(b"{") else data)


def keep_watching(monitoring: Monitoring, trust: Trust, every: int, *, pause: Callable[[float], None]) -> None:
    """Turn after turn, until stopped, or until an alarm ends it; a log that is not reached is only said to be so."""
    while True:
        try:
            for line in _told(_turn(monitoring), trust):
                talk(line)
        except UnreachableError as err:
            say_error(err.refusal)
        pause(every)


def _turn(monitoring: Monitoring) -> Turn:
    with _bars() as show:
        return monitoring.turn(show)


@contextmanager
def _bars() -> Iterator[Progress]:
    """A bar over all stages of a turn: how much is new is known only on the way, so it counts hundredths."""
    from provenance.services.monitoring import Stage

    order = list(Stage)
    with progress("a turn", 100 * len(order)) as show:

        def shown(stage: Stage, done: int, total: int) -> None:
            show(100 * order.index(stage) + 100 * done // total)

        yield shown


def _told(turn: Turn, trust: Trust) -> list[str]:
    held = turn.mirrored
    lines = [f"{trust.origin}  {held.size} entries, {held.size - held.before} new"]
    if turn.judged is not None:
        lines.append(f"judged  {turn.judged} statements, all in order")
    return [*lines, f"confirmed by  {', '.join(_names(turn)) or 'nobody: the trust file asks for no witnesses'}"]


def _names(turn: Turn) -> list[str]:
    return [one.witness for one in turn.mirrored.state.confirmations]


COMMANDS = (Workflow("mirror", commands=[copy, serve], help="Keep a copy of somebody's log, check it, and serve it."),)
