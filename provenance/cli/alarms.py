"""``provenance log check-alarm``: what a mirror's alarm proves, and what is only its word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import READABLE, READABLE_OR_STDIN
from provenance.cli.terminal import Answer, verb
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_time

if TYPE_CHECKING:
    from provenance.log.confirmation import ConfirmationState


@verb(
    "check-alarm",
    example="provenance log check-alarm copy/evidence/alarm-7f3a.json --trust trust.json",
    prints="{origin, kind, weight, at, shown: {size, confirmed}, known: {size, confirmed}}",
)
@click.argument("file", type=READABLE_OR_STDIN)
@click.option("--trust", type=READABLE, required=True, help="The log's trust file, from somebody you believe.")
def check_alarm(file: Path, trust: Path) -> Answer:
    """Look into a mirror's alarm.

    Needs no server: both checkpoints are in the file with the log's signatures, and when their witnesses confirmed
    them. That the log showed no more at that time is the mirror's word, so an alarm is 'claimed'. The exit code is 1
    where the log did not sign what is in the file.
    """
    from provenance.log.alarm import judge_alarm, parse_alarm

    believed = opening.trust_in(trust)
    judged = judge_alarm(parse_alarm(opening.read_bytes(file)), believed.policy)
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
        },
        [*lines, *([] if known is None else [f"  signed before:  {_line(known)}"])],
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
