"""What each step does to one thing: standing in, standing out, or why not.

Rules:

* two-sided hand-over: ``ship`` opens an offer and moves nothing, ``receive`` by the named receiver moves
  custody (and ownership, where the shipment named an owner and the owner signed it); either side may void the offer;
* a thing inside a unit can't be moved, sold or packed by itself: unpack it first;
* what is ended stays ended; what is sold comes back only as a return to its seller or licensee.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from provenance.codes import Code
from provenance.custody.authority import Case, may_issue, may_touch
from provenance.custody.roles import parse_party
from provenance.custody.standing import ENDED, Offer, Phase, Standing
from provenance.custody.steps import RULES, Step, flags_set, flags_unset, named_owner, named_receiver
from provenance.errors import MalformedError, Refusal
from provenance.ids import Subject

_RETURNED = "returned"
_NEEDS_TO_BE_OUTSIDE = frozenset(
    {Step.SHIP, Step.VOID_SHIP, Step.RECEIVE, Step.SELL, Step.PACK, Step.TRANSFORM, Step.END}
)
_NEEDS_NO_OFFER = frozenset({Step.SHIP, Step.SELL, Step.PACK, Step.UNPACK, Step.TRANSFORM, Step.END})


def issued(case: Case, subject: Subject, standing: Standing | None) -> Standing | Refusal:
    """The standing of a thing that this event brings into the world."""
    if standing is not None and standing.phase is not Phase.VOIDED:
        return Refusal(
            Code.ALREADY_COMMISSIONED,
            f"{subject} was commissioned before, by {', '.join(standing.origins) or standing.head}",
            evidence={"subject": subject, "first": standing.origins[0] if standing.origins else standing.head},
        )
    if refusal := may_issue(case, subject):
        return refusal
    event, made_by = case.event, case.event.transformation_id or case.hash
    return Standing(
        subject,
        case.hash,
        holder=case.issuer(subject),
        owner=case.licensee(subject),
        flags=flags_set(event) - flags_unset(event),
        lot=case.lot(subject),
        origins=(made_by,),
    )


def opened(case: Case, subject: Subject) -> Standing | Refusal:
    """The standing of a thing whose beginning is not recorded here, as its licensee first mentions it.

    Records of other systems enter this way; ``origins`` stays empty, and a finding says so.
    """
    if refusal := may_issue(case, subject):
        return Refusal(Code.NOT_ISSUED, f"{subject} was never issued here", evidence=refusal.evidence)
    return Standing(subject, case.hash, holder=case.issuer(subject), owner=case.licensee(subject))


def moved(case: Case, standing: Standing) -> Standing | Refusal:
    """The standing after this event took its step on the thing, or why it may not."""
    rule = RULES[case.step]
    if standing.phase in ENDED:
        return Refusal(
            Code.ENDED,
            f"{standing.subject} is {standing.phase}; nothing can happen to it any more",
            evidence={"subject": standing.subject, "head": standing.head},
        )
    if standing.phase is Phase.SOLD and case.step in _NEEDS_NO_OFFER:
        return Refusal(
            Code.ALREADY_SOLD,
            f"{standing.subject} was sold by {standing.sold_by}",
            evidence={"subject": standing.subject, "head": standing.head},
        )
    if not _is_return(case, standing) and (refusal := may_touch(case, rule.actor, standing)):
        return refusal
    if refusal := _in_the_way(case, standing):
        return refusal
    after = _EFFECTS[case.step](case, standing)
    if isinstance(after, Refusal):
        return after
    return replace(after, head=case.hash, flags=(after.flags | flags_set(case.event)) - flags_unset(case.event))


def _in_the_way(case: Case, standing: Standing) -> Refusal | None:
    subject, evidence = standing.subject, {"subject": standing.subject, "head": standing.head}
    if standing.parent is not None and case.step in _NEEDS_TO_BE_OUTSIDE:
        return Refusal(Code.INSIDE_UNIT, f"{subject} is inside {standing.parent}", evidence=evidence)
    offer = case.standings.outermost(standing).offer
    if offer is not None and case.step in _NEEDS_NO_OFFER:
        return Refusal(Code.ALREADY_OFFERED, f"{subject} is on its way to {offer.to}", evidence=evidence)
    if blocking := RULES[case.step].blocked_by:
        for flag, where in case.standings.flags(standing).items():
            if flag in blocking:
                return Refusal(Code.BLOCKED, f"{subject} is {flag}, as {where} is", evidence=evidence | {"flag": flag})
    return None


def _is_return(case: Case, standing: Standing) -> bool:
    """Whether this is a consumer's return, taken by the seller or the licensee."""
    return (
        case.step is Step.RECEIVE
        and standing.phase is Phase.SOLD
        and case.event.disposition == _RETURNED
        and (standing.sold_by in case.roles or case.licensee(standing.subject) in case.roles)
    )


def _ship(case: Case, standing: Standing) -> Standing | Refusal:
    giver, named, owner = case.holder(standing), named_receiver(case.event), named_owner(case.event)
    try:
        receiver = parse_party(named or "", "/destinationList")
        owner_after = parse_party(owner, "/destinationList") if owner else None
    except MalformedError as err:
        return err.refusal
    if receiver not in case.registry.parties:
        return Refusal(Code.UNKNOWN_PARTY, f"the receiver {receiver} is not enrolled", pointer="/destinationList")
    if owner_after is not None and (current := case.standings.owner(standing)) not in (owner_after, *case.roles):
        return Refusal(
            Code.NOT_OWNER,
            f"{standing.subject} belongs to {current}; only its owner names the next one",
            pointer="/destinationList",
            evidence={"subject": standing.subject},
        )
    if receiver == giver or giver is None:
        return standing  # moved within one's own house
    return replace(standing, offer=Offer(giver, receiver, case.hash, owner_after))


def _void_ship(case: Case, standing: Standing) -> Standing | Refusal:
    if standing.offer is None:
        return Refusal(
            Code.NO_OPEN_OFFER, f"no shipment of {standing.subject} is open", evidence={"subject": standing.subject}
        )
    return replace(standing, offer=None)


def _receive(case: Case, standing: Standing) -> Standing | Refusal:
    if _is_return(case, standing):
        taker = next(iter(sorted(case.roles)))
        return replace(standing, phase=Phase.ACTIVE, holder=taker, owner=taker, sold_by=None)
    offer = standing.offer
    if offer is None or offer.to not in case.roles:
        return standing  # arrived within one's own house
    return replace(standing, holder=offer.to, owner=offer.owner_after or standing.owner, offer=None)


def _sell(case: Case, standing: Standing) -> Standing:
    return replace(standing, phase=Phase.SOLD, holder=None, owner=None, sold_by=case.holder(standing))


def _pack(case: Case, standing: Standing) -> Standing:
    parent = case.touched.parent
    outer = case.standings.of(parent) if parent else None
    shares_owner = outer is None or case.standings.owner(outer) == standing.owner
    return replace(standing, parent=parent, holder=None, owner=None if shares_owner else standing.owner)


def _unpack(case: Case, standing: Standing) -> Standing | Refusal:
    if standing.parent is None or standing.parent != case.touched.parent:
        where = standing.parent or "no unit"
        return Refusal(
            Code.NOT_INSIDE,
            f"{standing.subject} is in {where}, not in {case.touched.parent}",
            evidence={"subject": standing.subject, "head": standing.head},
        )
    holder, owner = case.standings.holder(standing), case.standings.owner(standing)
    return replace(standing, parent=None, holder=holder, owner=owner)


def _end(case: Case, standing: Standing) -> Standing:
    phase = Phase.DESTROYED if case.event.biz_step == "destroying" else Phase.RETIRED
    return replace(standing, phase=phase, holder=None)


def _consume(case: Case, standing: Standing) -> Standing:
    return replace(standing, phase=Phase.CONSUMED, holder=None)


def _unchanged(case: Case, standing: Standing) -> Standing:
    return standing


_EFFECTS: Mapping[Step, Callable[[Case, Standing], Standing | Refusal]] = {
    Step.COMMISSION: _unchanged,
    Step.TRANSFORM: _consume,
    Step.PACK: _pack,
    Step.UNPACK: _unpack,
    Step.SHIP: _ship,
    Step.VOID_SHIP: _void_ship,
    Step.RECEIVE: _receive,
    Step.SELL: _sell,
    Step.OBSERVE: _unchanged,
    Step.SENSE: _unchanged,
    Step.MARK: _unchanged,
    Step.END: _end,
    Step.CORRECT: _unchanged,
}
