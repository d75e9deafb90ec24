"""Tessera checks our published log with its own library and copies it with its own tool; a damaged copy is refused.

Skipped where Go or its module proxy can't be had; the first run builds both, in Go's own cache.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from provenance.adapters.http_log import HttpLog
from provenance.adapters.outside import DurableFiles
from provenance.services.mirroring import Mirroring
from provenance.trust import Trust
from tests.cast import MAKER, item
from tests.homes import files_in
from tests.tessera import COPIER, JUDGE, NotToBeHadError, built
from tests.world import World
from web.app import create_app


@dataclass(frozen=True, slots=True)
class Tessera:
    """What was built of it."""

    judge: Path
    copier: Path

    def fsck(self, log: str | Path, trust: Trust) -> tuple[int, str]:
        """What its fsck library makes of a log, served or in a folder."""
        words = ["fsck", log, str(trust.log)]
        ran = subprocess.run([self.judge, *words], capture_output=True, text=True, check=False, timeout=60)
        print("fsck:", ran.stdout[:80].strip(), ran.stderr.strip().splitlines()[-1][:160])
        return ran.returncode, ran.stdout

    def copy(self, url: str, folder: Path) -> None:
        """Let its mirror tool copy a log."""
        words = ["--source_url", url, "--storage_dir", folder, "--num_workers", "2"]
        ran = subprocess.run([self.copier, *words], capture_output=True, text=True, check=True, timeout=60)
        print("mirror:", ran.stderr.strip().splitlines()[-1])


@dataclass(frozen=True, slots=True)
class Published:
    """A log of ours as it is served."""

    url: str
    trust: Trust


@pytest.fixture(scope="module")
def tessera(tmp_path_factory: pytest.TempPathFactory) -> Tessera:
    folder = tmp_path_factory.mktemp("tessera")
    try:
        return Tessera(built(JUDGE, folder / "judge"), built(COPIER, folder / "copier"))
    except NotToBeHadError as err:
        pytest.skip(str(err))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """300 statements: a full tile, a partial one, and one above them."""
    world = World(tmp_path_factory.mktemp("log") / "world")
    made = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning"}
    for size in (100, 300):
        serials = range(world.size(), size)
        world.captured_together(*(world.signed({**made, "epcList": [item(f"T{n}")]}, MAKER) for n in serials))
        world.services.checkpointing.checkpoint()
    server = make_server("127.0.0.1", 0, create_app(world.services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Published(f"http://127.0.0.1:{server.server_port}/", world.services.trust)
    server.shutdown()
    thread.join()
    server.server_close()
    world.close()


def test_tessera_finds_our_log_whole(tessera: Tessera, log: Published) -> None:
    assert tessera.fsck(log.url, log.trust) == (0, "accepted\n")


def test_tessera_copies_our_log_byte_for_byte_as_our_own_mirror_does(
    tessera: Tessera, log: Published, tmp_path: Path
) -> None:
    ours = Mirroring(HttpLog(log.url), DurableFiles(tmp_path / "ours"), log.trust).catch_up()

    tessera.copy(log.url, tmp_path / "theirs")

    assert ours.size == 300
    assert files_in(tmp_path / "theirs") == files_in(tmp_path / "ours")
    assert tessera.fsck(tmp_path / "theirs", log.trust) == (0, "accepted\n")


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"])
def test_tessera_refuses_a_copy_in_which_one_bit_was_changed(
    path: str, tessera: Tessera, log: Published, tmp_path: Path
) -> None:
    tessera.copy(log.url, tmp_path)
    data = (tmp_path / path).read_bytes()
    (tmp_path / path).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))

    code, said = tessera.fsck(tmp_path, log.trust)

    assert (code, said.split(":")[0]) == (1, "refused")
