"""A phone touches a tag and opens its link: the page says what that shows, once."""

from __future__ import annotations

import logging
import re

import pytest
from flask.testing import FlaskClient

from provenance.crypto.keys import seal
from provenance.crypto.nfc_tag import Tag
from tests.cast import item
from tests.chips import Chip
from tests.homes import key_file, key_of
from tests.world import World
from web.app import create_app

A, B = item("A1"), item("B2")
TAG = Tag(bytes.fromhex("04958caa5c5e80"), bytes(range(16)), bytes(range(2, 18)))
PATH = A.removeprefix("https://id.gs1.org")


@pytest.fixture
def client(world: World) -> FlaskClient:
    world.services.settings.key_file("tags").write_bytes(key_file(key_of("tags")))
    world.made(A, B)
    world.services.tapping.add(A, TAG)
    return create_app(world.services).test_client()


def text(client: FlaskClient, address: str, language: str = "en", **headers: str) -> str:
    answer = client.get(f"{address}&lang={language}", follow_redirects=True, headers=headers)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.parametrize(
    ("language", "fresh", "before"),
    [("en", "The chip answered", "This touch was seen before"), ("zh-CN", "芯片已应答", "这次碰触以前出现过")],
)
def test_the_link_of_a_tag_leads_to_a_page_that_says_so_once(
    client: FlaskClient, language: str, fresh: str, before: str
) -> None:
    link = f"{PATH}?{Chip(TAG).touch()}"

    assert fresh in text(client, link, language)
    again = text(client, link, language)
    assert before in again
    assert fresh not in again


def test_what_a_touch_can_not_show_is_said_every_time(client: FlaskClient) -> None:
    chip = Chip(TAG)

    for query in (chip.touch(), chip.touch()[:-1] + "0", "cmac=x"):
        assert "What no touch can show" in text(client, f"{PATH}?{query}")


@pytest.mark.parametrize(
    ("path", "query", "word"),
    [
        (PATH, "picc_data=00112233445566778899AABBCCDDEEFF&cmac=0011223344556677", "The chip did not prove itself"),
        (PATH, "uid=04DE5F1EACC040&ctr=000001&cmac=0011223344556677", "Another chip"),
        (PATH, "picc_data=12&cmac=34", "The chip was not understood"),
        (B.removeprefix("https://id.gs1.org"), Chip(TAG).touch(), "No chip is known for this thing"),
    ],
)
def test_an_imitation_is_called_what_it_is(client: FlaskClient, path: str, query: str, word: str) -> None:
    said = text(client, f"{path}?{query}")

    assert word in said
    assert "The chip answered" not in said


def test_whoever_only_looks_ahead_does_not_use_the_touch_up(client: FlaskClient) -> None:
    query = Chip(TAG).touch()

    client.head(f"/verify{PATH}?{query}")
    client.get(f"/verify{PATH}?{query}", headers={"Sec-Purpose": "prefetch;prerender"})
    client.get(f"/verify{PATH}?{query}", headers={"Purpose": "prefetch"})
    client.get(f"/verify{PATH}.json?{query}")
    client.get(f"{PATH}?{query}")

    assert "The chip answered" in text(client, f"{PATH}?{query}")


def test_a_page_without_a_touch_says_nothing_of_chips(client: FlaskClient) -> None:
    assert "chip" not in text(client, f"{PATH}?17=290101&uid=1").lower()


def test_no_key_comes_into_the_diary_of_the_server(
    client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    world.services.settings.key_file("tags").write_bytes(
        seal(key_of("other"), passphrase="another", salt=bytes(16), nonce=bytes(24))
    )
    fresh = create_app(world.services).test_client()

    text(fresh, f"{PATH}?{Chip(TAG).touch()}")
    client.get(f"{PATH}?{Chip(TAG).touch()[:-1]}0", follow_redirects=True)

    assert TAG.file_key.hex() not in caplog.text.lower()
    assert TAG.meta_key.hex() not in caplog.text.lower()
