"""What each step does to one thing: standing in, standing out, or why not.

Rules:

* two-sided hand-over: ``ship`` opens an offer and moves nothing, ``receive`` by the named receiver moves
  custody (and ownership, where the shipment named an owner and the owner signed it); either side may void the offer;
* a thing inside a unit can't be moved, sold or packed by itself: unpack it first;
* what is ended stays ended, but what went into something else can still be recalled;
* what is sold comes back only as a return to its seller or licensee.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.custody.authority import Case, blocked, flags_after, may_issue, may_touch
from provenance.custody.roles import parse_party
from provenance.custody.standing import ENDED, Offer, Phase, Standing
from provenance.custody.steps import RULES, Step, flags_set, flags_unset, named_owner, named_receiver
from provenance.errors import MalformedError, Refusal
from provenance.ids import PartyId, Subject

RETURNED = "returned"
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
    return Standing(
        subject,
        case.hash,
        holder=case.issuer(subject),
        owner=case.licensee(subject),
        flags=flags_set(case.event) - flags_unset(case.event),
        lot=case.lot(subject),
        origins=(case.hash,),
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
    if standing.phase in ENDED and (case.step, standing.phase) != (Step.MARK, Phase.CONSUMED):
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
    if _taker(case, standing) is None and (refusal := may_touch(case, rule.actor, standing)):
        return refusal
    if refusal := _in_the_way(case, standing):
        return refusal
    flags, after = flags_after(case, standing), _EFFECTS[case.step](case, standing)
    if isinstance(after, Refusal):
        return after
    if isinstance(flags, Refusal):
        return flags
    return after._replace(head=case.hash, flags=flags)


def _in_the_way(case: Case, standing: Standing) -> Refusal | None:
    subject, evidence = standing.subject, {"subject": standing.subject, "head": standing.head}
    if standing.parent is not None and case.step in _NEEDS_TO_BE_OUTSIDE:
        return Refusal(Code.INSIDE_UNIT, f"{subject} is inside {standing.parent}", evidence=evidence)
    offer = case.standings.outermost(standing).offer
    if offer is not None and case.step in _NEEDS_NO_OFFER:
        return Refusal(Code.ALREADY_OFFERED, f"{subject} is on its way to {offer.to}", evidence=evidence)
    return blocked(case, standing)


def _taker(case: Case, standing: Standing) -> PartyId | None:
    """The signer that takes a consumer's return: who sold it, or its licensee; ``None`` if this is no return."""
    is_return = case.step is Step.RECEIVE and case.event.disposition == RETURNED
    if not is_return or standing.phase is not Phase.SOLD:
        return None
    takers = (standing.sold_by, case.licensee(standing.subject))
    return next((party for party in takers if party is not None and party in case.roles), None)


def _ship(case: Case, standing: Standing) -> Standing | Refusal:
    giver, receiver = case.holder(standing), receiver_in(case)
    owner_after = _owner_in(case)
    if isinstance(receiver, Refusal):
        return receiver
    if isinstance(owner_after, Refusal):
        return owner_after
    if owner_after is not None and (current := case.standings.owner(standing)) not in (owner_after, *case.roles):
        return Refusal(
            Code.NOT_OWNER,
            f"{standing.subject} belongs to {current}; only its owner names the next one",
            pointer="/destinationList",
            evidence={"subject": standing.subject},
        )
    if receiver == giver or giver is None:
        return standing  # moved within one's own house
    return standing._replace(offer=Offer(giver, receiver, case.hash, owner_after))


def receiver_in(case: Case) -> PartyId | Refusal:
    """The party that an event hands things over to; refuses one that nobody enrolled."""
    return _enrolled(case, named_receiver(case.event) or "")


def _owner_in(case: Case) -> PartyId | Refusal | None:
    owner = named_owner(case.event)
    return _enrolled(case, owner) if owner else None


def _enrolled(case: Case, text: str) -> PartyId | Refusal:
    try:
        party = parse_party(text, "/destinationList")
    except MalformedError as err:
        return err.refusal
    if party not in case.registry.parties:
        return Refusal(Code.UNKNOWN_PARTY, f"{party} is not enrolled", pointer="/destinationList")
    return party


def _void_ship(case: Case, standing: Standing) -> Standing | Refusal:
    if standing.offer is None:
        return Refusal(
            Code.NO_OPEN_OFFER, f"no shipment of {standing.subject} is open", evidence={"subject": standing.subject}
        )
    return standing._replace(offer=None)


def _receive(case: Case, standing: Standing) -> Standing | Refusal:
    if (taker := _taker(case, standing)) is not None:
        return standing._replace(phase=Phase.ACTIVE, holder=taker, owner=taker, sold_by=None)
    offer = standing.offer
    if offer is None or offer.to not in case.roles:
        return standing  # arrived within one's own house
    return standing._replace(holder=offer.to, owner=offer.owner_after or standing.owner, offer=None)


def _sell(case: Case, standing: Standing) -> Standing:
    return standing._replace(phase=Phase.SOLD, holder=None, owner=None, sold_by=case.holder(standing))


def _pack(case: Case, standing: Standing) -> Standing:
    parent = case.touched.parent
    outer = case.standings.of(parent) if parent else None
    if outer is not None and outer.phase is not Phase.VOIDED:
        owner = case.standings.owner(outer)
    else:
        owner = case.licensee(parent) if parent else None  # a unit that this event makes
    return standing._replace(parent=parent, holder=None, owner=None if owner == standing.owner else standing.owner)


def _unpack(case: Case, standing: Standing) -> Standing | Refusal:
    if standing.parent is None or standing.parent != case.touched.parent:
        where = standing.parent or "no unit"
        return Refusal(
            Code.NOT_INSIDE,
            f"{standing.subject} is in {where}, not in {case.touched.parent}",
            evidence={"subject": standing.subject, "head": standing.head},
        )
    holder, owner = case.standings.holder(standing), case.standings.owner(standing)
    return standing._replace(parent=None, holder=holder, owner=owner)


def _end(case: Case, standing: Standing) -> Standing:
    phase = Phase.DESTROYED if case.event.biz_step == "destroying" else Phase.RETIRED
    return standing._replace(phase=phase, holder=None)


def _consume(case: Case, standing: Standing) -> Standing:
    return standing._replace(phase=Phase.CONSUMED, holder=None)


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
