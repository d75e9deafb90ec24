"""A refund is recorded before it is commanded, paid once however often that is tried, and ends what it was for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import PaymentState
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.errors import ProvenanceError, StorageError, UnreachableError
from provenance.ids import Subject
from provenance.ports.inbox import Fate
from provenance.services.refunding import Refunding
from provenance.services.signing import consumer
from tests.cast import SHOP
from tests.oracles import assert_log_is_sound
from tests.provider_dialects import MERCHANTS, Told, stripe_dispute, stripe_signed
from tests.sales import ANNA, FREIGHT, GLN, ORDER, PRICE, REFUND, RETURN, A, B, Sales
from tests.tills import NUMBER, TILL, Bank, attesting, kept, lost_writes, receiving, told, world_with_a_till
from tests.world import World

AMOUNT = Money(PRICE, "CNY")
BACK = Told("evt-2", NUMBER, PRICE, refund="2026-0001-1")
of_each = pytest.mark.parametrize("provider", MERCHANTS)


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def sales(tmp_path: Path, bank: Bank) -> Iterator[Sales]:
    world = world_with_a_till(tmp_path / "world", bank=bank)
    yield Sales(world)
    world.close()


def _bought(sales: Sales, bank: Bank, provider: str, *items: Subject) -> None:
    """From the offer to the buyer's hands, paid at a provider."""
    sales.stocked(*items)
    sales.published()
    sales.offered(pieces=len(items), attestor=TILL.party)
    sales.placed()
    paid = Told("evt-1", NUMBER, len(items) * PRICE + FREIGHT)
    bank.paid(provider, paid)
    told(sales.world, provider, paid)
    assert _turned(sales.world) == [(Fate.SETTLED, None)]
    sales.allocated(*items)
    sales.packed(*items)
    sales.shipped(*items)
    sales.delivered(*items)


def _returned(sales: Sales, bank: Bank, provider: str) -> None:
    _bought(sales, bank, provider, A)
    sales.requested()
    sales.returning(Kind.RETURN_ACCEPTED)
    sales.sent_back()
    sales.matched()


def _refunding(sales: Sales) -> Refunding:
    found = sales.world.services.refunding
    assert found is not None
    return found


def _turned(world: World) -> list[tuple[Fate, Code | None]]:
    attesting(world).turn()
    return [(one.fate, one.why) for one in kept(world)]


def _stage(sales: Sales, refund: Subject = REFUND) -> Stage:
    return sales.dossier(refund).stage(Machine.REFUND)


@of_each
def test_a_return_ends_when_the_provider_tells_that_it_paid(sales: Sales, bank: Bank, provider: str) -> None:
    _returned(sales, bank, provider)
    assert not _refunding(sales).is_granted(RETURN)
    assert _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()]) == REFUND
    command = _refunding(sales).command(REFUND)
    assert (command.name, command.order, command.amount) == ("2026-0001-1", NUMBER, AMOUNT)
    assert command.is_told == (provider == "stripe")
    told(sales.world, provider, BACK)

    assert _turned(sales.world)[1:] == [(Fate.SETTLED, None)]

    assert _stage(sales) is Stage.REFUNDED
    returning = sales.dossier(RETURN)
    ended = returning.newest(Kind.RETURN_REFUNDED)
    assert returning.stage(Machine.OUTCOME) is Stage.REFUNDED
    assert ended is not None
    assert [signer.party for signer in ended.signers] == [TILL.party]
    assert_log_is_sound(sales.world.services)
    told(sales.world, provider, replace(BACK, event="evt-3"))
    size = sales.world.size()
    assert _turned(sales.world)[2:] == [(Fate.SETTLED, None)]
    assert sales.world.size() == size


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_command_whose_record_or_answer_was_lost_is_given_again_under_the_same_name(
    sales: Sales, bank: Bank, monkeypatch: pytest.MonkeyPatch, is_stored: bool
) -> None:
    _returned(sales, bank, "stripe")
    _refunding(sales).grant(RETURN, AMOUNT, [consumer(ANNA)])
    with lost_writes(sales.world, monkeypatch, is_stored=is_stored), pytest.raises(StorageError):
        _refunding(sales).command(REFUND)
    assert len(bank.lines) == 1  # nothing is commanded that is not surely recorded
    bank.is_lost = True
    with pytest.raises(UnreachableError):
        _refunding(sales).command(REFUND)
    bank.is_lost = False

    command = _refunding(sales).command(REFUND)

    assert command.name == "2026-0001-1"
    assert [said.refund for said in bank.lines] == [None, "2026-0001-1"]
    assert len(sales.dossier(REFUND).all(Kind.REFUND_ASKED)) == 1


def test_what_failed_is_commanded_under_the_next_name_and_an_older_name_that_was_paid_is_refused(
    sales: Sales, bank: Bank
) -> None:
    _returned(sales, bank, "wechat")
    _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()])
    _refunding(sales).command(REFUND)
    told(sales.world, "wechat", replace(BACK, succeeded=False))
    _turned(sales.world)
    assert _stage(sales) is Stage.FAILED

    again = _refunding(sales).command(REFUND)
    told(sales.world, "wechat", replace(BACK, event="evt-3"))
    told(sales.world, "wechat", replace(BACK, event="evt-4", refund=again.name))

    assert again.name == "2026-0001-1@2"
    assert _turned(sales.world)[1:] == [
        (Fate.SETTLED, None), (Fate.REFUSED, Code.ALREADY_RESOLVED), (Fate.SETTLED, None),
    ]  # fmt: skip
    assert _stage(sales) is Stage.REFUNDED
    with pytest.raises(ProvenanceError) as refused:
        _refunding(sales).command(REFUND)
    assert refused.value.code is Code.ILLEGAL_STEP


def test_what_was_paid_after_it_had_failed_counts(sales: Sales, bank: Bank) -> None:
    _returned(sales, bank, "wechat")
    _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()])
    _refunding(sales).command(REFUND)
    told(sales.world, "wechat", replace(BACK, succeeded=False))
    told(sales.world, "wechat", replace(BACK, event="evt-3"))

    assert _turned(sales.world)[1:] == [(Fate.SETTLED, None)] * 2
    assert _stage(sales) is Stage.REFUNDED


def test_what_was_given_back_by_hand_before_it_was_commanded_counts(sales: Sales, bank: Bank) -> None:
    _returned(sales, bank, "alipay")
    told(sales.world, "alipay", BACK)
    assert _turned(sales.world)[1:] == [(Fate.WAITING, Code.UNKNOWN_DOSSIER)]
    _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()])

    assert _turned(sales.world)[1:] == [(Fate.SETTLED, None)]
    assert _stage(sales) is Stage.REFUNDED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minor": PRICE - 1}, Code.OTHER_AMOUNT),
        ({"order": "2026-0002"}, Code.UNKNOWN_TRANSFER),
        ({"refund": "2026/1"}, Code.WRONG_VALUE),
    ],
)
def test_a_refund_that_is_not_what_was_granted_ends_nothing(
    sales: Sales, bank: Bank, changes: dict[str, object], code: Code
) -> None:
    _returned(sales, bank, "wechat")
    _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()])
    _refunding(sales).command(REFUND)
    told(sales.world, "wechat", replace(BACK, **changes))  # type: ignore[arg-type]  # the test's own changes

    assert [why for _, why in _turned(sales.world)[1:]] == [code]
    assert _stage(sales) is Stage.ASKED


@pytest.mark.parametrize("is_first_first", [True, False])
def test_alipay_tells_the_sum_so_far_and_each_part_is_found_in_any_order(
    sales: Sales, bank: Bank, is_first_first: bool
) -> None:
    _bought(sales, bank, "alipay", A, B)
    refunds = []
    for number, one in enumerate((A, B), start=1):
        returning = Subject(f"return:{GLN}/2026-0001-{number}")
        sales.said(Kind.RETURN_REQUESTED, consumer(ANNA), of=returning, order=ORDER, item=one, ask="withdraw")
        sales.returning(Kind.RETURN_ACCEPTED, of=returning)
        refunds.append(_refunding(sales).grant(returning, Money(PRICE, "CNY"), [SHOP.hand()]))
        _refunding(sales).command(refunds[-1])
    telling = [
        Told("evt-2", NUMBER, PRICE, refund="2026-0001-1"),
        Told("evt-3", NUMBER, 2 * PRICE, refund="2026-0001-2"),
    ]
    for one_told in telling if is_first_first else reversed(telling):
        told(sales.world, "alipay", one_told)

    assert _turned(sales.world)[1:] == [(Fate.SETTLED, None)] * 2
    assert [_stage(sales, refund) for refund in refunds] == [Stage.REFUNDED] * 2


def test_a_sum_that_no_refunds_add_up_to_is_refused(sales: Sales, bank: Bank) -> None:
    _returned(sales, bank, "alipay")
    _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()])
    _refunding(sales).command(REFUND)
    told(sales.world, "alipay", replace(BACK, minor=PRICE + 1))

    assert _turned(sales.world)[1:] == [(Fate.REFUSED, Code.OTHER_AMOUNT)]


def test_a_cancelled_order_is_paid_back_whole(sales: Sales, bank: Bank) -> None:
    sales.stocked(A)
    sales.published()
    sales.offered(attestor=TILL.party)
    sales.placed()
    told(sales.world, "wechat", Told("evt-1", NUMBER, PRICE + FREIGHT))
    _turned(sales.world)
    sales.cancelled()
    refund = _refunding(sales).grant(ORDER, Money(PRICE + FREIGHT, "CNY"), [consumer(ANNA)])
    command = _refunding(sales).command(refund)
    told(sales.world, "wechat", Told("evt-2", NUMBER, PRICE + FREIGHT, refund=command.name))

    assert command.name == "2026-0001-all"
    assert _turned(sales.world)[1:] == [(Fate.SETTLED, None)]
    assert _stage(sales, refund) is Stage.REFUNDED


def test_a_shared_secret_waits_for_the_list_of_refunds_too(sales: Sales, bank: Bank) -> None:
    _returned(sales, bank, "stripe")
    _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()])
    told(sales.world, "stripe", BACK)
    assert _turned(sales.world)[1:] == [(Fate.WAITING, Code.UNCONFIRMED_NOTICE)]

    bank.paid("stripe", BACK, PaymentState.REFUNDED)

    assert _turned(sales.world)[1:] == [(Fate.SETTLED, None)]


def _disputed(sales: Sales, event: str, status: str, minor: int = PRICE) -> None:
    body = stripe_dispute(event, minor, status)
    receiving(sales.world).receive("stripe", None, stripe_signed(body, sales.now), body)


def _listed(bank: Bank, state: PaymentState) -> None:
    bank.paid("stripe", Told("", NUMBER, PRICE), state)


@pytest.mark.parametrize(
    ("status", "state", "stage"),
    [
        ("won", PaymentState.CHARGEBACK_WON, Stage.WON),
        ("lost", PaymentState.CHARGEBACK_LOST, Stage.LOST),
    ],
)
def test_a_chargeback_is_recorded_as_the_provider_tells_and_lists_it_in_any_order(
    sales: Sales, bank: Bank, status: str, state: PaymentState, stage: Stage
) -> None:
    _returned(sales, bank, "stripe")
    _disputed(sales, "evt-7", status)
    _disputed(sales, "evt-8", "needs_response")
    _disputed(sales, "evt-9", "warning_closed")
    assert _turned(sales.world)[1:] == [(Fate.WAITING, Code.UNCONFIRMED_NOTICE)] * 2
    _listed(bank, PaymentState.CHARGED_BACK)
    _turned(sales.world)
    assert sales.dossier().stage(Machine.CHARGEBACK) is Stage.OPEN
    with pytest.raises(ProvenanceError) as refused:
        _refunding(sales).grant(RETURN, AMOUNT, [SHOP.hand()])
    assert refused.value.code is Code.STILL_OPEN
    _listed(bank, state)

    assert _turned(sales.world)[1:] == [(Fate.SETTLED, None)] * 2
    assert sales.dossier().stage(Machine.CHARGEBACK) is stage
    size = sales.world.size()
    _disputed(sales, "evt-10", "needs_response")
    _disputed(sales, "evt-11", status)
    assert _turned(sales.world)[3:] == [(Fate.SETTLED, None)] * 2
    assert sales.world.size() == size


def test_a_chargeback_of_a_payment_that_nobody_recorded_waits(sales: Sales) -> None:
    _disputed(sales, "evt-7", "needs_response")

    assert _turned(sales.world) == [(Fate.WAITING, Code.UNKNOWN_DOSSIER)]
