"""The server as it is run: processes that answer, one that signs, and what happens when one of them dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from provenance.crypto.envelope import to_json
from provenance.log.checkpoint import open_checkpoint
from tests.cast import MAKER, item
from tests.terminal import PASSPHRASE
from tests.vectors import ROOT
from tests.world import World

PATIENCE_SECONDS = 20.0
_SERVE = """
import os
from provenance.config import read_settings
from web.serving import serve
serve(read_settings(os.environ), host="127.0.0.1", port=int(os.environ["PORT"]), workers=2)
"""


class Server:
    """A server over a world, in processes of its own."""

    def __init__(self, world: World, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.world, self.log = world, folder / "server.log"
        settings = world.services.settings
        mine = {"PROVENANCE_HOME": str(settings.home), "PROVENANCE_PASSPHRASE": PASSPHRASE, "PORT": str(self.port)}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _SERVE], env=os.environ | mine | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, stderr=log
            )
        self.wait_until(self._answers)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def hand_in(self, serial: str) -> int:
        """Make an item over HTTP; the index of its statement."""
        event = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [item(serial)]}
        body = json.dumps(to_json(self.world.signed(event, MAKER)))
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request("POST", "/statements", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status == 201, answer.read()
            return int(json.loads(answer.read())["index"])
        finally:
            connection.close()

    def recorded(self) -> int:
        """How many statements the newest checkpoint covers."""
        status, note = self.get("/checkpoint")
        trusted = [self.world.services.trust.log]
        return open_checkpoint(note, log_keys=trusted).checkpoint.size if status == 200 else 0

    def signer(self) -> int:
        """The process that makes checkpoints: the one child that listens to nobody."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        (silent,) = (int(child) for child in children if not _has_socket(child))
        return silent

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait, but not for ever."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < end, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False


def _has_socket(process: str) -> bool:
    return any(str(fd.readlink()).startswith("socket:") for fd in Path(f"/proc/{process}/fd").iterdir())


@pytest.fixture
def server(world: World, tmp_path: Path) -> Iterator[Server]:
    server = Server(world, tmp_path)
    yield server
    if server.process.poll() is None:
        server.process.kill()
    server.process.wait(PATIENCE_SECONDS)


@pytest.mark.skipif(
    not Path(f"/proc/self/task/{os.getpid()}/children").exists(), reason="the signer is found through /proc"
)
def test_what_is_handed_in_is_signed_even_if_the_signer_is_killed_or_the_server_told_to_stop(server: Server) -> None:
    first = server.hand_in("A1")
    server.wait_until(lambda: server.recorded() > first)

    killed = server.signer()
    os.kill(killed, signal.SIGKILL)
    second = server.hand_in("A2")
    server.wait_until(lambda: server.recorded() > second)

    last = server.hand_in("A3")
    server.process.send_signal(signal.SIGTERM)

    assert server.process.wait(PATIENCE_SECONDS) == 0
    assert f"({killed}) has ended; starting another" in server.log.read_text()
    with server.world.services.store.reading() as store:
        checkpoint = store.checkpoint()
    assert checkpoint is not None
    assert checkpoint.size == last + 1
