"""An order in words: every amount, day and label is what records, terms and law say, in either language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest

from provenance.commerce.tables import Kind
from provenance.commerce.terms import Terms
from provenance.encoding.canonical import Json
from tests.after_sales import EUROPEAN
from tests.cast import SHOP, gtin
from tests.sales import ANNA, DAY, ORDER, OTHER_RETURN, PRICE, RETURN, TOKEN, A, B, Sales
from tests.world import World
from web.pages.local_days import at, until
from web.pages.order import OrderPage, order_page
from web.pages.text import Language, text_in

ENGLISH, CHINESE = text_in(Language.ENGLISH), text_in(Language.CHINESE)
MAY_4_NOON_UTC = 1_777_896_000


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A, B)
    return sales


def _page(sales: Sales, language: Language = Language.ENGLISH) -> OrderPage:
    services = sales.world.services
    purchase = services.ordering.purchase(ORDER, TOKEN)
    return order_page(purchase, services.drafting.registry().parties, text_in(language))


def _money(page: OrderPage) -> dict[str, str]:
    return {entry.name: " ".join(entry.lines) for entry in page.money}


def _steps(page: OrderPage) -> list[str]:
    return [f"{step.who} {step.what}" for step in page.steps]


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def _bought_under(sales: Sales, terms: Terms, *traits: str, confirmed: tuple[str, ...] = ()) -> None:
    line: Json = {"class": gtin(), "price": PRICE, "category": "apparel", "traits": list(traits)}
    sales.published(terms)
    sales.offered(lines=[line], terms=terms.hash, currency=terms.currency)
    sales.placed(confirmed=confirmed)
    sales.paid(currency=terms.currency)
    sales.allocated(A)
    sales.packed(A)
    sales.shipped(A)
    sales.delivered(A)


def _of_shop(terms: Terms) -> Terms:
    return replace(terms, seller=SHOP.party)


def test_an_end_is_told_as_the_last_day_before_it_in_the_zone_of_the_terms() -> None:
    midnight_in_china = MAY_4_NOON_UTC + 4 * 3600

    assert until(midnight_in_china, 480, ENGLISH) == "until the end of 4 May 2026 (UTC+08:00)"
    assert until(midnight_in_china + 1, 480, ENGLISH) == "until the end of 5 May 2026 (UTC+08:00)"
    assert until(midnight_in_china, -210, ENGLISH) == "until the end of 4 May 2026 (UTC-03:30)"
    assert until(midnight_in_china, 480, CHINESE) == "2026年5月4日结束前（UTC+08:00）"
    assert at(MAY_4_NOON_UTC, -210, ENGLISH) == "4 May 2026, 08:30 UTC-03:30"


def test_an_offer_tells_what_is_asked_for_it_and_until_when_it_can_be_paid(sales: Sales) -> None:
    sales.published()
    sales.offered(pieces=2)

    page = _page(sales)

    assert (page.word, len(page.things), page.things[0].item) == ("Offered", 2, "")
    assert _money(page)["Total"] == "CNY 410.00 CNY 398.00 for the goods, CNY 12.00 for delivery"
    assert _money(page)["Payment"].startswith("No payment is on record. It can be paid until 4 May 2026")
    assert _steps(page)[0] == "Buyer accepts the offer"
    assert page.steps[0].address == f"/sign/order-placed?of={ORDER}"


def test_a_payment_is_told_as_what_the_attestor_said_with_what_stands_behind_it(sales: Sales) -> None:
    sales.published()
    sales.offered()
    sales.placed()
    sales.paid(grade="A", told="ab" * 32, provider="wechat", reference="420000")

    money = _money(_page(sales))

    assert money["Payment"] == (
        "CNY 211.00 arrived at wechat under the reference 420000. So shop said on 4 May 2026. "
        "The provider signed this with a key that anyone can check."
    )
    assert money["Where it is now"] == "CNY 211.00 is held by wechat, not by this server."


def test_money_that_went_back_is_told_and_what_is_left_is_still_held(sales: Sales) -> None:
    sales.published()
    sales.bought(A)
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()

    page = _page(sales)

    assert _money(page)["Paid back"].startswith(f"CNY 199.00 through fakepay under the reference back-{RETURN}.")
    assert _money(page)["Where it is now"] == "CNY 12.00 is held by fakepay, not by this server."
    assert page.things[0].back == "Not possible: the price went back already, or is on its way."
    assert "The money was paid back." in page.asked[0].stages


def test_money_of_a_cancelled_order_is_called_the_buyers(sales: Sales) -> None:
    sales.published()
    sales.offered()
    sales.placed()
    sales.paid()
    sales.allocated(A)
    sales.cancelled()

    page = _page(sales)

    assert _money(page)["Where it is now"].endswith("The order was called off: what is held belongs to the buyer.")
    assert (page.things[0].way, page.things[0].back) == ((), "")


def test_a_completed_order_tells_that_the_money_is_the_sellers(sales: Sales) -> None:
    sales.published()
    sales.bought(A)
    sales.completed()

    money = _money(_page(sales))

    assert money["Where it is now"] == "CNY 211.00 is the seller's; fakepay hands it over, not this server."
    assert "When the seller gets it" not in money


def test_the_way_to_withdraw_is_called_what_european_law_has_it_called(sales: Sales) -> None:
    _bought_under(sales, _of_shop(EUROPEAN))

    english, chinese = _page(sales).withdrawal, _page(sales, Language.CHINESE).withdrawal

    assert english is not None
    assert chinese is not None
    assert (english.label, [one.item for one in english.items]) == ("withdraw from contract here", ["item A1"])
    assert english.items[0].address == f"/sign/return-requested?of={RETURN}&order={ORDER}&item={A}&ask=withdraw"
    assert chinese.label == "在此撤回合同"


def test_elsewhere_it_is_a_return_without_a_reason_as_long_as_there_is_one(sales: Sales) -> None:
    sales.published()
    sales.bought(A)
    in_time = _page(sales)
    sales.later(8 * DAY)
    late = _page(sales)

    assert in_time.withdrawal is not None
    assert in_time.withdrawal.label == "Return without a reason"
    assert in_time.things[0].back == "Possible until the end of 11 May 2026 (UTC+08:00)."
    assert late.withdrawal is None
    assert late.things[0].back == "It was possible until the end of 11 May 2026 (UTC+08:00)."


def test_what_the_buyer_confirmed_is_named_and_its_article_where_it_excludes(sales: Sales) -> None:
    _bought_under(sales, _of_shop(EUROPEAN), "downloaded", confirmed=("downloaded",))

    page = _page(sales)

    assert page.confirmed == ("downloaded digital content",)
    assert page.things[0].back == "Not possible: the law excludes this kind of thing (CRD 16(m))."
    assert page.withdrawal is None


def test_an_open_return_is_told_once_and_stops_the_sellers_money(sales: Sales) -> None:
    sales.published()
    sales.bought(A, B)
    sales.requested(A)

    page = _page(sales)

    assert [(asked.title, asked.item, asked.ask) for asked in page.asked] == [
        ("Return 2026-0001-1", "item A1", "to give it back without a reason")
    ]
    assert page.asked[0].decision[0] == "Granted: the thing comes back first."
    assert "Seller agrees to the return" in [f"{step.who} {step.what}" for step in page.asked[0].steps]
    assert page.things[0].back == "It has been asked for: see below."
    assert page.withdrawal is not None
    assert [one.item for one in page.withdrawal.items] == ["item B1"]
    assert f"of={OTHER_RETURN}&" in page.withdrawal.items[0].address
    assert _money(page)["When the seller gets it"] == "Not while something that was asked for is open."


def test_nothing_is_offered_as_a_next_step_that_the_parcels_have_overtaken(sales: Sales) -> None:
    sales.published()
    sales.bought(A)

    steps = _steps(_page(sales))

    assert [step for step in steps if "calls the order off" in step] == []
    assert [step for step in steps if "completes the order" in step] != []


@pytest.mark.parametrize("language", list(Language))
def test_no_key_of_a_person_is_on_the_page(language: Language, sales: Sales) -> None:
    sales.published()
    sales.bought(A)
    sales.claimed(A)
    sales.requested()

    said = " ".join(_texts(_page(sales, language)))

    assert "did:key" not in said
    assert str(ANNA.public) not in said
    assert TOKEN not in said
