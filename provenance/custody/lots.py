"""What each step does to an amount of a lot: which account it leaves, which it enters.

Rules: see ``holdings`` (double entry) and this table; ``party`` is the signer, ``transit`` the open
hand-over between giver and named receiver, ``unit`` the logistic unit packed or unpacked.

    commission  source -> party        ship       party   -> transit      sell   party -> sold
    transform   party  -> used         void-ship  transit -> giver        end    party -> ended
    transform   source -> party (out)  receive    transit -> party        pack   party -> unit
                                       return     sold    -> party        unpack unit  -> party

An amount goes back where it was sold: to its seller, or to the licensee of the lot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from provenance.codes import Code
from provenance.custody.authority import Case, blocked, flags_after, may_issue, may_report
from provenance.custody.holdings import (
    EXACT,
    FINISHED,
    SOURCE,
    USED,
    Holdings,
    Transit,
    balance,
    has_any,
    in_base_unit,
    party_account,
    post,
    sold_account,
    transit_account,
    transits,
    unit_account,
)
from provenance.custody.movements import RETURNED, receiver_in
from provenance.custody.roles import Role
from provenance.custody.standing import Phase, Standing
from provenance.custody.steps import Step, named_receiver
from provenance.custody.subjects import Amount
from provenance.errors import Refusal
from provenance.ids import PartyId, Subject


def issued_amount(case: Case, amount: Amount, standing: Standing | None) -> Standing | Refusal:
    """The lot after this event brought more of it into the world (``commission``, ``transform``)."""
    if refusal := may_issue(case, amount.of):
        return refusal
    before = _living(standing) or Standing(amount.of, case.hash, owner=case.licensee(amount.of))
    issuer = case.issuer(amount.of)
    after = _posted(before, amount, SOURCE, party_account(issuer)) if issuer else before
    if isinstance(after, Refusal):
        return after
    origins = before.origins if case.hash in before.origins else (*before.origins, case.hash)
    return after._replace(head=case.hash, origins=origins)


def moved_amount(case: Case, amount: Amount, standing: Standing | None) -> Standing | Refusal:
    """The lot after this event moved, watched or marked some of it, or why it may not."""
    lot = _living(standing) or _opened(case, amount)
    if isinstance(lot, Refusal):
        return lot
    flags = blocked(case, lot) or flags_after(case, lot)
    if isinstance(flags, Refusal):
        return flags
    match case.step:
        case Step.MARK:
            after: Standing | Refusal = lot
        case Step.OBSERVE | Step.SENSE:
            after = _may_watch(case, lot) or lot
        case Step.SHIP:
            after = _shipped(case, amount, lot)
        case Step.VOID_SHIP:
            after = _unshipped(case, amount, lot)
        case Step.RECEIVE:
            after = _received(case, amount, lot)
        case _:
            after = _posted(lot, amount, *_accounts(case, lot))
    if isinstance(after, Refusal):
        return after
    return after._replace(head=case.hash, flags=flags)


def unpacked_all(case: Case, lot: Standing, unit: Subject, holder: PartyId) -> Standing:
    """The lot after everything of it in a unit came out into the holder's hands."""
    holdings = lot.holdings
    for account, measure, amount in lot.holdings:
        if account == unit_account(unit):
            posted = post(holdings, amount, measure, debit=account, credit=party_account(holder))
            holdings = holdings if isinstance(posted, Refusal) else posted
    return lot._replace(head=case.hash, holdings=holdings)


def _living(lot: Standing | None) -> Standing | None:
    """The lot, unless all that made it was taken back: then it begins anew."""
    return None if lot is None or lot.phase is Phase.VOIDED else lot


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
    mine, unit = _actor(case, lot.holdings), case.touched.parent or lot.subject
    match case.step:
        case Step.SELL:
            return party_account(mine), sold_account(mine)
        case Step.PACK:
            return party_account(mine), unit_account(unit)
        case Step.UNPACK:
            outer = case.standings.of(unit)
            return unit_account(unit), party_account((case.holder(outer) if outer else None) or mine)
        case Step.TRANSFORM:
            return party_account(mine), USED
        case _:
            return party_account(mine), FINISHED


def _shipped(case: Case, amount: Amount, lot: Standing) -> Standing | Refusal:
    receiver, mine = receiver_in(case), _actor(case, lot.holdings)
    if isinstance(receiver, Refusal):
        return receiver
    return _posted(lot, amount, party_account(mine), transit_account(mine, receiver))


def _unshipped(case: Case, amount: Amount, lot: Standing) -> Standing | Refusal:
    named = named_receiver(case.event)
    ways = [way for way in transits(lot.holdings) if {way.giver, way.receiver} & case.roles.keys()]
    if named is not None:
        ways = [way for way in ways if way.receiver == named]
    if not ways:
        message = f"no shipment of {lot.subject} is open"
        return Refusal(Code.NO_OPEN_OFFER, message, evidence={"subject": lot.subject})
    way = _most_likely(ways, amount)
    return _posted(lot, _whole(amount, ways), way.account, party_account(way.giver))


def _received(case: Case, amount: Amount, lot: Standing) -> Standing | Refusal:
    if ways := [way for way in transits(lot.holdings) if way.receiver in case.roles]:
        way = _most_likely(ways, amount)
        return _posted(lot, _whole(amount, ways), way.account, party_account(way.receiver))
    if case.event.disposition == RETURNED and (sold := _sold(case, lot)):
        seller = max(sold, key=lambda party: balance(lot.holdings, sold_account(party), _measure(amount)))
        taker = seller if seller in case.roles else case.licensee(lot.subject)
        return _posted(lot, amount, sold_account(seller), party_account(taker or seller))
    if any(has_any(lot.holdings, party_account(party)) for party in case.roles):
        return lot  # arrived within one's own house
    return Refusal(
        Code.NOT_NAMED,
        f"nobody named {' or '.join(sorted(case.roles))} to receive any of {lot.subject}",
        evidence={"subject": lot.subject, "head": lot.head},
    )


def _sold(case: Case, lot: Standing) -> list[PartyId]:
    """Whose sales the signers may take back: their own; the licensee anyone's."""
    sellers = [PartyId(name.removeprefix("sold:")) for name, _, _ in lot.holdings if name.startswith("sold:")]
    own = [party for party in sellers if party in case.roles]
    return own or (sellers if case.licensee(lot.subject) in case.roles else [])


def _most_likely(ways: Sequence[Transit], amount: Amount) -> Transit:
    """The shipment that an amount belongs to: the smallest that holds as much, else the largest."""
    wanted, unit = in_base_unit(amount.amount or Decimal(0), amount.unit)
    fitting = [way for way in ways if way.unit == unit] or ways
    enough = [way for way in fitting if way.amount >= wanted]
    return min(enough, key=lambda way: way.amount) if enough else max(fitting, key=lambda way: way.amount)


def _whole(amount: Amount, ways: Sequence[Transit]) -> Amount:
    """The amount, or all of the only shipment there is, if how much is not said."""
    if amount.amount is None and len(ways) == 1:
        return Amount(amount.of, ways[0].amount, ways[0].unit)
    return amount


def _measure(amount: Amount) -> str:
    return in_base_unit(Decimal(0), amount.unit)[1]


def _posted(lot: Standing, amount: Amount, debit: str, credit: str) -> Standing | Refusal:
    if amount.amount is None or amount.amount <= 0:
        return Refusal(Code.QUANTITY_MISSING, f"how much of {amount.of} is not said", evidence={"subject": amount.of})
    quantity, unit = in_base_unit(amount.amount, amount.unit)
    posted = post(lot.holdings, quantity, unit, debit=debit, credit=credit)
    if isinstance(posted, Refusal):
        return replace(posted, message=f"{lot.subject}: {posted.message}", evidence={"subject": lot.subject})
    return lot._replace(holdings=posted)


def _may_watch(case: Case, lot: Standing) -> Refusal | None:
    """Looking is for inspectors, licensees, and whoever has some of it or is to get it; sensors for any of those."""
    involved = {way.receiver for way in transits(lot.holdings)} | {case.licensee(lot.subject)}
    involved |= {PartyId(name.removeprefix("party:")) for name, _, _ in lot.holdings if name.startswith("party:")}
    if Role.INSPECTOR in case.roles.values() or involved & case.roles.keys() or case.issuer(lot.subject) is not None:
        return None
    names = " and ".join(sorted(case.roles))
    if case.step is not Step.SENSE:
        return Refusal(Code.NOT_HOLDER, f"{names} holds none of {lot.subject}", evidence={"subject": lot.subject})
    if any(may_report(case, party, on=lot.subject, of=involved) for party in case.roles):
        return None
    message = f"{names} has no delegation to observe {lot.subject} from its licensee or anyone who has some"
    return Refusal(Code.NOT_DELEGATED, message, evidence={"subject": lot.subject})


def _actor(case: Case, holdings: Holdings) -> PartyId:
    """The signer that has some of it, or the first."""
    return next((p for p in sorted(case.roles) if has_any(holdings, party_account(p))), min(case.roles))


def total(amounts: Iterable[Amount]) -> dict[str, Decimal]:
    """How much there is per base unit; amounts nobody stated are left out."""
    totals: dict[str, Decimal] = {}
    for amount in amounts:
        if amount.amount is not None:
            quantity, unit = in_base_unit(amount.amount, amount.unit)
            totals[unit] = EXACT.add(totals.get(unit, Decimal(0)), quantity)
    return totals
