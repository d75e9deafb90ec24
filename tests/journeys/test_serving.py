"""``provenance serve``: several workers and the checkpoint loop, in real processes on a free port."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from provenance.crypto.envelope import to_json
from tests.bench import commissioning, installation, item, sqlite

PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("served") / "home"
    installation(home, sqlite(home.parent)).store.close()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PROVENANCE_HOME": str(home),
        "PROVENANCE_PASSPHRASE": "bench",
        "PROVENANCE_DATABASE_URL": sqlite(home.parent),
    }
    command = [sys.executable, "-m", "provenance", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: read(f"{address}/healthz") is not None)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=PATIENCE_SECONDS)
        assert b"Traceback" not in said, said.decode()


def test_what_is_posted_is_recorded_within_seconds_and_shown(server: str) -> None:
    envelope = to_json(commissioning(1, ["SERVED"]))

    status, first = post(server, envelope)
    again, second = post(server, envelope)
    wait_for(lambda: covered(server) > first["index"])

    assert (status, again) == (201, 200)
    assert first["index"] == second["index"]
    page = read(item("SERVED").replace("https://id.gs1.org", f"{server}/verify"))
    assert "Record consistent" in (page or "")


def test_ten_hundred_copies_at_once_become_one_leaf(server: str) -> None:
    envelope = to_json(commissioning(2, ["COPIED"]))

    _, answer = post(server, [envelope] * 1000)

    assert {row["index"] for row in answer["results"]} == {answer["results"][0]["index"]}


def wait_for(condition: object) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def covered(server: str) -> int:
    note = read(f"{server}/checkpoint")
    return int(note.split("\n")[1]) if note else 0


def read(address: str) -> str | None:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE_SECONDS) as answer:
            return str(answer.read().decode())
    except OSError:
        return None


def post(server: str, value: object) -> tuple[int, dict]:
    request = urllib.request.Request(
        f"{server}/statements", json.dumps(value).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return answer.status, json.loads(answer.read())
