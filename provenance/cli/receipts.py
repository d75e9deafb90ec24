"""What became of a statement, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from provenance.cli import opening
from provenance.cli.terminal import Answer, refusal_members
from provenance.codes import NEXT_STEP
from provenance.encoding.canonical import JsonLike
from provenance.errors import Refusal, RefusedError

if TYPE_CHECKING:
    from provenance.ids import PartyId
    from provenance.services.capturing import Receipt
    from provenance.services.enrolling import Enrolling


def accepted(outcome: Receipt | Refusal) -> Receipt:
    """The receipt; a refusal ends the command."""
    if isinstance(outcome, Refusal):
        raise RefusedError(outcome.code, outcome.message, pointer=outcome.pointer, evidence=outcome.evidence)
    return outcome


def captured(of: PartyId, act: Callable[[Enrolling], Receipt | Refusal]) -> Answer:
    """The receipt of what a party decided."""
    with opening.services() as services:
        receipt = accepted(act(services.enrolling))
    return Answer({"party": of, **receipt_members(receipt)}, [receipt_line(receipt)])


def receipt_members(receipt: Receipt) -> dict[str, JsonLike]:
    """A receipt as JSON."""
    return {
        "statement": receipt.hash,
        "index": receipt.index,
        "status": receipt.status.value,
        "repeat": receipt.is_repeat,
        "confirmedBy": list(receipt.confirmed_by),
    }


def outcome_members(outcome: Receipt | Refusal) -> dict[str, JsonLike]:
    """A receipt or a refusal as JSON: one of the two is null."""
    if isinstance(outcome, Refusal):
        return {"receipt": None, "refusal": refusal_members(outcome)}
    return {"receipt": receipt_members(outcome), "refusal": None}


def receipt_line(receipt: Receipt) -> str:
    """A receipt for people."""
    before = "  (was there before)" if receipt.is_repeat else ""
    before += f"  by {', '.join(receipt.confirmed_by)}" if receipt.confirmed_by else ""
    return f"{receipt.status:<8}  leaf {receipt.index}  {receipt.hash}{before}"


def outcome_lines(place: str, outcome: Receipt | Refusal) -> tuple[str, ...]:
    """What became of one of many, for people."""
    if isinstance(outcome, Refusal):
        return f"{place}  refused   {outcome}", f"{' ' * len(place)}  → {NEXT_STEP[outcome.code]}"
    return (f"{place}  {receipt_line(outcome)}",)
