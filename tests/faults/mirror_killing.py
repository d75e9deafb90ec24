"""A watch over a log, killed at any moment of its turns, and a mirror that shows its folder all the while.

What must hold after each death, and is looked at from outside:

* whatever checkpoint the mirror shows is one that the log signed, with the tree that the log had at that size; below it
  stands the mirror's own line or none;
* every tile and entry under it is there, and proven to be in it; so is all that the folder's own checkpoint covers;
* no page calls a thing anything but what it is, or not issued where it is newer than the copy;
* the next turn that lives goes on from there, and in the end the copy has all of the log.
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy.engine.default import DefaultDialect

from provenance.adapters.http_log import HttpLog
from provenance.adapters.key_files import read_trust
from provenance.adapters.outside import DurableFiles, PrivateFiles
from provenance.adapters.signed_http import SignedBodies
from provenance.bootstrap import Services, build
from provenance.bootstrap_mirror import Hand, build_monitor
from provenance.crypto.envelope import to_json
from provenance.ids import Subject, TreeSize
from provenance.log.bundles import parse_bundle
from provenance.log.checkpoint import Checkpoint, verify_checkpoint
from provenance.log.merkle import HASH_SIZE, leaf_hash
from provenance.log.note import parse_note
from provenance.log.tiles import WIDTH, Bundle, Tile, root_from_tiles, width_at
from provenance.services.copy_reading import CopyReading
from provenance.services.tile_reading import StoredTiles
from tests.attack_world import making
from tests.cast import MAKER, item
from tests.faults.fate import Diary, Fate
from tests.faults.lab import FORKING
from tests.homes import SHOP, key_of, party_of, settings_of, write_home
from tests.mirrors import NAME, mirror_app, mirror_key
from tests.served import published

_MOMENTS = (
    (DefaultDialect, "do_commit"), (os, "fsync"), (Path, "replace"), (HttpLog, "read"), (SignedBodies, "ask"),
)  # fmt: skip
_LATEST_CROSSING = 40
_MOST_NEW = 60


@dataclass(slots=True)
class Killing:
    """A log that grows, the folder of its copy, and what became of the turns."""

    log: Services
    url: str
    folder: Path
    luck: random.Random
    stack: ExitStack
    killed: int = 0
    ended: int = 0
    _made: list[Subject] = field(default_factory=list)
    _client: FlaskClient | None = None

    def kill(self, times: int, progress: Callable[[int], None] = lambda done: None) -> None:
        """Let turns begin, as the log grows, until so many were killed in their middle; look around after each."""
        while self.killed < times:
            if self.luck.random() < 0.6:
                self.grow()
            self._take_turn(self.luck.randint(1, _LATEST_CROSSING))
            self.look()
            progress(self.killed)

    def grow(self) -> None:
        """The log takes in some things more, and signs a checkpoint."""
        made = [item(f"M{len(self._made) + number}") for number in range(self.luck.randint(1, _MOST_NEW))]
        events = [self.log.signing.event(making(thing), [MAKER.hand()]) for thing in made]
        self.log.capturing.capture([to_json(event) for event in events])
        self.log.checkpointing.checkpoint()
        self._made += made

    def finish(self) -> None:
        """One turn lives, and the copy has everything."""
        self.grow()
        self._take_turn(None)
        assert self.look() == self._size()

    def deaths(self) -> Counter[str]:
        """At which moments how many died."""
        files = self.folder.parent.glob("death-*.diary")
        return Counter(" ".join(words) for file in files for words in Diary(file).read())

    def look(self) -> int:
        """The size that the mirror shows now, all of it looked at; 0 as long as there is no mirror."""
        self._look_at_folder()
        client = self._mirror()
        if client is None:
            return 0
        trust = self.log.trust
        note = parse_note(client.get("/checkpoint").data)
        verified = verify_checkpoint(note, log_keys=[trust.log], witness_keys=[mirror_key()])
        shown = verified.checkpoint
        assert len(note.signatures) == len(verified.verified) <= 2
        assert shown.root == self._root(TreeSize(shown.size))
        assert_served(client, shown)
        self._look_at_page(client, shown.size)
        return shown.size

    def _look_at_page(self, client: FlaskClient, size: int) -> None:
        before = self._size() - len(self._made)
        at = self.luck.randrange(len(self._made))
        page = client.get(f"/verify{self._made[at].removeprefix('https://id.gs1.org')}.json").json
        verdict, doubts = page["verdict"], {finding["doubt"] for finding in page["findings"]}
        if before + at < size:
            assert (verdict, doubts) == ("consistent", set())
        else:
            assert doubts & {"not-issued", "not-yet-recorded"}, page

    def _look_at_folder(self) -> None:
        files = DurableFiles(self.folder)
        if files.read("checkpoint") is not None:
            copy = CopyReading(files, PrivateFiles(self.folder), self.log.trust)
            assert copy.state.checkpoint.root == self._root(TreeSize(copy.size))
            assert len([*copy.entries(0, copy.size)]) == copy.size

    def _mirror(self) -> FlaskClient | None:
        """The mirror, from when there is one on; it is the same to the end, and follows the folder."""
        if self._client is None and (self.folder / "mirror.json").exists():
            app = self.stack.enter_context(mirror_app(self.log.settings.home, self.folder))
            self._client = app.test_client()
        return self._client

    def _take_turn(self, crossings: int | None) -> None:
        number = self.killed + self.ended
        fate = Fate(Diary(self.folder.parent / f"death-{number}.diary"), crossings)
        process = FORKING.Process(target=partial(take_turn, self.url, self.folder, self.log.settings.home, fate))
        process.start()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
        self.killed += process.exitcode != 0
        self.ended += process.exitcode == 0

    def _size(self) -> int:
        with self.log.store.reading() as store:
            return store.size()

    def _root(self, size: TreeSize) -> bytes:
        with self.log.store.reading() as store:
            return root_from_tiles(size, StoredTiles(store))


@dataclass(frozen=True, slots=True)
class _Served:
    """The tiles that a mirror serves. See ``log.tiles.TileReader``."""

    client: FlaskClient
    size: int

    def read_tile(self, *, level: int, index: int, width: int) -> bytes:
        """The first ``width`` hashes of a tile."""
        answer = self.client.get(f"/{Tile(level, index, width_at(self.size, level, index)).path}")
        assert answer.status_code == 200
        return answer.data[: width * HASH_SIZE]


def assert_served(client: FlaskClient, shown: Checkpoint) -> None:
    """All that this checkpoint covers is served, and is in its tree."""
    tiles = _Served(client, shown.size)
    assert root_from_tiles(shown.size, tiles) == shown.root
    for number in range(-(-shown.size // WIDTH)):
        place = Bundle(number, width_at(shown.size, 0, number))
        entries = parse_bundle(client.get(f"/{place.path}").data, width=place.width)
        assert b"".join(map(leaf_hash, entries)) == tiles.read_tile(level=0, index=number, width=place.width)


def take_turn(url: str, folder: Path, home: Path, fate: Fate) -> None:
    """One turn of the watch, in a process of its own, until it ends or dies."""
    monitoring = build_monitor(
        url,
        folder,
        read_trust(home / "trust.json"),
        key=key_of("shop"),
        hand=Hand(NAME, key_of("mirror")),
        brought=(),
        stale_after=timedelta(days=1),
    )
    fate.awaits(_MOMENTS)
    monitoring.turn()


@contextmanager
def killing(folder: Path, luck: random.Random) -> Iterator[Killing]:
    """A log that is served, and no copy of it yet."""
    home = write_home(folder / "home")
    log = build(settings_of(home))
    with ExitStack() as stack:
        stack.callback(log.store.close)
        url = stack.enter_context(published(home, readers=party_of(SHOP)))
        killing = Killing(log, url, folder / "copy", luck, stack)
        killing.grow()
        yield killing
