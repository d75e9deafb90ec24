"""Amounts are exact: no floats, no mixed currencies, nothing lost between parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.money import Money, allocate, minor_digits, parse_money, share_rounded_down
from provenance.encoding.textual import LARGEST_INTEGER
from provenance.errors import MalformedError, RefusedError

currencies = st.sampled_from(("CNY", "EUR", "JPY", "BHD", "PTS:9520123000004"))
amounts = st.builds(Money, st.integers(-(10**12), 10**12), currencies)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(19900, "CNY"), "CNY 199.00"),
        (Money(-5, "EUR"), "EUR -0.05"),
        (Money(1500, "JPY"), "JPY 1500"),
        (Money(1, "KWD"), "KWD 0.001"),
        (Money(250, "PTS:9520123000004"), "PTS:9520123000004 250"),
    ],
)
def test_an_amount_is_printed_with_the_digits_its_currency_has(money: Money, text: str) -> None:
    assert str(money) == text
    assert parse_money(text) == money


@given(amounts)
def test_an_amount_reads_back_as_what_it_was(money: Money) -> None:
    assert parse_money(str(money)) == money


@given(st.text(alphabet="CNYEUR 0123456789.-+_e"))
def test_whatever_the_parser_accepts_is_printed_the_same(text: str) -> None:
    try:
        money = parse_money(text)
    except MalformedError:
        return
    assert str(money) == text


@pytest.mark.parametrize(
    "text",
    ["CNY 1", "CNY 1.5", "CNY 01.00", "CNY -0.00", "CNY +1.00", "CNY 1.000", "JPY 1.0", "cny 1.00", "CNY  1.00", ""],
)
def test_refuses_another_spelling_of_an_amount(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_money(text)

    assert refused.value.code == Code.MALFORMED_TEXT


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_refuses_an_amount_that_is_no_whole_number(minor: object) -> None:
    with pytest.raises(MalformedError) as refused:
        Money(minor, "CNY")  # type: ignore[arg-type]  # what a caller without a type checker may do

    assert refused.value.code == Code.WRONG_TYPE


def test_refuses_an_amount_that_json_could_not_hold_exactly() -> None:
    most = Money(LARGEST_INTEGER, "CNY")

    with pytest.raises(MalformedError) as refused:
        most + Money(1, "CNY")

    assert refused.value.code == Code.NUMBER_OUT_OF_RANGE


@pytest.mark.parametrize("reckon", [Money.__add__, Money.__sub__, Money.__lt__, Money.__le__])
def test_two_currencies_never_meet(reckon: object) -> None:
    with pytest.raises(RefusedError) as refused:
        reckon(Money(1, "CNY"), Money(1, "EUR"))  # type: ignore[operator]  # each is a method of two amounts

    assert refused.value.code == Code.WRONG_CURRENCY


@given(amounts, amounts.filter(lambda money: money.currency == "CNY"))
def test_what_is_taken_away_again_leaves_the_amount_as_it_was(money: Money, other: Money) -> None:
    same = Money(other.minor, money.currency)

    assert money + same - same == money
    assert -money + money == Money(0, money.currency)


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_an_allocation_loses_and_invents_nothing(total: Money, weights: list[int]) -> None:
    parts = allocate(total, weights)

    assert sum((part.minor for part in parts), 0) == total.minor
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor * sum(weights) - total.minor * weight) < sum(weights)


@given(st.integers(1, 10**9), st.lists(st.integers(1, 99), min_size=2, max_size=5))
def test_what_has_no_weight_gets_nothing(minor: int, weights: list[int]) -> None:
    assert allocate(Money(minor, "CNY"), [0, *weights])[0].minor == 0


@pytest.mark.parametrize("weights", [(), (0, 0), (1, -1)])
def test_refuses_weights_that_do_not_say_where_the_money_goes(weights: tuple[int, ...]) -> None:
    with pytest.raises(RefusedError) as refused:
        allocate(Money(100, "CNY"), weights)

    assert refused.value.code == Code.WRONG_VALUE


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_share_rounded_down_is_less_than_one_unit_short(of: int, basis_points: int) -> None:
    share = share_rounded_down(of, basis_points)

    assert 0 <= of * basis_points - share * 10_000 < 10_000


def test_points_have_no_cents() -> None:
    assert minor_digits("PTS:9520123000004") == 0
