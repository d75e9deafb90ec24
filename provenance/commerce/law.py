"""A jurisdiction's law of returns as data: the floor below which no terms go, each row with its article.

Rules:

* a table is a value with a hash, dated, and never changed: new law is a new table, and an order keeps the one that
  was in force when it was placed;
* decisions read numbers, words and articles from the table alone, in Python and in any other language that has it;
* every article names an act of ``acts``, so whoever reads a decision can look it up.

What a table can't hold: what counts as a defect, a fraud or unsafe food. Those are findings of people; the multiples
of a table are reckoned, and due only on a seller's admission or an award. Nothing here is legal advice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique

from provenance.commerce.calendar import format_day
from provenance.commerce.vocabulary import (
    Act,
    Breach,
    Category,
    Claim,
    Clause,
    Condition,
    Jurisdiction,
    Outbound,
    Trait,
)
from provenance.encoding import canonical
from provenance.encoding.canonical import Json


@unique
class When(StrEnum):
    """When a trait takes the right to withdraw away."""

    ALWAYS = "always"
    UNSEALED = "unsealed"
    CONFIRMED = "confirmed"


@unique
class Spoilt(StrEnum):
    """What a seller may do when a withdrawn thing comes back worse than looking at it needs."""

    MAY_REFUSE = "may-refuse"
    MAY_DEDUCT = "may-deduct"


@unique
class PaidBackFrom(StrEnum):
    """When the time to pay back begins."""

    RETURN = "return"  # the thing is back
    REQUEST = "request"  # the buyer said so, but not before the thing is sent back


@dataclass(frozen=True, slots=True)
class Bound:
    """A number the law sets, and where."""

    value: int
    article: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A trait that takes the right to withdraw away, and when."""

    trait: Trait
    when: When
    article: str


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What makes a thing of one category no longer intact."""

    category: Category
    conditions: tuple[Condition, ...]
    article: str


@dataclass(frozen=True, slots=True)
class Multiple:
    """What is owed beside the price: the higher of the multiples, and at least so much."""

    claim: Claim
    of_price: int
    of_loss: int
    least: int
    currency: str
    article: str


@dataclass(frozen=True, slots=True)
class Law:
    """One dated table. Days are local days; ``since`` is the first day it is in force."""

    name: str
    jurisdiction: Jurisdiction
    since: int
    acts: Mapping[str, str]
    rest_days: tuple[int, ...]  # Monday is 0
    withdrawal_days: Bound
    uninformed_months: Bound  # 0: no extension
    outbound: Outbound
    outbound_article: str
    spoilt: Spoilt
    refund_days: Bound
    paid_back_from: PaidBackFrom
    send_back_days: Bound  # 0: the law sets no number
    defect_return_days: Bound
    warranty_months: Bound
    failed_repairs: Bound
    burden_months: Bound
    burden_traits: tuple[Trait, ...]  # none: the burden lies so for every thing
    gifts_article: str  # empty: gifts are not reckoned
    exclusions: tuple[Exclusion, ...]
    spoiling: tuple[Spoiling, ...]
    multiples: tuple[Multiple, ...]
    breaches: Mapping[Breach, Bound]
    duties: Mapping[Act, str]
    clauses: Mapping[Clause, str]
    hash: str = field(init=False, default="")  # SHA-256 of the table's RFC 8785 bytes: which law was applied

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", hashlib.sha256(canonical.dump(law_members(self))).hexdigest())


def law_members(law: Law) -> dict[str, Json]:
    """The table as JSON, as it stands in a decision file for any other implementation to read."""
    return {
        "law": law.name,
        "jurisdiction": law.jurisdiction.value,
        "since": format_day(law.since),
        "acts": dict(law.acts),
        "restDays": list(law.rest_days),
        "withdrawalDays": _bound(law.withdrawal_days),
        "uninformedMonths": _bound(law.uninformed_months),
        "outbound": law.outbound.value,
        "outboundArticle": law.outbound_article,
        "spoilt": law.spoilt.value,
        "refundDays": _bound(law.refund_days),
        "paidBackFrom": law.paid_back_from.value,
        "sendBackDays": _bound(law.send_back_days),
        "defectReturnDays": _bound(law.defect_return_days),
        "warrantyMonths": _bound(law.warranty_months),
        "failedRepairs": _bound(law.failed_repairs),
        "burdenMonths": _bound(law.burden_months),
        "burdenTraits": [trait.value for trait in law.burden_traits],
        "giftsArticle": law.gifts_article,
        "exclusions": [{"trait": e.trait.value, "when": e.when.value, "article": e.article} for e in law.exclusions],
        "spoiling": [
            {"category": s.category.value, "conditions": [c.value for c in s.conditions], "article": s.article}
            for s in law.spoiling
        ],
        "multiples": [
            {
                "claim": m.claim.value,
                "ofPrice": m.of_price,
                "ofLoss": m.of_loss,
                "least": m.least,
                "currency": m.currency,
                "article": m.article,
            }
            for m in law.multiples
        ],
        "breaches": {breach.value: _bound(bound) for breach, bound in law.breaches.items()},
        "duties": {act.value: article for act, article in law.duties.items()},
        "clauses": {clause.value: article for clause, article in law.clauses.items()},
    }


def _bound(bound: Bound) -> Json:
    return {"value": bound.value, "article": bound.article}
