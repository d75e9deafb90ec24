"""What terms and law say of a case, in words: the outcome, the reasons with their articles, who owes what by when.

Rules:

* every reason names the article of an act, or the member of the terms, that it comes from; one that no act states, and
  that every decision needs, stands without;
* an amount that is only reckoned is never called due.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.commerce.decision import Cited, Decision, Duty
from provenance.commerce.money import Money
from provenance.commerce.terms import Terms
from provenance.commerce.vocabulary import Purse, Share
from web.pages.local_days import until
from web.pages.text import Text

_OWN, _TERMS = "own: ", "terms "


def reasons(decision: Decision, text: Text) -> str:
    """Why a decision is as it is, in one line."""
    return text("list.separator").join(_reason(cited, text) for cited in decision.clauses)


def lines_of(decision: Decision, terms: Terms, text: Text) -> tuple[str, ...]:
    """All that a decision says, line by line."""
    return tuple(_lines(decision, terms, text))


def _lines(decision: Decision, terms: Terms, text: Text) -> Iterator[str]:
    yield text(f"decision.outcome.{decision.outcome}")
    yield text("decision.because", why=reasons(decision, text))
    to_buyer = sum(leg.minor for leg in decision.legs if leg.target is Purse.BUYER and leg.share is not Share.CLAIM)
    if to_buyer:
        yield text("decision.to-buyer", amount=Money(to_buyer, terms.currency))
    for claim in decision.claims:
        amount = Money(claim.minor, terms.currency)
        yield text(f"decision.claim.{claim.state}", amount=amount, article=claim.article)
    for duty in decision.duties:
        yield _duty(duty, terms.zone, text)
    for breach in decision.breaches:
        yield text(f"decision.breach.{breach.breach}", article=breach.article)


def _reason(cited: Cited, text: Text) -> str:
    reason = text(f"clause.{cited.clause}")
    if cited.article.startswith(_OWN):
        return reason
    if cited.article.startswith(_TERMS):
        return text("decision.reason.terms", reason=reason, member=cited.article.removeprefix(_TERMS))
    return text("decision.reason", reason=reason, article=cited.article)


def _duty(duty: Duty, zone: int, text: Text) -> str:
    who, act = text(f"signatory.{duty.who}"), text(f"decision.act.{duty.act}")
    if duty.by is None:
        return text("decision.duty", who=who, act=act)
    return text("decision.duty.by", who=who, act=act, until=until(duty.by, zone, text))
