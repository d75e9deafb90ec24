"""Reading a copy of a log, which is believed no further than it proves itself.

Rules:

* the copy's checkpoint is signed by the log, and its tiles have that checkpoint's root, or nothing of it is used;
* every entry that is read has its leaf hash in the tiles;
* a body counts only if it has the hash that its entry says; where there is none, the statement can't be read.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, parse_leaf
from provenance.errors import MalformedError, NotFoundError, StorageError
from provenance.ids import LeafIndex
from provenance.log.body_bundles import body_path, parse_bodies
from provenance.log.bundles import parse_bundle
from provenance.log.confirmation import confirmation_of
from provenance.log.merkle import HASH_SIZE, leaf_hash
from provenance.log.note import parse_note
from provenance.log.tiles import WIDTH, Bundle, Tile, root_from_tiles, width_at
from provenance.ports.outside import BodyFiles, TileFiles
from provenance.services.publishing import CHECKPOINT_FILE
from provenance.trust import Trust


class CopiedTiles:
    """The tiles of a copy at one size. See ``log.tiles.TileReader``."""

    def __init__(self, files: TileFiles, size: int) -> None:
        self._files, self.size = files, size

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        """The first ``width`` hashes of a tile."""
        path = Tile(level, index, width_at(self.size, level, index)).path
        if (data := self._files.read(path)) is None:
            raise NotFoundError(Code.NOT_FOUND, f"{path} is missing from the copy")
        return data[: width * HASH_SIZE]


class CopyReading:
    """One copy of a log, proven whole when it is opened."""

    def __init__(self, files: TileFiles, bodies: BodyFiles, trust: Trust) -> None:
        self._files, self._bodies = files, bodies
        self._bodies_of, self._read = -1, tuple[bytes, ...]()
        if (data := files.read(CHECKPOINT_FILE)) is None:
            raise NotFoundError(Code.NOT_FOUND, "there is no copy of a log here: it has no checkpoint")
        self.state = confirmation_of(parse_note(data), trust.policy)
        self.size = self.state.checkpoint.size
        self.tiles = CopiedTiles(files, self.size)
        if root_from_tiles(self.size, self.tiles) != self.state.checkpoint.root:
            raise _rotten(f"its tiles do not have the root of its {self.size} entries")

    def entries(self, start: int, end: int) -> Iterator[tuple[LeafIndex, bytes]]:
        """The entries from a place up to another, each proven to be in the tree."""
        for number in range(start // WIDTH, -(-end // WIDTH)):
            bundle = Bundle(number, width_at(self.size, 0, number))
            if (data := self._files.read(bundle.path)) is None:
                raise _rotten(f"{bundle.path} is missing")
            try:
                entries = parse_bundle(data, width=bundle.width)
            except MalformedError as err:
                raise _rotten(f"{bundle.path}: {err.refusal.message}") from err
            hashes = b"".join(leaf_hash(entry) for entry in entries)
            if hashes != self.tiles.read_tile(level=0, index=number, width=bundle.width):
                raise _rotten(f"{bundle.path} has entries that are not in the tree")
            for index, entry in enumerate(entries, start=number * WIDTH):
                if start <= index < end:
                    yield LeafIndex(index), entry

    def statement(self, index: LeafIndex, entry: bytes) -> Envelope | None:
        """The statement of the entry at a place; ``None`` where its body is not kept. Refuses what is no leaf."""
        leaf, (number, at) = parse_leaf(entry), divmod(index, WIDTH)
        if number != self._bodies_of:
            self._bodies_of, self._read = number, self._bodies_at(number)
        return leaf.with_body(self._read[at]) if at < len(self._read) else None

    def _bodies_at(self, number: int) -> tuple[bytes, ...]:
        place = Bundle(number, width_at(self.size, 0, number))
        data = self._bodies.read(body_path(place))
        try:
            return () if data is None else parse_bodies(data, most=place.width)
        except MalformedError:
            return ()  # of a damaged file no body is known to be where it should


def _rotten(message: str) -> StorageError:
    return StorageError(Code.COPY_DAMAGED, f"the copy is not whole: {message}")
