"""When a process dies: killed from outside whenever luck has it, or by its own hand at a moment that was drawn.

Luck alone seldom finds the instants that matter most, between a commit and the answer that tells of it. So a process
may be doomed to the n-th *crossing*: it counts how often it comes to a moment and how often it leaves one, and sends
itself ``SIGKILL`` at that crossing. What it was about to do is in its diary.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Moment = tuple[Any, str]
"""A function that is worth dying at, by the module or class it is looked up in, and its name there."""


@dataclass(frozen=True, slots=True)
class Diary:
    """Lines that outlive their writer, whatever becomes of it; the last may be cut off."""

    file: Path

    def write(self, *lines: str) -> None:
        """Add lines."""
        with self.file.open("ab", buffering=0) as file:
            file.write("".join(f"{line}\n" for line in lines).encode())

    def read(self) -> list[list[str]]:
        """The words of all whole lines."""
        whole, _, _ = self.file.read_bytes().rpartition(b"\n") if self.file.exists() else (b"", b"", b"")
        return [line.split() for line in whole.decode().splitlines()]


@dataclass(slots=True)
class Fate:
    """At which crossing a process dies; ``None``: only when it is killed."""

    diary: Diary
    crossings: int | None

    def awaits(self, moments: Iterable[Moment]) -> None:
        """Count these moments from now on, in this process."""
        for owner, name in moments:
            setattr(owner, name, self._around(getattr(owner, name)))

    def _around(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def crossed(*given: Any, **named: Any) -> Any:
            self._cross("before", real.__qualname__)
            answer = real(*given, **named)
            self._cross("after", real.__qualname__)
            return answer

        return crossed

    def _cross(self, side: str, name: str) -> None:
        if self.crossings is None:
            return
        self.crossings -= 1
        if self.crossings == 0:
            self.diary.write(f"{side} {name}")
            os.kill(os.getpid(), signal.SIGKILL)
