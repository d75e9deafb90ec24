"""What goes into units and comes out of them, and what holds for every statement that joins the log."""

from __future__ import annotations

from provenance.codes import Code
from provenance.custody.roles import Role
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from tests.cast import CARRIER, INSPECTOR, MAKER, RIVAL, SHOP, Some, item, lot, unit
from tests.world import World

A1, A2, A3 = item("A1"), item("A2"), item("A3")
BOX, CASE, PALLET = unit(1), unit(2), unit(3)
LOT = lot("L1")


def boxed(world: World, *things: Subject, into: Subject = BOX) -> None:
    world.made(*things)
    world.packed(*things, into=into)


def test_what_is_inside_goes_where_its_unit_goes(world: World) -> None:
    boxed(world, A1, A2)

    world.handed_over(BOX, to=CARRIER)
    world.handed_over(BOX, by=CARRIER, to=SHOP)

    assert world.holder(A1) == world.holder(A2) == SHOP.party


def test_a_unit_comes_into_the_world_when_it_is_packed(world: World) -> None:
    boxed(world, A1)

    standing = world.standing(BOX)
    assert standing is not None
    assert (standing.holder, standing.owner, len(standing.origins)) == (MAKER.party, MAKER.party, 1)


def test_refuses_a_new_unit_under_anothers_prefix(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_LICENSED):
        world.packed(A1, into=unit(1, RIVAL))


def test_nests_as_deep_as_the_trade_packs(world: World) -> None:
    boxed(world, A1)
    world.packed(BOX, into=CASE)
    world.packed(CASE, into=PALLET)

    world.handed_over(PALLET, to=SHOP)
    world.unpacked(out_of=PALLET, by=SHOP)
    world.unpacked(out_of=CASE, by=SHOP)
    world.unpacked(A1, out_of=BOX, by=SHOP)

    report = world.trace(A1)
    assert report.history.holder == SHOP.party
    assert report.history.units_around == ()
    assert [h.step.value for h in report.history.happenings] == [
        "commission",
        "pack",
        "pack",
        "pack",
        "ship",
        "receive",
        "unpack",
        "unpack",
        "unpack",
    ]


def test_everything_comes_out_when_nothing_is_named(world: World) -> None:
    boxed(world, A1, A2)
    world.made(Some("5 KGM", LOT))
    world.packed(Some("3 KGM", LOT), into=BOX)

    world.unpacked(out_of=BOX)

    for thing in (A1, A2):
        standing = world.standing(thing)
        assert standing is not None
        assert (standing.parent, standing.holder) == (None, MAKER.party)
    bulk, box = world.standing(LOT), world.standing(BOX)
    assert bulk is not None
    assert [row[0] for row in bulk.holdings] == [f"party:{MAKER.party}", "source"]
    assert box is not None
    assert box.contents == ()


def test_only_what_is_named_comes_out(world: World) -> None:
    boxed(world, A1, A2)

    world.unpacked(A1, out_of=BOX)
    world.handed_over(BOX, to=SHOP)

    assert (world.holder(A1), world.holder(A2)) == (MAKER.party, SHOP.party)


def test_a_thing_is_packed_again_elsewhere_and_its_history_leaves_the_first_unit_behind(world: World) -> None:
    boxed(world, A1, A2)
    world.unpacked(A1, out_of=BOX)
    world.packed(A1, into=CASE)

    world.handed_over(BOX, to=CARRIER)
    world.handed_over(CASE, to=SHOP)

    history = world.trace(A1).history
    assert history.holder == SHOP.party
    assert [h.subject for h in history.happenings if h.step.value == "ship"] == [CASE]


def test_what_a_unit_went_through_before_is_not_told_of_what_goes_in_later(world: World) -> None:
    boxed(world, A1)
    world.handed_over(BOX, to=CARRIER)
    world.handed_over(BOX, by=CARRIER, to=MAKER)
    world.unpacked(out_of=BOX)
    world.made(A2)
    world.packed(A2, into=BOX)

    assert [h.step.value for h in world.trace(A2).history.happenings] == ["commission", "pack"]


def test_refuses_to_move_what_is_inside_by_itself(world: World) -> None:
    boxed(world, A1)

    with world.refuses(Code.INSIDE_UNIT):
        world.shipped(A1, to=SHOP)
    with world.refuses(Code.INSIDE_UNIT):
        world.sold(A1, by=MAKER)
    with world.refuses(Code.INSIDE_UNIT):
        world.packed(A1, into=CASE)
    with world.refuses(Code.INSIDE_UNIT):
        world.destroyed(A1)
    with world.refuses(Code.INSIDE_UNIT):
        world.blended([A1], [A2])


def test_allows_to_look_at_what_is_inside(world: World) -> None:
    boxed(world, A1)
    world.handed_over(BOX, to=SHOP)

    world.observed(A1, by=SHOP)

    assert world.holder(A1) == SHOP.party


def test_refuses_to_take_out_what_is_not_in_there(world: World) -> None:
    boxed(world, A1)
    boxed(world, A2, into=CASE)

    with world.refuses(Code.NOT_INSIDE) as told:
        world.unpacked(A2, out_of=BOX)

    assert CASE in told.refusal.message


def test_refuses_to_take_things_out_of_a_unit_nobody_packed(world: World) -> None:
    with world.refuses(Code.NOT_ISSUED):
        world.unpacked(out_of=BOX)


def test_refuses_to_pack_or_unpack_a_unit_another_holds(world: World) -> None:
    boxed(world, A1)
    world.handed_over(BOX, to=SHOP)
    world.made(A2)

    with world.refuses(Code.NOT_HOLDER):
        world.unpacked(A1, out_of=BOX)
    with world.refuses(Code.NOT_HOLDER):
        world.packed(A2, into=BOX)


def test_refuses_to_pack_what_another_holds(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.NOT_HOLDER):
        world.packed(A1, into=unit(1, CARRIER), by=CARRIER)


def test_refuses_to_pack_or_unpack_a_unit_on_its_way(world: World) -> None:
    boxed(world, A1)
    world.made(A2)
    world.shipped(BOX, to=SHOP)

    with world.refuses(Code.ALREADY_OFFERED):
        world.unpacked(A1, out_of=BOX)
    with world.refuses(Code.ALREADY_OFFERED):
        world.packed(A2, into=BOX)


def test_refuses_to_pack_what_is_on_its_way(world: World) -> None:
    world.made(A1)
    world.shipped(A1, to=SHOP)

    with world.refuses(Code.ALREADY_OFFERED):
        world.packed(A1, into=BOX)


def test_refuses_to_pack_or_unpack_what_is_sold_or_gone(world: World) -> None:
    boxed(world, A1)
    world.made(A2)
    world.destroyed(BOX)

    with world.refuses(Code.ENDED):
        world.packed(A2, into=BOX)
    with world.refuses(Code.ENDED):
        world.unpacked(A1, out_of=BOX)


def test_what_is_inside_goes_down_with_its_unit(world: World) -> None:
    boxed(world, A1)

    world.destroyed(BOX)

    assert world.trace(A1).verdict.shown.value == "ended"


def test_refuses_to_put_a_unit_into_itself(world: World) -> None:
    boxed(world, A1)

    with world.refuses(Code.PARENT_IS_CHILD):
        world.forced(
            {"type": "AggregationEvent", "action": "ADD", "parentID": BOX, "childEPCs": [BOX], "bizStep": "packing"},
            MAKER,
            previous=world.heads(BOX),
        )


def test_refuses_to_put_a_unit_into_what_is_inside_it(world: World) -> None:
    boxed(world, A1)
    world.packed(BOX, into=CASE)

    with world.refuses(Code.INSIDE_ITSELF):
        world.packed(CASE, into=BOX)


def test_refuses_a_unit_that_is_not_named(world: World) -> None:
    world.made(A1)

    for action in ("ADD", "DELETE"):
        with world.refuses(Code.MISSING_MEMBER):
            event: dict[str, Json] = {"type": "AggregationEvent", "action": action, "childEPCs": [A1]}
            world.forced(event, MAKER, previous=world.heads(A1))
    assert world.holder(A1) == MAKER.party


def test_a_unit_is_shipped_with_the_contents_that_its_event_lists(world: World) -> None:
    boxed(world, A1, A2)

    event: dict[str, Json] = {"type": "AggregationEvent", "action": "OBSERVE", "parentID": BOX, "childEPCs": [A1, A2]}
    ends: Json = [{"type": "possessing_party", "destination": SHOP.party}]
    shipped = world.said({**event, "bizStep": "shipping", "destinationList": ends}, MAKER)
    received = world.said({**event, "bizStep": "receiving"}, SHOP)

    assert world.holder(A1) == SHOP.party
    assert {h.hash for h in world.trace(A1).history.happenings} >= {shipped.hash, received.hash}


def test_refuses_a_list_of_contents_with_what_is_not_in_there(world: World) -> None:
    boxed(world, A1)
    world.made(A2)

    with world.refuses(Code.NOT_INSIDE):
        event: dict[str, Json] = {
            "type": "AggregationEvent",
            "action": "OBSERVE",
            "parentID": BOX,
            "bizStep": "storing",
        }
        world.said({**event, "childEPCs": [A1, A2]}, MAKER)


def test_a_lot_is_packed_by_amounts_and_moves_with_the_unit(world: World) -> None:
    world.made(Some("5 KGM", LOT))

    world.packed(Some("2 KGM", LOT), into=BOX)
    world.handed_over(BOX, to=SHOP)
    world.unpacked(Some("1.5 KGM", LOT), out_of=BOX, by=SHOP)

    standing = world.standing(LOT)
    assert standing is not None
    assert {account: str(amount) for account, _, amount in standing.holdings} == {
        f"party:{MAKER.party}": "3",
        f"party:{SHOP.party}": "1.5",
        f"unit:{BOX}": "0.5",
        "source": "-5",
    }


def test_refuses_to_take_out_more_of_a_lot_than_went_in(world: World) -> None:
    world.made(Some("5 KGM", LOT))
    world.packed(Some("2 KGM", LOT), into=BOX)

    with world.refuses(Code.NOT_ENOUGH):
        world.unpacked(Some("2.1 KGM", LOT), out_of=BOX)


# roles


def test_refuses_a_step_in_a_role_that_may_not_take_it(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.WRONG_ROLE) as told:
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A2]}
        world.captured(world.services.signing.event(world.whole(event), [MAKER.hand(Role.SELLER)]))

    assert told.refusal.pointer == "/prov:signers/0/role"


def test_refuses_a_role_the_party_does_not_have(world: World) -> None:
    world.made(A1)

    with world.refuses(Code.WRONG_ROLE):
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}
        world.captured(world.services.signing.event(world.whole(event), [CARRIER.hand(Role.INSPECTOR)]))


def test_refuses_a_second_signer_who_may_not_take_the_step(world: World) -> None:
    with world.refuses(Code.WRONG_ROLE) as told:
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A1]}
        world.said(event, MAKER, INSPECTOR.hand())

    assert told.refusal.pointer == "/prov:signers/1/role"


# all or nothing


def test_refuses_a_hand_over_of_several_things_if_one_may_not_go(world: World) -> None:
    world.made(A1, A2, A3)
    world.handed_over(A2, to=SHOP)

    with world.refuses(Code.NOT_HOLDER):
        world.shipped(A1, A2, A3, to=CARRIER)


def test_ten_thousand_things_are_made_packed_and_moved_by_three_statements_and_one_link_each(world: World) -> None:
    many = [item(f"N{number}") for number in range(10_000)]

    made = world.made(*many)
    packed = world.packed(*many, into=BOX)
    world.handed_over(BOX, to=SHOP)

    assert world.size() - packed.index == 3
    assert world.holder(many[-1]) == SHOP.party
    assert world.previous_of(packed) == (made.hash,)
