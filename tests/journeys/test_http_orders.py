"""Who has the receipt sees how far the order is; nobody else learns even that there is one."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from provenance.crypto.envelope import to_json
from provenance.encoding import canonical
from provenance.services.signing import consumer
from tests.sales import ANNA, BOB, GLN, ORDER, TOKEN, A, Sales
from tests.world import World
from web.app import create_app

ADDRESS = f"/orders/{GLN}/2026-0001"


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.offered()
    return sales


def test_the_receipt_shows_how_far_an_order_is(client: FlaskClient, sales: Sales) -> None:
    sales.placed()
    sales.paid()

    answer = client.get(ADDRESS, headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json["order"], answer.json["shown"]) == (ORDER, "awaiting-dispatch")
    assert answer.json["stages"] == {"order": "paid", "payment": "held"}
    assert answer.json["next"] == ["order-allocated", "order-cancelled", "tick", "chargeback-opened"]
    assert answer.json["total"] == 21100


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        (ADDRESS, {}),
        (ADDRESS, {"Authorization": "Bearer wrong"}),
        (ADDRESS, {"Authorization": f"Basic {TOKEN}"}),
        (f"/orders/{GLN}/2026-0009", {"Authorization": f"Bearer {TOKEN}"}),
    ],
)
def test_without_the_receipt_there_is_no_order(
    client: FlaskClient, sales: Sales, address: str, headers: dict[str, str]
) -> None:
    answer = client.get(address, headers={"Accept": "application/json", **headers})

    assert (answer.status_code, answer.json["code"]) == (404, Code.UNKNOWN_DOSSIER.value)


def test_a_record_is_handed_in_like_any_statement_and_a_late_one_learns_the_head(
    client: FlaskClient, sales: Sales
) -> None:
    members = {"subject": ORDER, "kind": "order-placed", "at": sales.now, "confirmed": []}
    first, second = (sales.world.services.signing.commerce_record(members, [consumer(key)]) for key in (ANNA, BOB))

    taken = client.post("/statements", data=canonical.dump(to_json(first)), mimetype="application/json")
    late = client.post("/statements", data=canonical.dump(to_json(second)), mimetype="application/json")

    assert (taken.status_code, late.status_code) == (201, 409)
    assert late.json["code"] == Code.STALE_LINK.value
    assert taken.json["hash"] in late.get_data(as_text=True)
