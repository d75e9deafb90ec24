"""What the records of a return must keep beyond their table: who may ask, what came back, how much is paid.

Rules:

* only the owner asks, or the buyer of what nobody has claimed; what was passed on to another is not returned;
* what is called back on its way need not arrive before its price is asked for;
* an item is in one return at a time, and its price is paid back once, whatever the ways in;
* terms and law decide (``evaluation.decide``) on facts taken from the records alone: nobody grants against them, and
  nobody pays less than they say or more than was paid;
* who awards is not the seller;
* what came back no longer intact, so that nothing is paid back for it, goes to the buyer again;
* it came back only if the code on it is that of the thing sold and custody says so too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from provenance.codes import Code
from provenance.commerce.amounts import payment_slot
from provenance.commerce.book import SlotChanges, SlotKey, slots
from provenance.commerce.circumstances import circumstances_of
from provenance.commerce.decision import Decision
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.entitlement import check_in_order, check_kept, check_not_paid_back
from provenance.commerce.evaluation import decide
from provenance.commerce.extraction import bought, facts_of, line_of
from provenance.commerce.members import Members
from provenance.commerce.money import Money
from provenance.commerce.order_guards import pinned_terms
from provenance.commerce.orders import order_of
from provenance.commerce.postings import book_after, till_of
from provenance.commerce.reception import check_came_back
from provenance.commerce.refunds import refund_of
from provenance.commerce.returns import asked_in, refund_key, return_of
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.tender import paid_in_points
from provenance.commerce.vocabulary import Ask, Clause, Outcome, Purse
from provenance.errors import RefusedError

_NOTHING = SlotChanges()
_BEFORE_RECEIPT = frozenset({Stage.SHIPPED, Stage.LOST})


def decision_on(scene: Scene) -> Decision:
    """What terms and law say of a return, as of a record that is about to join."""
    asked = return_of(scene.dossier)
    ordered = scene.book.known(asked.order)
    facts = facts_of(
        ordered,
        scene.dossier,
        as_of=scene.entered.record.at,
        checkpoint=scene.entered.seen,
        beside=circumstances_of(asked.item, ordered, scene.book, scene.goods),
    )
    return decide(pinned_terms(order_of(ordered), scene.book), facts)


def _requested(scene: Scene) -> SlotChanges:
    asked = asked_in(scene.entered)
    ordered = check_in_order(scene, asked.order, asked.item)
    way = ordered.stage(Machine.FULFILMENT, asked.item)
    wanted = _BEFORE_RECEIPT if asked.ask is Ask.NOT_RECEIVED else frozenset({Stage.DELIVERED})
    if way not in wanted and not (way is Stage.SHIPPED and any(scene.goods.recalled_with(asked.item))):
        raise RefusedError(Code.ILLEGAL_STEP, f"{asked.item} is {way}: no case of {asked.ask}", pointer="/ask")
    check_kept(scene, asked.item)
    check_not_paid_back(scene, asked.order, asked.item)
    return SlotChanges(takes=slots(Slot.RETURN, [asked.item]))


def _granted(scene: Scene) -> SlotChanges:
    decision = decision_on(scene)
    if decision.outcome not in {Outcome.RETURN, Outcome.REFUND}:
        why = ", ".join(f"{cited.clause} ({cited.article})" for cited in decision.clauses)
        raise RefusedError(Code.NOT_GRANTED, f"terms and law say {decision.outcome}: {why}")
    return _NOTHING


def _awarded(scene: Scene) -> SlotChanges:
    if (by := scene.entered.signers[0].party) == scene.dossier.name.seller:
        raise RefusedError(Code.NOT_ENTITLED, f"{by} can't award in its own case", pointer="/prov:signers/0")
    return _NOTHING


def _awarded_to_seller(scene: Scene) -> SlotChanges:
    _awarded(scene)
    return _ended(scene) if scene.dossier.stage(Machine.RECEPTION) is Stage.NONE else _NOTHING


def _ended(scene: Scene) -> SlotChanges:
    asked = return_of(scene.dossier)
    if (holder := scene.book.holder(Slot.REFUND, refund_key(asked.order, asked.item))) is not None:
        raise RefusedError(Code.STILL_OPEN, f"{holder} pays it back", evidence={"holder": holder})
    return SlotChanges(frees=scene.book.held(Slot.RETURN, [asked.item], by=asked.subject))


def _handed_back(scene: Scene) -> SlotChanges:
    if scene.dossier.stage(Machine.REQUEST) is Stage.AUTHORISED:
        decision = decision_on(scene)
        is_spoilt = any(cited.clause is Clause.NOT_INTACT for cited in decision.clauses)
        has_promised = scene.dossier.newest(Kind.RETURN_ACCEPTED) is not None and not is_spoilt
        if decision.outcome is not Outcome.REFUSE or has_promised:
            message = f"terms and law say {decision.outcome}, so it does not go back to the buyer"
            raise RefusedError(Code.NOT_GRANTED, message)
    return _ended(scene)


def _matched(scene: Scene) -> SlotChanges:
    check_came_back(scene, return_of(scene.dossier).item, scene.dossier.newest(Kind.RETURN_RECEIVED))
    return _NOTHING


def check_paid_back(scene: Scene, amount: Money) -> None:
    """Refuses less for a return than terms and law say, more than was paid for its item, and what they refuse."""
    asked = return_of(scene.dossier)
    order = order_of(scene.book.known(asked.order))
    if amount.currency != order.currency:
        raise RefusedError(Code.WRONG_CURRENCY, f"the order is in {order.currency}", pointer="/currency")
    decision, piece = decision_on(scene), bought(order, asked.item)
    is_kind = decision.outcome is Outcome.REFUSE and scene.dossier.newest(Kind.RETURN_ACCEPTED) is not None
    if decision.outcome in {Outcome.HOLD, Outcome.REFUSE} and not is_kind:
        raise RefusedError(Code.NOT_GRANTED, f"terms and law say {decision.outcome}")
    owed = sum(leg.minor for leg in decision.legs if leg.target is Purse.BUYER)
    in_points = paid_in_points(order, scene.book)[line_of(order, asked.item)]
    most = piece.line.price - in_points + piece.freight
    if not owed <= amount.minor <= most:
        message = f"{owed} to {most} {order.currency} are paid back, not {amount.minor}"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/minor")


def _refunded(scene: Scene) -> SlotChanges:
    asked, members = return_of(scene.dossier), scene.entered.record.members
    amount = Money(members.whole("minor", 0, 2**53 - 1), members.text("currency"))
    key = refund_key(asked.order, asked.item)
    holder = scene.book.holder(Slot.REFUND, key)
    paying = None if holder is None else scene.book.dossier(parse_dossier_name(holder))
    is_told = paying is not None and paying.name.family is Family.REFUND and refund_of(paying).after == asked.subject
    takes: tuple[SlotKey, ...] = ()
    if paying is not None and is_told:
        _check_told_by(paying, amount, members)
    else:
        check_paid_back(scene, amount)
        if members.text("provider") != (way := till_of(scene.book.known(asked.order)).provider):
            message = f"it was paid by {way}, and goes back the same way"
            raise RefusedError(Code.OTHER_MERCHANT, message, pointer="/provider")
        book_after(scene, asked.order)
        takes = (*slots(Slot.REFUND, [key]), payment_slot(scene.entered.record))
    is_back = scene.dossier.stage(Machine.RECEPTION) is Stage.MATCHED
    freed = scene.book.held(Slot.RETURN, [asked.item], by=asked.subject)
    sold = scene.book.held(Slot.SALE, [asked.item], by=asked.order) if is_back else ()
    return SlotChanges(takes=takes, frees=(*freed, *sold))


def _check_told_by(paying: Dossier, amount: Money, members: Members) -> None:
    """Refuses a return to end with another payment than that which its refund tells of."""
    paid = paying.newest(Kind.REFUND_PAID)
    if paid is None:
        raise RefusedError(Code.STILL_OPEN, f"{paying.name.subject} is {paying.stage(Machine.REFUND)}")
    told = paid.record.members
    names = ("provider", "reference")
    if [members.text(name) for name in names] != [told.text(name) for name in names]:
        raise RefusedError(Code.OTHER_MERCHANT, f"{paying.name.subject} tells of another payment", pointer="/reference")
    if amount != refund_of(paying).amount:
        message = f"{refund_of(paying).amount} were paid back, not {amount}"
        raise RefusedError(Code.OTHER_AMOUNT, message, pointer="/minor")


RETURN_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.RETURN_REQUESTED: _requested,
    Kind.RETURN_GRANTED: _granted,
    Kind.AWARDED_TO_BUYER: _awarded,
    Kind.AWARDED_TO_SELLER: _awarded_to_seller,
    Kind.RETURN_WITHDRAWN: _ended,
    Kind.RETURN_MATCHED: _matched,
    Kind.RETURN_REFUNDED: _refunded,
    Kind.RETURN_HANDED_BACK: _handed_back,
}
