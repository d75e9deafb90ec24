"""The same answer for programs: the report as JSON, in the words of the code and of the standard.

Rules: no sentence for people, no translation; every member is always there; ``null`` is unknown or absent, an empty
list is looked for and not found. What is ``recorded`` was proven against the checkpoint that is named.
"""

from __future__ import annotations

from provenance.custody.history import Happening, History
from provenance.custody.verdict import Finding
from provenance.encoding.canonical import Json, JsonLike
from provenance.encoding.textual import format_base64, format_time
from provenance.errors import Refusal
from provenance.evidence import Report
from provenance.ids import StatementHash
from web.addresses import Form, address_of


def answer(report: Report, *, base_url: str) -> dict[str, JsonLike]:
    """The members of the answer about a thing."""
    verdict, checkpoint = report.verdict, report.checkpoint
    return {
        "subject": report.subject,
        "verdict": verdict.shown.value,
        "because": None if verdict.because is None else _finding(verdict.because),
        "findings": [_finding(finding) for finding in verdict.findings],
        "standing": _standing(report.history),
        "steps": [_step(happening, report.recorded) for happening in report.history.happenings],
        "checkpoint": None
        if checkpoint is None
        else {"origin": checkpoint.origin, "size": checkpoint.size, "root": format_base64(checkpoint.root)},
        "proofSteps": report.steps.members(),
        "witnesses": [
            {"name": one.witness, "time": format_time(one.at)}
            for one in (report.confirmation.confirmations if report.confirmation else ())
        ],
        "isConfirmed": report.confirmation is not None and report.confirmation.is_witnessed,
        "page": base_url + address_of(report.subject),
        "bundle": base_url + address_of(report.subject, Form.BUNDLE),
    }


def _finding(finding: Finding) -> dict[str, JsonLike]:
    return {
        "doubt": finding.doubt.value,
        "arguesFor": finding.argues_for.value if finding.argues_for else None,
        "whoCanAct": finding.who_can_act.value,
        "subject": finding.subject,
        "evidence": list(finding.evidence),
        "details": dict(finding.details),
    }


def _standing(history: History) -> JsonLike:
    standing = history.standing
    if standing is None:
        return None
    return {
        "phase": history.phase.value if history.phase else None,
        "holder": history.holder,
        "owner": history.owner,
        "inside": list(history.units_around),
        "offeredTo": standing.offer.to if standing.offer else None,
        "flags": {flag.value: subject for flag, subject in history.flags.items()},
    }


def _step(happening: Happening, recorded: frozenset[StatementHash]) -> dict[str, JsonLike]:
    event = happening.event
    return {
        "index": happening.index,
        "hash": happening.hash,
        "step": happening.step.value,
        "subject": happening.subject,
        "nearness": happening.nearness.value,
        "eventTime": event.event_time,
        "eventTimeZoneOffset": event.raw.get("eventTimeZoneOffset"),
        "readPoint": event.read_point,
        "signers": [{"party": s.party, "key": s.key, "role": s.role.value} for s in happening.signers],
        "isRecorded": happening.hash in recorded,
        "isTakenBack": happening.is_voided,
        "refusal": None if happening.refusal is None else refusal(happening.refusal),
    }


def refusal(why: Refusal) -> dict[str, Json]:
    """A refusal as JSON, without advice."""
    return {"code": why.code.value, "message": why.message, "pointer": why.pointer}
