"""What a key signed, for whoever owns it: a statement that they do not know is the first sign of a theft.

Rules: the newest first, a page at a time; what is told is what the log's leaves tell everyone: when, where, of which
kind, by its hash. Owners compare the hashes with their own; nobody else learns what was said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from provenance.ids import KeyId, LeafIndex
from provenance.ports.stores import Store, Stored

PAGE = 100


@dataclass(frozen=True, slots=True)
class Signed:
    """A page of what a key signed; ``older`` is where the next page begins, ``None`` on the last."""

    statements: Sequence[Stored]
    older: LeafIndex | None


class Watching:
    """What keys signed, out of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def signed_by(self, key: KeyId, *, before: LeafIndex | None = None, limit: int = PAGE) -> Signed:
        """The newest statements with a signature by a key, before a place; none for a key that signed nothing."""
        with self._store.reading() as store:
            found = store.signed_by(key, before=before, limit=limit + 1)
        more = len(found) > limit
        return Signed(found[:limit], found[limit - 1].index if more else None)

    def everything_signed_by(self, key: KeyId, *, since: LeafIndex) -> Iterator[Stored]:
        """All statements with a signature by a key from a place on, the newest first."""
        page = self.signed_by(key)
        while True:
            yield from (stored for stored in page.statements if stored.index >= since)
            if page.older is None or page.older <= since:
                return
            page = self.signed_by(key, before=page.older)
