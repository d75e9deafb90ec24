"""Anyone reads the reviews of a product, over the network and in a terminal, and buyers hand in their words."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from provenance.codes import Code
from provenance.commerce.review_texts import format_review_text, new_review_text
from provenance.commerce.tables import Kind
from tests.cast import INSPECTOR, gtin
from tests.sales import REVIEWS, A, Sales
from tests.terminal import Terminal
from tests.world import World
from web.app import create_app

PRODUCT = gtin()
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
LOVELY = new_review_text("Lovely.\nThe <b>strap</b> is long.", b"\1" * 16)
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


def page(client: FlaskClient, address: str = ADDRESS, language: str = "en") -> str:
    answer = client.get(f"{address}?lang={language}", headers={"Accept": BROWSER})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    return answer.text


def handed_in(client: FlaskClient, data: bytes) -> tuple[int, str]:
    answer = client.post(f"{ADDRESS}/texts", data=data, content_type="application/json")
    return answer.status_code, answer.json.get("code", "")


def test_a_buyer_hands_in_the_words_and_everybody_reads_them(client: FlaskClient, sales: Sales) -> None:
    data = format_review_text(LOVELY)
    early = handed_in(client, data)
    sales.reviewed(A, stars=4, text=LOVELY.hash)

    answers = [handed_in(client, data) for _ in range(2)]

    assert (early, answers) == ((404, "unknown-text"), [(200, ""), (200, "")])
    (remark,) = client.get(ADDRESS).json["reviews"][0]["texts"]
    assert remark["document"] == {"salt": LOVELY.salt, "text": LOVELY.text}
    assert "The &lt;b&gt;strap&lt;/b&gt; is long." in page(client)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"{", 400, "malformed-json"),
        (b'{"text":"x"}', 400, "missing-member"),
        (b'{"salt":"x","text":"x"}', 400, "malformed-text"),
    ],
)
def test_what_is_no_document_is_a_problem_with_a_code(
    client: FlaskClient, sales: Sales, data: bytes, status: int, code: str
) -> None:
    assert handed_in(client, data) == (status, code)


@pytest.mark.parametrize(
    ("language", "stars", "reason"),
    [("en", "4 of 5 stars", "personal data of somebody"), ("zh-CN", "4 星（满分 5 星）", "含有他人的个人信息")],
)
def test_the_page_keeps_the_mark_of_what_was_removed(
    client: FlaskClient, sales: Sales, language: str, stars: str, reason: str
) -> None:
    sales.reviewed(A, stars=4, text=LOVELY.hash)
    handed_in(client, format_review_text(LOVELY))
    before = page(client, language=language)
    law = {"reason": "personal-data", "basis": "PIPL 47", "decision": "de" * 32}
    sales.said(Kind.REVIEW_REMOVED, INSPECTOR.hand(), of=REVIEWS, item=A, **law)

    after = page(client, language=language)

    assert "strap" in before
    assert "strap" not in after
    assert stars in after
    assert reason in after
    assert handed_in(client, format_review_text(LOVELY)) == (409, "text-silenced")


def test_the_page_of_the_product_leads_to_its_reviews(client: FlaskClient, sales: Sales) -> None:
    about = f"/about/01/{PRODUCT.rpartition('/')[2]}"
    before = page(client, about)
    sales.reviewed(A, stars=4)

    assert ADDRESS not in before
    assert f'href="{ADDRESS}?lang=en"' in page(client, about)


def test_the_terminal_makes_the_document_and_hands_it_in(sales: Sales) -> None:
    terminal = Terminal(sales.world.services.settings.home)
    (terminal.home / "words.txt").write_text("Ask ann@example.org.\n")

    made = terminal("review", "word", terminal.home / "words.txt", "-o", terminal.home / "words.json")
    text = made.out.split()[1]
    sales.reviewed(A, text=text)
    published = terminal("review", "publish", PRODUCT, terminal.home / "words.json")

    assert "everybody will read this, and it seems to hold: mail" in made.err
    assert (published.code, published.out) == (0, f"published  {text}\n")
    assert "         Ask ann@example.org." in terminal("review", "show", PRODUCT).out.splitlines()
