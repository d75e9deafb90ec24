"""Where one thing stands after the events so far: who has it, what it is in, what is held against it.

Rules:

* a standing is folded from events and never the truth itself: it can be thrown away and made again;
* an item inside a unit has no holder of its own: whoever holds the outermost unit holds it;
* ended things stay ended, sold things have no holder we know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, unique
from typing import NamedTuple

from provenance.custody.subjects import class_key
from provenance.ids import PartyId, StatementHash, Subject


@unique
class Phase(StrEnum):
    """How far along its life a thing is; the value is stored and never renamed."""

    ACTIVE = "active"
    SOLD = "sold"
    CONSUMED = "consumed"
    DESTROYED = "destroyed"
    RETIRED = "retired"
    VOIDED = "voided"


ENDED = frozenset({Phase.CONSUMED, Phase.DESTROYED, Phase.RETIRED})


@unique
class Flag(StrEnum):
    """What stays on a thing until it is taken off again (EPCIS persistent dispositions that block)."""

    RECALLED = "recalled"
    STOLEN = "stolen"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Offer:
    """An open hand-over: shipped by ``giver`` in statement ``by``, waiting for ``to`` to receive it."""

    giver: PartyId
    to: PartyId
    by: StatementHash
    owner_after: PartyId | None


# A NamedTuple: every step replaces some fields of one, which takes a frozen dataclass five times as long.
class Standing(NamedTuple):
    """One subject after the events so far.

    ``holdings`` are a lot's accounts, sorted: (account, unit of measure, amount); see ``holdings``.
    ``origins`` are the statements that made it. Empty means the first event
    we know is not its beginning. ``owner`` is ``None`` inside a unit that it shares its owner with.
    """

    subject: Subject
    head: StatementHash
    phase: Phase = Phase.ACTIVE
    holder: PartyId | None = None
    owner: PartyId | None = None
    parent: Subject | None = None
    offer: Offer | None = None
    flags: frozenset[Flag] = frozenset()
    lot: Subject | None = None
    origins: tuple[StatementHash, ...] = ()
    sold_by: PartyId | None = None
    holdings: tuple[tuple[str, str, Decimal], ...] = ()
    contents: tuple[Subject, ...] = ()


class Standings:
    """The standings of a set of subjects, and what was made from what; changes are remembered.

    ``changed`` and ``new_sources`` hold what has moved: what a store must write.
    """

    def __init__(self, rows: Iterable[Standing] = (), sources: Mapping[str, frozenset[Subject]] | None = None) -> None:
        self._rows: dict[Subject, Standing] = {}
        self._children: dict[Subject, dict[Subject, None]] = {}
        self._sources: dict[str, frozenset[Subject]] = {}
        self.changed: dict[Subject, Standing] = {}
        self.new_sources: dict[str, frozenset[Subject]] = {}
        self.load(rows, sources or {})

    def load(self, rows: Iterable[Standing], sources: Mapping[str, frozenset[Subject]]) -> None:
        """Take in what a store keeps; what is here already is newer and stays."""
        for row in rows:
            if row.subject not in self._rows:
                self._place(row)
        for key, inputs in sources.items():
            self._sources[key] = self._sources.get(key, frozenset()) | inputs

    def of(self, subject: Subject) -> Standing | None:
        """Where the subject stands, or ``None`` if it has no chain."""
        return self._rows.get(subject)

    def put(self, standing: Standing) -> None:
        """The subject stands so from here on."""
        self._place(standing)
        self.changed[standing.subject] = standing

    def add_sources(self, key: str, inputs: frozenset[Subject]) -> None:
        """What ``key`` (a statement or transformation) makes is made from these."""
        merged = self._sources.get(key, frozenset()) | inputs
        self._sources[key] = merged
        self.new_sources[key] = merged

    def sources_of(self, key: str) -> frozenset[Subject]:
        """What a statement used."""
        return self._sources.get(key, frozenset())

    def children(self, parent: Subject) -> tuple[Subject, ...]:
        """The items directly inside, in the order they went in."""
        return tuple(self._children.get(parent, ()))

    def outermost(self, standing: Standing) -> Standing:
        """The standing of the outermost unit around a thing, or its own."""
        while standing.parent is not None and (outer := self._rows.get(standing.parent)) is not None:
            standing = outer
        return standing

    def around(self, standing: Standing) -> Iterator[Standing]:
        """The units around a thing, innermost first."""
        while standing.parent is not None and (outer := self._rows.get(standing.parent)) is not None:
            yield outer
            standing = outer

    def holder(self, standing: Standing) -> PartyId | None:
        """Who has it: its own holder, or whoever holds the outermost unit around it."""
        return self.outermost(standing).holder

    def owner(self, standing: Standing) -> PartyId | None:
        """Whose it is: its own owner, or that of the nearest unit around it that has one."""
        if standing.owner is not None or standing.parent is None:
            return standing.owner
        return next((outer.owner for outer in self.around(standing) if outer.owner is not None), None)

    def phase(self, standing: Standing) -> Phase:
        """How far along it is: what is inside a unit that has ended has ended with it."""
        ended = (outer.phase for outer in (standing, *self.around(standing)) if outer.phase in ENDED)
        return next(ended, standing.phase)

    def made_from(self, standing: Standing) -> frozenset[Subject]:
        """The direct inputs of everything that made it."""
        return frozenset[Subject]().union(*(self._sources.get(key, frozenset()) for key in standing.origins))

    def flags(self, standing: Standing) -> dict[Flag, Subject]:
        """Every flag that lies on a thing, and on which subject it was put.

        Its own, its lot's and its class's, and those of the units around it; recalls also of everything it was made
        from, back to the sources.
        """
        found: dict[Flag, Subject] = {}
        for near in (standing, *self._classes(standing), *self.around(standing)):
            found |= {flag: near.subject for flag in near.flags if flag not in found}
        for source in self.ancestry(standing):
            for near in (source, *self._classes(source)):
                if Flag.RECALLED in near.flags and Flag.RECALLED not in found:
                    found[Flag.RECALLED] = near.subject
        return found

    def ancestry(self, standing: Standing) -> Iterator[Standing]:
        """Everything a thing was made from, transitively, each once, nearest first."""
        seen, waiting = {standing.subject}, [standing]
        while waiting:
            current = waiting.pop(0)
            nearer = [row for row in self._classes(current) if row.origins]
            for subject in sorted(self.made_from(current).union(*(self.made_from(row) for row in nearer))):
                source = self._rows.get(subject)
                if subject not in seen and source is not None:
                    seen.add(subject)
                    waiting.append(source)
                    yield source

    def _classes(self, standing: Standing) -> Iterator[Standing]:
        for subject in classes_of(standing):
            if row := self._rows.get(subject):
                yield row

    def _place(self, standing: Standing) -> None:
        before = self._rows.get(standing.subject)
        self._rows[standing.subject] = standing
        if before is not None and before.parent is not None and before.parent != standing.parent:
            self._children[before.parent].pop(standing.subject, None)
        if standing.parent is not None:
            self._children.setdefault(standing.parent, {})[standing.subject] = None


def classes_of(standing: Standing) -> tuple[Subject, ...]:
    """The lot and the trade item class of a thing: what is said of those is said of it."""
    if not standing.subject.startswith("https://id.gs1.org/01/"):
        return ()
    trade_class = Subject(class_key(standing.subject))
    candidates = (standing.lot, trade_class)
    return tuple(subject for subject in candidates if subject is not None and subject != standing.subject)
