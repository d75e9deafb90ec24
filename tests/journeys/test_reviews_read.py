"""Anyone reads the reviews of a product, over the network and in a terminal, with the records to count again."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from tests.cast import gtin
from tests.sales import A, Sales
from tests.terminal import Terminal
from tests.world import World
from web.app import create_app

PRODUCT = gtin()
ADDRESS = f"/reviews/01/{PRODUCT.rpartition('/')[2]}"


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)
    return sales


def test_the_network_tells_everybody_what_buyers_think_of_a_product(client: FlaskClient, sales: Sales) -> None:
    receipt = sales.reviewed(A, stars=4)

    answer = client.get(ADDRESS)

    assert answer.status_code == 200
    assert (answer.json["product"], answer.json["head"]) == (PRODUCT, receipt.hash)
    assert answer.json["standing"] == {"count": 1, "stars": [0, 0, 0, 1, 0], "mean": 400, "score": 316}
    assert [record["statement"] for record in answer.json["records"]] == [receipt.hash]


def test_of_a_product_without_reviews_there_is_nothing_to_tell(client: FlaskClient, sales: Sales) -> None:
    for address in (ADDRESS, "/reviews/01/not-a-number"):
        answer = client.get(address, headers={"Accept": "application/json"})

        assert answer.status_code in (400, 404)
        assert answer.json["code"]
    assert client.get(ADDRESS, headers={"Accept": "application/json"}).json["code"] == Code.UNKNOWN_DOSSIER.value


def test_the_terminal_tells_the_same(sales: Sales) -> None:
    receipt = sales.reviewed(A, stars=4)

    said = Terminal(sales.world.services.settings.home)("review", "show", PRODUCT)

    assert said.code == 0
    assert said.out.splitlines()[:2] == [f"3.16  {PRODUCT}", "  standing  1 reviews, score 3.16"]
    assert f"  head      {receipt.hash}" in said.out.splitlines()
    assert "★★★★" in said.out
