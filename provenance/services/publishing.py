"""Which checkpoint the world is shown: the newest that as many witnesses confirmed as the trust file demands.

Rules:

* where nobody need confirm, that is the newest one the log signed;
* else it is the newest on which a quorum has spoken. A newer one is signed, kept, and shown to the witnesses alone:
  whoever reads the log never holds a checkpoint of which nobody can say that others see the same;
* below the log's own line stand the lines of the witnesses that the trust file names, each one's newest;
* on a mirror the mirror's own line stands below them (``cosigning``), of which no trust file need know;
* it is also a file beside the tiles, so that a file server can serve it, and a database that was put back to an older
  state can be told from the present one (``services.guarding``). It never goes back to an older one.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

from provenance.errors import ProvenanceError
from provenance.ids import TreeSize
from provenance.log.checkpoint import open_checkpoint, parse_checkpoint
from provenance.log.confirmation import ConfirmationState, confirmation_of
from provenance.log.note import NoteSignature, VerifierKey, parse_note
from provenance.ports.outside import TileFiles
from provenance.ports.stores import Cosignature, Reading, Store, StoredCheckpoint, Writing
from provenance.trust import Trust

CHECKPOINT_FILE = "checkpoint"


class Publishing:
    """The published checkpoint; ``mirror`` is the key of whoever keeps a copy and stands behind it."""

    def __init__(self, store: Store, files: TileFiles, trust: Trust, *, mirror: VerifierKey | None = None) -> None:
        self._store, self._files, self._trust, self._mirror = store, files, trust, mirror
        self._lock = threading.Lock()

    def latest(self) -> str:
        """The published checkpoint's note with its cosignatures, or the empty text."""
        with self._store.reading() as store:
            newest = published(store, self._trust)
            own = "" if newest is None or self._mirror is None else _lines(store, newest.size, {str(self._mirror)})
        return newest.note + own if newest else ""

    def publish(self, checkpoint: StoredCheckpoint, store: Writing) -> None:
        """Let this checkpoint be shown, if a quorum has spoken on it; ``show`` does so after the transaction."""
        policy = self._trust.policy
        before = store.published()
        if policy.quorum is None or (before is not None and before >= checkpoint.size):
            return
        if confirmation_of(
            parse_note(with_cosignatures(store, checkpoint, self._trust).note.encode()), policy
        ).is_confirmed:
            store.put_published(checkpoint.size)

    def show(self) -> None:
        """Write the published checkpoint where file servers find it; never an older one over a newer one."""
        with self._lock:  # or an older one of another thread might come later
            if (note := self.latest()) and self._shown_size() <= parse_checkpoint(parse_note(note.encode()).text).size:
                self._files.replace(CHECKPOINT_FILE, note.encode())

    def _shown_size(self) -> int:
        """The size of the checkpoint in the file, if the log signed it; else 0."""
        note = self._files.read(CHECKPOINT_FILE)
        try:
            return 0 if note is None else open_checkpoint(note, log_keys=[self._trust.log]).checkpoint.size
        except ProvenanceError:
            return 0


def published(store: Reading, trust: Trust) -> StoredCheckpoint | None:
    """The newest checkpoint that may be shown, with its cosignatures in the note."""
    if trust.policy.quorum is None:
        newest = store.checkpoint()
    else:
        size = store.published()
        newest = None if size is None else store.checkpoint(size)
    return None if newest is None else with_cosignatures(store, newest, trust)


def keep_confirmed(store: Writing, checkpoint: StoredCheckpoint, state: ConfirmationState) -> None:
    """Keep a checkpoint that came from a copy, with the lines of its witnesses that were checked there."""
    store.put_checkpoint(checkpoint)
    for one in state.verified.verified:
        if one.seconds is not None:
            line = NoteSignature(one.key.name, one.key.id, one.signature)
            store.put_cosignature(Cosignature(checkpoint.size, str(one.key), one.seconds, str(line)))


def with_cosignatures(store: Reading, checkpoint: StoredCheckpoint, trust: Trust) -> StoredCheckpoint:
    """The checkpoint with the lines of the trust file's witnesses below the log's own."""
    known = {str(witness.key) for witness in trust.policy.witnesses}
    return StoredCheckpoint(checkpoint.size, checkpoint.root, checkpoint.note + _lines(store, checkpoint.size, known))


def _lines(store: Reading, size: TreeSize, of: Collection[str]) -> str:
    return "".join(kept.line for kept in store.cosignatures(size) if kept.witness in of)
