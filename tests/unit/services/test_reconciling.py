"""Every difference between the books and a provider's list has its name, and nothing else is one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provenance.commerce.money import Money
from provenance.commerce.payment_notices import PaymentState, Provider
from provenance.commerce.provider_lists import ProviderList
from provenance.commerce.settling import Said, Till
from provenance.errors import NotFoundError
from provenance.services.signing import consumer
from tests.provider_dialects import MERCHANTS, Told
from tests.sales import ANNA, FREIGHT, ORDER, OTHER_ORDER, PRICE, A, Sales
from tests.tills import NUMBER, TILL, attesting, told, world_with_a_till

AT, TOTAL = Till(Provider.WECHAT, MERCHANTS["wechat"]), PRICE + FREIGHT
LATEST = 4 * 10**9
PAYMENT, REFUND = f"payment {ORDER}", "refund refund:9520789000004/2026-0001-all"


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    """One order that is paid at WeChat Pay."""
    world = world_with_a_till(tmp_path / "world")
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.offered(attestor=TILL.party)
    sales.placed()
    told(world, "wechat", Told("evt-1", NUMBER, TOTAL))
    attesting(world).turn()
    yield sales
    world.close()


def _line(minor: int = TOTAL, refund: str | None = None, order: str = NUMBER) -> Said:
    state = PaymentState.REFUNDED if refund else PaymentState.PAID
    return Said(AT, order, refund, Money(minor, "CNY"), state)


def _breaks(sales: Sales, *lines: Said, since: int = 0, until: int = LATEST, till: Till = AT) -> list[tuple[str, str]]:
    reconciling = sales.world.services.reconciling
    assert reconciling is not None
    found = reconciling.compare(ProviderList(till, since, until, lines))
    return [(one.found.difference.value, one.found.transfer) for one in found]


def test_a_list_that_says_the_same_has_no_break(sales: Sales) -> None:
    assert _breaks(sales, _line()) == []


def test_every_difference_has_its_name(sales: Sales) -> None:
    assert _breaks(sales) == [("not-done", PAYMENT)]
    assert _breaks(sales, _line(TOTAL - 1)) == [("other-amount", PAYMENT)]
    assert _breaks(sales, _line(), _line()) == [("done-twice", PAYMENT)]
    assert _breaks(sales, _line(), _line(500, "no-such")) == [("not-asked", "refund refund:9520789000004/no-such")]
    assert _breaks(sales, _line(), _line(order="a/b")) == [("not-asked", "payment a/b")]
    assert _breaks(sales, _line(), _line(order="none")) == [("not-asked", "payment order:9520789000004/none")]


def test_money_that_came_for_an_accepted_order_and_was_not_booked_is_found(sales: Sales) -> None:
    sales.offered(OTHER_ORDER, attestor=TILL.party)
    sales.placed(OTHER_ORDER)

    assert _breaks(sales, _line(), _line(order="2026-0002")) == [("not-booked", f"payment {OTHER_ORDER}")]


def test_a_refund_waits_on_both_sides_without_a_break_and_is_one_when_only_one_side_has_it(sales: Sales) -> None:
    refunding = sales.world.services.refunding
    assert refunding is not None
    sales.cancelled()
    refund = refunding.grant(ORDER, Money(TOTAL, "CNY"), [consumer(ANNA)])
    refunding.command(refund)
    back = _line(TOTAL, "2026-0001-all")

    assert _breaks(sales, _line()) == []
    assert _breaks(sales, _line(), back) == [("not-booked", REFUND)]
    told(sales.world, "wechat", Told("evt-2", NUMBER, TOTAL, refund="2026-0001-all"))
    attesting(sales.world).turn()
    assert _breaks(sales, _line(), back) == []
    assert _breaks(sales, _line()) == [("not-done", REFUND)]


def test_what_was_done_outside_the_time_of_a_list_need_not_be_in_it(sales: Sales) -> None:
    now = sales.now
    sales.later(timedelta(hours=1))

    assert _breaks(sales, since=now + 1) == []
    assert _breaks(sales, until=now - 1) == []
    assert _breaks(sales, since=now, until=now) == [("not-done", PAYMENT)]


def test_another_till_is_not_compared_and_an_unknown_one_is_refused(sales: Sales) -> None:
    assert _breaks(sales, till=Till(Provider.ALIPAY, MERCHANTS["alipay"])) == []
    with pytest.raises(NotFoundError):
        _breaks(sales, till=Till(Provider.WECHAT, "1"))
