"""Signing what the log has become: re-read, recompute, prove, sign, compare and set, publish.

For the statements since the newest checkpoint:

1. read their stored bytes again and compute their leaf hashes anew;
2. grow the tree of the old checkpoint by them, and compare with the stored tiles;
3. prove that the new tree begins with the old one, with the verifier's own code;
4. sign, and keep the checkpoint only if its size has none or the same one (compare and set);
5. publish full tiles and entry bundles as files that never change.

Anything that does not fit stops the log with the evidence; a wrong root is never signed. Safe to kill at any
line: what was not kept is done again, what was kept is found. Any number of these may run at once.
"""

from __future__ import annotations

from collections.abc import Callable

from provenance.codes import Code
from provenance.crypto.envelope import leaf
from provenance.crypto.keys import SigningKey
from provenance.errors import ForgedError
from provenance.ids import LeafIndex, TreeSize
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.merkle import RightEdge, append_all, leaf_hash
from provenance.log.note import format_note
from provenance.log.proofs import prove_consistency, verify_consistency
from provenance.log.tiles import WIDTH, Bundle, edge_from_tiles, tiles_between
from provenance.ports.outside import TileFiles
from provenance.ports.stores import Reading, Store, StoredCheckpoint
from provenance.services.guarding import Guard
from provenance.services.publishing import Publishing
from provenance.services.tile_reading import StoredTiles, read_place

_AT_ONCE = 4096


class Checkpointing:
    """The checkpoint loop's one turn."""

    def __init__(
        self,
        store: Store,
        files: TileFiles,
        publishing: Publishing,
        guarding: Guard,
        *,
        origin: str,
        log_key: Callable[[], SigningKey],
    ) -> None:
        self._store, self._files, self._origin, self._log_key = store, files, origin, log_key
        self._publishing, self._guarding = publishing, guarding

    def latest(self) -> str:
        """The published checkpoint's note with its cosignatures, or the empty text."""
        return self._publishing.latest()

    def checkpoint(self) -> str | None:
        """Audit, sign and publish what is new; ``None`` if nothing is. Refuses while the log is read-only."""
        self._guarding.require_open()
        with self._store.reading() as store:
            old, size = store.checkpoint(), store.size()
            if (old is not None and old.size == size) or size == 0:
                return None
            root = _audited_root(store, old, size)
        self._guarding.require_newest()
        key = self._log_key()
        note = format_note(sign_checkpoint(Checkpoint(self._origin, size, root), key)).decode()
        with self._store.writing() as store:
            newest = store.checkpoint()
            if newest is not None and newest.size > size:
                return None  # another loop was faster; its checkpoint covers ours
            store.put_checkpoint(StoredCheckpoint(size, root, note))
        self._publish(old.size if old else TreeSize(0), size)
        self._publishing.show()
        return note

    def _publish(self, old_size: TreeSize, size: TreeSize) -> None:
        """Full tiles and bundles become files; those that a crash here left out are caught up with the next ones."""
        with self._store.reading() as store:
            for tile in tiles_between(self._published(old_size), size):
                if tile.width == WIDTH:
                    self._files.write(tile.path, read_place(store, tile))
                    if tile.level == 0:
                        bundle = Bundle(tile.index)
                        self._files.write(bundle.path, read_place(store, bundle))

    def _published(self, size: TreeSize) -> TreeSize:
        """How much of the log up to a size is published; bundles are written in order, each after its tile."""
        full = size // WIDTH
        while full > 0 and self._files.read(Bundle(full - 1).path) is None:
            full -= 1
        return min(size, TreeSize(full * WIDTH))


def _audited_root(store: Reading, old: StoredCheckpoint | None, size: TreeSize) -> bytes:
    """The root of the tree of this size, computed from the stored bytes and shown to extend the old one."""
    tiles, start = StoredTiles(store), old.size if old else TreeSize(0)
    edge = edge_from_tiles(start, tiles) if old else RightEdge()
    if old is not None and edge.root() != old.root:
        raise _stopped(f"the stored tiles of size {start} do not have the root that was signed", old)
    for at in range(start, size, _AT_ONCE):
        count = min(_AT_ONCE, size - at)
        stored = store.statements_from(LeafIndex(at), limit=count)
        if [statement.index for statement in stored] != list(range(at, at + count)):
            raise _stopped(f"statements are missing from leaf {at} on", old)
        if wrong := [s.index for s in stored if s.envelope.hash != s.hash]:
            raise _stopped(f"the body of leaf {wrong[0]} was changed", old)
        edge = append_all(edge, [leaf_hash(leaf(statement.envelope)) for statement in stored])
    if edge_from_tiles(size, tiles).root() != edge.root():
        raise _stopped(f"the stored tiles of size {size} do not belong to the stored statements", old)
    if old is not None:
        proof = prove_consistency(old_size=old.size, new_size=size, tiles=tiles).hashes
        verify_consistency(old_size=old.size, old_root=old.root, new_size=size, new_root=edge.root(), proof=proof)
    return edge.root()


def _stopped(message: str, old: StoredCheckpoint | None) -> ForgedError:
    return ForgedError(Code.RECORD_ALTERED, message, evidence={"checkpoint": old.note if old else ""})
