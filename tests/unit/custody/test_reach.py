"""Which chains a history needs, and how far: never less than it rests on, and no more."""

from __future__ import annotations

from provenance.bundle import parse_bundle
from provenance.custody.reach import FLAGS_ONLY, Until
from provenance.ids import LeafIndex, Subject
from tests.cast import CARRIER, SHOP, Some, gtin, item, lot, lot_with_items, unit
from tests.world import World

A1, A2, A3 = item("A1"), item("A2"), item("A3")
BOX, PALLET = unit(1), unit(2)
LOT = lot("L1")


def needs(world: World, thing: Subject) -> dict[Subject, Until]:
    """Leaving out the registry's chains, which are those of whoever is leaned on."""
    found = parse_bundle(world.bundle(thing)).needs
    return {name: until for name, until in found.items() if "/417/" not in name and not name.startswith("registry:")}


def leaves(world: World, thing: Subject) -> list[LeafIndex]:
    return [exhibit.index for exhibit in parse_bundle(world.bundle(thing)).exhibits]


def test_a_thing_needs_its_own_chain_and_the_flags_of_its_class(world: World) -> None:
    world.made(A1)

    assert needs(world, A1) == {A1: None, gtin(): FLAGS_ONLY}


def test_a_thing_needs_its_unit_until_it_comes_out(world: World) -> None:
    world.made(A1, A2)
    world.packed(A1, A2, into=BOX)
    world.handed_over(BOX, to=SHOP)
    out = world.unpacked(A1, out_of=BOX, by=SHOP)
    later = world.shipped(BOX, by=SHOP, to=CARRIER)

    assert needs(world, A1)[BOX] == out.index
    assert needs(world, A2)[BOX] is None
    assert later.index not in leaves(world, A1)


def test_a_thing_needs_the_units_around_its_unit_while_it_is_in_there(world: World) -> None:
    world.made(A1, A2)
    world.packed(A1, A2, into=BOX)
    world.packed(BOX, into=PALLET)
    box_out = world.unpacked(out_of=PALLET)
    thing_out = world.unpacked(A1, out_of=BOX)
    world.packed(BOX, into=PALLET)

    assert needs(world, A1)[PALLET] == box_out.index
    assert needs(world, A1)[BOX] == thing_out.index
    assert needs(world, A2)[PALLET] is None


def test_a_thing_that_never_came_out_needs_its_unit_still(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=BOX)
    world.corrected(world.unpacked(A1, out_of=BOX))
    world.handed_over(BOX, to=SHOP)

    assert needs(world, A1)[BOX] is None
    assert world.holder(A1) == SHOP.party


def test_what_is_made_needs_what_it_was_made_from_until_then(world: World) -> None:
    world.made(Some("9 KGM", LOT))
    world.made(A2)
    made = world.blended([Some("1 KGM", LOT), A2], [A1], at_most=[("KGM", "", "1")])
    later = world.shipped(Some("1 KGM", LOT), to=SHOP)

    found = needs(world, A1)

    assert (found[LOT], found[A2]) == (made.index, made.index)
    assert later.index not in leaves(world, A1)


def test_a_flag_on_a_source_is_needed_however_late_it_comes(world: World) -> None:
    world.made(Some("9 KGM", LOT))
    world.blended([Some("1 KGM", LOT)], [A1], at_most=[("KGM", "", "1")])
    world.shipped(Some("1 KGM", LOT), to=SHOP)
    recalled = world.recalled(Some("", LOT))

    assert recalled.index in leaves(world, A1)


def test_an_item_needs_the_lot_it_was_made_in(world: World) -> None:
    made_in = lot_with_items("L9")
    world.made(Some("5", made_in))
    made = world.made(A1, in_lot="L9")
    later = world.shipped(Some("1", made_in), to=SHOP)

    assert needs(world, A1)[made_in] == made.index
    assert later.index not in leaves(world, A1)


def test_sources_are_followed_back_to_the_first(world: World) -> None:
    world.made(Some("9 KGM", LOT))
    first = world.blended([Some("9 KGM", LOT)], [Some("9 KGM", lot("L2"))])
    second = world.blended([Some("9 KGM", lot("L2"))], [A1], at_most=[("KGM", "", "1")])

    found = needs(world, A1)

    assert (found[lot("L2")], found[LOT]) == (second.index, first.index)


def test_a_lot_that_is_blended_into_itself_is_followed_once(world: World) -> None:
    world.made(Some("9 KGM", LOT))
    world.blended([Some("1 KGM", LOT)], [Some("1 KGM", LOT)])

    assert needs(world, LOT)[LOT] is None
    assert world.proven(LOT).verdict.shown.value == "consistent"


def test_what_others_did_with_what_was_made_together_is_not_needed(world: World) -> None:
    world.made(A1, A2)
    other = world.shipped(A2, to=SHOP)

    assert other.index not in leaves(world, A1)
    assert set(needs(world, A1)) == {A1, gtin()}
