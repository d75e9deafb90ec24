"""The page of an order on the smallest phone and on a desk, by keyboard alone and without script."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from tests.chromium import Chromium, Page, View
from tests.measures import SMALL_TARGETS, SMALLEST, TOO_WIDE
from tests.sales import GLN, TOKEN, A, B, Sales
from tests.world import World
from web.app import create_app

DESK = View(1280, 900)
_NOT_FOUND = "Failed to load resource: the server responded with a status of 404 (NOT FOUND)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an order is with two items, of which one is being returned."""
    world = World(tmp_path_factory.mktemp("orders") / "world")
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A, B)
    sales.requested(A)
    server = make_server("127.0.0.1", 0, create_app(world.services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/orders/{GLN}/2026-0001"
    server.shutdown()
    thread.join()
    server.server_close()
    world.close()


def _opened(page: Page, token: str) -> None:
    """Type a token by keyboard and send it."""
    for _ in range(12):
        page.press("Tab")
        if page.measure("document.activeElement.id") == "token":
            break
    page.type(token)
    page.follow("Enter")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize("view", [SMALLEST, DESK], ids=["phone", "desk"])
def test_an_order_is_opened_by_keyboard_and_fits(view: View, language: str, browser: Chromium, address: str) -> None:
    with browser.page(f"{address}?lang={language}", view) as page:
        _opened(page, TOKEN)

        assert page.measure("location.href") == f"{address}?lang={language}"
        assert page.measure("document.querySelectorAll('article').length") == 3
        assert page.measure("document.documentElement.scrollWidth") == view.width
        assert page.measure(TOO_WIDE) == []
        assert page.measure(SMALL_TARGETS) == []
        assert page.complaints() == []


def test_a_wrong_token_is_answered_in_one_sentence_that_is_read_aloud(browser: Chromium, address: str) -> None:
    with browser.page(address, SMALLEST) as page:
        _opened(page, "wrong")

        assert [node["role"] for node in page.accessible() if node["role"] == "alert"] == ["alert"]
        assert page.measure("document.getElementById('token').value") == ""
        assert page.measure(TOO_WIDE) == []
        assert page.complaints() == [_NOT_FOUND]
