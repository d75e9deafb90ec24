"""Over the network: what came after a sale, for whoever has the receipt; what everybody may know, without a name."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from provenance.commerce.tables import Kind
from provenance.services.signing import consumer
from tests.aftercare import Aftercare
from tests.cast import INSPECTOR, MAKER
from tests.sales import ANNA, CLAIM, EXCHANGE, GLN, ORDER, RECALL, RETURN, TOKEN, A, ownership
from tests.world import World
from web.app import create_app

ITEM = A.removeprefix("https://id.gs1.org")
WITH_RECEIPT = {"Authorization": f"Bearer {TOKEN}"}
ANNAS = consumer(ANNA)


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


@pytest.fixture
def sales(world: World) -> Aftercare:
    sales = Aftercare(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)
    return sales


def address_of(subject: str) -> str:
    family, _, name = subject.partition(":")
    return f"/{family}s/{name}"


def every_case(sales: Aftercare) -> dict[str, str]:
    """A return, an exchange, a claim and a repair of one item, one after the other; where each is."""
    sales.requested()
    sales.returning(Kind.RETURN_WITHDRAWN, ANNAS)
    sales.exchange_asked()
    sales.exchanging(Kind.EXCHANGE_WITHDRAWN, ANNAS)
    sales.filed()
    sales.claiming(Kind.CLAIM_WITHDRAWN, ANNAS)
    sales.faulty()
    return {
        address_of(RETURN): "return",
        address_of(EXCHANGE): "exchange",
        address_of(CLAIM): "claim",
        f"/warranties{ITEM}": "item",
    }


def test_the_receipt_shows_all_that_came_after(client: FlaskClient, sales: Aftercare) -> None:
    for address, named in every_case(sales).items():
        answer = client.get(address, headers=WITH_RECEIPT)

        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert answer.json["order"] == ORDER
        assert answer.json[named] in (RETURN, EXCHANGE, CLAIM, A)


def test_without_the_receipt_none_of_it_is_there(client: FlaskClient, sales: Aftercare) -> None:
    addresses = [*every_case(sales), f"/returns/{GLN}/9", "/warranties/01/09520123000011/21/ZZ"]
    for address in addresses:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            answer = client.get(address, headers={"Accept": "application/json", **headers})

            assert (answer.status_code, answer.json["code"]) == (404, Code.UNKNOWN_DOSSIER.value)


def test_everybody_sees_that_an_item_is_owned_missing_or_for_sale_and_never_whose(
    client: FlaskClient, sales: Aftercare
) -> None:
    sales.claimed(A)
    sales.put_up()
    for_sale = client.get(f"/resales{ITEM}")
    sales.dealing(Kind.RESALE_WITHDRAWN, ANNAS)
    sales.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), of=ownership(A), report="4e" * 32)

    owned = client.get(f"/ownership{ITEM}")

    assert (for_sale.json["minor"], for_sale.json["stages"]) == (15_000, {"resale": "offered"})
    assert (owned.json["item"], owned.json["stage"]) == (A, "stolen")
    assert owned.json["head"] == sales.dossier(ownership(A)).entries[-1].hash
    for answer in (for_sale, owned):
        assert str(ANNA.public) not in answer.text
        assert ORDER not in answer.text


def test_a_recall_is_public_and_names_no_owner(client: FlaskClient, sales: Aftercare) -> None:
    sales.claimed(A)
    sales.called_back(A)
    sales.warned(A)

    answer = client.get(address_of(RECALL))

    assert (answer.json["stage"], answer.json["issuer"], answer.json["notified"]) == ("issued", MAKER.party, 1)
    assert str(ANNA.public) not in answer.text


@pytest.mark.parametrize(
    "address", ["/recalls/9520123000004/9", "/ownership/01/09520123000011/21/A9", "/resales/01/1/21/A"]
)
def test_what_nobody_told_of_is_not_there(client: FlaskClient, sales: Aftercare, address: str) -> None:
    answer = client.get(address, headers={"Accept": "application/json"})

    assert answer.status_code in (400, 404)
    assert answer.json["code"]
