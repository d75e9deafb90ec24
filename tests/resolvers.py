"""A resolver to ask: within this process, or the server as it is run; both answer in the same way.

Rules: what is sent is what the test says and nothing more; no redirect is followed.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from provenance.bootstrap import Services
from provenance.encoding import canonical
from tests.terminal import PASSPHRASE
from tests.vectors import ROOT
from web.app import create_app

PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; the names of ``headers`` are in lower case, ``version`` is that of HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    version: int = 11

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers.get("location", "")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return canonical.parse_any(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Resolver:
    """Something to ask, and what it calls itself."""

    root: str
    ask: Callable[[str, str, Mapping[str, str]], Reply]

    def get(self, path: str, **headers: str) -> Reply:
        """What a GET is answered with; ``accept_language="de"`` sends ``Accept-Language: de``."""
        return self.send("GET", path, **headers)

    def send(self, method: str, path: str, **headers: str) -> Reply:
        """What a request is answered with."""
        return self.ask(method, path, {name.replace("_", "-").title(): value for name, value in headers.items()})


def within(services: Services) -> Resolver:
    """The application in this process."""
    client = create_app(services).test_client()

    def ask(method: str, path: str, headers: Mapping[str, str]) -> Reply:
        answer = client.open(path, method=method, headers=dict(headers))
        return Reply(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.data)

    return Resolver(services.settings.base_url, ask)


@contextmanager
def served(services: Services, folder: Path) -> Iterator[Resolver]:
    """``provenance serve`` over the same home, on a free port of this machine, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root, said = f"http://127.0.0.1:{port}", folder / "server.log"
    mine = {"PROVENANCE_HOME": str(services.settings.home), "PROVENANCE_PASSPHRASE": PASSPHRASE}
    command = [sys.executable, "-m", "provenance", "serve", "--port", str(port), "--workers", "1"]
    with said.open("wb") as log:
        process = subprocess.Popen(
            command, env=os.environ | mine | {"PROVENANCE_BASE_URL": root}, cwd=ROOT, stdout=log, stderr=log
        )
    resolver = Resolver(root, lambda method, path, headers: _ask(port, method, path, headers))
    try:
        _wait_until_it_answers(resolver, process, said)
        yield resolver
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)
    assert "Traceback" not in said.read_text()


def _ask(port: int, method: str, path: str, headers: Mapping[str, str]) -> Reply:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, headers=dict(headers))
        answer = connection.getresponse()
        return Reply(
            answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read(), answer.version
        )
    finally:
        connection.close()


def _wait_until_it_answers(resolver: Resolver, process: subprocess.Popen[bytes], said: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, said.read_text()
        try:
            if resolver.get("/healthz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(said.read_text())
