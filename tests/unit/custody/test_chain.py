"""How statements hang together, and what a stale link is told."""

from __future__ import annotations

from provenance.codes import Code
from provenance.custody.chain import links
from provenance.custody.standing import Standing
from provenance.encoding.canonical import Json
from provenance.ids import StatementHash, Subject
from tests.cast import CARRIER, INSPECTOR, MAKER, SHOP, handed_to, item, unit
from tests.world import World

A1, A2 = item("A1"), item("A2")


def test_the_first_statement_about_a_thing_links_to_nothing(world: World) -> None:
    assert world.previous_of(world.made(A1)) == ()


def test_each_statement_links_to_the_one_before_it(world: World) -> None:
    made = world.made(A1)
    shipped = world.shipped(A1, to=SHOP)
    received = world.received(A1, by=SHOP)

    assert world.previous_of(shipped) == (made.hash,)
    assert world.previous_of(received) == (shipped.hash,)


def test_one_link_serves_all_things_with_the_same_past(world: World) -> None:
    first, second = world.made(A1, A2), world.made(item("A3"))

    shipped = world.shipped(A1, A2, item("A3"), to=SHOP)

    assert world.previous_of(shipped) == tuple(sorted((first.hash, second.hash)))


def test_a_stale_link_is_refused_with_the_head(world: World) -> None:
    world.made(A1)
    late = world.signed(
        {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}, INSPECTOR
    )
    head = world.observed(A1, by=MAKER)

    with world.refuses(Code.STALE_LINK) as told:
        world.captured(late)

    assert told.refusal.evidence == {"subject": A1, "head": head.hash}
    assert told.refusal.pointer == "/prov:previous"


def test_of_two_hand_overs_of_one_item_the_first_wins(world: World) -> None:
    world.made(A1)
    event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping", "epcList": [A1]}
    to_shop, to_carrier = (
        world.signed({**event, "destinationList": handed_to(member)}, MAKER) for member in (SHOP, CARRIER)
    )

    first, second = world.captured_together(to_shop, to_carrier)

    assert getattr(first, "hash", None) == to_shop.hash
    assert getattr(second, "code", None) is Code.STALE_LINK


def test_refuses_a_link_to_a_chain_it_does_not_touch(world: World) -> None:
    world.made(A1)
    other = world.made(A2)

    with world.refuses(Code.STALE_LINK) as told:
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}
        world.forced(event, MAKER, previous=sorted([*world.heads(A1), other.hash]))

    assert told.refusal.evidence == {"link": other.hash}


def test_refuses_a_link_to_what_was_a_head_once(world: World) -> None:
    made = world.made(A1)
    world.observed(A1, by=MAKER)

    with world.refuses(Code.STALE_LINK):
        event: dict[str, Json] = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A1]}
        world.forced(event, MAKER, previous=sorted([*world.heads(A1), made.hash]))


def test_a_unit_emptied_by_one_word_extends_the_chains_of_all_that_comes_out(world: World) -> None:
    world.made(A1, A2)
    world.packed(A1, A2, into=unit(1))
    seen = world.observed(A2, by=MAKER)

    emptied = world.unpacked(out_of=unit(1))

    assert seen.hash in world.previous_of(emptied)
    assert world.heads(A1) == world.heads(A2) == [emptied.hash]


def test_refuses_to_empty_a_unit_without_a_link_to_all_that_comes_out(world: World) -> None:
    world.made(A1)
    world.packed(A1, into=unit(1))
    box = world.heads(unit(1))
    seen = world.observed(A1, by=MAKER)

    with world.refuses(Code.STALE_LINK) as told:
        event: dict[str, Json] = {"type": "AggregationEvent", "action": "DELETE", "parentID": unit(1), "childEPCs": []}
        world.forced({**event, "bizStep": "unpacking"}, MAKER, previous=box)

    assert told.refusal.evidence == {"subject": A1, "head": seen.hash}


def test_links_are_sorted_and_none_stands_twice() -> None:
    heads = [StatementHash(letter * 64) for letter in "cab"]
    rows = [Standing(Subject(str(number)), head) for number, head in enumerate([*heads, *heads])]

    assert links([*rows, None]) == tuple(sorted(heads))
