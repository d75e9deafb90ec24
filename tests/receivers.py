"""Somebody who gets webhooks: a server of their own that checks them, counts them, and answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from provenance.encoding import canonical
from tests.served import running


@dataclass(frozen=True, slots=True)
class Came:
    """One request: its headers in lower case, and its bytes."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """What the receiver knows it by."""
        return self.headers["webhook-id"]

    @property
    def told(self) -> Any:
        """What it says."""
        return canonical.parse_any(self.body)


@dataclass(slots=True)
class Receiver:
    """What came in, in order; ``answer`` says the status of each, 200 if it is not told otherwise."""

    answer: Callable[[Came], int] = lambda came: 200
    came: list[Came] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, came: Came) -> int:
        """Hear one request."""
        with self._lock:
            self.came.append(came)
        return self.answer(came)

    @property
    def indexes(self) -> list[int]:
        """The log positions in the order they came."""
        return [came.told["data"]["index"] for came in self.came]


@contextmanager
def receiving(answer: Callable[[Came], int] = lambda came: 200) -> Iterator[Receiver]:
    """A receiver on this machine, as long as the block lasts."""
    receiver = Receiver(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take(Came({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", receiver.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gave it
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with running(server):
        receiver.url = f"http://127.0.0.1:{server.server_port}/hook?a=1"
        yield receiver
