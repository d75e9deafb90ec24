"""Whatever Hypothesis may think of: parties, amounts and movements of them, and bytes that were almost right."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from provenance.custody.holdings import SOURCE
from provenance.encoding.canonical import Json
from provenance.gs1.check_digits import check_digit
from provenance.ids import PartyId

_UNITS = ("MGM", "GRM", "KGM", "TNE", "MLT", "CLT", "DLT", "LTR", "MTQ", "MMT", "CMT", "MTR", "CMK", "MTK", "H87", "")


def parties() -> st.SearchStrategy[PartyId]:
    """A party named by its PGLN or a DID."""
    glns = (
        st.integers(0, 10**12 - 1)
        .map(lambda n: f"{n:012}")
        .map(lambda d: f"https://id.gs1.org/417/{d}{check_digit(d)}")
    )
    dids = st.from_regex(r"did:(web|key|example):[A-Za-z0-9._-]{1,12}", fullmatch=True)
    return (glns | dids).map(PartyId)


def amounts() -> st.SearchStrategy[Decimal]:
    """An amount that may stand in a quantity list, down to the finest."""
    whole = st.integers(1, 2**53 - 1).map(Decimal)
    fine = st.tuples(st.integers(1, 10**15), st.integers(-30, 0)).map(lambda pair: Decimal(pair[0]).scaleb(pair[1]))
    return whole | fine


def measures() -> st.SearchStrategy[str]:
    """A unit of measure, ours to convert or not."""
    return st.sampled_from(_UNITS)


def postings() -> st.SearchStrategy[list[tuple[str, str, Decimal, str]]]:
    """Movements (from, to, how much, unit) between a few accounts, possible or not."""
    accounts = st.sampled_from(("party:a", "party:b", "sold:a", "transit:a>b", "used"))
    some = st.integers(1, 12).map(Decimal) | amounts()
    return st.lists(
        st.tuples(st.just(SOURCE) | accounts, accounts, some, st.sampled_from(("KGM", ""))), min_size=1, max_size=12
    )


def json_values() -> st.SearchStrategy[Json]:
    """Any JSON value without fractions."""
    leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=12)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=6,
    )
