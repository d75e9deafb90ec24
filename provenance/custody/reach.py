"""Which chains one thing's history needs: its own, its units' while it was inside, its sources' back to the start.

Rules:

* the thing's own chain, whole;
* a unit's chain from its beginning until the thing came out of it (units around units likewise);
* of everything it was made from, and of the lot it belongs to: the chain until it was made;
* of all those, and of the trade item class, also every later event that puts on or takes off a flag: a recall
  reaches what was made before it.

The same walk runs over a database (to collect a bundle) and over a bundle (to see that nothing is left out).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.custody.steps import Step, flags_set, flags_unset
from provenance.custody.subjects import Touched, lot_of
from provenance.epcis.events import Event
from provenance.gs1.identifiers import Kind, read_epc
from provenance.ids import LeafIndex, Subject

FLAGS_ONLY = LeafIndex(-1)
"""As an ``until``: nothing of the chain but its flags."""

Until = LeafIndex | None
"""Up to and including which leaf a chain is needed; ``None`` is all of it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One event in a chain: where it stands in the log and what it is about."""

    index: LeafIndex
    event: Event
    step: Step
    about: Touched


Needs = Mapping[Subject, Until]
ReadChain = Callable[[Subject, Until], Iterable[Link]]


def reach(subject: Subject, read_chain: ReadChain) -> Needs:
    """How much of which chains the history of a subject needs.

    ``read_chain(subject, until)`` gives the links of a chain up to ``until``, and after it those that
    change flags, in log order.
    """
    needs: dict[Subject, Until] = {}
    waiting: list[tuple[Subject, Until]] = [(subject, None)]
    while waiting:
        current, until = waiting.pop()
        if current in needs and _covers(needs[current], until):
            continue
        needs[current] = until
        if until != FLAGS_ONLY:
            links = [link for link in read_chain(current, until) if until is None or link.index <= until]
            waiting += _beyond(current, links, until)
    return needs


def is_needed(link: Link, until: Until) -> bool:
    """Whether one link of a chain belongs to what is needed of it."""
    return until is None or link.index <= until or changes_flags(link.event)


def changes_flags(event: Event) -> bool:
    """Whether an event puts on or takes off a flag."""
    return bool(flags_set(event) or flags_unset(event))


def _beyond(current: Subject, links: list[Link], until: Until) -> Iterator[tuple[Subject, Until]]:
    """The chains that these links lead to."""
    yield from ((unit, _earlier(left, until)) for unit, left in _units_around(current, links))
    for link in links:
        step = link.step
        if step is Step.TRANSFORM and current in _made(link.about):
            yield from ((source, link.index) for source in _sources(link.about))
        if step is Step.TRANSFORM and current == link.about.transformation:
            yield from ((source, link.index) for source in _sources(link.about) if source != current)
        if step in (Step.COMMISSION, Step.TRANSFORM) and current in (*link.about.items, *link.about.outputs):
            lot = lot_of(current, link.event)
            if lot is not None and lot != current:
                yield lot, link.index
    if links and (trade_class := _trade_class(current)) is not None:
        yield trade_class, FLAGS_ONLY


def _units_around(current: Subject, links: Iterable[Link]) -> Iterator[tuple[Subject, Until]]:
    """Each unit the thing was in, and when it came out (``None``: it is in there still)."""
    inside: Subject | None = None
    for link in links:
        step = link.step
        listed = current in link.about.children
        if link.about.parent is not None and listed and step is not Step.UNPACK and step is not Step.CORRECT:
            inside = link.about.parent
        elif step is Step.UNPACK and link.about.parent == inside and (listed or not link.about.children):
            if inside is not None:
                yield inside, link.index
            inside = None
    if inside is not None:
        yield inside, None


def _made(about: Touched) -> frozenset[Subject]:
    return frozenset((*about.outputs, *(amount.of for amount in about.output_amounts)))


def _sources(about: Touched) -> frozenset[Subject]:
    named = frozenset((*about.inputs, *(amount.of for amount in about.input_amounts)))
    return named if about.transformation is None else named | {about.transformation}


def _trade_class(subject: Subject) -> Subject | None:
    if not subject.startswith("https://id.gs1.org/01/"):
        return None
    identifier = read_epc(subject)
    return None if identifier.kind is Kind.TRADE_CLASS else Subject(identifier.class_uri())


def _covers(have: Until, wanted: Until) -> bool:
    return have is None or (wanted is not None and wanted <= have)


def _earlier(one: Until, other: Until) -> Until:
    if one is None or other is None:
        return one if other is None else other
    return min(one, other)
