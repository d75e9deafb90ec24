"""What the records of a warranty must keep beyond their table: whose it is, until when, and what custody saw.

Rules:

* whoever owns the item now asks, or its buyer while nobody has claimed it: a warranty goes with the item;
* within the warranty of terms and law, and while the item is in nothing else; what was paid back has none;
* what is stolen or missing is not repaired for whoever brings it, and what is called back goes another way;
* the thing that comes in is the one that was sold, and ``repairing`` is a custody event by the seller about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from provenance.codes import Code
from provenance.commerce.book import SlotChanges, slots
from provenance.commerce.calendar import day_of
from provenance.commerce.circumstances import circumstances_of
from provenance.commerce.dossier import Dossier
from provenance.commerce.entitlement import check_not_paid_back
from provenance.commerce.evaluation import decide
from provenance.commerce.extraction import sold_facts
from provenance.commerce.facts import Request
from provenance.commerce.floor import raised
from provenance.commerce.law_tables import law_of
from provenance.commerce.order_guards import pinned_terms
from provenance.commerce.orders import arrived_at, order_of
from provenance.commerce.ownership import dossier_of_owner
from provenance.commerce.reception import check_scanned
from provenance.commerce.scene import Scene
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.vocabulary import Ask, Outcome
from provenance.commerce.warranties import last_day, warranty_of
from provenance.errors import RefusedError
from provenance.ids import StatementHash, Subject

_NOTHING = SlotChanges()
_OWED = frozenset({Outcome.REPAIR, Outcome.RETURN, Outcome.REFUND})
_ABSENT = frozenset({Stage.STOLEN, Stage.MISSING})


def _asked(scene: Scene) -> SlotChanges:
    item, order = _item(scene), Subject(scene.entered.record.members.text("order"))
    ordered = scene.book.known(order)
    arrived = arrived_at(ordered, item)
    if arrived is None or item not in order_of(ordered).serials:
        raise RefusedError(Code.NOT_SOLD, f"{item} did not arrive with {order}", pointer="/order")
    check_not_paid_back(scene, order, item)
    scene.goods.check_unflagged(item)
    if (stage := scene.book.dossier(dossier_of_owner(item)).stage(Machine.OWNERSHIP)) in _ABSENT:
        raise RefusedError(Code.BLOCKED, f"{item} is {stage}", evidence={"subject": item})
    terms = pinned_terms(order_of(ordered), scene.book)
    stands = raised(terms, law_of(terms.jurisdiction, day_of(ordered.entries[0].record.at, terms.zone)))
    warranty, at = warranty_of(scene.dossier, scene.dossier.at), scene.entered.record.at
    if warranty.order != order:
        warranty = replace(warranty, days_away=0)  # sold anew
    last = last_day(warranty, arrived_at=arrived, months=stands.warranty_months, zone=terms.zone)
    if day_of(at, terms.zone) > last:
        raise RefusedError(Code.TOO_LATE, f"the warranty of {item} has ended", pointer="/at")
    return SlotChanges(takes=slots(Slot.RETURN, [item]))


def _granted(scene: Scene) -> SlotChanges:
    item, ordered = _item(scene), _ordered(scene)
    warranty, at = warranty_of(scene.dossier, scene.entered.record.at), scene.entered.record.at
    assert warranty.asked_at is not None, "the table lets nobody grant what was not asked"
    beside = circumstances_of(item, ordered, scene.book, scene.goods)
    facts = sold_facts(ordered, item, as_of=at, checkpoint=scene.entered.seen, beside=beside)
    facts = replace(facts, request=Request(Ask.DEFECT, warranty.asked_at))
    decision = decide(pinned_terms(order_of(ordered), scene.book), facts)
    if decision.outcome not in _OWED:
        why = ", ".join(f"{cited.clause} ({cited.article})" for cited in decision.clauses)
        raise RefusedError(Code.NOT_GRANTED, f"terms and law say {decision.outcome}: {why}")
    return _NOTHING


def _upheld(scene: Scene) -> SlotChanges:
    if (by := scene.entered.signers[0].party) == _ordered(scene).name.seller:
        raise RefusedError(Code.NOT_ENTITLED, f"{by} can't award in its own case", pointer="/prov:signers/0")
    return _NOTHING


def _done(scene: Scene) -> SlotChanges:
    check_scanned(_item(scene), scene.dossier.newest(Kind.REPAIR_RECEIVED))
    named = StatementHash(scene.entered.record.members.hash("event"))
    scene.goods.check_event(named, step="repairing", items=[_item(scene)], about=_ordered(scene).name)
    used = {entered.record.members.hash("event") for entered in scene.dossier.all(Kind.REPAIR_DONE)}
    if named in used:
        raise RefusedError(Code.EVENT_MISSING, f"the event {named} is of an earlier repair", pointer="/event")
    return _NOTHING


def _ended(scene: Scene) -> SlotChanges:
    item, mine = _item(scene), scene.dossier.name.subject
    return SlotChanges(frees=scene.book.held(Slot.RETURN, [item], by=mine))


def _item(scene: Scene) -> Subject:
    return Subject(scene.dossier.name.number)


def _ordered(scene: Scene) -> Dossier:
    order = warranty_of(scene.dossier, scene.dossier.at).order
    assert order is not None, "the table lets a warranty begin with a fault of an item of an order"
    return scene.book.known(order)


WARRANTY_GUARDS: Mapping[Kind, Callable[[Scene], SlotChanges]] = {
    Kind.REPAIR_ASKED: _asked,
    Kind.REPAIR_GRANTED: _granted,
    Kind.REPAIR_UPHELD: _upheld,
    Kind.REPAIR_WITHDRAWN: _ended,
    Kind.REPAIR_DONE: _done,
    Kind.REPAIR_CLOSED: _ended,
}
