"""A witness over HTTP: one request that logs send, one page that anyone may read.

Rules (C2SP tlog-witness):

* ``POST /add-checkpoint`` is answered as ``services.confirming`` says, 409 with our size as ``text/x.tlog.size``;
* ``GET /<hex SHA-256 of the origin>/checkpoint`` is the newest checkpoint we confirmed, for monitors that do not want
  to hear it from the log;
* a body has at most 128 KiB; one client may ask ten times a second; nothing that was sent is logged but the origin.
"""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, request

from provenance.log.witness import LARGEST_REQUEST
from provenance.services.confirming import Confirming
from web import asking
from web.security import Brake, Limit, open_to_all, protect

LIMIT = Limit(at_once=100, per_second=10)

_log = logging.getLogger("provenance.witness")

_SIZE = "text/x.tlog.size"
_TEXT = "text/plain; charset=utf-8"


def create_witness_app(confirming: Confirming) -> Flask:
    """The application of one witness."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST + 1  # one byte more is read, and refused by its parser
    brake = Brake(LIMIT, now=time.monotonic)

    @app.before_request
    def slow_down() -> Response | None:
        client = asking.client(request)
        wait = 0 if client is None else brake.wait(client)
        return _text("slow down\n", 429, {"Retry-After": str(wait)}) if wait else None

    @app.post("/add-checkpoint")
    def add_checkpoint() -> Response:
        answer = confirming.answer(request.get_data(cache=False))
        if answer.status == 422:
            _log.warning("a log sent a checkpoint that does not follow: 'provenance witness evidence' has it")
        response = _text(answer.body, answer.status)
        if answer.status == 409:
            response.headers["Content-Type"] = _SIZE
        return response

    @app.get("/<origin_hash>/checkpoint")
    def checkpoint(origin_hash: str) -> Response:
        note = confirming.latest(origin_hash)
        return open_to_all(_text("no such log\n", 404) if note is None else _text(note, 200))

    @app.get("/")
    def introduction() -> Response:
        return open_to_all(_text(f"witness {confirming.verifier}\n", 200))

    app.after_request(lambda response: protect(response, is_https=False))
    return app


def _text(body: str | bytes, status: int, headers: dict[str, str] | None = None) -> Response:
    response = Response(body, status, headers)
    response.headers["Content-Type"] = _TEXT
    response.headers["Cache-Control"] = "no-store"
    return response
