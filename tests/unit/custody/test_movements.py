"""What may happen to one thing: each rule with what it allows, what it refuses, and that a refusal changes nothing."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.custody.registry_entries import DelegationGranted, Permission
from provenance.custody.roles import Role
from provenance.custody.standing import Phase
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from tests.cast import CARRIER, GARDEN, INSPECTOR, MAKER, RIVAL, SHOP, STRANGER, Member, handed_to, item, lot, unit
from tests.world import World

A1, A2 = item("A1"), item("A2")
BOX = unit(1)


def made_and_handed_to(world: World, member: Member, thing: Subject = A1) -> None:
    world.made(thing)
    world.handed_over(thing, to=member)


# bringing into the world


def test_the_licensee_commissions_and_holds_and_owns_what_it_made(world: World) -> None:
    receipt = world.made(A1)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.holder, standing.owner, standing.phase) == (MAKER.party, MAKER.party, Phase.ACTIVE)
    assert standing.origins == (receipt.hash,)


def test_refuses_a_commissioning_by_whoever_holds_another_prefix(world: World) -> None:
    with world.refuses(Code.NOT_LICENSED) as told:
        world.made(A1, by=RIVAL)

    assert MAKER.party in told.refusal.message


def test_refuses_a_commissioning_under_a_prefix_that_nobody_holds(world: World) -> None:
    with world.refuses(Code.NOT_LICENSED) as told:
        world.made(item("A1", of=STRANGER))

    assert "no party here" in told.refusal.message


def test_refuses_a_second_commissioning_and_names_the_first(world: World) -> None:
    first = world.made(A1)

    with world.refuses(Code.ALREADY_COMMISSIONED) as told:
        world.made(A1)

    assert told.refusal.evidence == {"subject": A1, "first": first.hash}


def test_refuses_a_second_commissioning_whatever_it_links_to(world: World) -> None:
    first = world.made(A1)

    for links in ([], [first.hash]):
        with world.refuses(Code.ALREADY_COMMISSIONED):
            event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "epcList": [A1]}
            world.forced({**event, "bizStep": "commissioning"}, RIVAL, previous=links)


def test_refuses_all_of_a_commissioning_if_one_of_its_things_exists(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.ALREADY_COMMISSIONED):
        world.made(A2, A1)

    assert world.standing(A2) is None


def test_a_delegate_commissions_what_the_licensee_then_owns(world: World) -> None:
    world.entered(DelegationGranted(MAKER.party, GARDEN.party, Permission.COMMISSION, ()), MAKER.hand())

    world.made(A1, by=GARDEN)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.holder, standing.owner) == (GARDEN.party, MAKER.party)


def test_a_delegate_commissions_nothing_outside_its_scope(world: World) -> None:
    scope = (str(A1)[:-1],)
    world.entered(DelegationGranted(MAKER.party, GARDEN.party, Permission.COMMISSION, scope), MAKER.hand())

    world.made(A1, by=GARDEN)
    with world.refuses(Code.NOT_LICENSED):
        world.made(item("B1"), by=GARDEN)


def test_a_delegation_to_observe_is_none_to_commission(world: World) -> None:
    world.entered(DelegationGranted(MAKER.party, GARDEN.party, Permission.OBSERVE, ()), MAKER.hand())

    with world.refuses(Code.NOT_LICENSED):
        world.made(A1, by=GARDEN)


# records that begin elsewhere


def test_what_its_licensee_mentions_first_is_taken_up_without_an_origin(world: World) -> None:
    world.observed(A1, by=MAKER)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.holder, standing.origins) == (MAKER.party, ())


def test_refuses_what_was_never_issued_here_and_is_not_its_own(world: World) -> None:
    with world.refuses(Code.NOT_ISSUED):
        world.shipped(A1, by=SHOP, to=CARRIER)


# the two-sided hand-over


def test_custody_moves_when_the_named_receiver_receives_and_not_before(world: World) -> None:
    world.made(A1)

    world.shipped(A1, to=CARRIER)
    assert world.holder(A1) == MAKER.party
    world.received(A1, by=CARRIER)

    assert world.holder(A1) == CARRIER.party


@pytest.mark.parametrize("step", ["shipping", "consigning", "departing"])
def test_every_word_for_leaving_opens_a_hand_over(world: World, step: str) -> None:
    world.made(A1)

    world.shipped(A1, to=CARRIER, bizStep=step)

    standing = world.standing(A1)
    assert standing is not None
    assert standing.offer is not None
    assert standing.offer.to == CARRIER.party


@pytest.mark.parametrize("step", ["receiving", "accepting"])
def test_every_word_for_arriving_closes_a_hand_over(world: World, step: str) -> None:
    world.made(A1)
    world.shipped(A1, to=CARRIER)

    world.received(A1, by=CARRIER, bizStep=step)

    assert world.holder(A1) == CARRIER.party


def test_goods_that_leave_for_nobody_in_particular_stay_their_holders(world: World) -> None:
    world.made(A1)

    world.object_event("OBSERVE", "shipping", A1, by=MAKER, members={})

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.holder, standing.offer) == (MAKER.party, None)


def test_refuses_a_shipment_by_who_does_not_hold_the_thing(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_HOLDER) as told:
        world.shipped(A1, by=RIVAL, to=CARRIER)

    assert MAKER.party in told.refusal.message


def test_refuses_a_shipment_by_who_held_the_thing_before(world: World) -> None:
    made_and_handed_to(world, CARRIER)

    with world.refuses(Code.NOT_HOLDER):
        world.shipped(A1, to=SHOP)


def test_refuses_a_second_shipment_while_the_first_is_open(world: World) -> None:
    world.made(A1)
    world.shipped(A1, to=CARRIER)

    with world.refuses(Code.ALREADY_OFFERED):
        world.shipped(A1, to=SHOP)


def test_refuses_a_receiver_whom_nobody_enrolled(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.UNKNOWN_PARTY):
        world.shipped(A1, to=STRANGER)


def test_refuses_a_receiver_that_is_no_party(world: World) -> None:
    world.made(A1)
    place: Json = [{"type": "possessing_party", "destination": "https://id.gs1.org/414/9520123000004"}]

    with world.refuses(Code.UNKNOWN_IDENTIFIER) as told:
        world.shipped(A1, to=CARRIER, destinationList=place)

    assert told.refusal.pointer == "/destinationList"


def test_refuses_a_receipt_by_who_was_not_named(world: World) -> None:
    world.made(A1)
    world.shipped(A1, to=CARRIER)

    with world.refuses(Code.NOT_NAMED) as told:
        world.received(A1, by=SHOP)

    assert CARRIER.party in told.refusal.message


def test_refuses_a_receipt_of_what_nobody_shipped(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_NAMED) as told:
        world.received(A1, by=SHOP)

    assert "no hand-over is open" in told.refusal.message


def test_a_shipment_within_ones_own_house_changes_nothing(world: World) -> None:
    world.made(A1)

    world.handed_over(A1, to=MAKER)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.holder, standing.offer) == (MAKER.party, None)


@pytest.mark.parametrize("by", [MAKER, CARRIER], ids=["giver", "receiver"])
def test_either_side_takes_a_shipment_back(world: World, by: Member) -> None:
    world.made(A1)
    world.shipped(A1, to=CARRIER)

    world.unshipped(A1, by=by)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.holder, standing.offer) == (MAKER.party, None)
    with world.refuses(Code.NOT_NAMED):
        world.received(A1, by=CARRIER)


def test_refuses_to_take_back_a_shipment_that_concerns_others(world: World) -> None:
    world.made(A1)
    world.shipped(A1, to=CARRIER)

    with world.refuses(Code.NOT_NAMED):
        world.unshipped(A1, by=RIVAL)


def test_refuses_to_take_back_a_shipment_that_is_not_open(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NO_OPEN_OFFER):
        world.unshipped(A1)


# whose it is


def test_ownership_moves_with_the_hand_over_that_names_the_next_owner(world: World) -> None:
    world.made(A1)

    world.shipped(A1, to=CARRIER, owner=SHOP)
    assert world.trace(A1).history.owner == MAKER.party
    world.received(A1, by=CARRIER)

    history = world.trace(A1).history
    assert (history.holder, history.owner) == (CARRIER.party, SHOP.party)


def test_ownership_stays_when_no_owner_is_named(world: World) -> None:
    made_and_handed_to(world, CARRIER)

    assert world.trace(A1).history.owner == MAKER.party


def test_refuses_a_next_owner_named_by_who_does_not_own_the_thing(world: World) -> None:
    made_and_handed_to(world, CARRIER)

    with world.refuses(Code.NOT_OWNER):
        world.shipped(A1, by=CARRIER, to=SHOP, owner=SHOP)


def test_the_owner_may_sign_along_to_name_the_next_one(world: World) -> None:
    made_and_handed_to(world, CARRIER)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping", "epcList": [A1]}

    world.said({**event, "destinationList": handed_to(SHOP, SHOP)}, CARRIER, MAKER.hand(Role.SELLER))
    world.received(A1, by=SHOP)

    assert world.trace(A1).history.owner == SHOP.party


def test_refuses_a_next_owner_whom_nobody_enrolled(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.UNKNOWN_PARTY):
        world.shipped(A1, to=CARRIER, owner=STRANGER)


def test_what_is_packed_into_a_carriers_new_unit_stays_its_owners(world: World) -> None:
    made_and_handed_to(world, CARRIER)

    world.packed(A1, into=unit(1, CARRIER), by=CARRIER)
    assert world.trace(A1).history.owner == MAKER.party
    world.unpacked(A1, out_of=unit(1, CARRIER), by=CARRIER)

    assert world.trace(A1).history.owner == MAKER.party


def test_what_shares_its_owner_with_the_unit_changes_owner_with_it(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)

    world.handed_over(BOX, to=SHOP, owner=SHOP)
    world.unpacked(out_of=BOX, by=SHOP)

    history = world.trace(A1).history
    assert (history.holder, history.owner) == (SHOP.party, SHOP.party)


# sales and returns


def test_the_holder_sells_to_someone_we_do_not_know(world: World) -> None:
    made_and_handed_to(world, SHOP)

    world.sold(A1)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.phase, standing.holder, standing.owner, standing.sold_by) == (Phase.SOLD, None, None, SHOP.party)


@pytest.mark.parametrize("step", ["retail_selling", "dispensing"])
def test_every_word_for_a_sale_is_one(world: World, step: str) -> None:
    made_and_handed_to(world, SHOP)

    world.sold(A1, bizStep=step)

    with world.refuses(Code.ALREADY_SOLD):
        world.sold(A1, bizStep=step)


def test_refuses_a_sale_by_who_does_not_hold_the_thing(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_HOLDER):
        world.sold(A1, by=SHOP)


def test_refuses_a_second_sale_without_a_return(world: World) -> None:
    made_and_handed_to(world, SHOP)
    world.sold(A1)

    with world.refuses(Code.ALREADY_SOLD) as told:
        world.sold(A1)

    assert SHOP.party in told.refusal.message


def test_allows_a_second_sale_after_a_return(world: World) -> None:
    made_and_handed_to(world, SHOP)
    world.sold(A1)

    world.returned(A1)
    world.sold(A1)

    standing = world.standing(A1)
    assert standing is not None
    assert standing.phase is Phase.SOLD


def test_refuses_everything_else_with_what_is_sold(world: World) -> None:
    made_and_handed_to(world, SHOP)
    world.sold(A1)

    with world.refuses(Code.ALREADY_SOLD):
        world.shipped(A1, by=SHOP, to=CARRIER)
    with world.refuses(Code.ALREADY_SOLD):
        world.packed(A1, into=unit(1, SHOP), by=SHOP)
    with world.refuses(Code.ALREADY_SOLD):
        world.destroyed(A1, by=SHOP)


@pytest.mark.parametrize("by", [SHOP, MAKER], ids=["seller", "licensee"])
def test_a_return_goes_to_the_seller_or_the_licensee(world: World, by: Member) -> None:
    made_and_handed_to(world, SHOP)
    world.sold(A1)

    world.returned(A1, by=by)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.phase, standing.holder, standing.owner, standing.sold_by) == (
        Phase.ACTIVE,
        by.party,
        by.party,
        None,
    )


def test_refuses_a_return_to_a_third_party(world: World) -> None:
    made_and_handed_to(world, SHOP)
    world.sold(A1)

    with world.refuses(Code.NOT_NAMED):
        world.returned(A1, by=RIVAL)


def test_a_return_that_two_sign_goes_to_the_one_who_may_take_it(world: World) -> None:
    made_and_handed_to(world, SHOP)
    world.sold(A1)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "receiving", "epcList": [A1]}

    world.said({**event, "disposition": "returned"}, SHOP, RIVAL.hand(Role.SELLER))

    assert world.holder(A1) == SHOP.party


def test_refuses_a_receipt_of_what_is_sold_unless_it_says_returned(world: World) -> None:
    made_and_handed_to(world, SHOP)
    world.sold(A1)

    with world.refuses(Code.NOT_NAMED):
        world.received(A1, by=SHOP)


# ends


@pytest.mark.parametrize(
    ("action", "step", "phase"),
    [
        ("OBSERVE", "destroying", Phase.DESTROYED),
        ("DELETE", "destroying", Phase.DESTROYED),
        ("OBSERVE", "decommissioning", Phase.RETIRED),
        ("DELETE", "decommissioning", Phase.RETIRED),
        ("DELETE", "loading", Phase.RETIRED),
    ],
)
def test_the_holder_ends_a_thing_for_ever(world: World, action: str, step: str, phase: Phase) -> None:
    world.made(A1)

    world.object_event(action, step, A1, by=MAKER, members={})

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.phase, standing.holder) == (phase, None)
    with world.refuses(Code.ENDED):
        world.shipped(A1, to=SHOP)
    with world.refuses(Code.ENDED):
        world.observed(A1, by=MAKER)
    with world.refuses(Code.ENDED):
        world.recalled(A1)
    with world.refuses(Code.ENDED):
        world.destroyed(A1)
    with world.refuses(Code.ALREADY_COMMISSIONED):
        world.made(A1)


def test_refuses_an_end_by_who_does_not_hold_the_thing(world: World) -> None:
    made_and_handed_to(world, SHOP)

    with world.refuses(Code.NOT_HOLDER):
        world.destroyed(A1, by=MAKER)


def test_refuses_an_end_on_the_way(world: World) -> None:
    world.made(A1)
    world.shipped(A1, to=SHOP)

    with world.refuses(Code.ALREADY_OFFERED):
        world.destroyed(A1)


# looking


@pytest.mark.parametrize("by", [MAKER, SHOP, INSPECTOR], ids=["licensee", "holder", "inspector"])
def test_those_involved_may_look(world: World, by: Member) -> None:
    made_and_handed_to(world, SHOP)

    world.observed(A1, by=by)

    assert world.holder(A1) == SHOP.party


def test_the_named_receiver_may_look_before_it_receives(world: World) -> None:
    world.made(A1)
    world.shipped(A1, to=SHOP)

    world.observed(A1, by=SHOP)

    assert world.holder(A1) == MAKER.party


def test_the_owner_may_look_at_what_another_holds(world: World) -> None:
    world.made(A1)
    world.handed_over(A1, to=CARRIER, owner=SHOP)

    world.observed(A1, by=SHOP)

    assert world.holder(A1) == CARRIER.party


def test_refuses_a_look_by_who_is_not_involved(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_HOLDER):
        world.observed(A1, by=RIVAL)


# what a thing is attached to


def test_a_thing_fixed_to_a_place_stays_in_its_holders_hands(world: World) -> None:
    world.made(A1)
    place = "https://id.gs1.org/414/9520123000004"
    fixed: dict[str, Json] = {"type": "AssociationEvent", "parentID": place, "childEPCs": [A1]}

    world.said({**fixed, "action": "ADD", "bizStep": "installing"}, MAKER)
    world.said({**fixed, "action": "DELETE", "bizStep": "removing"}, MAKER)

    standing = world.standing(A1)
    assert standing is not None
    assert (standing.holder, standing.parent) == (MAKER.party, None)
    world.shipped(A1, to=SHOP)


def test_a_thing_fixed_to_another_thing_goes_where_that_goes(world: World) -> None:
    world.made(A1)
    world.made(A2)

    world.said({"type": "AssociationEvent", "action": "ADD", "parentID": A1, "childEPCs": [A2]}, MAKER)
    world.handed_over(A1, to=SHOP)

    assert world.holder(A2) == SHOP.party


def test_a_transaction_links_a_thing_to_a_document_and_moves_nothing(world: World) -> None:
    world.made(A1)
    order: Json = [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:9520123000004:PO1"}]

    for action in ("ADD", "OBSERVE", "DELETE"):
        world.said({"type": "TransactionEvent", "action": action, "bizTransactionList": order, "epcList": [A1]}, MAKER)

    assert world.holder(A1) == MAKER.party


# what went into something else


def test_what_was_used_up_is_gone(world: World) -> None:
    world.made(A1)

    world.blended([A1], [A2], at_most=[("", "", "1")])

    standing = world.standing(A1)
    assert standing is not None
    assert standing.phase is Phase.CONSUMED
    with world.refuses(Code.ENDED):
        world.shipped(A1, to=SHOP)


def test_refuses_to_use_what_another_holds(world: World) -> None:
    made_and_handed_to(world, SHOP)

    with world.refuses(Code.NOT_HOLDER):
        world.blended([A1], [A2])


def test_refuses_an_output_that_exists(world: World) -> None:
    world.made(A1)
    world.made(A2)

    with world.refuses(Code.ALREADY_COMMISSIONED):
        world.blended([A1], [A2])


def test_refuses_an_output_of_another_licensee(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_LICENSED):
        world.blended([A1], [item("B1", of=GARDEN)])


def test_refuses_what_the_maker_may_not_ship_as_if_it_were_a_lot(world: World) -> None:
    with world.refuses(Code.CLASS_FOR_INSTANCE):
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning"}
        world.forced({**event, "epcList": [lot("L1")]}, MAKER)
