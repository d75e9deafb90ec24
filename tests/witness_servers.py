"""Witnesses as they are run: ``provenance witness serve``, each with processes of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from provenance.log.note import VerifierKey
from tests.terminal import PASSPHRASE
from tests.vectors import ROOT
from tests.witness_homes import write_witness_home

PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class WitnessServer:
    """A witness at an address; killed and begun again it is at the same one."""

    home: Path
    port: int
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin, and wait until it answers."""
        command = [sys.executable, "-m", "provenance", "witness", "serve", "--port", str(self.port)]
        mine = {"PROVENANCE_HOME": str(self.home), "PROVENANCE_PASSPHRASE": PASSPHRASE, "PYTHONPATH": str(ROOT)}
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, env=os.environ | mine, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert time.monotonic() < end, (self.home / "server.log").read_text()
            assert self.process.poll() is None, (self.home / "server.log").read_text()
            time.sleep(0.05)

    def kill(self) -> None:
        """End all its processes with ``SIGKILL``."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE_SECONDS)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS) as connection:
                connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
                return connection.recv(12).endswith(b" 200")
        except OSError:
            return False


@contextmanager
def witness_server(home: Path, name: str, *logs: VerifierKey) -> Iterator[WitnessServer]:
    """A witness of this name that serves, at a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = WitnessServer(write_witness_home(home, name, *logs), port)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def witness_servers(folder: Path, names: Sequence[str], *logs: VerifierKey) -> Iterator[dict[str, str]]:
    """Witnesses of these names that serve; each one's address."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(witness_server(folder / name, name, *logs)).url for name in names}
