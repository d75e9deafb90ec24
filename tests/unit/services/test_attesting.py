"""What a provider told becomes a record once, if it fits its order, whatever comes late, twice, or in disorder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.errors import StorageError
from provenance.ports.inbox import Fate
from provenance.services.signing import consumer
from tests.oracles import assert_log_is_sound
from tests.provider_dialects import MERCHANTS, Told
from tests.sales import ANNA, FREIGHT, OTHER_ORDER, PRICE, A, Sales
from tests.tills import NUMBER, TILL, Bank, attesting, kept, lost_writes, restarted, told, world_with_a_till
from tests.world import World

PAID = Told("evt-1", NUMBER, PRICE + FREIGHT)
of_each = pytest.mark.parametrize("provider", MERCHANTS)


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def world(tmp_path: Path, bank: Bank) -> Iterator[World]:
    world = world_with_a_till(tmp_path / "world", bank=bank)
    yield world
    world.close()


@pytest.fixture
def sales(world: World) -> Sales:
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.offered(attestor=TILL.party)
    sales.placed()
    return sales


def _turned(world: World) -> list[tuple[Fate, Code | None]]:
    """One look at what waits; what became of everything that ever came."""
    attesting(world).turn()
    return [(one.fate, one.why) for one in kept(world)]


def _stage(sales: Sales) -> Stage:
    return sales.dossier().stage(Machine.ORDER)


@of_each
def test_a_payment_that_fits_is_signed_by_the_attestor_with_its_grade_and_what_was_told(
    sales: Sales, bank: Bank, provider: str
) -> None:
    bank.paid(provider, PAID)
    told(sales.world, provider, PAID)

    assert _turned(sales.world) == [(Fate.SETTLED, None)]

    paid = sales.dossier().newest(Kind.ORDER_PAID)
    assert paid is not None
    members, (one,) = paid.record.members, kept(sales.world)
    assert members.raw("grade") == ("B" if provider == "stripe" else "A")
    assert (members.raw("provider"), members.raw("merchant")) == (provider, MERCHANTS[provider])
    assert (members.raw("reference"), members.raw("told")) == (one.notice.reference, one.digest)
    assert [signer.party for signer in paid.signers] == [TILL.party]
    assert_log_is_sound(sales.world.services)


def test_a_payment_told_again_and_by_another_name_is_recorded_once(sales: Sales) -> None:
    told(sales.world, "wechat", PAID)
    _turned(sales.world)
    size = sales.world.size()
    told(sales.world, "wechat", PAID)
    told(sales.world, "wechat", replace(PAID, event="evt-2"))

    assert _turned(sales.world) == [(Fate.SETTLED, None)] * 2
    assert sales.world.size() == size


def test_a_second_payment_of_one_order_is_refused_for_a_person_to_give_back(sales: Sales) -> None:
    told(sales.world, "wechat", PAID)
    told(sales.world, "wechat", replace(PAID, event="evt-2", reference="another"))
    told(sales.world, "alipay", replace(PAID, reference="third"))

    assert _turned(sales.world) == [(Fate.SETTLED, None), *[(Fate.REFUSED, Code.PAID_TWICE)] * 2]
    assert len(sales.dossier().all(Kind.ORDER_PAID)) == 1


def test_what_is_not_the_whole_price_pays_nothing(sales: Sales) -> None:
    for number, minor in enumerate((PAID.minor - 1, PAID.minor + 1, 1)):
        told(sales.world, "alipay", replace(PAID, event=f"evt-{number}", minor=minor))

    assert _turned(sales.world) == [(Fate.REFUSED, Code.OTHER_AMOUNT)] * 3
    assert _stage(sales) is Stage.PLACED


def test_what_comes_before_its_order_waits_for_it(world: World) -> None:
    sales = Sales(world)
    told(world, "wechat", PAID)
    assert _turned(world) == [(Fate.WAITING, Code.UNKNOWN_DOSSIER)]
    sales.stocked(A)
    sales.published()
    sales.offered(attestor=TILL.party)
    assert _turned(world) == [(Fate.WAITING, Code.ILLEGAL_STEP)]
    sales.placed()

    assert _turned(world) == [(Fate.SETTLED, None)]
    assert _stage(sales) is Stage.PAID


def test_a_failed_payment_leaves_the_order_to_be_paid_otherwise_in_any_order_of_arrival(sales: Sales) -> None:
    failed = replace(PAID, event="evt-0", reference="first", succeeded=False)
    told(sales.world, "wechat", failed)
    told(sales.world, "wechat", PAID)
    told(sales.world, "wechat", replace(failed, event="evt-9"))

    assert _turned(sales.world) == [(Fate.SETTLED, None)] * 3
    assert _stage(sales) is Stage.PAID


def test_a_payment_that_is_taken_back_under_its_own_reference_contradicts_the_record(sales: Sales) -> None:
    told(sales.world, "wechat", PAID)
    _turned(sales.world)
    told(sales.world, "wechat", replace(PAID, event="evt-2", succeeded=False))

    assert _turned(sales.world) == [(Fate.SETTLED, None), (Fate.REFUSED, Code.ALREADY_RESOLVED)]


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_money_for_an_order_that_is_over_is_refused(sales: Sales, is_cancelled: bool) -> None:
    if is_cancelled:
        sales.cancelled()
    else:
        sales.later(timedelta(hours=2))
        sales.said(Kind.ORDER_EXPIRED, consumer(ANNA))
    told(sales.world, "alipay", PAID)

    assert _turned(sales.world) == [(Fate.REFUSED, Code.TOO_LATE)]


def test_money_that_came_after_the_last_moment_to_pay_is_refused(sales: Sales) -> None:
    sales.later(timedelta(hours=2))
    told(sales.world, "alipay", PAID)

    assert _turned(sales.world) == [(Fate.REFUSED, Code.TOO_LATE)]
    assert _stage(sales) is Stage.PLACED


def test_the_payment_of_one_order_pays_no_other(sales: Sales) -> None:
    told(sales.world, "wechat", PAID)
    _turned(sales.world)
    sales.offered(OTHER_ORDER, attestor=TILL.party)
    sales.placed(OTHER_ORDER)
    told(sales.world, "wechat", replace(PAID, event="evt-2", order="2026-0002"))

    assert _turned(sales.world)[1] == (Fate.REFUSED, Code.SLOT_TAKEN)


def test_an_order_that_named_another_attestor_is_not_paid_by_this_one(sales: Sales) -> None:
    sales.offered(OTHER_ORDER)
    sales.placed(OTHER_ORDER)
    told(sales.world, "wechat", replace(PAID, order="2026-0002"))

    assert _turned(sales.world) == [(Fate.WAITING, Code.NOT_ENTITLED)]


def test_a_shared_secret_waits_for_the_providers_own_list(sales: Sales, bank: Bank) -> None:
    bank.is_silent = True
    told(sales.world, "stripe", PAID)
    assert _turned(sales.world) == [(Fate.WAITING, Code.UNREACHABLE)]
    bank.is_silent = False
    bank.paid("stripe", replace(PAID, minor=1))
    assert _turned(sales.world) == [(Fate.WAITING, Code.UNCONFIRMED_NOTICE)]
    bank.paid("stripe", PAID)

    assert _turned(sales.world) == [(Fate.SETTLED, None)]
    assert _stage(sales) is Stage.PAID


def test_who_signs_what_they_tell_is_not_asked_again(sales: Sales, bank: Bank) -> None:
    told(sales.world, "wechat", PAID)

    assert _turned(sales.world) == [(Fate.SETTLED, None)]
    assert bank.asked == 0


def test_a_number_that_no_order_can_have_is_refused(sales: Sales) -> None:
    told(sales.world, "alipay", replace(PAID, order="2026/0001"))

    assert _turned(sales.world) == [(Fate.REFUSED, Code.WRONG_VALUE)]


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_record_whose_writing_was_lost_or_only_reported_so_is_made_once(
    sales: Sales, monkeypatch: pytest.MonkeyPatch, is_stored: bool
) -> None:
    told(sales.world, "wechat", PAID)
    with lost_writes(sales.world, monkeypatch, is_stored=is_stored), pytest.raises(StorageError):
        attesting(sales.world).turn()
    assert (_stage(sales) is Stage.PAID) == is_stored

    again = restarted(sales.world)
    assert _turned(again) == [(Fate.SETTLED, None)]

    assert len(Sales(again).dossier().all(Kind.ORDER_PAID)) == 1
    again.close()


def test_bodies_of_what_is_settled_are_forgotten_after_the_days_that_the_file_names(sales: Sales) -> None:
    told(sales.world, "wechat", PAID)
    told(sales.world, "wechat", replace(PAID, event="evt-2", order="no-such-order"))
    inbox = sales.world.services.inbox

    def bodies() -> list[bool]:
        return [inbox.sealed(one.notice.provider, one.notice.event) is not None for one in kept(sales.world)]

    _turned(sales.world)
    sales.later(timedelta(days=30))
    _turned(sales.world)
    assert bodies() == [True, True]

    sales.later(timedelta(seconds=1))
    _turned(sales.world)

    assert bodies() == [False, True]


def test_a_key_that_is_not_there_lets_everything_wait(sales: Sales) -> None:
    told(sales.world, "wechat", PAID)
    (sales.world.services.settings.home / "keys" / "payments.key").unlink()

    assert _turned(sales.world) == [(Fate.WAITING, Code.BAD_SETTING)]
    assert _stage(sales) is Stage.PLACED
