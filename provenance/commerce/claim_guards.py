"""What the records of a claim must keep beyond their table: who may claim, what is proven, and how much is paid.

Rules:

* only the owner claims, or the buyer of what nobody has claimed, and only of goods that are not genuine or not safe:
  everything else is a return;
* while a claim is open the seller is not paid, and the item is in no return;
* a proof is what the log proves now, and nothing less; who awards is not the seller;
* price and freight are paid back once, exactly; what the law multiplies is paid once, exactly, and only what somebody
  admitted or awarded: nobody gets it for having said "fake".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.amounts import check_amount, payment_slot
from provenance.commerce.book import SlotChanges, slots
from provenance.commerce.circumstances import circumstances_of
from provenance.commerce.claims import claim_facts, complaint_of
from provenance.commerce.decision import Decision
from provenance.commerce.entitlement import check_arrived, check_kept
from provenance.commerce.evaluation import decide
from provenance.commerce.facts import Facts
from provenance.commerce.order_guards import pinned_terms
from provenance.commerce.orders import order_of
from provenance.commerce.postings import book_after
from provenance.commerce.returns import refund_key
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Slot
from provenance.commerce.vocabulary import Ask, Outcome, Proof, Purse, Share
from provenance.errors import RefusedError
from provenance.ids import Subject

_NOTHING = SlotChanges()
_CLAIMABLE = frozenset({Ask.INAUTHENTIC, Ask.UNSAFE})


def _filed(scene: Scene) -> SlotChanges:
    (item,), members = scene.entered.record.serials, scene.entered.record.members
    if (ask := members.word("ask", Ask)) not in _CLAIMABLE:
        raise RefusedError(Code.WRONG_VALUE, f"what is {ask} is returned, not claimed", pointer="/ask")
    check_arrived(scene, Subject(members.text("order")), item)
    check_kept(scene, item)
    return SlotChanges(takes=slots(Slot.RETURN, [item]))


def _proven(scene: Scene) -> SlotChanges:
    said, facts = scene.entered.record.members.words("proven", Proof), _facts(scene)
    if not said or set(said) - set(facts.proven):
        known = ", ".join(facts.proven) or "nothing of the sort"
        raise RefusedError(Code.NOT_GRANTED, f"the log proves {known}", pointer="/proven")
    return _NOTHING


def _granted(scene: Scene) -> SlotChanges:
    decision = _decision(scene)
    if decision.outcome is not Outcome.REFUND:
        why = ", ".join(f"{cited.clause} ({cited.article})" for cited in decision.clauses)
        raise RefusedError(Code.NOT_GRANTED, f"terms and law say {decision.outcome}: {why}")
    return _NOTHING


def _upheld(scene: Scene) -> SlotChanges:
    if (by := scene.entered.signers[0].party) == scene.dossier.name.seller:
        raise RefusedError(Code.NOT_ENTITLED, f"{by} can't award in its own case", pointer="/prov:signers/0")
    return _NOTHING


def _dismissed(scene: Scene) -> SlotChanges:
    _upheld(scene)
    return _ended(scene)


def _ended(scene: Scene) -> SlotChanges:
    complaint = complaint_of(scene.dossier)
    return SlotChanges(frees=scene.book.held(Slot.RETURN, [complaint.item], by=complaint.subject))


def _refunded(scene: Scene) -> SlotChanges:
    complaint, decision = complaint_of(scene.dossier), _decision(scene)
    owed = sum(leg.minor for leg in decision.legs if leg.target is Purse.BUYER and leg.share is not Share.CLAIM)
    if decision.outcome is not Outcome.REFUND:
        raise RefusedError(Code.NOT_GRANTED, f"terms and law say {decision.outcome}")
    check_amount(scene.entered.record, owed, _currency(scene))
    book_after(scene, complaint.order)
    refund = slots(Slot.REFUND, [refund_key(complaint.order, complaint.item)])
    return SlotChanges(takes=(*refund, payment_slot(scene.entered.record)), frees=_ended(scene).frees)


def _compensated(scene: Scene) -> SlotChanges:
    owed = sum(leg.minor for leg in _decision(scene).legs if leg.share is Share.CLAIM)
    if not owed:
        raise RefusedError(Code.NOT_GRANTED, "nobody admitted or awarded what the law multiplies")
    check_amount(scene.entered.record, owed, _currency(scene))
    return SlotChanges(takes=(payment_slot(scene.entered.record),))


def _decision(scene: Scene) -> Decision:
    ordered = scene.book.known(complaint_of(scene.dossier).order)
    return decide(pinned_terms(order_of(ordered), scene.book), _facts(scene))


def _facts(scene: Scene) -> Facts:
    complaint = complaint_of(scene.dossier)
    ordered = scene.book.known(complaint.order)
    beside = circumstances_of(complaint.item, ordered, scene.book, scene.goods)
    at, seen = scene.entered.record.at, scene.entered.seen
    return claim_facts(ordered, scene.dossier, as_of=at, checkpoint=seen, beside=beside)


def _currency(scene: Scene) -> str:
    return order_of(scene.book.known(complaint_of(scene.dossier).order)).currency


CLAIM_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.CLAIM_FILED: _filed,
    Kind.CLAIM_PROVEN: _proven,
    Kind.CLAIM_GRANTED: _granted,
    Kind.CLAIM_UPHELD: _upheld,
    Kind.CLAIM_DISMISSED: _dismissed,
    Kind.CLAIM_WITHDRAWN: _ended,
    Kind.CLAIM_REFUNDED: _refunded,
    Kind.CLAIM_COMPENSATED: _compensated,
}
