"""The picture of a history: everything in its place, nothing outside, nothing on top of anything else."""

from __future__ import annotations

import re
from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from web.pages.drawing import MOST_LANES, WIDTH, Caption, Drawing, Mark, cut, draw

THINGS = [f"thing-{number}" for number in range(12)]


@st.composite
def histories(draw_from: st.DrawFn) -> nx.DiGraph[str]:
    """Any graph of steps and things as ``custody.history.graph`` makes them."""
    net: nx.DiGraph[str] = nx.DiGraph(subject="thing-0")
    for number in range(draw_from(st.integers(0, 12))):
        step = f"step-{number}"
        net.add_node(step, kind="statement", label="ship", index=number * 3)
        touched = draw_from(st.lists(st.sampled_from(THINGS), min_size=1, max_size=5, unique=True))
        for thing in touched:
            is_made = thing not in net and draw_from(st.booleans())
            if thing not in net:
                net.add_node(thing, kind="thing", label=thing)
            net.add_edge(*((step, thing) if is_made else (thing, step)), kind="made" if is_made else "about")
        net.add_node("party", kind="party", label="party")
        net.add_edge("party", step, kind="signed")
    return net


def _drawn(net: nx.DiGraph[str]) -> Drawing:
    captions = {node: Caption(f"title of {node}") for node, data in net.nodes(data=True) if data["kind"] != "party"}
    return draw(net, captions, lambda titles: f"{titles[0]} and {len(titles) - 1} more")


def _numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+", path)]


@given(histories())
def test_nothing_leaves_the_paper(net: nx.DiGraph[str]) -> None:
    drawing = _drawn(net)

    assert drawing.width == WIDTH
    for node in drawing.nodes:
        assert 0 < node.x < node.text_x < WIDTH
        assert 0 < node.y < drawing.height
    for line in drawing.lines:
        assert all(0 <= number <= max(WIDTH, drawing.height) for number in _numbers(line.path))


@given(histories())
def test_every_step_about_a_drawn_thing_is_there_once_in_the_order_of_the_log(net: nx.DiGraph[str]) -> None:
    drawing = _drawn(net)

    titles = [node.full for node in drawing.nodes if node.mark is not Mark.THING]
    steps = [f"title of {node}" for node, data in net.nodes(data=True) if data["kind"] == "statement"]
    assert titles == [step for step in steps if step in titles]
    assert drawing.left_out or titles == steps


@given(histories())
def test_rows_follow_each_other_with_room_between(net: nx.DiGraph[str]) -> None:
    rows = [node.y for node in _drawn(net).nodes]

    assert all(below - above >= 28 for above, below in pairwise(rows))


@given(histories())
def test_a_thing_stands_before_what_it_goes_into_and_after_what_made_it(net: nx.DiGraph[str]) -> None:
    places = {node.full.partition("title of ")[2]: node.y for node in _drawn(net).nodes}

    for source, target, data in net.edges(data=True):
        if data["kind"] in ("about", "made") and source in places and target in places:
            first_step = min(places[s] for s in (*net.pred[source], *net.succ[source], source, target) if s in places)
            assert data["kind"] == "about" or places[source] < places[target] or first_step < places[source]


@given(histories())
def test_the_thing_asked_about_is_never_left_out_and_stands_on_the_left(net: nx.DiGraph[str]) -> None:
    drawing = _drawn(net)

    if "thing-0" in net:
        (own,) = [node for node in drawing.nodes if node.full == "title of thing-0"]
        assert own.x == min(node.x for node in drawing.nodes)


def test_things_with_the_same_fate_share_a_line() -> None:
    net: nx.DiGraph[str] = nx.DiGraph(subject="thing-0")
    net.add_node("step-0", kind="statement", label="commission", index=0)
    for thing in THINGS:
        net.add_node(thing, kind="thing", label=thing)
        net.add_edge("step-0", thing, kind="made")

    drawing = _drawn(net)

    assert [node.full for node in drawing.nodes] == [
        "title of step-0",
        "title of thing-0",
        "title of thing-1 and 10 more",
    ]
    assert drawing.left_out == 0


def test_what_finds_no_lane_is_counted() -> None:
    net: nx.DiGraph[str] = nx.DiGraph(subject="thing-0")
    for number, thing in enumerate(THINGS):
        net.add_node(thing, kind="thing", label=thing)
        for index in (number, 100):
            net.add_node(f"step-{index}", kind="statement", label="ship", index=index)
            net.add_edge(thing, f"step-{index}", kind="about")

    drawing = _drawn(net)

    assert drawing.left_out == len(THINGS) - MOST_LANES


def test_a_step_that_does_not_count_has_a_mark_of_its_own() -> None:
    net: nx.DiGraph[str] = nx.DiGraph(subject="bag")
    net.add_node("step", kind="statement", label="ship", index=1)
    net.add_node("bag", kind="thing", label="bag")
    net.add_edge("bag", "step", kind="about")

    drawing = draw(net, {"step": Caption("Sent", is_odd=True), "bag": Caption("Bag")}, lambda count, title: title)

    assert [node.mark for node in drawing.nodes] == [Mark.THING, Mark.ODD]


def test_a_history_without_steps_is_an_empty_drawing() -> None:
    assert _drawn(nx.DiGraph(subject="bag")) == Drawing(WIDTH, 0, (), (), 0)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.floats(0, 300))
def test_a_cut_text_fits_and_an_uncut_one_is_whole(text: str, room: float) -> None:
    shown = cut(text, room)

    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))
    assert cut(text, 100_000) == text
