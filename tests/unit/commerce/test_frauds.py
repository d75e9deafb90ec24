"""The eighteen frauds of after-sales, each tried; what each runs into.

Not every one can be refused: what a label, a photo or a key can't show is held until somebody has looked, or stays on
record for whoever counts it; the tests say which.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import RemovalReason
from provenance.crypto.claim_code import RANDOM_BYTES, claim_code_from
from provenance.custody.statements import read
from provenance.encoding.canonical import Json
from provenance.services.bookkeeping import entered_in
from provenance.services.signing import consumer
from tests.aftercare import Aftercare
from tests.cast import CARRIER, INSPECTOR, RIVAL, SHOP
from tests.homes import key_of
from tests.loyalty import ANNAS as ANNAS_POINTS
from tests.loyalty import BOBS, WINDOW, Loyalty
from tests.sales import ANNA, BOB, DAY, OTHER_ORDER, OTHER_RETURN, PRICE, RETURN, REVIEWS, TERMS, A, B, Sales, ownership
from tests.world import World

ANNAS = consumer(ANNA)
REPORT = "4e" * 32
SOCK = key_of("sock puppet")


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Aftercare]:
    world = World(tmp_path)
    sales = Aftercare(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    yield sales
    world.close()


def authorised(sales: Sales) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)


def test_f1_another_unit_in_the_box_stops_the_money_until_an_award(sales: Sales) -> None:
    authorised(sales)
    sales.sent_back(scanned=B, grams=300)
    with sales.world.refuses(Code.OTHER_ITEM):
        sales.returning(Kind.RETURN_MATCHED, found=[], event="ab" * 32)

    sales.returning(Kind.RETURN_MISMATCHED, report=REPORT)

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.refunded()
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.returning(Kind.RETURN_GRANTED, ANNAS)
    sales.returning(Kind.AWARDED_TO_SELLER, INSPECTOR.hand(), report=REPORT)
    sales.returning(Kind.RETURN_HANDED_BACK)
    assert sales.dossier(RETURN).stage(Machine.OUTCOME) is Stage.HANDED_BACK


def test_f2_a_seller_that_cries_swapped_over_its_own_fake_pays_on_award(sales: Sales) -> None:
    authorised(sales)
    sales.sent_back()
    sales.returning(Kind.RETURN_MISMATCHED, report=REPORT)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.returning(Kind.AWARDED_TO_SELLER, SHOP.hand(), report=REPORT)

    sales.returning(Kind.AWARDED_TO_BUYER, INSPECTOR.hand(), report=REPORT)
    sales.refunded()

    packed = sales.dossier().newest(Kind.PARCEL_PACKED)
    assert packed is not None  # without seal, photo and weight at dispatch nothing is shipped
    assert packed.record.members.text("seal") == "S-1"


def test_f3_a_price_is_paid_back_once_whatever_the_ways_in(sales: Sales) -> None:
    authorised(sales)
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.requested(of=OTHER_RETURN)
    sales.sent_back()
    sales.matched()
    sales.refunded(reference="once")

    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.refunded(reference="twice")
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.requested(of=OTHER_RETURN)


def test_f4_what_was_resold_is_returned_by_nobody(sales: Sales) -> None:
    sales.claimed(A)
    sales.passed_on(A)
    with sales.world.refuses(Code.RESOLD):
        sales.requested()
    sales.accepted(A)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.requested(by=ANNA)
    with sales.world.refuses(Code.RESOLD):
        sales.requested(by=BOB)


def test_f4_what_is_in_a_return_is_resold_by_nobody(sales: Sales) -> None:
    sales.claimed(A)
    authorised(sales)

    with sales.world.refuses(Code.STILL_OPEN):
        sales.passed_on(A)


def test_f5_what_is_stolen_is_neither_passed_on_nor_paid_back(sales: Sales) -> None:
    sales.claimed(A)
    authorised(sales)
    sales.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), of=ownership(A), report=REPORT)
    sales.sent_back()
    sales.matched()

    with sales.world.refuses(Code.NOT_GRANTED):
        sales.refunded()
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.passed_on(A)


def test_f6_what_is_recalled_is_not_passed_on_and_its_price_is_due_at_once(sales: Sales) -> None:
    sales.claimed(A)
    sales.world.recalled(A)
    with sales.world.refuses(Code.BLOCKED):
        sales.passed_on(A)
    sales.later(30 * DAY)

    sales.requested(ask="unsafe")
    sales.returning(Kind.RETURN_GRANTED, ANNAS)
    sales.refunded(minor=sales.order().total)

    assert sales.dossier(RETURN).stage(Machine.OUTCOME) is Stage.REFUNDED


def test_f7_of_a_label_printed_twice_only_one_is_sold_and_claimed(sales: Sales) -> None:
    sales.claimed(A)
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER, BOB)
    sales.paid(OTHER_ORDER)

    with sales.world.refuses(Code.EVENT_MISSING):  # custody lets nobody pick for a second buyer what is sold
        sales.allocated(A, of=OTHER_ORDER, event=sales.dossier().entries[3].record.members.hash("event"))
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.claimed(A, by=BOB)


def test_f8_a_code_read_on_the_shelf_claims_nothing(sales: Sales) -> None:
    with sales.world.refuses(Code.NOT_SOLD):
        sales.claimed(B, by=BOB)


def test_f9_a_guessed_code_is_nobodys_key(sales: Sales) -> None:
    for guess in range(5):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.claimed(A, by=BOB, code=claim_code_from(bytes([guess]) * RANDOM_BYTES))

    sales.claimed(A)  # nobody is locked out by another's guesses
    assert RANDOM_BYTES * 8 >= 100  # no number of guesses that a log can take comes near


def test_f10_the_returns_of_one_key_are_counted_from_the_records_and_refused_by_none_of_them(sales: Sales) -> None:
    authorised(sales)
    sales.bought(B, of=OTHER_ORDER)

    sales.requested(B, order=OTHER_ORDER, of=OTHER_RETURN)  # a right is not lost by being used

    with sales.world.services.store.reading() as store:
        signed = [
            entered_in(read(one.envelope), one.index) for one in store.signed_by(ANNA.public.id, before=None, limit=99)
        ]
    asked = [one.record.about.subject for one in signed if one.record.kind is Kind.RETURN_REQUESTED]
    assert asked == [OTHER_RETURN, RETURN]


def test_f11_a_parcel_that_its_buyer_signed_for_did_arrive(sales: Sales) -> None:
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.requested(ask="not-received")


def test_f12_a_seller_starts_no_clock_by_saying_that_a_parcel_arrived(sales: Sales) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER, BOB)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)
    sales.packed(B, of=OTHER_ORDER)
    event = sales.world.sold(B).hash

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.shipped(B, of=OTHER_ORDER, carrier=SHOP, event=event)
    sales.shipped(B, of=OTHER_ORDER, event=event)
    for by in (SHOP.hand(), RIVAL.hand(RIVAL.roles[1])):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.delivered(B, of=OTHER_ORDER, by=by)
    sales.delivered(B, of=OTHER_ORDER, by=CARRIER.hand())


def test_f13_no_record_is_dated_back_or_ahead(sales: Sales) -> None:
    for seconds in (-3600, 3600):
        with sales.world.refuses(Code.NOT_NOW):
            sales.requested(at=sales.now + seconds)


def test_f14_a_shop_that_buys_from_itself_needs_a_key_that_is_not_the_shops(sales: Sales) -> None:
    sales.offered(OTHER_ORDER)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(Kind.ORDER_PLACED, SHOP.hand(), of=OTHER_ORDER, confirmed=[])


def test_f14_a_shop_behind_a_key_of_its_own_pays_for_one_vote_that_an_inspector_takes_away(sales: Sales) -> None:
    sales.bought(B, of=OTHER_ORDER, by=SOCK)
    sales.reviewed(B, by=SOCK, order=OTHER_ORDER)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.reviewed(B, by=SOCK, order=OTHER_ORDER)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.reviewed(A, by=SOCK)

    why: dict[str, Json] = {"reason": "bought-by-seller", "basis": "E-Commerce Law 17", "decision": REPORT}
    sales.said(Kind.REVIEW_REMOVED, INSPECTOR.hand(), of=REVIEWS, item=B, **why)

    opinion = sales.opinion()
    assert (opinion.standing.count, opinion.written.count) == (0, 1)
    assert opinion.removed == {RemovalReason.BOUGHT_BY_SELLER: 1}


def test_f15_a_payment_told_twice_pays_one_order_and_no_refund(sales: Sales) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER, BOB)
    paid = sales.dossier().newest(Kind.ORDER_PAID)
    assert paid is not None
    reference = paid.record.members.text("reference")

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.paid(OTHER_ORDER, reference=reference)
    authorised(sales)
    sales.sent_back()
    sales.matched()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.refunded(reference=reference)


def test_f16_terms_published_later_reach_no_earlier_order(sales: Sales) -> None:
    mean = replace(TERMS, revision=2, withdrawal=replace(TERMS.withdrawal, deductions={}), silence_days=30)
    sales.published(mean)
    sales.requested(ask="inauthentic")
    sales.later((TERMS.silence_days + 1) * DAY)

    sales.returning(Kind.RETURN_GRANTED, ANNAS)

    assert sales.order().terms == TERMS.hash


def test_f17_who_says_fake_gets_no_multiple_without_an_award_and_the_price_at_most(sales: Aftercare) -> None:
    sales.requested(ask="inauthentic")
    sales.returning(Kind.RETURN_ACCEPTED)

    with sales.world.refuses(Code.OTHER_AMOUNT):
        sales.refunded(minor=4 * PRICE)


def test_f17_who_plants_a_fake_is_heard_and_gets_nothing(sales: Aftercare) -> None:
    sales.filed()
    sales.claiming(Kind.CLAIM_CONTESTED, ground="facts", report=REPORT)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.claiming(Kind.CLAIM_UPHELD, ANNAS, report=REPORT, found=["fraud"], loss=0)
    sales.claiming(Kind.CLAIM_DISMISSED, INSPECTOR.hand(), report=REPORT)

    for kind, minor in ((Kind.CLAIM_COMPENSATED, 3 * PRICE), (Kind.CLAIM_REFUNDED, sales.order().total)):
        with sales.world.refuses(Code.ILLEGAL_STEP):
            sales.claim_paid(kind, minor)


def test_f17_silence_pays_the_price_and_no_multiple(sales: Aftercare) -> None:
    sales.filed()
    sales.later((TERMS.silence_days + 1) * DAY)
    sales.claiming(Kind.CLAIM_GRANTED, ANNAS)

    with sales.world.refuses(Code.NOT_GRANTED):
        sales.claim_paid(Kind.CLAIM_COMPENSATED, 3 * PRICE)
    sales.claim_paid(Kind.CLAIM_REFUNDED, sales.order().total)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Loyalty]:
    world = World(tmp_path / "club")
    shop = Loyalty(world)
    shop.stocked(A, B)
    shop.published()
    shop.programme()
    shop.joined()
    shop.joined(BOBS, BOB)
    shop.bought(A)
    shop.pending()
    yield shop
    assert (shop.supply().missing, shop.supply().unsound) == (0, ())
    world.close()


def test_f18_points_of_what_is_bought_to_be_given_back_never_count(shop: Loyalty) -> None:
    shop.completed()  # the buyer hurries, and says to be content
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.counted()
    with shop.world.refuses(Code.NOT_ENOUGH):
        shop.given(1)
    shop.requested()
    shop.returning(Kind.RETURN_GRANTED, ANNAS)
    shop.later(WINDOW)
    with shop.world.refuses(Code.STILL_OPEN):
        shop.counted()
    shop.sent_back()
    shop.matched(A)
    shop.refunded()
    with shop.world.refuses(Code.STILL_OPEN):  # not even before anybody takes them back
        shop.counted()

    shop.revoked()

    assert (shop.account().available, shop.account().owed, shop.supply().revoked) == (0, 0, PRICE // 100)
    with shop.world.refuses(Code.NOT_ENOUGH):
        shop.counted()
    with shop.world.refuses(Code.ILLEGAL_STEP):
        shop.pending()


def test_f18_points_given_away_before_the_thing_goes_back_are_owed_whatever_key_the_member_takes(shop: Loyalty) -> None:
    shop.later(WINDOW)
    shop.counted()
    shop.given(100)
    shop.received()
    shop.paid_back()
    shop.said(Kind.KEY_CHANGED, ANNAS, consumer(key_of("anna again")), of=ANNAS_POINTS)

    shop.revoked()

    assert (shop.account().available, shop.account().owed, shop.account(BOBS).available) == (0, 100, 100)
    with shop.world.refuses(Code.SLOT_TAKEN):  # nobody escapes the debt into an account of somebody else's
        shop.said(Kind.KEY_CHANGED, consumer(key_of("anna again")), consumer(BOB), of=ANNAS_POINTS)


def test_f18_what_was_bought_to_be_given_back_is_not_completed_meanwhile(sales: Sales) -> None:
    authorised(sales)

    with sales.world.refuses(Code.STILL_OPEN):  # what follows from a completed order can't be had before
        sales.completed()
