"""Taking an event back: what nets out, what stays, and what can't be taken back any more."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.custody.roles import Role
from provenance.custody.standing import Phase
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.encoding.canonical import Json
from provenance.ids import PartyId, Subject
from tests.cast import CARRIER, INSPECTOR, MAKER, RIVAL, SHOP, Some, item, lot, unit
from tests.oracles import assert_log_is_sound
from tests.world import World

A1, A2 = item("A1"), item("A2")
BOX, PALLET = unit(1), unit(2)
LOT = lot("L1")


def phase(world: World, thing: Subject) -> Phase:
    standing = world.standing(thing)
    assert standing is not None
    return standing.phase


def holder(world: World, thing: Subject) -> PartyId | None:
    found = world.holder(thing)
    assert world.proven(thing).history.holder == found
    return found


# what nets out


def test_a_commissioning_taken_back_leaves_nothing_and_may_be_done_again(world: World) -> None:
    world.corrected(world.made(A1))
    assert phase(world, A1) is Phase.VOIDED
    with world.refuses(Code.NOT_ISSUED):
        world.shipped(A1, by=SHOP, to=CARRIER)

    world.made(A1)

    assert phase(world, A1) is Phase.ACTIVE
    assert world.proven(A1).verdict.shown is VerdictClass.CONSISTENT
    assert_log_is_sound(world.services)


def test_a_shipment_taken_back_was_never_made(world: World) -> None:
    world.made(A1)

    world.corrected(world.shipped(A1, to=CARRIER))

    with world.refuses(Code.NOT_NAMED):
        world.received(A1, by=CARRIER)
    world.shipped(A1, to=SHOP)
    assert_log_is_sound(world.services)


def test_a_receipt_taken_back_gives_the_thing_back_to_its_way(world: World) -> None:
    world.made(A1)
    world.shipped(A1, to=CARRIER)

    world.corrected(world.received(A1, by=CARRIER), by=CARRIER)

    assert holder(world, A1) == MAKER.party
    world.received(A1, by=CARRIER)
    assert_log_is_sound(world.services)


def test_a_sale_taken_back_leaves_the_thing_with_its_seller(world: World) -> None:
    world.made(A1)
    world.handed_over(A1, to=SHOP)

    world.corrected(world.sold(A1), by=SHOP)

    assert holder(world, A1) == SHOP.party
    assert_log_is_sound(world.services)


def test_an_end_taken_back_was_none(world: World) -> None:
    world.made(A1)

    world.corrected(world.destroyed(A1))

    world.shipped(A1, to=SHOP)
    assert_log_is_sound(world.services)


def test_a_packing_taken_back_leaves_things_where_they_were(world: World) -> None:
    world.made(A1)

    world.corrected(world.packed(A1, into=BOX))

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.parent, standing.holder) == (None, MAKER.party)
    assert phase(world, BOX) is Phase.VOIDED
    world.packed(A1, into=BOX)
    assert_log_is_sound(world.services)


@pytest.mark.parametrize("named", [(A1,), ()], ids=["named", "all of it"])
def test_an_unpacking_taken_back_leaves_things_inside(world: World, named: tuple[Subject, ...]) -> None:
    world.made(A1, A2)
    world.made(Some("5 KGM", LOT))
    world.packed(A1, A2, Some("2 KGM", LOT), into=BOX)

    world.corrected(world.unpacked(*named, out_of=BOX))
    assert_log_is_sound(world.services)
    world.handed_over(BOX, to=SHOP)
    world.unpacked(out_of=BOX, by=SHOP)

    assert holder(world, A1) == holder(world, A2) == SHOP.party
    for thing in (A1, A2, LOT):
        assert world.proven(thing).verdict.findings == ()
    assert_log_is_sound(world.services)


def test_an_unpacking_of_everything_is_taken_back_although_something_was_looked_at_since(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    unpacked = world.unpacked(out_of=BOX)
    world.observed(A1, by=MAKER)

    world.corrected(unpacked)

    standing = world.standing(A1)
    assert standing is not None
    assert standing.parent == BOX
    assert_log_is_sound(world.services)


def test_a_recall_taken_back_was_none(world: World) -> None:
    world.made(A1)

    world.corrected(world.recalled(A1))

    world.sold(A1, by=MAKER)
    assert world.proven(A1).verdict.shown is VerdictClass.CONSISTENT
    assert_log_is_sound(world.services)


def test_amounts_taken_back_go_back_where_they_were(world: World) -> None:
    world.made(Some("10 KGM", LOT))
    before = world.standing(LOT)

    world.corrected(world.blended([Some("4 KGM", LOT)], [A1]))

    after = world.standing(LOT)
    assert before is not None
    assert after is not None
    assert after.holdings == before.holdings
    assert phase(world, A1) is Phase.VOIDED
    assert_log_is_sound(world.services)


def test_a_correction_is_corrected_by_saying_it_again(world: World) -> None:
    made = world.made(A1)
    world.corrected(made)
    again = world.made(A1)

    world.corrected(again)

    assert phase(world, A1) is Phase.VOIDED
    assert world.proven(A1).verdict.shown is VerdictClass.NOT_ACTIVATED
    assert_log_is_sound(world.services)


def test_the_journal_keeps_both_the_event_and_its_correction(world: World) -> None:
    made = world.made(A1)
    corrected = world.corrected(made)

    happenings = world.proven(A1).history.happenings

    assert [(h.hash, h.is_voided) for h in happenings] == [(made.hash, True), (corrected.hash, False)]


# what can't be taken back


def test_refuses_to_take_back_what_was_never_said(world: World) -> None:
    made = world.made(A1)

    with world.refuses(Code.NO_SUCH_EVENT):
        world.corrected(made, eventTime="2026-05-04T09:59:59.000Z")


def test_refuses_to_take_back_what_another_said(world: World) -> None:
    made = world.made(A1)

    for member in (RIVAL, INSPECTOR):
        with world.refuses(Code.NO_SUCH_EVENT):
            world.corrected(made, by=member)


def test_one_of_several_signers_may_take_an_event_back(world: World) -> None:
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}
    made = world.said(event, MAKER, RIVAL.hand(Role.PRODUCER))

    world.corrected(made, by=RIVAL)

    assert phase(world, A1) is Phase.VOIDED


def test_refuses_to_take_the_same_event_back_twice(world: World) -> None:
    made = world.made(A1)
    world.corrected(made)

    with world.refuses(Code.NO_SUCH_EVENT):
        world.corrected(made)


def test_refuses_to_take_back_what_a_later_event_rests_on_and_names_it(world: World) -> None:
    made = world.made(A1)
    shipped = world.shipped(A1, to=SHOP)

    with world.refuses(Code.CORRECTION_CONTRADICTED) as told:
        world.corrected(made)

    assert told.refusal.evidence == {"event": shipped.hash}


def test_what_rests_on_an_event_is_taken_back_first(world: World) -> None:
    made = world.made(A1)
    shipped = world.shipped(A1, to=SHOP)

    world.corrected(shipped)
    world.corrected(made)

    assert phase(world, A1) is Phase.VOIDED
    assert_log_is_sound(world.services)


def test_refuses_to_take_back_a_lot_that_was_used(world: World) -> None:
    made = world.made(Some("10 KGM", LOT))
    blended = world.blended([Some("1 KGM", LOT)], [A1])

    with world.refuses(Code.CORRECTION_CONTRADICTED) as told:
        world.corrected(made)

    assert told.refusal.evidence == {"event": blended.hash}


def test_refuses_to_take_back_a_receipt_that_what_is_inside_rests_on(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    world.packed(BOX, into=PALLET)
    world.shipped(PALLET, to=SHOP)
    received = world.received(PALLET, by=SHOP)
    looked = world.sensed(A1, by=SHOP)
    world.handed_over(PALLET, by=SHOP, to=CARRIER)

    with world.refuses(Code.CORRECTION_CONTRADICTED):
        world.corrected(received, by=SHOP)

    assert looked.hash in world.heads(A1)


def test_refuses_to_take_back_a_receipt_when_only_what_is_inside_shows_who_had_it(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    received = world.handed_over(BOX, to=CARRIER)
    shipped = world.shipped(BOX, by=CARRIER, to=SHOP)
    world.observed(A1, by=SHOP)

    with world.refuses(Code.CORRECTION_CONTRADICTED):
        world.corrected(shipped, by=CARRIER)

    assert world.holder(A1) == CARRIER.party
    assert received.hash not in world.heads(BOX)


def test_refuses_to_take_back_the_lifting_of_a_flag(world: World) -> None:
    world.made(Some("10 KGM", LOT))
    world.blended([Some("1 KGM", LOT)], [A1], at_most=[("KGM", "", "1")])
    world.recalled(Some("", LOT))
    lifted = world.marked(Some("", LOT), by=MAKER, off=["recalled"])
    world.sold(A1, by=MAKER)

    with world.refuses(Code.CORRECTION_CONTRADICTED):
        world.corrected(lifted)

    world.recalled(Some("", LOT))
    assert world.proven(A1).verdict.shown is VerdictClass.RECALLED
    assert_log_is_sound(world.services)


def test_refuses_a_correction_with_a_stale_link(world: World) -> None:
    world.made(A1)
    shipped = world.shipped(A1, to=SHOP)
    declared: Json = {"declarationTime": "2026-05-04T10:00:00.000Z", "reason": "did_not_occur"}
    late = world.signed({**world.said_in(shipped), "errorDeclaration": declared}, MAKER)
    world.observed(A1, by=MAKER)

    with world.refuses(Code.STALE_LINK):
        world.captured(late)


def test_a_refused_correction_is_no_doubt_about_the_thing(world: World) -> None:
    made = world.made(A1)
    world.shipped(A1, to=SHOP)
    with world.refuses(Code.CORRECTION_CONTRADICTED):
        world.corrected(made)

    assert all(finding.doubt is Doubt.NOT_YET_RECORDED for finding in world.trace(A1).verdict.findings)
