from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import TABLE, find, starting


def test_no_identifier_is_the_beginning_of_another() -> None:
    assert not [(one, other) for one in TABLE for other in TABLE if one != other and other.startswith(one)]


def test_only_the_last_part_of_a_value_varies_in_length() -> None:
    for row in TABLE.values():
        assert all(part.shortest == part.longest for part in row.parts[:-1]), row.ai


def test_no_required_part_follows_an_optional_one() -> None:
    for row in TABLE.values():
        optional = [part.is_optional for part in row.parts]
        assert optional == sorted(optional), row.ai


def test_a_value_without_separator_has_one_length() -> None:
    for row in TABLE.values():
        assert not row.is_fixed or row.shortest == row.longest, row.ai


def test_every_identifier_that_a_row_names_exists() -> None:
    for row in TABLE.values():
        patterns = {*row.excludes, *(ai for group in row.needs for ai in group)}
        named = {pattern for pattern in patterns if "n" not in pattern}
        qualifiers = {ai for sequence in row.sequences or () for ai in sequence}
        assert named | qualifiers <= TABLE.keys(), row.ai


def test_the_decimals_of_a_measure_are_one_identifier_each() -> None:
    assert [find(f"310{digit}").title for digit in range(6)] == ["NET WEIGHT (kg)"] * 6
    assert find("7239").title == "CERT # 10"
    assert find("7039").title == "PROCESSOR # 9"


@pytest.mark.parametrize("ai", ["", "0", "1", "89", "3106", "011", "٠١", "01 ", "x" * 100_000])
def test_an_unknown_identifier_is_refused(ai: str) -> None:
    with pytest.raises(MalformedError) as caught:
        find(ai)

    assert caught.value.code is Code.UNKNOWN_AI
    assert len(caught.value.refusal.message) < 100


def test_the_identifier_at_the_beginning_of_a_text_is_found() -> None:
    assert starting("0109521234543213").ai == "01"
    assert starting("4149521234000013").ai == "414"
    assert starting("8004x").ai == "8004"

    with pytest.raises(MalformedError):
        starting("89")
