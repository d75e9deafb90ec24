"""What a signer must know before signing: the links of the chains, the newest checkpoint, who is registered.

Rules: nothing here is secret or trusted; a signer that is told a wrong link only gets ``stale-link`` back.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from provenance.crypto.keys import PublicKey
from provenance.custody.chain import links
from provenance.custody.parties import Registry
from provenance.custody.standing import Standings
from provenance.custody.statements import Seen
from provenance.custody.steps import Step, step_of
from provenance.custody.subjects import touched
from provenance.epcis.events import Event
from provenance.ids import KeyId, LeafIndex, StatementHash, Subject, TreeSize
from provenance.log.merkle import EMPTY_ROOT
from provenance.ports.stores import Reading, Store
from provenance.services.loading import load_registry


class Drafting:
    """The present state, as someone about to sign needs it."""

    def __init__(self, store: Store, origin: str) -> None:
        self._store, self._origin = store, origin
        self._registry, self._from = Registry(), LeafIndex(0)
        self._lock = threading.Lock()

    def links_for(self, event: Event) -> tuple[StatementHash, ...]:
        """What ``prov:previous`` must be for this event now."""
        about = touched(event)
        with self._store.reading() as store:
            subjects = list(about.subjects)
            if (
                about.parent is not None
                and step_of(event) is Step.UNPACK
                and not (about.children or about.child_amounts)
            ):
                subjects += _inside(store, about.parent)
            if event.error_declaration is not None and event.event_id is not None:
                # The declaration extends the chains that the event did, named or not.
                for original in store.event_ids([event.event_id]).get(event.event_id, ())[:1]:
                    subjects += [subject for _, subject in store.chain_subjects(original, limit=1)]
            return self._links(store, subjects)

    def links_of(self, subjects: Sequence[Subject]) -> tuple[StatementHash, ...]:
        """What ``prov:previous`` must be for a statement about these now."""
        with self._store.reading() as store:
            return self._links(store, subjects)

    def seen(self) -> Seen:
        """What ``prov:seen`` should be now: the newest checkpoint."""
        with self._store.reading() as store:
            newest = store.checkpoint()
        if newest is None:
            return Seen(self._origin, TreeSize(0), EMPTY_ROOT)
        return Seen(self._origin, newest.size, newest.root)

    def registry(self) -> Registry:
        """Who is registered now. Shared: read it, don't change it."""
        with self._lock:
            return self._newest()

    def keys(self) -> Mapping[KeyId, PublicKey]:
        """Every registered key, live or ended."""
        with self._lock:  # a registry that grows while it is walked is an error
            return {key: record.public for key, record in self._newest().keys.items()}

    def _newest(self) -> Registry:
        with self._store.reading() as store:
            self._from = load_registry(store, self._registry, self._from)
        return self._registry

    def _links(self, store: Reading, subjects: Sequence[Subject]) -> tuple[StatementHash, ...]:
        standings = Standings(store.standings(subjects))
        return links(standings.of(subject) for subject in subjects)


def _inside(store: Reading, unit: Subject) -> list[Subject]:
    lots = [lot for row in store.standings([unit]) for lot in row.contents]
    return [*(row.subject for row in store.children([unit])), *lots]
