from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.gs1 import coupons, linters
from provenance.gs1.application_identifiers import TABLE
from provenance.gs1.linters import Flaw, Linter
from tests.gs1_values import components

CHECKS = sorted(
    {check for row in TABLE.values() for part in row.parts for check in (part.alphabet, *part.checks)},
    key=lambda check: check.__name__,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_any_text_gets_an_answer(check: Linter) -> None:
    @given(st.text(max_size=40) | st.text("0123456789", max_size=40) | st.text(list("012/-=%"), max_size=8))
    def answers(text: str) -> None:
        flaw = check(text)

        assert flaw is None or isinstance(flaw, Flaw)
        assert flaw is None or (flaw.fact[0].islower() and not flaw.fact.endswith("."))

    answers()


@given(st.data())
def test_what_the_table_allows_has_no_flaw(data: st.DataObject) -> None:
    part = data.draw(st.sampled_from([part for row in TABLE.values() for part in row.parts]))
    component = data.draw(components(part))

    assert [check(component) for check in (part.alphabet, *part.checks)] == [None] * (1 + len(part.checks))


def test_every_check_is_used_by_the_table() -> None:
    public = {function for name, function in inspect.getmembers(linters, inspect.isfunction) if name[0] != "_"}
    own = {function for function in public if function.__module__ == linters.__name__}

    assert own <= set(CHECKS)
    assert {coupons.coupon, coupons.positive_offer} <= set(CHECKS)


@pytest.mark.parametrize(
    ("check", "text", "code", "word"),
    [
        (linters.date, "261301", Code.WRONG_CONTENT, "month"),
        (linters.date, "260229", Code.WRONG_CONTENT, "day"),
        (linters.date, "260100", Code.WRONG_CONTENT, "day"),
        (linters.date_or_month, "260232", Code.WRONG_CONTENT, "day"),
        (linters.date_or_month, "261300", Code.WRONG_CONTENT, "month"),
        (linters.full_date, "21000229", Code.WRONG_CONTENT, "day"),
        (linters.date, "26010", Code.WRONG_LENGTH, "date"),
        (linters.check_digit, "09521234543214", Code.BAD_CHECK_DIGIT, "check digit is 3"),
        (linters.check_pair, "1987654Ad4X4bL5ttr2310cXX", Code.BAD_CHECK_DIGIT, "check pair is 2K"),
        (linters.prefix, "952", Code.WRONG_CONTENT, "prefix"),
        (linters.cset_82, "a b", Code.WRONG_CHARACTER, "CSET 82"),
        (linters.numeric, "٣", Code.WRONG_CHARACTER, "digit"),
        (linters.piece_of_total, "0302", Code.WRONG_CONTENT, "beyond"),
        (linters.iban, "BE71096123456760", Code.BAD_CHECK_DIGIT, "IBAN"),
        (coupons.coupon, "01234561234561111012335006064500607", Code.WRONG_CONTENT, "expires"),
    ],
)
def test_a_flaw_says_what_it_is(check: Linter, text: str, code: Code, word: str) -> None:
    flaw = check(text)

    assert flaw is not None
    assert flaw.code is code
    assert word in flaw.fact


def test_the_29th_of_february_of_the_year_00_exists() -> None:
    assert linters.date("000229") is None
    assert linters.full_date("20000229") is None
    assert linters.full_date("19000229") is not None
