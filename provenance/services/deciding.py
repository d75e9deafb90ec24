"""Decisions with the evidence for them, in one file that anyone checks without this server.

Rules:

* the case is that of the newest checkpoint that may be shown, and so is the evidence, of one moment of the store;
* what goes in is what the rules of the case asked for: the dossiers, the histories of the items, the parties;
* nothing here is believed because this server says so: ``decision_bundle.prove`` takes it all from the records again.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier_names import parse_dossier_name
from provenance.commerce.evaluation import decide
from provenance.commerce.facts import SeenCheckpoint
from provenance.commerce.recorded_case import case_in
from provenance.commerce.replay import format_case
from provenance.custody.commerce_records import chain_about
from provenance.decision_bundle import dossiers_named, format_decision_bundle, items_sold
from provenance.errors import ConflictError
from provenance.ids import Subject
from provenance.ports.stores import Store
from provenance.services.bookkeeping import book_below
from provenance.services.collecting import Collector
from provenance.services.drafting import Drafting
from provenance.services.publishing import published
from provenance.services.tracing import bundle_of, require_recorded
from provenance.trust import Trust


class Deciding:
    """Decision bundles, out of the store."""

    def __init__(self, store: Store, drafting: Drafting, trust: Trust) -> None:
        self._store, self._drafting, self._trust = store, drafting, trust

    def bundle(self, subject: str) -> bytes:
        """The decision on a return as a decision bundle.

        Refuses what is no return, and while any of its records is in no checkpoint yet.
        """
        returning = parse_dossier_name(subject).subject
        licences = self._drafting.registry().licences
        with self._store.reading() as store:
            checkpoint = published(store, self._trust)
            if checkpoint is None:
                raise ConflictError(Code.NOT_RECORDED, "there is no checkpoint yet")
            book, goods = book_below(store, checkpoint.size)
            seen = SeenCheckpoint(self._trust.origin, checkpoint.size, checkpoint.root.hex())
            terms, facts = case_in(returning, book, goods, seen)
            dossiers = _leaned_on(book)
            items = sorted(items_sold(book.known(name) for name in dossiers))
            found = Collector(store, licences).collect(items, dossiers=dossiers)
            evidence = bundle_of(chain_about(returning), found, store, self._trust)
        require_recorded(evidence)
        return format_decision_bundle(format_case(terms, facts, decide(terms, facts)), evidence)


def _leaned_on(book: Book) -> tuple[Subject, ...]:
    """Every dossier that the case asked for, those that hold what it wanted, and all that these name."""
    found: set[Subject] = set()
    waiting = {name for name, dossier in book.dossiers.items() if dossier.entries}
    waiting |= {holder for holder in book.slots.values() if holder is not None}
    while waiting:
        found |= waiting
        waiting = {named for name in waiting for named in dossiers_named(book.known(name))} - found
    return tuple(sorted(found))
