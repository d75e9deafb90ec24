"""A second process that checks signatures while this one reads on; threads can't, as Python runs one at a time.

Rules:

* it only ever saves work: a signature that it was not asked about, or did not find to hold, is checked by who asks;
* whoever asks never waits to be heard: what does not fit into the pipe is passed over;
* it starts at the first large batch, is asked once it is ready, and ends with the process that started it, however
  that ends; where there is one processor, no Linux, or a round goes on already, nobody is asked;
* a process that was copied (``fork``) starts its own: two askers on one pipe would get each other's answers.

To it, for each claim, and back, one byte for each::

    <4 bytes: length of the message><64 bytes: signature><32 bytes: public key><the message>
    0x01 it holds, 0x00 it does not
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import IO

from provenance.crypto.keys import PublicKey, is_signed_by
from provenance.custody.statements import Held
from provenance.ids import KeyId
from provenance.ports.signatures import Claim, Round

_LEAST = 64  # statements in a batch that is worth a second process
_HEAD = 4 + 64 + 32
_PIPE = 1 << 20
_PATIENCE_SECONDS = 10.0
_READY, _HOLDS, _FAILS = b"R", b"\x01", b"\x00"


class SignatureProcess:
    """The other process, once there is one."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._other: _Other | None = None

    @contextmanager
    def round(self, size: int) -> Iterator[Round]:
        """A round; one in which nobody checks anything, where it is not worth it or not possible now."""
        if size < _LEAST or processors() == 1 or not self._turn.acquire(blocking=False):
            yield _NobodyRound()
            return
        try:
            if self._other is None or not self._other.is_ours():
                self._other = _Other()
            if not self._other.is_ready():
                yield _NobodyRound()
                return
            begun = _ProcessRound(self._other)
            try:
                yield begun
            finally:
                if not begun.is_over:
                    self._other.kill()  # its answers would be taken for those of the next round
        finally:
            self._turn.release()


class _NobodyRound:
    def begin(self, claims: Iterable[Claim]) -> None:
        """Pass over them."""

    def held(self) -> Held:
        """None was checked."""
        return frozenset()


class _ProcessRound:
    def __init__(self, other: _Other) -> None:
        self._other = other
        self._room = other.room
        self._asked: list[Claim] = []
        self.is_over = False

    def begin(self, claims: Iterable[Claim]) -> None:
        """Send as many as fit into the pipe."""
        frames: list[bytes] = []
        for claim in claims:
            self._room -= _HEAD + len(claim.message)
            if self._room < 0:
                break
            frames += (len(claim.message).to_bytes(4, "big"), claim.sig, claim.key.raw, claim.message)
            self._asked.append(claim)
        self._other.send(b"".join(frames))

    def held(self) -> Held:
        """Those answered with yes."""
        answers = self._other.answers(len(self._asked))
        self.is_over = len(answers) == len(self._asked)
        return frozenset(
            (claim.key.id, claim.hash, claim.sig)
            for claim, answer in zip(self._asked, answers, strict=False)
            if answer == _HOLDS[0]
        )


class _Other:
    """The other process and both pipes."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "provenance.adapters.signature_process"]
        # A session of its own: ^C reaches every process of a terminal, and this one is to end with its asker.
        process = subprocess.Popen(  # noqa: S603 - ourselves
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, start_new_session=True
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._process, self._to, self._back = process, process.stdin, process.stdout
        self._asker, self._is_ready = os.getpid(), False
        # Half of it: a pipe counts pages, and a message may begin one.
        self.room = _widened(self._to.fileno()) // 2
        self._end = weakref.finalize(self, _end, process, self._to, self._back)

    def is_ours(self) -> bool:
        """Whether this process started it, and it lives."""
        return self._asker == os.getpid() and self._process.poll() is None

    def is_ready(self) -> bool:
        """Whether it has said that it can be asked."""
        if not self._is_ready and self._answers_within(0):
            self._is_ready = self._back.read(1) == _READY
        return self._is_ready

    def send(self, data: bytes) -> None:
        """Send what fits; one that has ended will not answer, which is all that its asker has to know."""
        try:
            if not self._to.closed and self._to.write(data) != len(data):
                self.kill()
        except BrokenPipeError:
            self.kill()

    def answers(self, count: int) -> bytes:
        """So many answers; fewer if it ends, or keeps its asker waiting."""
        got, end = b"", monotonic() + _PATIENCE_SECONDS
        while len(got) < count:
            more = b""
            if not self._back.closed and self._answers_within(end - monotonic()):
                more = self._back.read(count - len(got))
            if not more:
                self.kill()
                break
            got += more
        return got

    def _answers_within(self, seconds: float) -> bool:
        waiting = select.poll()  # 'select' itself knows no file beyond the 1024th, and a server may have more
        waiting.register(self._back, select.POLLIN)
        return bool(waiting.poll(max(0, seconds) * 1000))

    def kill(self) -> None:
        """End it now; the next round starts another."""
        self._process.kill()
        self._end()


def processors() -> int:
    """How many there are to work on; one where that can't be told, or a pipe be made wide enough."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


def _widened(pipe: int) -> int:
    import fcntl  # noqa: PLC0415 - only Linux has this part of it

    try:
        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
    except OSError:
        return fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)


def _end(process: subprocess.Popen[bytes], to: IO[bytes], back: IO[bytes]) -> None:
    to.close()
    back.close()
    process.wait()


def main() -> None:
    """The life of the other process: answer claims until nobody can ask any more."""
    claims = sys.stdin.buffer
    with suppress(BrokenPipeError):  # its asker has ended, perhaps before it could say that it is ready
        os.write(1, _READY)
        while len(head := claims.read(_HEAD)) == _HEAD:
            message = claims.read(int.from_bytes(head[:4], "big"))
            key = PublicKey(head[68:], KeyId(""))  # it was checked where it was registered
            os.write(1, _HOLDS if is_signed_by(key, message, head[4:68]) else _FAILS)


if __name__ == "__main__":
    main()
