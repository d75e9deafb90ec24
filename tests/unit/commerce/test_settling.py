"""What a provider says enters a book once, as it was asked for, or not at all; and what differs is named."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.ledger import Account, AccountKind, Ledger
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import Grade, PaymentNotice, PaymentState, Provider
from provenance.commerce.reconciliation import Break, Difference, breaks
from provenance.commerce.settling import Said, Till, ask_payment, ask_refund, believed, settle
from provenance.errors import ProvenanceError, RefusedError

TILL, PRICE, PART = Till(Provider.WECHAT, "1900000001"), Money(19900, "CNY"), Money(5000, "CNY")
ESCROW = Account(AccountKind.ESCROW, "o")
PAID = Said(TILL, "o", None, PRICE, PaymentState.PAID)
NOT_PAID = replace(PAID, state=PaymentState.NOT_PAID)
REFUNDED = Said(TILL, "o", "r", PART, PaymentState.REFUNDED)
NOT_REFUNDED = replace(REFUNDED, state=PaymentState.NOT_REFUNDED)

ASKED = ask_payment(Ledger(), "o", PRICE, at=TILL)
HELD = settle(ASKED, PAID)
GIVING_BACK = ask_refund(HELD, "o", PART, refund="r", at=TILL)


def _refusal(ledger: Ledger, said: Said) -> Code:
    with pytest.raises(RefusedError) as refused:
        settle(ledger, said)
    return refused.value.code


def test_a_payment_waits_until_the_provider_has_it_and_then_is_held() -> None:
    assert ASKED.balance(ESCROW, "CNY").minor == 0
    assert [transfer.id for transfer in ASKED.pending()] == ["payment o"]
    assert HELD.balance(ESCROW, "CNY") == PRICE
    assert HELD.pending() == ()


def test_a_refund_is_spoken_for_and_leaves_only_when_the_provider_gave_it_back() -> None:
    given, kept = settle(GIVING_BACK, REFUNDED), settle(GIVING_BACK, NOT_REFUNDED)

    assert GIVING_BACK.available(ESCROW, "CNY") == PRICE - PART
    assert given.balance(ESCROW, "CNY") == PRICE - PART
    assert kept.available(ESCROW, "CNY") == PRICE


def test_what_is_asked_or_said_again_changes_nothing() -> None:
    assert ask_payment(ASKED, "o", PRICE, at=TILL) is ASKED
    assert settle(HELD, PAID) is HELD
    assert ask_refund(GIVING_BACK, "o", PART, refund="r", at=TILL) is GIVING_BACK
    given = settle(GIVING_BACK, REFUNDED)
    assert settle(given, REFUNDED) is given
    assert settle(given, PAID) is given


def test_what_contradicts_is_refused() -> None:
    assert _refusal(HELD, NOT_PAID) is Code.ALREADY_RESOLVED
    assert _refusal(settle(ASKED, NOT_PAID), PAID) is Code.ALREADY_RESOLVED
    assert _refusal(settle(GIVING_BACK, NOT_REFUNDED), REFUNDED) is Code.ALREADY_RESOLVED


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (replace(PAID, order="p"), Code.UNKNOWN_TRANSFER),
        (REFUNDED, Code.UNKNOWN_TRANSFER),
        (replace(PAID, till=Till(Provider.STRIPE, "1900000001")), Code.OTHER_MERCHANT),
        (replace(PAID, till=Till(Provider.WECHAT, "1900000002")), Code.OTHER_MERCHANT),
        (replace(PAID, amount=Money(19899, "CNY")), Code.OTHER_AMOUNT),
        (replace(PAID, amount=Money(19901, "CNY")), Code.OTHER_AMOUNT),
        (replace(PAID, amount=Money(19900, "EUR")), Code.OTHER_AMOUNT),
    ],
)
def test_what_was_not_asked_for_so_is_refused(said: Said, code: Code) -> None:
    assert _refusal(ASKED, said) is code


def test_a_refund_of_one_order_settles_none_of_another() -> None:
    assert _refusal(GIVING_BACK, replace(REFUNDED, order="p")) is Code.UNKNOWN_TRANSFER


def test_no_more_is_asked_back_than_is_held() -> None:
    for ledger, minor, refund in ((ASKED, 1, "r"), (HELD, 19901, "r"), (GIVING_BACK, 14901, "s")):
        with pytest.raises(RefusedError) as refused:
            ask_refund(ledger, "o", Money(minor, "CNY"), refund=refund, at=TILL)
        assert refused.value.code is Code.NOT_ENOUGH


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_and_less_than_nothing_is_not_asked_for(minor: int) -> None:
    with pytest.raises(RefusedError) as refused:
        ask_payment(Ledger(), "o", Money(minor, "CNY"), at=TILL)
    assert refused.value.code is Code.WRONG_VALUE


def test_a_shared_secret_is_believed_only_with_the_providers_own_list() -> None:
    notice = PaymentNotice(Provider.WECHAT, "e", "1900000001", "o", "hash", None, PRICE, PaymentState.PAID, Grade.B)

    assert believed(replace(notice, grade=Grade.A)) == PAID
    assert believed(notice, [REFUNDED, PAID]) == PAID
    for listed in ([], [NOT_PAID], [replace(PAID, amount=PART)], [replace(PAID, order="p")]):
        with pytest.raises(ProvenanceError) as refused:
            believed(notice, listed)
        assert refused.value.code is Code.UNCONFIRMED_NOTICE


def test_book_and_list_agree_when_each_has_what_the_other_has() -> None:
    assert breaks(ASKED, [NOT_PAID]) == ()
    assert breaks(GIVING_BACK, [PAID]) == ()
    assert breaks(settle(GIVING_BACK, REFUNDED), [PAID, REFUNDED]) == ()


def test_every_difference_has_its_name_and_both_amounts() -> None:
    less = Money(19899, "CNY")

    assert breaks(ASKED, [PAID]) == (Break(Difference.NOT_BOOKED, PAID.transfer, PRICE, PRICE),)
    assert breaks(HELD, []) == (Break(Difference.NOT_DONE, PAID.transfer, PRICE, None),)
    assert breaks(ASKED, [replace(PAID, amount=less)]) == (Break(Difference.OTHER_AMOUNT, PAID.transfer, PRICE, less),)
    assert breaks(HELD, [PAID, REFUNDED]) == (Break(Difference.NOT_ASKED, REFUNDED.transfer, None, PART),)
    assert breaks(HELD, [PAID, PAID]) == (Break(Difference.DONE_TWICE, PAID.transfer, PRICE, PRICE),)


@st.composite
def sums_so_far(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Refunds of one payment as (name, minor, sum so far), in any order of arrival."""
    minors = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=8))
    sums = accumulate(minors)
    told = [(f"r{number}", minor, so_far) for number, (minor, so_far) in enumerate(zip(minors, sums, strict=True))]
    return draw(st.permutations(told))


def _alipay(refund: str, minor: int) -> PaymentNotice:
    amount = Money(minor, "CNY")
    return PaymentNotice(
        Provider.ALIPAY, "e", "2088", "o", "hash", refund, amount, PaymentState.REFUNDED, Grade.A
    )  # fmt: skip


ALIPAY = Till(Provider.ALIPAY, "2088")


def _all_asked(refunds: list[tuple[str, int, int]], paid: int) -> Ledger:
    whole = Money(paid, "CNY")
    ledger = settle(ask_payment(Ledger(), "o", whole, at=ALIPAY), Said(ALIPAY, "o", None, whole, PaymentState.PAID))
    for name, minor, _ in refunds:
        ledger = ask_refund(ledger, "o", Money(minor, "CNY"), refund=name, at=ALIPAY)
    return ledger


@given(sums_so_far())
def test_sums_so_far_are_resolved_into_their_parts_in_any_order_of_arrival(refunds: list[tuple[str, int, int]]) -> None:
    in_all = sum(minor for _, minor, _ in refunds)
    ledger = _all_asked(refunds, in_all)

    for name, _, so_far in refunds:
        ledger = settle(ledger, believed(_alipay(name, so_far), book=ledger))

    assert ledger.balance(ESCROW, "CNY").minor == 0
    assert ledger.pending() == ()


@pytest.mark.parametrize("told", [1, 99, 101, 299, 351, 499])
def test_a_sum_that_no_refunds_add_up_to_settles_nothing(told: int) -> None:
    ledger = _all_asked([("a", 100, 0), ("b", 200, 0)], 500)

    with pytest.raises(RefusedError) as refused:
        settle(ledger, believed(_alipay("a", told), book=ledger))

    assert refused.value.code is Code.OTHER_AMOUNT


def test_what_failed_is_in_no_sum_and_too_many_parts_are_left_to_a_person() -> None:
    two = _all_asked([("a", 100, 0), ("b", 200, 0)], 500)
    failed = settle(two, Said(ALIPAY, "o", "b", Money(200, "CNY"), PaymentState.NOT_REFUNDED))
    many = _all_asked([(f"r{bit}", 2**bit, 0) for bit in range(14)], 2**14)

    for ledger, name, told in ((failed, "a", 300), (many, "r0", 2**14 - 1)):
        with pytest.raises(RefusedError) as refused:
            settle(ledger, believed(_alipay(name, told), book=ledger))
        assert refused.value.code is Code.OTHER_AMOUNT
