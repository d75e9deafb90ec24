"""``kill -9`` at any moment of capturing and checkpointing: what was acknowledged is there once, and the log is sound.

``make soak`` kills 250 times (``KILLS=250``).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from provenance.ids import LeafIndex
from tests.databases import fresh_sqlite
from tests.oracles import assert_log_is_sound
from tests.vectors import ROOT
from tests.world import World

KILLS = int(os.environ.get("KILLS", "12"))
LUCK = random.Random(12)


def killed_run(home: Path, url: str, run: int) -> dict[str, int]:
    """What one run acknowledged before it was killed, at a moment of luck's choosing after its first receipt."""
    command = [sys.executable, "-m", "tests.faults.capturing_child", str(home), url, str(run)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        first = child.stdout.readline()
        threading.Timer(LUCK.uniform(0, 0.5), child.kill).start()
        lines = [first, *child.stdout]
        said = child.stderr.read()
    assert child.returncode == -signal.SIGKILL, said
    # The last line may have been cut in the middle of being said.
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {hash_: int(index) for hash_, index in whole}


def test_nothing_acknowledged_is_lost_and_nothing_else_breaks_a_chain(tmp_path: Path) -> None:
    home, url = tmp_path / "home", fresh_sqlite(tmp_path)
    World(home, url).close()

    acknowledged: dict[str, int] = {}
    for run in range(KILLS):
        acknowledged |= killed_run(home, url, run)

    world = World(home, url)
    with world.services.store.reading() as store:
        stored = {s.hash: s.index for s in store.statements_from(LeafIndex(0), limit=store.size())}
        places = Counter(stored.values())
    world.services.checkpointing.checkpoint()
    assert len(acknowledged) > KILLS
    assert {hash_: stored.get(hash_) for hash_ in acknowledged} == acknowledged
    assert set(places.values()) == {1}
    assert_log_is_sound(world.services)
    world.close()
