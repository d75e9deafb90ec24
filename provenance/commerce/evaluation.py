"""Says what terms and law come to in one case: the same for everyone who asks, in any language.

Rules, in this order; the first that speaks decides:

1. an authority's order, money given back already, an open chargeback: nothing is paid twice;
2. only the owner asks;
3. recall: the whole price and freight, whatever the time and the state of the thing;
4. nothing asked: the seller's money, once the buyer confirmed or the time to withdraw is over;
5. withdrawal without a reason, or what is wrong with the thing (``commerce.remedies``).

Beside the outcome, statutory multiples are reckoned (due only on admission or award, never two of them), and breaches
of the seller's duties are named.

Whole numbers only, no clock: what has run out is read off ``asOf``. An evaluator that answers otherwise in any case
is another evaluator with another name; ``tests/conformance`` holds this one to its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.codes import Code
from provenance.commerce.calendar import day_of
from provenance.commerce.case import Case, Ruling
from provenance.commerce.decision import Breached, Claimed, ClaimState, Decision, Duty, Leg
from provenance.commerce.facts import Facts
from provenance.commerce.floor import raised
from provenance.commerce.law import Multiple
from provenance.commerce.law_tables import law_of
from provenance.commerce.remedies import remedy
from provenance.commerce.terms import Terms
from provenance.commerce.vocabulary import (
    Act,
    Ask,
    Breach,
    Category,
    Claim,
    Clause,
    Flag,
    Ground,
    Outcome,
    Payer,
    Purse,
    Share,
)
from provenance.errors import RefusedError

# SHA-256 over the decisions on the fixed cases of tests/conformance/test_evaluator.py.
EVALUATOR = "ed57def1b88c950933ea4e6fce74edb3216c13f120d8c2506ca125d9dc0439ec"


def decide(terms: Terms, facts: Facts) -> Decision:
    """The decision; refuses facts of an order that pinned other terms, or whose currency they do not have."""
    if facts.terms != terms.hash:
        message = f"the order names the terms {facts.terms}, these are {terms.hash}"
        raise RefusedError(Code.OTHER_TERMS, message, pointer="/terms")
    if facts.currency != terms.currency:
        message = f"the order is in {facts.currency}, the terms in {terms.currency}"
        raise RefusedError(Code.WRONG_CURRENCY, message, pointer="/currency")
    case = case_of(terms, facts)
    ruling = _blocked(case) or _nothing_asked(case) or remedy(case)
    claims = tuple(_claims(case))
    return Decision(
        evaluator=EVALUATOR,
        terms=terms.hash,
        law=case.law.hash,
        facts=facts.hash,
        checkpoint=facts.checkpoint,
        as_of=facts.as_of,
        outcome=ruling.outcome,
        clauses=(*ruling.clauses, *(case.cite(Clause.LABEL_BLEMISH) if case.has(Flag.LABEL_BLEMISH) else ())),
        legs=(*ruling.legs, *_claim_legs(claims)),
        duties=ruling.duties,
        claims=claims,
        breaches=tuple(_breaches(case, ruling)),
        next_tick=ruling.next_tick,
    )


def case_of(terms: Terms, facts: Facts) -> Case:
    """The facts under the law of the day the order was placed, and the terms raised to it."""
    law = law_of(terms.jurisdiction, day_of(facts.placed_at, terms.zone))
    return Case(raised(terms, law), law, facts)


def _blocked(case: Case) -> Ruling | None:
    facts = case.facts
    if case.has(Flag.FROZEN):
        return Ruling(Outcome.HOLD, case.cite(Clause.FROZEN))
    if case.has(Flag.GIVEN_BACK):
        return Ruling(Outcome.REFUSE if facts.request else Outcome.WAIT, case.cite(Clause.GIVEN_BACK_ALREADY))
    if case.has(Flag.CHARGEBACK_OPEN):
        return Ruling(Outcome.HOLD, case.cite(Clause.CHARGEBACK_OPEN))
    if facts.request and case.has(Flag.NOT_OWNER):
        return Ruling(Outcome.REFUSE, case.cite(Clause.NOT_OWNER))
    if facts.request and case.has(Flag.RECALLED):
        by = case.paid_back_by(facts.request.at, case.terms.refund_days)
        duty = Duty(Payer.SELLER, Act.PAY_BACK, by, case.law.clauses[Clause.RECALLED])
        legs = case.refund(facts.paid, facts.freight)
        return Ruling(Outcome.REFUND, case.cite(Clause.RECALLED), legs, (duty,))
    if facts.request and case.has(Flag.ABSENT) and facts.request.kind is not Ask.NOT_RECEIVED:
        return Ruling(Outcome.HOLD, case.cite(Clause.REPORTED_ABSENT))
    return None


def _nothing_asked(case: Case) -> Ruling | None:
    facts = case.facts
    if facts.request:
        return None
    if case.has(Flag.RELEASED):
        return Ruling(Outcome.WAIT, case.cite(Clause.RELEASED_ALREADY))
    if case.has(Flag.RECALLED):
        return Ruling(Outcome.HOLD, case.cite(Clause.RECALLED, Clause.STOPPED))
    if case.has(Flag.DISPUTED):
        return Ruling(Outcome.HOLD, case.cite(Clause.STOPPED))
    if facts.confirmed_at is not None:
        return _release(case, Clause.BUYER_CONFIRMED)
    if facts.received_at is None:
        return Ruling(Outcome.WAIT, case.cite(Clause.RELEASE_NOT_DUE))
    window, due = case.end(case.withdrawal_last_day(facts.received_at)), case.release_due(facts.received_at)
    if case.is_past(due):
        return _release(case, Clause.RELEASE_DUE)
    offer = case.law.duties.get(Act.OFFER_WITHDRAWAL)
    duties = (Duty(Payer.SELLER, Act.OFFER_WITHDRAWAL, window, offer),) if offer and not case.is_past(window) else ()
    return Ruling(Outcome.WAIT, case.cite(Clause.RELEASE_NOT_DUE), (), duties, due)


def _release(case: Case, why: Clause) -> Ruling:
    amounts = ((case.facts.paid, Share.PRICE), (case.facts.freight, Share.FREIGHT))
    legs = tuple(Leg(Purse.ESCROW, Purse.SELLER, minor, share) for minor, share in amounts if minor)
    return Ruling(Outcome.RELEASE, case.cite(why), legs)


def _claims(case: Case) -> Iterator[Claimed]:
    facts = case.facts
    thinkable = [row for row in case.law.multiples if _is_thinkable(case, row)]
    amounts = {row.claim: max(row.of_price * facts.paid, row.of_loss * facts.loss, row.least) for row in thinkable}
    found = [] if case.has(Flag.FROZEN) else [row.claim for row in thinkable if row.claim in facts.found]
    # Two multiples of one price are never paid: the higher stands.
    due = max(found, key=amounts.__getitem__, default=None)
    for row in thinkable:
        state = ClaimState.DUE if row.claim is due else ClaimState.RECKONED
        yield Claimed(row.claim, amounts[row.claim], state, row.article)


def _is_thinkable(case: Case, row: Multiple) -> bool:
    facts = case.facts
    if row.currency != facts.currency:
        return False
    asked = facts.request.kind if facts.request else None
    match row.claim:
        case Claim.FRAUD:
            return asked is Ask.INAUTHENTIC or row.claim in facts.found
        case Claim.UNSAFE_FOOD:
            # FSL 148(2): a flaw of the label that misleads nobody about safety is excepted.
            is_food = facts.category is Category.FOOD and not case.has(Flag.LABEL_BLEMISH)
            return is_food and (asked is Ask.UNSAFE or row.claim in facts.found)


def _claim_legs(claims: tuple[Claimed, ...]) -> tuple[Leg, ...]:
    due = (claim for claim in claims if claim.state is ClaimState.DUE)
    return tuple(Leg(Purse.BOND, Purse.BUYER, claim.minor, Share.CLAIM) for claim in due)


def _breaches(case: Case, ruling: Ruling) -> Iterator[Breached]:
    """What the seller did or left undone, where a buyer may withdraw."""
    facts, rows = case.facts, case.law.breaches
    request, answer, returned = facts.request, facts.answer, facts.returned
    if request is None or request.kind is not Ask.WITHDRAW or ruling.outcome not in (Outcome.RETURN, Outcome.REFUND):
        return
    if answer is None and returned is None:
        bound = rows[Breach.NOT_HANDLED]
        if case.is_past(case.sellers_end(request.at, bound.value)):
            yield Breached(Breach.NOT_HANDLED, bound.article)
    if answer is not None and answer.ground is Ground.OWN_RULE:
        yield Breached(Breach.OWN_RULE, rows[Breach.OWN_RULE].article)
    if answer is not None and answer.ground is Ground.OPENED:
        yield Breached(Breach.OPENED_AS_GROUND, rows[Breach.OPENED_AS_GROUND].article)
    if returned is not None and returned.received_at is not None:
        bound = rows[Breach.NOT_PAID_BACK]
        if case.is_past(case.paid_back_by(request.at, bound.value)):
            yield Breached(Breach.NOT_PAID_BACK, bound.article)
