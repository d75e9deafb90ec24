"""An exchange from the question to both things in their places; the money on both sides; what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.exchange_guards import BACK_DAYS
from provenance.commerce.extraction import bought
from provenance.commerce.tables import Kind, Slot, Stage
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from provenance.services.signing import consumer
from tests.aftercare import Aftercare
from tests.cast import CARRIER, INSPECTOR, MAKER, RIVAL, SHOP, gtin, item
from tests.oracles import assert_log_is_sound
from tests.sales import (
    ANNA,
    BOB,
    DAY,
    EXCHANGE,
    FREIGHT,
    ORDER,
    OTHER_ORDER,
    PRICE,
    A,
    B,
    Sales,
    ownership,
)
from tests.world import RefusedError, World

ANNAS = consumer(ANNA)
REPORT = "4e" * 32
OTHER_EXCHANGE = Subject(EXCHANGE.replace("-x", "-y"))
DEARER = gtin(product=3)
NEW = Subject(item("N1").replace(gtin(), DEARER))


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Aftercare]:
    world = World(tmp_path)
    sales = Aftercare(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    sales.later(DAY)
    yield sales
    world.close()


def holder(sales: Sales, slot: Slot, key: str) -> str | None:
    with sales.world.services.store.reading() as store:
        return store.slot((slot, key))


def bound(sales: Aftercare, new: Subject = B) -> str:
    """The custody event that binds a replacement to the order."""
    return sales.picked(new, step="replacing").hash


def test_one_comes_back_and_another_piece_of_the_product_goes_out(sales: Aftercare) -> None:
    event = bound(sales)
    sales.exchange_asked()
    sales.exchange_agreed()
    with sales.world.refuses(Code.STILL_OPEN):
        sales.replaced(event=event)
    sales.exchange_back()
    sales.replaced(event=event)
    with sales.world.refuses(Code.STILL_OPEN):
        sales.exchanging(Kind.EXCHANGE_SETTLED)
    sales.replacement_sent()

    sales.exchanging(Kind.EXCHANGE_SETTLED)

    assert sales.exchange().stage is Stage.SETTLED
    assert (holder(sales, Slot.SALE, A), holder(sales, Slot.SALE, B)) == (None, ORDER)
    assert holder(sales, Slot.RETURN, A) is None
    assert sales.order().serials == (A, B)
    assert_log_is_sound(sales.world.services)


def test_what_came_by_an_exchange_is_claimed_reviewed_and_returned_like_what_it_replaced(sales: Aftercare) -> None:
    sales.later(6 * DAY)
    sales.exchange_asked()
    sales.exchange_agreed()
    sales.exchange_back()
    sales.replaced()
    sales.replacement_sent()
    sales.exchanging(Kind.EXCHANGE_SETTLED)
    sales.later(3 * DAY)

    sales.claimed(B)
    sales.reviewed(B)
    sales.requested(B)
    sales.returning(Kind.RETURN_GRANTED, ANNAS)  # the days count from the day on which the replacement arrived

    assert bought(sales.order(), B) == bought(sales.order(), A)
    assert_log_is_sound(sales.world.services)


def test_what_was_exchanged_away_is_neither_returned_nor_exchanged_again_nor_sold_on(sales: Aftercare) -> None:
    sales.claimed(A)
    sales.exchange_asked()
    sales.exchange_agreed()
    sales.exchange_back()
    sales.replaced()
    sales.replacement_sent()
    sales.exchanging(Kind.EXCHANGE_SETTLED)

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.requested()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.exchange_asked(of=OTHER_EXCHANGE)
    with sales.world.refuses(Code.STILL_OPEN):
        sales.passed_on(A)
    sales.said(Kind.OWNERSHIP_ENDED, SHOP.hand(), of=ownership(A))


def test_another_product_costs_its_difference_and_goes_out_when_that_is_paid(sales: Aftercare) -> None:
    sales.stocked(NEW)
    event = bound(sales, NEW)
    sales.exchange_asked(product=DEARER)
    sales.exchange_agreed(price=PRICE + 2000)
    sales.exchange_back()
    with sales.world.refuses(Code.STILL_OPEN):
        sales.replaced(NEW, price=PRICE + 2000, event=event)
    for minor in (1999, 2001):
        with sales.world.refuses(Code.OTHER_AMOUNT):
            sales.exchange_paid(minor)
    with sales.world.refuses(Code.WRONG_CURRENCY):
        sales.exchange_paid(2000, currency="EUR")
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.exchange_paid(2000, reference=f"pay-{ORDER}")
    sales.exchange_paid(2000)
    with sales.world.refuses(Code.OTHER_AMOUNT):
        sales.replaced(NEW, price=PRICE, event=event)

    sales.replaced(NEW, price=PRICE + 2000, event=event)
    sales.replacement_sent(NEW)
    sales.exchanging(Kind.EXCHANGE_SETTLED)

    piece = bought(sales.order(), NEW)
    assert (piece.line.of, piece.line.price, piece.freight) == (DEARER, PRICE + 2000, FREIGHT)
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.exchange_paid(2000, Kind.EXCHANGE_REPAID)
    sales.requested(NEW)
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.returning(Kind.RETURN_SHIPPED, ANNAS, seal="R", photo="b0" * 32, grams=1)
    sales.returning(Kind.RETURN_RECEIVED, scanned=NEW, seal="R", photo="b0" * 32, grams=1)
    sales.matched(NEW)
    sales.refunded(minor=PRICE + 2000)
    assert_log_is_sound(sales.world.services)


def test_a_cheaper_product_leaves_its_difference_with_the_buyer(sales: Aftercare) -> None:
    sales.stocked(NEW)
    sales.exchange_asked(product=DEARER)
    sales.exchange_agreed(price=PRICE - 900)
    with sales.world.refuses(Code.OTHER_AMOUNT):
        sales.exchange_paid(0)
    sales.exchange_back()
    sales.replaced(NEW, price=PRICE - 900, event=bound(sales, NEW))
    sales.replacement_sent(NEW)
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.exchange_paid(900, Kind.EXCHANGE_REPAID)
    sales.exchanging(Kind.EXCHANGE_SETTLED)
    with sales.world.refuses(Code.OTHER_AMOUNT):
        sales.exchange_paid(901, Kind.EXCHANGE_REPAID)

    sales.exchange_paid(900, Kind.EXCHANGE_REPAID)

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.exchange_paid(900, Kind.EXCHANGE_REPAID, reference="again")
    assert_log_is_sound(sales.world.services)


def test_sent_in_advance_the_deposit_comes_back_with_the_old_thing(sales: Aftercare) -> None:
    event = bound(sales)
    sales.exchange_asked()
    sales.exchange_agreed(swap="advance", deposit=5000)
    with sales.world.refuses(Code.STILL_OPEN):
        sales.replaced(event=event)
    sales.exchange_paid(5000)
    sales.replaced(event=event)
    sales.replacement_sent()
    with sales.world.refuses(Code.STILL_OPEN):
        sales.exchanging(Kind.EXCHANGE_WITHDRAWN, ANNAS)
    sales.exchange_back()
    sales.exchanging(Kind.EXCHANGE_SETTLED, ANNAS)

    sales.exchange_paid(5000, Kind.EXCHANGE_REPAID)

    assert sales.exchange().payment is Stage.REFUNDED
    assert_log_is_sound(sales.world.services)


def test_who_keeps_both_things_loses_the_deposit_and_not_before_its_day(sales: Aftercare) -> None:
    sales.exchange_asked()
    sales.exchange_agreed(swap="advance", deposit=5000)
    sales.exchange_paid(5000)
    with sales.world.refuses(Code.STILL_OPEN):
        sales.exchanging(Kind.EXCHANGE_DEFAULTED)
    sales.replaced()
    sales.replacement_sent()
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.exchanging(Kind.EXCHANGE_DEFAULTED)
    sales.later(BACK_DAYS * DAY)

    sales.exchanging(Kind.EXCHANGE_DEFAULTED)

    with sales.world.refuses(Code.NOT_GRANTED):
        sales.exchange_paid(5000, Kind.EXCHANGE_REPAID)
    assert holder(sales, Slot.SALE, A) == ORDER  # the buyer has it: it is sold to nobody else


def test_another_thing_in_the_box_stops_the_exchange_until_an_award(sales: Aftercare) -> None:
    event = bound(sales)
    sales.exchange_asked()
    sales.exchange_agreed()
    sales.exchange_sent_back(scanned=item("Z9"))
    with sales.world.refuses(Code.OTHER_ITEM):
        sales.exchanging(Kind.EXCHANGE_MATCHED, found=[], event=event)
    sales.exchanging(Kind.EXCHANGE_MISMATCHED, report=REPORT)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.replaced(event=event)
    for by in (SHOP.hand(), ANNAS):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.exchanging(Kind.EXCHANGE_UPHELD, by, report=REPORT)

    sales.exchanging(Kind.EXCHANGE_UPHELD, INSPECTOR.hand(), report=REPORT)
    sales.replaced(event=event)

    assert sales.exchange().reception is Stage.MATCHED


def test_an_award_to_the_seller_ends_it_and_what_was_paid_goes_back(sales: Aftercare) -> None:
    sales.stocked(NEW)
    sales.exchange_asked(product=DEARER)
    sales.exchange_agreed(price=PRICE + 2000)
    sales.exchange_paid(2000)
    sales.exchange_sent_back(scanned=None)
    sales.exchanging(Kind.EXCHANGE_MISMATCHED, report=REPORT)

    sales.exchanging(Kind.EXCHANGE_DISMISSED, INSPECTOR.hand(), report=REPORT)
    sales.exchange_paid(2000, Kind.EXCHANGE_REPAID)

    assert holder(sales, Slot.RETURN, A) is None
    assert_log_is_sound(sales.world.services)


def test_an_item_is_in_one_return_or_exchange_at_a_time(sales: Aftercare) -> None:
    sales.exchange_asked()

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.requested()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.exchange_asked(of=OTHER_EXCHANGE)
    with sales.world.refuses(Code.STILL_OPEN):
        sales.completed()
    sales.exchanging(Kind.EXCHANGE_WITHDRAWN, ANNAS)
    sales.requested()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.exchange_asked(of=OTHER_EXCHANGE)


def test_nobody_exchanges_what_is_not_theirs_or_has_not_arrived(sales: Aftercare) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.exchange_asked(by=BOB)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.exchange_asked(B, order=OTHER_ORDER)
    with sales.world.refuses(Code.OTHER_ITEM):
        sales.exchange_asked(B)
    sales.claimed(A)
    sales.passed_on(A)
    with sales.world.refuses(Code.RESOLD):
        sales.exchange_asked()


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ({"price": PRICE + 1}, Code.OTHER_AMOUNT),
        ({"price": 0}, Code.OTHER_AMOUNT),
        ({"deposit": 1}, Code.OTHER_AMOUNT),
        ({"currency": "EUR"}, Code.WRONG_CURRENCY),
        ({"expires": 0}, Code.TOO_LATE),
    ],
)
def test_an_offer_is_fair_and_ends_with_its_day(sales: Aftercare, offer: dict[str, Json], code: Code) -> None:
    sales.exchange_asked()

    with pytest.raises(RefusedError) as caught:
        sales.exchange_agreed(**offer)

    assert caught.value.refusal.code is code


def test_only_the_one_agreed_piece_that_the_shop_may_sell_takes_the_place(sales: Aftercare) -> None:
    far, foreign = item("C1"), bound(sales)
    sales.world.made(far)
    sales.stocked(NEW)
    sales.exchange_asked()
    sales.exchange_agreed()
    sales.exchange_back()
    named = bound(sales, NEW)

    with sales.world.refuses(Code.OTHER_ITEM):
        sales.replaced(NEW, event=named)
    with sales.world.refuses(Code.OTHER_ITEM):
        sales.replaced(old=B, event=foreign)
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.replaced(far, event=foreign)
    sales.world.recalled(B)
    with sales.world.refuses(Code.BLOCKED):
        sales.replaced(event=foreign)


def test_an_exchange_is_carried_out_once(sales: Aftercare) -> None:
    third = item("C1")
    sales.stocked(third)
    event = bound(sales, third)
    sales.exchange_asked()
    sales.exchange_agreed()
    sales.exchange_back()
    sales.replaced()

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.replaced(third, event=event)


def test_what_replaces_nothing_is_not_sent_as_a_replacement(sales: Aftercare) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)
    seal: dict[str, Json] = {"seal": "S-2", "photo": "f1" * 32, "grams": 800}

    with sales.world.refuses(Code.OTHER_ITEM):
        sales.said(Kind.REPLACEMENT_PACKED, SHOP.hand(), of=OTHER_ORDER, serials=[B], **seal)


def test_a_replacement_that_is_lost_is_paid_back_and_ends_the_exchange(sales: Aftercare) -> None:
    sales.exchange_asked()
    sales.exchange_agreed()
    sales.exchange_back()
    sales.replaced()
    seal: dict[str, Json] = {"seal": "S-2", "photo": "f1" * 32, "grams": 800}
    sales.said(Kind.REPLACEMENT_PACKED, SHOP.hand(), serials=[B], **seal)
    sold = sales.world.sold(B).hash
    sales.said(Kind.REPLACEMENT_SHIPPED, SHOP.hand(), serials=[B], carrier=CARRIER.party, event=sold)
    sales.said(Kind.PARCEL_LOST, CARRIER.hand(), serials=[B])
    sales.requested(B, ask="not-received")
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.refunded(minor=PRICE + FREIGHT)

    sales.exchanging(Kind.EXCHANGE_SETTLED, ANNAS)

    assert holder(sales, Slot.SALE, A) is None
    assert_log_is_sound(sales.world.services)


def test_only_the_shop_that_sold_it_and_its_buyer_take_part(sales: Aftercare) -> None:
    sales.exchange_asked()
    offer: dict[str, Json] = {
        "price": PRICE,
        "deposit": 0,
        "currency": "CNY",
        "swap": "back-first",
        "expires": sales.now + 9,
    }

    for by in (MAKER.hand(MAKER.roles[1]), RIVAL.hand(RIVAL.roles[2]), ANNAS, INSPECTOR.hand()):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.exchanging(Kind.EXCHANGE_OFFERED, by, **offer)
    sales.exchanging(Kind.EXCHANGE_OFFERED, **offer)
    for by in (consumer(BOB), SHOP.hand()):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.exchanging(Kind.EXCHANGE_AGREED, by)
    sales.exchanging(Kind.EXCHANGE_DECLINED, reason="sold out")
    assert holder(sales, Slot.RETURN, A) is None
