"""The drafts of orders on both databases: all or none, once for each delivery, forgotten when a shop asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from provenance.adapters.sql_drafts import SqlDraftBook
from provenance.codes import Code
from provenance.commerce.order_drafts import Kept
from provenance.commerce.shop_orders import Said, ShopLine, ShopOrder
from provenance.ids import Subject
from provenance.ports.drafts import DeliveryId, Draft, Trouble
from tests.world import World

ORDER = ShopOrder("1", "EUR", (ShopLine("JAR-250", 1, 500),), 0, Said.OPEN, 1000)


def draft(number: int = 1, source: str = "shopify", order: ShopOrder = ORDER) -> Draft:
    return Draft(Subject(f"order:9520789000004/{number}"), source, order)


def delivery(number: int = 1) -> DeliveryId:
    return DeliveryId("shopify", f"d-{number}")


@pytest.fixture
def book(shared_world: World) -> SqlDraftBook:
    return SqlDraftBook(shared_world.services.store)


def test_what_is_kept_is_found_again_and_the_newer_telling_replaces_it(book: SqlDraftBook) -> None:
    newer, older = replace(ORDER, told=1001, freight=9), replace(ORDER, told=999, freight=7)

    became = [book.keep([draft(order=order)])[0] for order in (ORDER, ORDER, newer, older)]

    assert became == [Kept.NEW, Kept.REPEATED, Kept.REPLACED, Kept.OLDER]
    assert book.find(draft().subject) == draft(order=newer)
    assert book.find(draft(2).subject) is None


def test_comparing_keeps_nothing(book: SqlDraftBook) -> None:
    assert book.compare([draft(), draft(2)]) == [Kept.NEW, Kept.NEW]
    assert book.all() == []


def test_of_a_table_all_is_kept_or_nothing(book: SqlDraftBook) -> None:
    book.keep([draft()])

    became = book.keep([draft(2), draft(order=replace(ORDER, told=0))])

    assert became == [Kept.NEW, Kept.DIFFERS]
    assert book.all() == [draft()]


def test_a_delivery_counts_once_even_with_something_else_in_it(book: SqlDraftBook) -> None:
    first = book.deliver(delivery(), draft())
    again = book.deliver(delivery(), draft(order=replace(ORDER, told=2000, freight=9)))
    other_shop = book.deliver(DeliveryId("woocommerce", "d-1"), draft(2))

    assert (first, again, other_shop) == (True, False, True)
    assert book.all() == [draft(), draft(2)]


def test_the_same_delivery_at_once_counts_once(book: SqlDraftBook) -> None:
    start = Barrier(6)

    def deliver(number: int) -> bool:
        start.wait()
        return book.deliver(delivery(), draft(number))

    with ThreadPoolExecutor(6) as pool:
        became = list(pool.map(deliver, range(6)))

    assert sorted(became) == [False] * 5 + [True]
    assert len(book.all()) == 1


def test_orders_are_forgotten_by_name_and_a_shop_with_all_it_told(book: SqlDraftBook) -> None:
    book.keep([draft(1), draft(2), draft(3), draft(4, "woocommerce")])

    book.deliver(delivery(1), None, forget=[draft(2).subject, draft(9).subject])
    named = [one.subject[-1] for one in book.all()]
    book.forget_all(delivery(2))
    left = [one.subject[-1] for one in book.all()]
    book.keep([draft(1)])
    book.forget_all(delivery(2))

    assert (named, left) == (["1", "3", "4"], ["4"])
    assert [one.subject[-1] for one in book.all()] == ["1", "4"]


def trouble(told: int, number: int = 1, source: str = "shopify") -> Trouble:
    return Trouble(draft(number).subject, source, Code.OTHER_TOTAL, "/total_price", told)


def test_a_trouble_stays_until_the_order_is_told_well_again(book: SqlDraftBook) -> None:
    book.deliver(delivery(1), draft())
    book.deliver(delivery(2), trouble(1001))
    book.deliver(delivery(3), draft(order=replace(ORDER, told=1000)))
    troubled = book.troubles()
    book.deliver(delivery(4), draft(order=replace(ORDER, told=1002)))

    assert troubled == [trouble(1001)]
    assert book.troubles() == []


@pytest.mark.parametrize("told", [999, 1000])
def test_of_two_troubles_the_newer_counts_and_an_old_one_says_nothing_of_a_newer_draft(
    book: SqlDraftBook, told: int
) -> None:
    book.deliver(delivery(1), draft(order=replace(ORDER, told=told + 1)))
    book.deliver(delivery(2), trouble(told))
    old = book.troubles()
    book.deliver(delivery(3), trouble(told + 2))
    book.deliver(delivery(4), trouble(told + 1))

    assert (old, book.troubles()) == ([], [trouble(told + 2)])


def test_a_trouble_ends_when_somebody_brings_the_order_by_hand_or_it_is_forgotten(book: SqlDraftBook) -> None:
    for number in (1, 2, 3):
        book.deliver(delivery(number), trouble(1000, number))
    book.deliver(DeliveryId("woocommerce", "d-1"), trouble(1000, 4, "woocommerce"))

    book.keep([draft(1, "file:aa:2", replace(ORDER, told=0))])
    book.deliver(delivery(5), None, forget=[draft(2).subject])
    left = [one.subject[-1] for one in book.troubles()]
    book.forget_all(delivery(6))

    assert left == ["3", "4"]
    assert [one.subject[-1] for one in book.troubles()] == ["4"]
