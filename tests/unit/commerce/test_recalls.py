"""Things are called back: what is stopped, who is told, what is paid back, and what ends the danger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.evaluation import decide
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.vocabulary import Clause, Outcome, Proof
from provenance.encoding.textual import format_time
from provenance.services.recalling import Bucket
from provenance.services.signing import consumer
from tests.aftercare import Aftercare
from tests.cast import INSPECTOR, MAKER, RIVAL, SHOP, Some, gtin, item, lot, lot_with_items
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, FREIGHT, OTHER_ORDER, PRICE, RECALL, RETURN, A, B
from tests.world import World

ANNAS = consumer(ANNA)
OTHER_RECALL = RECALL.replace("2026-1", "2026-2")


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


def test_a_recall_finds_what_is_on_hand_what_can_be_stopped_and_what_was_shipped(sales: Aftercare) -> None:
    on_hand, gone = item("C1"), item("D1")
    sales.stocked(on_hand, gone)
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER, BOB)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)
    sales.world.destroyed(gone, by=SHOP)

    sales.called_back(gtin())

    assert sales.buckets() == {
        A: Bucket.SHIPPED,
        B: Bucket.OPEN_ORDER,
        on_hand: Bucket.ON_HAND,
        gone: Bucket.ENDED,
    }
    assert_log_is_sound(sales.world.services)


def test_a_recall_of_a_lot_reaches_what_is_in_it_and_what_was_made_from_it(sales: Aftercare) -> None:
    oil, inside, made = lot("OIL"), item("L1"), item("M1")
    sales.world.made(inside, in_lot="L9")
    sales.world.made(Some("9 KGM", oil))
    sales.world.blended([Some("1 KGM", oil)], [made])

    sales.called_back(oil, lot_with_items("L9"))

    assert sales.buckets() == {inside: Bucket.ON_HAND, made: Bucket.ON_HAND}


def test_an_open_order_is_stopped_and_can_still_be_called_off(sales: Aftercare) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER, BOB)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)
    sales.packed(B, of=OTHER_ORDER)
    sold = sales.world.sold(B).hash
    sales.called_back(B)

    with sales.world.refuses(Code.BLOCKED):
        sales.shipped(B, of=OTHER_ORDER, event=sold)
    sales.cancelled(OTHER_ORDER, by=SHOP.hand())

    assert sales.order(OTHER_ORDER).shown == "cancelled"


def test_what_is_called_back_is_neither_allocated_nor_claimed_nor_passed_on(sales: Aftercare) -> None:
    picked = sales.picked(B, of=OTHER_ORDER)
    sales.called_back(A, B)
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER, BOB)
    sales.paid(OTHER_ORDER)

    with sales.world.refuses(Code.BLOCKED):
        sales.allocated(B, of=OTHER_ORDER, event=picked.hash)
    with sales.world.refuses(Code.BLOCKED):
        sales.claimed(A)


def test_the_whole_price_and_freight_come_back_long_after_every_window(sales: Aftercare) -> None:
    sales.claimed(A)
    sales.later(400 * DAY)
    sales.called_back(A)

    sales.requested(ask="unsafe")
    sales.returning(Kind.RETURN_GRANTED, ANNAS)
    with sales.world.refuses(Code.OTHER_AMOUNT):
        sales.refunded(minor=PRICE)
    sales.refunded(minor=PRICE + FREIGHT)
    sales.remedied()

    assert sales.recall().remedied == (A,)
    assert_log_is_sound(sales.world.services)


def test_what_is_called_back_on_its_way_is_paid_back_before_it_arrives(sales: Aftercare) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER)
    sales.paid(OTHER_ORDER)
    sales.allocated(B, of=OTHER_ORDER)
    sales.packed(B, of=OTHER_ORDER)
    sales.shipped(B, of=OTHER_ORDER)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.requested(B, order=OTHER_ORDER, ask="unsafe")

    sales.called_back(B)
    sales.requested(B, order=OTHER_ORDER, ask="unsafe")
    sales.returning(Kind.RETURN_GRANTED, ANNAS)
    sales.refunded(minor=PRICE + FREIGHT)

    assert sales.dossier(RETURN).stage(Machine.OUTCOME) is Stage.REFUNDED


def test_owners_are_told_item_by_item_by_whoever_sold_to_them(sales: Aftercare) -> None:
    sales.called_back(A)
    for by in (MAKER.hand(), RIVAL.hand(RIVAL.roles[2]), ANNAS):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.warned(A, by=by)
    with sales.world.refuses(Code.OTHER_ITEM):
        sales.warned(B)

    sales.warned(A)

    assert (sales.recall().notified, sales.recall().remedied) == ((A,), ())
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.warned(A)


def test_a_remedy_is_one_that_the_record_shows_or_that_the_owner_tells(sales: Aftercare) -> None:
    sales.claimed(A)
    sales.called_back(A)

    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.remedied(remedy="refund")
    with sales.world.refuses(Code.BEFORE_ITS_TIME):
        sales.remedied(remedy="destruction")
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.remedied(remedy="repair")
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.remedied(remedy="destruction", by=consumer(BOB))
    sales.remedied(remedy="destruction", by=ANNAS)

    assert sales.recall().remedied == (A,)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.remedied(remedy="repair", by=ANNAS)


def test_what_the_seller_took_back_and_destroyed_shows_in_custody(sales: Aftercare) -> None:
    sales.called_back(A)
    sales.world.returned(A)
    sales.world.destroyed(A, by=SHOP)

    sales.remedied(remedy="destruction")

    assert sales.recall().remedied == (A,)


@pytest.mark.parametrize("by", [SHOP.hand(), INSPECTOR.hand(), RIVAL.hand(), ANNAS], ids=lambda by: by.role.value)
def test_only_who_marked_the_things_calls_them_back(sales: Aftercare, by: object) -> None:
    marked = sales.world.recalled(A)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.called_back(A, event=marked.hash, by=by)  # type: ignore[arg-type]  # hands, as listed


def test_a_recall_rests_on_the_mark_that_it_names(sales: Aftercare) -> None:
    marked, other = sales.world.recalled(A), sales.world.observed(B, by=SHOP)
    inspectors = sales.world.marked(A, by=INSPECTOR, on=["recalled"])

    with sales.world.refuses(Code.EVENT_MISSING):
        sales.called_back(A, event="ab" * 32)
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.called_back(A, B, event=marked.hash)
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.called_back(B, event=other.hash)
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.called_back(A, event=inspectors.hash)


def test_a_thing_is_in_one_recall_until_that_is_withdrawn(sales: Aftercare) -> None:
    sales.called_back(A)
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.called_back(A, of=OTHER_RECALL, event=sales.recall().of[A])
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.said(Kind.RECALL_WITHDRAWN, MAKER.hand(), of=RECALL, event=sales.recall().of[A])

    lifted = sales.world.marked(A, by=MAKER, off=["recalled"])
    sales.said(Kind.RECALL_WITHDRAWN, MAKER.hand(), of=RECALL, event=lifted.hash)

    with sales.world.services.store.reading() as store:
        assert store.slot((Slot.RECALL, A)) is None
    assert sales.buckets() == {}
    sales.claimed(A)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.warned(A)
    assert_log_is_sound(sales.world.services)


def test_a_recall_grows(sales: Aftercare) -> None:
    sales.called_back(A)

    marked = sales.world.recalled(B)
    sales.said(Kind.RECALL_EXTENDED, MAKER.hand(), of=RECALL, things=[B], event=marked.hash)

    assert set(sales.recall().of) == {A, B}
    assert sales.buckets() == {A: Bucket.SHIPPED, B: Bucket.ON_HAND}


def test_a_sale_after_the_day_of_the_recall_is_proven_by_two_signatures(sales: Aftercare) -> None:
    before_sale = sales.world.clock.instant - 3 * DAY
    late = sales.world.object_event(
        "OBSERVE",
        "holding",
        A,
        by=MAKER,
        members={"eventTime": format_time(before_sale), "persistentDisposition": {"set": ["recalled"]}},
    )
    sales.called_back(A, event=late.hash)
    sales.requested(ask="unsafe")
    sales.world.services.checkpointing.checkpoint()

    _, facts = sales.world.services.ordering.case(RETURN)

    assert facts.proven == (Proof.RECALLED_BEFORE_SALE,)


def test_a_recall_after_the_sale_proves_nothing_against_the_seller_and_is_paid_back_all_the_same(
    sales: Aftercare,
) -> None:
    sales.later(timedelta(hours=1))
    sales.called_back(A)
    sales.requested(ask="unsafe")
    sales.world.services.checkpointing.checkpoint()

    terms, facts = sales.world.services.ordering.case(RETURN)

    decision = decide(terms, facts)
    assert (facts.proven, decision.outcome) == ((), Outcome.REFUND)
    assert Clause.RECALLED in {cited.clause for cited in decision.clauses}
