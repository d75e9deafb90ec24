"""The memory of answered requests on both databases: of the same request at once, exactly one is new."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from provenance.adapters.sql_nonces import SqlNonces
from provenance.ids import KeyId
from tests.world import World

KEY, OTHER = KeyId("a" * 64), KeyId("b" * 64)


@pytest.fixture
def nonces(shared_world: World) -> SqlNonces:
    return SqlNonces(shared_world.services.store)


def test_a_nonce_of_a_key_is_new_once(nonces: SqlNonces) -> None:
    taken = [nonces.take(key, nonce, created=9, forget_before=0) for key, nonce in [(KEY, b"1"), (KEY, b"1")]]
    others = [nonces.take(key, nonce, created=9, forget_before=0) for key, nonce in [(KEY, b"2"), (OTHER, b"1")]]

    assert taken == [True, False]
    assert others == [True, True]


def test_what_is_too_old_to_be_asked_again_is_forgotten_and_nothing_younger(nonces: SqlNonces) -> None:
    nonces.take(KEY, b"old", created=8, forget_before=0)
    nonces.take(KEY, b"young", created=9, forget_before=0)

    nonces.take(OTHER, b"1", created=300, forget_before=9)

    assert nonces.take(KEY, b"old", created=8, forget_before=0)
    assert not nonces.take(KEY, b"young", created=9, forget_before=0)


def test_of_the_same_request_at_once_exactly_one_is_new(nonces: SqlNonces) -> None:
    start = Barrier(6)

    def take(_: int) -> bool:
        start.wait()
        return nonces.take(KEY, b"1", created=9, forget_before=0)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(take, range(6))) == [False] * 5 + [True]
