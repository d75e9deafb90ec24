"""Where the tree's hashes lie: fixed files of 256 hashes that never change once they are full.

Rules (https://c2sp.org/tlog-tiles, tiles of height 8):

* hash i of tile n on level l is the root of the 256^l leaves from (256·n + i)·256^l on; only
  complete subtrees have a hash, so only full tiles feed the level above;
* the rightmost tile of a level may be partial, 1 to 255 hashes wide; it is always the beginning
  of the tile it will become;
* paths have one spelling::

    tile/0/x001/x234/067         level 0, index 1234067, full
    tile/1/000.p/17              level 1, index 0, the first 17 hashes
    tile/entries/273.p/112       the entries under hash tile 273 of level 0

A reader of tiles is trusted for nothing: what is computed from its tiles is as true as the root
it is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from provenance.codes import Code
from provenance.encoding.textual import parse_size
from provenance.errors import MalformedError, NotFoundError
from provenance.log.merkle import HASH_SIZE, RightEdge, append_all, require_hashes

HEIGHT = 8
WIDTH = 1 << HEIGHT
HIGHEST_LEVEL = 63
LARGEST_SIZE = 2**63 - 1

_INDEX_END = 2**55  # 256 leaves under each tile of level 0, and fewer than 2^63 in all
_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """The place of a hash tile, and how many hashes wide it is."""

    level: int
    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= HIGHEST_LEVEL:
            raise MalformedError(Code.MALFORMED_TILE, f"level {self.level} is not between 0 and {HIGHEST_LEVEL}")
        _require_place(self.index, self.width)

    @property
    def path(self) -> str:
        """Where the tile is served, below the log's prefix.

        >>> Tile(1, 1234067, 17).path
        'tile/1/x001/x234/067.p/17'
        """
        return f"tile/{self.level}/{_place(self.index, self.width)}"


@dataclass(frozen=True, slots=True, order=True)
class Bundle:
    """The place of an entry bundle, and how many entries it has."""

    index: int
    width: int = WIDTH

    def __post_init__(self) -> None:
        _require_place(self.index, self.width)

    @property
    def path(self) -> str:
        """Where the bundle is served, below the log's prefix.

        >>> Bundle(273, 112).path
        'tile/entries/273.p/112'
        """
        return f"tile/entries/{_place(self.index, self.width)}"


class TileReader(Protocol):
    """Whoever has the tiles of one log. Not trusted."""

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        """The first ``width`` hashes of a tile, 32 bytes each; ``NotFoundError`` where there are fewer."""
        ...


@dataclass(frozen=True, slots=True)
class Extension:
    """A tree that grew: its right edge, and every tile that is new or wider, whole, by (level, index)."""

    edge: RightEdge
    tiles: Mapping[tuple[int, int], bytes]


def parse_path(path: str) -> Tile | Bundle:
    """The place that a path names; accepts only what ``path`` prints.

    >>> parse_path("tile/0/x001/x234/067")
    Tile(level=0, index=1234067, width=256)
    """
    match = _PATH.fullmatch(path)
    if not match:
        raise MalformedError(Code.MALFORMED_TILE, f"no path of a tile: {path[:60]!r}")
    kind, index = match[1], int(re.sub("[x/]", "", match[2]))
    width = parse_size(match[3]) if match[3] else WIDTH
    place = Bundle(index, width) if kind == "entries" else Tile(parse_size(kind), index, width)
    if place.path != path:  # x000/001 would be a second name for 001, and .p/256 for a full tile
        raise MalformedError(Code.MALFORMED_TILE, f"the path is spelled {place.path!r}, not {path[:60]!r}")
    return place


def width_at(size: int, level: int, index: int) -> int:
    """How wide this tile is in a tree of this size: 0 if there is none, 256 if it is full.

    >>> [width_at(70000, level, index) for level, index in ((0, 273), (1, 0), (1, 1), (2, 0), (3, 0))]
    [112, 256, 17, 1, 0]
    """
    return max(0, min(WIDTH, (size >> HEIGHT * level) - index * WIDTH))


def edge_tiles(size: int) -> tuple[Tile, ...]:
    """The partial tiles of a tree of this size, lowest level first.

    >>> [tile.path for tile in edge_tiles(70000)]
    ['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']
    """
    levels = ((level, *divmod(size >> HEIGHT * level, WIDTH)) for level in _levels(size))
    return tuple(Tile(level, index, width) for level, index, width in levels if width)


def tiles_between(old_size: int, new_size: int) -> Iterator[Tile]:
    """The tiles of the new tree that the old one had not, or had less wide, lowest level first.

    >>> [tile.path for tile in tiles_between(250, 520)]
    ['tile/0/000', 'tile/0/001', 'tile/0/002.p/8', 'tile/1/000.p/2']
    """
    for level in _levels(new_size):
        old, new = old_size >> HEIGHT * level, new_size >> HEIGHT * level
        for index in range(old // WIDTH, -(-new // WIDTH)) if new > old else ():
            yield Tile(level, index, width_at(new_size, level, index))


def root_from_tiles(size: int, tiles: TileReader) -> bytes:
    """The root of the tree with this many leaves, from its right-edge tiles alone."""
    return edge_from_tiles(size, tiles).root()


def edge_from_tiles(size: int, tiles: TileReader) -> RightEdge:
    """The right edge of the tree with this many leaves, from its right-edge tiles alone."""
    held = {
        (tile.level, tile.index): tiles.read_tile(level=tile.level, index=tile.index, width=tile.width)
        for tile in edge_tiles(size)
    }
    return extend(size=size, edge=held, leaf_hashes=()).edge


def extend(*, size: int, edge: Mapping[tuple[int, int], bytes], leaf_hashes: Sequence[bytes]) -> Extension:
    """A tree of this size, after these leaves.

    ``edge`` holds the bytes of the ``edge_tiles`` of the old size by (level, index); others may be
    there and are not read. Refuses tiles of another length. That the tiles are those of the
    promised root is not checked here: with no leaves, the answer's edge is the old one's.
    """
    changed: dict[tuple[int, int], bytes] = {}
    nodes: tuple[bytes, ...] = ()
    require_hashes(leaf_hashes)
    fresh = b"".join(leaf_hashes)
    for level in _levels(size + len(leaf_hashes)):
        index, width = divmod(size >> HEIGHT * level, WIDTH)
        hashes = (_tile(edge.get((level, index), b""), Tile(level, index, width)) if width else b"") + fresh
        above = []
        for start in range(0, len(hashes) if fresh else 0, WIDTH * HASH_SIZE):
            tile = changed[level, index] = hashes[start : start + WIDTH * HASH_SIZE]
            if len(tile) == WIDTH * HASH_SIZE:
                above.append(append_all(RightEdge(), _split(tile)).root())
                index += 1
        rest = hashes[len(hashes) - len(hashes) % (WIDTH * HASH_SIZE) :]
        nodes = append_all(RightEdge(), _split(rest)).nodes + nodes
        fresh = b"".join(above)
    return Extension(RightEdge(size + len(leaf_hashes), nodes), changed)


class TileTree:
    """The subtrees of one tree, computed from its tiles; each tile is read and each subtree hashed at most once.

    Lives as long as some proofs of one tree are made: it keeps what it read.
    """

    def __init__(self, *, size: int, tiles: TileReader) -> None:
        self.size = size
        self._tiles = tiles
        self._read: dict[tuple[int, int], bytes] = {}
        self._roots: dict[tuple[int, int], bytes] = {}
        self._spans: dict[tuple[int, int], bytes] = {}

    def complete_subtree(self, height: int, index: int) -> bytes:
        """The root of the ``index``-th subtree of 2^height leaves.

        Refuses one that is not wholly inside the tree.
        """
        if not (0 <= height <= HIGHEST_LEVEL and 0 <= index and (index + 1) << height <= self.size):
            raise NotFoundError(
                Code.OUTSIDE_TREE, f"no complete subtree {index} of 2^{height} leaves in a tree of {self.size}"
            )
        if (height, index) not in self._roots:
            level, above = divmod(height, HEIGHT)
            tile, first = divmod(index << above, WIDTH)
            hashes = self._tile(level, tile)[first * HASH_SIZE : (first + (1 << above)) * HASH_SIZE]
            self._roots[height, index] = append_all(RightEdge(), _split(hashes)).root()
        return self._roots[height, index]

    def subtree(self, start: int, end: int) -> bytes:
        """The root over the leaves from ``start`` up to ``end``, as RFC 6962 §2.1 splits them.

        ``start`` is a multiple of the smallest power of two that is at least ``end - start``, as
        it is for every node of a tree.
        """
        if (start, end) not in self._spans:
            nodes = []
            place = start
            while place < end:
                height = (end - place).bit_length() - 1
                nodes.append(self.complete_subtree(height, place >> height))
                place += 1 << height
            self._spans[start, end] = RightEdge(end - start, tuple(nodes)).root()
        return self._spans[start, end]

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._read:
            place = Tile(level, index, width_at(self.size, level, index))
            data = self._tiles.read_tile(level=level, index=index, width=place.width)
            self._read[level, index] = _tile(data, place)
        return self._read[level, index]


def _levels(size: int) -> range:
    """The levels on which a tree of this size has tiles."""
    if not 0 <= size <= LARGEST_SIZE:
        raise MalformedError(Code.MALFORMED_TREE, f"a tree has 0 to 2^63-1 leaves, not {size}")
    return range(-(-size.bit_length() // HEIGHT))


def _tile(data: bytes, place: Tile) -> bytes:
    if len(data) != place.width * HASH_SIZE:
        raise MalformedError(
            Code.MALFORMED_TILE, f"{place.path} has {place.width * HASH_SIZE} bytes, but {len(data)} were given"
        )
    return data


def _split(hashes: bytes) -> list[bytes]:
    return [hashes[start : start + HASH_SIZE] for start in range(0, len(hashes), HASH_SIZE)]


def _require_place(index: int, width: int) -> None:
    if not 0 <= index < _INDEX_END:
        raise MalformedError(Code.MALFORMED_TILE, f"index {index} is not between 0 and 2^55-1")
    if not 1 <= width <= WIDTH:
        raise MalformedError(Code.MALFORMED_TILE, f"a tile is 1 to {WIDTH} wide, not {width}")


def _place(index: int, width: int) -> str:
    last = f"{index % 1000:03d}"
    while index := index // 1000:
        last = f"x{index % 1000:03d}/{last}"
    return last if width == WIDTH else f"{last}.p/{width}"
