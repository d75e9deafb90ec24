"""Points: pending until nothing can be given back, spent by the earliest end, undone line by line, owed where spent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import AccountKind
from provenance.commerce.ownership_guards import RECOVERY_DAYS
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.ids import Subject
from provenance.services.signing import consumer
from tests.cast import INSPECTOR, SHOP
from tests.homes import key_of
from tests.loyalty import (
    ANNAS,
    BOBS,
    CLERK,
    OTHER_PROGRAMME,
    PROGRAMME,
    RULES,
    WINDOW,
    Loyalty,
)
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, FREIGHT, OTHER_ORDER, PRICE, A, B
from tests.world import World

CARL = key_of("carl")
CARLS = Subject(ANNAS.replace("0001", "0003"))
EARNED = PRICE // 100
YEAR = 366 * DAY


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Loyalty]:
    world = World(tmp_path)
    shop = Loyalty(world)
    shop.stocked(A, B)
    shop.published()
    shop.programme()
    shop.joined()
    shop.joined(BOBS, BOB)
    yield shop
    assert (shop.supply().missing, shop.supply().unsound) == (0, ())
    world.close()


def in_lots(shop: Loyalty) -> list[tuple[str, int]]:
    return [(part.lot.rpartition("/")[2], part.points) for part in shop.account().free()]


# --- earning ---------------------------------------------------------------------------------------------------------


def test_what_an_order_earns_is_pending_until_it_can_not_be_given_back(shop: Loyalty) -> None:
    shop.bought(A)
    shop.pending()

    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.counted()
    with shop.world.refuses(Code.NOT_ENOUGH):
        shop.given(1)
    assert (shop.account().available, shop.account().held(AccountKind.PENDING)) == (0, EARNED)
    shop.later(WINDOW)
    shop.counted()
    assert (shop.account().available, shop.account().held(AccountKind.PENDING)) == (EARNED, 0)


def test_an_order_that_is_being_given_back_does_not_count_meanwhile(shop: Loyalty) -> None:
    shop.bought(A)
    shop.pending()
    shop.requested()
    shop.later(WINDOW)

    with shop.world.refuses(Code.STILL_OPEN):
        shop.counted()


def test_an_order_earns_once_for_its_own_buyer_and_after_it_is_paid(shop: Loyalty) -> None:
    shop.offered()
    shop.placed()
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.pending()
    shop.paid()

    with shop.world.refuses(Code.NOT_ENTITLED):
        shop.pending(of=BOBS)
    shop.pending(by=consumer(ANNA))
    with shop.world.refuses(Code.ILLEGAL_STEP):
        shop.pending()


@pytest.mark.parametrize("shares", [[EARNED + 1], [EARNED - 1], [EARNED, 0], [0]])
def test_an_order_earns_what_the_rules_say_and_nothing_else(shop: Loyalty, shares: list[int]) -> None:
    shop.bought(A)

    with shop.world.refuses(Code.OTHER_AMOUNT):
        shop.pending(shares=[*shares])


def test_rules_that_came_after_an_order_was_placed_do_not_reach_back(shop: Loyalty) -> None:
    shop.bought(A)
    meaner = replace(RULES, revision=2, earn=replace(RULES.earn, minor=1000))
    shop.programme(meaner)

    with shop.world.refuses(Code.OTHER_TERMS):
        shop.pending(programme=meaner.hash)
    shop.pending()

    assert shop.account().held(AccountKind.PENDING) == EARNED


def test_points_last_as_long_as_the_rules_say(shop: Loyalty) -> None:
    shop.bought(A)
    shop.pending()
    shop.later(WINDOW)

    with shop.world.refuses(Code.WRONG_VALUE):
        shop.counted(expires=shop.now + 1)


def test_a_programme_grows_by_revisions_in_one_currency_and_is_its_sellers(shop: Loyalty) -> None:
    with shop.world.refuses(Code.OTHER_TERMS):
        shop.programme()
    with shop.world.refuses(Code.WRONG_CURRENCY):
        shop.programme(replace(RULES, revision=2, currency="EUR"))
    with shop.world.refuses(Code.OTHER_TERMS):
        shop.programme(replace(RULES, revision=2, seller=INSPECTOR.party))
    with shop.world.refuses(Code.WRONG_VALUE):
        shop.programme(replace(RULES, revision=2, approver=RULES.seller))


def test_a_key_has_one_account_in_a_programme(shop: Loyalty) -> None:
    with shop.world.refuses(Code.SLOT_TAKEN):
        shop.joined(CARLS)
    with shop.world.refuses(Code.UNKNOWN_DOSSIER):
        shop.joined(CARLS, CARL, programmeOf=OTHER_PROGRAMME)


# --- spending --------------------------------------------------------------------------------------------------------


def placed(shop: Loyalty) -> None:
    shop.offered(OTHER_ORDER)
    shop.placed(OTHER_ORDER)


def test_points_pay_a_part_of_an_order_the_earliest_end_first(shop: Loyalty) -> None:
    shop.granted(60, reference="late", expires=shop.now + 900 * 86_400)
    shop.granted(50, reference="soon", expires=shop.now + 90 * 86_400)
    placed(shop)

    shop.reserved(80, OTHER_ORDER)

    assert in_lots(shop) == [("by hand late", 30)]
    with shop.world.refuses(Code.OTHER_AMOUNT):
        shop.paid(OTHER_ORDER)
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.redeemed(OTHER_ORDER)
    shop.paid(OTHER_ORDER, minor=PRICE + FREIGHT - 800)
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.released(OTHER_ORDER)
    shop.redeemed(OTHER_ORDER)
    assert shop.supply().redeemed == 80


def test_points_are_spent_once_within_the_share_and_by_their_member_alone(shop: Loyalty) -> None:
    shop.granted(2000)
    placed(shop)

    with shop.world.refuses(Code.OTHER_AMOUNT):
        shop.reserved(1000, OTHER_ORDER)  # more than half of the price
    with shop.world.refuses(Code.OTHER_AMOUNT):
        shop.reserved(100, OTHER_ORDER, minor=2000)
    with shop.world.refuses(Code.OTHER_AMOUNT):
        shop.reserved(100, OTHER_ORDER, shares=[99])
    with shop.world.refuses(Code.NOT_ENTITLED):
        shop.reserved(100, OTHER_ORDER, by=BOB)
    shop.reserved(100, OTHER_ORDER)
    with shop.world.refuses(Code.ILLEGAL_STEP):
        shop.reserved(100, OTHER_ORDER)
    shop.given(100, "g1")
    with shop.world.refuses(Code.NOT_ENOUGH):
        shop.taken(1801)


def test_what_was_laid_down_for_an_order_that_expires_is_free_again(shop: Loyalty) -> None:
    shop.granted(50)
    placed(shop)
    shop.reserved(50, OTHER_ORDER)
    shop.later(DAY)
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.released(OTHER_ORDER)

    shop.said(Kind.ORDER_EXPIRED, SHOP.hand(), of=OTHER_ORDER)
    shop.released(OTHER_ORDER)

    assert in_lots(shop) == [("by hand hand-1", 50)]


def test_points_that_paid_come_back_to_the_same_lots_and_the_money_as_money(shop: Loyalty) -> None:
    shop.granted(50, reference="soon", expires=shop.now + 20 * 86_400)
    shop.granted(60, reference="late")
    shop.offered()
    shop.placed()
    shop.reserved(100)
    shop.paid(minor=PRICE + FREIGHT - 1000)
    shop.redeemed()
    shop.allocated(A)
    shop.packed(A)
    shop.shipped(A)
    shop.delivered(A)
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.returned()
    shop.requested(A, ask="defect")
    shop.returning(Kind.RETURN_ACCEPTED)
    shop.sent_back()
    shop.matched(A)
    with shop.world.refuses(Code.OTHER_AMOUNT):
        shop.refunded(minor=PRICE + FREIGHT)
    shop.refunded(minor=PRICE + FREIGHT - 1000)

    with shop.world.refuses(Code.WRONG_VALUE):
        shop.returned(until=shop.now)
    shop.returned()

    assert in_lots(shop) == [("by hand soon", 50), ("by hand late", 60)]
    assert shop.account().lots["by hand soon"] >= shop.now + 30 * 86_400  # what came back lives on for a while
    with shop.world.refuses(Code.ALREADY_RESOLVED):
        shop.returned()


def test_an_order_called_off_after_it_was_paid_gives_points_back_and_takes_its_own(shop: Loyalty) -> None:
    shop.granted(50)
    placed(shop)
    shop.reserved(50, OTHER_ORDER)
    shop.paid(OTHER_ORDER, minor=PRICE + FREIGHT - 500)
    shop.pending(OTHER_ORDER)
    shop.redeemed(OTHER_ORDER)
    shop.cancelled(OTHER_ORDER)

    shop.returned(OTHER_ORDER)
    shop.revoked(OTHER_ORDER)

    assert (shop.account().available, shop.supply().pending, shop.supply().redeemed) == (50, 0, 0)
    assert shop.supply().revoked == (PRICE - 500) // 100
    with shop.world.refuses(Code.NOT_ENOUGH):
        shop.counted(OTHER_ORDER)


# --- taking back -----------------------------------------------------------------------------------------------------


def test_a_line_is_taken_back_only_where_its_price_was_paid_back_and_once(shop: Loyalty) -> None:
    shop.earned()
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.revoked()
    shop.paid_back()

    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.revoked(line=1)
    shop.revoked()

    assert (shop.account().available, shop.account().owed) == (0, 0)
    with shop.world.refuses(Code.ALREADY_RESOLVED):
        shop.revoked()


def test_what_was_spent_before_it_was_taken_back_is_owed_and_paid_from_the_next_points(shop: Loyalty) -> None:
    shop.earned()
    shop.given(100)
    shop.received()
    shop.paid_back()

    shop.revoked()

    assert (shop.account().available, shop.account().owed) == (0, 100)
    assert shop.account(BOBS).available == 100
    shop.granted(130)
    assert (shop.account().available, shop.account().owed) == (30, 0)


def test_what_expired_before_it_was_taken_back_is_not_owed(shop: Loyalty) -> None:
    shop.earned()
    shop.given(40)
    shop.later(YEAR)
    shop.swept()
    shop.paid_back()

    shop.revoked()

    assert shop.account().owed == 40
    assert shop.supply().expired == 0


def test_other_lots_pay_before_a_debt_is_made(shop: Loyalty) -> None:
    shop.earned()
    shop.given(100)
    shop.granted(30)
    shop.paid_back()

    shop.revoked()

    assert (shop.account().available, shop.account().owed) == (0, 70)
    shop.kept()
    assert (shop.account().available, shop.account().owed) == (30, 0)
    assert_log_is_sound(shop.world.services)


# --- expiry ----------------------------------------------------------------------------------------------------------


def test_what_has_ended_is_posted_as_expired_and_never_merely_hidden(shop: Loyalty) -> None:
    shop.granted(50, expires=shop.now + 86_400)
    shop.granted(60, reference="late")
    shop.later(2 * DAY)
    assert (shop.account().available, shop.supply().expired) == (110, 0)

    shop.swept()

    assert (shop.account().available, shop.supply().expired) == (60, 50)
    assert imbalances(shop.account().ledger) == ()


def test_nothing_that_has_ended_is_spent_though_nobody_noted_the_time(shop: Loyalty) -> None:
    shop.granted(50, expires=shop.now + 86_400)
    shop.later(DAY)

    with shop.world.refuses(Code.NOT_ENOUGH):
        shop.given(50)


def test_what_is_granted_ends_later_than_now(shop: Loyalty) -> None:
    with shop.world.refuses(Code.WRONG_VALUE):
        shop.granted(1, expires=shop.now)


# --- gifts -----------------------------------------------------------------------------------------------------------


def test_a_gift_needs_two_signatures_and_keeps_its_end(shop: Loyalty) -> None:
    end = shop.now + 90 * 86_400
    shop.granted(50, expires=end)
    shop.given(30)
    assert (shop.account().available, shop.account(BOBS).available, shop.supply().given) == (20, 0, 30)

    with shop.world.refuses(Code.NOT_ENTITLED):
        shop.received(by=ANNA)
    with shop.world.refuses(Code.OTHER_AMOUNT):
        shop.received(lots=[{"expires": end + 1, "points": 30}])
    shop.received()

    assert (shop.account(BOBS).available, shop.supply().given) == (30, 0)
    assert set(shop.account(BOBS).lots.values()) == {end}


def test_a_gift_is_received_or_kept_and_once(shop: Loyalty) -> None:
    shop.granted(90)
    shop.given(30, "g1")
    shop.given(30, "g2")
    shop.received("g1")
    shop.kept("g2")

    with shop.world.refuses(Code.TRANSFER_TAKEN):
        shop.received("g1")
    with shop.world.refuses(Code.SLOT_TAKEN):
        shop.kept("g1")
    with shop.world.refuses(Code.SLOT_TAKEN):
        shop.received("g2")
    with shop.world.refuses(Code.ILLEGAL_STEP):
        shop.given(1, "g1")
    assert (shop.account().available, shop.account(BOBS).available) == (60, 30)


def test_a_gift_is_for_its_recipient_alone(shop: Loyalty) -> None:
    shop.joined(CARLS, CARL)
    shop.granted(90)
    shop.given(30)

    with shop.world.refuses(Code.NOT_ENTITLED):
        shop.received(of=CARLS, by=CARL)
    with shop.world.refuses(Code.WRONG_VALUE):
        shop.given(30, "g2", to=ANNAS)


def test_gifts_have_a_limit_a_day(shop: Loyalty) -> None:
    shop.granted(200)
    shop.given(60, "g1")

    with shop.world.refuses(Code.OVER_DAILY_LIMIT):
        shop.given(41, "g2")
    shop.given(40, "g2")
    shop.later(DAY)
    shop.given(100, "g3")

    assert shop.account().available == 0


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_what_is_done_by_hand_takes_two_and_its_reference_counts_once(shop: Loyalty) -> None:
    grant = {"reference": "r", "reason": "goodwill", "paper": "9a" * 32, "points": 5, "expires": shop.now + 99}

    for hands in ((SHOP.hand(),), (consumer(CLERK),), (SHOP.hand(), consumer(CARL)), (SHOP.hand(), INSPECTOR.hand())):
        with shop.world.refuses(Code.NOT_ENTITLED):
            shop.said(Kind.POINTS_GRANTED, *hands, of=ANNAS, **grant)  # type: ignore[arg-type]  # texts and numbers
    shop.granted(5, reference="r")
    with shop.world.refuses(Code.TRANSFER_TAKEN):
        shop.granted(5, reference="r")
    with shop.world.refuses(Code.TRANSFER_TAKEN):
        shop.taken(1, reference="r")
    shop.taken(2)

    assert (shop.account().available, shop.supply().revoked) == (3, 2)


# --- keys ------------------------------------------------------------------------------------------------------------


def test_an_account_goes_on_with_a_new_key_and_the_old_one_is_nobody(shop: Loyalty) -> None:
    shop.bought(A)
    shop.granted(50)
    shop.said(Kind.KEY_CHANGED, consumer(ANNA), consumer(CARL), of=ANNAS)

    with shop.world.refuses(Code.NOT_ENTITLED):
        shop.given(10)
    shop.given(10, by=CARL)
    shop.pending()  # bought with the older key, and the member's all the same

    assert shop.account().member == str(CARL.public)
    with shop.world.refuses(Code.SLOT_TAKEN):
        shop.said(Kind.KEY_CHANGED, consumer(CARL), consumer(BOB), of=ANNAS)


def test_a_lost_key_is_replaced_after_its_time_and_spends_nothing_meanwhile(shop: Loyalty) -> None:
    shop.granted(50)
    shop.said(Kind.KEY_LOST, SHOP.hand(), consumer(CARL), of=ANNAS)

    with shop.world.refuses(Code.ILLEGAL_STEP):
        shop.given(10)
    with shop.world.refuses(Code.BEFORE_ITS_TIME):
        shop.said(Kind.KEY_REPLACED, consumer(CARL), of=ANNAS)
    shop.later(RECOVERY_DAYS * DAY)
    with shop.world.refuses(Code.NOT_ENTITLED):
        shop.said(Kind.KEY_REPLACED, consumer(key_of("dora")), of=ANNAS)
    shop.said(Kind.KEY_REPLACED, consumer(CARL), of=ANNAS)

    shop.given(10, by=CARL)
    assert shop.account().available == 40


def test_whoever_still_has_the_key_objects(shop: Loyalty) -> None:
    shop.said(Kind.KEY_LOST, SHOP.hand(), consumer(CARL), of=ANNAS)

    shop.said(Kind.KEY_DEFENDED, consumer(ANNA), of=ANNAS)

    shop.later(RECOVERY_DAYS * DAY)
    with shop.world.refuses(Code.ILLEGAL_STEP):
        shop.said(Kind.KEY_REPLACED, consumer(CARL), of=ANNAS)


# --- what anyone can reckon ------------------------------------------------------------------------------------------


def test_the_supply_names_every_account_with_its_head_and_when_its_points_end(shop: Loyalty) -> None:
    shop.earned()
    shop.granted(50, BOBS)

    supply = shop.supply()

    assert (supply.issued, supply.held, supply.minor) == (EARNED + 50, EARNED + 50, 10 * (EARNED + 50))
    assert sum(supply.ends.values()) == EARNED + 50
    assert {account: head.sequence for account, head in supply.heads.items()} == {ANNAS: 3, BOBS: 2}
    assert shop.dossier(PROGRAMME).stage(Machine.PROGRAMME) is Stage.PUBLISHED


def test_a_receipt_tells_the_heads_of_the_accounts_that_its_order_touches(shop: Loyalty) -> None:
    shop.bought(A)
    assert shop.world.services.rewarding.heads_of_order(shop.order().subject) == {}
    receipt = shop.pending()

    heads = shop.world.services.rewarding.heads_of_order(shop.order().subject)

    assert {account: (head.hash, head.sequence) for account, head in heads.items()} == {ANNAS: (receipt.hash, 2)}
