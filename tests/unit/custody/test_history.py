"""One thing's past, told in order: what happened to it, to its units while it was in them, and to its sources."""

from __future__ import annotations

from provenance.custody.history import Nearness, graph
from provenance.custody.registry_entries import DelegationGranted, Permission
from provenance.ids import LeafIndex
from tests.cast import CARRIER, MAKER, SENSOR, SHOP, Some, item, lot, unit
from tests.world import World

A1, A2 = item("A1"), item("A2")
BOX = unit(1)
LOT = lot("L1")


def test_each_happening_says_whose_it_is_and_who_had_the_thing_after_it(world: World) -> None:
    world.made(Some("1 KGM", LOT))
    world.blended([Some("1 KGM", LOT)], [A1], at_most=[("KGM", "", "1")])
    world.packed(A1, into=BOX)
    world.handed_over(BOX, to=CARRIER)

    history = world.proven(A1).history

    assert [(h.step.value, h.subject, h.nearness, h.holder_after) for h in history.happenings] == [
        ("commission", LOT, Nearness.SOURCE, None),
        ("transform", A1, Nearness.OWN, MAKER.party),
        ("pack", A1, Nearness.OWN, MAKER.party),
        ("ship", BOX, Nearness.UNIT, MAKER.party),
        ("receive", BOX, Nearness.UNIT, CARRIER.party),
    ]
    assert history.units_around == (BOX,)
    assert (history.holder, history.owner) == (CARRIER.party, MAKER.party)


def test_what_was_made_together_is_told_without_the_others(world: World) -> None:
    world.made(A1, A2)
    world.shipped(A2, to=SHOP)

    assert [h.step.value for h in world.proven(A1).history.happenings] == ["commission"]


def test_an_event_taken_back_is_told_as_such_and_counts_for_nothing(world: World) -> None:
    world.made(A1)
    shipped = world.shipped(A1, to=SHOP)
    world.corrected(shipped)

    history = world.proven(A1).history

    assert [(h.step.value, h.is_voided) for h in history.happenings] == [
        ("commission", False),
        ("ship", True),
        ("correct", False),
    ]
    assert history.standing is not None
    assert history.standing.offer is None


def test_nothing_is_known_of_what_was_never_mentioned(world: World) -> None:
    history = world.trace(A1).history

    assert (history.standing, history.holder, history.phase, history.happenings) == (None, None, None, ())


def test_the_registry_in_a_history_is_that_of_those_who_matter_in_it(world: World) -> None:
    world.made(A1)
    world.entered(DelegationGranted(MAKER.party, SENSOR.party, Permission.OBSERVE, ()), MAKER.hand())

    report = world.proven(A1)

    assert set(report.history.registry.parties) == {MAKER.party, SENSOR.party}
    assert report.history.refused_entries == ()


def test_the_graph_links_things_statements_parties_and_places(world: World) -> None:
    place = "https://id.gs1.org/414/9520123000004"
    world.made(Some("1 KGM", LOT))
    blended = world.blended([Some("1 KGM", LOT)], [A1], at_most=[("KGM", "", "1")], readPoint={"id": place})
    packed = world.packed(A1, into=BOX)

    net = graph(world.proven(A1).history)

    edges = {ends: net.edges[ends]["kind"] for ends in net.edges}
    assert edges[LOT, blended.hash] == "about"
    assert edges[blended.hash, A1] == "made"
    assert edges[MAKER.party, blended.hash] == "signed"
    assert edges[blended.hash, place] == "at"
    assert edges[A1, packed.hash] == edges[BOX, packed.hash] == "about"
    assert edges[A1, BOX] == "into"
    kinds = {node: net.nodes[node]["kind"] for node in net}
    assert [kinds[node] for node in (LOT, A1, BOX, blended.hash, MAKER.party, place)] == [
        "thing",
        "thing",
        "thing",
        "statement",
        "party",
        "place",
    ]
    assert net.nodes[packed.hash]["index"] == LeafIndex(packed.index)


def test_the_graph_of_one_thing_among_thousands_stays_small(world: World) -> None:
    world.made(*(item(f"N{number}") for number in range(1000)))

    net = graph(world.proven(item("N7")).history)

    assert len(net) == 3
