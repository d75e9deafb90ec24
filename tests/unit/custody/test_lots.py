"""What may happen to some of a lot: who may move it, from which account to which."""

from __future__ import annotations

from decimal import Decimal

import pytest

from provenance.codes import Code
from provenance.custody.registry_entries import DelegationGranted, Permission
from provenance.custody.standing import Phase
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from tests.cast import CARRIER, GARDEN, INSPECTOR, MAKER, RIVAL, SENSOR, SHOP, STRANGER, Some, item, lot, unit
from tests.world import World

LOT = lot("L1")


def some(measure: str, of: Subject = LOT) -> Some:
    return Some(measure, of)


def accounts(world: World, of: Subject = LOT) -> dict[str, Decimal]:
    standing = world.standing(of)
    assert standing is not None
    return {account: amount for account, _, amount in standing.holdings}


def shop_has(world: World, measure: str) -> None:
    world.made(some("20 KGM"))
    world.handed_over(some(measure), to=SHOP)


def test_a_lot_begins_with_what_its_licensee_says_there_is(world: World) -> None:
    world.made(some("20 KGM"))

    assert accounts(world) == {f"party:{MAKER.party}": 20, "source": -20}


def test_more_of_a_lot_may_be_made_later(world: World) -> None:
    first, second = world.made(some("20 KGM")), world.made(some("500 GRM"))

    assert accounts(world) == {f"party:{MAKER.party}": Decimal("20.5"), "source": Decimal("-20.5")}
    standing = world.standing(LOT)
    assert standing is not None
    assert standing.origins == (first.hash, second.hash)


def test_refuses_a_lot_under_anothers_prefix(world: World) -> None:
    with world.refuses(Code.NOT_LICENSED):
        world.made(some("20 KGM"), by=RIVAL)


@pytest.mark.parametrize("measure", ["", "0", "0 KGM"])
def test_refuses_to_make_an_amount_that_is_none(world: World, measure: str) -> None:
    with world.refuses(Code.QUANTITY_MISSING):
        world.made(some(measure))


def test_some_of_a_lot_moves_by_two_sides(world: World) -> None:
    world.made(some("20 KGM"))

    world.shipped(some("5 KGM"), to=SHOP)
    on_its_way = accounts(world)
    world.received(some("5000 GRM"), by=SHOP)

    assert on_its_way[f"transit:{MAKER.party}>{SHOP.party}"] == 5
    assert accounts(world) == {f"party:{MAKER.party}": 15, f"party:{SHOP.party}": 5, "source": -20}


def test_the_only_shipment_is_received_whole_when_no_amount_is_said(world: World) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=SHOP)

    world.received(some(""), by=SHOP)

    assert accounts(world)[f"party:{SHOP.party}"] == 5


def test_refuses_a_receipt_without_an_amount_when_several_are_on_their_way(world: World) -> None:
    world.made(some("20 KGM"))
    world.handed_over(some("5 KGM"), to=CARRIER)
    world.shipped(some("5 KGM"), to=SHOP)
    world.shipped(some("5 KGM"), by=CARRIER, to=SHOP)

    with world.refuses(Code.QUANTITY_MISSING):
        world.received(some(""), by=SHOP)


@pytest.mark.parametrize("first", ["12 KGM", "5 KGM"])
def test_each_receipt_finds_the_shipment_that_it_fits(world: World, first: str) -> None:
    world.made(some("20 KGM"))
    world.handed_over(some("12 KGM"), to=CARRIER)
    world.shipped(some("5 KGM"), to=SHOP)
    world.shipped(some("12 KGM"), by=CARRIER, to=SHOP)

    world.received(some(first), by=SHOP)
    world.received(some("5 KGM" if first == "12 KGM" else "12 KGM"), by=SHOP)

    assert accounts(world) == {f"party:{MAKER.party}": 3, f"party:{SHOP.party}": 17, "source": -20}


def test_less_than_was_sent_may_arrive_and_the_rest_stays_on_its_way(world: World) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=SHOP)

    world.received(some("4 KGM"), by=SHOP)

    assert accounts(world)[f"transit:{MAKER.party}>{SHOP.party}"] == 1


def test_refuses_more_than_was_sent(world: World) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=SHOP)

    with world.refuses(Code.NOT_ENOUGH):
        world.received(some("6 KGM"), by=SHOP)


def test_refuses_a_receipt_in_a_unit_that_was_not_sent(world: World) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=SHOP)

    with world.refuses(Code.NOT_ENOUGH):
        world.received(some("5 LTR"), by=SHOP)


def test_refuses_a_shipment_of_more_than_one_has(world: World) -> None:
    shop_has(world, "5 KGM")

    with world.refuses(Code.NOT_ENOUGH) as told:
        world.shipped(some("6 KGM"), by=SHOP, to=CARRIER)

    assert "holds 5 KGM, 6 were to leave it" in told.refusal.message


def test_refuses_a_shipment_by_who_has_nothing(world: World) -> None:
    world.made(some("20 KGM"))

    with world.refuses(Code.NOT_ENOUGH):
        world.shipped(some("1 KGM"), by=RIVAL, to=CARRIER)


def test_refuses_a_shipment_without_an_amount(world: World) -> None:
    world.made(some("20 KGM"))

    with world.refuses(Code.QUANTITY_MISSING):
        world.shipped(some(""), to=SHOP)


def test_refuses_a_shipment_to_someone_nobody_enrolled(world: World) -> None:
    world.made(some("20 KGM"))

    with world.refuses(Code.UNKNOWN_PARTY):
        world.shipped(some("5 KGM"), to=STRANGER)


def test_refuses_a_receipt_by_who_was_not_named(world: World) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=SHOP)

    with world.refuses(Code.NOT_NAMED):
        world.received(some("5 KGM"), by=CARRIER)


def test_an_arrival_within_ones_own_house_changes_nothing(world: World) -> None:
    world.made(some("20 KGM"))

    world.received(some("5 KGM"), by=MAKER)

    assert accounts(world) == {f"party:{MAKER.party}": 20, "source": -20}


@pytest.mark.parametrize("by", [MAKER, SHOP], ids=["giver", "receiver"])
def test_either_side_takes_a_shipment_back(world: World, by: object) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=SHOP)

    world.unshipped(some("5 KGM"), by=MAKER if by is MAKER else SHOP)

    assert accounts(world) == {f"party:{MAKER.party}": 20, "source": -20}


def test_the_shipment_to_the_one_who_is_named_is_taken_back(world: World) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=CARRIER)
    world.shipped(some("5 KGM"), to=SHOP)
    to_the_shop: Json = [{"type": "possessing_party", "destination": SHOP.party}]

    world.unshipped(some("5 KGM"), destinationList=to_the_shop)

    assert accounts(world) == {
        f"party:{MAKER.party}": 15,
        f"transit:{MAKER.party}>{CARRIER.party}": 5,
        "source": -20,
    }


@pytest.mark.parametrize("by", [MAKER, RIVAL], ids=["who shipped nothing", "who is not concerned"])
def test_refuses_to_take_back_what_is_not_ones_own_shipment(world: World, by: object) -> None:
    world.made(some("20 KGM"))
    if by is RIVAL:
        world.shipped(some("5 KGM"), to=SHOP)

    with world.refuses(Code.NO_OPEN_OFFER):
        world.unshipped(some("5 KGM"), by=RIVAL if by is RIVAL else MAKER)


def test_some_is_sold_and_comes_back_to_its_seller(world: World) -> None:
    shop_has(world, "5 KGM")

    world.sold(some("2 KGM"))
    sold = accounts(world)
    world.returned(some("1 KGM"))

    assert sold[f"sold:{SHOP.party}"] == 2
    assert accounts(world)[f"party:{SHOP.party}"] == 4


def test_some_that_was_sold_comes_back_to_the_licensee(world: World) -> None:
    shop_has(world, "5 KGM")
    world.sold(some("2 KGM"))

    world.returned(some("2 KGM"), by=MAKER)

    assert accounts(world) == {f"party:{MAKER.party}": 17, f"party:{SHOP.party}": 3, "source": -20}


def test_refuses_a_return_to_who_sold_none_of_it(world: World) -> None:
    shop_has(world, "5 KGM")
    world.sold(some("2 KGM"))

    with world.refuses(Code.NOT_NAMED):
        world.returned(some("2 KGM"), by=RIVAL)


def test_refuses_a_return_of_more_than_was_sold(world: World) -> None:
    shop_has(world, "5 KGM")
    world.sold(some("2 KGM"))

    with world.refuses(Code.NOT_ENOUGH):
        world.returned(some("3 KGM"))


def test_refuses_a_sale_of_more_than_one_has(world: World) -> None:
    shop_has(world, "5 KGM")

    with world.refuses(Code.NOT_ENOUGH):
        world.sold(some("6 KGM"))


def test_some_is_destroyed(world: World) -> None:
    shop_has(world, "5 KGM")

    world.destroyed(some("1 KGM"), by=SHOP)

    assert accounts(world)["ended"] == 1


def test_some_that_its_licensee_mentions_first_is_there(world: World) -> None:
    world.shipped(some("5 KGM"), to=SHOP)

    standing = world.standing(LOT)
    assert standing is not None
    assert standing.origins == ()
    assert accounts(world) == {f"transit:{MAKER.party}>{SHOP.party}": 5, "source": -5}


def test_refuses_a_lot_that_was_never_issued_here(world: World) -> None:
    with world.refuses(Code.NOT_ISSUED):
        world.shipped(some("5 KGM"), by=SHOP, to=CARRIER)


def test_a_lot_begins_anew_after_all_that_made_it_was_taken_back(world: World) -> None:
    world.corrected(world.made(some("20 KGM")))

    world.made(some("3 KGM"))

    standing = world.standing(LOT)
    assert standing is not None
    assert standing.phase is Phase.ACTIVE
    assert accounts(world) == {f"party:{MAKER.party}": 3, "source": -3}


# looking


def test_those_who_have_some_or_get_some_may_look(world: World) -> None:
    world.made(some("20 KGM"))
    world.shipped(some("5 KGM"), to=SHOP)

    for member in (MAKER, SHOP, INSPECTOR):
        world.observed(some(""), by=member)


def test_refuses_a_look_by_who_has_none(world: World) -> None:
    world.made(some("20 KGM"))

    with world.refuses(Code.NOT_HOLDER):
        world.observed(some(""), by=RIVAL)


def test_a_sensor_reports_on_a_lot_for_who_has_some(world: World) -> None:
    shop_has(world, "5 KGM")
    with world.refuses(Code.NOT_DELEGATED):
        world.sensed(some(""))
    world.entered(DelegationGranted(SHOP.party, SENSOR.party, Permission.OBSERVE, ()), SHOP.hand())

    world.sensed(some(""))

    assert len(world.trace(LOT).history.happenings) == 4


# flags


@pytest.mark.parametrize("by", [MAKER, INSPECTOR], ids=["licensee", "inspector"])
def test_a_recalled_lot_is_neither_sold_nor_used(world: World, by: object) -> None:
    shop_has(world, "5 KGM")

    world.recalled(some(""), by=MAKER if by is MAKER else INSPECTOR)

    with world.refuses(Code.BLOCKED):
        world.sold(some("1 KGM"))
    with world.refuses(Code.BLOCKED):
        world.blended([some("1 KGM")], [item("A1")])
    world.handed_over(some("5 KGM"), by=SHOP, to=MAKER)


def test_refuses_a_recall_by_who_only_has_some(world: World) -> None:
    shop_has(world, "5 KGM")

    with world.refuses(Code.NOT_LICENSED):
        world.recalled(some(""), by=SHOP)


def test_refuses_to_lift_a_recall_in_passing(world: World) -> None:
    shop_has(world, "5 KGM")
    world.recalled(some(""))
    lifts: Json = {"unset": ["recalled"]}

    with world.refuses(Code.NOT_LICENSED):
        world.shipped(some("5 KGM"), by=SHOP, to=CARRIER, persistentDisposition=lifts)


def test_refuses_to_recall_in_passing(world: World) -> None:
    shop_has(world, "5 KGM")

    with world.refuses(Code.NOT_LICENSED):
        world.shipped(some("5 KGM"), by=SHOP, to=CARRIER, disposition="recalled")


def test_recalled_goods_may_be_said_to_be_recalled_as_they_go_back(world: World) -> None:
    shop_has(world, "5 KGM")
    world.recalled(some(""))

    world.shipped(some("5 KGM"), by=SHOP, to=MAKER, disposition="recalled")
    world.received(some("5 KGM"), by=MAKER)

    assert accounts(world)[f"party:{MAKER.party}"] == 20


def test_a_stolen_lot_stays_where_it_is(world: World) -> None:
    shop_has(world, "5 KGM")
    world.marked(some(""), by=MAKER, on=["stolen"])

    with world.refuses(Code.BLOCKED):
        world.shipped(some("5 KGM"), by=SHOP, to=CARRIER)
    with world.refuses(Code.BLOCKED):
        world.packed(some("5 KGM"), into=unit(1, SHOP), by=SHOP)


def test_the_unit_and_its_lot_are_packed_by_the_one_who_holds_both(world: World) -> None:
    world.made(some("5 KGM", lot("G1", GARDEN)), by=GARDEN)

    with world.refuses(Code.NOT_ENOUGH):
        world.packed(some("5 KGM", lot("G1", GARDEN)), into=unit(1))
