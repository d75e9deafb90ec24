"""What is ahead of an item that was bought: until when it may go back, when the seller is paid, and what stops both."""

from __future__ import annotations

from datetime import timedelta

import pytest

from provenance.codes import Code
from provenance.commerce.calendar import day_of, end_of, format_day
from provenance.commerce.purchase import Purchase
from provenance.commerce.tables import Kind, Stage
from provenance.commerce.vocabulary import Clause, Outcome
from provenance.errors import NotFoundError
from provenance.services.signing import consumer
from tests.cast import SHOP
from tests.sales import ANNA, FREIGHT, ORDER, OTHER_RETURN, PRICE, RETURN, TERMS, TOKEN, A, B, Sales
from tests.world import World


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    return sales


def _seen(sales: Sales) -> Purchase:
    return sales.world.services.ordering.purchase(ORDER, TOKEN)


def _clauses(purchase: Purchase, piece: int = 0) -> set[Clause]:
    return {cited.clause for cited in purchase.pieces[piece].withdrawn.clauses}


def test_an_order_is_shown_to_nobody_without_its_token(sales: Sales) -> None:
    sales.bought(A)

    with pytest.raises(NotFoundError) as wrong:
        sales.world.services.ordering.purchase(ORDER, "wrong")
    with pytest.raises(NotFoundError) as unknown:
        sales.world.services.ordering.purchase(f"{ORDER}9", TOKEN)

    assert wrong.value.code is unknown.value.code is Code.UNKNOWN_DOSSIER


def test_an_offer_has_no_items_and_no_money_yet(sales: Sales) -> None:
    sales.offered()

    purchase = _seen(sales)

    assert (purchase.pieces, purchase.asked, purchase.release_at) == ((), (), None)
    assert (purchase.funds.paid, purchase.funds.held.minor) == (None, 0)


def test_an_item_may_go_back_until_the_last_day_that_terms_and_law_give(sales: Sales) -> None:
    sales.bought(A)
    arrived = day_of(sales.now, TERMS.zone)

    first = _seen(sales).pieces[0]
    sales.later(timedelta(seconds=end_of(arrived + 7, TERMS.zone) - 1 - sales.now))
    last = _seen(sales).pieces[0]
    sales.later(timedelta(seconds=1))
    after = _seen(sales)

    assert first.last_day == last.last_day == arrived + 7, format_day(arrived)
    assert (first.may_go_back, last.may_go_back, after.pieces[0].may_go_back) == (True, True, False)
    assert _clauses(after) == {Clause.OUT_OF_TIME}


def test_nothing_is_told_of_days_before_an_item_has_arrived(sales: Sales) -> None:
    sales.offered()
    sales.placed()
    sales.paid()
    sales.allocated(A)
    sales.packed(A)
    sales.shipped(A)

    purchase = _seen(sales)

    assert (purchase.pieces[0].last_day, purchase.release_at) == (None, None)
    assert (purchase.pieces[0].is_granted, purchase.pieces[0].may_go_back) == (True, False)


def test_the_seller_may_complete_the_order_from_the_moment_that_is_foretold(sales: Sales) -> None:
    sales.bought(A)
    release_at = _seen(sales).release_at
    assert release_at is not None

    sales.later(timedelta(seconds=release_at - 1 - sales.now))
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.completed(by=SHOP.hand())
    sales.later(timedelta(seconds=1))
    sales.completed(by=SHOP.hand())

    funds = _seen(sales).funds
    assert (funds.held.minor, funds.sellers.minor) == (0, PRICE + FREIGHT)


def test_what_the_buyer_passed_on_does_not_go_back(sales: Sales) -> None:
    sales.bought(A)
    sales.claimed(A)
    sales.passed_on(A)

    purchase = _seen(sales)

    assert not purchase.pieces[0].may_go_back
    assert _clauses(purchase) == {Clause.NOT_OWNER}
    assert purchase.pieces[0].untouched.outcome is Outcome.WAIT


def test_an_open_return_stands_with_its_decision_and_the_order_can_t_be_completed(sales: Sales) -> None:
    sales.bought(A, B)
    sales.requested(A)

    purchase = _seen(sales)

    assert [(asked.item, asked.dossier.name.subject, asked.is_open) for asked in purchase.asked] == [(A, RETURN, True)]
    assert purchase.asked[0].decision is not None
    assert purchase.asked[0].decision.outcome is Outcome.RETURN
    assert purchase.closed == {Kind.ORDER_CANCELLED, Kind.ORDER_COMPLETED}


def test_a_return_that_was_paid_back_stands_beside_the_money_and_one_that_was_taken_back_does_not(
    sales: Sales,
) -> None:
    sales.bought(A, B)
    sales.requested(A)
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()
    sales.requested(B, of=OTHER_RETURN)
    sales.returning(Kind.RETURN_WITHDRAWN, by=consumer(ANNA), of=OTHER_RETURN)

    purchase = _seen(sales)

    assert [(asked.dossier.name.subject, asked.is_open) for asked in purchase.asked] == [(RETURN, False)]
    assert [payment.amount.minor for payment in purchase.funds.paid_back] == [PRICE]
    assert purchase.funds.held.minor == PRICE + FREIGHT
    assert [piece.may_go_back for piece in purchase.pieces] == [False, True]


def test_an_order_is_called_off_only_before_anything_is_sent(sales: Sales) -> None:
    sales.offered()
    sales.placed()
    sales.paid()
    sales.allocated(A)
    before = _seen(sales)
    sales.packed(A)
    sales.shipped(A)
    after = _seen(sales)

    assert before.closed == {Kind.ORDER_COMPLETED}
    assert after.closed == {Kind.ORDER_CANCELLED, Kind.ORDER_COMPLETED}
    assert after.pieces[0].way is Stage.SHIPPED


def test_an_item_that_is_in_a_return_already_does_not_go_back_a_second_time(sales: Sales) -> None:
    sales.bought(A, B)
    before = _seen(sales).has_open_case
    sales.requested(A)

    pieces = _seen(sales).pieces

    assert not before
    assert [piece.busy_in and piece.busy_in.subject for piece in pieces] == [RETURN, None]
    assert [piece.may_go_back for piece in pieces] == [False, True]
