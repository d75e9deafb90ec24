from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.check_digits import CSET_32, has_check_pair
from provenance.gs1.elements import check_value
from provenance.gs1.reading import Note, read_code
from provenance.gs1.serials import RANDOM_BYTES, Mistyped, Serial, is_serial, read_serial, serial_from

SERIALS = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES).map(serial_from)
EXAMPLE = serial_from(bytes.fromhex("0022190a63a12a"))


# --- making


@given(SERIALS)
def test_a_serial_is_eleven_characters_and_their_check_pair(serial: Serial) -> None:
    assert re.fullmatch(f"[{CSET_32}]{{13}}", serial)
    assert has_check_pair(serial)
    check_value("21", serial)


@given(st.binary(min_size=7, max_size=7), st.binary(min_size=7, max_size=7))
def test_other_bytes_make_another_serial(some: bytes, others: bytes) -> None:
    is_same_chance = some[0] & 127 == others[0] & 127 and some[1:] == others[1:]

    assert (serial_from(some) == serial_from(others)) == is_same_chance


def test_every_character_of_every_place_is_equally_likely() -> None:
    for place in range(11):
        made = [serial_from((value << 5 * (10 - place)).to_bytes(7, "big")) for value in range(32)]

        assert [serial[place] for serial in made] == list(CSET_32)
        assert all(set(serial[:11]) - {serial[place]} <= {"2"} for serial in made)


@pytest.mark.parametrize(
    ("random", "serial"),
    [
        ("00000000000000", "22222222222D8"),
        ("80000000000000", "22222222222D8"),
        ("ffffffffffffff", "ZZZZZZZZZZZGS"),
        ("0022190a63a12a", "23456789ABCVP"),
        ("00010203040506", "2232A3JA3A82P"),
    ],
)
def test_the_serial_of_some_bytes_never_changes(random: str, serial: str) -> None:
    assert serial_from(bytes.fromhex(random)) == serial


@pytest.mark.parametrize("length", [0, 6, 8, 1_000_000])
def test_refuses_to_make_a_serial_of_more_or_less_chance(length: int) -> None:
    with pytest.raises(MalformedError) as refused:
        serial_from(bytes(length))

    assert refused.value.code is Code.RANDOM_BYTES
    assert str(length) in str(refused.value)


# --- reading


@given(SERIALS, st.data())
def test_a_serial_is_read_however_it_was_typed(serial: Serial, data: st.DataObject) -> None:
    typed = ""
    for letter in serial:
        typed += data.draw(st.sampled_from(["", " ", "-"])) + data.draw(st.sampled_from([letter, letter.lower()]))

    assert read_serial(serial) == serial
    assert read_serial(typed) == serial


@given(SERIALS, st.integers(0, 12), st.data())
def test_one_wrong_character_is_mistyped_and_the_right_serial_is_named(
    serial: Serial, at: int, data: st.DataObject
) -> None:
    # Among the wrong ones are the four that no serial has.
    wrong = data.draw(st.sampled_from(sorted(set(CSET_32 + "01IO") - {serial[at]})))

    read = read_serial(serial[:at] + wrong + serial[at + 1 :])

    assert isinstance(read, Mistyped)
    assert serial in read.likely


@given(SERIALS, st.integers(0, 11))
def test_two_swapped_neighbours_are_mistyped_and_the_right_serial_is_named(serial: Serial, at: int) -> None:
    swapped = serial[:at] + serial[at + 1] + serial[at] + serial[at + 2 :]

    read = read_serial(swapped)

    # The last of the text and the first of the pair may change places and fit again, once in a thousand.
    if swapped == serial or is_serial(swapped):
        assert read == swapped
        assert swapped == serial or at == 10
    else:
        assert isinstance(read, Mistyped)
        assert serial in read.likely


@given(SERIALS, st.integers(0, 12), st.sampled_from(CSET_32 + "01IO"))
def test_a_character_missing_or_too_many_is_mistyped_and_the_right_serial_is_named(
    serial: Serial, at: int, letter: str
) -> None:
    shorter, longer = read_serial(serial[:at] + serial[at + 1 :]), read_serial(serial[:at] + letter + serial[at:])

    for read in (shorter, longer):
        assert isinstance(read, Mistyped)
        assert serial in read.likely


@given(st.text(CSET_32 + "01IO", min_size=12, max_size=14))
def test_what_is_named_as_likely_is_a_serial_in_order_and_once(text: str) -> None:
    read = read_serial(text)

    if isinstance(read, Mistyped):
        assert read.text == text
        assert all(is_serial(serial) for serial in read.likely)
        assert list(read.likely) == sorted(set(read.likely))
        assert text not in read.likely
    else:
        assert read == text


def test_a_mistyped_serial_has_few_likely_ones() -> None:
    made = [serial_from((number * 0x9E3779B97F4A7C15 % 2**56).to_bytes(7, "big")) for number in range(300)]
    reads = [read_serial(serial[:4] + ("2" if serial[4] != "2" else "3") + serial[5:]) for serial in made]

    counts = [len(read.likely) for read in reads if isinstance(read, Mistyped)]

    assert len(counts) == len(made)
    assert sum(counts) / len(counts) < 2
    assert max(counts) <= 6


FOREIGN = {
    "empty": "",
    "another's short serial": "S1",
    "eleven characters": EXAMPLE[:11],
    "fifteen characters": EXAMPLE + "22",
    "a character of GS1 that is neither letter nor digit": EXAMPLE[:12] + "/",
    "a trailing newline": EXAMPLE + "\n",
    "a tab": EXAMPLE[:5] + "\t" + EXAMPLE[5:],
    "digits of another script": "٢" + EXAMPLE[1:],
    "a small letter whose capital is ASCII": "ı" + EXAMPLE[1:],
    "a letter whose capital is two": "ß" + EXAMPLE[2:],
    "a lone surrogate": EXAMPLE + "\ud800",
    "only separators": " -" * 7,
    "ten megabytes": "2" * 10_000_000,
    "ten megabytes of hyphens": "-" * 10_000_000 + EXAMPLE,
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
def test_a_text_of_another_form_is_nobody_s_mistake(text: str) -> None:
    assert read_serial(text) is None
    assert not is_serial(text)


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read = read_serial(text)

    assert read is None or isinstance(read, Mistyped) or is_serial(read)


@pytest.mark.parametrize("text", [EXAMPLE.lower(), EXAMPLE + " ", " " + EXAMPLE, EXAMPLE + "\n", EXAMPLE[:12] + "3"])
def test_only_the_printed_spelling_is_a_serial(text: str) -> None:
    assert not is_serial(text)


def test_a_scan_reads_our_serials_as_this_module_does() -> None:
    scanned = read_code(f"https://example.com/01/09521234543213/21/{EXAMPLE.lower()}")

    assert scanned.identifier.qualifiers == (("21", EXAMPLE),)
    assert Note.LOWER_CASE in scanned.notes
