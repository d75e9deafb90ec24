"""A provider that sends twice, late, in disorder, never or damaged: no book is ever wrong, and each gap is named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fake_provider import FAULTS, FakeProviderAtWork, fake_provider
from tests.payment_chaos import assert_all_is_well, chaos


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProviderAtWork]:
    with fake_provider() as at_work:
        yield at_work


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_the_books_hold_and_the_breaks_are_what_was_injected(
    provider: FakeProviderAtWork, fault: str
) -> None:
    told = chaos(provider, fault, orders=30, seed=7)

    assert_all_is_well(told)
    assert bool(told.injected) == (fault in {"drop", "corrupt", "amount"})
    assert bool(told.forged) == (fault == "corrupt")


def test_the_fake_provider_gives_back_no_more_than_was_paid_and_nothing_twice(provider: FakeProviderAtWork) -> None:
    provider.ask("begin", seed=1, fault="none")
    provider.ask("pay", provider="wechat", order="o", minor=100)

    answers = [
        provider.ask("refund", provider="wechat", order="o", refund=name, minor=minor)["taken"]
        for name, minor in (("a", 101), ("a", 60), ("a", 60), ("b", 41), ("b", 40), ("c", 1))
    ]

    assert answers == [False, True, True, False, True, False]
