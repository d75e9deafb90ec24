"""What a provider tells is kept once and for good before it is thanked, and its body is nobody's but the reader's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.crypto.sealed_bodies import open_body
from provenance.encoding import canonical
from provenance.encoding.textual import parse_base64
from provenance.errors import ConfigurationError, ProvenanceError, StorageError
from provenance.ports.inbox import Fate
from tests.homes import key_of
from tests.provider_dialects import MERCHANTS, Told, delivery, stripe_body, stripe_signed
from tests.tills import (
    NUMBER,
    READER,
    kept,
    lost_writes,
    receiving,
    restarted,
    sent,
    setup_members,
    told,
    world_with_a_till,
)
from tests.world import World

PAID = Told("evt-1", NUMBER, 21100)
of_each = pytest.mark.parametrize("provider", MERCHANTS)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = world_with_a_till(tmp_path / "world")
    yield world
    world.close()


def _refusal(world: World, provider: str, merchant: str | None = None, **changes: object) -> Code:
    came = replace(sent(world, provider, PAID), **changes)  # type: ignore[arg-type]  # the test's own changes
    with pytest.raises(ProvenanceError) as refused:
        receiving(world).receive(provider, merchant, came.headers, came.body)
    return refused.value.code


@of_each
def test_a_notice_is_kept_once_however_often_it_comes_and_whoever_restarts(world: World, provider: str) -> None:
    for _ in range(3):
        told(world, provider, PAID)
    again = restarted(world)
    told(again, provider, PAID)

    (one,) = kept(again)

    assert (one.notice.order, one.notice.amount.minor, one.fate, one.contradictions) == (NUMBER, 21100, Fate.WAITING, 0)
    again.close()


@of_each
def test_what_the_provider_did_not_sign_or_not_now_is_not_kept(world: World, provider: str) -> None:
    assert _refusal(world, provider, body=sent(world, provider, replace(PAID, minor=1)).body[:-1]) is not None
    came = delivery(provider, PAID, at=int(world.clock.instant.timestamp()) + 400)
    assert _refusal(world, provider, headers=came.headers, body=came.body) is Code.STALE_NOTICE
    assert kept(world) == ()


def test_only_the_accounts_of_the_file_are_told_something(world: World) -> None:
    assert _refusal(world, "wechat", merchant="1900000009") is Code.NOT_FOUND
    assert _refusal(world, "paypal", merchant=None) is Code.NOT_FOUND
    assert kept(world) == ()


def test_what_is_about_no_payment_is_thanked_for_and_not_kept(world: World) -> None:
    body = json.dumps({"id": "evt-9", "type": "customer.created", "data": {"object": {}}}).encode()
    at = int(world.clock.instant.timestamp())

    receiving(world).receive("stripe", MERCHANTS["stripe"], stripe_signed(body, at), body)

    assert kept(world) == ()


def test_a_known_name_that_says_something_else_is_refused_and_counted(world: World) -> None:
    told(world, "stripe", PAID)

    for other in (replace(PAID, minor=1), replace(PAID, order="2026-0002"), replace(PAID, succeeded=False)):
        with pytest.raises(ProvenanceError) as refused:
            told(world, "stripe", other)
        assert refused.value.code is Code.NOTICE_CHANGED

    (one,) = kept(world)
    assert (one.notice.amount.minor, one.contradictions) == (21100, 3)


def test_other_bytes_that_say_the_same_are_the_same_notice(world: World) -> None:
    told(world, "stripe", PAID)
    body = json.dumps(json.loads(stripe_body(PAID)) | {"pending_webhooks": 0}).encode()

    receiving(world).receive("stripe", None, stripe_signed(body, int(world.clock.instant.timestamp())), body)

    (one,) = kept(world)
    assert one.contradictions == 0


@of_each
def test_the_body_is_for_its_reader_alone_and_in_the_clear_nowhere(world: World, provider: str) -> None:
    came = sent(world, provider, PAID)
    told(world, provider, PAID)

    (one,) = kept(world)
    sealed = world.services.inbox.sealed(one.notice.provider, one.notice.event)

    assert sealed is not None
    opened = canonical.parse_any(open_body(sealed, READER))
    assert isinstance(opened, dict)
    assert parse_base64(str(opened["body"])) == came.body
    assert opened["headers"] == dict(came.headers)
    for stranger in (key_of("anna"), key_of("till")):
        with pytest.raises(ProvenanceError) as refused:
            open_body(sealed, stranger)
        assert refused.value.code is Code.RECORD_ALTERED
    for spoilt in (sealed[:-1], b"", sealed[:40] + bytes([sealed[40] ^ 1]) + sealed[41:]):
        with pytest.raises(ProvenanceError):
            open_body(spoilt, READER)
    home = world.services.settings.home
    assert [path for path in home.glob("provenance.db*") if came.body[:40] in path.read_bytes()] == []


@pytest.mark.parametrize("is_stored", [False, True])
def test_what_could_not_be_kept_for_sure_is_not_thanked_for_and_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch, is_stored: bool
) -> None:
    with lost_writes(world, monkeypatch, is_stored=is_stored), pytest.raises(StorageError):
        told(world, "wechat", PAID)
    assert len(kept(world)) == is_stored

    told(world, "wechat", PAID)

    (one,) = kept(world)
    assert (one.fate, one.contradictions) == (Fate.WAITING, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"attestor": "nobody"},
        {"reader": "did:key:z6Mk"},
        {"keepDays": 0},
        {"keepDays": True},
        {"accounts": []},
        {"accounts": [1]},
        {"accounts": [{"seller": "9520789000005"}]},
        {"more": 1},
    ],
)
def test_a_file_that_says_too_little_or_something_else_is_a_setting_to_correct(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "payments.json").write_text(json.dumps(setup_members() | changes))

    with pytest.raises(ConfigurationError) as refused:
        World(tmp_path / "home")

    assert refused.value.code is Code.BAD_SETTING


def test_two_accounts_of_one_number_and_what_is_no_json_are_refused_without_their_secrets(
    tmp_path: Path,
) -> None:
    (tmp_path / "home").mkdir()
    whole, file = setup_members(), tmp_path / "home" / "payments.json"
    assert isinstance(whole["accounts"], list)
    for text in (json.dumps(whole | {"accounts": whole["accounts"] * 2}), json.dumps(whole)[:-1]):
        file.write_text(text)

        with pytest.raises(ConfigurationError) as refused:
            World(tmp_path / "home")

        assert "whsec" not in str(refused.value)
