"""``kill -9`` at any moment of capturing, signing, publishing, confirming (see ``reckoning``) and of mirroring.

``make soak`` kills a thousand times and more (``tests.soak``).
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.lab import lab
from tests.faults.mirror_killing import killing as killing_mirror
from tests.faults.reckoning import assert_all_is_well, assert_everybody_gets_up_again


@pytest.mark.parametrize(("witnesses", "kills"), [(0, 6), (3, 14)])
def test_nothing_acknowledged_is_lost_and_nobody_signs_two_stories(tmp_path: Path, witnesses: int, kills: int) -> None:
    with lab(tmp_path, random.Random(12), witnesses=witnesses) as killing:
        with killing.everyone():
            killing.kill(kills)
            killing.calm()

            assert_everybody_gets_up_again(killing)
        assert_all_is_well(killing)


def test_a_watch_that_is_killed_goes_on_and_its_mirror_never_shows_anything_false(tmp_path: Path) -> None:
    with killing_mirror(tmp_path, random.Random(7)) as killing:
        killing.kill(12)
        killing.finish()

    assert killing.ended > 1
    assert killing.deaths().total() == killing.killed == 12
