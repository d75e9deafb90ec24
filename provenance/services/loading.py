"""Bringing in what the rules need to judge a batch: standings, the units around them, what they were made from.

Rules: level by level, one query for all things on a level, so the cost depends on how deep units are nested and
not on how many statements are stored; what is not asked for by a rule is not loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provenance.custody.admission import subjects_of
from provenance.custody.parties import Registry, record
from provenance.custody.reach import changes_flags
from provenance.custody.registry_entries import Entry
from provenance.custody.standing import Standing, Standings, classes_of
from provenance.custody.statements import PayloadType, VerifiedStatement, read, verify
from provenance.custody.steps import RULES, Step
from provenance.custody.subjects import class_key, lot_of
from provenance.epcis.events import Event
from provenance.ids import LeafIndex, Subject
from provenance.ports.stores import Reading


def load_standings(store: Reading, statements: Sequence[VerifiedStatement], standings: Standings) -> None:
    """Load everything that admitting these statements will look at."""
    emptied = {s.about.parent for s in statements if s.step is Step.UNPACK and s.about.parent is not None}
    standings.load(store.children(emptied), {})
    wanted = {subject for statement in statements for subject in subjects_of(statement, standings)}
    _load_outwards(store, wanted, standings)
    contents = {lot for unit in emptied if (row := standings.of(unit)) for lot in row.contents}
    _load_outwards(store, contents, standings)
    watched = [s for s in statements if isinstance(s.content, Event) and _asks_for_flags(s, s.content)]
    if watched:
        asked = {subject for statement in watched for subject in subjects_of(statement, standings)}
        # What an earlier statement of the batch makes has no row yet, but its lot and class may.
        load_ancestry(store, asked | _classes_of_new(statements), standings)


def load_registry(store: Reading, registry: Registry, start: LeafIndex) -> LeafIndex:
    """Fold the entries from a place on into a registry; the place to start from next time."""
    for stored in store.entries_from(start, payload_type=PayloadType.REGISTRY_ENTRY):
        statement = verify(read(stored.envelope), registry.key)
        if isinstance(statement.content, Entry):
            record(registry, statement.content, by=statement.hash, at=stored.index)
        start = LeafIndex(stored.index + 1)
    return start


def load_ancestry(store: Reading, subjects: Iterable[Subject], standings: Standings) -> None:
    """The lots and classes of these, and everything they were made from, back to the sources."""
    _load_outwards(store, subjects, standings)
    level = [row for subject in subjects if (row := standings.of(subject)) is not None]
    seen: set[Subject] = set()
    while level:
        seen |= {row.subject for row in level}
        classes = {subject for row in level for subject in classes_of(row)}
        _load_outwards(store, classes, standings)
        nearer: list[Standing] = [*level, *(row for subject in classes if (row := standings.of(subject)) is not None)]
        sources = store.sources({key for row in nearer for key in row.origins})
        standings.load((), sources)
        inputs = frozenset[Subject]().union(*sources.values()) - seen
        _load_outwards(store, inputs, standings)
        level = [row for subject in inputs if (row := standings.of(subject)) is not None]


def _asks_for_flags(statement: VerifiedStatement, event: Event) -> bool:
    return changes_flags(event) or (statement.step is not None and bool(RULES[statement.step].blocked_by))


def _classes_of_new(statements: Iterable[VerifiedStatement]) -> set[Subject]:
    """The lots and classes of all that these statements bring into the world."""
    found: set[Subject] = set()
    for statement in statements:
        if isinstance(statement.content, Event) and statement.step in (Step.COMMISSION, Step.TRANSFORM):
            about = statement.about
            lots = (amount.of for amount in (*about.amounts, *about.output_amounts))
            one_of_each = {class_key(item): item for item in (*about.items, *about.outputs)}
            for subject in (*one_of_each.values(), *lots):
                found.update(classes_of(Standing(subject, statement.hash, lot=lot_of(subject, statement.content))))
    return found


def _load_outwards(store: Reading, subjects: Iterable[Subject], standings: Standings) -> None:
    """These and every unit around them."""
    wanted = {subject for subject in subjects if standings.of(subject) is None}
    while wanted:
        rows = store.standings(wanted)
        standings.load(rows, {})
        wanted = {row.parent for row in rows if row.parent is not None and standings.of(row.parent) is None}
