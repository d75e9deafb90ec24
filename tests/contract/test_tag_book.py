"""The book of tags on both databases: a tag is on one thing, and of all taps with one count exactly one is new."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from provenance.adapters.sql_tags import SqlTagBook
from provenance.codes import Code
from provenance.errors import ConflictError
from provenance.ports.tags import EnrolledTag
from tests.cast import item
from tests.world import World

UID, OTHER = bytes.fromhex("04958caa5c5e80"), bytes.fromhex("04de5f1eacc040")
TAG = EnrolledTag(UID, item("A1"), b"sealed")


@pytest.fixture
def book(shared_world: World) -> SqlTagBook:
    book = SqlTagBook(shared_world.services.store)
    book.add(TAG)
    return book


def test_a_tag_is_found_on_its_thing_and_on_no_other(book: SqlTagBook) -> None:
    other = EnrolledTag(OTHER, item("A1"), b"also sealed")
    book.add(other)

    assert book.on(item("A1")) == [TAG, other]
    assert book.on(item("A2")) == []


def test_a_tag_is_on_one_thing_for_ever(book: SqlTagBook) -> None:
    with pytest.raises(ConflictError) as refused:
        book.add(EnrolledTag(UID, item("A2"), b"other keys"))

    assert refused.value.code is Code.TAG_TAKEN
    assert book.on(item("A1")) == [TAG]
    assert book.on(item("A2")) == []


def test_the_count_only_grows(book: SqlTagBook) -> None:
    assert [book.advance(UID, count) for count in (5, 5, 4, 9, 6)] == [None, 5, 5, 5, 9]


@pytest.mark.parametrize("counts", [[7] * 8, list(range(1, 9)), [3, 3, 4, 4, 5, 5, 6, 6]])
def test_of_taps_at_once_each_count_is_new_at_most_once(book: SqlTagBook, counts: list[int]) -> None:
    random.Random(7).shuffle(counts)
    start = Barrier(len(counts))

    def tapped(count: int) -> tuple[int, bool]:
        start.wait()
        before = book.advance(UID, count)
        return count, before is None or count > before

    with ThreadPoolExecutor(len(counts)) as pool:
        told = list(pool.map(tapped, counts))

    new = [count for count, is_new in told if is_new]
    assert len(new) == len(set(new))
    assert max(counts) in new
    assert book.advance(UID, 0) == max(counts)
