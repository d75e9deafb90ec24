"""What a buyer gets who withdraws, or who says that something is wrong with the thing.

Rules:

* withdrawal needs no reason: it ends with its last day, falls away by an exclusion that the law knows and the terms
  claim (where the law asks for it, one the buyer confirmed), and pays the price less what handling took off it;
* whoever says that something is wrong is heard with the seller: an award binds, a proof from the record stands, the
  seller admits or contests, and silence is consent;
* what comes back is what was sold: another serial holds everything until someone has looked;
* a thing nobody inspected in time counts as intact.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from provenance.commerce.calendar import months_after
from provenance.commerce.case import Case, Ruling
from provenance.commerce.decision import Cited, Duty
from provenance.commerce.facts import Request
from provenance.commerce.law import PaidBackFrom, Spoilt, When
from provenance.commerce.money import WHOLE, share_rounded_down
from provenance.commerce.vocabulary import Act, Ask, Clause, Condition, Flag, Outbound, Outcome, Payer, Says

_Clauses = tuple[Cited, ...]

_WRONG = {
    Ask.WRONG_ITEM: Clause.WRONG_ITEM,
    Ask.NOT_RECEIVED: Clause.NOT_RECEIVED,
    Ask.INAUTHENTIC: Clause.NOT_AS_SOLD,
    Ask.UNSAFE: Clause.NOT_AS_SOLD,
}


def remedy(case: Case) -> Ruling:
    """What the request comes to."""
    request = case.facts.request
    assert request is not None
    match request.kind:
        case Ask.WITHDRAW:
            return _withdrawal(case, request)
        case Ask.DEFECT:
            return _defect(case, request)
        case Ask.WRONG_ITEM | Ask.NOT_RECEIVED | Ask.INAUTHENTIC | Ask.UNSAFE:
            heard = _heard(case, request)
            if isinstance(heard, Ruling):
                return heard
            why = _and(case, heard, _WRONG[request.kind])
            # What is not what was sold, or not safe, is not asked back: it may be needed as evidence.
            return (_sent_back if request.kind is Ask.WRONG_ITEM else _paid_back)(case, request, why)
        case _:
            assert_never(request.kind)


def _and(case: Case, clauses: _Clauses, clause: Clause) -> _Clauses:
    return (*clauses, *case.cite(clause))


def _withdrawal(case: Case, request: Request) -> Ruling:
    facts = case.facts
    if facts.shipped_at is None and facts.received_at is None:
        return _paid_back(case, request, case.cite(Clause.BEFORE_DISPATCH))
    excluded, notes = _exclusions(case)
    if excluded:
        return Ruling(Outcome.REFUSE, excluded)
    if facts.received_at is None:
        return _returned(case, request, (*notes, *case.cite(Clause.BEFORE_RECEIPT)))
    day = case.day(request.at)
    if day <= case.withdrawal_last_day(facts.received_at):
        return _returned(case, request, (*notes, *case.cite(Clause.IN_TIME)))
    if (
        case.has(Flag.NOT_INFORMED)
        and case.law.uninformed_months.value
        and day <= case.extended_last_day(facts.received_at)
    ):
        return _returned(case, request, (*notes, *case.cite(Clause.EXTENDED_UNINFORMED)))
    return Ruling(Outcome.REFUSE, case.cite(Clause.OUT_OF_TIME))


def _exclusions(case: Case) -> tuple[_Clauses, _Clauses]:
    """What excludes the withdrawal, and what would have but does not."""
    excluded, notes = list[Cited](), list[Cited]()
    claimed = set(case.facts.traits) & set(case.terms.withdrawal.exclusions)
    findings = case.facts.returned.findings if case.facts.returned else None
    for row in case.law.exclusions:
        if row.trait not in claimed:
            continue
        if row.when is When.ALWAYS or (row.when is When.CONFIRMED and row.trait in case.facts.confirmed):
            excluded.append(Cited(Clause.EXCLUDED, row.article))
        elif row.when is When.CONFIRMED:
            notes.append(Cited(Clause.EXCLUSION_NOT_CONFIRMED, row.article))
        elif findings is not None and Condition.SEAL_BROKEN in findings:
            excluded.append(Cited(Clause.EXCLUDED, row.article))
        elif findings is not None:
            notes.append(Cited(Clause.SEAL_INTACT, row.article))
    return tuple(excluded), tuple(notes)


def _returned(case: Case, request: Request, why: _Clauses) -> Ruling:
    """A withdrawal that is granted: what it pays depends on how the thing comes back."""
    waits = _until_inspected(case, request, why, case.terms.withdrawal.return_freight)
    if waits is not None:
        return waits
    facts, returned = case.facts, case.facts.returned
    assert returned is not None
    row = next(row for row in case.law.spoiling if row.category is facts.category)
    spoilt = set(row.conditions) & set(returned.findings or ())
    kept = 0
    if returned.findings is None:
        why = _and(case, why, Clause.ON_ITS_WAY if returned.received_at is None else Clause.INSPECTION_LATE)
    elif not spoilt:
        why = _and(case, why, Clause.INTACT)
    elif case.law.spoilt is Spoilt.MAY_REFUSE and spoilt - set(case.terms.withdrawal.deductions):
        return Ruling(Outcome.REFUSE, (*why, Cited(Clause.NOT_INTACT, row.article)))
    else:
        points = sum(case.terms.withdrawal.deductions.get(condition, 0) for condition in spoilt)
        kept = share_rounded_down(facts.paid, min(points, WHOLE))
        why = (*why, Cited(Clause.NOT_INTACT, row.article), *case.cite(Clause.DEDUCTED))
    if case.law.gifts_article and facts.gifts_kept:
        kept += facts.gifts_kept
        why = _and(case, why, Clause.GIFTS_KEPT)
    freight = facts.freight if case.terms.withdrawal.outbound is Outbound.REPAID else 0
    return replace(_paid_back(case, request, why), legs=case.refund(max(facts.paid - kept, 0), freight))


def _sent_back(case: Case, request: Request, why: _Clauses) -> Ruling:
    """The whole price and freight once the thing is back, at the seller's expense."""
    return _until_inspected(case, request, why, Payer.SELLER) or _paid_back(case, request, why)


def _until_inspected(case: Case, request: Request, why: _Clauses, freight: Payer) -> Ruling | None:
    """What there is to wait for before the thing can be paid back; ``None`` when nothing is left.

    1. it has to be sent back;
    2. it has to be the thing that was sold;
    3. it has to arrive, or under some laws only to be sent, and the seller may look at it: until paying back is due.
    """
    returned, terms, law = case.facts.returned, case.terms, case.law
    if returned is None:
        days = law.send_back_days.value
        send = Duty(
            Payer.BUYER,
            Act.SEND_BACK,
            case.end(case.buyers_last_day(request.at, days)) if days else None,
            law.duties[Act.SEND_BACK],
        )
        pay = Duty(freight, Act.PAY_RETURN_FREIGHT, None, _freight_article(case, freight))
        return Ruling(Outcome.RETURN, why, (), (send, pay))
    if returned.serial is not None and returned.serial != case.facts.serial:
        return Ruling(Outcome.HOLD, _and(case, why, Clause.SWAPPED))
    if returned.received_at is None and law.paid_back_from is PaidBackFrom.RETURN:
        return Ruling(Outcome.RETURN, _and(case, why, Clause.ON_ITS_WAY))
    due = case.paid_back_by(request.at, terms.refund_days)
    if returned.findings is not None or case.is_past(due):
        return None
    if returned.received_at is None:
        return Ruling(Outcome.RETURN, _and(case, why, Clause.ON_ITS_WAY), (), (), due)
    inspect = Duty(Payer.SELLER, Act.INSPECT, due, law.duties[Act.INSPECT])
    return Ruling(Outcome.RETURN, _and(case, why, Clause.BEING_INSPECTED), (), (inspect,), due)


def _freight_article(case: Case, payer: Payer) -> str:
    if payer is Payer.BUYER:
        return case.law.duties[Act.PAY_RETURN_FREIGHT]
    asked = case.facts.request
    is_promise = asked is not None and asked.kind is Ask.WITHDRAW
    return "terms /withdrawal/returnFreight" if is_promise else case.law.duties[Act.REPAIR_OR_REPLACE]


def _paid_back(case: Case, request: Request, why: _Clauses) -> Ruling:
    facts = case.facts
    by = case.paid_back_by(request.at, case.terms.refund_days)
    duty = Duty(Payer.SELLER, Act.PAY_BACK, by, case.law.refund_days.article)
    return Ruling(Outcome.REFUND, why, case.refund(facts.paid, facts.freight), (duty,))


def _heard(case: Case, request: Request) -> _Clauses | Ruling:
    """Why the buyer is right about what is wrong; or what stands in the way."""
    facts, answer = case.facts, case.facts.answer
    if facts.award is Payer.BUYER:
        return case.cite(Clause.AWARDED_TO_BUYER)
    if facts.award is Payer.SELLER:
        return Ruling(Outcome.REFUSE, case.cite(Clause.AWARDED_TO_SELLER))
    if facts.proven and request.kind in (Ask.INAUTHENTIC, Ask.UNSAFE):
        return case.cite(Clause.PROVEN)
    due = case.sellers_end(request.at, case.terms.silence_days)
    if answer is not None and answer.says is Says.ACCEPT:
        return case.cite(Clause.ADMITTED)
    if answer is not None and answer.at < due:
        return Ruling(Outcome.HOLD, case.cite(Clause.CONTESTED))
    if case.is_past(due):
        return case.cite(Clause.SILENT)
    duty = Duty(Payer.SELLER, Act.ANSWER, due, case.law.duties[Act.ANSWER])
    return Ruling(Outcome.WAIT, case.cite(Clause.ANSWER_AWAITED), (), (duty,), due)


def _defect(case: Case, request: Request) -> Ruling:
    received_at = case.facts.received_at
    if received_at is None:
        return Ruling(Outcome.REFUSE, case.cite(Clause.BEFORE_RECEIPT))
    day, received = case.day(request.at), case.day(received_at)
    days = case.terms.defect_return_days
    is_early = days > 0 and day <= case.buyers_last_day(received_at, days)
    if not is_early and day > months_after(received, case.terms.warranty_months):
        return Ruling(Outcome.REFUSE, case.cite(Clause.OUT_OF_WARRANTY))
    burden, duties = _burden(case, day, received)
    heard = _heard(case, request)
    if isinstance(heard, Ruling):
        return replace(heard, clauses=(*heard.clauses, *burden), duties=(*heard.duties, *duties))
    if is_early:
        return _sent_back(case, request, _and(case, heard, Clause.DEFECT_EARLY))
    if case.facts.repairs >= case.law.failed_repairs.value:
        return _sent_back(case, request, _and(case, heard, Clause.REPAIRS_FAILED))
    article = case.law.duties[Act.REPAIR_OR_REPLACE]
    repair = tuple(Duty(Payer.SELLER, act, None, article) for act in (Act.REPAIR_OR_REPLACE, Act.PAY_RETURN_FREIGHT))
    return Ruling(Outcome.REPAIR, _and(case, heard, Clause.REPAIR_FIRST), (), repair)


def _burden(case: Case, day: int, received: int) -> tuple[_Clauses, tuple[Duty, ...]]:
    """Who has to show whether the defect was there from the start."""
    traits = case.law.burden_traits
    is_sellers = day <= months_after(received, case.law.burden_months.value) and (
        not traits or any(trait in case.facts.traits for trait in traits)
    )
    if not is_sellers:
        return case.cite(Clause.BURDEN_ON_BUYER), ()
    duty = Duty(Payer.SELLER, Act.PROVE_NO_DEFECT, None, case.law.duties[Act.PROVE_NO_DEFECT])
    return case.cite(Clause.BURDEN_ON_SELLER), (duty,)
