"""``provenance log``: signing what the log has become, and walking all of it."""

from __future__ import annotations

from provenance.cli import opening
from provenance.cli.terminal import Answer, Workflow, progress, talk, verb


@verb("checkpoint", example="provenance log checkpoint", prints="{checkpoint, new}")
def checkpoint() -> Answer:
    """Sign what is new in the log.

    What is new is read again and checked, signed, published, and printed as a checkpoint. After this, the
    statements taken in are recorded: their order and their bytes can't change unnoticed.
    """
    with opening.services(opening.passphrase_for_log()) as services:
        note = services.checkpointing.checkpoint()
        newest = services.checkpointing.latest() if note is None else note
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


COMMANDS = (Workflow("log", commands=[checkpoint, audit], help="Sign what the log has become, and audit it."),)
