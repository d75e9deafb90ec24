"""``provenance init`` and ``provenance serve``: from an empty folder to a running installation."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE_OR_STDIN
from provenance.cli.receipts import accepted
from provenance.cli.terminal import Answer, talk, verb
from provenance.codes import Code
from provenance.config import Settings
from provenance.errors import ConfigurationError, MalformedError

if TYPE_CHECKING:
    from provenance.log.policy import Policy

DEFAULT_ORIGIN = "demo.example/log/2026"


@verb(
    "init",
    example="provenance init --origin example.com/log/2026 --witnesses witnesses.txt",
    prints="{home, origin, log, root, trust, checkpoint}",
)
@click.option(
    "--origin",
    default=DEFAULT_ORIGIN,
    show_default=True,
    help="The log's name, for ever: a domain of yours, a path, a year.",
)
@click.option(
    "--witnesses",
    type=READABLE_OR_STDIN,
    help="Who must confirm each checkpoint: a C2SP tlog-policy without its log line. Without it, nobody need.",
)
def init(origin: str, witnesses: Path | None) -> Answer:
    """Set up an installation.

    Makes the log's key and the registry's root key, the trust file, the database and the first checkpoint. The
    home must be empty or absent; an existing one is never touched. Each witness needs the log's key next; nothing is
    shown to anyone before a quorum of them has confirmed it. A file that means nobody says 'quorum none'.
    """
    policy = _policy_in(witnesses)
    settings = opening.settings()
    if settings.home.exists() and (not settings.home.is_dir() or any(settings.home.iterdir())):
        raise opening.exists_already(settings.home)
    passphrase = opening.new_passphrase("the log key and the root key")
    try:
        return _found(settings, origin, policy, passphrase)
    except BaseException:
        # Half an installation would be refused by the next try, and nothing in it is older than a second.
        shutil.rmtree(settings.home, ignore_errors=True)
        raise


@verb("serve", example="provenance serve --port 8000", prints="{address}")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="How many processes answer.")
def serve(host: str, port: int, workers: int) -> Answer:
    """Serve the pages and the log, until it is stopped."""
    opening.require("sqlalchemy", "flask", "gunicorn")
    settings = replace(opening.installation(), passphrase=opening.passphrase_for_log())
    from web.serving import serve as serve_web

    talk(f"http://{host}:{port}/  (^C stops it)")
    serve_web(settings, host=host, port=port, workers=workers)
    return Answer({"address": f"http://{host}:{port}/"})


def _policy_in(path: Path | None) -> Policy:
    """The witness policy in a file; refuses one by which this log could never show anything."""
    from provenance.log.policy import parse_policy
    from provenance.trust import NO_WITNESSES

    if path is None:
        return NO_WITNESSES
    try:
        policy = parse_policy(opening.read_bytes(path))
    except MalformedError as err:
        raise ConfigurationError(err.code, f"{path}: {err.refusal.message}") from err
    if policy.logs:
        message = f"{path} names the log {policy.logs[0].key.name}; this one has no key before it is set up"
        raise ConfigurationError(Code.MALFORMED_POLICY, message)
    if not policy.is_met_by(witness.name for witness in policy.witnesses if witness.url is not None):
        message = f"{path}: too few witnesses have an address for the log to ask, so nothing would ever be confirmed"
        raise ConfigurationError(Code.MALFORMED_POLICY, message)
    return policy


def _found(settings: Settings, origin: str, policy: Policy, passphrase: str) -> Answer:
    from provenance.log.note import signer_key
    from provenance.trust import Trust, format_trust

    log, root = opening.new_key(), opening.new_key()
    trust = Trust(origin, signer_key(origin, log.public), (root.public,), 1, policy)
    opening.seal_new(settings.key_file("log"), log, passphrase)
    opening.seal_new(settings.key_file("root"), root, passphrase)
    opening.write_new(settings.trust_file, format_trust(trust))
    with opening.services(passphrase) as services:
        with services.store.reading() as store:
            if store.size():
                raise ConfigurationError(Code.FILE_EXISTS, "the database has statements already")
        accepted(services.enrolling.establish(origin, root))
        note = services.checkpointing.checkpoint()
    if policy.witnesses:
        talk(
            "Give each witness the log's key: 'provenance witness add-log'; then 'provenance log checkpoint' asks them."
        )
    talk(f"Give {settings.trust_file} to whoever wants to check without you.")
    talk(f"Keep {settings.key_file('root')} off the server: it says who is who.")
    return Answer(
        {
            "home": str(settings.home),
            "origin": origin,
            "log": str(trust.log),
            "root": str(root.public),
            "trust": str(settings.trust_file),
            "checkpoint": note or "",
        },
        [f"log    {trust.log}", f"root   {root.public}", f"trust  {settings.trust_file}"],
    )


COMMANDS = (init, serve)
