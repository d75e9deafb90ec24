"""Saying, with the log's signature, which statement about a thing is the newest.

Rules:

* a head speaks of the tree of the published checkpoint and of no other, so that whoever has a copy can judge it;
* the chain is followed back to the newest statement that names the thing: what a head says is what anybody can see in
  the statements themselves (``refutation``);
* a record that can't be read is not passed over: then nothing is signed.
"""

from __future__ import annotations

from collections.abc import Callable

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.custody.admission import named_by
from provenance.custody.statements import read
from provenance.errors import ConflictError, ForgedError
from provenance.ids import LeafIndex, Subject
from provenance.log.checkpoint import Checkpoint
from provenance.log.head import Head, sign_head
from provenance.log.note import Note
from provenance.ports.stores import Reading, Store
from provenance.services.publishing import published
from provenance.trust import Trust


class Vouching:
    """The log's word on the newest statement about each thing."""

    def __init__(self, store: Store, trust: Trust, log_key: Callable[[], SigningKey]) -> None:
        self._store, self._trust, self._log_key = store, trust, log_key

    def head(self, subject: Subject) -> Note:
        """The signed head of a thing in the published checkpoint; refuses while there is none."""
        with self._store.reading() as store:
            shown = published(store, self._trust)
            if shown is None:
                raise ConflictError(Code.NOT_RECORDED, "there is no checkpoint yet that a head could speak of")
            index = _newest(store, subject, before=shown.size)
        return sign_head(Head(subject, index, Checkpoint(self._trust.origin, shown.size, shown.root)), self._log_key())


def _newest(store: Reading, subject: Subject, *, before: int) -> LeafIndex | None:
    for index in reversed([index for index in store.chain(subject, None) if index < before]):
        found = store.statements([index])
        if not found or found[0].envelope.hash != found[0].hash:
            raise ForgedError(Code.RECORD_ALTERED, f"leaf {index} of the chain of {subject} is missing or was changed")
        if subject in named_by(read(found[0].envelope)):
            return index
    return None
