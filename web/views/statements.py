"""Where parties hand in what they signed.

Rules:

* one envelope gets one answer: 201 where it is new, 200 where it was there before, a problem where it is refused;
* several get 200 and one result each, in order: what became of one says nothing about the others;
* with ``?wait=recorded`` or ``?wait=confirmed`` the answer comes when all have come that far, or after 20 seconds with
  what is so by then; ``GET /statements/<hash>`` says it at any time;
* no account and no cookie: a statement's authority is in its signatures.
"""

from __future__ import annotations

import threading
from http import HTTPStatus

from flask import Blueprint, Response, request

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.encoding.textual import parse_hex
from provenance.errors import MalformedError, Refusal
from provenance.ids import StatementHash
from provenance.services.capturing import Receipt, Status
from web.asking import services
from web.bodies import read_batch
from web.errors import refused
from web.problems import problem

blueprint = Blueprint("statements", __name__)

# An answer that waits holds a thread of its worker; beyond these, it says at once how things are.
_WAITERS = threading.BoundedSemaphore(4)


@blueprint.post("/statements")
def capture() -> Response:
    """Take in one statement or many."""
    status = _awaited(request.args.get("wait"))
    batch = read_batch(request.mimetype, _body())
    outcomes = services().following.now(services().capturing.capture(batch.envelopes))
    if status is not None and _WAITERS.acquire(blocking=False):
        try:
            outcomes = services().following.wait(outcomes, status)
        finally:
            _WAITERS.release()
    return _one(*outcomes) if batch.is_single else _many(outcomes)


@blueprint.get("/statements/<hash_>")
def follow(hash_: str) -> Response:
    """How far a statement has come."""
    parse_hex(hash_, length=32)
    return _json(_receipt(services().following.find(StatementHash(hash_))), HTTPStatus.OK)


def _awaited(wait: str | None) -> Status | None:
    """What the answer shall wait for; refuses what is no status, and what can never be."""
    if wait is None:
        return None
    try:
        status = Status(wait)
    except ValueError as err:
        message = f"wait is {', '.join(Status)}, not {wait[:40]!r}"
        raise MalformedError(Code.NO_SUCH_STATUS, message) from err
    services().following.require_awaitable(status)
    return status


def _body() -> bytes:
    """The body of the request; refuses one that is compressed or too large."""
    if request.content_encoding not in (None, "identity"):
        raise MalformedError(Code.WRONG_MEDIA_TYPE, f"the body is encoded as {request.content_encoding[:40]!r}")
    data, limit = request.get_data(), request.max_content_length
    # A body that says how large it is has been refused before; one that does not is cut off here without a word.
    if limit is not None and len(data) >= limit:
        raise MalformedError(Code.TOO_LARGE, f"the body has {limit} bytes or more")
    return data


def _one(outcome: Receipt | Refusal) -> Response:
    if isinstance(outcome, Refusal):
        return refused(outcome)
    return _json(_receipt(outcome), HTTPStatus.OK if outcome.is_repeat else HTTPStatus.CREATED)


def _many(outcomes: tuple[Receipt | Refusal, ...]) -> Response:
    base_url = services().settings.base_url
    results = [
        problem(outcome, base_url=base_url) if isinstance(outcome, Refusal) else _receipt(outcome)
        for outcome in outcomes
    ]
    return _json({"results": results}, HTTPStatus.OK)


def _receipt(receipt: Receipt) -> dict[str, JsonLike]:
    return {
        "hash": receipt.hash,
        "index": receipt.index,
        "status": receipt.status.value,
        "repeat": receipt.is_repeat,
        "confirmedBy": list(receipt.confirmed_by),
        "witnesses": len(services().trust.policy.witnesses),
    }


def _json(members: dict[str, JsonLike], status: HTTPStatus) -> Response:
    response = Response(canonical.dump(members), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
