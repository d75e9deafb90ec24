"""A mirror follows a log that Tessera made, checkpoint by checkpoint, and keeps Tessera's own bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.adapters.outside import DurableFiles
from provenance.codes import Code
from provenance.errors import RefusedError
from provenance.log.note import parse_verifier_key
from provenance.services.mirroring import Mirroring
from provenance.trust import NO_WITNESSES, Trust
from tests.cosigners import LOG_KEY
from tests.homes import files_in
from tests.vectors import vectors

KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
LOG = vectors("tlog", "tessera_log", "log")
SIZES = sorted(int(path.suffix[1:]) for path in LOG.glob("checkpoint.*"))
TRUST = Trust("example.com/log/testdata", parse_verifier_key(KEY), (LOG_KEY.public,), 1, NO_WITNESSES)


class Grown:
    """Tessera's log as it was at one size."""

    def __init__(self, size: int) -> None:
        self._checkpoint = f"checkpoint.{size}"

    def read(self, path: str) -> bytes:
        """The bytes of Tessera's own file."""
        return (LOG / (self._checkpoint if path == "checkpoint" else path)).read_bytes()


def test_a_mirror_that_followed_tessera_has_its_files(tmp_path: Path) -> None:
    files = DurableFiles(tmp_path)

    held = [Mirroring(Grown(size), files, TRUST).catch_up() for size in SIZES]

    assert len(SIZES) >= 8
    assert [one.size for one in held] == SIZES
    assert [one.before for one in held] == [0, *SIZES[:-1]]
    copied = files_in(tmp_path)
    assert copied == {path: Grown(SIZES[-1]).read(path) for path in copied}
    assert sum(path.startswith("tile/") for path in copied) == 2 * sum(size > 0 for size in SIZES)


@pytest.mark.parametrize("size", SIZES[:-1])
def test_tessera_showing_an_older_checkpoint_is_a_rollback_and_no_fork(size: int, tmp_path: Path) -> None:
    files = DurableFiles(tmp_path)
    for each in SIZES:
        Mirroring(Grown(each), files, TRUST).catch_up()

    with pytest.raises(RefusedError) as refused:
        Mirroring(Grown(size), files, TRUST).catch_up()

    assert refused.value.code is Code.LOG_ROLLED_BACK
