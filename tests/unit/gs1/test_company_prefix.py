from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.company_prefix import is_licensed, prefix_of, prefixes_of
from provenance.gs1.identifiers import Identifier, read_epc
from tests.gs1_values import GTINS

ITEM = read_epc("https://id.gs1.org/01/09521234543213/21/S1")


@given(GTINS)
def test_the_candidates_are_the_beginnings_behind_the_indicator(gtin: str) -> None:
    prefixes = prefixes_of(Identifier("01", gtin))

    if gtin[1:6] == "00000":
        assert prefixes == ()
    else:
        assert prefixes == tuple(gtin[1 : 1 + length] for length in range(4, 13))


@given(GTINS, st.integers(0, 13), st.integers(0, 14))
def test_only_what_begins_the_number_licenses_it(gtin: str, begin: int, length: int) -> None:
    piece = gtin[begin : begin + length]
    expected = gtin[1:6] != "00000" and 4 <= len(piece) <= 12 and gtin[1:].startswith(piece)

    assert is_licensed(piece, Identifier("01", gtin)) is expected


@pytest.mark.parametrize(
    ("uri", "prefix"),
    [
        ("https://id.gs1.org/00/095212340000000013", "9521234"),
        ("https://id.gs1.org/8003/09521234000013A", "9521234"),
        ("https://id.gs1.org/8004/9521234A", "9521234"),
        ("https://id.gs1.org/8006/095212345432130102", "9521234"),
        ("https://id.gs1.org/8010/9521234A", "9521234"),
        ("https://id.gs1.org/417/9521234000006", "9521"),
        ("https://id.gs1.org/253/9521234000013", "952123400001"),
    ],
)
def test_every_key_begins_with_its_prefix(uri: str, prefix: str) -> None:
    assert is_licensed(prefix, read_epc(uri))


def test_letters_are_in_no_prefix() -> None:
    assert prefixes_of(Identifier("8004", "95212A4")) == ("9521", "95212")
    assert prefixes_of(Identifier("8004", "9521٣٤٥")) == ("9521",)


def test_the_prefix_is_looked_up_and_never_guessed() -> None:
    assert prefix_of(ITEM, {"9521234", "0614141"}) == "9521234"

    with pytest.raises(MalformedError) as caught:
        prefix_of(ITEM, {"0614141"})

    assert caught.value.code is Code.UNKNOWN_PREFIX


@pytest.mark.parametrize("listed", ["9521234", "952123"])
def test_where_no_licence_tells_a_published_list_may(listed: str) -> None:
    assert prefix_of(ITEM, {"0614141"}, lambda digits: digits[: len(listed)]) == listed
    assert prefix_of(ITEM, {"9521"}, lambda digits: digits[: len(listed)]) == "9521"


@pytest.mark.parametrize("listed", [None, "952", "7044610", "9521234543213"])
def test_a_list_that_does_not_know_or_talks_nonsense_tells_nothing(listed: str | None) -> None:
    with pytest.raises(MalformedError) as caught:
        prefix_of(ITEM, {"0614141"}, lambda digits: listed)

    assert caught.value.code is Code.UNKNOWN_PREFIX
