"""Whoever got a webhook can look up the key that signed it, and check it without having shared anything."""

from __future__ import annotations

import base64

import nacl.signing
import pytest
from flask.testing import FlaskClient

from provenance.adapters.http_webhooks import HttpWebhookPost
from provenance.adapters.sql_webhooks import SqlWebhookBook
from provenance.services.capturing import Status
from provenance.services.notifying import Notifying
from tests.homes import key_file, key_of
from tests.receivers import receiving
from tests.sales import ORDER, A, Sales
from tests.world import World
from web.app import create_app

ADDRESS = "/.well-known/webhook-keys.json"


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def test_before_anybody_was_told_anything_there_is_no_key(client: FlaskClient) -> None:
    answer = client.get(ADDRESS)

    assert answer.status_code == 200
    assert answer.json["keys"] == []
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_order_that_moves_is_told_and_anyone_can_check_by_whom(client: FlaskClient, world: World) -> None:
    services, key = world.services, key_of("webhooks")
    services.settings.key_file("webhooks").write_bytes(key_file(key))
    post = HttpWebhookPost(frozenset({"127.0.0.1"}))
    notifying = Notifying(
        services.store, SqlWebhookBook(services.store), post, world.clock, services.trust, key=lambda: key
    )
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    with receiving() as receiver:
        notifying.add("books", receiver.url, topics=["order"], status=Status.RECORDED, salt=b"salt")
        sales.bought(A)
        services.checkpointing.checkpoint()
        notifying.turn()

    (listed,) = client.get(ADDRESS).json["keys"]
    verify = nacl.signing.VerifyKey(base64.b64decode(listed["whpk"].removeprefix("whpk_")))
    for came in receiver.came:
        signatures = dict(one.split(",", 1) for one in came.headers["webhook-signature"].split(" "))
        content = f"{came.id}.{came.headers['webhook-timestamp']}.".encode() + came.body
        verify.verify(content, base64.b64decode(signatures["v1a"]))
    assert {came.told["data"]["dossier"] for came in receiver.came} == {ORDER}
    assert [came.told["data"]["kind"] for came in receiver.came] == [
        "order-offered", "order-placed", "order-paid", "order-allocated",
        "parcel-packed", "parcel-shipped", "parcel-delivered",
    ]  # fmt: skip
    assert listed["did"] == str(key.public)
