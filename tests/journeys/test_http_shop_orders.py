"""A shop posts an order, the seller offers it, and nothing in between believes the shop or keeps its customer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provenance.adapters.sql_drafts import SqlDraftBook
from provenance.codes import Code
from provenance.commerce.shop_deliveries import Shop
from provenance.errors import RefusedError
from provenance.services.shop_importing import ShopImporting
from tests.shops import ACCOUNTS, BEFORE, PERSON, SECRET, body_of, catalogue, headers_of
from tests.world import World
from web.app import create_app

of_each = pytest.mark.parametrize("shop", Shop)
JSON = {"Content-Type": "application/json"}
FORGET_SHOP = b'{"shop_id":954889,"shop_domain":"a.example"}'


@pytest.fixture
def client(world: World) -> FlaskClient:
    services = world.services
    importing = ShopImporting(SqlDraftBook(services.store), services.ordering, world.clock, accounts=lambda: ACCOUNTS)
    return create_app(replace(services, shop_importing=importing)).test_client()


@pytest.fixture
def said_to_log(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def post(client: FlaskClient, shop: Shop, body: bytes, **signing: str | bytes) -> int:
    headers = headers_of(shop, body, **signing)  # type: ignore[arg-type]  # a test's own choice of what to sign with
    return client.post(f"/orders/import/{shop}", data=body, headers=JSON | headers).status_code


def drafts(world: World) -> list[tuple[str, str, str]]:
    return [
        (one.draft.subject.partition("/")[2], str(one.draft.order.total), one.draft.order.said.value)
        for one in world.services.shop_importing.waiting()
    ]


def size(world: World) -> int:
    with world.services.store.reading() as store:
        return store.size()


@of_each
def test_an_order_is_kept_as_a_draft_and_nothing_enters_the_log(client: FlaskClient, world: World, shop: Shop) -> None:
    before = size(world)

    status = post(client, shop, body_of(shop))

    told = {
        Shop.SHOPIFY: ("shopify-450789469", "EUR 46.90", "paid"),
        Shop.WOOCOMMERCE: ("woo-727", "EUR 47.40", "paid"),
    }
    assert status == 200
    assert drafts(world) == [told[shop]]
    assert [one.shown for one in world.services.shop_importing.waiting()] == [None]
    assert size(world) == before


@of_each
def test_nobody_is_in_the_database_or_the_diary_of_the_server(
    client: FlaskClient, world: World, shop: Shop, tmp_path: Path, said_to_log: pytest.LogCaptureFixture
) -> None:
    post(client, shop, body_of(shop))
    post(client, shop, body_of(shop, total="1.00", total_price="1.00"), delivery="d-2")
    post(client, shop, body_of(shop), delivery="d-3", secret=b"somebody-else")

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in files)

    assert b"JAR-250" in kept
    for word in (*PERSON, SECRET.decode()):
        assert word.encode() not in kept, word
        assert word not in said_to_log.text, word


@of_each
def test_a_delivery_that_comes_twice_counts_once_and_an_older_telling_never_wins(
    client: FlaskClient, world: World, shop: Shop
) -> None:
    later = {"updated_at": "2026-03-03T10:00:00Z", "date_modified_gmt": "2026-03-03T10:00:00"}
    newest = body_of(shop, **later, cancelled_at="2026-03-03T10:00:00Z", status="cancelled")

    statuses = [
        post(client, shop, newest, delivery="d-2"),
        post(client, shop, newest, delivery="d-2"),
        post(client, shop, body_of(shop), delivery="d-1"),
        post(client, shop, body_of(shop), delivery="d-9"),
    ]

    assert statuses == [200, 200, 200, 200]
    assert [said for _, _, said in drafts(world)] == ["cancelled"]


@of_each
def test_a_forged_delivery_is_refused_with_401_and_leaves_nothing(
    client: FlaskClient, world: World, shop: Shop
) -> None:
    body = body_of(shop)
    headers = headers_of(shop, body)

    forged = client.post(f"/orders/import/{shop}", data=body + b" ", headers=JSON | headers)
    unsigned = client.post(f"/orders/import/{shop}", data=body, headers=JSON)

    assert (forged.status_code, unsigned.status_code) == (401, 401)
    assert forged.json["code"] == "forged-delivery"
    assert drafts(world) == []
    assert post(client, shop, body, secret=BEFORE) == 200


@of_each
def test_an_order_that_cannot_be_offered_is_shown_to_its_seller_and_no_longer_once_it_can(
    client: FlaskClient, world: World, shop: Shop
) -> None:
    importing, later = world.services.shop_importing, "2026-03-03T10:00:00"
    wrong = body_of(shop, total="1.00", total_price="1.00")

    answered = post(client, shop, wrong)
    (trouble,) = importing.troubles()
    with pytest.raises(RefusedError) as refused:
        importing.offer(trouble.subject, catalogue(), token="t")
    mended = post(client, shop, body_of(shop, updated_at=f"{later}Z", date_modified_gmt=later), delivery="d-2")

    assert (answered, mended) == (200, 200)
    assert (trouble.source, trouble.code, trouble.pointer) == (shop.value, Code.OTHER_TOTAL, "")
    assert refused.value.code is Code.OTHER_TOTAL
    assert (list(importing.troubles()), len(drafts(world))) == ([], 1)


@of_each
@pytest.mark.parametrize(("body", "code"), [(b"[]", "wrong-type"), (b"{}", "missing-member"), (b"{", "malformed-json")])
def test_a_body_that_names_no_order_is_refused_since_nobody_could_be_told_of_it(
    client: FlaskClient, world: World, shop: Shop, body: bytes, code: str
) -> None:
    answer = client.post(f"/orders/import/{shop}", data=body, headers=JSON | headers_of(shop, body))

    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert answer.json["next"]
    assert list(world.services.shop_importing.troubles()) == []


def test_what_a_shop_asks_to_forget_is_forgotten_and_stays_so(client: FlaskClient, world: World) -> None:
    forget = b'{"shop_id":1,"shop_domain":"a.example","customer":{"id":9},"orders_to_redact":[450789469]}'
    post(client, Shop.SHOPIFY, body_of(Shop.SHOPIFY))
    post(client, Shop.SHOPIFY, body_of(Shop.SHOPIFY, id=5), delivery="d-2")
    post(client, Shop.WOOCOMMERCE, body_of(Shop.WOOCOMMERCE))

    answers = [post(client, Shop.SHOPIFY, forget, delivery="d-3", topic="customers/redact")]
    after_customer = [number for number, _, _ in drafts(world)]
    answers += [post(client, Shop.SHOPIFY, body_of(Shop.SHOPIFY))]
    answers += [post(client, Shop.SHOPIFY, FORGET_SHOP, delivery="d-4", topic="shop/redact")]

    assert answers == [200, 200, 200]
    assert after_customer == ["shopify-5", "woo-727"]
    assert [number for number, _, _ in drafts(world)] == ["woo-727"]


def test_woocommerce_may_try_the_address(client: FlaskClient, world: World) -> None:
    tried = client.post("/orders/import/woocommerce", data=b"webhook_id=3")

    assert tried.status_code == 200
    assert drafts(world) == []


def test_a_shop_that_nobody_named_is_not_there(client: FlaskClient, world: World) -> None:
    nowhere = create_app(world.services).test_client()

    for asked, shop in ((client, "etsy"), (nowhere, "shopify")):
        answer = asked.post(f"/orders/import/{shop}", data=b"{}", headers=JSON)
        assert (answer.status_code, answer.json["code"]) == (404, "no-shop")
