"""The endpoints on both databases: leased to one sender at a time, and a position only its holder moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from provenance.adapters.sql_webhooks import SqlWebhookBook
from provenance.codes import Code
from provenance.errors import ConflictError, NotFoundError
from provenance.ids import LeafIndex
from provenance.ports.webhooks import DeadLetter, Endpoint, Progress
from tests.world import World

ENDPOINT = Endpoint("books", "https://b.example/h", ("order", "return"), "recorded", b"salt", Progress(LeafIndex(7)))
DEAD = DeadLetter(LeafIndex(7), 100, "status 500")
FURTHER = Progress(LeafIndex(8), 2, 100, 150)


@pytest.fixture
def book(shared_world: World) -> SqlWebhookBook:
    book = SqlWebhookBook(shared_world.services.store)
    book.add(ENDPOINT)
    return book


def test_an_endpoint_is_kept_as_it_was_entered_and_its_name_once(book: SqlWebhookBook) -> None:
    book.add(replace(ENDPOINT, name="audit"))

    with pytest.raises(ConflictError) as refused:
        book.add(replace(ENDPOINT, url="https://other.example"))

    assert refused.value.code is Code.ENDPOINT_EXISTS
    assert book.find("books") == ENDPOINT
    assert [one.name for one in book.all()] == ["audit", "books"]


def test_only_one_sender_has_an_endpoint_until_the_lease_ends(book: SqlWebhookBook) -> None:
    first, second = book.lease("books", now=10, until=70), book.lease("books", now=69, until=129)
    third = book.lease("books", now=70, until=130)

    assert (first, second, third) == (ENDPOINT, None, ENDPOINT)


def test_of_senders_at_once_exactly_one_has_it(book: SqlWebhookBook) -> None:
    start = Barrier(6)

    def lease(_: int) -> bool:
        start.wait()
        return book.lease("books", now=10, until=70) is not None

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(lease, range(6))) == [False] * 5 + [True]


def test_only_who_holds_the_lease_moves_the_position(book: SqlWebhookBook) -> None:
    book.lease("books", now=10, until=70)
    book.lease("books", now=70, until=130)

    late = book.settle("books", FURTHER, lease=70, dead=DEAD)
    ours = book.settle("books", FURTHER, lease=130)
    again = book.settle("books", Progress(LeafIndex(99)), lease=130)

    assert (late, ours, again) == (False, True, False)
    assert book.find("books").progress == FURTHER
    assert book.dead_letters("books") == []


def test_what_is_not_due_or_gone_or_unknown_is_leased_to_nobody(book: SqlWebhookBook) -> None:
    book.lease("books", now=10, until=70)
    book.settle("books", FURTHER, lease=70)

    too_early, due = book.lease("books", now=149, until=209), book.lease("books", now=150, until=210)
    book.settle("books", replace(FURTHER, is_gone=True), lease=210)

    assert (too_early, due is not None) == (None, True)
    assert book.lease("books", now=10**9, until=10**9 + 60) is None
    assert book.lease("nobody", now=10, until=70) is None


def test_dead_letters_are_kept_in_log_order_until_a_replay_passes_them(book: SqlWebhookBook) -> None:
    for index, now in ((9, 10), (7, 20), (9, 30)):
        book.lease("books", now=now, until=now + 5)
        book.settle("books", Progress(LeafIndex(10)), lease=now + 5, dead=replace(DEAD, index=LeafIndex(index)))

    before = [letter.index for letter in book.dead_letters("books")]
    book.lease("books", now=40, until=100)
    book.rewind("books", LeafIndex(8))

    assert before == [7, 9]
    assert book.dead_letters("books") == [DEAD]
    assert book.find("books").progress == Progress(LeafIndex(8))
    assert not book.settle("books", FURTHER, lease=100)


def test_what_is_removed_is_gone_with_its_dead_letters(book: SqlWebhookBook) -> None:
    book.lease("books", now=10, until=70)
    book.settle("books", FURTHER, lease=70, dead=DEAD)

    book.remove("books")
    book.add(ENDPOINT)

    assert book.dead_letters("books") == []
    for act in (
        lambda: book.remove("nobody"),
        lambda: book.find("nobody"),
        lambda: book.rewind("nobody", LeafIndex(0)),
    ):
        with pytest.raises(NotFoundError):
            act()
