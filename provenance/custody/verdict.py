"""What the doubts about one thing add up to, in the order a buyer needs them.

Rules:

* every finding is kept; the verdict is the gravest class any of them argues for, and shows that one first;
* danger to people comes first (recalled), then theft, then contradiction, then what could not be checked;
* with no finding at all the word is ``consistent``: a record that holds together, never "genuine", because
  a printed code can be copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from provenance.ids import StatementHash, Subject


@unique
class VerdictClass(StrEnum):
    """What a scan is answered with, gravest first; the value is stored and sent, never renamed."""

    RECALLED = "recalled"
    STOLEN = "stolen"
    CONTRADICTED = "contradicted"
    COULD_NOT_CHECK = "could-not-check"
    NOT_ISSUED = "not-issued"
    ENDED = "ended"
    NOT_ACTIVATED = "not-activated"
    UNUSUAL = "unusual"
    CONSISTENT = "consistent"


@unique
class Doubt(StrEnum):
    """One reason to doubt; the value is stored and sent, never renamed."""

    RECALLED = "recalled"
    STOLEN = "stolen"
    MISSING = "missing"
    RULE_BROKEN = "rule-broken"
    RECORD_ALTERED = "record-altered"
    RECORD_UNREADABLE = "record-unreadable"
    RECORD_MISSING = "record-missing"
    PROOF_FAILED = "proof-failed"
    CHECKPOINT_UNTRUSTED = "checkpoint-untrusted"
    NOT_CONFIRMED = "not-confirmed"
    REGISTRY_UNTRUSTED = "registry-untrusted"
    NOT_ISSUED = "not-issued"
    NOT_OURS = "not-ours"
    DESTROYED = "destroyed"
    CONSUMED = "consumed"
    RETIRED = "retired"
    NEVER_MADE = "never-made"
    NOT_ACTIVATED = "not-activated"
    KEY_COMPROMISED = "key-compromised"
    KEY_DISPUTED = "key-disputed"
    SECOND_COMMISSIONING_REFUSED = "second-commissioning-refused"
    STATEMENT_REFUSED = "statement-refused"
    FORGERY_REFUSED = "forgery-refused"
    SENSOR_ALARM = "sensor-alarm"
    YIELD_NOT_DECLARED = "yield-not-declared"
    ORIGIN_NOT_RECORDED = "origin-not-recorded"
    NOT_YET_RECORDED = "not-yet-recorded"


@unique
class WhoCanAct(StrEnum):
    """Who can do something about a finding."""

    BUYER = "buyer"
    SELLER = "seller"
    HOLDER = "holder"
    LICENSEE = "licensee"
    INSPECTOR = "inspector"
    OPERATOR = "operator"


# What each doubt argues for, and who can act on it. ``None``: worth saying, changes no verdict.
WEIGHT: Mapping[Doubt, tuple[VerdictClass | None, WhoCanAct]] = {
    Doubt.RECALLED: (VerdictClass.RECALLED, WhoCanAct.BUYER),
    Doubt.STOLEN: (VerdictClass.STOLEN, WhoCanAct.BUYER),
    Doubt.MISSING: (VerdictClass.STOLEN, WhoCanAct.BUYER),
    Doubt.RULE_BROKEN: (VerdictClass.CONTRADICTED, WhoCanAct.INSPECTOR),
    Doubt.RECORD_ALTERED: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.OPERATOR),
    Doubt.RECORD_UNREADABLE: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.OPERATOR),
    Doubt.RECORD_MISSING: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.OPERATOR),
    Doubt.PROOF_FAILED: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.OPERATOR),
    Doubt.CHECKPOINT_UNTRUSTED: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.OPERATOR),
    Doubt.NOT_CONFIRMED: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.OPERATOR),
    Doubt.REGISTRY_UNTRUSTED: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.OPERATOR),
    Doubt.NOT_ISSUED: (VerdictClass.NOT_ISSUED, WhoCanAct.SELLER),
    Doubt.NOT_OURS: (VerdictClass.COULD_NOT_CHECK, WhoCanAct.LICENSEE),
    Doubt.DESTROYED: (VerdictClass.ENDED, WhoCanAct.INSPECTOR),
    Doubt.CONSUMED: (VerdictClass.ENDED, WhoCanAct.INSPECTOR),
    Doubt.RETIRED: (VerdictClass.ENDED, WhoCanAct.INSPECTOR),
    Doubt.NEVER_MADE: (VerdictClass.NOT_ACTIVATED, WhoCanAct.LICENSEE),
    Doubt.NOT_ACTIVATED: (VerdictClass.NOT_ACTIVATED, WhoCanAct.LICENSEE),
    Doubt.KEY_COMPROMISED: (VerdictClass.UNUSUAL, WhoCanAct.INSPECTOR),
    Doubt.KEY_DISPUTED: (VerdictClass.UNUSUAL, WhoCanAct.INSPECTOR),
    Doubt.SECOND_COMMISSIONING_REFUSED: (VerdictClass.UNUSUAL, WhoCanAct.SELLER),
    Doubt.STATEMENT_REFUSED: (VerdictClass.UNUSUAL, WhoCanAct.SELLER),
    Doubt.FORGERY_REFUSED: (None, WhoCanAct.OPERATOR),
    Doubt.SENSOR_ALARM: (VerdictClass.UNUSUAL, WhoCanAct.SELLER),
    Doubt.YIELD_NOT_DECLARED: (None, WhoCanAct.LICENSEE),
    Doubt.ORIGIN_NOT_RECORDED: (VerdictClass.UNUSUAL, WhoCanAct.LICENSEE),
    Doubt.NOT_YET_RECORDED: (None, WhoCanAct.OPERATOR),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt with what it rests on: which thing, which statements, which values."""

    doubt: Doubt
    subject: Subject
    evidence: tuple[StatementHash, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def argues_for(self) -> VerdictClass | None:
        """The verdict class this finding argues for, or ``None``."""
        return WEIGHT[self.doubt][0]

    @property
    def who_can_act(self) -> WhoCanAct:
        """Who can do something about it."""
        return WEIGHT[self.doubt][1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The class to show, the finding that decided it, and all the others in order of gravity."""

    shown: VerdictClass
    because: Finding | None
    findings: tuple[Finding, ...]


def judge(findings: tuple[Finding, ...]) -> Verdict:
    """The verdict these findings add up to.

    >>> judge(()).shown
    <VerdictClass.CONSISTENT: 'consistent'>
    """
    order = {name: rank for rank, name in enumerate(VerdictClass)}
    ranked = tuple(sorted(findings, key=lambda f: order[f.argues_for or VerdictClass.CONSISTENT]))
    first = next((finding for finding in ranked if finding.argues_for is not None), None)
    shown = first.argues_for if first is not None and first.argues_for is not None else VerdictClass.CONSISTENT
    return Verdict(shown, first, ranked)
