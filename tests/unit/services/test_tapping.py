"""A touched tag: what it shows once, and what every imitation of it shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.adapters.sql_schema import TAGS
from provenance.adapters.sql_tags import SqlTagBook
from provenance.codes import Code
from provenance.crypto.nfc_tag import Tag
from provenance.errors import ConflictError, ForgedError, RefusedError
from provenance.services.tapping import Tapped, Tapping, TapReport
from tests.cast import item
from tests.chips import Chip
from tests.homes import key_of
from tests.world import World

A, B = item("A1"), item("B2")
KEY = bytes(range(1, 17))
TAG = Tag(bytes.fromhex("04958caa5c5e80"), bytes(range(16)), bytes(range(2, 18)))
OTHER = Tag(bytes.fromhex("04de5f1eacc040"), KEY, TAG.meta_key)


@pytest.fixture
def tapping(world: World) -> Tapping:
    """The tags of a world in which A and B are on record, and TAG is on A."""
    world.made(A, B)
    store = world.services.store
    tapping = Tapping(SqlTagBook(store), store, lambda: key_of("tags"), randomness=lambda count: b"\x07" * count)
    tapping.add(A, TAG)
    return tapping


def test_each_touch_counts_once(tapping: Tapping) -> None:
    chip = Chip(TAG)
    first, second = chip.touch(), chip.touch_in_clear()

    told = [tapping.tap(A, query) for query in (first, first, second, first, second)]

    assert told == [
        TapReport(Tapped.FRESH, 1),
        TapReport(Tapped.SEEN_BEFORE, 1),
        TapReport(Tapped.FRESH, 2),
        TapReport(Tapped.SEEN_BEFORE, 1),
        TapReport(Tapped.SEEN_BEFORE, 2),
    ]


def test_a_link_kept_for_later_is_worth_nothing_once_the_tag_was_touched_again(tapping: Tapping) -> None:
    chip = Chip(TAG)
    kept, opened = chip.touch(), chip.touch()

    assert tapping.tap(A, opened).tapped is Tapped.FRESH
    assert tapping.tap(A, kept).tapped is Tapped.SEEN_BEFORE


def test_of_many_who_open_one_tap_at_once_one_is_first(tapping: Tapping) -> None:
    query = Chip(TAG).touch()

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: tapping.tap(A, query).tapped, range(8)))

    assert sorted(told) == sorted([Tapped.FRESH] + [Tapped.SEEN_BEFORE] * 7)


def test_a_forged_tap_shows_nothing_and_uses_nothing_up(tapping: Tapping) -> None:
    genuine = Chip(TAG).touch_in_clear()
    forged = genuine.replace("ctr=000001", "ctr=FFFFFF")

    assert tapping.tap(A, forged) == TapReport(Tapped.FORGED)
    assert tapping.tap(A, Chip(Tag(TAG.uid, KEY, TAG.meta_key), counter=99).touch()) == TapReport(Tapped.FORGED)
    assert tapping.tap(A, genuine) == TapReport(Tapped.FRESH, 1)


def test_the_genuine_tag_of_another_thing_is_another_tag(tapping: Tapping) -> None:
    tapping.add(B, OTHER)

    assert tapping.tap(A, Chip(OTHER).touch()) == TapReport(Tapped.OTHER_TAG)
    assert tapping.tap(B, Chip(OTHER).touch()) == TapReport(Tapped.FRESH, 1)


def test_a_thing_may_have_two_tags_that_count_apart(tapping: Tapping) -> None:
    tapping.add(A, OTHER)
    chip, other = Chip(TAG, counter=50), Chip(OTHER)

    told = [tapping.tap(A, query) for query in (chip.touch(), other.touch(), other.touch_in_clear())]

    assert told == [TapReport(Tapped.FRESH, 51), TapReport(Tapped.FRESH, 1), TapReport(Tapped.FRESH, 2)]


def test_a_thing_without_a_tag_says_so_whatever_the_link_says(tapping: Tapping) -> None:
    assert tapping.tap(B, Chip(TAG).touch()) == TapReport(Tapped.NO_TAG)
    assert tapping.tap(B, "cmac=1") == TapReport(Tapped.NO_TAG)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.text(max_size=80) | st.from_regex(r"(picc_data=[0-9A-F]{32}|uid=[0-9A-F]{14}&ctr=[0-9A-F]{6})&cmac=[0-9A-F]{16}")
)
def test_nothing_but_the_tag_makes_a_tap(tapping: Tapping, query: str) -> None:
    assert tapping.tap(A, query).tapped in (Tapped.UNREADABLE, Tapped.FORGED, Tapped.OTHER_TAG)


def test_a_tag_is_put_on_one_thing_and_only_on_what_is_on_record(tapping: Tapping) -> None:
    with pytest.raises(ConflictError) as taken:
        tapping.add(B, TAG)
    with pytest.raises(RefusedError) as unknown:
        tapping.add(item("C3"), OTHER)

    assert (taken.value.code, unknown.value.code) == (Code.TAG_TAKEN, Code.NOT_ISSUED)


def test_no_key_is_kept_in_clear(tapping: Tapping, world: World) -> None:
    kept = (world.services.settings.home / "provenance.db").read_bytes()
    kept += (world.services.settings.home / "provenance.db-wal").read_bytes()

    assert TAG.uid.hex().encode() in kept
    for key in (TAG.file_key, TAG.meta_key):
        assert key not in kept
        assert key.hex().encode() not in kept


def test_an_altered_row_is_no_answer_about_the_tag(tapping: Tapping, world: World) -> None:
    with world.services.store.raw_writing() as connection:
        connection.execute(TAGS.update().values(sealed=bytes(79)))

    with pytest.raises(ForgedError) as refused:
        tapping.tap(A, Chip(TAG).touch())

    assert refused.value.code is Code.RECORD_ALTERED
