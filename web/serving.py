"""The server behind ``provenance serve``: several processes that answer, and one that signs checkpoints.

Rules:

* every process opens the store for itself, after it was forked: no connection is ever shared;
* checkpoints are made by one process of its own, every second in which the log has grown; a failure is logged and
  tried again, and if the process dies the server starts another;
* the same process turns what payment providers told into records (``services.attesting``) first;
* the same process has them confirmed by the witnesses, and says of each that does not what it said;
* a log that must be read-only (``services.guarding``) is served all the same, and says why at the start;
* on SIGTERM or ^C requests under way are finished, then a last checkpoint covers what they brought.

Any number of servers may do the same beside this one (``services.checkpointing``).
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]  # gunicorn ships no types

from provenance.bootstrap import Services, build
from provenance.codes import NEXT_STEP
from provenance.config import Settings
from provenance.errors import ProvenanceError
from provenance.ports.inbox import Fate
from provenance.services.witnessing import Outcome
from web.app import create_app
from web.workers import GRACE_SECONDS, Workers, keep_diary

_log = logging.getLogger("provenance.web")

PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0


def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Answer until told to stop."""
    keep_diary()
    _say_if_closed(settings)
    _Server(lambda: build(settings), host=host, port=port, workers=workers).run()


def _say_if_closed(settings: Settings) -> None:
    services = build(settings)
    try:
        services.guarding.require_open()
    except ProvenanceError as err:
        _log.error("this log is read-only: %s; %s", err, NEXT_STEP[err.code])
    finally:
        services.store.close()


def keep_checkpointing(services: Services, stopped: threading.Event, *, is_orphan: Callable[[], bool]) -> None:
    """Make a checkpoint whenever the log has grown, until stopped or orphaned; once more at the end."""
    pause = PAUSE_SECONDS
    while not (stopped.wait(pause) or is_orphan()):
        _settle(services)
        pause = PAUSE_SECONDS if _is_checkpointed(services) else min(2 * pause, LONGEST_PAUSE_SECONDS)
    _is_checkpointed(services)


def _settle(services: Services) -> None:
    """Turn what payment providers told into records; if that fails, the log says why, and checkpoints go on."""
    try:
        for decided in services.attesting.turn() if services.attesting is not None else ():
            if decided.fate is Fate.REFUSED and decided.refusal is not None:
                notice = decided.notice.notice  # neither who paid nor what they wrote is in a notice
                _log.warning("payment notice %s %s: %s", notice.provider, notice.event, decided.refusal.code)
    except ProvenanceError as err:
        _log.error("payment notices wait: %s; %s", err, NEXT_STEP[err.code])
    except Exception:  # noqa: BLE001  # as below: whatever it is, checkpoints must go on
        _log.exception("payment notices wait")


def _is_checkpointed(services: Services) -> bool:
    """Whether one turn went well; if not, the log says why."""
    try:
        services.checkpointing.checkpoint()
        for said in services.witnessing.turn():
            if said.outcome is not Outcome.CONFIRMED:
                _log.warning("witness %s: %s: %s", said.witness, said.outcome, said.message)
    except ProvenanceError as err:
        _log.error("no checkpoint could be made: %s; %s", err, NEXT_STEP[err.code])  # it says all
        return False
    except Exception:  # noqa: BLE001  # whatever it is, a loop that ends would leave the log unsigned in silence
        _log.exception("no checkpoint could be made")
        return False
    return True


class _Server(Workers):
    """The processes that answer, beside the one that signs."""

    def __init__(self, open_services: Callable[[], Services], *, host: str, port: int, workers: int) -> None:
        self.open_services = open_services
        super().__init__(lambda: create_app(open_services()), host=host, port=port, workers=workers)

    def run(self) -> None:
        """Serve until told to stop."""
        _Manager(self).run()


class _Manager(Arbiter):  # type: ignore[misc]  # gunicorn ships no types
    """The parent of all processes; it looks after the one that makes checkpoints as after its workers."""

    signer = 0
    _lifeline = -1

    def manage_workers(self) -> None:
        """Called every second: replace whoever has died."""
        super().manage_workers()
        if not self._is_signing():
            self._start_signing()

    def stop(self, graceful: bool = True) -> None:  # the signature is gunicorn's
        """Stop the workers, then the signer: its last checkpoint covers what they took in."""
        super().stop(graceful)
        if self.signer:
            _end(self.signer)
            self.signer = 0

    def _is_signing(self) -> bool:
        """Whether the signer lives: it alone holds the other end of a pipe, which ends with it.

        Not by its exit status: gunicorn collects those of all children.
        """
        if not self.signer:
            return False
        try:
            if os.read(self._lifeline, 1):
                return True
        except BlockingIOError:
            return True
        os.close(self._lifeline)
        _log.error("the process that makes checkpoints (%d) has ended; starting another", self.signer)
        return False

    def _start_signing(self) -> None:
        self._lifeline, held_by_signer = os.pipe()
        os.set_blocking(self._lifeline, False)
        parent = os.getpid()
        # Held back until the signer can hear it: told to stop at birth, it would otherwise live on.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        self.signer = os.fork()
        if not self.signer:
            _sign(self, parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(held_by_signer)


def _sign(manager: _Manager, parent: int) -> NoReturn:
    """The life of the signer: it never returns into the server's code."""
    code = 1
    try:
        stopped = threading.Event()
        for number in manager.SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # ^C reaches every process of a terminal; the parent says when
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)

        def stop(number: int, frame: FrameType | None) -> None:
            del number, frame
            stopped.set()

        signal.signal(signal.SIGTERM, stop)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        for listener in manager.LISTENERS:
            listener.close()
        keep_checkpointing(manager.app.open_services(), stopped, is_orphan=lambda: os.getppid() != parent)
        code = 0
    except Exception:  # noqa: BLE001  # nothing may escape into the parent's code, of which this is a copy
        _log.exception("the process that makes checkpoints could not start")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _end(process: int) -> None:
    """Tell a child to stop and wait until it has; one that hangs is killed, which harms nothing."""
    try:
        os.kill(process, signal.SIGTERM)
        for _ in range(GRACE_SECONDS * 10):
            if os.waitpid(process, os.WNOHANG)[0]:
                return
            time.sleep(0.1)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    except (ProcessLookupError, ChildProcessError):
        pass  # it was faster
