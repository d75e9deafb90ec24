"""Whoever answers for a witness can neither hold us up nor fill our memory."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.codes import Code
from provenance.errors import UnreachableError
from provenance.ports.witnesses import WitnessAnswer

QUESTION = b"old 0\n"
ENDLESS = 50_000_000  # bytes that somebody would send if he were listened to


@contextmanager
def answering(speak: Callable[[socket.socket, int], None]) -> Iterator[str]:
    """A server that hears one request after the other on each connection, and lets ``speak`` answer to its status."""
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk(connection: socket.socket, number: int) -> None:
            with connection, suppress(OSError):
                heard = b""
                while (piece := connection.recv(65536)) and not stopped.is_set():
                    heard += piece
                    if heard.endswith(QUESTION):
                        speak(connection, number)
                        heard = b""

        def listen() -> None:
            with suppress(OSError):
                for number in range(1, 100):
                    threading.Thread(target=talk, args=(server.accept()[0], number), daemon=True).start()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        stopped.set()
        server.shutdown(socket.SHUT_RDWR)


def head(status: int, length: int) -> bytes:
    return f"HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\n\r\n".encode()


@pytest.mark.parametrize("status", [200, 409, 500])
def test_an_answer_comes_with_its_status(status: int) -> None:
    with answering(lambda to, _: to.sendall(head(status, 3) + b"7\n\n")) as url:
        assert HttpWitnesses().ask(url, QUESTION) == WitnessAnswer(status, b"7\n\n")


def test_the_next_question_goes_over_the_same_connection() -> None:
    with answering(lambda to, number: to.sendall(head(200, 1) + str(number).encode())) as url:
        witnesses = HttpWitnesses()

        assert [witnesses.ask(url, QUESTION).body for _ in range(3)] == [b"1", b"1", b"1"]


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_is_too_long_is_not_read_to_its_end(status: int) -> None:
    sent = 0

    def speak(to: socket.socket, _: int) -> None:
        nonlocal sent
        to.sendall(head(status, ENDLESS))
        while sent < ENDLESS:
            sent += to.send(b"x" * 65536)

    with answering(speak) as url, pytest.raises(UnreachableError) as refused:
        HttpWitnesses().ask(url, QUESTION)

    assert refused.value.code is Code.UNREACHABLE
    assert sent < ENDLESS // 2  # what lay in the buffers between us


@pytest.mark.parametrize("status", [200, 500])
def test_an_answer_that_drips_is_left_after_the_time_there_is(status: int) -> None:
    heard_out = threading.Event()

    def speak(to: socket.socket, _: int) -> None:
        to.sendall(head(status, 1000))
        for _ in range(200):  # a minute, for whoever waits
            to.sendall(b"x")
            time.sleep(0.3)
        heard_out.set()

    with answering(speak) as url, pytest.raises(UnreachableError):
        HttpWitnesses().ask(url, QUESTION)

    assert not heard_out.is_set()


def test_nobody_at_the_address_is_unreachable() -> None:
    with answering(lambda *_: None) as url:
        pass

    with pytest.raises(UnreachableError):
        HttpWitnesses().ask(url, QUESTION)
