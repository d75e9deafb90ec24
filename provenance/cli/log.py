"""``provenance log``: signing what the log has become, walking all of it, and having it time-stamped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import alarms, heads, opening
from provenance.cli.arguments import READABLE
from provenance.cli.terminal import Answer, Workflow, progress, refusal_members, talk, verb
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_time
from provenance.errors import Refusal, RefusedError

if TYPE_CHECKING:
    from provenance.bootstrap import Services
    from provenance.crypto.keys import SigningKey
    from provenance.services.anchoring import Anchored
    from provenance.services.copy_reading import CopyReading


@verb("checkpoint", example="provenance log checkpoint", prints="{checkpoint, new}")
def checkpoint() -> Answer:
    """Sign what is new in the log.

    What is new is read again, checked, signed, and shown to the witnesses that the trust file names; the published
    checkpoint is printed. After this, the statements taken in are recorded: their order and their bytes can't change
    unnoticed.
    """
    with opening.services(opening.passphrase_for_log()) as services:
        note = services.checkpointing.checkpoint()
        for said in services.witnessing.confirm():
            talk(f"witness {said.witness}  {said.outcome}  {said.message}")
        newest = services.checkpointing.latest()
    if note is None:
        talk("nothing is new since the newest checkpoint")
    return Answer({"checkpoint": newest, "new": note is not None}, newest.splitlines())


@verb("audit", example="provenance log audit", prints="{leaves, clean, problems: [{damage, where, message}]}")
def audit() -> Answer:
    """Walk the whole log and check everything.

    Names every statement that was changed, dropped or slipped in, every checkpoint that does not fit, and everything
    kept beside the log that does not follow from it.
    """
    with opening.services() as services:
        with services.store.reading() as store:
            total = store.size()
        with progress("auditing", total) as show:
            report = services.auditing.audit(lambda done, _: show(done))
    found = [{"damage": p.damage.value, "where": p.where, "message": p.message} for p in report.problems]
    problems = {0: "no problem", 1: "1 problem"}.get(len(found), f"{len(found)} problems")
    return Answer(
        {"leaves": report.leaves, "clean": report.is_clean, "problems": found},
        [*(f"{p.damage}  {p.where}  {p.message}" for p in report.problems), f"{report.leaves} leaves, {problems}"],
        is_bad_news=not report.is_clean,
    )


@verb(
    "recover",
    example="provenance log recover --from /mnt/mirror/copy",
    prints="{origin, before, size, open, reason}",
)
@click.option(
    "--from", "source", required=True, metavar="FOLDER|URL",
    help="A copy of this log with its bodies, as 'mirror copy --key' makes one; or another server of it.",
)  # fmt: skip
@click.option("--key", "key_file", type=READABLE, help="For a server: a key whose party may read the bodies there.")
def recover(source: str, key_file: Path | None) -> Answer:
    """Get back what an old backup has lost.

    For a log that is read-only because it is behind itself; stop its servers while this runs. What is missing here is
    taken from the copy, verified, judged, and put where it always was; then the witnesses are asked. What the copy
    lacks too stays lost, and while anybody remembers it the log stays read-only. Safe to stop and to run again. The
    exit code is 0 only when the log is open again.
    """
    key = None if key_file is None else opening.key_in(key_file)
    with opening.services(opening.passphrase_for_log()) as services, progress("recovering", 100) as show:
        copy = _copy_of(source, key, services)
        found = services.recovering.recover(copy, lambda done, total: show(100 * done // total))
        try:
            services.guarding.require_open()
            reason = ""
        except RefusedError as err:
            reason = err.refusal.message
    origin = services.trust.origin
    return Answer(
        {"origin": origin, "before": found.before, "size": found.size, "open": not reason, "reason": reason},
        [
            f"{origin}  {found.size} statements, {found.size - found.before} of them from the copy",
            f"still read-only  {reason}" if reason else "open  statements are taken in again",
        ],
        is_bad_news=bool(reason),
    )


def _copy_of(source: str, key: SigningKey | None, services: Services) -> CopyReading:
    from provenance.adapters.outside import DurableFiles
    from provenance.bootstrap_mirror import fetched_copy
    from provenance.services.copy_reading import CopyReading

    if key is not None:
        with services.store.reading() as store:
            start = store.size()
        return fetched_copy(source, services.settings.home / "recovered", services.trust, key=key, start=start)
    return CopyReading(DurableFiles(Path(source)), DurableFiles(Path(source)), services.trust)


_roots = click.option(
    "--tsa-root", type=READABLE, required=True, help="The authority's root certificates (PEM), from somebody you trust."
)


@verb(
    "anchor",
    example="provenance log anchor --tsa https://tsa.example/tsr --tsa-root tsa-root.pem",
    prints="{size, at, policy}",
)
@click.option("--tsa", metavar="URL", required=True, help="The time-stamping authority (RFC 3161).")
@_roots
def anchor(tsa: str, tsa_root: Path) -> Answer:
    """Have the newest checkpoint time-stamped.

    The stamp proves that the log, as it was, existed before that moment. It does not prove that nobody was shown
    another log; witnesses do.
    """
    from provenance.adapters.tsa import HttpTimeStamper

    roots = opening.read_bytes(tsa_root)
    with opening.services() as services:
        anchored = services.anchoring.anchor(HttpTimeStamper(tsa), roots=roots)
    return Answer(_anchored(anchored), [_anchor_line(anchored)])


@verb(
    "anchors",
    example="provenance log anchors --tsa-root tsa-root.pem",
    prints="{anchors: [{size, at, policy} or {size, code, message, pointer, next}]}",
)
@_roots
def anchors(tsa_root: Path) -> Answer:
    """Check the time-stamps of all checkpoints."""
    roots = opening.read_bytes(tsa_root)
    with opening.services() as services:
        found = list(services.anchoring.anchored(roots=roots))
    return Answer(
        {"anchors": [_anchored(one) for one in found]},
        [_anchor_line(one) for one in found],
        is_bad_news=any(isinstance(one.stamp, Refusal) for one in found),
    )


def _anchored(one: Anchored) -> dict[str, JsonLike]:
    if isinstance(one.stamp, Refusal):
        return {"size": one.size, **refusal_members(one.stamp)}
    return {"size": one.size, "at": format_time(one.stamp.at), "policy": one.stamp.policy}


def _anchor_line(one: Anchored) -> str:
    said = str(one.stamp) if isinstance(one.stamp, Refusal) else f"existed before {format_time(one.stamp.at)}"
    return f"checkpoint {one.size}  {said}"


COMMANDS = (
    Workflow(
        "log",
        commands=[checkpoint, audit, recover, *heads.COMMANDS, *alarms.COMMANDS, anchor, anchors],
        help="Sign what the log has become, and audit it.",
    ),
)
