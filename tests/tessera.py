"""Building that with which Tessera, the log software of transparency.dev, judges our log and races it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

JUDGE, COPIER = ".", "github.com/transparency-dev/tessera/cmd/experimental/mirror/posix"

_SOURCE = Path(__file__).parent / "interop" / "tesseracheck"
_GO = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")


class NotToBeHadError(Exception):
    """There is no Go here, or it can't get the packages."""


def built(what: str, program: Path) -> Path:
    """The program, built from what Go's module proxy has."""
    if _GO is None:
        raise NotToBeHadError("there is no Go on this machine to build Tessera with")
    environment = {**os.environ, "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    done = subprocess.run(
        [_GO, "build", "-o", program, what],
        cwd=_SOURCE, env=environment, capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    if done.returncode != 0:
        raise NotToBeHadError(f"Tessera could not be built: {done.stderr[-300:]}")
    return program
