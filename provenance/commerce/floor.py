"""Raises a seller's terms to the law: what they promise less of is what the law says.

Rules:

* member by member the one better for the buyer stands: the longer time to return, the shorter time to pay back;
* an exclusion the law does not know falls away, and so does a deduction for merely opening or trying a thing;
* money is never released before a buyer's time to withdraw has ended;
* silence counts as consent no later than the law calls it a breach;
* each change names the member, what the terms said, what stands now, and the article.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from provenance.commerce.law import Law
from provenance.commerce.terms import Terms, Withdrawal
from provenance.commerce.vocabulary import Breach, Outbound


@dataclass(frozen=True, slots=True)
class Raise:
    """One member of the terms that the law overrides."""

    member: str
    said: str
    stands: str
    article: str


def raised(terms: Terms, law: Law) -> Terms:
    """The terms as they apply: nowhere worse for the buyer than the law."""
    days = max(terms.withdrawal.days, law.withdrawal_days.value)
    lawful = {exclusion.trait for exclusion in law.exclusions}
    spoils = {condition for row in law.spoiling for condition in row.conditions}
    withdrawal = Withdrawal(
        days=days,
        exclusions=tuple(trait for trait in terms.withdrawal.exclusions if trait in lawful),
        return_freight=terms.withdrawal.return_freight,
        outbound=Outbound.REPAID if law.outbound is Outbound.REPAID else terms.withdrawal.outbound,
        deductions={c: points for c, points in terms.withdrawal.deductions.items() if c in spoils},
    )
    return replace(
        terms,
        withdrawal=withdrawal,
        defect_return_days=max(terms.defect_return_days, law.defect_return_days.value),
        warranty_months=max(terms.warranty_months, law.warranty_months.value),
        refund_days=min(terms.refund_days, law.refund_days.value),
        silence_days=min(terms.silence_days, law.breaches[Breach.NOT_HANDLED].value),
        release_days=max(terms.release_days, days + 1),
    )


def raises(terms: Terms, law: Law) -> tuple[Raise, ...]:
    """What the law changes about the terms, member by member."""
    stands = raised(terms, law)
    before, after = terms.withdrawal, stands.withdrawal
    free = ", ".join(sorted({row.article for row in law.spoiling}))
    rows = (
        ("/withdrawal/days", before.days, after.days, law.withdrawal_days.article),
        ("/withdrawal/outboundFreight", before.outbound, after.outbound, law.outbound_article),
        ("/withdrawal/exclusions", _listed(before.exclusions), _listed(after.exclusions), law.withdrawal_days.article),
        ("/withdrawal/deductions", _listed(before.deductions), _listed(after.deductions), free),
        ("/defect/returnDays", terms.defect_return_days, stands.defect_return_days, law.defect_return_days.article),
        ("/defect/warrantyMonths", terms.warranty_months, stands.warranty_months, law.warranty_months.article),
        ("/refundDays", terms.refund_days, stands.refund_days, law.refund_days.article),
        ("/silenceDays", terms.silence_days, stands.silence_days, law.breaches[Breach.NOT_HANDLED].article),
        ("/releaseDays", terms.release_days, stands.release_days, law.withdrawal_days.article),
    )
    return tuple(Raise(member, str(said), str(now), article) for member, said, now, article in rows if said != now)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words) or "none"
