"""The terms of Lantern Street Store: what it promises for after the sale, once for all sales and once for a summer.

The summer's terms give fourteen days. After it has sold under them, the store publishes a second revision with seven;
the orders before it go by the first all the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from provenance.commerce.terms import Terms, Withdrawal
from provenance.commerce.vocabulary import Jurisdiction, Outbound, Payer, Trait
from provenance.ids import Subject
from sample_data.cast import STORE

STANDARD_TERMS = Subject(f"terms:{STORE.id.rpartition('/')[2]}/standard")
SUMMER_TERMS = Subject(f"terms:{STORE.id.rpartition('/')[2]}/summer")


def hash_of(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


STANDARD = Terms(
    name="standard",
    revision=1,
    seller=STORE.id,
    jurisdiction=Jurisdiction.CHINA,
    currency="CNY",
    zone=8 * 60,
    text_en=hash_of("You may give back what you bought within seven days, as long as it is intact."),
    text_zh=hash_of("商品完好的，您可以自收到商品之日起七日内退货。"),
    withdrawal=Withdrawal(
        days=7,
        exclusions=tuple(sorted(set(Trait) - {Trait.DURABLE})),
        return_freight=Payer.BUYER,
        outbound=Outbound.KEPT,
        deductions={},
    ),
    defect_return_days=7,
    warranty_months=24,
    refund_days=7,
    silence_days=7,
    release_days=8,
    holidays=(),
)
SUMMER = replace(STANDARD, name="summer", withdrawal=replace(STANDARD.withdrawal, days=14), release_days=15)
SUMMER_CUT_SHORT = replace(SUMMER, revision=2, withdrawal=STANDARD.withdrawal, release_days=8)
