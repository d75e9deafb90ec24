"""Payment providers knock at the door: each gets the yes it understands, and only for what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from provenance.commerce.payment_notices import LARGEST_BODY
from tests.provider_dialects import MERCHANTS, Told
from tests.tills import NUMBER, kept, lost_writes, sent, world_with_a_till
from tests.world import World
from web.app import create_app

PAID = Told("evt-1", NUMBER, 21100)
YES = {"wechat": b'{"code":"SUCCESS","message":""}', "alipay": b"success", "stripe": b"{}"}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[World]:
    world = world_with_a_till(tmp_path / "world")
    yield world
    world.close()


@pytest.fixture
def client(till: World) -> FlaskClient:
    return create_app(till.services).test_client()


@pytest.mark.parametrize("provider", MERCHANTS)
def test_each_provider_is_thanked_in_its_own_way_once_the_notice_is_kept(
    client: FlaskClient, till: World, provider: str
) -> None:
    came = sent(till, provider, PAID)

    first = client.post(f"/payments/{provider}", data=came.body, headers=dict(came.headers))
    again = client.post(f"/payments/{provider}/{MERCHANTS[provider]}", data=came.body, headers=dict(came.headers))

    assert [(answer.status_code, answer.data) for answer in (first, again)] == [(200, YES[provider])] * 2
    assert first.headers["Cache-Control"] == "no-store"
    assert len(kept(till)) == 1


@pytest.mark.parametrize("provider", MERCHANTS)
def test_what_nobody_signed_gets_a_problem_and_no_yes(client: FlaskClient, till: World, provider: str) -> None:
    answer = client.post(f"/payments/{provider}", data=b"a=1&sign=x&sign_type=RSA2", headers={"Accept": "text/html"})

    assert (answer.status_code, answer.mimetype) == (403, "application/problem+json")
    assert answer.get_json()["code"] == Code.FORGED_NOTICE
    assert kept(till) == ()


def test_a_notice_that_changed_is_a_conflict(client: FlaskClient, till: World) -> None:
    for minor, status in ((21100, 200), (21101, 409)):
        came = sent(till, "stripe", Told("evt-1", NUMBER, minor))
        answer = client.post("/payments/stripe", data=came.body, headers=dict(came.headers))
        assert answer.status_code == status


def test_64_kib_are_read_and_not_a_byte_more(client: FlaskClient, till: World) -> None:
    sizes = (LARGEST_BODY, LARGEST_BODY + 1, LARGEST_BODY + 2, 1 << 20)

    told = [client.post("/payments/wechat", data=bytes(size)).status_code for size in sizes]

    assert told == [403, 413, 413, 413]
    assert kept(till) == ()


def test_a_store_that_fails_is_our_fault_and_no_yes(
    client: FlaskClient, till: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    came = sent(till, "alipay", PAID)

    with lost_writes(till, monkeypatch, is_stored=False):
        answer = client.post("/payments/alipay", data=came.body)

    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "2088102116773037" not in caplog.text + answer.text


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("GET", "/payments/wechat", 405),
        ("POST", "/payments/paypal", 404),
        ("POST", "/payments/wechat/1900000009", 404),
        ("POST", "/payments/", 404),
    ],
)
def test_there_is_no_other_door(client: FlaskClient, method: str, address: str, status: int) -> None:
    answer = client.open(address, method=method)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


def test_where_no_payments_are_taken_there_is_no_door(world: World) -> None:
    answer = create_app(world.services).test_client().post("/payments/wechat", data=b"{}")

    assert answer.status_code == 404
