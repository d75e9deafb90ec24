"""What a browser is given to sign: bodies of records, checked before anybody signs, and the pages that ask for it."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from provenance.commerce.machines import TABLES
from provenance.commerce.tables import Kind
from provenance.crypto.envelope import Signature, pae
from provenance.encoding.textual import format_base64, parse_base64
from tests.cast import gtin
from tests.sales import ANNA, BOB, ORDER, A, Sales
from tests.world import World, everything
from web.app import create_app
from web.pages.acts import ACTS, MADE_BY_THE_SCRIPT

PLACED = {"kind": "order-placed", "subject": ORDER, "confirmed": []}
OWN = f"/own{A.removeprefix('https://id.gs1.org')}"


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


def asked(client: FlaskClient, body: object) -> tuple[int, dict[str, str]]:
    answer = client.post("/drafts", data=json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json


@pytest.mark.parametrize("kind", ACTS)
def test_a_page_asks_for_what_the_table_names_and_for_nothing_else(kind: Kind) -> None:
    row = next(rows[kind] for rows in TABLES.values() if kind in rows)
    asked_for = {field.name for field in ACTS[kind]} - {"code"}

    assert asked_for | MADE_BY_THE_SCRIPT.get(kind, frozenset()) == set(row.members)


def test_a_body_that_its_asker_signs_is_a_statement(client: FlaskClient, sales: Sales) -> None:
    status, draft = asked(client, {"keys": [str(ANNA.public)], "members": PLACED})
    body = parse_base64(draft["payload"])
    signature = Signature(ANNA.public.id, ANNA.sign(pae(draft["payloadType"], body)))
    signed = draft | {"signatures": [{"keyid": signature.key, "sig": format_base64(signature.sig)}]}

    answer = client.post("/statements", json=signed)

    assert (status, answer.status_code) == (200, 201)
    assert sales.order().buyer == str(ANNA.public)


def test_to_ask_for_a_body_changes_nothing(client: FlaskClient, sales: Sales) -> None:
    before = everything(sales.world.services)

    asked(client, {"keys": [str(BOB.public)], "members": PLACED})

    assert everything(sales.world.services) == before


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ([], "wrong-type", ""),
        ({"keys": [], "members": {}}, "wrong-type", ""),
        ({"keys": [str(ANNA.public)] * 3, "members": PLACED}, "wrong-type", ""),
        ({"keys": ["did:web:x"], "members": PLACED}, "malformed-key", "/keys/0"),
        ({"keys": [str(ANNA.public)], "members": PLACED | {"kind": "order-eaten"}}, "wrong-value", "/kind"),
        ({"keys": [str(ANNA.public)], "members": PLACED | {"more": 1}}, "unknown-member", "/more"),
        ({"keys": [str(ANNA.public)], "members": PLACED | {"subject": "order:1/2"}}, "wrong-value", "/subject"),
    ],
)
def test_what_no_table_has_is_drafted_for_nobody(
    client: FlaskClient, sales: Sales, body: object, code: str, pointer: str
) -> None:
    status, problem = asked(client, body)

    assert (status, problem["code"]) == (400, code)
    assert problem["pointer"] == pointer


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/sign/order-placed?of={ORDER}", 200),
        (f"/sign/order-offered?of={ORDER}", 404),
        ("/sign/order-placed?of=nonsense", 400),
        ("/sign/order-placed", 400),
        (OWN, 200),
        (f"/own/01/{gtin().rpartition('/')[2]}/21/ZZ9", 404),
        (f"/own/01/{gtin().rpartition('/')[2]}", 404),
    ],
)
def test_a_page_is_there_for_what_a_consumer_signs(
    client: FlaskClient, sales: Sales, address: str, status: int
) -> None:
    answer = client.get(address, headers={"Accept": "text/html"})

    assert answer.status_code == status
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"] or status != 200


def test_what_a_link_brings_along_stands_in_the_form_as_text(client: FlaskClient, sales: Sales) -> None:
    page = client.get(f"/sign/order-cancelled?of={ORDER}&reason=%22%3E%3Cb%3Ex").text

    assert 'value="&#34;&gt;&lt;b&gt;x"' in page


def test_the_page_of_an_item_leads_to_its_owners_page(client: FlaskClient, sales: Sales) -> None:
    page = client.get(f"/verify{A.removeprefix('https://id.gs1.org')}?lang=en").text

    assert f'href="{OWN}?lang=en"' in page
