"""By which right: sensors, recalls, and flags that block what they must block."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.custody.registry_entries import DelegationEnded, DelegationGranted, Permission
from provenance.custody.standing import Flag
from provenance.custody.verdict import VerdictClass
from provenance.encoding.canonical import Json
from provenance.ids import StatementHash, Subject
from provenance.services.capturing import Receipt
from tests.cast import (
    CARRIER,
    GARDEN,
    INSPECTOR,
    MAKER,
    RIVAL,
    SENSOR,
    SHOP,
    Member,
    Some,
    gtin,
    item,
    lot,
    lot_with_items,
    unit,
)
from tests.world import World

A1, A2 = item("A1"), item("A2")
BOX = unit(1)
LOT = lot("L1")


def may_observe(world: World, *, granted_by: Member, scope: tuple[str, ...] = ()) -> Receipt:
    grant = DelegationGranted(granted_by.party, SENSOR.party, Permission.OBSERVE, scope)
    return world.entered(grant, granted_by.hand())


def flags(world: World, thing: Subject) -> frozenset[Flag]:
    standing = world.standing(thing)
    assert standing is not None
    return standing.flags


# sensors


def test_refuses_a_sensor_that_nobody_let_in(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_DELEGATED):
        world.sensed(A1)


@pytest.mark.parametrize("grantor", [MAKER, SHOP, CARRIER], ids=["licensee", "owner", "holder"])
def test_a_sensor_reports_for_whoever_is_involved(world: World, grantor: Member) -> None:
    world.made(A1)
    world.handed_over(A1, to=CARRIER, owner=SHOP)
    may_observe(world, granted_by=grantor)

    world.sensed(A1)

    assert world.proven(A1).history.happenings[-1].step.value == "sense"


def test_refuses_a_sensor_of_a_party_that_is_no_longer_involved(world: World) -> None:
    world.made(A1)
    world.handed_over(A1, to=CARRIER)
    may_observe(world, granted_by=CARRIER)
    world.handed_over(A1, by=CARRIER, to=SHOP)

    with world.refuses(Code.NOT_DELEGATED):
        world.sensed(A1)


def test_a_sensor_on_the_unit_speaks_for_what_is_inside(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    may_observe(world, granted_by=MAKER)

    world.sensed(BOX, is_alarm=True)

    assert world.proven(A1).verdict.shown is VerdictClass.UNUSUAL


def test_an_alarm_before_a_thing_went_in_is_none_of_its_own(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    world.sensed(BOX, by=MAKER, is_alarm=True)
    world.unpacked(out_of=BOX)
    world.made(A2)
    world.packed(A2, into=BOX)

    assert world.proven(A2).verdict.shown is VerdictClass.CONSISTENT
    assert world.proven(A1).verdict.shown is VerdictClass.UNUSUAL


def test_a_sensor_may_only_observe(world: World) -> None:
    world.made(A1)
    may_observe(world, granted_by=MAKER)

    with world.refuses(Code.WRONG_ROLE):
        world.observed(A1, by=SENSOR)
    with world.refuses(Code.WRONG_ROLE):
        world.shipped(A1, by=SENSOR, to=SHOP)


def test_a_sensor_puts_no_flag_on_in_passing(world: World) -> None:
    world.made(A1)
    may_observe(world, granted_by=MAKER)
    recalls: Json = {"set": ["recalled"]}

    with world.refuses(Code.NOT_LICENSED):
        world.sensed(A1, persistentDisposition=recalls)


def test_a_delegation_has_its_scope(world: World) -> None:
    world.made(A1, item("B1"))
    may_observe(world, granted_by=MAKER, scope=(f"{gtin()}/21/A",))

    world.sensed(A1)
    with world.refuses(Code.NOT_DELEGATED):
        world.sensed(item("B1"))


def test_a_delegation_that_was_taken_back_is_none(world: World) -> None:
    world.made(A1)
    grant = may_observe(world, granted_by=MAKER)
    world.entered(DelegationEnded(MAKER.party, StatementHash(grant.hash)), MAKER.hand())

    with world.refuses(Code.NOT_DELEGATED):
        world.sensed(A1)


# who may mark


@pytest.mark.parametrize("by", [MAKER, INSPECTOR], ids=["licensee", "inspector"])
def test_a_recall_is_the_licensees_or_an_inspectors_word(world: World, by: Member) -> None:
    world.made(A1)
    world.handed_over(A1, to=SHOP, owner=SHOP)

    world.recalled(A1, by=by)

    assert flags(world, A1) == {Flag.RECALLED}
    assert world.proven(A1).verdict.shown is VerdictClass.RECALLED


@pytest.mark.parametrize("by", [SHOP, RIVAL], ids=["holder and owner", "stranger"])
def test_refuses_a_recall_by_anyone_else(world: World, by: Member) -> None:
    world.made(A1)
    world.handed_over(A1, to=SHOP, owner=SHOP)

    with world.refuses(Code.NOT_LICENSED):
        world.recalled(A1, by=by)


def test_a_disposition_alone_recalls_too(world: World) -> None:
    world.made(A1)

    world.observed(A1, by=MAKER, disposition="recalled")

    assert flags(world, A1) == {Flag.RECALLED}


@pytest.mark.parametrize("by", [CARRIER, SHOP, INSPECTOR], ids=["holder", "owner", "inspector"])
@pytest.mark.parametrize("word", ["stolen", "prov:missing"])
def test_a_loss_is_the_owners_or_holders_word(world: World, by: Member, word: str) -> None:
    world.made(A1)
    world.handed_over(A1, to=CARRIER, owner=SHOP)

    world.marked(A1, by=by, on=[word])

    assert world.proven(A1).verdict.shown is VerdictClass.STOLEN


def test_refuses_a_loss_told_by_who_is_not_concerned(world: World) -> None:
    world.made(A1)
    world.handed_over(A1, to=SHOP, owner=SHOP)

    for by in (MAKER, RIVAL):
        with world.refuses(Code.NOT_HOLDER):
            world.marked(A1, by=by, on=["stolen"])


def test_a_flag_is_taken_off_by_who_may_put_it_on(world: World) -> None:
    world.made(A1)
    world.handed_over(A1, to=SHOP)
    world.recalled(A1)

    with world.refuses(Code.NOT_LICENSED):
        world.marked(A1, by=SHOP, off=["recalled"])
    world.marked(A1, by=MAKER, off=["recalled"])

    assert flags(world, A1) == frozenset()
    assert world.proven(A1).verdict.shown is VerdictClass.CONSISTENT


def test_refuses_to_take_a_recall_off_in_passing(world: World) -> None:
    world.made(A1)
    world.handed_over(A1, to=SHOP)
    world.recalled(A1)
    lifts: Json = {"unset": ["recalled"]}

    with world.refuses(Code.NOT_LICENSED):
        world.shipped(A1, by=SHOP, to=CARRIER, persistentDisposition=lifts)
    with world.refuses(Code.NOT_LICENSED):
        world.sensed(A1, by=SHOP, persistentDisposition=lifts)


def test_recalled_goods_may_be_said_to_be_recalled_as_they_go_back(world: World) -> None:
    world.made(A1, in_lot="L9")
    world.handed_over(A1, to=SHOP)
    world.recalled(Some("", lot_with_items("L9")))

    world.shipped(A1, by=SHOP, to=MAKER, disposition="recalled")

    assert flags(world, A1) == frozenset()
    assert world.proven(A1).verdict.shown is VerdictClass.RECALLED


def test_things_may_come_into_the_world_with_a_flag(world: World) -> None:
    recalled: Json = {"set": ["recalled"]}

    world.made(A1, persistentDisposition=recalled)

    assert flags(world, A1) == {Flag.RECALLED}


# what flags block


def test_a_recall_stops_sales_and_use_but_not_the_way_back(world: World) -> None:
    world.made(A1, A2)
    world.recalled(A1)

    with world.refuses(Code.BLOCKED) as told:
        world.sold(A1, by=MAKER)
    with world.refuses(Code.BLOCKED):
        world.blended([A1], [item("C1")])
    world.handed_over(A1, to=SHOP)

    assert told.refusal.evidence["flag"] == "recalled"


@pytest.mark.parametrize("word", ["stolen", "prov:missing"])
def test_a_loss_stops_everything_that_moves(world: World, word: str) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    world.made(A2)
    world.marked(A2, BOX, by=MAKER, on=[word])

    with world.refuses(Code.BLOCKED):
        world.sold(A2, by=MAKER)
    with world.refuses(Code.BLOCKED):
        world.shipped(A2, to=SHOP)
    with world.refuses(Code.BLOCKED):
        world.packed(A2, into=unit(2))
    with world.refuses(Code.BLOCKED):
        world.blended([A2], [item("C1")])
    with world.refuses(Code.BLOCKED):
        world.shipped(BOX, to=SHOP)
    with world.refuses(Code.BLOCKED):
        world.unpacked(out_of=BOX)
    world.destroyed(A2)


# how far flags reach


def test_a_recall_of_a_lot_reaches_the_items_made_in_it(world: World) -> None:
    world.made(A1, in_lot="L9")
    world.made(A2, in_lot="L8")

    world.recalled(Some("", lot_with_items("L9")))

    assert world.proven(A1).verdict.shown is VerdictClass.RECALLED
    assert world.proven(A2).verdict.shown is VerdictClass.CONSISTENT
    with world.refuses(Code.BLOCKED):
        world.sold(A1, by=MAKER)


def test_a_recall_of_a_class_reaches_every_serial_and_lot(world: World) -> None:
    world.made(A1)
    world.made(Some("5 KGM", lot_with_items("L9")))

    world.recalled(Some("", gtin()))

    assert world.proven(A1).verdict.shown is VerdictClass.RECALLED
    with world.refuses(Code.BLOCKED):
        world.sold(A1, by=MAKER)
    with world.refuses(Code.BLOCKED):
        world.sold(Some("1 KGM", lot_with_items("L9")), by=MAKER)


def test_a_recall_of_a_class_reaches_what_is_made_after_it(world: World) -> None:
    world.recalled(Some("", gtin()))

    world.made(A1)

    with world.refuses(Code.BLOCKED):
        world.sold(A1, by=MAKER)


def test_a_recall_reaches_what_was_made_and_sold_in_one_batch(world: World) -> None:
    world.recalled(Some("", gtin()))
    made = world.signed({"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}, MAKER)
    sale: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "retail_selling", "epcList": [A1]}
    sold = world.signed(sale, MAKER, previous=[made.hash])

    outcomes = world.captured_together(made, sold)

    assert isinstance(outcomes[0], Receipt)
    assert not isinstance(outcomes[1], Receipt)
    assert outcomes[1].code is Code.BLOCKED


def test_a_recall_reaches_through_everything_a_thing_was_made_from(world: World) -> None:
    world.made(Some("9 KGM", LOT))
    world.blended([Some("9 KGM", LOT)], [Some("9 KGM", lot("L2"))])
    world.blended([Some("9 KGM", lot("L2"))], [Some("9 KGM", lot("L3"))])
    world.blended([Some("9 KGM", lot("L3"))], [A1], at_most=[("KGM", "", "1")])

    world.recalled(Some("", LOT))

    report = world.proven(A1)
    assert report.verdict.shown is VerdictClass.RECALLED
    assert report.history.flags == {Flag.RECALLED: LOT}
    with world.refuses(Code.BLOCKED):
        world.sold(A1, by=MAKER)


def test_a_theft_stays_with_what_was_stolen(world: World) -> None:
    world.made(Some("9 KGM", LOT))
    world.blended([Some("9 KGM", LOT)], [A1], at_most=[("KGM", "", "1")])

    world.marked(Some("", LOT), by=MAKER, on=["stolen"])

    assert world.proven(A1).verdict.shown is VerdictClass.CONSISTENT


def test_a_part_is_recalled_after_it_went_into_something(world: World) -> None:
    world.made(A1)
    world.blended([A1], [A2], at_most=[("", "", "1")])

    world.recalled(A1)

    assert world.proven(A2).verdict.shown is VerdictClass.RECALLED


def test_a_stolen_unit_is_stolen_with_all_that_is_in_it(world: World) -> None:
    world.made(A1, A2)
    world.packed(A1, A2, into=BOX)
    world.unpacked(A2, out_of=BOX)

    world.marked(BOX, by=MAKER, on=["stolen"])

    assert world.proven(A1).verdict.shown is VerdictClass.STOLEN
    assert world.proven(A2).verdict.shown is VerdictClass.CONSISTENT


def test_what_becomes_of_a_unit_later_is_no_matter_of_what_left_it(world: World) -> None:
    world.made(A1, A2)
    world.packed(A1, A2, into=BOX)
    world.handed_over(BOX, to=CARRIER)
    world.unpacked(A1, out_of=BOX, by=CARRIER)
    world.handed_over(BOX, by=CARRIER, to=SHOP)

    world.marked(BOX, by=SHOP, on=["stolen"])

    assert world.proven(A1).verdict.shown is VerdictClass.CONSISTENT
    assert world.proven(A2).verdict.shown is VerdictClass.STOLEN


def test_a_recall_by_a_delegate_of_the_licensee_holds(world: World) -> None:
    world.entered(DelegationGranted(MAKER.party, GARDEN.party, Permission.COMMISSION, ()), MAKER.hand())
    world.made(A1)

    world.recalled(A1, by=GARDEN)

    assert flags(world, A1) == {Flag.RECALLED}
