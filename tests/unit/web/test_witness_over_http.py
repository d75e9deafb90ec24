"""A witness over HTTP answers as the protocol says, and lets nobody crowd it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import web.witness
from provenance.log.note import parse_verifier_key
from provenance.log.witness import LARGEST_REQUEST
from tests.cosigners import LOG_VERIFIER, ORIGIN
from tests.vectors import vectors
from tests.witness_homes import asking, witness_in
from web.security import Limit
from web.witness import create_witness_app


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_witness_app(witness_in(tmp_path, "w1.example", LOG_VERIFIER)[1]).test_client()


def test_a_checkpoint_is_confirmed(client: FlaskClient) -> None:
    answer = client.post("/add-checkpoint", data=asking(0, 7))

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert answer.text.startswith("— w1.example ")


def test_a_wrong_size_is_answered_with_the_right_one(client: FlaskClient) -> None:
    client.post("/add-checkpoint", data=asking(0, 7))

    answer = client.post("/add-checkpoint", data=asking(3, 9))

    assert (answer.status_code, answer.data) == (409, b"7\n")
    assert answer.headers["Content-Type"] == "text/x.tlog.size"


def test_the_newest_checkpoint_is_for_anyone_to_read(client: FlaskClient) -> None:
    place = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"
    before = client.get(place).status_code
    client.post("/add-checkpoint", data=asking(0, 7))

    answer = client.get(place)

    assert before == 404
    assert answer.text.startswith(f"{ORIGIN}\n7\n")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/nothing/checkpoint").status_code == 404


def test_it_says_who_it_is(client: FlaskClient) -> None:
    word, key = client.get("/").text.split()

    assert (word, parse_verifier_key(key).name) == ("witness", "w1.example")


def test_a_body_that_is_too_large_is_refused_unread(client: FlaskClient) -> None:
    assert client.post("/add-checkpoint", data=bytes(LARGEST_REQUEST + 1)).status_code in (400, 413)
    assert client.post("/add-checkpoint", data=bytes(2 * LARGEST_REQUEST)).status_code == 413


def test_one_client_can_not_crowd_out_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.witness, "LIMIT", Limit(at_once=3, per_second=0.01))
    client = create_witness_app(witness_in(tmp_path, "w1.example", LOG_VERIFIER)[1]).test_client()
    crowd, other = {"REMOTE_ADDR": "198.51.100.7"}, {"REMOTE_ADDR": "198.51.100.8"}

    answers = [client.get("/", environ_base=crowd).status_code for _ in range(4)]

    assert answers == [200, 200, 200, 429]
    assert client.get("/", environ_base=other).status_code == 200


def test_the_published_sequence_goes_as_it_should(tmp_path: Path) -> None:
    path = vectors("tlog", "witness_protocol", "add_checkpoint_sequence.json")
    sequence: dict[str, Any] = json.loads(path.read_text())
    store, confirming = witness_in(tmp_path, "w.example", parse_verifier_key(sequence["log_vkey"]))
    client = create_witness_app(confirming).test_client()

    answers = [client.post("/add-checkpoint", data=case["body"].encode()) for case in sequence["cases"]]

    assert [answer.status_code for answer in answers] == [case["status"] for case in sequence["cases"]]
    for answer, case in zip(answers, sequence["cases"], strict=True):
        if answer.status_code == 409:
            assert answer.text == case["resp_body"]
    seen = store.latest(sequence["origin"])
    assert seen is not None
    assert seen.checkpoint.size == 40
