"""One order from the offer to the seller's money, and whatever must not happen on the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.calendar import day_of
from provenance.commerce.orders import Shown
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.services.signing import consumer
from tests.cast import CARRIER, INSPECTOR, MAKER, RIVAL, SHOP, item
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, ORDER, OTHER_ORDER, TERMS, A, B, Sales
from tests.world import World


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    world = World(tmp_path)
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    yield sales
    world.close()


def test_an_order_goes_from_the_offer_to_the_sellers_money(sales: Sales) -> None:
    told = []

    for act in (
        sales.offered,
        sales.placed,
        sales.paid,
        lambda: sales.allocated(A),
        lambda: sales.packed(A),
        lambda: sales.shipped(A),
        lambda: sales.delivered(A),
        sales.completed,
    ):
        act()
        told.append(sales.order().shown)

    assert told == [
        Shown.OFFERED,
        Shown.AWAITING_PAYMENT,
        Shown.AWAITING_DISPATCH,
        Shown.AWAITING_DISPATCH,
        Shown.AWAITING_DISPATCH,
        Shown.ON_ITS_WAY,
        Shown.DELIVERED,
        Shown.COMPLETED,
    ]
    assert sales.dossier().stage(Machine.PAYMENT) is Stage.HELD
    assert sales.order().serials == (A,)
    assert_log_is_sound(sales.world.services)


def test_an_item_is_in_one_open_sale_at_a_time(sales: Sales) -> None:
    for order in (ORDER, OTHER_ORDER):
        sales.offered(order)
        sales.placed(order)
        sales.paid(order)
    sales.allocated(A, of=ORDER)
    event = sales.picked(A, of=OTHER_ORDER).hash

    with sales.world.refuses(Code.SLOT_TAKEN) as told:
        sales.allocated(A, of=OTHER_ORDER, event=event)

    assert told.refusal.evidence == {"subject": A, "holder": ORDER}


def test_a_cancelled_order_gives_its_items_back(sales: Sales) -> None:
    for order in (ORDER, OTHER_ORDER):
        sales.offered(order)
        sales.placed(order)
        sales.paid(order)
    sales.allocated(A, of=ORDER)

    sales.cancelled(ORDER)
    sales.allocated(A, of=OTHER_ORDER)

    assert sales.order(OTHER_ORDER).serials == (A,)
    assert_log_is_sound(sales.world.services)


def test_nothing_is_cancelled_once_a_parcel_was_shipped(sales: Sales) -> None:
    sales.bought(A)

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.cancelled()


def test_one_payment_pays_one_order(sales: Sales) -> None:
    for order in (ORDER, OTHER_ORDER):
        sales.offered(order)
        sales.placed(order)
    sales.paid(ORDER, reference="the same")

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.paid(OTHER_ORDER, reference="the same")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"minor": 21099}, Code.OTHER_AMOUNT),
        ({"minor": 21101}, Code.OTHER_AMOUNT),
        ({"minor": 0}, Code.OTHER_AMOUNT),
        ({"currency": "EUR"}, Code.WRONG_CURRENCY),
    ],
)
def test_only_the_whole_amount_in_the_orders_currency_pays_it(sales: Sales, change: dict[str, int], code: Code) -> None:
    sales.offered()
    sales.placed()

    with sales.world.refuses(code):
        sales.paid(**change)


def test_only_who_the_offer_names_vouches_for_a_payment(sales: Sales) -> None:
    sales.offered(attestor=CARRIER.party)
    sales.placed()

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.paid(by=SHOP)
    sales.paid(by=CARRIER)


def test_an_order_opens_only_under_its_sellers_own_number(sales: Sales) -> None:
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.offered(by=RIVAL)


def test_a_stranger_acts_in_nobodys_order(sales: Sales) -> None:
    sales.offered()
    sales.placed(by=ANNA)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.cancelled(by=consumer(BOB))
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.cancelled(by=RIVAL.hand())


def test_a_buyers_key_never_enters_the_registry(sales: Sales) -> None:
    sales.offered()
    sales.placed(by=ANNA)

    assert sales.world.services.drafting.registry().key(ANNA.public.id) is None
    with sales.world.refuses(Code.UNKNOWN_KEY):
        sales.world.object_event("OBSERVE", "inspecting", A, by=replace(SHOP, key=ANNA), members={})


def test_terms_that_were_replaced_are_offered_no_more(sales: Sales) -> None:
    sales.published(replace(TERMS, revision=2, silence_days=9))

    with sales.world.refuses(Code.OTHER_TERMS):
        sales.offered()


def test_terms_of_a_running_order_stay_what_they_were(sales: Sales) -> None:
    sales.bought(A)
    sales.published(replace(TERMS, revision=2, release_days=300))
    sales.later(10 * DAY)

    sales.completed(by=SHOP.hand())

    assert sales.order().terms == TERMS.hash


def test_terms_go_only_forward_and_only_by_their_seller(sales: Sales) -> None:
    with sales.world.refuses(Code.OTHER_TERMS):
        sales.published(replace(TERMS, silence_days=9))
    with sales.world.refuses(Code.OTHER_TERMS):
        sales.published(replace(TERMS, revision=2, seller=MAKER.party))
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.published(replace(TERMS, revision=2), by=MAKER)


def test_a_silent_buyer_has_the_terms_days_before_the_seller_is_done(sales: Sales) -> None:
    sales.bought(A)
    sales.later(7 * DAY)

    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.completed(by=SHOP.hand())
    sales.later(3 * DAY)
    sales.completed(by=SHOP.hand())

    assert sales.order().shown is Shown.COMPLETED


def test_holidays_that_lengthen_the_time_to_withdraw_keep_the_seller_waiting_too(sales: Sales) -> None:
    holidays = tuple(day_of(sales.now, TERMS.zone) + days for days in range(7, 12))
    resting = replace(TERMS, revision=TERMS.revision + 1, holidays=holidays)
    sales.published(resting)
    sales.offered(terms=resting.hash)
    sales.placed()
    sales.paid()
    for step in (sales.allocated, sales.packed, sales.shipped, sales.delivered):
        step(A)
    sales.later(11 * DAY)

    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.completed(by=SHOP.hand())
    sales.later(4 * DAY)
    sales.completed(by=SHOP.hand())

    assert sales.order().shown is Shown.COMPLETED


def test_an_offer_that_nobody_paid_ends_after_its_time_and_not_before(sales: Sales) -> None:
    sales.offered()
    sales.placed()

    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.said(Kind.ORDER_EXPIRED, SHOP.hand())
    sales.later(DAY)
    with sales.world.refuses(Code.TOO_LATE):
        sales.paid()
    sales.said(Kind.ORDER_EXPIRED, SHOP.hand())

    assert sales.order().shown is Shown.EXPIRED


def test_every_line_gets_one_item_of_its_product(sales: Sales) -> None:
    sales.offered(pieces=2)
    sales.placed()
    sales.paid(minor=sales.order().total)
    event = sales.picked(A, B).hash

    with sales.world.refuses(Code.OTHER_ITEM):
        sales.allocated(A, event=event)
    sales.allocated(A, B, event=event)

    assert sales.order().serials == (A, B)


@pytest.mark.parametrize("word", ["recalled", "stolen", "prov:missing"])
def test_a_flagged_item_is_not_sold(sales: Sales, word: str) -> None:
    sales.offered()
    sales.placed()
    sales.paid()
    event = sales.picked(A).hash
    sales.world.marked(A, by=SHOP if word == "prov:missing" else INSPECTOR, on=[word])

    with sales.world.refuses(Code.BLOCKED):
        sales.allocated(A, event=event)


def test_a_recall_of_the_lot_stops_a_parcel_that_is_packed(sales: Sales) -> None:
    sales.offered()
    sales.placed()
    sales.paid()
    sales.allocated(A)
    sales.packed(A)
    event = sales.world.sold(A).hash
    sales.world.recalled(A)

    with sales.world.refuses(Code.BLOCKED):
        sales.shipped(A, event=event)


def test_an_item_that_the_seller_does_not_hold_is_not_sold(sales: Sales) -> None:
    sales.world.made(far := item("C1"))
    sales.offered()
    sales.placed()
    sales.paid()
    event = sales.picked(far, by=MAKER).hash

    with sales.world.refuses(Code.EVENT_MISSING):
        sales.allocated(far, event=event)


def test_a_record_rests_on_a_custody_event_that_names_the_order(sales: Sales) -> None:
    sales.offered()
    sales.placed()
    sales.paid()

    with sales.world.refuses(Code.EVENT_MISSING):
        sales.allocated(A, event="ab" * 32)
    other = sales.picked(A, of=OTHER_ORDER).hash
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.allocated(A, event=other)
    another = sales.picked(B).hash
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.allocated(A, event=another)


def test_a_seller_alone_cannot_say_that_a_parcel_arrived(sales: Sales) -> None:
    sales.offered()
    sales.placed()
    sales.paid()
    sales.allocated(A)
    sales.packed(A)
    event = sales.world.sold(A).hash

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.shipped(A, carrier=SHOP, event=event)
    sales.shipped(A, event=event)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.delivered(A, by=SHOP.hand())


def test_a_record_is_of_now_or_refused(sales: Sales) -> None:
    sales.offered()

    with sales.world.refuses(Code.NOT_NOW):
        sales.said(Kind.ORDER_PLACED, consumer(ANNA), confirmed=[], at=sales.now - 600)
    with sales.world.refuses(Code.NOT_NOW):
        sales.said(Kind.ORDER_PLACED, consumer(ANNA), confirmed=[], at=sales.now + 600)
    with sales.world.refuses(Code.NOT_NOW):
        sales.said(Kind.ORDER_PLACED, consumer(ANNA), confirmed=[], at=sales.now - 60)


def test_a_tick_is_a_record_that_moves_nothing_but_time(sales: Sales) -> None:
    sales.offered()
    before = sales.dossier()
    sales.later(DAY)

    sales.ticked()

    after = sales.dossier()
    assert (after.stages, after.at - before.at) == (before.stages, 86400)


def test_of_two_acceptances_the_first_wins_and_the_second_is_shown_the_head(sales: Sales) -> None:
    sales.offered()
    members = {"subject": ORDER, "kind": "order-placed", "at": sales.now, "confirmed": []}
    annas = sales.world.services.signing.commerce_record(members, [consumer(ANNA)])
    bobs = sales.world.services.signing.commerce_record(members, [consumer(BOB)])

    receipt = sales.world.captured(annas)
    with sales.world.refuses(Code.STALE_LINK) as told:
        sales.world.captured(bobs)

    assert told.refusal.evidence["head"] == receipt.hash
    assert sales.order().buyer == str(ANNA.public)


def test_records_of_one_order_can_be_handed_in_together(sales: Sales) -> None:
    signing, world = sales.world.services.signing, sales.world
    sales.offered()
    members = {"subject": ORDER, "kind": "order-placed", "at": sales.now, "confirmed": []}
    placed = signing.commerce_record(members, [consumer(ANNA)])

    outcomes = world.captured_together(placed, placed)

    assert [outcome.is_repeat for outcome in outcomes] == [False, True]  # type: ignore[union-attr]  # receipts both
