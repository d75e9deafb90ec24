"""A fault, a repair, and what follows when repairs do not help: as long as terms and law say, whoever owns the item."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.evaluation import decide
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.vocabulary import Clause, Outcome
from provenance.commerce.warranties import LONGEST_DAYS, warranty_of
from provenance.services.signing import consumer
from tests.aftercare import Aftercare, warranty
from tests.cast import INSPECTOR, MAKER, RIVAL, SHOP
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, DAY, ORDER, OTHER_ORDER, RETURN, TERMS, A, B, ownership
from tests.world import World

ANNAS, BOBS = consumer(ANNA), consumer(BOB)
REPORT = "4e" * 32
EARLY = timedelta(days=20)  # the first days, in which a defect is given back, are over


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Aftercare]:
    world = World(tmp_path)
    sales = Aftercare(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A)
    sales.later(EARLY)
    yield sales
    world.close()


def stage(sales: Aftercare) -> Stage:
    return sales.dossier(warranty(A)).stage(Machine.WARRANTY)


def returned_for_a_defect(sales: Aftercare) -> tuple[Outcome, set[Clause]]:
    sales.requested(ask="defect")
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.world.services.checkpointing.checkpoint()
    decision = decide(*sales.world.services.ordering.case(RETURN))
    return decision.outcome, {cited.clause for cited in decision.clauses}


def test_a_fault_is_repaired_and_the_owner_has_it_back(sales: Aftercare) -> None:
    sales.faulty()
    sales.mending(Kind.REPAIR_ACCEPTED)
    sales.brought_in()
    sales.later(3 * DAY)
    sales.mended()
    sales.mending(Kind.REPAIR_CLOSED, ANNAS)

    found = warranty_of(sales.dossier(warranty(A)), sales.now)

    assert (found.stage, found.repairs, found.days_away) == (Stage.CLOSED, 1, 3)
    with sales.world.services.store.reading() as store:
        assert store.slot((Slot.RETURN, A)) is None
    assert_log_is_sound(sales.world.services)


def test_after_two_repairs_in_vain_the_price_comes_back(sales: Aftercare) -> None:
    sales.repaired_once()
    outcome, clauses = returned_for_a_defect(sales)
    assert (outcome, Clause.REPAIR_FIRST in clauses) == (Outcome.REPAIR, True)
    sales.returning(Kind.RETURN_WITHDRAWN, ANNAS)
    sales.repaired_once()

    sales.requested(ask="defect", of=RETURN + "b")
    sales.returning(Kind.RETURN_ACCEPTED, of=RETURN + "b")
    sales.world.services.checkpointing.checkpoint()
    decision = decide(*sales.world.services.ordering.case(RETURN + "b"))

    assert decision.outcome is Outcome.RETURN
    assert Clause.REPAIRS_FAILED in {cited.clause for cited in decision.clauses}


@pytest.mark.parametrize("how", ["failed", "late"])
def test_a_repair_that_can_not_be_done_or_takes_too_long_is_enough(sales: Aftercare, how: str) -> None:
    sales.faulty()
    sales.mending(Kind.REPAIR_ACCEPTED)
    sales.brought_in()
    if how == "failed":
        sales.mending(Kind.REPAIR_FAILED, report=REPORT)
    else:
        sales.later((LONGEST_DAYS + 1) * DAY)
        sales.mended()
    sales.mending(Kind.REPAIR_CLOSED, ANNAS)

    outcome, clauses = returned_for_a_defect(sales)

    assert (outcome, Clause.REPAIRS_FAILED in clauses) == (Outcome.RETURN, True)


def test_days_of_repair_lengthen_the_warranty_and_then_it_ends(sales: Aftercare) -> None:
    sales.faulty()
    sales.mending(Kind.REPAIR_ACCEPTED)
    sales.brought_in()
    sales.later(10 * DAY)
    sales.mended()
    sales.mending(Kind.REPAIR_CLOSED, ANNAS)
    sales.later(timedelta(days=731 - 30 + 9))

    sales.faulty()
    sales.mending(Kind.REPAIR_WITHDRAWN, ANNAS)
    sales.later(2 * DAY)

    with sales.world.refuses(Code.TOO_LATE):
        sales.faulty()


def test_the_warranty_goes_with_the_item_to_whoever_owns_it(sales: Aftercare) -> None:
    sales.claimed(A)
    sales.passed_on(A)
    sales.accepted(A)

    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.faulty(by=ANNA)
    sales.faulty(by=BOB)
    sales.mending(Kind.REPAIR_ACCEPTED)
    sales.brought_in()
    sales.mended()
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.mending(Kind.REPAIR_CLOSED, ANNAS)
    sales.mending(Kind.REPAIR_CLOSED, BOBS)

    assert stage(sales) is Stage.CLOSED


def test_a_refusal_is_appealed_to_one_who_is_not_the_seller(sales: Aftercare) -> None:
    sales.faulty()
    sales.mending(Kind.REPAIR_REFUSED, reason="it was dropped", report=REPORT)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.brought_in()
    for by in (SHOP.hand(), ANNAS):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.mending(Kind.REPAIR_UPHELD, by, report=REPORT)

    sales.mending(Kind.REPAIR_UPHELD, INSPECTOR.hand(), report=REPORT)
    sales.brought_in()

    assert stage(sales) is Stage.RECEIVED


def test_a_silent_seller_owes_the_repair_when_its_days_are_over(sales: Aftercare) -> None:
    sales.faulty()
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.mending(Kind.REPAIR_GRANTED, ANNAS)
    sales.later((TERMS.silence_days + 1) * DAY)

    sales.mending(Kind.REPAIR_GRANTED, ANNAS)

    assert stage(sales) is Stage.AUTHORISED


def test_what_comes_in_is_what_was_sold_and_custody_sees_the_repair(sales: Aftercare) -> None:
    other = sales.world.object_event("OBSERVE", "repairing", B, by=SHOP, members={}).hash
    looked = sales.world.object_event("OBSERVE", "inspecting", A, by=SHOP, members={}).hash
    makers = sales.world.object_event("OBSERVE", "repairing", A, by=MAKER, members={}).hash
    sales.faulty()
    sales.mending(Kind.REPAIR_ACCEPTED)
    sales.brought_in()

    for event in (other, looked, makers, "ab" * 32):
        with sales.world.refuses(Code.EVENT_MISSING):
            sales.mended(event=event)
    sales.mended()
    named = sales.dossier(warranty(A)).entries[-1].record.members.hash("event")
    sales.mending(Kind.REPAIR_CLOSED, ANNAS)
    sales.faulty()
    sales.mending(Kind.REPAIR_ACCEPTED)
    sales.brought_in()
    with sales.world.refuses(Code.EVENT_MISSING):
        sales.mended(event=named)  # one repair is not two


def test_another_thing_that_comes_in_is_not_repaired_for_this_one(sales: Aftercare) -> None:
    sales.faulty()
    sales.mending(Kind.REPAIR_ACCEPTED)
    sales.brought_in(scanned=B)
    event = sales.world.object_event("OBSERVE", "repairing", A, by=SHOP, members={}).hash

    with sales.world.refuses(Code.OTHER_ITEM):
        sales.mended(event=event)
    sales.mending(Kind.REPAIR_REFUSED, reason="it is another thing", report=REPORT)
    sales.mending(Kind.REPAIR_CLOSED, ANNAS)

    assert warranty_of(sales.dossier(warranty(A)), sales.now).repairs == 0


def test_an_item_in_repair_is_in_nothing_else(sales: Aftercare) -> None:
    sales.claimed(A)
    sales.faulty()

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.requested(ask="defect")
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.exchange_asked()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.filed()
    with sales.world.refuses(Code.STILL_OPEN):
        sales.passed_on(A)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.faulty()
    sales.mending(Kind.REPAIR_WITHDRAWN, ANNAS)
    sales.requested(ask="defect")
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.faulty()


@pytest.mark.parametrize("why", ["recalled", "stolen", "missing"])
def test_what_is_called_back_stolen_or_missing_is_not_repaired(sales: Aftercare, why: str) -> None:
    sales.claimed(A)
    if why == "recalled":
        sales.world.recalled(A)
    elif why == "stolen":
        sales.said(Kind.THEFT_CONFIRMED, INSPECTOR.hand(), of=ownership(A), report=REPORT)
    else:
        sales.said(Kind.ITEM_MISSED, ANNAS, of=ownership(A))

    with sales.world.refuses(Code.BLOCKED):
        sales.faulty()


def test_what_was_paid_back_or_never_arrived_has_no_warranty(sales: Aftercare) -> None:
    sales.requested(ask="defect")
    sales.returning(Kind.RETURN_ACCEPTED)
    with sales.world.refuses(Code.NOT_SOLD):
        sales.mending(Kind.REPAIR_ASKED, ANNAS, B, order=ORDER, fault=REPORT)
    sales.returning(Kind.RETURN_WITHDRAWN, ANNAS)
    sales.requested(of=RETURN + "b")
    sales.returning(Kind.RETURN_ACCEPTED, of=RETURN + "b")
    seal = {"seal": "R", "photo": "b0" * 32, "grams": 9}
    sales.returning(Kind.RETURN_SHIPPED, ANNAS, of=RETURN + "b", **seal)
    sales.returning(Kind.RETURN_RECEIVED, of=RETURN + "b", scanned=A, **seal)
    event = sales.world.returned(A).hash
    sales.returning(Kind.RETURN_MATCHED, of=RETURN + "b", found=[], event=event)
    sales.refunded(of=RETURN + "b")

    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.faulty()


def test_only_the_shop_that_sold_it_takes_part(sales: Aftercare) -> None:
    sales.faulty()

    for by in (MAKER.hand(MAKER.roles[1]), RIVAL.hand(RIVAL.roles[2]), INSPECTOR.hand(), ANNAS):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.mending(Kind.REPAIR_ACCEPTED, by)


def test_repairs_of_an_earlier_sale_do_not_count_in_the_next(sales: Aftercare) -> None:
    sales.repaired_once()
    sales.repaired_once()
    sales.requested(ask="withdraw")
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()
    sales.bought(A, of=OTHER_ORDER)

    sales.faulty(order=OTHER_ORDER)

    assert warranty_of(sales.dossier(warranty(A)), sales.now).repairs == 0
    assert_log_is_sound(sales.world.services)
