"""Beside the page about a thing, whoever asks gets the log's word on its newest statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from provenance.log.head import open_head
from provenance.log.note import parse_note
from tests.cast import item
from tests.world import World
from web.app import create_app


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "world")
    yield world
    world.close()


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def path_of(serial: str) -> str:
    return "/verify" + item(serial).removeprefix("https://id.gs1.org")


def test_the_head_of_a_thing_is_a_note_of_the_log_that_anyone_may_read(client: FlaskClient, world: World) -> None:
    made = world.made(item("A1"))
    world.services.checkpointing.checkpoint()

    answer, of_nothing = client.get(f"{path_of('A1')}/head"), client.get(f"{path_of('NEVER')}/head")

    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "no-store"
    log = world.services.trust.log
    heads = [open_head(parse_note(one.data), log) for one in (answer, of_nothing)]
    assert [(head.subject, head.index) for head in heads] == [(item("A1"), made.index), (item("NEVER"), None)]


def test_the_page_of_a_thing_leads_to_its_head(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))
    world.services.checkpointing.checkpoint()
    page = item("A1").replace("https://id.gs1.org", "/verify")

    (address,) = re.findall(r'href="([^"]*/head)"', client.get(page).text)

    assert client.get(address).status_code == 200


def test_before_the_first_checkpoint_there_is_no_head(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))

    answer = client.get(f"{path_of('A1')}/head")

    assert (answer.status_code, answer.json["code"]) == (409, Code.NOT_RECORDED)


def test_a_serial_may_be_head(client: FlaskClient, world: World) -> None:
    world.made(item("head"))
    world.services.checkpointing.checkpoint()

    page, note = client.get(path_of("head")), client.get(f"{path_of('head')}/head")

    assert (page.mimetype, note.mimetype) == ("text/html", "text/plain")
    assert item("head").encode() in note.data


def test_of_what_nobody_here_makes_no_head_is_signed(client: FlaskClient, world: World) -> None:
    world.services.checkpointing.checkpoint()

    answer = client.get("/verify/01/04006381333931/21/A1/head")

    assert (answer.status_code, answer.json["code"]) == (404, Code.NOT_KNOWN_HERE)
