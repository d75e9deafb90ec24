"""A return from the request to the money, in time, by silence, by award; and the facts that its records tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.evaluation import decide
from provenance.commerce.extraction import Circumstances, facts_of
from provenance.commerce.facts import SeenCheckpoint, format_facts, parse_facts
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.vocabulary import Clause, Flag, Outcome
from provenance.services.signing import consumer
from tests.cast import INSPECTOR, MAKER, SHOP
from tests.oracles import assert_log_is_sound
from tests.sales import (
    ANNA,
    BOB,
    DAY,
    FREIGHT,
    ORDER,
    OTHER_ORDER,
    OTHER_RETURN,
    PRICE,
    RETURN,
    TERMS,
    TOKEN,
    A,
    B,
    Sales,
    ownership,
)
from tests.world import World

ANNAS = consumer(ANNA)
REPORT = "4e" * 32


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    world = World(tmp_path)
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    sales.later(DAY)
    yield sales
    world.close()


def stage(sales: Sales, machine: Machine) -> Stage:
    return sales.dossier(RETURN).stage(machine)


def holder(sales: Sales, slot: Slot, key: str) -> str | None:
    with sales.world.services.store.reading() as store:
        return store.slot((slot, key))


def test_a_withdrawal_in_time_needs_no_word_of_the_seller(sales: Sales) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_GRANTED, ANNAS)
    sales.sent_back()
    sales.matched()

    sales.refunded()

    assert stage(sales, Machine.OUTCOME) is Stage.REFUNDED
    assert holder(sales, Slot.REFUND, f"{ORDER} {A}") == RETURN
    assert holder(sales, Slot.RETURN, A) is None
    assert_log_is_sound(sales.world.services)


def test_a_thing_that_came_back_is_sold_again(sales: Sales) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()

    sales.bought(A, of=OTHER_ORDER, by=BOB)

    assert holder(sales, Slot.SALE, A) == OTHER_ORDER
    assert_log_is_sound(sales.world.services)


def test_day_seven_is_in_time_and_day_eight_is_not(sales: Sales) -> None:
    sales.later(6 * DAY)
    sales.requested()
    sales.returning(Kind.RETURN_GRANTED, ANNAS)
    sales.returning(Kind.RETURN_WITHDRAWN, ANNAS)
    sales.later(DAY)
    sales.requested(of=OTHER_RETURN)

    with sales.world.refuses(Code.NOT_GRANTED) as told:
        sales.returning(Kind.RETURN_GRANTED, ANNAS, of=OTHER_RETURN)

    assert Clause.OUT_OF_TIME in told.refusal.message


def test_a_seller_may_take_back_what_the_law_does_not_ask_for(sales: Sales) -> None:
    sales.later(30 * DAY)
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()

    sales.refunded()

    assert stage(sales, Machine.OUTCOME) is Stage.REFUNDED


def test_a_silent_seller_consents_when_a_tick_says_that_the_days_are_over(sales: Sales) -> None:
    sales.requested(ask="inauthentic")
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.returning(Kind.RETURN_GRANTED, ANNAS)

    sales.later((TERMS.silence_days + 1) * DAY)
    sales.returning(Kind.RETURN_GRANTED, INSPECTOR.hand())

    assert stage(sales, Machine.REQUEST) is Stage.AUTHORISED


def test_a_seller_that_contests_is_heard_and_another_awards(sales: Sales) -> None:
    sales.requested(ask="inauthentic")
    sales.returning(Kind.RETURN_CONTESTED, ground="facts")
    sales.later((TERMS.silence_days + 1) * DAY)
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.returning(Kind.RETURN_GRANTED, ANNAS)

    sales.returning(Kind.AWARDED_TO_BUYER, INSPECTOR.hand(), report=REPORT)
    sales.refunded(minor=PRICE + FREIGHT)

    assert stage(sales, Machine.OUTCOME) is Stage.REFUNDED


def test_an_award_to_the_seller_ends_the_return(sales: Sales) -> None:
    sales.requested(ask="inauthentic")
    sales.returning(Kind.RETURN_CONTESTED, ground="facts")

    sales.returning(Kind.AWARDED_TO_SELLER, INSPECTOR.hand(), report=REPORT)

    assert holder(sales, Slot.RETURN, A) is None
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.refunded()


@pytest.mark.parametrize(("minor", "code"), [(PRICE - 1, Code.OTHER_AMOUNT), (PRICE + FREIGHT + 1, Code.OTHER_AMOUNT)])
def test_no_less_is_paid_back_than_the_law_says_and_no_more_than_was_paid(sales: Sales, minor: int, code: Code) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()

    with sales.world.refuses(code):
        sales.refunded(minor=minor)
    with sales.world.refuses(Code.WRONG_CURRENCY):
        sales.refunded(currency="EUR")


def test_money_does_not_go_to_the_seller_while_a_return_is_open(sales: Sales) -> None:
    sales.requested()
    sales.later(30 * DAY)

    for by in (SHOP.hand(), ANNAS):
        with sales.world.refuses(Code.STILL_OPEN):
            sales.completed(by=by)


def test_what_was_lost_on_the_way_is_paid_back_without_a_return(sales: Sales) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)
    sales.packed(B, of=OTHER_ORDER)
    sales.shipped(B, of=OTHER_ORDER)
    sales.requested(B, order=OTHER_ORDER, ask="not-received")
    sales.returning(Kind.RETURN_ACCEPTED)

    sales.refunded(minor=PRICE + FREIGHT)

    assert holder(sales, Slot.SALE, B) == OTHER_ORDER  # nobody has it: it is not sold again
    assert_log_is_sound(sales.world.services)


def test_an_owner_that_gave_the_thing_back_owns_it_no_more(sales: Sales) -> None:
    sales.claimed(A)
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.said(Kind.OWNERSHIP_ENDED, SHOP.hand(), of=ownership(A))
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()

    with sales.world.refuses(Code.STILL_OPEN):
        sales.passed_on(A)
    sales.said(Kind.OWNERSHIP_ENDED, SHOP.hand(), of=ownership(A))

    assert holder(sales, Slot.OWNER, A) is None
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.claimed(A, by=BOB)
    assert_log_is_sound(sales.world.services)


def test_what_came_back_spoilt_goes_to_the_buyer_again_and_nothing_is_paid_back(sales: Sales) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched(found=["soiled"])

    sales.returning(Kind.RETURN_HANDED_BACK)

    assert stage(sales, Machine.OUTCOME) is Stage.HANDED_BACK
    assert holder(sales, Slot.RETURN, A) is None
    assert_log_is_sound(sales.world.services)


@pytest.mark.parametrize("days", [0, 30])
def test_what_came_back_intact_is_paid_back_and_not_handed_back(sales: Sales, days: int) -> None:
    # after 30 days the law asks for nothing, but the seller has accepted
    sales.later(days * DAY)
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()

    with sales.world.refuses(Code.NOT_GRANTED):
        sales.returning(Kind.RETURN_HANDED_BACK)


def test_only_the_shop_that_sold_it_takes_part(sales: Sales) -> None:
    sales.requested()

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.returning(Kind.RETURN_ACCEPTED, MAKER.hand(MAKER.roles[1]))
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.returning(Kind.RETURN_GRANTED, SHOP.hand())


def test_the_facts_come_out_of_the_records_and_name_them(sales: Sales) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched(found=["outer-opened"])
    ordered, returning = sales.dossier(), sales.dossier(RETURN)
    seen = SeenCheckpoint("world.example/log/2026", 7, "c0" * 32)
    released = Circumstances(frozenset({Flag.RELEASED}))

    facts = facts_of(ordered, returning, as_of=sales.now, checkpoint=seen, beside=released)

    assert parse_facts(format_facts(facts)) == facts
    assert (facts.paid, facts.freight, facts.serial, facts.terms) == (PRICE, FREIGHT, A, TERMS.hash)
    assert facts.returned is not None
    assert (facts.returned.serial, facts.returned.findings) == (A, ("outer-opened",))
    assert facts.flags == (Flag.RELEASED,)
    known = {entered.hash for entered in (*ordered.entries, *returning.entries)}
    assert facts.sources.keys() == {"shippedAt", "receivedAt", "request"}
    assert {found for hashes in facts.sources.values() for found in hashes} <= known
    assert decide(TERMS, facts).outcome is Outcome.REFUND
    plain = facts_of(ordered, returning, as_of=sales.now, checkpoint=seen, beside=Circumstances())
    assert plain == replace(facts, flags=())


def test_what_is_sold_again_is_the_next_buyers_to_give_back_and_to_own(sales: Sales) -> None:
    sales.claimed(A)
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()
    sales.bought(A, of=OTHER_ORDER, by=BOB)
    granted = {"owner": str(BOB.public), "order": OTHER_ORDER, "token": TOKEN}
    with sales.world.refuses(Code.ILLEGAL_STEP):  # the seller has not said yet that Anna's is over
        sales.said(Kind.OWNERSHIP_GRANTED, SHOP.hand(), consumer(BOB), of=ownership(A), **granted)
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.requested(order=OTHER_ORDER, of=OTHER_RETURN)
    sales.said(Kind.OWNERSHIP_ENDED, SHOP.hand(), of=ownership(A))
    for hands in ((consumer(BOB),), (SHOP.hand(),), (SHOP.hand(), ANNAS), (MAKER.hand(MAKER.roles[1]), consumer(BOB))):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.said(Kind.OWNERSHIP_GRANTED, *hands, of=ownership(A), **granted)
    with sales.world.refuses(Code.WRONG_TOKEN):
        sales.said(Kind.OWNERSHIP_GRANTED, SHOP.hand(), consumer(BOB), of=ownership(A), **(granted | {"token": "no"}))

    sales.said(Kind.OWNERSHIP_GRANTED, SHOP.hand(), consumer(BOB), of=ownership(A), **granted)
    sales.requested(by=BOB, order=OTHER_ORDER, of=OTHER_RETURN)

    assert sales.owner(A) == str(BOB.public)
    assert_log_is_sound(sales.world.services)


def test_what_is_sold_again_and_not_claimed_is_given_back_by_whoever_bought_it(sales: Sales) -> None:
    sales.claimed(A)
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()
    sales.bought(A, of=OTHER_ORDER, by=BOB)

    sales.requested(by=BOB, order=OTHER_ORDER, of=OTHER_RETURN)

    assert sales.dossier(OTHER_RETURN).stage(Machine.REQUEST) is Stage.REQUESTED
