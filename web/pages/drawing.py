"""The history graph as a drawing narrow enough for a phone: one row per step, one line per thing.

Rules:

* rows run from top to bottom in the order of the log, which is an order of the graph: a thing comes before the steps
  it goes into and after the step that made it;
* every thing is a vertical line in a lane of its own, from its first row to its last; the thing asked about has the
  leftmost lane; a lane that is free again is used again;
* things to which just the same happened share one line: eleven bags in a carton are one line beside the twelfth;
* a step is a dot on the leftmost line it touches, and the other lines it touches bend to it;
* what finds no lane is left out and counted, never squeezed in.

Pure: the graph and its captions in, numbers and texts out; the template prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique

import networkx as nx

MOST_LANES = 8
WIDTH = 328  # what a phone of 360 px leaves: one unit is one pixel there
_LANE, _ROW, _SMALL_ROW, _MARGIN = 16, 46, 28, 10
_LETTER = 6.6  # the average width of a letter at the size captions have
_WIDE = 12.2  # and of a Chinese character


@unique
class Mark(StrEnum):
    """What stands on a line; the value is a class of the style sheet."""

    STEP = "step"
    ODD = "odd"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Caption:
    """What is written beside a node; ``is_odd`` for a step that does not count."""

    title: str
    detail: str = ""
    is_odd: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its place and its captions, cut to the room there is."""

    mark: Mark
    x: int
    y: int
    text_x: int
    title: str
    detail: str
    full: str


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of a thing's line as an SVG path; ``is_subject`` for the thing asked about."""

    path: str
    is_subject: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything to draw, in units of which a phone shows one per pixel; ``left_out`` things found no lane."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class _Row:
    node: str
    is_step: bool
    things: tuple[str, ...]


def draw(graph: nx.DiGraph[str], captions: Mapping[str, Caption], together: Callable[[Sequence[str]], str]) -> Drawing:
    """The drawing of ``custody.history.graph``; only nodes with a caption are drawn.

    ``together(titles)`` is what is written beside a line that several things share.

    >>> net = nx.DiGraph(subject="bag")
    >>> net.add_node("s1", kind="statement", label="commission", index=4)
    >>> net.add_node("bag", kind="thing", label="bag")
    >>> net.add_edge("s1", "bag", kind="made")
    >>> [(n.title, n.x, n.y) for n in draw(net, {"s1": Caption("Made"), "bag": Caption("Bag 7")}, ", ".join).nodes]
    [('Made', 18, 23), ('Bag 7', 18, 60)]
    """
    captions = _together(graph, captions, together)
    rows = tuple(_rows(graph, captions))
    lanes = _lanes(rows, graph.graph["subject"])
    drawn = [row for row in rows if any(thing in lanes for thing in row.things)]
    middles, height = _middles(drawn)
    text_x = _MARGIN + _LANE * (max(lanes.values(), default=0) + 1) + 8
    nodes = tuple(_node(row, y, lanes, text_x, captions) for row, y in zip(drawn, middles, strict=True))
    lines = tuple(_lines(drawn, middles, lanes, graph.graph["subject"]))
    left_out = {thing for row in rows for thing in row.things} - set(lanes)
    return Drawing(WIDTH, height, nodes, lines, len(left_out))


def _together(
    graph: nx.DiGraph[str], captions: Mapping[str, Caption], together: Callable[[Sequence[str]], str]
) -> Mapping[str, Caption]:
    """The captions without the things that stand for nothing of their own: one of each kind speaks for all."""
    groups: dict[object, list[str]] = {}
    for thing in (node for node, data in graph.nodes(data=True) if data["kind"] == "thing" and node in captions):
        lived = frozenset(graph.in_edges(thing)) | frozenset(graph.out_edges(thing))
        fate = frozenset((a if b == thing else b, b == thing) for a, b in lived)
        groups.setdefault(thing if thing == graph.graph["subject"] else fate, []).append(thing)
    kept = dict(captions)
    for first, *others in groups.values():
        if others:
            kept[first] = replace(captions[first], title=together([captions[one].title for one in (first, *others)]))
        for other in others:
            del kept[other]
    return kept


def _rows(graph: nx.DiGraph[str], captions: Mapping[str, Caption]) -> Iterator[_Row]:
    """Steps in log order, each thing just before the first step it goes into, or just after the one that made it."""
    steps = [node for node, data in graph.nodes(data=True) if data["kind"] == "statement" and node in captions]
    seen: set[str] = set()
    for step in sorted(steps, key=lambda node: int(graph.nodes[node]["index"])):
        before = _things(graph, captions, graph.pred[step], "about")
        after = _things(graph, captions, graph.succ[step], "made")
        for thing in before:
            if thing not in seen:
                seen.add(thing)
                yield _Row(thing, is_step=False, things=(thing,))
        yield _Row(step, is_step=True, things=(*before, *after))
        for thing in after:
            if thing not in seen:
                seen.add(thing)
                yield _Row(thing, is_step=False, things=(thing,))


def _things(
    graph: nx.DiGraph[str], captions: Mapping[str, Caption], near: Mapping[str, Mapping[str, object]], kind: str
) -> tuple[str, ...]:
    """The things at the other end of the edges of one kind."""
    named = (node for node, edge in near.items() if edge["kind"] == kind and node in captions)
    return tuple(sorted(node for node in named if graph.nodes[node]["kind"] == "thing"))


def _lanes(rows: tuple[_Row, ...], subject: str) -> dict[str, int]:
    """The lane of each thing, the leftmost that is free from its first row to its last; the subject's is the first."""
    spans: dict[str, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        for thing in row.things:
            spans[thing] = (spans.get(thing, (number, 0))[0], number)
    if subject in spans:
        spans[subject] = (0, len(rows))
    taken: list[list[tuple[int, int]]] = [[] for _ in range(MOST_LANES)]
    lanes: dict[str, int] = {}
    for thing, (first, last) in sorted(spans.items(), key=lambda item: (item[0] != subject, item[1])):
        free = (n for n, spans_there in enumerate(taken) if all(last < a or b < first for a, b in spans_there))
        lane = next(free, None)
        if lane is not None:
            taken[lane].append((first, last))
            lanes[thing] = lane
    return lanes


def _middles(rows: list[_Row]) -> tuple[list[int], int]:
    middles, top = [], 0
    for row in rows:
        height = _ROW if row.is_step else _SMALL_ROW
        middles.append(top + height // 2)
        top += height
    return middles, top


def _x(lane: int) -> int:
    return _MARGIN + lane * _LANE + _LANE // 2


def _node(row: _Row, y: int, lanes: Mapping[str, int], text_x: int, captions: Mapping[str, Caption]) -> Node:
    caption = captions[row.node]
    mark = Mark.THING if not row.is_step else Mark.ODD if caption.is_odd else Mark.STEP
    room = WIDTH - text_x - 4
    full = f"{caption.title} · {caption.detail}" if caption.detail else caption.title
    return Node(mark, _x(_own_lane(row, lanes)), y, text_x, cut(caption.title, room), cut(caption.detail, room), full)


def _own_lane(row: _Row, lanes: Mapping[str, int]) -> int:
    return min(lanes[thing] for thing in row.things if thing in lanes)


def _lines(rows: list[_Row], middles: list[int], lanes: Mapping[str, int], subject: str) -> Iterator[Line]:
    """Each thing's line from row to row: straight down its lane, bending to the dots of its steps."""
    before: dict[str, tuple[int, int]] = {}
    for row, y in zip(rows, middles, strict=True):
        x = _x(_own_lane(row, lanes))
        for thing in row.things:
            if thing not in lanes:
                continue
            if thing in before:
                yield Line(_path(before[thing], _x(lanes[thing]), (x, y)), thing == subject)
            before[thing] = (x, y)


def _path(start: tuple[int, int], lane: int, end: tuple[int, int]) -> str:
    """From one dot into the lane, down, and out of it to the next dot."""
    (x1, y1), (x2, y2) = start, end
    bend = min(_SMALL_ROW // 2, (y2 - y1) // 2)
    into = "" if x1 == lane else f"C{x1} {y1 + bend} {lane} {y1} {lane} {y1 + bend}"
    out = "" if x2 == lane else f"C{lane} {y2} {x2} {y2 - bend} {x2} {y2}"
    return f"M{x1} {y1}{into}V{y2 - bend if out else y2}{out}"


def cut(text: str, room: float) -> str:
    """As much of a text as fits into so many units, with an ellipsis if some is left.

    >>> cut("Riverside Tannery", 60), cut("皮革厂", 60)
    ('Riversid…', '皮革厂')
    """
    width = 0.0
    for place, letter in enumerate(text):
        width += _WIDE if letter > "\u2e7f" else _LETTER
        if width > room:
            return text[: max(place - 1, 0)].rstrip() + "…"
    return text
