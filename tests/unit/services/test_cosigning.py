"""A mirror stands behind what it judged, and behind nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.adapters.outside import DurableFiles
from provenance.adapters.sql_stores import SqlStore, open_store
from provenance.codes import Code
from provenance.errors import ConflictError
from provenance.ids import TreeSize
from provenance.log.checkpoint import verify_checkpoint
from provenance.log.mirror_card import CARD_FILE, MirrorCard, parse_card
from provenance.log.note import parse_note
from provenance.services.copy_reading import CopyReading
from provenance.services.cosigning import Cosigning
from provenance.services.judging import Judging
from provenance.services.publishing import Publishing
from tests.cast import item
from tests.copies import copied
from tests.crooked_copies import CrookedServer, copy_with_bodies, statements_of
from tests.crooked_log import TRUST
from tests.founding import NOW, StandingClock
from tests.homes import key_of
from tests.mirrors import mirror_key
from tests.world import World

CARD = MirrorCard(mirror_key(), "https://shop.example")


@pytest.fixture
def store() -> Iterator[SqlStore]:
    store = open_store("sqlite://")
    yield store
    store.close()


@pytest.fixture
def publishing(store: SqlStore, tmp_path: Path) -> Publishing:
    return Publishing(store, DurableFiles(tmp_path), TRUST, mirror=CARD.key)


@pytest.fixture
def judging(store: SqlStore, publishing: Publishing) -> Judging:
    return Judging(store, publishing, TRUST, StandingClock())


@pytest.fixture
def cosigning(store: SqlStore, tmp_path: Path) -> Cosigning:
    return Cosigning(store, DurableFiles(tmp_path), StandingClock(), card=CARD, key=key_of("mirror"))


@pytest.fixture
def copy(world: World, tmp_path: Path) -> CopyReading:
    world.services.checkpointing.checkpoint()
    return copied(world.services, tmp_path / "copy")


def test_its_line_stands_below_the_checkpoint_that_was_judged_and_says_when(
    copy: CopyReading, judging: Judging, publishing: Publishing, cosigning: Cosigning, tmp_path: Path
) -> None:
    judging.catch_up(copy)
    before = publishing.latest()

    cosigning.cosign(copy.state)

    after = publishing.latest()
    assert after.startswith(before)
    verified = verify_checkpoint(parse_note(after.encode()), log_keys=[TRUST.log], witness_keys=[CARD.key])
    assert [(one.key, one.seconds) for one in verified.verified[1:]] == [(CARD.key, int(NOW.timestamp()))]
    assert parse_card((tmp_path / CARD_FILE).read_bytes()) == CARD


def test_nobody_else_is_shown_its_line(
    copy: CopyReading, judging: Judging, cosigning: Cosigning, store: SqlStore, tmp_path: Path
) -> None:
    judging.catch_up(copy)

    cosigning.cosign(copy.state)

    assert str(Publishing(store, DurableFiles(tmp_path), TRUST).latest()).count("\N{EM DASH} ") == 1


def refused(cosigning: Cosigning, copy: CopyReading) -> Code:
    with pytest.raises(ConflictError) as err:
        cosigning.cosign(copy.state)
    return err.value.code


def test_what_was_not_judged_is_not_signed(copy: CopyReading, cosigning: Cosigning, tmp_path: Path) -> None:
    assert refused(cosigning, copy) is Code.BUSY
    assert not (tmp_path / CARD_FILE).exists()


def test_another_tree_of_that_size_than_was_judged_is_not_signed(
    world: World, judging: Judging, cosigning: Cosigning, store: SqlStore, tmp_path: Path
) -> None:
    world.made(item("S1"))
    world.services.checkpointing.checkpoint()
    honest = statements_of(world.services)
    judging.catch_up(copy_with_bodies(CrookedServer(honest), tmp_path / "judged"))
    other = copy_with_bodies(CrookedServer([*honest[:-1], honest[0]]), tmp_path / "other")

    assert refused(cosigning, other) is Code.BUSY

    with store.reading() as kept:
        assert kept.cosignatures(TreeSize(other.size)) == []


def test_nothing_smaller_is_signed_after_something_larger(
    world: World, judging: Judging, cosigning: Cosigning, tmp_path: Path
) -> None:
    world.services.checkpointing.checkpoint()
    smaller = copied(world.services, tmp_path / "smaller")
    judging.catch_up(smaller)
    world.made(item("S1"))
    world.services.checkpointing.checkpoint()
    larger = copied(world.services, tmp_path / "larger")
    judging.catch_up(larger)
    cosigning.cosign(larger.state)

    assert refused(cosigning, smaller) is Code.BUSY


def test_of_an_empty_log_there_is_nothing_to_stand_behind(cosigning: Cosigning, tmp_path: Path) -> None:
    cosigning.cosign(copy_with_bodies(CrookedServer([]), tmp_path / "empty").state)

    assert not (tmp_path / CARD_FILE).exists()
