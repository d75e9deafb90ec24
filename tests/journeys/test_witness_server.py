"""A log asks a witness that runs as it is run: over HTTP, killed and begun again, and ahead of an old backup."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.bootstrap import build
from provenance.codes import Code
from provenance.errors import RefusedError, UnreachableError
from provenance.log.witness import with_answer
from provenance.ports.witnesses import WitnessAnswer
from provenance.services.witnessing import Outcome
from tests.cast import item
from tests.cosigners import LOG_VERIFIER, WITNESS_VERIFIERS, checkpoint_of, signed
from tests.homes import settings_of
from tests.vectors import ROOT
from tests.witness_homes import ask_witnesses, asking, asking_for_fork
from tests.witness_servers import WitnessServer, witness_server
from tests.world import World

NAME = "w1.example"


@pytest.fixture(scope="module")
def world_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("log") / "home"
    World(home).close()
    return home


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, world_home: Path) -> Iterator[WitnessServer]:
    world = World(world_home)
    log = world.services.trust.log
    world.close()
    with witness_server(tmp_path_factory.mktemp("witness") / "home", NAME, LOG_VERIFIER, log) as server:
        yield server


def test_it_confirms_and_remembers_whatever_happens_to_it(server: WitnessServer) -> None:
    witnesses = HttpWitnesses()

    first = witnesses.ask(server.url, asking(0, 7))
    wrong_size = witnesses.ask(server.url, asking(3, 9))
    fork = witnesses.ask(server.url, asking_for_fork(7, 9))
    server.kill()
    with pytest.raises(UnreachableError):
        witnesses.ask(server.url, asking(7, 9))
    server.start()
    forgotten = witnesses.ask(server.url, asking(0, 9))
    next_ = witnesses.ask(server.url, asking(7, 9))

    assert (wrong_size, fork.status) == (WitnessAnswer(409, b"7\n"), 422)
    assert forgotten == WitnessAnswer(409, b"7\n")
    for answer, size in ((first, 7), (next_, 9)):
        assert answer.status == 200
        with_answer(signed(checkpoint_of(size)), answer.body, keys=[WITNESS_VERIFIERS[NAME]])


def test_a_witness_that_is_ahead_of_an_old_backup_keeps_the_log_closed(
    server: WitnessServer, world_home: Path, tmp_path: Path
) -> None:
    policy = f"witness {NAME} {WITNESS_VERIFIERS[NAME]}\nquorum {NAME}\n".encode()
    world = World(world_home)
    world.made(item("A1"))
    world.services.checkpointing.checkpoint()
    backup = shutil.copytree(world_home, tmp_path / "backup")
    world.made(item("B1"))
    world.close()
    for home in (world_home, backup):
        ask_witnesses(home, {NAME: server.url}, policy)
    log = build(settings_of(world_home))
    log.checkpointing.checkpoint()
    (said,) = log.witnessing.confirm()
    log.store.close()

    restored = build(settings_of(backup))
    with pytest.raises(RefusedError) as refused:
        restored.checkpointing.checkpoint()
    (heard,) = restored.witnessing.confirm()
    restored.store.close()

    assert said.outcome is Outcome.CONFIRMED
    assert refused.value.code is Code.READ_ONLY
    assert heard.outcome is Outcome.AHEAD


def test_it_starts_with_little_more_than_it_needs() -> None:
    heavy = ("sqlalchemy", "networkx", "labels", "web.app", "provenance.bootstrap", "provenance.custody.statements")
    said = subprocess.run(
        [sys.executable, "-c", f"import sys, web.witness_serving\nprint(*sorted(sys.modules.keys() & set({heavy!r})))"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip

    assert said.stdout == "\n"
