"""Inspectors, and whom the operator names, read bodies by their own signature; every way around that is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provenance.bootstrap import build
from provenance.codes import Code
from provenance.config import read_settings
from provenance.crypto.keys import SigningKey
from provenance.crypto.signed_requests import SECONDS_OFF, Target, sign_request
from provenance.custody.registry_entries import KeyRevoked, RevocationReason
from provenance.ids import LeafIndex
from provenance.log.body_bundles import parse_bodies
from tests.cast import INSPECTOR, MAKER, ROOT_HAND, SHOP, STRANGER, item
from tests.world import World
from web.app import create_app

HERE = "localhost:8000"  # what PROVENANCE_BASE_URL is where nobody says


@pytest.fixture
def recorded(world: World) -> World:
    world.made(item("S1"), item("S2"))
    world.services.checkpointing.checkpoint()
    return world


@pytest.fixture
def client(recorded: World) -> FlaskClient:
    return create_app(recorded.services).test_client()


def whole(world: World) -> str:
    """The path of all bodies there are."""
    return f"/bodies/000.p/{world.size()}"


def signed(world: World, path: str, *, key: SigningKey = INSPECTOR.key, **said: str | int) -> dict[str, str]:
    """The headers for a request, true but for what is said otherwise."""
    target = Target("GET", str(said.get("authority", HERE)), path, str(said.get("query", "")))
    created = int(world.clock.now().timestamp()) + int(said.get("late", 0))
    return sign_request(target, key=key, created=created, nonce=str(said.get("nonce", "fresh")).encode().ljust(16))


def codes_of(answer: TestResponse) -> tuple[int, Code]:
    return answer.status_code, answer.json["code"]


def test_an_inspector_reads_the_bodies_of_every_statement(client: FlaskClient, recorded: World) -> None:
    path = whole(recorded)

    answer = client.get(path, headers=signed(recorded, path))

    with recorded.services.store.reading() as store:
        kept = store.statements_from(LeafIndex(0), limit=recorded.size())
    assert parse_bodies(answer.data, most=256) == tuple(stored.envelope.body for stored in kept)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_the_rest_of_a_bundle_can_be_asked_for(client: FlaskClient, recorded: World) -> None:
    path, size = whole(recorded), recorded.size()

    answer = client.get(f"{path}?from={size - 2}", headers=signed(recorded, path, query=f"from={size - 2}"))

    assert len(parse_bodies(answer.data, most=256)) == 2


def test_a_party_reads_once_the_operator_names_it(client: FlaskClient, recorded: World, tmp_path: Path) -> None:
    path = whole(recorded)
    environ = {"PROVENANCE_HOME": str(tmp_path / "world"), "PROVENANCE_READERS": f"{SHOP.party} {STRANGER.party}"}
    services = build(read_settings(environ), clock=recorded.clock)

    unnamed = client.get(path, headers=signed(recorded, path, key=SHOP.key))
    named = create_app(services).test_client().get(path, headers=signed(recorded, path, key=SHOP.key))

    services.store.close()
    assert codes_of(unnamed) == (403, Code.NOT_A_READER)
    assert named.status_code == 200


def test_a_request_is_answered_once_whichever_process_is_asked(client: FlaskClient, recorded: World) -> None:
    path = whole(recorded)
    caught = signed(recorded, path)
    other_process = create_app(recorded.services).test_client()

    first, again, elsewhere = (asked.get(path, headers=caught) for asked in (client, client, other_process))

    assert first.status_code == 200
    assert codes_of(again) == codes_of(elsewhere) == (403, Code.REPEATED_REQUEST)


@pytest.mark.parametrize("late", [-SECONDS_OFF, SECONDS_OFF])
def test_a_nonce_is_remembered_as_long_as_its_request_is_fresh(late: int, client: FlaskClient, recorded: World) -> None:
    path = whole(recorded)
    caught = signed(recorded, path, late=late)
    client.get(path, headers=caught)
    recorded.clock.instant += timedelta(seconds=max(0, late + SECONDS_OFF))
    client.get(path, headers=signed(recorded, path, nonce="another"))  # what is old is forgotten meanwhile

    assert codes_of(client.get(path, headers=caught)) == (403, Code.REPEATED_REQUEST)


@pytest.fixture
def attacks(recorded: World) -> dict[str, tuple[str, dict[str, str], Code]]:
    path = whole(recorded)
    return {
        "nothing signed": (path, {}, Code.UNSIGNED_REQUEST),
        "another path": (path, signed(recorded, "/bodies/000.p/1"), Code.BAD_SIGNATURE),
        "another query": (f"{path}?from=1", signed(recorded, path), Code.BAD_SIGNATURE),
        "another host": (path, signed(recorded, path, authority="mirror.example"), Code.BAD_SIGNATURE),
        "another host, which the request names": (
            path,
            {**signed(recorded, path, authority="mirror.example"), "Host": "mirror.example"},
            Code.BAD_SIGNATURE,
        ),
        "signed an hour ago": (path, signed(recorded, path, late=-3600), Code.STALE_REQUEST),
        "signed for tomorrow": (path, signed(recorded, path, late=86400), Code.STALE_REQUEST),
        "wrong role": (path, signed(recorded, path, key=MAKER.key), Code.NOT_A_READER),
        "no party": (path, signed(recorded, path, key=STRANGER.key), Code.UNKNOWN_KEY),
        "the root, which trades with nobody": (path, signed(recorded, path, key=ROOT_HAND.key), Code.NOT_A_READER),
    }


def test_every_way_around_the_signature_is_refused_and_nothing_is_told(
    client: FlaskClient, attacks: dict[str, tuple[str, dict[str, str], Code]]
) -> None:
    for name, (path, headers, code) in attacks.items():
        answer = client.get(path, headers=headers)

        assert codes_of(answer) == (403, code), name
        assert answer.mimetype == "application/problem+json", name


def test_a_revoked_key_reads_nothing_from_then_on(client: FlaskClient, recorded: World) -> None:
    path = whole(recorded)
    reason = RevocationReason.LOST
    recorded.entered(KeyRevoked(INSPECTOR.party, INSPECTOR.key.public.id, reason, None), ROOT_HAND)

    answer = client.get(path, headers=signed(recorded, path))

    assert codes_of(answer) == (403, Code.KEY_ENDED)


def test_what_was_refused_is_not_remembered_so_nobody_can_fill_the_memory(client: FlaskClient, recorded: World) -> None:
    path = whole(recorded)
    for key in (MAKER.key, STRANGER.key):
        client.get(path, headers=signed(recorded, path, key=key))
    client.get(path, headers=signed(recorded, path, authority="mirror.example"))

    with recorded.services.store.raw_reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM nonces").scalar() == 0
    assert client.get(path, headers=signed(recorded, path)).status_code == 200


def test_what_no_published_checkpoint_covers_is_not_given_out(client: FlaskClient, recorded: World) -> None:
    recorded.made(item("S3"))
    path = whole(recorded)

    answer = client.get(path, headers=signed(recorded, path))

    assert codes_of(answer) == (404, Code.NOT_FOUND)


@pytest.mark.parametrize("path", ["/bodies/000.p/0", "/bodies/0", "/bodies/001", "/bodies/x"])
def test_a_place_that_is_none_is_not_found(path: str, client: FlaskClient, recorded: World) -> None:
    assert client.get(path, headers=signed(recorded, path)).status_code == 404
