"""A buyer does everything in their browser, with a key that never leaves it: from the offer to the refund, and resale.

The shop, the carrier and the attestor act beside it, with keys of their own; after each step the log says what it was.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from provenance.commerce.orders import Shown
from provenance.commerce.review_texts import ReviewText
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.crypto.claim_code import format_claim_code
from provenance.ids import Subject
from tests.cast import CARRIER, gtin
from tests.chromium import Chromium, Page, View, executable
from tests.measures import SMALL_TARGETS, SMALLEST, TOO_WIDE
from tests.sales import ORDER, OTHER_ORDER, RETURN, REVIEWS, TOKEN, A, B, Sales, code_of, ownership
from tests.world import World
from web.app import create_app

PHONE, DESK_ZH = View(360, 740), View(1280, 900, "zh-CN")

_FILL = """
(async (answers) => {
  const until = async (is) => { while (!is()) await new Promise((done) => setTimeout(done, 20)); };
  const form = document.querySelector("form[data-kind]");
  await until(() => "ready" in form.dataset);
  for (const [name, value] of Object.entries(answers)) {
    const field = form.querySelector(`[data-name=${name}]`);
    if (field.dataset.sort === "photo") {
      const files = new DataTransfer();
      files.items.add(new File([value], "parcel.jpg"));
      field.files = files.files;
    } else field.value = value;
  }
  form.requestSubmit();
  await until(() => "ended" in form.dataset);
  return [form.dataset.ended, document.querySelector("[role=status]").innerText];
})
"""
_KEY = """
(async () => {
  while (document.documentElement.dataset.key !== "ready") await new Promise((done) => setTimeout(done, 20));
  return document.querySelector("[data-shows=key]").textContent;
})()
"""


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop with a server; ``sales`` are the verbs of everybody but the buyer."""

    origin: str
    sales: Sales

    def sign(self, kind: Kind, of: Subject, **given: str) -> str:
        """Where a record of this kind is signed."""
        query = "".join(f"&{name}={value}" for name, value in given.items())
        return f"{self.origin}/sign/{kind}?of={of}{query}"

    def own(self, item: Subject) -> str:
        """The page that tells whose an item is."""
        return f"{self.origin}/own{item.removeprefix('https://id.gs1.org')}"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    world = World(tmp_path / "world")
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    server = make_server("127.0.0.1", 0, create_app(world.services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Shop(f"http://127.0.0.1:{server.server_port}", sales)
    server.shutdown()
    thread.join()
    server.server_close()
    world.close()


def signed(page: Page, address: str, **answers: str) -> tuple[str, str]:
    """What became of a record that the visitor signs on this page."""
    page.go(address)
    ended, said = page.measure(f"({_FILL.strip()})({json.dumps(answers)})")
    return str(ended), str(said)


def accepted(page: Page, address: str, **answers: str) -> None:
    assert signed(page, address, **answers)[0] == "signed"


def sold(shop: Shop, page: Page, item: Subject, order: Subject) -> None:
    """The visitor buys and receives one item."""
    shop.sales.offered(order)
    accepted(page, shop.sign(Kind.ORDER_PLACED, order))
    shop.sales.paid(order)
    shop.sales.allocated(item, of=order)
    shop.sales.packed(item, of=order)
    shop.sales.shipped(item, of=order, carrier=CARRIER)
    accepted(page, shop.sign(Kind.PARCEL_DELIVERED, order), serials=item)


def claim(shop: Shop, page: Page, item: Subject, order: Subject, code: str) -> tuple[str, str]:
    return signed(page, shop.sign(Kind.OWNERSHIP_CLAIMED, ownership(item)), order=order, token=TOKEN, code=code)


def test_a_buyer_buys_receives_claims_and_gives_it_back(browser: Chromium, shop: Shop, tmp_path: Path) -> None:
    code = format_claim_code(code_of(A))
    with browser.page(shop.own(A), PHONE) as page:
        key = page.measure(_KEY)
        sold(shop, page, A, ORDER)

        assert shop.sales.order(ORDER).shown is Shown.DELIVERED
        assert shop.sales.order(ORDER).buyer == key
        wrong = claim(shop, page, A, ORDER, code[:-1] + ("0" if code[-1] != "0" else "1"))
        assert wrong == ("refused", "That is not a hidden code: compare it letter by letter.")

        assert claim(shop, page, A, ORDER, code)[0] == "signed"
        page.picture(tmp_path / "claimed.png")
        assert shop.sales.owner(A) == key

        asked = {"order": ORDER, "item": A, "ask": "withdraw"}
        accepted(page, shop.sign(Kind.RETURN_REQUESTED, RETURN), **asked)
        shop.sales.returning(Kind.RETURN_ACCEPTED)
        accepted(page, shop.sign(Kind.RETURN_SHIPPED, RETURN), photo="a parcel", seal="R-1", grams="800")
        evidence = {"seal": "R-1", "photo": "b0" * 32, "grams": 800}
        shop.sales.returning(Kind.RETURN_RECEIVED, scanned=A, **evidence)
        shop.sales.matched(A)
        shop.sales.refunded()

        assert shop.sales.dossier(RETURN).stage(Machine.OUTCOME) is Stage.REFUNDED


def test_an_owner_passes_it_on_and_the_second_buyer_accepts(browser: Chromium, shop: Shop, tmp_path: Path) -> None:
    program = executable()
    assert program is not None
    with browser.page(shop.own(B), PHONE) as first, Chromium(program) as elsewhere:
        first.measure(_KEY)
        sold(shop, first, B, OTHER_ORDER)
        assert claim(shop, first, B, OTHER_ORDER, format_claim_code(code_of(B)))[0] == "signed"
        with elsewhere.page(shop.own(B), DESK_ZH) as second:
            taker = second.measure(_KEY)
            too_early, _ = signed(second, shop.sign(Kind.OWNERSHIP_TRANSFERRED, ownership(B)))
            accepted(first, shop.sign(Kind.OWNERSHIP_OFFERED, ownership(B)), to=taker, expires="3")
            second.go(shop.own(B))
            second.picture(tmp_path / "offered.png")
            offered = second.text()
            accepted(second, shop.sign(Kind.OWNERSHIP_TRANSFERRED, ownership(B)))

            second.go(shop.own(B))
            second.measure(_KEY)
            mine = second.text()

        first.go(shop.own(B))
        first.measure(_KEY)

        assert too_early == "refused"
        assert "所有者正在转让它" in offered
        assert shop.sales.owner(B) == taker
        assert "它是您的" in mine
        assert "it is yours" not in first.text()
        assert claim(shop, first, B, OTHER_ORDER, format_claim_code(code_of(B)))[0] == "refused"


def test_a_buyer_writes_a_review_and_its_words_go_with_it(browser: Chromium, shop: Shop) -> None:
    with browser.page(shop.own(A), PHONE) as page:
        sold(shop, page, A, ORDER)
        words = {"order": ORDER, "item": A, "stars": "4", "text": "Lovely – 很好。\nA little long."}
        accepted(page, shop.sign(Kind.REVIEW_WRITTEN, REVIEWS), **words)

    opinion, kept = shop.sales.world.services.reviewing.opinion(gtin())
    assert opinion.reviews[0].stars == 4
    assert [type(document) for document in kept.values()] == [ReviewText]
    assert [document.text for document in kept.values()] == [words["text"]]


@pytest.mark.parametrize("view", [SMALLEST, DESK_ZH], ids=["phone", "desk"])
def test_the_pages_fit_and_speak_to_everybody(view: View, browser: Chromium, shop: Shop, tmp_path: Path) -> None:
    for name, address in (
        ("own", shop.own(A)),
        ("claim", shop.sign(Kind.OWNERSHIP_CLAIMED, ownership(A), order=ORDER)),
        ("return", shop.sign(Kind.RETURN_REQUESTED, RETURN, order=ORDER, item=A)),
        ("offer", shop.sign(Kind.ORDER_PLACED, ORDER)),
    ):
        with browser.page(address, view) as page:
            page.measure(_KEY)
            page.picture(tmp_path / f"{name}.png")

            assert page.measure(TOO_WIDE) == page.measure(SMALL_TARGETS) == []
            assert page.complaints() == []


def test_without_script_the_page_names_the_other_way(browser: Chromium, shop: Shop) -> None:
    with browser.page(shop.sign(Kind.ORDER_PLACED, ORDER), View(has_script=False)) as page:
        assert "provenance record sign" in page.text()


def test_a_server_that_asks_for_something_else_gets_no_signature(browser: Chromium, shop: Shop) -> None:
    other = """
    const fetched = window.fetch;
    window.fetch = async (address, asked) => {
      if (address !== "/drafts") return fetched(address, asked);
      const members = { ...JSON.parse(asked.body).members, reason: "because" };
      return fetched(address, { ...asked, body: JSON.stringify({ ...JSON.parse(asked.body), members }) });
    };
    0
    """
    shop.sales.offered(ORDER)
    with browser.page(shop.sign(Kind.ORDER_CANCELLED, ORDER), PHONE) as page:
        page.measure(other)
        ended, said = page.measure(f"({_FILL.strip()})({json.dumps({'reason': 'changed my mind'})})")

    assert (ended, said) == ("refused", "The server asked for a signature over something else. Nothing was signed.")
