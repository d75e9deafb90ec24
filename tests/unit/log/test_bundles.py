"""Entry bundles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.log.bundles import LONGEST_ENTRY, format_bundle, parse_bundle

entries_lists = st.lists(st.binary(max_size=40), max_size=20)


@given(entries_lists)
def test_parse_undoes_format(entries: list[bytes]) -> None:
    assert parse_bundle(format_bundle(entries), width=len(entries)) == tuple(entries)


@given(st.binary(max_size=60), st.integers(0, 6))
def test_format_undoes_parse_whenever_parse_accepts(data: bytes, width: int) -> None:
    try:
        entries = parse_bundle(data, width=width)
    except MalformedError:
        return

    assert format_bundle(entries) == data
    assert len(entries) == width


@given(entries_lists, st.integers(0, 20))
def test_a_partial_bundle_is_the_beginning_of_the_full_one(entries: list[bytes], width: int) -> None:
    assert format_bundle(entries).startswith(format_bundle(entries[:width]))


def test_the_longest_entry_passes_and_one_byte_more_does_not() -> None:
    longest = b"x" * LONGEST_ENTRY

    assert parse_bundle(format_bundle([longest]), width=1) == (longest,)
    with pytest.raises(MalformedError) as refused:
        format_bundle([longest + b"x"])

    assert refused.value.code is Code.TOO_LARGE


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\2a", b"\0\1ab", b"\0\1a\0"])
def test_refuses_a_bundle_that_is_not_exactly_one_entry(data: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_bundle(data, width=1)

    assert refused.value.code is Code.MALFORMED_TILE
