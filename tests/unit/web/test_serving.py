"""The loop that signs checkpoints goes on whatever happens, and says what did."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import cast

import pytest

from provenance.bootstrap import Services
from provenance.codes import Code
from provenance.errors import StorageError
from web import serving
from web.serving import keep_checkpointing


@dataclass
class _Checkpointing:
    """Fails so often as it is told, then stops the loop at its third success."""

    stopped: threading.Event
    failures: list[Exception] = field(default_factory=list)
    successes: int = 0

    def checkpoint(self) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.successes += 1
        if self.successes == 2:
            self.stopped.set()


class _NobodyToAsk:
    def turn(self) -> tuple[()]:
        return ()


class _BrokenDesk:
    def turn(self) -> tuple[()]:
        raise StorageError(Code.STORE_FAILED, "the inbox is shut")


@dataclass
class _Services:
    checkpointing: _Checkpointing
    witnessing: _NobodyToAsk = field(default_factory=_NobodyToAsk)
    attesting: _BrokenDesk | None = None


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PAUSE_SECONDS", 0.001)


def run(*failures: Exception, is_orphan: bool = False) -> _Checkpointing:
    stopped = threading.Event()
    checkpointing = _Checkpointing(stopped, list(failures))
    keep_checkpointing(cast(Services, _Services(checkpointing)), stopped, is_orphan=lambda: is_orphan)
    return checkpointing


def test_it_goes_on_until_it_is_stopped_and_ends_with_a_last_checkpoint() -> None:
    assert run().successes == 3


def test_a_failure_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "provenance.web"):
        checkpointing = run(StorageError(Code.STORE_FAILED, "the disk is full"), RuntimeError("what nobody foresaw"))

    assert checkpointing.successes == 3
    assert "the disk is full" in caplog.messages[0]
    assert caplog.records[0].exc_info is None
    assert "what nobody foresaw" in caplog.text


def test_payments_that_can_not_be_settled_keep_no_checkpoint_from_being_made(caplog: pytest.LogCaptureFixture) -> None:
    stopped = threading.Event()
    services = _Services(_Checkpointing(stopped), attesting=_BrokenDesk())

    keep_checkpointing(cast(Services, services), stopped, is_orphan=lambda: False)

    assert services.checkpointing.successes == 3
    assert "the inbox is shut" in caplog.text


def test_an_orphan_ends() -> None:
    assert run(is_orphan=True).successes == 1
