"""The verdict and its findings in words: what it is, why, and what to do.

Rules:

* a colour never stands alone: each verdict has a word and an icon too;
* the finding that decided is shown first and whole; every other one is shown after it, alike ones as one;
* what the server only heard (refused statements) reads as hearsay, not as proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, unique

from provenance.custody.verdict import Doubt, Finding, Verdict, VerdictClass
from provenance.evidence import Report
from web.pages.names import Names, date_of
from web.pages.text import Text
from web.pages.timeline import reading


@unique
class Tone(StrEnum):
    """How a verdict is coloured; the value is a class of the style sheet."""

    CALM = "calm"
    CAUTION = "caution"
    DANGER = "danger"
    NEUTRAL = "neutral"


@unique
class Icon(StrEnum):
    """The sign beside a word; the value names a shape in ``templates/icons.html``."""

    RECORD = "record"
    WARNING = "warning"
    STOP = "stop"
    QUESTION = "question"
    ENDED = "ended"


LOOKS: Mapping[VerdictClass, tuple[Tone, Icon]] = {
    VerdictClass.RECALLED: (Tone.DANGER, Icon.STOP),
    VerdictClass.STOLEN: (Tone.DANGER, Icon.STOP),
    VerdictClass.CONTRADICTED: (Tone.DANGER, Icon.STOP),
    VerdictClass.COULD_NOT_CHECK: (Tone.NEUTRAL, Icon.QUESTION),
    VerdictClass.NOT_ISSUED: (Tone.DANGER, Icon.STOP),
    VerdictClass.ENDED: (Tone.DANGER, Icon.ENDED),
    VerdictClass.NOT_ACTIVATED: (Tone.CAUTION, Icon.WARNING),
    VerdictClass.UNUSUAL: (Tone.CAUTION, Icon.WARNING),
    VerdictClass.CONSISTENT: (Tone.CALM, Icon.RECORD),
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding, or several alike ones; ``technical`` is the message as the verifier put it."""

    word: str
    what: str
    action: str
    who: str
    count: int
    technical: str


@dataclass(frozen=True, slots=True)
class Banner:
    """The answer: the word with its look, what it means, the reason to act on, and what to do."""

    verdict: VerdictClass
    tone: Tone
    icon: Icon
    word: str
    means: str
    reason: FindingLine | None
    action: str


def banner(verdict: Verdict, report: Report, names: Names, text: Text) -> Banner:
    """The verdict as it stands at the top of the page."""
    shown, because = verdict.shown, verdict.because
    tone, icon = LOOKS[shown]
    reason = None if because is None else finding_line(because, report, names, text)
    return Banner(
        shown,
        tone,
        icon,
        text(f"verdict.{shown}.word"),
        text(f"verdict.{shown}.means"),
        reason,
        text(f"verdict.{shown}.do") if reason is None else reason.action,
    )


def other_findings(verdict: Verdict, report: Report, names: Names, text: Text) -> tuple[FindingLine, ...]:
    """Every finding but the one that decided, gravest first, alike ones as one."""
    lines: dict[tuple[str, str], list[FindingLine]] = {}
    for finding in _without(verdict.findings, verdict.because):
        line = finding_line(finding, report, names, text)
        lines.setdefault((line.word, line.what), []).append(line)
    return tuple(
        FindingLine(first.word, first.what, first.action, first.who, sum(line.count for line in alike), first.technical)
        for alike in lines.values()
        for first in alike[:1]
    )


def finding_line(finding: Finding, report: Report, names: Names, text: Text) -> FindingLine:
    """One finding in words."""
    doubt, details = finding.doubt, finding.details
    values = {
        "where": names.thing(details.get("where", finding.subject)),
        "party": names.party(details["party"]) if details.get("party") else "?",
        "count": details.get("count", "1"),
        "last": _day(details.get("last", ""), text),
        "reading": _alarm(finding, report, text),
    }
    return FindingLine(
        text(f"doubt.{doubt}.word"),
        text.first(f"doubt.{doubt}.what.{details.get('code')}", f"doubt.{doubt}.what").format_map(values),
        text(f"doubt.{doubt}.do"),
        text("finding.who", who=text(f"who.{finding.who_can_act}")),
        len(finding.evidence),
        details.get("message", ""),
    )


def _without(findings: Iterable[Finding], decided: Finding | None) -> list[Finding]:
    rest = list(findings)
    if decided is not None:
        rest.remove(decided)
    return rest


def _day(moment: str, text: Text) -> str:
    return date_of(datetime.fromisoformat(moment), text) if moment else "?"


def _alarm(finding: Finding, report: Report, text: Text) -> str:
    """What the alarming sensor read, from the very statement the finding rests on."""
    if finding.doubt is not Doubt.SENSOR_ALARM:
        return ""
    reports = (
        each
        for happening in report.history.happenings
        if happening.hash in finding.evidence
        for sensor in happening.event.sensors
        for each in sensor.reports
        if each.exception is not None
    )
    return next((reading(replace(each, exception=None), text) for each in reports), "") or "?"
