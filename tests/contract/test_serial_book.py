"""The book of serials on both databases: a serial is entered once, a step is taken once, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, inspect

from provenance.adapters.sql_schema import MIGRATIONS_DONE, SERIAL_STEPS, SERIALS, TAGS
from provenance.adapters.sql_serials import SqlSerialBook
from provenance.adapters.sql_stores import open_store
from provenance.codes import Code
from provenance.errors import ConflictError
from provenance.gs1.serial_states import SerialStep
from provenance.gs1.serials import Serial, serial_from
from provenance.ports.serials import BookedSerial, NewSerial
from tests.founding import NOW
from tests.homes import key_of
from tests.world import World

GTIN, OTHER = "09520123000011", "09520123000028"
LATER = NOW + timedelta(minutes=1)
KEY = key_of("claim").public


@pytest.fixture
def book(shared_world: World) -> SqlSerialBook:
    return SqlSerialBook(shared_world.services.store)


def serial(number: int) -> Serial:
    return serial_from(number.to_bytes(7, "big"))


def new(number: int, gtin: str = GTIN) -> NewSerial:
    return NewSerial(gtin, serial(number), NOW, KEY if number % 2 else None)


def test_what_was_entered_is_found_with_its_key(book: SqlSerialBook) -> None:
    assert book.enter([new(1), new(2), new(3, OTHER)]) == frozenset()

    found = book.find(GTIN, [serial(2), serial(1), serial(3), "S1"])

    assert found == [
        BookedSerial(GTIN, serial(1), NOW, KEY, ()),
        BookedSerial(GTIN, serial(2), NOW, None, ()),
    ]
    assert (book.gives_out(GTIN), book.gives_out(OTHER), book.gives_out("09520123000035")) == (True, True, False)


def test_a_serial_is_entered_once_under_its_gtin_and_nothing_beside_it(book: SqlSerialBook) -> None:
    book.enter([new(1)])

    taken = book.enter([new(2), new(1), new(1, OTHER)])

    assert taken == {(GTIN, serial(1))}
    assert book.find(GTIN, [serial(2)]) == []
    assert book.find(OTHER, [serial(1)]) == []


def test_a_step_is_taken_once_and_of_all_or_none(book: SqlSerialBook) -> None:
    book.enter([new(number) for number in range(3)])
    first, *others = book.find(GTIN, [serial(number) for number in range(3)])
    book.take(SerialStep.PRINT, [first], at=LATER)

    with pytest.raises(ConflictError) as refused:
        book.take(SerialStep.PRINT, [*others, first], at=LATER)

    assert refused.value.code is Code.SERIAL_STEP
    again = book.find(GTIN, [serial(number) for number in range(3)])
    assert [one.steps for one in again] == [((SerialStep.PRINT, LATER),), (), ()]


def at_once(work: Callable[[int], object]) -> list[object]:
    """What each of eight threads told that began at the same moment."""
    start = Barrier(8)

    def told(number: int) -> object:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(told, range(8)))


def test_of_those_who_enter_the_same_serial_at_once_one_succeeds(book: SqlSerialBook) -> None:
    told = at_once(lambda number: book.enter([new(7), new(100 + number)]))

    assert sorted(map(bool, told)) == [False] + [True] * 7
    assert len(book.find(GTIN, [serial(100 + number) for number in range(8)])) == 1


def test_of_those_who_print_the_same_serial_at_once_one_succeeds(book: SqlSerialBook) -> None:
    book.enter([new(7)])
    (booked,) = book.find(GTIN, [serial(7)])

    def printing(_: int) -> str:
        try:
            book.take(SerialStep.PRINT, [booked], at=LATER)
        except ConflictError as err:
            return err.code.value
        return "printed"

    assert sorted(at_once(printing)) == ["printed"] + ["serial-step"] * 7  # type: ignore[type-var]  # they are texts


def test_ten_thousand_are_entered_and_found(book: SqlSerialBook) -> None:
    many = [new(number) for number in range(10_000)]

    assert book.enter(many) == frozenset()
    assert len(book.find(GTIN, [one.serial for one in many])) == 10_000


def test_a_database_from_before_the_books_gets_them(shared_world: World, url: str) -> None:
    books = (SERIAL_STEPS, SERIALS, TAGS)
    with shared_world.services.store.raw_writing() as connection:
        for table in books:
            table.drop(connection)
        connection.execute(delete(MIGRATIONS_DONE).where(MIGRATIONS_DONE.c.number > 1))
    size = shared_world.size()

    store = open_store(url)

    with store.raw_reading() as connection:
        assert {table.name for table in books} <= set(inspect(connection).get_table_names())
    with store.reading() as reading:
        assert reading.size() == size
    store.close()
