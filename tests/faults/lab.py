"""A log and its witnesses as processes of their own, killed again and again and begun anew at once.

Each process is forked from one that has imported everything, so that a thousand kills take minutes. The witnesses'
sockets are held here: whoever asks a dead witness waits for its next life, or hears the connection break.
"""

from __future__ import annotations

import multiprocessing
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from provenance.adapters.key_files import read_trust
from tests.cosigners import WITNESSES
from tests.faults.fate import Diary, Fate
from tests.faults.lives import Life, capture, confirm, sign
from tests.witness_homes import ask_witnesses, write_witness_home
from tests.world import World

FORKING = multiprocessing.get_context("forkserver")
FORKING.set_forkserver_preload(["tests.faults.reckoning", "tests.faults.mirror_killing"])  # with all that they import
_LATEST_CROSSING = 120
_LATEST_CROSSING_OF_WITNESS = 12
_LIVELY = 0.75  # the rest may die at their birth
_PATIENCE_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 0.15


@dataclass(slots=True)
class Lab:
    """One log, its witnesses if it has any, and what became of their lives."""

    home: Path
    witness_homes: Mapping[str, Path]
    luck: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    shown: list[bytes] = field(default_factory=list)
    """Every checkpoint that was seen published, in that order."""
    _sockets: dict[str, socket.socket] = field(default_factory=dict)
    _living: dict[str, tuple[ForkServerProcess, Life]] = field(default_factory=dict)
    _born: int = 0

    @contextmanager
    def everyone(self) -> Iterator[None]:
        """All processes live inside, and none is left behind."""
        try:
            for name in ("capture", "sign", *self.witness_homes):
                self._begin(name, self._drawn(name))
            yield
        finally:
            for name in self._living:
                self._end(name)
            self._living.clear()

    def kill(self, times: int, progress: Callable[[int], None] = lambda done: None) -> None:
        """Let so many processes die by ``SIGKILL``, one after the other and each whenever luck has it."""
        while self.killed.total() < times:
            victim = self.luck.choice(sorted(self._living))
            if self.luck.random() < _LIVELY:
                self._wait_for_work_of(victim)
            time.sleep(self.luck.uniform(0, _LONGEST_PAUSE_SECONDS))
            self._end(victim)
            for name, (process, _) in [*self._living.items()]:
                if not process.is_alive():
                    self._bury(name)
                    self._begin(name, self._drawn(name))
            self._look_at_published()
            progress(self.killed.total())

    def calm(self) -> None:
        """Let everyone die once more; then the witnesses live on, and nobody else."""
        for name in [*self._living]:
            self._end(name)
            self._bury(name)
            del self._living[name]
        for name in self.witness_homes:
            self._begin(name, None)

    def diaries(self, name: str) -> Iterator[list[str]]:
        """What all lives of this name put down."""
        for file in sorted(self.home.parent.glob(f"{name}-*.diary")):
            yield from Diary(file).read()

    def deaths(self) -> Counter[str]:
        """At which moments how many died by their own hand."""
        return Counter(" ".join(words) for words in self.diaries("death"))

    def _wait_for_work_of(self, name: str) -> None:
        process, life = self._living[name]
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while process.is_alive() and time.monotonic() < deadline and not life.diary.read():
            time.sleep(0.005)

    def _drawn(self, name: str) -> int | None:
        latest = _LATEST_CROSSING_OF_WITNESS if name in self.witness_homes else _LATEST_CROSSING
        return self.luck.choice([None, self.luck.randint(1, latest)])

    def _begin(self, name: str, crossings: int | None) -> None:
        self._born += 1
        folder = self.home.parent
        death = Diary(folder / f"death-{self._born}.diary")
        life = Life(self._born, Diary(folder / f"{name}-{self._born}.diary"), Fate(death, crossings))
        work = {"capture": partial(capture, self.home), "sign": partial(sign, self.home)}.get(name)
        if work is None:
            work = partial(confirm, self.witness_homes[name], self._sockets[name])
        process = FORKING.Process(target=work, args=(life,))
        process.start()
        self._living[name] = process, life

    def _end(self, name: str) -> None:
        process, _ = self._living[name]
        process.kill()
        process.join()

    def _bury(self, name: str) -> None:
        process, _ = self._living[name]
        assert process.exitcode == -signal.SIGKILL, f"{name} ended by itself, with {process.exitcode}"
        self.killed[name.partition(".")[0]] += 1

    def _look_at_published(self) -> None:
        with suppress(FileNotFoundError):
            note = (self.home / "tiles" / "checkpoint").read_bytes()
            if self.shown[-1:] != [note]:
                self.shown.append(note)


@contextmanager
def lab(folder: Path, luck: random.Random, *, witnesses: int) -> Iterator[Lab]:
    """A lab with three witnesses, of which two make a quorum, or with none; nobody lives yet."""
    home = folder / "log"
    World(home).close()
    names = WITNESSES[:witnesses]
    sockets = {name: socket.create_server(("127.0.0.1", 0)) for name in names}
    homes = {name: folder / name for name in names}
    if names:
        ask_witnesses(home, {name: "http://{}:{}".format(*held.getsockname()) for name, held in sockets.items()})
    for name, place in homes.items():
        write_witness_home(place, name, read_trust(home / "trust.json").log)
    try:
        yield Lab(home, homes, luck, _sockets=sockets)
    finally:
        for listener in sockets.values():
            listener.close()
