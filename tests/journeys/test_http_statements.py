"""Parties hand in what they signed: one at a time, in batches, twice, wrongly, too fast."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import web.app
from provenance.codes import Code
from provenance.crypto.envelope import Envelope, to_json
from provenance.errors import ConflictError, StorageError
from tests.cast import CARRIER, MAKER, RIVAL, SHOP, handed_to, item
from tests.world import World
from web.app import create_app
from web.security import Limit

ELSEWHERE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def making(world: World, *serials: str) -> Envelope:
    things = [item(serial) for serial in serials]
    return world.signed({"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": things}, MAKER)


def post(client: FlaskClient, body: object, media_type: str = "application/json", **more: Any) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/statements", data=data, content_type=media_type, **more)


def sent(client: FlaskClient, envelope: Envelope) -> TestResponse:
    return post(client, to_json(envelope))


def assert_is_problem(answer: TestResponse, status: int, code: Code) -> dict[str, Any]:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem: dict[str, Any] = answer.json
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["type"] == f"http://localhost:8000/problems/{code}"
    assert problem["next"]
    return problem


def test_a_new_statement_is_created_and_the_same_again_is_found(client: FlaskClient, world: World) -> None:
    envelope, size = making(world, "A1"), world.size()

    first, again = sent(client, envelope), sent(client, envelope)

    receipt = {"hash": envelope.hash, "index": size, "status": "accepted", "repeat": False}
    receipt |= {"confirmedBy": [], "witnesses": 0}
    assert (first.status_code, first.json) == (201, receipt)
    assert (again.status_code, again.json) == (200, {**receipt, "repeat": True})
    assert world.size() == size + 1


def test_after_a_checkpoint_it_is_recorded(client: FlaskClient, world: World) -> None:
    envelope = making(world, "A1")
    sent(client, envelope)
    world.services.checkpointing.checkpoint()

    assert sent(client, envelope).json["status"] == "recorded"


@pytest.mark.parametrize("form", ["list", "object", "lines"])
def test_many_statements_get_one_answer_each_in_order(form: str, client: FlaskClient, world: World) -> None:
    good, other = making(world, "A1"), making(world, "A2")
    bad = replace(good, body=good.body.replace(b"A1", b"A3"))
    envelopes = [to_json(good), to_json(bad), {"payload": 1}, to_json(other), to_json(good)]

    if form == "lines":
        answer = post(client, b"\n".join(json.dumps(e).encode() for e in envelopes), "application/x-ndjson")
    else:
        answer = post(client, envelopes if form == "list" else {"statements": envelopes})

    results = answer.json["results"]
    assert answer.status_code == 200
    assert [result.get("hash") for result in results] == [good.hash, None, None, other.hash, good.hash]
    assert [result.get("code") for result in results] == [None, "bad-signature", "malformed-envelope", None, None]
    assert [result["status"] for result in results] == ["accepted", 403, 400, "accepted", "accepted"]
    assert results[4]["repeat"] is True


def test_a_second_making_is_a_conflict_and_carries_the_other_side(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))
    before = world.size()

    problem = assert_is_problem(sent(client, making(world, "A1")), 409, Code.ALREADY_COMMISSIONED)

    assert item("A1") in problem["detail"]
    assert world.size() == before


def test_a_stale_link_is_a_conflict_that_can_be_tried_again(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))
    shipping = {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "epcList": [item("A1")],
        "destinationList": handed_to(CARRIER),
    }
    late = world.signed(shipping, MAKER)
    world.observed(item("A1"), by=MAKER)

    assert_is_problem(sent(client, late), 409, Code.STALE_LINK)
    assert sent(client, world.signed(shipping, MAKER)).status_code == 201


def test_who_may_not_is_forbidden(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))
    event = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping", "epcList": [item("A1")]}

    answer = sent(client, world.signed({**event, "destinationList": handed_to(SHOP)}, RIVAL))

    assert_is_problem(answer, 403, Code.NOT_HOLDER)


def test_a_changed_body_is_forbidden(client: FlaskClient, world: World) -> None:
    envelope = making(world, "A1")

    answer = sent(client, replace(envelope, body=envelope.body.replace(b"/21/A1", b"/21/A9")))

    assert_is_problem(answer, 403, Code.BAD_SIGNATURE)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Code.MALFORMED_JSON),
        (b"{", Code.MALFORMED_JSON),
        (b"\xff", Code.MALFORMED_JSON),
        (b'{"a":1,"a":2}', Code.DUPLICATE_KEY),
        (b"[" * 5000, Code.MALFORMED_JSON),
        (b"[]", Code.EMPTY_LIST),
        (b'{"statements":[]}', Code.EMPTY_LIST),
        (b"{}", Code.MALFORMED_ENVELOPE),
        (b"null", Code.MALFORMED_ENVELOPE),
        (b'"x"', Code.MALFORMED_ENVELOPE),
    ],
)
def test_what_is_malformed_is_refused_with_its_place(body: bytes, code: Code, client: FlaskClient) -> None:
    assert_is_problem(post(client, body), 400, code)


def test_a_pointer_says_where(client: FlaskClient, world: World) -> None:
    sent_wrongly = {**to_json(making(world, "A1")), "payload": "!"}

    assert assert_is_problem(post(client, sent_wrongly), 400, Code.MALFORMED_TEXT)["pointer"] == "/payload"


def test_a_request_that_is_too_large_is_refused_before_it_is_read(client: FlaskClient, world: World) -> None:
    limit = client.application.config["MAX_CONTENT_LENGTH"]

    answer = client.post(
        "/statements", content_type="application/json", environ_overrides={"CONTENT_LENGTH": str(limit + 1)}
    )

    assert limit > world.services.settings.body_limit
    assert_is_problem(answer, 413, Code.TOO_LARGE)


def test_a_stream_that_never_says_its_size_is_cut_off_at_the_limit(client: FlaskClient) -> None:
    limit = client.application.config["MAX_CONTENT_LENGTH"]

    answer = client.post(
        "/statements",
        content_type="application/json",
        environ_overrides={
            "wsgi.input": _Endless(),
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
    )

    assert_is_problem(answer, 413, Code.TOO_LARGE)
    assert _Endless.given <= limit + (1 << 20)


class _Endless:
    """A body without end."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        """As many spaces as are asked for, and never none."""
        chunk = b" " * (size if size > 0 else 1 << 16)
        type(self).given += len(chunk)
        return chunk


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_other_media_types_are_refused(media_type: str, client: FlaskClient) -> None:
    assert_is_problem(post(client, b"{}", media_type), 415, Code.WRONG_MEDIA_TYPE)


def test_a_compressed_body_is_refused(client: FlaskClient) -> None:
    answer = post(client, b"{}", headers={"Content-Encoding": "gzip"})

    assert_is_problem(answer, 415, Code.WRONG_MEDIA_TYPE)


def test_another_method_is_answered_with_the_right_ones(client: FlaskClient) -> None:
    answer = client.get("/statements")

    assert_is_problem(answer, 405, Code.WRONG_METHOD)
    assert "POST" in answer.headers["Allow"]


def test_a_busy_log_says_when_to_come_back(client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(envelopes: object) -> None:
        raise ConflictError(Code.BUSY, "4096 statements are waiting already")

    monkeypatch.setattr(world.services.capturing, "capture", busy)
    answer = post(client, {})

    assert_is_problem(answer, 503, Code.BUSY)
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("failure", [StorageError(Code.STORE_FAILED, "the disk is full"), ZeroDivisionError("secret")])
def test_a_failure_of_ours_is_logged_under_a_number_and_tells_nothing_else(
    failure: Exception,
    client: FlaskClient,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(envelopes: object) -> None:
        raise failure

    monkeypatch.setattr(world.services.capturing, "capture", fail)
    answer = post(client, {})

    problem = assert_is_problem(answer, 500, Code.STORE_FAILED)
    assert problem["instance"] in caplog.text
    assert str(failure) in caplog.text
    assert str(failure).encode() not in answer.data
    assert b"Traceback" not in answer.data


def test_a_client_that_asks_too_fast_is_told_how_long_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.app, "LIMITS", {"statements": Limit(at_once=2, per_second=0.1)})
    client = web.app.create_app(world.services).test_client()

    answers = [post(client, b"{}", environ_base=ELSEWHERE) for _ in range(3)]

    assert [answer.status_code for answer in answers[:-1]] == [400, 400]
    assert_is_problem(answers[-1], 429, Code.RATE_LIMITED)
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 10
    assert post(client, b"{}", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 400


def test_nothing_is_cached_and_no_cookie_is_set(client: FlaskClient, world: World) -> None:
    for answer in (sent(client, making(world, "A1")), post(client, b"{")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
