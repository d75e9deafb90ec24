"""Programs of their own for tests: started on a free port of this machine, looked at, stopped; and commands that end.

Rules: what a program says goes to a file; whoever starts one stops it; a command without a network has none at all.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.terminal import PASSPHRASE, Said
from tests.vectors import ROOT

PATIENCE_SECONDS = 60.0
OURS = (sys.executable, "-m", "provenance")

_WITHOUT_NETWORK = """
import runpy, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise RuntimeError(f"{event}: there is no network here")

sys.addaudithook(refuse)
sys.argv[0] = "provenance"
runpy.run_module("provenance", run_name="__main__")
"""


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_until(is_so: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Return once it is so; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.02)


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a program that works in this home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROVENANCE_")}
    return {**kept, "PYTHONPATH": str(ROOT), "PROVENANCE_HOME": str(home), **more}


def is_listening(port: int) -> bool:
    """Whether somebody listens on this port of this machine."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@dataclass(slots=True)
class Program:
    """A program that listens on a port until it is stopped; it can be started again, with the memory it has."""

    words: Sequence[str | Path]
    port: int
    diary: Path
    environ: Mapping[str, str] | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        """All it said since it was first started."""
        return self.diary.read_text()

    def start(self) -> None:
        """Begin; ``wait`` returns once it listens."""
        with self.diary.open("ab") as diary:
            self._process = subprocess.Popen(
                self.words, env=self.environ, stdin=subprocess.DEVNULL, stdout=diary, stderr=diary,
                start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Return once it listens; fail if it ended instead."""
        wait_until(self._is_up)

    def outcome(self) -> int:
        """Its exit code, once it has ended by itself."""
        assert self._process is not None
        code = self._process.wait(timeout=PATIENCE_SECONDS)
        self._process = None
        return code

    def stop(self) -> None:
        """Return once it has ended, as it should when it is told to; nothing, if it does not run."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE_SECONDS)
            self._process = None

    def kill(self) -> None:
        """Return once it and all its children are dead, at whatever they were doing; nothing, if it does not run."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(timeout=PATIENCE_SECONDS)
            self._process = None

    def _is_up(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.said
        return is_listening(self.port)


def command(home: Path, *words: str | Path) -> Said:
    """What one ``provenance`` command says, as a process of its own that works in this home."""
    return _ended([*OURS, *words], environment(home, PROVENANCE_PASSPHRASE=PASSPHRASE))


def offline(*words: str | Path) -> Said:
    """What one ``provenance`` command says to somebody who has neither an installation nor a network."""
    return _ended([sys.executable, "-c", _WITHOUT_NETWORK, *words], environment(Path(os.devnull) / "nowhere"))


def _ended(words: Sequence[str | Path], environ: Mapping[str, str]) -> Said:
    ended = subprocess.run(
        words, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert "Traceback" not in ended.stderr, ended.stderr
    return Said(ended.returncode, ended.stdout, ended.stderr)
