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
from tests.mirrors import write_mirrored_home
from tests.published import PublishedInMemory, entries
from tests.served import published
from tests.terminal import Terminal

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


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("--cosign {keys}/mirror.key", "go together"),
        ("--name museum.example/mirror", "go together"),
        ("--cosign {keys}/mirror.key --name museum.example/mirror", "go together"),
        ("--key {keys}/shop.key --cosign {keys}/mirror.key --name a+b", "malformed-verifier-key"),
        ("--key {keys}/shop.key --cosign {keys}/shop.key --name museum.example/mirror", "signs nothing else"),
        ("--key {keys}/shop.key --cosign {keys}/log.key --name museum.example/mirror", "signs nothing else"),
    ],
)
def test_a_mirrors_hand_is_a_key_of_its_own_with_a_name_and_judges(more: str, says: str, tmp_path: Path) -> None:
    home = write_mirrored_home(tmp_path / "home")
    trust = home / "trust.json"

    said = Terminal(tmp_path)(
        f"mirror copy http://127.0.0.1:9 {tmp_path}/copy --trust {trust} " + more.format(keys=home / "keys")
    )

    assert said.code == 2
    assert says in said.err
    assert not (tmp_path / "copy").exists()


def test_a_copy_that_nobody_stands_behind_is_not_served(tmp_path: Path) -> None:
    home, copy = write_mirrored_home(tmp_path / "home"), tmp_path / "copy"
    with published(home) as url:
        assert Terminal(tmp_path)("mirror", "copy", url, copy, "--trust", home / "trust.json").code == 0

    said = Terminal(tmp_path)("mirror", "serve", copy, "--trust", home / "trust.json")

    assert said.code == 2
    assert "no-mirror" in said.err
