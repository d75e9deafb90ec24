"""The words of reviews on both databases: kept by hash, and deleted in the transaction that says so."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.errors import ConflictError
from provenance.ports.stores import Writing
from tests.world import World

LOVELY, THANKS = "a" * 64, "b" * 64


def test_words_are_kept_until_they_are_to_be_forgotten(shared_world: World) -> None:
    store = shared_world.services.store
    with store.writing() as writing:
        for _ in range(2):
            writing.put_text(LOVELY, b"lovely")
        writing.put_text(THANKS, b"thanks")

    with store.writing() as writing:
        writing.forget_texts([LOVELY, "c" * 64])

    with store.reading() as reading:
        assert reading.texts([LOVELY, THANKS]) == {THANKS: b"thanks"}


def forget_and_fail(writing: Writing) -> None:
    writing.forget_texts([LOVELY])
    raise ConflictError(Code.SLOT_TAKEN, "somebody was faster")


def test_what_did_not_come_to_be_forgets_nothing(shared_world: World) -> None:
    store = shared_world.services.store
    with store.writing() as writing:
        writing.put_text(LOVELY, b"lovely")

    with pytest.raises(ConflictError), store.writing() as writing:
        forget_and_fail(writing)

    with store.reading() as reading:
        assert reading.texts([LOVELY]) == {LOVELY: b"lovely"}
