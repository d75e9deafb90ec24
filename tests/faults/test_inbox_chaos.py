"""The chaos of a payment provider through the doors of the product: kept, attested, paid back, and compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_provider import FAULTS, FakeProviderAtWork, fake_provider
from tests.inbox_chaos import assert_all_is_well, chaos


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProviderAtWork]:
    with fake_provider() as at_work:
        yield at_work


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_nothing_is_paid_twice_and_the_breaks_are_what_was_injected(
    provider: FakeProviderAtWork, fault: str, tmp_path: Path
) -> None:
    told = chaos(provider, fault, tmp_path / "home", orders=9, seed=3)

    assert_all_is_well(told)
    assert bool(told.injected) == (fault in {"drop", "corrupt", "amount"})
    assert bool(told.forged) == (fault == "corrupt")
