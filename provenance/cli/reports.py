"""A report on one thing, for people and for programs: verdict, reasons, what happened, what it can't tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from provenance.cli.terminal import Answer, refusal_members
from provenance.cli.wording import CAN_NOT_TELL, DOUBTS, NEARNESS, OUTCOMES, PROOF_STEPS, STEPS, VERDICTS
from provenance.custody.history import Happening, History
from provenance.custody.verdict import Finding, VerdictClass
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import format_base64, format_time
from provenance.evidence import Report
from provenance.ids import PartyId
from provenance.log.checkpoint import Checkpoint
from provenance.log.confirmation import ConfirmationState

_SHOWN = 5  # findings of one doubt at a terminal; --json has them all


def report_answer(report: Report) -> Answer:
    """The report as the answer of a command; anything but ``consistent`` is bad news."""
    return Answer(
        {
            "subject": report.subject,
            "verdict": report.verdict.shown.value,
            "findings": [_finding_members(finding) for finding in report.verdict.findings],
            "phase": None if report.history.standing is None else report.history.standing.phase.value,
            "holder": report.history.holder,
            "owner": report.history.owner,
            "inside": list(report.history.units_around),
            "timeline": [_happening_members(happening, report.history) for happening in report.history.happenings],
            "checkpoint": _checkpoint_members(report.checkpoint),
            "confirmedBy": _confirmed_members(report.confirmation),
            "proofSteps": report.steps.members(),
            "canNotTell": list(_can_not_tell(report)),
        },
        list(_lines(report)),
        is_bad_news=report.verdict.shown is not VerdictClass.CONSISTENT,
    )


def _lines(report: Report) -> Iterator[str]:
    history, verdict = report.history, report.verdict
    yield f"{verdict.shown.upper()}  {VERDICTS[verdict.shown]}"
    yield f"  {report.subject}"
    if history.holder is not None:
        yield f"  held by   {_named(history.holder, history)}"
    if history.owner is not None:
        yield f"  owned by  {_named(history.owner, history)}"
    for unit in history.units_around:
        yield f"  inside    {unit}"
    if verdict.findings:
        yield ""
        yield "Why"
        for _, alike in groupby(verdict.findings, key=lambda finding: finding.doubt):
            yield from _finding_lines(tuple(alike))
    if history.happenings:
        yield ""
        yield "What happened"
        for happening in history.happenings:
            yield f"  {_happening_line(happening, history)}"
    if report.confirmation is not None and report.confirmation.confirmations:
        yield ""
        yield "Confirmed by"
        for one in report.confirmation.confirmations:
            yield f"  {one.witness}  {format_time(one.at)}"
    yield ""
    yield "What was checked"
    for step, outcome in report.steps.outcomes().items():
        yield f"  {step:<13} {PROOF_STEPS[step]}: {OUTCOMES[outcome]}"
    yield ""
    yield "What this can't tell"
    for limit in _can_not_tell(report):
        yield f"  - {limit}"


def _finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    """All findings of one doubt: what it is, what each rests on, what to do."""
    doubt = findings[0].doubt
    words, next_step = DOUBTS[doubt]
    yield f"  - {doubt}: {words}"
    for finding in findings[:_SHOWN]:
        for name, value in finding.details.items():
            yield f"      {name}: {value}"
        for hash_ in finding.evidence:
            yield f"      statement: {hash_}"
    if len(findings) > _SHOWN:
        yield f"      and {len(findings) - _SHOWN} more"
    yield f"    → {next_step}"


def _finding_members(finding: Finding) -> JsonLike:
    words, next_step = DOUBTS[finding.doubt]
    return {
        "doubt": finding.doubt.value,
        "arguesFor": None if finding.argues_for is None else finding.argues_for.value,
        "whoCanAct": finding.who_can_act.value,
        "subject": finding.subject,
        "message": words,
        "next": next_step,
        "evidence": list(finding.evidence),
        "details": dict(finding.details),
    }


def _happening_line(happening: Happening, history: History) -> str:
    who = " and ".join(f"{_named_short(signer.party, history)} as {signer.role}" for signer in happening.signers)
    notes = [NEARNESS[happening.nearness], "taken back later" if happening.is_voided else ""]
    if happening.refusal is not None:
        notes.append(f"breaks a rule: {happening.refusal}")
    beside = "; ".join(filter(None, notes))
    words = f"leaf {happening.index:<5} {happening.event.event_time}  {STEPS[happening.step]:<15} by {who}"
    return f"{words}  ({beside})" if beside else words


def _happening_members(happening: Happening, history: History) -> JsonLike:
    return {
        "index": happening.index,
        "statement": happening.hash,
        "step": happening.step.value,
        "about": happening.subject,
        "nearness": happening.nearness.value,
        "eventTime": happening.event.event_time,
        "place": happening.event.read_point,
        "signers": [
            {"party": signer.party, "name": _name(signer.party, history), "role": signer.role.value}
            for signer in happening.signers
        ],
        "holderAfter": happening.holder_after,
        "takenBack": happening.is_voided,
        "refusal": None if happening.refusal is None else refusal_members(happening.refusal),
    }


def _checkpoint_members(checkpoint: Checkpoint | None) -> JsonLike:
    if checkpoint is None:
        return None
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": format_base64(checkpoint.root)}


def _confirmed_members(state: ConfirmationState | None) -> JsonLike:
    confirmations = state.confirmations if state else ()
    return [{"witness": one.witness, "time": format_time(one.at)} for one in confirmations]


def _can_not_tell(report: Report) -> Iterator[str]:
    yield from CAN_NOT_TELL
    if report.checkpoint is None:
        yield "anything for sure: there is no checkpoint to prove it against"
    else:
        yield "whether whoever made this left out newer statements, about it or about those who signed"
        yield f"what was recorded after checkpoint {report.checkpoint.size} of {report.checkpoint.origin}"


def _named(party: PartyId, history: History) -> str:
    name = _name(party, history)
    return party if name is None else f"{name} ({party})"


def _named_short(party: PartyId, history: History) -> str:
    return _named(party, history).replace("https://id.gs1.org/417/", "")


def _name(party: PartyId, history: History) -> str | None:
    known = history.registry.parties.get(party)
    return known.name if known else None
