from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto.nfc_tag import (
    Freshness,
    Reading,
    Tag,
    Tap,
    VerifiedTap,
    freshness,
    parse_tap,
    unseal,
    verify_tap,
)
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.gs1.reading import read_code
from tests.chips import Chip, cmac_of

UID, OTHER_UID = bytes.fromhex("04958caa5c5e80"), bytes.fromhex("04de5f1eacc040")
FILE_KEY, OTHER_KEY, META_KEY = bytes(range(16)), bytes(range(1, 17)), bytes(range(2, 18))
TAG = Tag(UID, FILE_KEY, META_KEY)
OTHER_TAG = Tag(OTHER_UID, OTHER_KEY, META_KEY)


def _refusal(tap: Tap, tag: Tag = TAG) -> Code:
    with pytest.raises(ProvenanceError) as refused:
        verify_tap(tap, tag)
    return refused.value.code


keys = st.binary(min_size=16, max_size=16)
tags = st.builds(Tag, uid=st.binary(min_size=7, max_size=7), file_key=keys, meta_key=keys)
files = st.integers(0, 4).flatmap(lambda blocks: st.binary(min_size=16 * blocks, max_size=16 * blocks))


# --- a tag at work


@given(tags, st.integers(0, 2**24 - 2), files)
def test_a_tap_of_the_enrolled_tag_holds(tag: Tag, counter: int, file: bytes) -> None:
    chip = Chip(tag, counter, file)

    sealed = verify_tap(parse_tap(chip.touch()), tag)

    assert sealed == VerifiedTap(Reading(tag.uid, counter + 1), file)


@given(tags, st.integers(0, 2**24 - 2))
def test_a_tap_in_clear_holds_as_well(tag: Tag, counter: int) -> None:
    chip = Chip(tag, counter)

    tap = parse_tap(chip.touch_in_clear())

    assert tap.picc == Reading(tag.uid, counter + 1)
    assert verify_tap(tap, tag) == VerifiedTap(Reading(tag.uid, counter + 1))


def test_what_a_sealed_tap_claims_can_be_looked_up_before_it_is_checked() -> None:
    tap = parse_tap(Chip(TAG, 7).touch())

    assert isinstance(tap.picc, bytes)
    assert unseal(tap.picc, meta_key=META_KEY) == Reading(UID, 8)


def test_a_tap_s_link_still_names_its_item() -> None:
    link = "https://id.example.org/01/09521234543213/21/23456789ABCVP"
    chip = Chip(TAG, file=bytes(16))

    assert {read_code(f"{link}?{query}").identifier for query in (chip.touch(), chip.touch_in_clear())} == {
        read_code(link).identifier
    }


# --- attacks


def test_a_tap_of_another_item_s_genuine_tag_is_another_tag_s() -> None:
    for tap in (parse_tap(Chip(OTHER_TAG).touch()), parse_tap(Chip(OTHER_TAG).touch_in_clear())):
        assert _refusal(tap) is Code.OTHER_TAG


def test_a_tap_that_only_says_the_right_uid_is_forged() -> None:
    pretender = Chip(Tag(UID, OTHER_KEY, META_KEY))

    assert _refusal(parse_tap(pretender.touch())) is Code.FORGED_TAP
    assert _refusal(parse_tap(pretender.touch_in_clear())) is Code.FORGED_TAP


def test_a_tap_sealed_under_another_meta_key_is_forged() -> None:
    # One in 256 other keys opens something that begins like a UID with its counter; it is then another tag's.
    refusals = [_refusal(parse_tap(Chip(replace(TAG, meta_key=bytes([number]) * 16)).touch())) for number in range(100)]

    assert set(refusals) <= {Code.FORGED_TAP, Code.OTHER_TAG}
    assert refusals.count(Code.FORGED_TAP) > 95


def test_the_count_of_a_tap_cannot_be_raised() -> None:
    tap = parse_tap(Chip(TAG, 7).touch_in_clear())

    assert _refusal(replace(tap, picc=Reading(UID, 9))) is Code.FORGED_TAP


def test_the_parts_of_two_taps_do_not_fit_together() -> None:
    chip = Chip(TAG, file=b"open" * 4)
    one, two = parse_tap(chip.touch()), parse_tap(chip.touch())

    assert _refusal(replace(one, picc=two.picc)) is Code.FORGED_TAP
    assert _refusal(replace(one, mac=two.mac)) is Code.FORGED_TAP
    assert _refusal(replace(one, file=two.file, signed=two.signed)) is Code.FORGED_TAP


def test_a_file_that_the_tag_did_not_sign_is_not_read() -> None:
    bare = parse_tap(Chip(TAG).touch())
    with_file = parse_tap(Chip(TAG, file=bytes(16)).touch())

    assert _refusal(replace(bare, file=bytes(16))) is Code.MALFORMED_TAP
    assert _refusal(replace(with_file, file=bytes(16))) is Code.MALFORMED_TAP
    assert _refusal(replace(with_file, file=b"", signed=b"")) is Code.FORGED_TAP


@given(st.integers(0, 7), st.integers(1, 255))
def test_a_signature_with_one_wrong_byte_is_forged(at: int, flip: int) -> None:
    tap = parse_tap(Chip(TAG, 7).touch())
    wrong = bytearray(tap.mac)
    wrong[at] ^= flip

    assert _refusal(replace(tap, mac=bytes(wrong))) is Code.FORGED_TAP


@pytest.mark.parametrize("length", [0, 1, 4, 7, 9, 16])
def test_a_signature_of_another_length_is_refused_even_if_it_begins_right(length: int) -> None:
    tap = parse_tap(Chip(TAG, 7).touch())

    assert _refusal(replace(tap, mac=(tap.mac * 2)[:length])) is Code.MALFORMED_TAP


def test_the_bytes_of_the_cmac_that_the_tag_leaves_out_are_no_signature() -> None:
    session = cmac_of(FILE_KEY, b"\x3c\xc3\x00\x01\x00\x80" + UID + b"\x08\x00\x00")
    full = cmac_of(session, b"")
    reading = Reading(UID, 8)

    assert verify_tap(Tap(reading, full[1::2]), TAG).reading == reading
    for other in (full[::2], full[:8], full[8:]):
        assert _refusal(Tap(reading, other)) is Code.FORGED_TAP


@given(st.integers(0, 15), st.integers(1, 255))
def test_sealed_data_with_one_wrong_byte_do_not_hold(at: int, flip: int) -> None:
    # One block: any change alters all of it, so that UID or counter are others.
    tap = parse_tap(Chip(TAG, 7).touch())
    assert isinstance(tap.picc, bytes)
    wrong = bytearray(tap.picc)
    wrong[at] ^= flip

    assert _refusal(replace(tap, picc=bytes(wrong))) in {Code.FORGED_TAP, Code.OTHER_TAG}


@given(st.integers(0, 31), st.integers(1, 255))
def test_a_file_with_one_wrong_byte_does_not_hold(at: int, flip: int) -> None:
    query = Chip(TAG, file=bytes(32)).touch()
    tap = parse_tap(query)
    wrong = bytearray(tap.file)
    wrong[at] ^= flip

    assert _refusal(parse_tap(query.replace(tap.file.hex().upper(), wrong.hex().upper()))) is Code.FORGED_TAP


@pytest.mark.parametrize("piccs_tag", [0x87, 0x47, 0x07, 0xC4, 0xCA, 0xD7, 0x00])
def test_a_tag_that_leaves_out_uid_or_counter_is_not_believed(piccs_tag: int) -> None:
    tap = parse_tap(Chip(TAG, piccs_tag=piccs_tag).touch())

    assert _refusal(tap) is Code.FORGED_TAP


# --- the counter


@pytest.mark.parametrize(
    ("highest_seen", "counter", "expected"),
    [
        (None, 0, Freshness.FIRST),
        (None, 2**24 - 1, Freshness.FIRST),
        (0, 0, Freshness.REPEATED),
        (0, 1, Freshness.NEWER),
        (8, 7, Freshness.OLDER),
        (8, 8, Freshness.REPEATED),
        (8, 9, Freshness.NEWER),
        (8, 5000, Freshness.NEWER),
        (2**24 - 1, 2**24 - 1, Freshness.REPEATED),
        (2**24 - 1, 0, Freshness.OLDER),
    ],
)
def test_only_a_count_above_every_other_is_fresh(highest_seen: int | None, counter: int, expected: Freshness) -> None:
    tap = VerifiedTap(Reading(UID, counter))

    assert freshness(tap, highest_seen=highest_seen) is expected
    assert expected.is_fresh == (highest_seen is None or counter > highest_seen)


@given(st.lists(st.integers(0, 20), max_size=30))
def test_no_count_is_accepted_twice_in_whatever_order_taps_arrive(arrivals: list[int]) -> None:
    highest: int | None = None
    accepted = []

    for counter in arrivals:
        if freshness(VerifiedTap(Reading(UID, counter)), highest_seen=highest).is_fresh:
            highest = counter
            accepted.append(counter)

    assert accepted == sorted(set(accepted))
    assert highest == (max(arrivals) if arrivals else None)


def test_a_kept_link_is_fresh_until_the_tag_is_read_and_never_after() -> None:
    chip = Chip(TAG)
    kept, later = (verify_tap(parse_tap(chip.touch()), TAG) for _ in range(2))

    assert freshness(kept, highest_seen=None).is_fresh
    assert freshness(kept, highest_seen=kept.reading.counter) is Freshness.REPEATED
    assert freshness(kept, highest_seen=later.reading.counter) is Freshness.OLDER


# --- links


SEALED = Chip(TAG, 7, bytes(16)).touch()
CLEAR = Chip(TAG, 7).touch_in_clear()
MALFORMED = {
    "empty": "",
    "a question mark": "?" + CLEAR,
    "lower-case hex": CLEAR.lower(),
    "lower-case sealed data": SEALED.replace("picc_data=" + SEALED[10:42], "picc_data=" + SEALED[10:42].lower()),
    "another order": "cmac=4B00064004B0B3D3&uid=041E3C8A2D6B80&ctr=000006",
    "a parameter more": CLEAR + "&a=1",
    "a parameter twice": CLEAR + CLEAR[-22:],
    "no signature": CLEAR[:-22],
    "a short signature": CLEAR[:-2],
    "a long signature": CLEAR + "00",
    "a short UID": CLEAR.replace("uid=04", "uid="),
    "a short counter": CLEAR.replace("ctr=00", "ctr="),
    "a signed counter": CLEAR.replace("ctr=0", "ctr=+"),
    "an empty file": SEALED.replace(SEALED[47:79], ""),
    "half a block of file": SEALED.replace(SEALED[47:79], SEALED[47:63]),
    "sealed data of LRP mode": "picc_data=" + "0" * 48 + "&cmac=" + "0" * 16,
    "digits of another script": CLEAR[:-1] + "٠",
    "percent-encoding": CLEAR.replace("&", "%26"),
    "a trailing newline": CLEAR + "\n",
    "a lone surrogate": CLEAR + "\ud800",
    "a file of more than a tag holds": SEALED.replace(SEALED[47:79], "0" * 1024),
    "ten megabytes": SEALED.replace(SEALED[47:79], "0" * 32 * 300_000),
}


@pytest.mark.parametrize("query", MALFORMED.values(), ids=MALFORMED)
def test_refuses_what_no_tag_writes(query: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_tap(query)

    assert refused.value.code is Code.MALFORMED_TAP
    assert len(str(refused.value)) < 300
    str(refused.value).encode()


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=8, max_size=8), files)
def test_a_sealed_link_is_read_for_what_it_says(picc: bytes, mac: bytes, file: bytes) -> None:
    enc = f"&enc={file.hex().upper()}" if file else ""

    tap = parse_tap(f"picc_data={picc.hex().upper()}{enc}&cmac={mac.hex().upper()}")

    signed = f"{file.hex().upper()}&cmac=".encode() if file else b""
    assert tap == Tap(picc, mac, file, signed)


@given(st.text(max_size=80))
def test_any_text_is_refused_as_malformed_or_read(query: str) -> None:
    try:
        parse_tap(query)
    except MalformedError as refused:
        assert refused.code is Code.MALFORMED_TAP


@given(
    st.builds(
        Tap,
        picc=st.binary(max_size=20) | st.builds(Reading, st.binary(max_size=9), st.integers(-5, 2**25)),
        mac=st.binary(max_size=9),
        file=st.binary(max_size=20),
        signed=st.binary(max_size=20),
    ),
    st.builds(Tag, uid=st.binary(max_size=8), file_key=st.binary(max_size=17), meta_key=st.binary(max_size=17)),
)
def test_nothing_foreign_is_raised_whatever_is_handed_in(tap: Tap, tag: Tag) -> None:
    try:
        verify_tap(tap, tag)
    except ProvenanceError as refused:
        assert isinstance(refused, (MalformedError, ForgedError))


@pytest.mark.parametrize("counter", [-1, 2**24])
def test_refuses_a_count_that_no_tag_can_have(counter: int) -> None:
    assert _refusal(Tap(Reading(UID, counter), bytes(8))) is Code.MALFORMED_TAP


@pytest.mark.parametrize("length", [0, 15, 17, 24])
def test_refuses_sealed_data_of_another_length(length: int) -> None:
    with pytest.raises(MalformedError) as refused:
        unseal(bytes(length), meta_key=META_KEY)

    assert refused.value.code is Code.MALFORMED_TAP


def test_an_enrolled_tag_does_not_show_its_keys() -> None:
    shown = f"{TAG!r} {TAG} {[TAG]}"

    assert UID.hex() in shown
    for key in (FILE_KEY, META_KEY):
        assert key.hex() not in shown
        assert repr(key) not in shown
