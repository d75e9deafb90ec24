"""Somebody else's witness confirms our checkpoints, and refuses our fork.

Skipped where Go, its module proxy or OpenSSH's tools can't be had; the first run builds the witness, in Go's own cache.
"""

from __future__ import annotations

import os
import shutil
import socket as sockets
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.encoding.textual import format_base64
from provenance.log.merkle import EMPTY_ROOT
from tests.cosigners import LOG_VERIFIER, ORIGIN
from tests.witness_homes import asking, asking_for_fork

SOURCE = "filippo.io/torchwood/cmd/litewitness@v0.9.0"
TOOLS = ("go", "ssh-agent", "ssh-add", "ssh-keygen")


@pytest.fixture
def litewitness(tmp_path: Path) -> Iterator[str]:
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"litewitness needs {', '.join(missing)}")
    built = subprocess.run(
        ["go", "install", SOURCE], env={**os.environ, "GOBIN": str(tmp_path), "GOTOOLCHAIN": "local"},
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    if built.returncode != 0:
        pytest.skip(f"litewitness could not be built: {built.stderr[-300:]}")
    with sockets.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    key, socket, store, log = (tmp_path / name for name in ("key", "s", "w.db", "log"))
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    shown = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], check=True, capture_output=True, text=True).stdout
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        wait_until(socket.exists)
        subprocess.run(["ssh-add", "-q", key], env={**os.environ, "SSH_AUTH_SOCK": str(socket)}, check=True)
        with log.open("wb") as said:
            words = ["-db", store, "-name", "witness.example/w1", "-key", shown.split()[1], "-ssh-agent", socket]
            witness = subprocess.Popen([tmp_path / "litewitness", *words, "-listen", f"127.0.0.1:{port}"], stderr=said)
        try:
            wait_until(lambda: b"listening" in log.read_bytes())
            introduce(store)
            yield f"http://127.0.0.1:{port}"
        finally:
            witness.terminate()
            witness.wait()
    finally:
        agent.terminate()
        agent.wait()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def introduce(store: Path) -> None:
    """What ``witnessctl add-log`` and ``add-key`` write; that tool's own imports can't always be had."""
    with sqlite3.connect(store) as database:
        empty = format_base64(EMPTY_ROOT)
        database.execute("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", (ORIGIN, empty))
        database.execute("INSERT INTO key (origin, key) VALUES (?, ?)", (ORIGIN, str(LOG_VERIFIER)))
    database.close()


def test_litewitness_confirms_a_log_that_grows_and_refuses_one_that_forks(litewitness: str) -> None:
    witnesses = HttpWitnesses()
    requests = (asking(0, 7), asking(7, 12), asking_for_fork(12, 20), asking_for_fork(12, 12), asking(12, 20))

    answers = [witnesses.ask(litewitness, request) for request in requests]

    assert [answer.status for answer in answers] == [200, 200, 422, 422, 200]
    assert all(answer.body.startswith("— witness.example/w1 ".encode()) for answer in answers if answer.status == 200)
