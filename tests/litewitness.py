"""litewitness, a witness that somebody else wrote: built once by Go, run beside its own key agent.

It needs Go, Go's module proxy and OpenSSH's tools; ``LitewitnessAbsentError`` says what is missing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from provenance.crypto.keys import PublicKey, public_from_bytes
from provenance.encoding.textual import format_base64, parse_base64
from provenance.log.merkle import EMPTY_ROOT
from provenance.log.note import VerifierKey, cosigner_key
from tests.processes import Program, free_port, wait_until

NAME = "witness.example/w1"

_SOURCE = "filippo.io/torchwood/cmd/litewitness@v0.9.0"
_TOOLS = ("go", "ssh-agent", "ssh-add", "ssh-keygen")


class LitewitnessAbsentError(Exception):
    """litewitness can't be had here; says why."""


@dataclass(frozen=True, slots=True)
class Litewitness:
    """A litewitness that runs: its key, and the file it remembers in."""

    program: Program
    key: VerifierKey
    store: Path

    def introduce(self, log: VerifierKey) -> None:
        """What ``witnessctl add-log`` and ``add-key`` write; that tool's own imports can't always be had."""
        with sqlite3.connect(self.store) as database:
            empty = format_base64(EMPTY_ROOT)
            database.execute("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", (log.name, empty))
            database.execute("INSERT INTO key (origin, key) VALUES (?, ?)", (log.name, str(log)))
        database.close()


@contextmanager
def litewitness_in(folder: Path) -> Iterator[Litewitness]:
    """A litewitness with a key and a memory in this folder, as long as the block lasts."""
    program = _built(folder)
    key, socket, port = folder / "key", folder / "s", free_port()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    shown = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], check=True, capture_output=True, text=True).stdout
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL)
    try:
        wait_until(socket.exists)
        subprocess.run(["ssh-add", "-q", key], env={**os.environ, "SSH_AUTH_SOCK": str(socket)}, check=True)
        words = [program, "-db", folder / "w.db", "-name", NAME, "-key", shown.split()[1], "-ssh-agent", socket]
        witness = Program([*words, "-listen", f"127.0.0.1:{port}"], port, folder / "diary")
        witness.start()
        try:
            witness.wait()
            yield Litewitness(witness, cosigner_key(NAME, _public(folder / "key.pub")), folder / "w.db")
        finally:
            witness.stop()
    finally:
        agent.terminate()
        agent.wait()


def _built(folder: Path) -> Path:
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        raise LitewitnessAbsentError(f"litewitness needs {', '.join(missing)}")
    built = subprocess.run(
        ["go", "install", _SOURCE], env={**os.environ, "GOBIN": str(folder), "GOTOOLCHAIN": "local"},
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    if built.returncode != 0:
        raise LitewitnessAbsentError(f"litewitness could not be built: {built.stderr[-300:]}")
    return folder / "litewitness"


def _public(file: Path) -> PublicKey:
    """The key in a line of OpenSSH: its last 32 bytes."""
    return public_from_bytes(parse_base64(file.read_text().split()[1])[-32:])
