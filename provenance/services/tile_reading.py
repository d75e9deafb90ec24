"""Serving the log's tiles: full ones from files, the right edge sliced from the store.

Rules (C2SP tlog-tiles): only what a published checkpoint covers is served; a partial tile is the beginning of the
one it will become; what does not exist is not found, never an empty answer.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.crypto.envelope import leaf
from provenance.errors import NotFoundError
from provenance.ids import LeafIndex
from provenance.log import bundles
from provenance.log.merkle import HASH_SIZE
from provenance.log.tiles import WIDTH, Bundle, Tile, parse_path, width_at
from provenance.ports.outside import TileFiles
from provenance.ports.stores import Reading, Store


class StoredTiles:
    """The hash tiles of one moment of the store. See ``log.tiles.TileReader``."""

    def __init__(self, store: Reading) -> None:
        self._store = store
        self._kept: dict[tuple[int, int], bytes] = {}

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        """The first ``width`` hashes of a tile."""
        place = (level, index)
        if place not in self._kept:
            self._kept |= self._store.tiles([place])
        hashes = self._kept.get(place, b"")[: width * HASH_SIZE]
        if len(hashes) != width * HASH_SIZE:
            raise NotFoundError(Code.NOT_FOUND, f"tile {level}/{index} is not {width} wide")
        return hashes


class TileReading:
    """The read path ``/tile/…``."""

    def __init__(self, store: Store, files: TileFiles) -> None:
        self._store, self._files = store, files

    def tile(self, path: str) -> bytes:
        """The bytes under a tile path; ``NotFoundError`` if no published checkpoint covers it."""
        place = parse_path(path)
        if place.width == WIDTH and (kept := self._files.read(path)) is not None:
            return kept
        with self._store.reading() as store:
            checkpoint = store.checkpoint()
            level = place.level if isinstance(place, Tile) else 0
            if checkpoint is None or place.width > width_at(checkpoint.size, level, place.index):
                raise NotFoundError(Code.NOT_FOUND, f"{path} is not in the published tree")
            return read_place(store, place)


def read_place(store: Reading, place: Tile | Bundle) -> bytes:
    """The bytes of a tile or entry bundle, from the store."""
    if isinstance(place, Tile):
        return StoredTiles(store).read_tile(level=place.level, index=place.index, width=place.width)
    stored = store.statements_from(LeafIndex(place.index * WIDTH), limit=place.width)
    if len(stored) != place.width:
        raise NotFoundError(Code.NOT_FOUND, f"{place.path} is not complete")
    return bundles.format_bundle(leaf(statement.envelope) for statement in stored)
