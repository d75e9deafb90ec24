"""What terms and law say about one case, with everything needed to say it again.

Rules:

* a decision names by hash what it was made from: the terms, the law table, the facts, the evaluator, and the
  checkpoint up to which the facts were read;
* every clause, duty and claim cites its article: an act, a member of the terms (``terms /silenceDays``), or ``own``;
* a claim is reckoned as soon as it is thinkable, and ``due`` only when the seller admitted it or it was awarded;
* an instant of a duty is the first after its last day, in seconds; ``nextTick`` is when waiting ends.

    {"asOf":…,"breaches":[],"checkpoint":{…},"claims":[],"clauses":[{"article":"CPL 25; R 8","clause":"intact"}],
     "decision":"provenance.decision/1","duties":[{"act":"pay-back","article":"CPL 25; R 13","by":…,"who":"seller"}],
     "evaluator":"<sha-256>","facts":"<sha-256>","law":"<sha-256>",
     "legs":[{"for":"price","from":"escrow","minor":19900,"to":"buyer"}],"nextTick":null,"outcome":"refund",
     "terms":"<sha-256>"}
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.commerce.facts import SeenCheckpoint
from provenance.commerce.vocabulary import Act, Breach, Claim, Clause, Outcome, Payer, Purse, Share
from provenance.encoding import canonical
from provenance.encoding.canonical import Json

VERSION = "provenance.decision/1"


@unique
class ClaimState(StrEnum):
    """Whether a multiple is only reckoned or has to be paid."""

    RECKONED = "reckoned"
    DUE = "due"


@dataclass(frozen=True, slots=True)
class Cited:
    """One reason, and where it is written."""

    clause: Clause
    article: str


@dataclass(frozen=True, slots=True)
class Leg:
    """An amount above zero from one purse to another, in minor units of the order's currency."""

    source: Purse
    target: Purse
    minor: int
    share: Share


@dataclass(frozen=True, slots=True)
class Duty:
    """What someone owes to do, by when (``None``: no day is set), and why."""

    who: Payer
    act: Act
    by: int | None
    article: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A statutory multiple: what it comes to, and whether it is due."""

    claim: Claim
    minor: int
    state: ClaimState
    article: str


@dataclass(frozen=True, slots=True)
class Breached:
    """What the seller did or left undone against the law."""

    breach: Breach
    article: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on one case; made only by ``evaluation.decide``."""

    evaluator: str
    terms: str
    law: str
    facts: str
    checkpoint: SeenCheckpoint
    as_of: int
    outcome: Outcome
    clauses: tuple[Cited, ...]
    legs: tuple[Leg, ...]
    duties: tuple[Duty, ...]
    claims: tuple[Claimed, ...]
    breaches: tuple[Breached, ...]
    next_tick: int | None


def format_decision(decision: Decision) -> bytes:
    """The decision as RFC 8785 bytes: what a replay must give again, byte for byte."""
    return canonical.dump(decision_members(decision))


def decision_members(decision: Decision) -> dict[str, Json]:
    """The decision as JSON members."""
    checkpoint = decision.checkpoint
    return {
        "decision": VERSION,
        "evaluator": decision.evaluator,
        "terms": decision.terms,
        "law": decision.law,
        "facts": decision.facts,
        "checkpoint": {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root},
        "asOf": decision.as_of,
        "outcome": decision.outcome.value,
        "clauses": [{"clause": cited.clause.value, "article": cited.article} for cited in decision.clauses],
        "legs": [
            {"from": leg.source.value, "to": leg.target.value, "minor": leg.minor, "for": leg.share.value}
            for leg in decision.legs
        ],
        "duties": [
            {"who": duty.who.value, "act": duty.act.value, "by": duty.by, "article": duty.article}
            for duty in decision.duties
        ],
        "claims": [
            {"claim": c.claim.value, "minor": c.minor, "state": c.state.value, "article": c.article}
            for c in decision.claims
        ],
        "breaches": [{"breach": b.breach.value, "article": b.article} for b in decision.breaches],
        "nextTick": decision.next_tick,
    }
