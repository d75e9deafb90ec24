"""Gathering a history out of the store: the chains it needs, whole, and the parties behind them.

Rules: only the chains that ``custody.reach`` names are read, each statement once; what can't be read or is
missing is reported as such, never skipped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from provenance.bundle import Chain
from provenance.custody.commerce_records import chain_about
from provenance.custody.parties import subject_of
from provenance.custody.reach import Link, Needs, Until, reach_together
from provenance.custody.registry_entries import Entry
from provenance.custody.statements import PayloadType, SignedStatement, read
from provenance.custody.verdict import Doubt, Finding
from provenance.epcis.events import Event
from provenance.errors import ProvenanceError
from provenance.evidence import parties_in
from provenance.gs1.company_prefix import prefixes_of
from provenance.gs1.identifiers import read_epc
from provenance.ids import LeafIndex, PartyId, Subject
from provenance.ports.stores import Reading, Stored


@dataclass(slots=True)
class Collected:
    """What the store has about one history, as it came, and what is wrong with it on sight."""

    chains: dict[Subject, Chain] = field(default_factory=dict)
    stored: dict[LeafIndex, Stored] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def needs(self) -> Needs:
        """How far each chain is needed."""
        return {subject: chain.until for subject, chain in self.chains.items()}


class Collector:
    """Reads chains from one moment of the store, parsing each statement once."""

    def __init__(self, store: Reading, licensees: Mapping[str, PartyId]) -> None:
        self._store = store
        self._licensees = licensees
        self._read: dict[LeafIndex, SignedStatement | None] = {}

    def collect(self, subjects: Iterable[Subject], *, dossiers: Iterable[Subject] = ()) -> Collected:
        """The histories of these subjects together, and these dossiers, with the registry entries they lean on."""
        found = Collected()
        for subject, until in reach_together(subjects, lambda s, u: self._chain(found, s, u)).items():
            self._chain(found, subject, until)
            found.chains[subject] = Chain(until, tuple(self._store.chain(subject, until)))
        for dossier in dossiers:
            self._add_entries(found, chain_about(dossier))
        self._add_parties(found)
        return found

    def _chain(self, found: Collected, subject: Subject, until: Until) -> list[Link]:
        indexes = self._store.chain(subject, until)
        self._fetch(found, subject, indexes)
        links = []
        for index in indexes:
            statement = self._read.get(index)
            if statement is not None and isinstance(statement.content, Event) and statement.step is not None:
                links.append(Link(index, statement.content, statement.step, statement.about))
        return links

    def _fetch(self, found: Collected, subject: Subject, indexes: Iterable[LeafIndex]) -> None:
        new = [index for index in indexes if index not in self._read]
        for stored in self._store.statements(new):
            found.stored[stored.index] = stored
            try:
                self._read[stored.index] = read(stored.envelope)
            except ProvenanceError:
                self._read[stored.index] = None  # evidence.examine says what is wrong with it
        for index in new:
            if index not in found.stored:
                self._read[index] = None
                found.findings.append(Finding(Doubt.RECORD_MISSING, subject, (), {"index": str(index)}))

    def _add_parties(self, found: Collected) -> None:
        """The root, and the registry chains of the licensees and of everyone the statements found lean on."""
        parties: set[PartyId] = set()
        for subject in found.needs:
            if subject.startswith("https://id.gs1.org/"):
                parties |= {self._licensees[p] for p in prefixes_of(read_epc(subject)) if p in self._licensees}
        done: set[PartyId] = set()
        while waiting := (parties | self._leaned_on()) - done:
            for party in sorted(waiting):
                self._add_entries(found, Subject(party))
            done |= waiting
        for stored in self._store.entries_from(LeafIndex(0), payload_type=PayloadType.REGISTRY_ENTRY)[:1]:
            self._fetch(found, Subject("registry"), [stored.index])
            root = self._read[stored.index]
            if root is not None and isinstance(root.content, Entry):
                self._add_entries(found, subject_of(root.content))

    def _add_entries(self, found: Collected, subject: Subject) -> None:
        if indexes := tuple(self._store.chain(subject, None)):
            self._fetch(found, subject, indexes)
            found.chains[subject] = Chain(None, indexes)

    def _leaned_on(self) -> frozenset[PartyId]:
        return parties_in(statement for statement in self._read.values() if statement is not None)
