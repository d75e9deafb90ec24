"""The inbox of payment notices on both databases: each is in it once, and what it says never changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest

from provenance.adapters.sql_inbox import SqlInbox
from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import Grade, PaymentNotice, PaymentState, Provider
from provenance.errors import ConflictError
from provenance.ports.inbox import Fate, ReceivedNotice
from tests.world import World

NOTICE = PaymentNotice(
    Provider.WECHAT,
    "evt-1",
    "1900000001",
    "2026-0001",
    "ab" * 32,
    None,
    Money(19900, "CNY"),
    PaymentState.PAID,
    Grade.A,
)
FIRST = ReceivedNotice(NOTICE, 1000, "d1" * 32, b"sealed")
SECOND = ReceivedNotice(replace(NOTICE, event="evt-2", refund="r"), 2000, "d2" * 32, b"sealed too")


@pytest.fixture
def inbox(shared_world: World) -> SqlInbox:
    return shared_world.services.inbox


def test_a_notice_is_new_once_and_reads_back_as_it_was(inbox: SqlInbox) -> None:
    assert [inbox.put(one) for one in (FIRST, SECOND, FIRST, SECOND)] == [True, True, False, False]

    first, second = inbox.waiting()

    assert (first.notice, first.received, first.digest, first.fate, first.why) == (
        NOTICE, 1000, "d1" * 32, Fate.WAITING, None,
    )  # fmt: skip
    assert second.notice == SECOND.notice
    assert [one.notice.event for one in inbox.newest(1)] == ["evt-2"]


def test_another_provider_may_use_the_same_name(inbox: SqlInbox) -> None:
    inbox.put(FIRST)

    assert inbox.put(replace(FIRST, notice=replace(NOTICE, provider=Provider.STRIPE)))


def test_what_says_something_else_is_refused_with_both_digests_and_changes_nothing_but_the_count(
    inbox: SqlInbox,
) -> None:
    inbox.put(FIRST)

    with pytest.raises(ConflictError) as refused:
        inbox.put(ReceivedNotice(replace(NOTICE, amount=Money(1, "CNY")), 1001, "d9" * 32, b"other"))

    assert refused.value.code is Code.NOTICE_CHANGED
    assert refused.value.refusal.evidence == {"digest": "d1" * 32, "new": "d9" * 32}
    (one,) = inbox.waiting()
    assert (one.notice, one.contradictions) == (NOTICE, 1)
    assert inbox.sealed(Provider.WECHAT, "evt-1") == b"sealed"


def test_of_one_notice_that_comes_at_many_servers_at_once_exactly_one_is_new(inbox: SqlInbox) -> None:
    start = Barrier(6)

    def put(_: int) -> bool:
        start.wait()
        return inbox.put(FIRST)

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(put, range(6)))

    assert sorted(told) == [False] * 5 + [True]
    assert len(inbox.waiting()) == 1


def test_what_became_of_a_notice_is_told_apart(inbox: SqlInbox) -> None:
    inbox.put(FIRST)
    inbox.put(SECOND)

    inbox.decide(0, Fate.REFUSED, Code.OTHER_AMOUNT)
    inbox.decide(1, Fate.WAITING, Code.UNKNOWN_DOSSIER)

    assert [(one.place, one.why) for one in inbox.waiting()] == [(1, Code.UNKNOWN_DOSSIER)]
    assert [(one.place, one.why) for one in inbox.newest(9, fate=Fate.REFUSED)] == [(0, Code.OTHER_AMOUNT)]


def test_bodies_of_what_is_settled_are_forgotten_in_time_and_the_notices_are_not(inbox: SqlInbox) -> None:
    for one in (FIRST, SECOND):
        inbox.put(one)
    inbox.decide(0, Fate.SETTLED, None)

    assert (inbox.forget(1000), inbox.forget(9999), inbox.forget(9999)) == (0, 1, 0)

    assert inbox.sealed(Provider.WECHAT, "evt-1") is None
    assert inbox.sealed(Provider.WECHAT, "evt-2") == b"sealed too"
    assert [one.notice for one in inbox.newest(9)] == [SECOND.notice, NOTICE]
    assert inbox.put(FIRST) is False
