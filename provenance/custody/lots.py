"""What each step does to an amount of a lot: which account it leaves, which it enters.

Rules: see ``holdings`` (double entry) and this table; ``party`` is the signer, ``transit`` the open
hand-over between giver and named receiver, ``unit`` the logistic unit packed or unpacked.

    commission  source -> party        ship       party   -> transit      sell   party -> sold
    transform   party  -> used         void-ship  transit -> giver        end    party -> ended
    transform   source -> party (out)  receive    transit -> party        pack   party -> unit
                                       return     sold    -> party        unpack unit  -> party
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from provenance.codes import Code
from provenance.custody.authority import Case, may_issue
from provenance.custody.holdings import (
    FINISHED,
    SOLD,
    SOURCE,
    USED,
    Holdings,
    has_any,
    in_base_unit,
    incoming,
    party_account,
    post,
    transit_account,
    unit_account,
)
from provenance.custody.roles import Role
from provenance.custody.standing import Standing
from provenance.custody.steps import RULES, Step, flags_set, flags_unset, named_receiver
from provenance.custody.subjects import Amount
from provenance.errors import Refusal
from provenance.ids import PartyId, Subject


def issued_amount(case: Case, amount: Amount, standing: Standing | None) -> Standing | Refusal:
    """The lot after this event brought more of it into the world (``commission``, ``transform``)."""
    if refusal := may_issue(case, amount.of):
        return refusal
    made_by = case.event.transformation_id or case.hash
    before = standing or Standing(amount.of, case.hash, owner=case.licensee(amount.of))
    issuer = case.issuer(amount.of)
    after = _posted(before, amount, SOURCE, party_account(issuer)) if issuer else before
    if isinstance(after, Refusal):
        return after
    origins = before.origins if made_by in before.origins else (*before.origins, made_by)
    return replace(after, head=case.hash, origins=origins)


def moved_amount(case: Case, amount: Amount, standing: Standing | None) -> Standing | Refusal:
    """The lot after this event moved, watched or marked some of it, or why it may not."""
    if standing is None:
        standing_or_refusal = _opened(case, amount)
        if isinstance(standing_or_refusal, Refusal):
            return standing_or_refusal
        standing = standing_or_refusal
    if refusal := _blocked(case, standing):
        return refusal
    match case.step:
        case Step.MARK | Step.OBSERVE | Step.SENSE | Step.CORRECT:
            refusal = _may_watch(case, standing)
            after: Standing | Refusal = refusal or standing
        case Step.RECEIVE:
            after = _received(case, amount, standing)
        case _:
            after = _posted(standing, amount, *_accounts(case, standing))
    if isinstance(after, Refusal):
        return after
    return replace(after, head=case.hash, flags=(after.flags | flags_set(case.event)) - flags_unset(case.event))


def unpacked_all(case: Case, lot: Standing, unit: Subject, holder: PartyId) -> Standing:
    """The lot after everything of it in a unit came out into the holder's hands."""
    holdings = lot.holdings
    for account, measure, amount in lot.holdings:
        if account == unit_account(unit):
            posted = post(holdings, amount, measure, debit=account, credit=party_account(holder))
            holdings = holdings if isinstance(posted, Refusal) else posted
    return replace(lot, head=case.hash, holdings=holdings)


def _opened(case: Case, amount: Amount) -> Standing | Refusal:
    """A lot whose beginning is not recorded here, as its licensee first mentions it, with what it says it has."""
    if may_issue(case, amount.of):
        return Refusal(Code.NOT_ISSUED, f"{amount.of} was never issued here", evidence={"subject": amount.of})
    issuer = case.issuer(amount.of)
    lot = Standing(amount.of, case.hash, owner=case.licensee(amount.of))
    if amount.amount is None or issuer is None:
        return lot
    return _posted(lot, amount, SOURCE, party_account(issuer))


def _accounts(case: Case, lot: Standing) -> tuple[str, str]:
    """Which account an amount leaves and which it enters."""
    mine, giver = _actor(case, lot.holdings), case.touched.parent
    match case.step:
        case Step.SHIP:
            receiver = named_receiver(case.event)
            return party_account(mine), transit_account(mine, PartyId(receiver or ""))
        case Step.VOID_SHIP:
            way = _open_transit(case, lot.holdings)
            return way, party_account(PartyId(way.removeprefix("transit:").partition(">")[0]))
        case Step.SELL:
            return party_account(mine), SOLD
        case Step.PACK:
            return party_account(mine), unit_account(giver or lot.subject)
        case Step.UNPACK:
            return unit_account(giver or lot.subject), party_account(mine)
        case Step.TRANSFORM:
            return party_account(mine), USED
        case _:
            return party_account(mine), FINISHED


def _received(case: Case, amount: Amount, lot: Standing) -> Standing | Refusal:
    mine = _actor(case, lot.holdings)
    if case.event.disposition == "returned" and not incoming(lot.holdings, mine):
        return _posted(lot, amount, SOLD, party_account(mine))
    for party in sorted(case.roles):
        for account, unit, held in incoming(lot.holdings, party):
            wanted, measure = in_base_unit(amount.amount, amount.unit) if amount.amount is not None else (held, unit)
            if measure == unit:
                return _posted(lot, Amount(lot.subject, wanted, unit), account, party_account(party))
    if has_any(lot.holdings, party_account(mine)):
        return lot  # arrived within one's own house
    return Refusal(
        Code.NOT_NAMED,
        f"nobody named {mine} to receive any of {lot.subject}",
        evidence={"subject": lot.subject, "head": lot.head},
    )


def _posted(lot: Standing, amount: Amount, debit: str, credit: str) -> Standing | Refusal:
    if amount.amount is None or amount.amount <= 0:
        return Refusal(Code.QUANTITY_MISSING, f"how much of {amount.of} is not said", evidence={"subject": amount.of})
    quantity, unit = in_base_unit(amount.amount, amount.unit)
    posted = post(lot.holdings, quantity, unit, debit=debit, credit=credit)
    if isinstance(posted, Refusal):
        return replace(posted, message=f"{lot.subject}: {posted.message}", evidence={"subject": lot.subject})
    return replace(lot, holdings=posted)


def _may_watch(case: Case, lot: Standing) -> Refusal | None:
    accounts = [party_account(party) for party in case.roles]
    involved = (
        Role.INSPECTOR in case.roles.values()
        or case.issuer(lot.subject) is not None
        or (case.step is not Step.MARK and any(has_any(lot.holdings, account) for account in accounts))
        or (case.step is not Step.MARK and any(incoming(lot.holdings, party) for party in case.roles))
    )
    if involved:
        return None
    names = " and ".join(sorted(case.roles))
    return Refusal(Code.NOT_HOLDER, f"{names} holds none of {lot.subject}", evidence={"subject": lot.subject})


def _blocked(case: Case, lot: Standing) -> Refusal | None:
    for flag, where in case.standings.flags(lot).items():
        if flag in RULES[case.step].blocked_by:
            return Refusal(
                Code.BLOCKED, f"{lot.subject} is {flag}, as {where} is", evidence={"subject": lot.subject, "flag": flag}
            )
    return None


def _actor(case: Case, holdings: Holdings) -> PartyId:
    """The signer that has some of it, or the first."""
    return _first((p for p in sorted(case.roles) if has_any(holdings, party_account(p))), min(case.roles))


def _open_transit(case: Case, holdings: Holdings) -> str:
    ours = (
        name
        for name, _, amount in holdings
        if amount > 0 and name.startswith("transit:") and case.roles.keys() & set(name[len("transit:") :].split(">"))
    )
    return _first((PartyId(name) for name in ours), PartyId("transit:>"))


def _first(candidates: Iterable[PartyId], otherwise: PartyId) -> PartyId:
    return next(iter(candidates), otherwise)


def total(amounts: Iterable[Amount]) -> dict[str, Decimal]:
    """How much there is per base unit; amounts nobody stated are left out."""
    totals: dict[str, Decimal] = {}
    for amount in amounts:
        if amount.amount is not None:
            quantity, unit = in_base_unit(amount.amount, amount.unit)
            totals[unit] = totals.get(unit, Decimal(0)) + quantity
    return totals
