"""A claim by proof, by admission, by silence, by award: the price, what the law multiplies, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.decision import ClaimState
from provenance.commerce.evaluation import decide
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.commerce.vocabulary import Claim, Outcome, Proof
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_time
from provenance.ids import Subject
from provenance.services.signing import consumer
from tests.aftercare import Aftercare
from tests.cast import CARRIER, INSPECTOR, MAKER, RIVAL, SHOP, Member, item, unit
from tests.oracles import assert_log_is_sound
from tests.sales import ANNA, BOB, CLAIM, DAY, FREIGHT, ORDER, OTHER_ORDER, PRICE, TERMS, A, B
from tests.world import World

ANNAS = consumer(ANNA)
REPORT = "4e" * 32
THREEFOLD = max(3 * PRICE, 50_000)


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


def stage(sales: Aftercare, machine: Machine) -> Stage:
    return sales.dossier(CLAIM).stage(machine)


def refund(sales: Aftercare) -> None:
    sales.claim_paid(Kind.CLAIM_REFUNDED, PRICE + FREIGHT)


def recalled_before_sale(sales: Aftercare) -> None:
    """A recall that reaches the log when the thing is sold already."""
    time = format_time(sales.world.clock.instant - 3 * DAY)
    marks: dict[str, Json] = {"eventTime": time, "persistentDisposition": {"set": ["recalled"]}}
    late = sales.world.object_event("OBSERVE", "holding", A, by=MAKER, members=marks)
    sales.called_back(A, event=late.hash)


def test_what_the_record_proves_is_paid_back_at_once_and_nothing_is_sent_back(sales: Aftercare) -> None:
    sales.filed(ask="unsafe")
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.claiming(Kind.CLAIM_PROVEN, ANNAS, proven=["recalled-before-sale"])
    recalled_before_sale(sales)
    said: tuple[list[Json], ...] = ([], ["cold-chain-broken"], ["cold-chain-broken", "recalled-before-sale"])
    for words in said:
        with sales.world.refuses(Code.NOT_GRANTED):
            sales.claiming(Kind.CLAIM_PROVEN, ANNAS, proven=words)

    sales.claiming(Kind.CLAIM_PROVEN, ANNAS, proven=["recalled-before-sale"])
    refund(sales)

    assert (stage(sales, Machine.CLAIM), stage(sales, Machine.OUTCOME)) == (Stage.UPHELD, Stage.REFUNDED)
    with sales.world.services.store.reading() as store:
        assert store.slot((Slot.REFUND, f"{ORDER} {A}")) == CLAIM
        assert store.slot((Slot.RETURN, A)) is None
    assert_log_is_sound(sales.world.services)


def test_a_proof_pays_no_multiple(sales: Aftercare) -> None:
    sales.filed(ask="inauthentic")
    recalled_before_sale(sales)
    sales.claiming(Kind.CLAIM_PROVEN, ANNAS, proven=["recalled-before-sale"])

    with sales.world.refuses(Code.NOT_GRANTED):
        sales.claim_paid(Kind.CLAIM_COMPENSATED, THREEFOLD)


@pytest.mark.parametrize("by", ["award", "admission"])
def test_three_times_the_price_is_reckoned_at_once_and_paid_on_award_or_admission(sales: Aftercare, by: str) -> None:
    sales.filed()
    sales.world.services.checkpointing.checkpoint()
    reckoned = decide(*sales.world.services.ordering.case(CLAIM))
    if by == "award":
        sales.claiming(Kind.CLAIM_CONTESTED, ground="facts", report=REPORT)
        sales.claiming(Kind.CLAIM_UPHELD, INSPECTOR.hand(), report=REPORT, found=["fraud"], loss=0)
    else:
        sales.claiming(Kind.CLAIM_ADMITTED, found=["fraud"], loss=0)
    for minor in (THREEFOLD - 1, THREEFOLD + 1):
        with sales.world.refuses(Code.OTHER_AMOUNT):
            sales.claim_paid(Kind.CLAIM_COMPENSATED, minor)

    sales.claim_paid(Kind.CLAIM_COMPENSATED, THREEFOLD)
    refund(sales)

    (claimed,) = reckoned.claims
    assert (claimed.claim, claimed.minor, claimed.state) == (Claim.FRAUD, THREEFOLD, ClaimState.RECKONED)
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.claim_paid(Kind.CLAIM_COMPENSATED, THREEFOLD, reference="twice")
    with sales.world.refuses(Code.ILLEGAL_STEP):
        sales.claim_paid(Kind.CLAIM_REFUNDED, PRICE + FREIGHT, reference="twice")
    assert_log_is_sound(sales.world.services)


def test_an_admission_of_the_thing_is_none_of_a_fraud(sales: Aftercare) -> None:
    sales.filed()

    sales.claiming(Kind.CLAIM_ADMITTED, found=[], loss=0)
    refund(sales)

    with sales.world.refuses(Code.NOT_GRANTED):
        sales.claim_paid(Kind.CLAIM_COMPENSATED, THREEFOLD)


def test_a_silent_seller_pays_back_when_its_days_are_over(sales: Aftercare) -> None:
    sales.filed()
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.claiming(Kind.CLAIM_GRANTED, ANNAS)
    sales.later((TERMS.silence_days + 1) * DAY)

    sales.claiming(Kind.CLAIM_GRANTED, ANNAS)
    refund(sales)

    assert stage(sales, Machine.OUTCOME) is Stage.REFUNDED


def test_a_contested_claim_is_dismissed_by_another_and_opens_the_item_again(sales: Aftercare) -> None:
    sales.filed()
    sales.claiming(Kind.CLAIM_CONTESTED, ground="facts", report=REPORT)
    for by in (SHOP.hand(), ANNAS):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.claiming(Kind.CLAIM_DISMISSED, by, report=REPORT)

    sales.claiming(Kind.CLAIM_DISMISSED, INSPECTOR.hand(), report=REPORT)

    for kind in (Kind.CLAIM_REFUNDED, Kind.CLAIM_COMPENSATED):
        with sales.world.refuses(Code.ILLEGAL_STEP):
            sales.claim_paid(kind, PRICE + FREIGHT)
    sales.requested()


def test_the_seller_is_not_paid_while_a_claim_is_open(sales: Aftercare) -> None:
    sales.filed()

    with sales.world.refuses(Code.STILL_OPEN):
        sales.completed()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.requested()
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.filed(of=CLAIM.replace("-c", "-d"))
    sales.claiming(Kind.CLAIM_WITHDRAWN, ANNAS)
    sales.completed()


def test_the_price_is_paid_back_once_by_return_or_claim(sales: Aftercare) -> None:
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()
    sales.refunded()
    sales.filed()
    sales.claiming(Kind.CLAIM_ADMITTED, found=["fraud"], loss=0)

    with sales.world.refuses(Code.NOT_GRANTED):
        refund(sales)
    sales.claim_paid(Kind.CLAIM_COMPENSATED, THREEFOLD)  # what the law multiplies is another matter


@pytest.mark.parametrize("minor", [0, PRICE, PRICE + FREIGHT + 1])
def test_exactly_price_and_freight_come_back(sales: Aftercare, minor: int) -> None:
    sales.filed()
    sales.claiming(Kind.CLAIM_ADMITTED, found=[], loss=0)

    with sales.world.refuses(Code.OTHER_AMOUNT):
        sales.claim_paid(Kind.CLAIM_REFUNDED, minor)
    with sales.world.refuses(Code.WRONG_CURRENCY):
        sales.claim_paid(Kind.CLAIM_REFUNDED, PRICE + FREIGHT, currency="EUR")
    with sales.world.refuses(Code.SLOT_TAKEN):
        sales.claim_paid(Kind.CLAIM_REFUNDED, PRICE + FREIGHT, reference=f"pay-{ORDER}")


def test_nobody_claims_for_what_is_not_theirs_not_here_or_not_of_this_kind(sales: Aftercare) -> None:
    with sales.world.refuses(Code.NOT_ENTITLED):
        sales.filed(by=BOB)
    with sales.world.refuses(Code.OTHER_ITEM):
        sales.filed(B)
    with sales.world.refuses(Code.WRONG_VALUE):
        sales.filed(ask="withdraw")
    sales.filed()
    for by in (MAKER.hand(MAKER.roles[1]), RIVAL.hand(RIVAL.roles[2]), ANNAS):
        with sales.world.refuses(Code.NOT_ENTITLED):
            sales.claiming(Kind.CLAIM_ADMITTED, by, found=[], loss=0)


# --- what sensors saw, and who answers -------------------------------------------------------------------------------


def chilled(sales: Aftercare, *, at: str) -> Subject:
    """A thing that goes to the shop in the carrier's box; an alarm sounds over the box at one time or another."""
    box, one, other = unit(1), item("B2"), item("B3")
    sales.world.made(one, other)
    sales.world.packed(other, into=box)
    if at == "before":
        sales.world.sensed(box, by=MAKER, is_alarm=True)
    sales.world.packed(one, into=box)
    sales.world.handed_over(box, to=CARRIER)
    if at in ("inside", "undone"):
        alarm = sales.world.sensed(box, by=CARRIER, is_alarm=True)
    if at == "undone":
        sales.world.corrected(alarm, by=CARRIER)
    sales.world.handed_over(box, by=CARRIER, to=SHOP)
    sales.world.unpacked(one, out_of=box, by=SHOP)
    if at == "after":
        sales.world.sensed(box, by=SHOP, is_alarm=True)
    if at == "shelf":
        sales.world.sensed(one, by=SHOP, is_alarm=True)
    sales.bought(one, of=OTHER_ORDER)
    sales.filed(one, ask="unsafe", order=OTHER_ORDER)
    return one


def proven(sales: Aftercare) -> tuple[Proof, ...]:
    sales.world.services.checkpointing.checkpoint()
    return sales.world.services.ordering.case(CLAIM)[1].proven


@pytest.mark.parametrize(("at", "holder"), [("inside", CARRIER), ("shelf", SHOP)])
def test_an_alarm_over_a_thing_on_its_way_is_proof_and_names_who_had_it(
    sales: Aftercare, at: str, holder: Member
) -> None:
    chilled(sales, at=at)

    assert proven(sales) == (Proof.COLD_CHAIN_BROKEN,)
    assert decide(*sales.world.services.ordering.case(CLAIM)).outcome is Outcome.REFUND
    sales.claiming(Kind.CLAIM_PROVEN, ANNAS, proven=["cold-chain-broken"])
    liable = sales.world.services.ordering.liability(CLAIM)
    assert (liable.party, liable.fault is None, liable.received is None) == (holder.party, False, False)
    assert_log_is_sound(sales.world.services)


@pytest.mark.parametrize("at", ["before", "after", "undone", "never"])
def test_an_alarm_over_a_box_it_was_not_in_or_that_never_was_proves_nothing(sales: Aftercare, at: str) -> None:
    chilled(sales, at=at)

    assert proven(sales) == ()
    with sales.world.refuses(Code.NOT_GRANTED):
        sales.claiming(Kind.CLAIM_PROVEN, ANNAS, proven=["cold-chain-broken"])
    liable = sales.world.services.ordering.liability(CLAIM)
    assert (liable.party, liable.fault) == (SHOP.party, None)


def test_who_handed_on_what_was_found_damaged_does_not_answer_if_it_was_so_when_they_got_it(sales: Aftercare) -> None:
    one = item("D2")
    sales.world.made(one)
    damaged = sales.world.observed(one, by=MAKER, disposition="damaged")
    sales.world.handed_over(one, to=SHOP, owner=SHOP)
    sales.bought(one, of=OTHER_ORDER)
    sales.filed(one, ask="unsafe", order=OTHER_ORDER)

    liable = sales.world.services.ordering.liability(CLAIM)

    assert (liable.party, liable.fault) == (MAKER.party, damaged.hash)
