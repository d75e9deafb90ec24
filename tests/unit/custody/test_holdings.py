"""Double entry: whatever is posted, nothing appears and nothing vanishes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.custody.holdings import (
    SOURCE,
    Holdings,
    balance,
    has_any,
    in_base_unit,
    party_account,
    post,
    sold_account,
    transit_account,
    transits,
)
from provenance.errors import Refusal
from provenance.ids import PartyId
from tests.strategies import amounts, measures, parties, postings

A, B = PartyId("did:example:a"), PartyId("did:example:b")


@given(postings())
def test_the_accounts_always_sum_to_nothing(posted: list[tuple[str, str, Decimal, str]]) -> None:
    holdings: Holdings = ()

    for debit, credit, amount, unit in posted:
        after = post(holdings, amount, unit, debit=debit, credit=credit)
        holdings = holdings if isinstance(after, Refusal) else after

        for measure in {of for _, of, _ in holdings}:
            assert sum(Fraction(value) for _, of, value in holdings if of == measure) == 0
        assert all(value > 0 or name == SOURCE for name, _, value in holdings)
        assert list(holdings) == sorted(holdings)


@given(postings())
def test_a_posting_moves_exactly_its_amount(posted: list[tuple[str, str, Decimal, str]]) -> None:
    holdings: Holdings = ()

    for debit, credit, amount, unit in posted:
        after = post(holdings, amount, unit, debit=debit, credit=credit)
        if isinstance(after, Refusal):
            assert after.code is Code.NOT_ENOUGH
            assert balance(holdings, debit, unit) < amount
            continue
        if debit != credit:
            left, came = (
                Fraction(balance(after, name, unit)) - Fraction(balance(holdings, name, unit))
                for name in (debit, credit)
            )
            assert came == -left == Fraction(amount)
        holdings = after


@given(amount=amounts(), unit=measures())
def test_a_base_unit_is_its_own(amount: Decimal, unit: str) -> None:
    once = in_base_unit(amount, unit)

    assert in_base_unit(*once) == once


@pytest.mark.parametrize(
    ("amount", "unit", "same"),
    [
        ("1500", "GRM", ("1.5", "KGM")),
        ("0.001", "TNE", ("1", "KGM")),
        ("5", "MGM", ("0.000005", "KGM")),
        ("75", "CLT", ("0.75", "LTR")),
        ("2", "MTQ", ("2000", "LTR")),
        ("12", "CMT", ("0.12", "MTR")),
        ("3", "CMK", ("0.0003", "MTK")),
        ("3", "H87", ("3", "H87")),
        ("3", "", ("3", "")),
    ],
)
def test_amounts_are_counted_in_base_units(amount: str, unit: str, same: tuple[str, str]) -> None:
    assert in_base_unit(Decimal(amount), unit) == (Decimal(same[0]), same[1])


def test_the_finest_and_the_largest_amount_are_both_exact() -> None:
    tonnes, unit = in_base_unit(Decimal(2**53 - 1), "TNE")
    speck, _ = in_base_unit(Decimal(1).scaleb(-30), "MGM")

    full = post((), tonnes, unit, debit=SOURCE, credit="a")
    assert not isinstance(full, Refusal)
    after = post(full, speck, unit, debit="a", credit="b")

    assert not isinstance(after, Refusal)
    assert balance(after, "b", unit) == speck
    assert isinstance(post(after, tonnes, unit, debit="a", credit="b"), Refusal)


def test_an_account_says_how_much_is_missing() -> None:
    refused = post((("a", "KGM", Decimal("1.50")),), Decimal(2), "KGM", debit="a", credit="b")

    assert isinstance(refused, Refusal)
    assert refused.message == "a holds 1.5 KGM, 2 were to leave it"


def test_units_of_measure_are_never_mixed() -> None:
    holdings: Holdings = (("a", "KGM", Decimal(5)),)

    assert isinstance(post(holdings, Decimal(1), "LTR", debit="a", credit="b"), Refusal)
    assert has_any(holdings, "a")
    assert not has_any(holdings, "b")


@given(giver=parties(), receiver=parties(), amount=amounts())
def test_a_transit_account_names_both_ends_and_no_other(giver: PartyId, receiver: PartyId, amount: Decimal) -> None:
    rows: Holdings = (
        (party_account(receiver), "KGM", amount),
        (sold_account(giver), "KGM", amount),
        (transit_account(giver, receiver), "KGM", amount),
    )

    (way,) = transits(rows)

    assert (way.giver, way.receiver, way.unit, way.amount) == (giver, receiver, "KGM", amount)
    assert way.account == transit_account(giver, receiver)


@given(st.sets(parties(), min_size=2, max_size=4))
def test_no_two_accounts_of_different_parties_are_the_same(found: set[PartyId]) -> None:
    names = [*map(party_account, found), *map(sold_account, found)]
    names += [transit_account(one, other) for one in found for other in found]

    assert len(set(names)) == len(names)
