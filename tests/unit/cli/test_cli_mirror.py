"""A mirror that goes on turns again and again: a silent log is waited for, an alarm ends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from provenance.adapters.outside import DurableFiles
from provenance.cli.mirrors import keep_watching
from provenance.codes import Code
from provenance.errors import RefusedError, UnreachableError
from provenance.services.alarming import Alarming
from provenance.services.mirroring import Mirroring
from provenance.services.monitoring import Monitoring
from provenance.trust import NO_WITNESSES, Trust
from tests.cosigners import LOG_KEY, LOG_VERIFIER, ORIGIN
from tests.founding import StandingClock
from tests.published import PublishedInMemory, entries

TRUST = Trust(ORIGIN, LOG_VERIFIER, (LOG_KEY.public,), 1, NO_WITNESSES)


class Changing:
    """A log that is another one each time its checkpoint is asked for; ``None`` is not reached."""

    def __init__(self, *days: PublishedInMemory | None) -> None:
        self._days = list(days)
        self._today: PublishedInMemory | None = None

    def read(self, path: str) -> bytes:
        """See ``ports.outside.PublishedLog``."""
        if path == "checkpoint":
            self._today = self._days.pop(0)
        if self._today is None:
            raise UnreachableError(Code.UNREACHABLE, "nobody answers")
        return self._today.read(path)


def test_it_goes_on_while_a_log_is_silent_and_ends_with_the_first_alarm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    days = (PublishedInMemory(entries(3)), None, PublishedInMemory(entries(5)), PublishedInMemory(entries(4)))
    paused: list[float] = []
    files = DurableFiles(tmp_path)
    alarming = Alarming(files, TRUST, StandingClock(), witnesses={}, stale_after=timedelta(days=1))
    monitoring = Monitoring(Mirroring(Changing(*days), files, TRUST), alarming, None)

    with pytest.raises(RefusedError) as alarm:
        keep_watching(monitoring, TRUST, 60, pause=paused.append)

    assert alarm.value.code is Code.LOG_ROLLED_BACK
    assert paused == [60, 60, 60]
    said = capsys.readouterr().err
    assert [line for line in said.splitlines() if ORIGIN in line or "error" in line] == [
        f"{ORIGIN}  3 entries, 3 new",
        "error: unreachable: nobody answers",
        f"{ORIGIN}  5 entries, 2 new",
    ]
