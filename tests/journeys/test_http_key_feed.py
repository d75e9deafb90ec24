"""The owner of a key follows what it signs, and finds the one statement they never made."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from provenance.services.watching import PAGE
from tests.cast import MAKER, SHOP, item
from tests.world import World
from web.app import create_app

KEY = MAKER.key.public.id


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def test_the_newest_statement_comes_first_and_others_words_do_not_come(client: FlaskClient, world: World) -> None:
    made = world.made(item("A1"))
    shipped = world.shipped(item("A1"), to=SHOP)
    world.received(item("A1"), by=SHOP)

    answer = client.get(f"/keys/{KEY}/feed.json")

    assert answer.mimetype == "application/feed+json"
    assert [entry["id"] for entry in answer.json["items"]][:2] == [shipped.hash, made.hash]
    assert answer.json["version"] == "https://jsonfeed.org/version/1.1"
    assert "next_url" not in answer.json


def test_what_was_said_is_not_in_the_feed(client: FlaskClient, world: World) -> None:
    world.made(item("VERY-SECRET"))

    assert b"VERY-SECRET" not in client.get(f"/keys/{KEY}/feed.json").data


def test_a_long_feed_goes_on_where_the_page_before_ended(client: FlaskClient, world: World) -> None:
    made = [world.made(item(f"S{number}")) for number in range(PAGE + 3)]

    first = client.get(f"/keys/{KEY}/feed.json").json
    second = client.get(first["next_url"].removeprefix(world.services.settings.base_url)).json

    ids = [entry["id"] for page in (first, second) for entry in page["items"]]
    assert ids[: len(made)] == [receipt.hash for receipt in reversed(made)]
    assert len(ids) == len(set(ids))
    assert "next_url" not in second


def test_a_key_that_signed_nothing_has_an_empty_feed(client: FlaskClient) -> None:
    assert client.get(f"/keys/{'0' * 64}/feed.json").json["items"] == []


@pytest.mark.parametrize("address", ["/keys/abc/feed.json", f"/keys/{KEY}/feed.json?before=-1"])
def test_refuses_what_is_no_key_and_no_leaf(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["code"]) == (400, Code.MALFORMED_TEXT)
