"""Somebody else's witness confirms our checkpoints, and refuses our fork.

Skipped where Go, its module proxy or OpenSSH's tools can't be had; the first run builds the witness, in Go's own cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.adapters.http_witnesses import HttpWitnesses
from tests.cosigners import LOG_VERIFIER
from tests.litewitness import NAME, LitewitnessAbsentError, litewitness_in
from tests.witness_homes import asking, asking_for_fork


@pytest.fixture
def litewitness(tmp_path: Path) -> Iterator[str]:
    try:
        with litewitness_in(tmp_path) as running:
            running.introduce(LOG_VERIFIER)
            yield running.program.url
    except LitewitnessAbsentError as absent:
        pytest.skip(str(absent))


def test_litewitness_confirms_a_log_that_grows_and_refuses_one_that_forks(litewitness: str) -> None:
    witnesses = HttpWitnesses()
    requests = (asking(0, 7), asking(7, 12), asking_for_fork(12, 20), asking_for_fork(12, 12), asking(12, 20))

    answers = [witnesses.ask(litewitness, request) for request in requests]

    assert [answer.status for answer in answers] == [200, 200, 422, 422, 200]
    assert all(answer.body.startswith(f"— {NAME} ".encode()) for answer in answers if answer.status == 200)
