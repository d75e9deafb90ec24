"""A member reads an account, and anyone a whole programme: over the network and in a terminal, with heads to keep."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from tests.loyalty import ANNAS, BOBS, CARD, PROGRAMME, Loyalty
from tests.sales import ANNA, BOB, GLN, TOKEN, A, B
from tests.terminal import Terminal
from tests.world import World
from web.app import create_app

ADDRESS, CLUB = f"/points/{GLN}/0001", f"/programmes/{GLN}/club"
JSON = {"Accept": "application/json"}


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


@pytest.fixture
def shop(world: World) -> Loyalty:
    shop = Loyalty(world)
    shop.stocked(A, B)
    shop.published()
    shop.programme()
    shop.joined()
    shop.joined(BOBS, BOB)
    shop.earned()
    return shop


def bearer(token: str) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {token}"}


def test_a_member_reads_every_record_and_the_head_stands_on_the_receipt(client: FlaskClient, shop: Loyalty) -> None:
    account = client.get(ADDRESS, headers=bearer(CARD))
    receipt = client.get(f"/orders/{GLN}/2026-0001", headers=bearer(TOKEN))

    assert (account.status_code, account.headers["Cache-Control"]) == (200, "no-store")
    assert (account.json["available"], account.json["owed"]) == (199, 0)
    assert [(r["sequence"], r["kind"], r["available"]) for r in account.json["records"]] == [
        (1, "points-joined", 0),
        (2, "points-pending", 0),
        (3, "points-earned", 199),
    ]
    assert receipt.json["points"] == [account.json["head"]]
    assert account.json["head"]["sequence"] == 3


@pytest.mark.parametrize("headers", [JSON, bearer("a guess"), {**JSON, "Authorization": "Basic x"}])
def test_an_account_is_nobodys_business_without_its_card(
    client: FlaskClient, shop: Loyalty, headers: dict[str, str]
) -> None:
    for address in (ADDRESS, f"/points/{GLN}/9999"):
        answer = client.get(address, headers=headers)

        assert (answer.status_code, answer.json["code"]) == (404, Code.UNKNOWN_DOSSIER.value)


def test_everybody_reads_the_whole_programme_and_no_member(client: FlaskClient, shop: Loyalty) -> None:
    answer = client.get(CLUB)

    assert (answer.status_code, answer.json["issued"], answer.json["held"], answer.json["missing"]) == (
        200,
        199,
        199,
        0,
    )
    assert answer.json["liability"] == {"currency": "CNY", "minor": 1990, "ends": answer.json["liability"]["ends"]}
    assert [(one["account"], one["sequence"]) for one in answer.json["accounts"]] == [(ANNAS, 3), (BOBS, 1)]
    assert str(ANNA.public) not in answer.text
    assert client.get(f"/programmes/{GLN}/none", headers=JSON).status_code == 404


def test_the_terminal_tells_the_same(shop: Loyalty) -> None:
    terminal = Terminal(shop.world.services.settings.home)

    told = terminal("points", "statement", ANNAS)
    supply = terminal("points", "supply", PROGRAMME)

    assert told.out.splitlines()[0] == f"199 points  {ANNAS}"
    assert supply.out.splitlines()[:2] == [f"2 accounts  {PROGRAMME}", "  issued             199"]
    assert (told.code, supply.code) == (0, 0)
    assert terminal("points", "statement", ANNAS.replace("0001", "9")).code == 1
