"""An owner sells an item to another consumer: the price waits until the right thing has arrived."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.resale_guards import SEND_DAYS
from provenance.commerce.tables import Kind, Slot, Stage
from provenance.encoding.canonical import Json
from provenance.services.signing import consumer
from tests.aftercare import Aftercare, resale
from tests.cast import INSPECTOR, RIVAL, SHOP
from tests.homes import key_of
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, ORDER, TOKEN, A, B, ownership
from tests.world import World

CARL = key_of("carl")
ANNAS, BOBS, CARLS = consumer(ANNA), consumer(BOB), consumer(CARL)
REPORT = "4e" * 32


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Aftercare]:
    world = World(tmp_path)
    sales = Aftercare(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    sales.claimed(A)
    sales.later(DAY)
    yield sales
    world.close()


def is_open(sales: Aftercare) -> bool:
    with sales.world.services.store.reading() as store:
        return store.slot((Slot.RETURN, A)) is not None


def test_the_price_is_paid_out_when_the_buyer_has_the_item_and_owns_it(sales: Aftercare) -> None:
    sales.deal_sent()
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.resold()
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.deal_paid(Kind.RESALE_RELEASED)
    sales.dealing(Kind.RESALE_MATCHED, BOBS, scanned=A)
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.deal_paid(Kind.RESALE_RELEASED)
    sales.resold()

    sales.deal_paid(Kind.RESALE_RELEASED)

    assert sales.owner(A) == str(BOB.public)
    assert (sales.deal().stage, is_open(sales)) == (Stage.COMPLETED, False)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.deal_paid(Kind.RESALE_RELEASED, reference="twice")
    assert_log_is_sound(sales.world.services)


def test_a_buyer_who_has_it_and_is_silent_does_not_keep_the_price_from_the_seller(sales: Aftercare) -> None:
    sales.deal_sent()
    sales.dealing(Kind.RESALE_MATCHED, BOBS, scanned=A)
    for to in (CARL, ANNA):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.resold(by=ANNA, to=to)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.resold(by=CARL)

    sales.resold(by=ANNA)
    sales.deal_paid(Kind.RESALE_RELEASED)

    assert sales.owner(A) == str(BOB.public)


def test_who_bought_it_sells_it_on_and_gives_nothing_back_to_the_shop(sales: Aftercare) -> None:
    sales.deal_sent()
    sales.dealing(Kind.RESALE_MATCHED, BOBS, scanned=A)
    sales.resold()
    sales.deal_paid(Kind.RESALE_RELEASED)

    with sales.world.refuses(Code.RESOLD):
        sales.requested(by=BOB)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.requested(by=ANNA)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.put_up(by=ANNA)
    sales.put_up(by=BOB)

    deal = sales.deal()
    assert (deal.seller, deal.buyer, deal.stage) == (str(BOB.public), None, Stage.OFFERED)


def test_of_two_who_accept_the_first_buys_it(sales: Aftercare) -> None:
    sales.put_up()
    members: dict[str, Json] = {"subject": resale(A), "kind": "resale-accepted", "at": sales.now}
    bobs, carls = (sales.world.services.signing.commerce_record(members, [hand]) for hand in (BOBS, CARLS))

    sales.world.captured(carls)
    with sales.world.refuses(Code.STALE_LINK):
        sales.world.captured(bobs)

    assert sales.deal().buyer == str(CARL.public)
    for kind in (Kind.RESALE_MATCHED, Kind.RESALE_ABANDONED):
        with sales.world.refuses(Code.ILLEGAL_STEP):
            sales.dealing(kind, CARLS, **({"scanned": A} if kind is Kind.RESALE_MATCHED else {}))


def test_another_thing_in_the_parcel_is_heard_and_the_price_goes_back(sales: Aftercare) -> None:
    sales.deal_sent()
    with sales.world.refuses(Code.OTHER_ITEM):
        sales.dealing(Kind.RESALE_MATCHED, BOBS, scanned=B)
    sales.dealing(Kind.RESALE_MISMATCHED, BOBS, scanned=B, report=REPORT)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.deal_paid(Kind.RESALE_REFUNDED)
    for by in (ANNAS, BOBS, SHOP.hand()):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.dealing(Kind.RESALE_UPHELD, by, report=REPORT)
    sales.dealing(Kind.RESALE_UPHELD, INSPECTOR.hand(), report=REPORT)

    sales.deal_paid(Kind.RESALE_REFUNDED)

    assert (sales.owner(A), sales.deal().stage, is_open(sales)) == (str(ANNA.public), Stage.REFUNDED, False)
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.resold()
    assert_log_is_sound(sales.world.services)


def test_a_buyer_who_cries_wrong_over_the_right_thing_pays_on_award(sales: Aftercare) -> None:
    sales.deal_sent()
    sales.dealing(Kind.RESALE_MISMATCHED, BOBS, scanned=None, report=REPORT)

    sales.dealing(Kind.RESALE_DISMISSED, INSPECTOR.hand(), report=REPORT)
    sales.resold(by=ANNA)
    sales.deal_paid(Kind.RESALE_RELEASED)

    assert sales.owner(A) == str(BOB.public)


def test_what_is_paid_and_not_sent_is_given_up_after_its_days(sales: Aftercare) -> None:
    sales.put_up()
    sales.dealing(Kind.RESALE_ACCEPTED, BOBS)
    sales.deal_paid()
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.dealing(Kind.RESALE_ABANDONED, BOBS)
    sales.later(SEND_DAYS * DAY)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.dealing(Kind.RESALE_ABANDONED, ANNAS)

    sales.dealing(Kind.RESALE_ABANDONED, BOBS)
    sales.deal_paid(Kind.RESALE_REFUNDED)

    assert not is_open(sales)


def test_who_accepts_and_does_not_pay_holds_the_item_only_until_its_day(sales: Aftercare) -> None:
    sales.put_up()
    sales.dealing(Kind.RESALE_ACCEPTED, BOBS)
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.dealing(Kind.RESALE_WITHDRAWN, ANNAS)
    sales.later(2 * DAY)

    sales.dealing(Kind.RESALE_WITHDRAWN, ANNAS)

    assert not is_open(sales)
    sales.passed_on(A)


@pytest.mark.parametrize("why", ["recalled", "stolen", "missing", "recovery"])
def test_nothing_goes_on_while_the_item_is_called_back_stolen_missing_or_its_key_in_question(
    sales: Aftercare, why: str
) -> None:
    sales.put_up()
    if why == "recalled":
        sales.world.recalled(A)
    elif why == "stolen":
        sales.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), of=ownership(A), report=REPORT)
    elif why == "missing":
        sales.said(Kind.ITEM_MISSED, ANNAS, of=ownership(A))
    else:
        sales.said(Kind.RECOVERY_ASKED, SHOP.hand(), CARLS, of=ownership(A), token=TOKEN)

    with sales.world.refuses(Code.BLOCKED):
        sales.dealing(Kind.RESALE_ACCEPTED, BOBS)
    sales.dealing(Kind.RESALE_WITHDRAWN, ANNAS)
    with sales.world.refuses(Code.BLOCKED):
        sales.put_up()


def test_a_theft_found_when_it_was_paid_stops_the_parcel_and_the_price_goes_back(sales: Aftercare) -> None:
    sales.put_up()
    sales.dealing(Kind.RESALE_ACCEPTED, BOBS)
    sales.deal_paid()
    sales.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), of=ownership(A), report=REPORT)

    with sales.world.refuses(Code.BLOCKED):
        sales.dealing(Kind.RESALE_SHIPPED, ANNAS, seal="K-1", photo="f0" * 32, grams=800)
    sales.dealing(Kind.RESALE_UPHELD, INSPECTOR.hand(), report=REPORT)
    sales.deal_paid(Kind.RESALE_REFUNDED)


def test_what_is_for_sale_is_in_nothing_else(sales: Aftercare) -> None:
    sales.put_up()

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.requested()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.faulty()
    with sales.world.refuses(Code.STILL_OPEN):
        sales.passed_on(A)
    sales.dealing(Kind.RESALE_WITHDRAWN, ANNAS)
    sales.requested()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.put_up()


def test_an_offer_to_one_person_is_for_that_person_and_ends_with_its_day(sales: Aftercare) -> None:
    sales.put_up(to=str(BOB.public))

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.dealing(Kind.RESALE_ACCEPTED, CARLS)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.dealing(Kind.RESALE_ACCEPTED, ANNAS)
    sales.later(2 * DAY)
    with sales.world.refuses(Code.TOO_LATE):
        sales.dealing(Kind.RESALE_ACCEPTED, BOBS)


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        ({"minor": 0}, Code.OTHER_AMOUNT),
        ({"attestor": str(ANNA.public)}, Code.NOT_ENTITLED),
        ({"attestor": str(BOB.public), "to": str(BOB.public)}, Code.NOT_ENTITLED),
    ],
)
def test_who_holds_the_money_is_neither_of_the_two_and_there_is_some(
    sales: Aftercare, offer: dict[str, Json], code: Code
) -> None:
    with sales.world.refuses(code):
        sales.put_up(**offer)


def test_exactly_the_price_is_paid_by_whom_the_offer_names_and_told_once(sales: Aftercare) -> None:
    sales.put_up()
    sales.dealing(Kind.RESALE_ACCEPTED, BOBS)

    for minor in (14_999, 15_001):
        with sales.world.refuses(Code.OTHER_AMOUNT):
            sales.deal_paid(minor=minor)
    with sales.world.refuses(Code.WRONG_CURRENCY):
        sales.deal_paid(currency="EUR")
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.deal_paid(reference=f"pay-{ORDER}")
    payment: dict[str, Json] = {"minor": 15_000, "currency": "CNY", "provider": "fakepay", "reference": "p"}
    for by in (RIVAL.hand(RIVAL.roles[2]), BOBS, ANNAS):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.dealing(Kind.RESALE_PAID, by, **payment)
    sales.deal_paid()


def test_nobody_sells_what_nobody_has_claimed(sales: Aftercare) -> None:
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.said(
            Kind.RESALE_OFFERED,
            ANNAS,
            of=resale(B),
            minor=1,
            currency="CNY",
            attestor=SHOP.party,
            photo=REPORT,
            to=None,
            expires=sales.now + 9,
        )
