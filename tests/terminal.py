"""Typing a ``provenance`` command and reading what it says, inside this process."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from provenance.cli.main import run
from provenance.encoding import canonical

PASSPHRASE = "an olive, a fig and a date"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """The one JSON object on stdout."""
        value = canonical.parse_any(self.out.encode())
        assert isinstance(value, dict)
        return value


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal in front of one installation."""

    home: Path
    passphrase: str | None = PASSPHRASE

    def __call__(self, *words: str | Path, stdin: bytes = b"", environ: Mapping[str, str] | None = None) -> Said:
        """Type a command: its words after ``provenance``, or one line of them."""
        typed = shlex.split(str(words[0])) if len(words) == 1 else [str(word) for word in words]
        clean: dict[str, str | None] = {name: None for name in os.environ if name.startswith("PROVENANCE_")}
        given = {"PROVENANCE_HOME": str(self.home), "PROVENANCE_PASSPHRASE": self.passphrase, **(environ or {})}
        with CliRunner().isolation(input=stdin, env={**clean, **given}) as (out, err, *_):
            code = run(typed)
            return Said(code, out.getvalue().decode(), err.getvalue().decode())
