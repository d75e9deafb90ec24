"""Servers inside the tests' own process: an installation's pages and log, or nothing but files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.serving import make_server

from provenance.bootstrap import build
from provenance.config import read_settings
from tests.terminal import PASSPHRASE
from web.app import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class QuietFiles(SimpleHTTPRequestHandler):
    """A web server that knows nothing but files."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server gave it
        del format, args


@contextmanager
def running(server: BaseServer) -> Iterator[None]:
    """A server, as long as the block lasts."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def published(home: Path, readers: str = "") -> Iterator[str]:
    """The address of an installation that is served, and which knows its address; nobody signs checkpoints there."""
    server = make_server("127.0.0.1", 0, Flask("nothing yet"), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    environ = {"PROVENANCE_HOME": str(home), "PROVENANCE_BASE_URL": url, "PROVENANCE_READERS": readers}
    services = build(read_settings(environ | {"PROVENANCE_PASSPHRASE": PASSPHRASE}))
    server.app = create_app(services)
    with running(server):
        yield url
    services.store.close()


@contextmanager
def one_after_the_other(first: Path, second: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """The address of an installation, and what puts another in its place when a checkpoint is next asked for."""
    opened = [build(read_settings({"PROVENANCE_HOME": str(home)})) for home in (first, second)]
    before, after = map(create_app, opened)
    is_over, shown = threading.Event(), [before]

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if is_over.is_set() and environ["PATH_INFO"] == "/checkpoint":
            shown[0] = after  # not between a checkpoint and its tiles, which would be another attack
        return shown[0](environ, start)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    with running(server):
        yield f"http://127.0.0.1:{server.server_port}", is_over.set
    for services in opened:
        services.store.close()


@contextmanager
def folder_served(folder: Path) -> Iterator[str]:
    """The address of a folder that is served as it lies."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(folder)))
    with running(server):
        yield f"http://127.0.0.1:{server.server_port}"
