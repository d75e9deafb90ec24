"""Which chains one thing's history needs: its own, its units' while it was inside, its sources' back to the start.

Rules:

* the thing's own chain, whole;
* a unit's chain from its beginning until the thing came out of it (units around units likewise);
* of everything it was made from, and of the lot it belongs to: the chain until it was made;
* of a transformation that went on over several events: all of it, as what goes in late is in it too;
* of all those, and of the trade item class, also every later event that puts on or takes off a flag: a recall
  reaches what was made before it.

The same walk runs over a database (to collect a bundle) and over a bundle (to see that nothing is left out).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.custody.steps import Step, flags_set, flags_unset
from provenance.custody.subjects import Touched, lot_of
from provenance.custody.transformation import inputs_of
from provenance.epcis.events import Event
from provenance.epcis.vocabulary import Action
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
            links = [link for link in read_chain(current, until) if is_within(link.index, until)]
            waiting += _beyond(current, links, until)
    return needs


def reach_together(subjects: Iterable[Subject], read_chain: ReadChain) -> Needs:
    """What the histories of all these need, each chain as far as the one that needs most of it."""
    needs: dict[Subject, Until] = {}
    for subject in subjects:
        for name, until in reach(subject, read_chain).items():
            before = needs.get(name, until)
            needs[name] = None if before is None or until is None else LeafIndex(max(before, until))
    return needs


def is_within(index: LeafIndex, until: Until) -> bool:
    """Whether a place lies in the part of a chain that is needed whole."""
    return until is None or index <= until


def is_needed(event: Event, index: LeafIndex, until: Until) -> bool:
    """Whether an event at this place of a chain belongs to what is needed of it."""
    return is_within(index, until) or changes_flags(event)


def changes_flags(event: Event) -> bool:
    """Whether an event puts on or takes off a flag."""
    return bool(flags_set(event) or flags_unset(event))


def _beyond(current: Subject, links: list[Link], until: Until) -> Iterator[tuple[Subject, Until]]:
    """The chains that these links lead to."""
    yield from ((unit, _earlier(left, until)) for unit, left in _units_around(current, links))
    for link in links:
        step = link.step
        if step is Step.TRANSFORM and current in _made(link.about):
            for source in inputs_of(link.about):
                yield source, None if source == link.about.transformation else link.index
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
        elif step is Step.CORRECT and inside is None and link.event.action is Action.DELETE:
            inside = link.about.parent  # it never came out
    if inside is not None:
        yield inside, None


def _made(about: Touched) -> frozenset[Subject]:
    """What came out; of a transformation that goes on, it too."""
    outputs = (*about.outputs, *(amount.of for amount in about.output_amounts))
    return frozenset(outputs if about.transformation is None else (*outputs, about.transformation))


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
