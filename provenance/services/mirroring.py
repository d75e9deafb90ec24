"""Keeping a copy of somebody's log that shows whatever the log takes back.

For the newest checkpoint that the log serves:

1. the log signed it, and it does not contradict what the copy holds of its size or above;
2. as many witnesses confirmed it as the trust file asks for, and the tree of the copy is its beginning, by the
   verifier's own code;
3. every new tile belongs to its root: the right edge by computing it, each full tile by its hash one level up;
4. every new entry has its leaf hash in the tile above it;
5. only then the checkpoint takes the place of the old one.

What does not fit is an alarm, and changes nothing in the copy. A fork leaves both signed checkpoints in one file of
``evidence/``, with the proof that they contradict each other (``log.conflict``). Each tile and entry bundle is written
once it is proven: safe to kill at any line, and what is there is not fetched again. The copy can be served as it lies:
it has the log's own paths.

The folder of a copy, as ``provenance mirror copy`` makes it::

    checkpoint            the newest that was proven, as the log and its witnesses signed it
    tile/…                hash tiles and entry bundles, under the log's own paths
    evidence/…            what the log signed against itself (``log.conflict``), or did not show (``log.alarm``)
    mirror.json           whose copy this is, where somebody stands behind it (``log.mirror_card``)
    mirror.json           whose copy this is, where somebody stands behind it (``log.mirror_card``)
    bodies/273.p/112      the bodies beside tile/entries/273.p/112 (``log.body_bundles``), for the copy's owner alone
    bodies/evidence/…     a statement that breaks the log's own rules (``log.breach``)
    bodies/judged.db      what was judged so far; it can be thrown away

Bodies are not in the public log, so signatures and the rules of custody are not checked here: that is for whoever may
read bodies (``gathering``, ``judging``), or has a bundle (``evidence``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from provenance.codes import Code
from provenance.errors import ForgedError, RefusedError, StorageError
from provenance.ids import TreeSize
from provenance.log.bundles import parse_bundle
from provenance.log.checkpoint import Checkpoint
from provenance.log.confirmation import ConfirmationState, confirmation_of, require_confirmed
from provenance.log.merkle import HASH_SIZE, RightEdge, append_all, leaf_hash
from provenance.log.note import format_note, parse_note
from provenance.log.proofs import prove_consistency, verify_consistency
from provenance.log.tiles import WIDTH, Bundle, Tile, TileReader, root_from_tiles, tiles_between, width_at
from provenance.ports.outside import PublishedLog, TileFiles
from provenance.services.copy_reading import CopiedTiles
from provenance.services.filing import file_conflict
from provenance.services.publishing import CHECKPOINT_FILE
from provenance.trust import Trust


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What the copy holds now, how many entries it held before, and who confirmed it."""

    state: ConfirmationState
    before: TreeSize

    @property
    def size(self) -> TreeSize:
        """How many entries the copy holds."""
        return TreeSize(self.state.checkpoint.size)


class _Fetched:
    """The tiles that the log serves under one root, each proven to belong to it. See ``log.tiles.TileReader``."""

    def __init__(self, log: PublishedLog, checkpoint: Checkpoint) -> None:
        self._log, self._size = log, checkpoint.size
        self._kept: dict[str, bytes] = {}
        if root_from_tiles(self._size, self) != checkpoint.root:
            raise _altered(f"the right edge served for {self._size} entries does not have the root that was signed")

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        """The first ``width`` hashes of a tile."""
        place = Tile(level, index, width_at(self._size, level, index))
        if (data := self._kept.get(place.path)) is None:
            data = self._log.read(place.path)
            self.require_proven(place, data)
            if level or place.width < WIDTH:  # full tiles of leaves are most of the log, and are read once
                self._kept[place.path] = data
        return data[: width * HASH_SIZE]

    def require_proven(self, place: Tile, data: bytes) -> None:
        """Refuse bytes that are not this tile; partial tiles are proven together, by the root."""
        if len(data) != place.width * HASH_SIZE:
            raise _altered(f"{place.path} has {place.width * HASH_SIZE} bytes, not {len(data)}")
        if place.width == WIDTH:
            above, at = divmod(place.index, WIDTH)
            hashes = self.read_tile(level=place.level + 1, index=above, width=at + 1)
            if _root_of(data) != hashes[at * HASH_SIZE :]:
                raise _altered(f"{place.path} does not belong to the root that was signed")


class Mirroring:
    """The copy of one log."""

    def __init__(self, log: PublishedLog, files: TileFiles, trust: Trust) -> None:
        self._log, self._files, self._trust = log, files, trust

    def catch_up(self, progress: Callable[[int, int], None] = lambda done, total: None) -> Mirrored:
        """Copy what is new; ``progress(done, total)`` counts entries. Refuses, with evidence, what does not fit."""
        note = parse_note(self._log.read(CHECKPOINT_FILE))
        state, old = confirmation_of(note, self._trust.policy), self._held()
        size, before = state.checkpoint.size, old.checkpoint.size if old else 0
        if old is not None:
            self._require_not_behind(old, state)  # before anything else: a fork that nobody confirmed is signed too
        require_confirmed(note, self._trust.policy)
        fetched = _Fetched(self._log, state.checkpoint)
        if old is not None and before > 0:  # every tree begins with the empty one, and there is no proof of it
            self._require_grown(old, state, fetched)
        self._copy_tiles(before, size, fetched)
        self._copy_entries(before, size, progress)
        self._files.replace(CHECKPOINT_FILE, format_note(state.evidence))
        return Mirrored(state, TreeSize(before))

    def _held(self) -> ConfirmationState | None:
        data = self._files.read(CHECKPOINT_FILE)
        return None if data is None else confirmation_of(parse_note(data), self._trust.policy)

    def _require_not_behind(self, old: ConfirmationState, new: ConfirmationState) -> None:
        mine, theirs = old.checkpoint, new.checkpoint
        if theirs.size > mine.size:
            return
        if root_from_tiles(mine.size, CopiedTiles(self._files, mine.size)) != mine.root:
            raise StorageError(Code.STORE_FAILED, f"the copy no longer has the root of its {mine.size} entries")
        if root_from_tiles(theirs.size, CopiedTiles(self._files, mine.size)) != theirs.root:
            raise self._forked(old, new, CopiedTiles(self._files, mine.size))
        if theirs.size < mine.size:
            message = f"the log shows {theirs.size} entries, and has signed {mine.size} before"
            notes = {"known": old.evidence, "shown": new.evidence}
            evidence = {name: format_note(note).decode() for name, note in notes.items()}
            raise RefusedError(Code.LOG_ROLLED_BACK, message, evidence=evidence)

    def _require_grown(self, old: ConfirmationState, new: ConfirmationState, tiles: _Fetched) -> None:
        """The copy's tree is the beginning of the log's, whose tiles are all proven: what does not fit was signed."""
        mine, theirs = old.checkpoint, new.checkpoint
        proof = prove_consistency(old_size=mine.size, new_size=theirs.size, tiles=tiles).hashes
        try:
            verify_consistency(
                old_size=mine.size, old_root=mine.root, new_size=theirs.size, new_root=theirs.root, proof=proof
            )
        except ForgedError as err:
            raise self._forked(old, new, tiles) from err

    def _forked(self, old: ConfirmationState, new: ConfirmationState, tiles: TileReader) -> ForgedError:
        """The alarm; ``tiles`` are those of the larger tree, which prove what its first leaves are."""
        mine, theirs = old.checkpoint.size, new.checkpoint.size
        filed = file_conflict(self._files, self._trust.log, old, new, tiles)
        message = f"the log's {theirs} entries are another history than the {mine} it signed before: {filed.path}"
        return ForgedError(Code.INCONSISTENT_LOG, message, evidence={"conflict": filed.data.decode()})

    def _copy_tiles(self, before: int, size: int, fetched: _Fetched) -> None:
        for tile in tiles_between(before, size):
            if (kept := self._files.read(tile.path)) is None:
                self._files.write(tile.path, fetched.read_tile(level=tile.level, index=tile.index, width=tile.width))
            else:
                fetched.require_proven(tile, kept)

    def _copy_entries(self, before: int, size: int, progress: Callable[[int, int], None]) -> None:
        copied = CopiedTiles(self._files, size)
        for index in range(before // WIDTH, -(-size // WIDTH)) if size > before else ():
            bundle = Bundle(index, width_at(size, 0, index))
            if self._files.read(bundle.path) is None:
                data = self._log.read(bundle.path)
                hashes = b"".join(leaf_hash(entry) for entry in parse_bundle(data, width=bundle.width))
                if hashes != copied.read_tile(level=0, index=index, width=bundle.width):
                    raise _altered(f"{bundle.path} has entries that are not in the tree")
                self._files.write(bundle.path, data)
            progress(min(size, (index + 1) * WIDTH) - before, size - before)


def _root_of(tile: bytes) -> bytes:
    hashes = [tile[start : start + HASH_SIZE] for start in range(0, len(tile), HASH_SIZE)]
    return append_all(RightEdge(), hashes).root()


def _altered(message: str) -> ForgedError:
    return ForgedError(Code.TILE_ALTERED, message)
