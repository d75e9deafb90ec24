"""``provenance log check-alarm``: what a mirror's alarm proves, and what is only its word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, READABLE_OR_STDIN
from provenance.cli.terminal import Answer, verb
from provenance.codes import Code
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_time

if TYPE_CHECKING:
    from provenance.log.confirmation import ConfirmationState
    from provenance.trust import Trust

_NO_STATEMENT: dict[str, JsonLike] = {"leaf": None, "code": None, "statement": None}


@verb(
    "check-alarm",
    example="provenance log check-alarm copy/evidence/alarm-7f3a.json --trust trust.json",
    prints="{origin, kind, weight, at, shown: {size, confirmed}, known: {size, confirmed}, leaf, code, statement}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("--trust", type=READABLE, required=True, help="The log's trust file, from somebody you believe.")
def check_alarm(file: Path, trust: Path) -> Answer:
    """Look into a mirror's alarm.

    Needs no server: the checkpoints are in the file with the log's signatures, and when their witnesses confirmed
    them. That the log showed no more at that time is the mirror's word, so an alarm is 'claimed'. Of a statement that
    breaks a rule it is proven that the log recorded it there; that a rule is broken is the mirror's word again. The
    exit code is 1 where the log did not sign what is in the file.
    """
    from provenance.log.breach import is_breach

    believed, data = opening.trust_in(trust), opening.read_bytes(file)
    return _about_breach(data, believed) if is_breach(data) else _about_alarm(data, believed)


def _about_alarm(data: bytes, believed: Trust) -> Answer:
    from provenance.log.alarm import judge_alarm, parse_alarm

    judged = judge_alarm(parse_alarm(data), believed.policy)
    at, known = format_time(judged.at), judged.known
    lines = [f"claimed  {judged.kind}  {believed.origin}", f"  shown at {at}: {_line(judged.shown)}"]
    return Answer(
        {
            "origin": believed.origin,
            "kind": judged.kind.value,
            "weight": "claimed",
            "at": at,
            "shown": _members(judged.shown),
            "known": None if known is None else _members(known),
            **_NO_STATEMENT,
        },
        [*lines, *([] if known is None else [f"  signed before:  {_line(known)}"])],
    )


def _about_breach(data: bytes, believed: Trust) -> Answer:
    from provenance.log.breach import judge_breach, parse_breach

    judged = judge_breach(parse_breach(data), believed.policy)
    breach, statement = judged.breach, judged.statement
    name = None if statement is None else statement.hash
    return Answer(
        {
            "origin": believed.origin,
            "kind": Code.RULE_BROKEN.value,
            "weight": "claimed",
            "at": format_time(breach.at),
            "shown": _members(judged.shown),
            "known": None,
            "leaf": breach.index,
            "code": breach.code.value,
            "statement": name,
        },
        [
            f"claimed  {Code.RULE_BROKEN}  {believed.origin}",
            f"  found at {format_time(breach.at)}: {breach.message}",
            f"  proven: leaf {breach.index} is recorded, {name or 'whose body is not in the file'}",
            f"  shown: {_line(judged.shown)}",
        ],
    )


def _line(state: ConfirmationState) -> str:
    when = ", ".join(f"{one.witness} at {format_time(one.at)}" for one in state.confirmations)
    return f"{state.checkpoint.size} entries, confirmed by {when or 'nobody'}"


def _members(state: ConfirmationState) -> dict[str, JsonLike]:
    return {
        "size": state.checkpoint.size,
        "confirmed": [{"witness": one.witness, "at": format_time(one.at)} for one in state.confirmations],
    }


COMMANDS = (check_alarm,)
