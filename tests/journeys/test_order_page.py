"""Whoever types the token on the receipt reads the order as a page; nobody else learns even that there is one."""

from __future__ import annotations

import logging
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.sales import DAY, GLN, ORDER, RETURN, TOKEN, A, Sales
from tests.world import World
from web.app import create_app

ADDRESS = f"/orders/{GLN}/2026-0001"
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    return sales


def _typed(client: FlaskClient, token: str, address: str = ADDRESS, language: str = "en") -> TestResponse:
    return client.post(address, data={"token": token}, headers={**BROWSER, "Accept-Language": language})


def _read(answer: TestResponse) -> str:
    """What can be read on a page."""
    main = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))


@pytest.mark.parametrize(("language", "asks"), [("en", "Token on the receipt"), ("zh-CN", "收据上的凭证码")])
def test_a_browser_is_asked_for_the_token_whether_or_not_there_is_such_an_order(
    language: str, asks: str, client: FlaskClient, sales: Sales
) -> None:
    sales.bought(A)
    headers = {**BROWSER, "Accept-Language": language}

    known, unknown = (client.get(f"/orders/{GLN}/{number}", headers=headers) for number in ("2026-0001", "2026-0009"))

    html = known.get_data(as_text=True)
    assert (known.status_code, known.headers["Cache-Control"]) == (200, "no-store")
    assert asks in html
    assert re.search(r'<form class="field" method="post">', html)
    assert re.search(r'<input id="token" name="token" type="text"[^>]* autocomplete="off"', html)
    assert (unknown.status_code, unknown.get_data(as_text=True)) == (200, html.replace("2026-0001", "2026-0009"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("Delivered", "item A1", "CNY 211.00 is held by fakepay, not by this server.", "Possible until the end of"),
        ),
        ("zh-CN", ("已送达", "单品 A1", "CNY 211.00 由 fakepay 保管，不在本服务器。", "结束前（UTC+08:00）可以退货。")),
    ],
)
def test_the_token_on_the_receipt_opens_the_page_of_the_order(
    language: str, words: tuple[str, ...], client: FlaskClient, sales: Sales
) -> None:
    sales.bought(A)

    answer = _typed(client, f" {TOKEN} ", language=language)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.headers["Content-Language"] == language
    assert [word for word in words if word not in _read(answer)] == []
    assert '<a href="/verify/01/09520123000011/21/A1">' in answer.get_data(as_text=True)


def test_the_page_says_nothing_of_who_bought(client: FlaskClient, sales: Sales) -> None:
    sales.bought(A)

    html = _typed(client, TOKEN).get_data(as_text=True)

    assert str(sales.order().buyer) not in html
    assert "did:key" not in html


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_wrong_token_and_an_order_that_is_not_there_are_told_apart_by_nothing(
    language: str, client: FlaskClient, sales: Sales
) -> None:
    sales.bought(A)
    numbers = ("2026-0001", "2026-0009", "x" * 41)

    answers = [_typed(client, "wrong", f"/orders/{GLN}/{number}", language) for number in numbers]
    said = [answer.get_data(as_text=True).replace(number, "") for answer, number in zip(answers, numbers, strict=True)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert len(set(said)) == 1
    assert 'role="alert"' in said[0]
    assert len({str(answer.headers) for answer in answers[:2]}) == 1


def test_the_form_without_a_token_is_the_form_again(client: FlaskClient, sales: Sales) -> None:
    sales.bought(A)

    answer = client.post(ADDRESS, headers=BROWSER)

    assert answer.status_code == 404
    assert 'name="token"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("token", [TOKEN, "a wrong token"])
def test_the_token_stands_in_no_log_line_no_header_and_no_page(
    token: str, client: FlaskClient, sales: Sales, caplog: pytest.LogCaptureFixture
) -> None:
    sales.bought(A)

    with caplog.at_level(logging.DEBUG):
        answer = _typed(client, token)

    assert token not in caplog.text
    assert token not in str(answer.headers)
    assert token not in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


def test_a_browser_that_sends_the_token_as_programs_do_gets_what_programs_get(
    client: FlaskClient, sales: Sales
) -> None:
    sales.bought(A)

    answer = client.get(ADDRESS, headers={**BROWSER, "Authorization": f"Bearer {TOKEN}"})

    assert (answer.mimetype, answer.get_json()["order"]) == ("application/json", ORDER)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Return 2026-0001-1", "The seller has not answered yet.", "Granted: the thing comes back first.")),
        ("zh-CN", ("退货 2026-0001-1", "卖家尚未答复。", "准予：商品须先退回。")),
    ],
)
def test_an_open_return_is_told_with_its_decision(
    language: str, words: tuple[str, ...], client: FlaskClient, sales: Sales
) -> None:
    sales.bought(A)
    sales.later(2 * DAY)
    sales.requested(of=RETURN)

    said = _read(_typed(client, TOKEN, language=language))

    assert [word for word in words if word not in said] == []
