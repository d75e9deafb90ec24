"""Every endpoint hears of everything at least once and in order, whatever fails, and nothing waits for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from provenance.adapters.sql_webhooks import SqlWebhookBook
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.errors import ProvenanceError, RefusedError, UnreachableError
from provenance.ids import LeafIndex, Subject
from provenance.ports.webhooks import WebhookPost
from provenance.services.capturing import Status
from provenance.services.notifying import LEASE_SECONDS, PAUSES, Notifying, Went
from tests.homes import key_of
from tests.sales import A, B, Sales
from tests.world import World

URL = "https://books.example/hook"
DAYS_SECONDS = 3 * 24 * 60 * 60


@dataclass(slots=True)
class Wire:
    """A way out that nobody is behind: it notes what was sent, and answers as it is told."""

    answer: Callable[[int], int | ProvenanceError] = lambda index: 200
    sent: list[tuple[int, str, bytes]] = field(default_factory=list)

    def check(self, url: str) -> None:
        if not url.startswith("https://"):
            raise RefusedError(Code.FORBIDDEN_ADDRESS, "no https")

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        told = canonical.parse(body)
        assert isinstance(told, dict)
        assert isinstance(told["data"], dict)
        index = told["data"]["index"]
        assert isinstance(index, int)
        self.sent.append((index, headers["webhook-id"], body))
        said = self.answer(index)
        if isinstance(said, ProvenanceError):
            raise said
        return said

    @property
    def indexes(self) -> list[int]:
        return [index for index, _, _ in self.sent]


def made(world: World, wire: WebhookPost) -> Notifying:
    services = world.services
    book = SqlWebhookBook(services.store)
    return Notifying(services.store, book, wire, world.clock, services.trust, key=lambda: key_of("webhooks"))


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def notifying(world: World, wire: Wire) -> Notifying:
    return made(world, wire)


def subscribed(notifying: Notifying, name: str = "books", *topics: str) -> None:
    notifying.add(name, URL, topics=topics or ("statement",), status=Status.RECORDED, salt=name.encode())


def recorded(world: World, count: int = 1) -> list[int]:
    """So many statements in a checkpoint; their places."""
    first = world.size()
    for number in range(count):
        world.made(Subject(f"{A}{first + number}"))
    world.services.checkpointing.checkpoint()
    return list(range(first, first + count))


def later(world: World, seconds: int) -> None:
    world.clock.instant += timedelta(seconds=seconds)


def test_an_endpoint_hears_of_what_is_recorded_from_now_on_in_order_and_once(
    world: World, notifying: Notifying, wire: Wire
) -> None:
    recorded(world)
    subscribed(notifying)

    places = recorded(world, 3)
    first, again = notifying.turn(), notifying.turn()

    assert wire.indexes == places
    assert [(one.index, one.went) for one in first] == [(place, Went.DELIVERED) for place in places]
    assert again == []


def test_what_no_checkpoint_covers_is_not_told_yet(world: World, notifying: Notifying, wire: Wire) -> None:
    subscribed(notifying)
    world.made(A)

    before = notifying.turn()
    world.services.checkpointing.checkpoint()
    after = notifying.turn()

    assert (before, len(after)) == ([], 1)


def test_an_endpoint_hears_of_its_topics_alone(world: World, notifying: Notifying, wire: Wire) -> None:
    sales = Sales(world)
    subscribed(notifying, "orders", "order")
    subscribed(notifying, "recalls", "recall")
    sales.stocked(A, B)
    sales.published()
    offer, recall = sales.offered(), world.recalled(B)
    world.services.checkpointing.checkpoint()

    sent = notifying.turn()

    assert [(one.endpoint, one.index) for one in sent] == [("orders", offer.index), ("recalls", recall.index)]
    assert [one.endpoint.progress.next for one in notifying.standings()] == [world.size()] * 2


def test_a_failed_message_holds_back_the_next_and_is_tried_again_after_longer_and_longer(
    world: World, notifying: Notifying, wire: Wire
) -> None:
    subscribed(notifying)
    first, second = recorded(world, 2)
    wire.answer = lambda index: 500

    tries = [notifying.turn()]
    for pause in PAUSES:
        later(world, pause - 1)
        tries.append(notifying.turn())
        later(world, 1)
        tries.append(notifying.turn())
    last = [one for one in tries[-1] if one.index == first]

    assert [len(one) for one in tries[:-1]] == [1] + [0, 1] * (len(PAUSES) - 1) + [0]
    assert wire.indexes[: len(PAUSES) + 1] == [first] * (len(PAUSES) + 1)
    assert [(one.went, one.said) for one in last] == [(Went.DEAD, "status 500")]
    assert wire.indexes[-1] == second
    (standing,) = notifying.standings()
    assert [(letter.index, letter.reason) for letter in standing.dead] == [(first, "status 500")]
    assert len({message for index, message, _ in wire.sent if index == first}) == 1


def test_the_tries_end_within_three_days() -> None:
    assert sorted(PAUSES) == list(PAUSES)
    assert DAYS_SECONDS * 0.9 < sum(PAUSES) <= DAYS_SECONDS


def test_when_the_endpoint_is_back_everything_follows_in_order(world: World, notifying: Notifying, wire: Wire) -> None:
    subscribed(notifying)
    places = recorded(world, 3)
    wire.answer = lambda index: UnreachableError(Code.UNREACHABLE, "nobody there")
    failed = notifying.turn()
    places += recorded(world, 2)
    wire.answer = lambda index: 204

    later(world, PAUSES[0])
    notifying.turn()

    assert [(one.went, one.said) for one in failed] == [(Went.FAILED, "unreachable: nobody there")]
    assert wire.indexes == [places[0], *places]
    (standing,) = notifying.standings()
    assert (standing.endpoint.progress.tries, standing.endpoint.progress.failing_since) == (0, None)


@pytest.mark.parametrize("status", [199, 301, 307, 400, 404, 429, 503])
def test_whatever_is_no_2xx_is_a_failure(world: World, notifying: Notifying, wire: Wire, status: int) -> None:
    subscribed(notifying)
    recorded(world)
    wire.answer = lambda index: status

    assert [one.went for one in notifying.turn()] == [Went.FAILED]


def test_one_endpoint_that_fails_delays_no_other(world: World, notifying: Notifying, wire: Wire) -> None:
    subscribed(notifying, "a-broken-one")
    subscribed(notifying, "books")
    places = recorded(world, 2)
    failing = True

    def answer(index: int) -> int:
        nonlocal failing
        was, failing = failing, False
        return 500 if was else 200

    wire.answer = answer
    sent = notifying.turn()

    assert [(one.endpoint, one.went) for one in sent] == [
        ("a-broken-one", Went.FAILED), ("books", Went.DELIVERED), ("books", Went.DELIVERED)
    ]  # fmt: skip
    assert wire.indexes[1:] == places


def test_an_endpoint_that_says_it_is_gone_is_left_alone_until_it_is_replayed(
    world: World, notifying: Notifying, wire: Wire
) -> None:
    subscribed(notifying)
    places = recorded(world, 2)
    wire.answer = lambda index: 410

    gone = notifying.turn()
    later(world, DAYS_SECONDS)
    silent = notifying.turn()
    wire.answer = lambda index: 200
    begin = notifying.replay("books", None)
    notifying.turn()

    assert ([one.went for one in gone], silent, begin) == ([Went.GONE], [], places[0])
    assert wire.indexes == [places[0], *places]


def test_a_replay_begins_at_the_first_dead_letter_or_where_it_is_told(
    world: World, notifying: Notifying, wire: Wire
) -> None:
    subscribed(notifying)
    places = recorded(world, 3)
    wire.answer = lambda index: 500 if index == places[1] else 200
    notifying.turn()
    for pause in PAUSES:
        later(world, pause)
        notifying.turn()
    (before,) = notifying.standings()
    first_ids = {index: message for index, message, _ in wire.sent}
    wire.answer = lambda index: 200
    wire.sent.clear()

    begin = notifying.replay("books", None)
    notifying.turn()
    (after,) = notifying.standings()

    assert [letter.index for letter in before.dead] == [places[1]]
    assert (begin, wire.indexes, list(after.dead)) == (places[1], places[1:], [])
    assert {index: message for index, message, _ in wire.sent}.items() <= first_ids.items()
    assert notifying.replay("books", LeafIndex(places[0])) == places[0]


def test_nobody_is_told_of_what_is_not_there_and_nowhere_else_than_to_known_endpoints(
    world: World, notifying: Notifying, wire: Wire
) -> None:
    subscribed(notifying)
    end = world.size()

    refusals = [
        (Code.OUTSIDE_TREE, lambda: notifying.replay("books", LeafIndex(end + 1))),
        (Code.UNKNOWN_ENDPOINT, lambda: notifying.replay("nobody", None)),
        (Code.UNKNOWN_ENDPOINT, lambda: notifying.remove("nobody")),
        (Code.ENDPOINT_EXISTS, lambda: subscribed(notifying)),
        (
            Code.FORBIDDEN_ADDRESS,
            lambda: notifying.add("x", "http://x.example", topics=("order",), status=Status.RECORDED, salt=b"x"),
        ),
        (
            Code.NO_WITNESSES,
            lambda: notifying.add("x", URL, topics=("order",), status=Status.CONFIRMED, salt=b"x"),
        ),
    ]

    for code, act in refusals:
        with pytest.raises(ProvenanceError) as refused:
            act()
        assert refused.value.code is code
    assert [one.endpoint.name for one in notifying.standings()] == ["books"]


def test_an_endpoint_that_is_removed_hears_nothing_more(world: World, notifying: Notifying, wire: Wire) -> None:
    subscribed(notifying)
    notifying.remove("books")
    recorded(world)

    assert notifying.turn() == []


def test_while_an_endpoint_is_waited_for_statements_are_taken_in_and_nobody_else_sends_to_it(
    world: World, notifying: Notifying, wire: Wire
) -> None:
    subscribed(notifying)
    recorded(world)
    beside: list[object] = []

    def answer(index: int) -> int:
        beside.append(world.made(B).index)  # the one writer is free
        beside.append(notifying.turn())  # another sender, at the same moment
        return 200

    wire.answer = answer
    sent = notifying.turn()

    assert [one.went for one in sent] == [Went.DELIVERED]
    assert beside == [world.size() - 1, []]


def test_a_sender_that_died_before_it_could_note_the_answer_is_followed_by_one_that_sends_again(
    world: World, notifying: Notifying, wire: Wire
) -> None:
    subscribed(notifying)
    (place,) = recorded(world)

    def die(index: int) -> int:
        raise KeyboardInterrupt

    wire.answer = die
    with pytest.raises(KeyboardInterrupt):
        notifying.turn()
    wire.answer = lambda index: 200
    at_once = made(world, wire).turn()
    later(world, LEASE_SECONDS)
    after = made(world, wire).turn()

    assert (at_once, [one.went for one in after]) == ([], [Went.DELIVERED])
    assert wire.sent[0] == wire.sent[1]
    assert wire.indexes == [place, place]


def test_many_messages_cost_as_few_writes_as_one(world: World, notifying: Notifying, wire: Wire) -> None:
    subscribed(notifying)
    recorded(world, 12)
    written: list[str] = []
    event.listen(
        world.services.store._engine, "before_cursor_execute", lambda *told: written.append(told[2].partition(" ")[0])
    )

    notifying.turn()

    assert len(wire.indexes) == 12
    assert written.count("UPDATE") == 2  # the lease, and how far it came


def test_an_idle_turn_writes_nothing(world: World, notifying: Notifying) -> None:
    subscribed(notifying)
    recorded(world)
    notifying.turn()
    with world.services.store.raw_reading() as connection:
        before = connection.exec_driver_sql("PRAGMA data_version").scalar()

        notifying.turn()

        assert connection.exec_driver_sql("PRAGMA data_version").scalar() == before


@settings(max_examples=6)
@given(
    luck=st.lists(st.sampled_from([200, 200, 500, 503, None]), max_size=14),
    sizes=st.lists(st.integers(1, 3), max_size=4),
)
def test_whatever_fails_everything_arrives_at_least_once_and_in_order(
    luck: list[int | None], sizes: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    world, wire = World(tmp_path_factory.mktemp("luck")), Wire()
    notifying = made(world, wire)
    subscribed(notifying)
    left = list(luck)

    def answer(index: int) -> int | ProvenanceError:
        said = left.pop() if left else 200
        return UnreachableError(Code.UNREACHABLE, "gone") if said is None else said

    wire.answer = answer
    places: list[int] = []
    for size in sizes:
        places += recorded(world, size)
        notifying.turn()
        later(world, PAUSES[0])
    for _ in range(15):
        later(world, PAUSES[-1])
        notifying.turn()
    (standing,) = notifying.standings()
    world.close()

    dead = {letter.index for letter in standing.dead}
    assert sorted(set(wire.indexes)) == places
    assert wire.indexes == sorted(wire.indexes)
    assert standing.endpoint.progress.next == standing.until or not places
    assert len(dead) <= sum(said != 200 for said in luck) // (len(PAUSES) + 1)
