"""A stranger reads the log over HTTP and needs to believe nothing that the server says."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provenance.bundle import parse_bundle
from provenance.codes import Code
from provenance.custody.verdict import VerdictClass
from provenance.evidence import examine
from provenance.log import bundles
from provenance.log.checkpoint import open_checkpoint
from provenance.log.merkle import RightEdge, append_all, leaf_hash
from provenance.log.tiles import WIDTH, Bundle, Tile
from provenance.trust import parse_trust
from tests.cast import item
from tests.world import World
from web.app import create_app


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def test_before_the_first_checkpoint_there_is_none(client: FlaskClient) -> None:
    answer = client.get("/checkpoint")

    assert (answer.status_code, answer.json["code"]) == (404, Code.NOT_FOUND)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_tiles_are_those_of_the_checkpoint(client: FlaskClient, world: World) -> None:
    world.services.checkpointing.checkpoint()
    trust = parse_trust(client.get("/trust.json").data)
    signed = open_checkpoint(client.get("/checkpoint").data, log_keys=[trust.log]).checkpoint

    hashes = client.get(f"/{Tile(0, 0, signed.size).path}").data
    entries = bundles.parse_bundle(client.get(f"/{Bundle(0, signed.size).path}").data, width=signed.size)

    assert b"".join(leaf_hash(entry) for entry in entries) == hashes
    assert append_all(RightEdge(), [leaf_hash(entry) for entry in entries]).root() == signed.root


def test_a_full_tile_is_kept_for_ever_and_a_partial_one_for_a_day(client: FlaskClient, world: World) -> None:
    for number in range(WIDTH + 1 - world.size()):
        world.made(item(f"S{number}"))
    world.services.checkpointing.checkpoint()

    full, partial, checkpoint = (client.get(f"/{path}") for path in ("tile/0/000", "tile/0/001.p/1", "checkpoint"))

    assert full.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert partial.headers["Cache-Control"] == "public, max-age=86400"
    assert checkpoint.headers["Cache-Control"] == "no-cache"
    assert (full.mimetype, checkpoint.content_type) == ("application/octet-stream", "text/plain; charset=utf-8")
    assert (len(full.data), len(partial.data)) == (WIDTH * 32, 32)


@pytest.mark.parametrize(
    "path",
    ["tile/0/000", "tile/0/000.p/200", "tile/9/000.p/1", "tile/0/x000/000", "tile/0/000.p/0", "tile/-1/000", "tile/x"],
)
def test_what_is_not_there_is_not_found_and_never_remembered_as_absent(path: str, client: FlaskClient) -> None:
    answer = client.get(f"/{path}")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_pages_of_any_origin_may_read_the_log(client: FlaskClient, world: World) -> None:
    world.services.checkpointing.checkpoint()

    for path in ("/checkpoint", "/trust.json", f"/{Tile(0, 0, 4).path}"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"
        assert client.head(path).status_code == 200
        assert "GET" in client.options(path).headers["Allow"]


def test_the_evidence_that_is_downloaded_proves_itself(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))
    world.services.checkpointing.checkpoint()
    path = item("A1").removeprefix("https://id.gs1.org")

    answer = client.get(f"/verify{path}/bundle")

    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="01-')
    assert answer.headers["Content-Disposition"].endswith('-21-A1.bundle"')
    report = examine(parse_bundle(answer.data), world.services.trust)
    assert report.verdict.shown is VerdictClass.CONSISTENT


def test_evidence_that_is_not_whole_yet_is_not_given(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))
    path = item("A1").removeprefix("https://id.gs1.org")

    waiting, unknown = client.get(f"/verify{path}/bundle"), client.get(f"/verify{path}9/bundle")

    assert (waiting.status_code, waiting.json["code"]) == (409, Code.NOT_RECORDED)
    assert (unknown.status_code, unknown.json["code"]) == (404, Code.NOT_ISSUED)


def test_alive_means_that_the_store_answers(client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/healthz").json == {"status": "ok", "hasCheckpoint": False}

    def fail() -> str:
        raise OSError

    monkeypatch.setattr(world.services.checkpointing, "latest", fail)
    assert client.get("/healthz").status_code == 500
