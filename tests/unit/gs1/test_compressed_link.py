"""The compressed form is read as the standard has it, and nothing that is not in it is made up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.compressed_link import parse_compressed
from provenance.gs1.digital_link import parse_link
from provenance.gs1.elements import check_values
from tests.vectors import vectors

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ROWS = json.loads(vectors("gs1", "oracle_compressed_dl.json").read_text())
KEPT = [row for row in ROWS if row["same_values"]]
LOST = [row for row in ROWS if not row["same_values"]]
"""Rows in which the tool that made them had changed a value: digits of long numbers, zeros at the front."""


def token(row: dict[str, str]) -> str:
    return row["compressed"].rpartition("/")[2]


def step_of(bits: str) -> str:
    padded = bits + "0" * (-len(bits) % 6)
    return "".join(LETTERS[int(padded[at : at + 6], 2)] for at in range(0, len(padded), 6))


@pytest.mark.parametrize("row", KEPT, ids=token)
def test_what_a_tool_compressed_is_read_as_it_was(row: dict[str, str]) -> None:
    assert set(parse_compressed(token(row))) == set(parse_link(row["uri"]).elements)


def test_zeros_at_the_front_of_a_serial_are_kept_where_the_tool_that_wrote_them_loses_them() -> None:
    (row,) = [row for row in LOST if "/21/00001?" in row["uri"]]

    assert dict(parse_compressed(token(row)))["21"] == "00001"


@pytest.mark.parametrize("row", LOST, ids=token)
def test_what_a_tool_had_changed_before_is_never_read_with_other_identifiers(row: dict[str, str]) -> None:
    try:
        elements = parse_compressed(token(row))
    except MalformedError:
        return

    assert {ai for ai, _ in elements} == {ai for ai, _ in parse_link(row["uri"]).elements}


GTIN = "00000001" + f"{9506000134376:047b}"
GTIN_AND_LOT = "CxFKk4XB0MpZyemo"


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("", Code.MALFORMED_LINK),
        ("CxFKk4X", Code.MALFORMED_LINK),
        ("CxFKk4XB0MpZye+o", Code.MALFORMED_LINK),
        ("CxFKk4XB0MpZyemo\n", Code.MALFORMED_LINK),
        ("A" * 9000, Code.MALFORMED_LINK),
        (GTIN_AND_LOT[:10], Code.MALFORMED_LINK),
        (GTIN_AND_LOT[:-1] + "_", Code.MALFORMED_LINK),
        (step_of("11101110" + "0" * 80), Code.MALFORMED_LINK),
        (step_of("00000100" + "0" * 80), Code.MALFORMED_LINK),
        (step_of("0010001111110000" + "0" * 80), Code.MALFORMED_LINK),
        (step_of("00000001" + f"{9506000134377:047b}"), Code.BAD_CHECK_DIGIT),
        (step_of("00000001" + "1" * 47), Code.MALFORMED_LINK),
        (step_of(GTIN * 2), Code.REPEATED_AI),
        (step_of(GTIN + "00100001" + "101" + "00001" + "0" * 40), Code.MALFORMED_LINK),
        (
            step_of(GTIN + "00100001" + "100" + "00001" + "0000000"),
            Code.WRONG_CHARACTER,
        ),
    ],
)
def test_what_is_no_compressed_link_is_refused(step: str, code: Code) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_compressed(step)

    assert refused.value.code is code


@pytest.mark.parametrize(
    ("alphabet", "bits", "serial"),
    [
        (0, f"{12:010b}", "012"),
        (1, "101011111110", "afe"),
        (2, "101011111110", "AFE"),
        (3, "".join(f"{LETTERS.index(letter):06b}" for letter in "a-Z"), "a-Z"),
        (4, "".join(f"{ord(letter):07b}" for letter in "a/Z"), "a/Z"),
    ],
)
def test_each_alphabet_is_read(alphabet: int, bits: str, serial: str) -> None:
    step = step_of(GTIN + "00100001" + f"{alphabet:03b}" + "00011" + bits)

    assert parse_compressed(step) == (("01", "09506000134376"), ("21", serial))


def test_a_parameter_that_is_no_identifier_is_dropped() -> None:
    foreign = "1111" + f"{3:07b}" + "000000" * 3 + "100" + f"{2:07b}" + "1000001" * 2
    assert parse_compressed(step_of(GTIN + foreign)) == (("01", "09506000134376"),)
    assert parse_compressed(step_of(foreign + GTIN)) == (("01", "09506000134376"),)


@given(st.one_of(st.sampled_from([token(row) for row in KEPT]), st.text(LETTERS, min_size=8, max_size=60)))
def test_whatever_is_accepted_has_checked_values_and_no_bit_too_many(step: str) -> None:
    try:
        elements = parse_compressed(step)
    except MalformedError:
        return

    check_values(elements)
    assert len(dict(elements)) == len(elements)
    with pytest.raises(MalformedError):
        parse_compressed(f"{step}_")


@given(st.sampled_from([token(row) for row in KEPT]), st.data())
def test_a_link_cut_short_is_never_read_with_a_shortened_value(step: str, data: st.DataObject) -> None:
    whole = parse_compressed(step)
    cut = step[: data.draw(st.integers(0, len(step) - 1))]

    try:
        elements = parse_compressed(cut)
    except MalformedError:
        return

    assert set(elements) <= set(whole)
