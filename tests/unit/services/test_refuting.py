"""A copy of the log holds the log to what it signed about each thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.errors import ConflictError, ForgedError, NotFoundError, RefusedError, StorageError
from provenance.ids import LeafIndex, Subject
from provenance.log.checkpoint import Checkpoint
from provenance.log.head import Head, open_head, sign_head
from provenance.log.note import Note
from provenance.refutation import Ground, judge
from provenance.services.copy_reading import CopyReading
from provenance.services.refuting import Refuting, Search
from tests.cast import MAKER, SHOP, item, unit
from tests.copies import change_body, copied, reopened
from tests.crooked_log import LOG
from tests.founding import ORIGIN
from tests.sales import Sales
from tests.shared_bundles import BAG, BOX, told
from tests.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "world")
    yield world
    world.close()


def told_and_copied(world: World, folder: Path) -> CopyReading:
    told(world)
    world.services.checkpointing.checkpoint()
    return copied(world.services, folder)


def search(world: World, copy: CopyReading, note: Note) -> Search:
    return Refuting(copy, world.services.trust).search(note)


def lie(copy: CopyReading, subject: Subject, index: int | None) -> Note:
    """A head that the log signs, true or not."""
    checkpoint = copy.state.checkpoint
    return sign_head(Head(subject, None if index is None else LeafIndex(index), checkpoint), LOG)


def test_what_an_honest_log_says_of_any_thing_at_any_time_is_never_refuted(world: World, tmp_path: Path) -> None:
    signed: list[Note] = []
    world.made(BAG, item("B"))
    for step in (lambda: None, lambda: told_again(world), lambda: world.unpacked(out_of=unit(7))):
        step()
        world.services.checkpointing.checkpoint()
        with world.services.store.reading() as store:
            subjects = {subject for _, subject in store.chain_subjects(LeafIndex(0), limit=store.size())}
        signed += [world.services.vouching.head(subject) for subject in sorted(subjects | {item("NEVER")})]

    copy = copied(world.services, tmp_path / "copy")

    assert len(signed) > 30
    assert [one.head for one in (search(world, copy, note) for note in signed) if not one.holds] == []


def told_again(world: World) -> None:
    world.packed(BAG, item("B"), into=unit(7))
    world.corrected(world.made(item("W1")))
    Sales(world).published()
    world.observed(BAG, unit(7), by=MAKER)


def test_a_head_names_the_newest_statement_that_names_the_thing_and_not_one_that_moved_it_unnamed(
    world: World, tmp_path: Path
) -> None:
    made, packed = world.made(BAG), world.packed(BAG, into=BOX)
    emptied = world.unpacked(out_of=BOX)
    world.services.checkpointing.checkpoint()
    trust = world.services.trust

    of_bag, of_box, of_nothing = (
        open_head(world.services.vouching.head(thing), trust.log) for thing in (BAG, BOX, item("NEVER"))
    )

    assert made.index < packed.index
    assert (of_bag.index, of_box.index, of_nothing.index) == (packed.index, emptied.index, None)
    assert of_bag.tree.size == world.size()


def test_a_head_speaks_of_what_is_published_and_of_nothing_later(world: World) -> None:
    with pytest.raises(ConflictError) as early:
        world.services.vouching.head(BAG)
    made = world.made(BAG)
    world.services.checkpointing.checkpoint()
    world.observed(BAG, by=MAKER)

    head = open_head(world.services.vouching.head(BAG), world.services.trust.log)

    assert early.value.code is Code.NOT_RECORDED
    assert (head.index, head.tree.size) == (made.index, made.index + 1)


@pytest.mark.parametrize("said", [None, 0, "earlier"])
def test_a_withheld_statement_refutes_the_head_with_evidence_that_needs_no_copy(
    said: int | str | None, world: World, tmp_path: Path
) -> None:
    made = world.made(BAG)
    sold = world.object_event("OBSERVE", "inspecting", BAG, by=MAKER, members={})
    world.services.checkpointing.checkpoint()
    copy = copied(world.services, tmp_path / "copy")

    found = search(world, copy, lie(copy, BAG, made.index if said == "earlier" else said))  # type: ignore[arg-type]  # "earlier" is none

    assert found.refutation is not None
    judged = judge(found.refutation)
    wanted = Ground.OTHER_THING if said == 0 else Ground.LATER_STATEMENT
    assert judged.ground is wanted
    assert not found.holds
    assert sold.index == made.index + 1


def test_a_head_that_hides_behind_a_later_statement_about_something_else_is_refuted(
    world: World, tmp_path: Path
) -> None:
    copy = told_and_copied(world, tmp_path / "copy")

    found = search(world, copy, lie(copy, BAG, copy.size - 1))

    assert found.refutation is not None
    assert judge(found.refutation).ground is Ground.OTHER_THING


def test_a_head_of_a_tree_that_was_never_published_is_refuted(world: World, tmp_path: Path) -> None:
    copy = told_and_copied(world, tmp_path / "copy")
    made_up = Checkpoint(ORIGIN, copy.size - 3, bytes(32))

    found = search(world, copy, sign_head(Head(BAG, None, made_up), LOG))

    assert found.refutation is not None
    assert judge(found.refutation).ground is Ground.OTHER_TREE


def test_without_a_body_nothing_is_said_to_hold_and_the_leaf_is_named(world: World, tmp_path: Path) -> None:
    world.made(BAG)
    other = world.made(item("B"))
    world.services.checkpointing.checkpoint()
    copy = copied(world.services, tmp_path / "copy")
    head = world.services.vouching.head(BAG)
    change_body(tmp_path / "copy", other.index)

    found = search(world, reopened(tmp_path / "copy", world.services), head)
    change_body(tmp_path / "copy", other.index, b"{}")
    of_another_body = search(world, reopened(tmp_path / "copy", world.services), head)

    assert copy.size == other.index + 1
    assert (found.refutation, found.unread, found.holds) == (None, (other.index,), False)
    assert of_another_body.unread == (other.index,)


def test_a_missing_body_does_not_hide_a_refutation(world: World, tmp_path: Path) -> None:
    made, other = world.made(BAG), world.made(item("B"))
    world.observed(BAG, by=MAKER)
    world.services.checkpointing.checkpoint()
    copy = copied(world.services, tmp_path / "copy")
    change_body(tmp_path / "copy", other.index)

    found = search(world, copy, lie(copy, BAG, made.index))

    assert found.refutation is not None
    assert found.unread == (other.index,)


def test_a_head_that_speaks_of_more_than_the_copy_has_is_not_judged(world: World, tmp_path: Path) -> None:
    world.made(BAG)
    world.services.checkpointing.checkpoint()
    copy = copied(world.services, tmp_path / "copy")
    world.observed(BAG, by=MAKER)
    world.services.checkpointing.checkpoint()

    with pytest.raises(RefusedError) as refused:
        search(world, copy, world.services.vouching.head(BAG))

    assert refused.value.code is Code.COPY_BEHIND


def test_a_head_that_the_log_did_not_sign_is_no_head_of_it(world: World, tmp_path: Path) -> None:
    copy = told_and_copied(world, tmp_path / "copy")

    with pytest.raises(ForgedError):
        search(world, copy, sign_head(Head(BAG, None, copy.state.checkpoint), SHOP.key))


def test_a_copy_that_rotted_accuses_nobody(world: World, tmp_path: Path) -> None:
    copy = told_and_copied(world, tmp_path / "copy")
    head = lie(copy, BAG, None)
    entries, tile = (next((tmp_path / "copy" / "tile" / name).rglob(str(copy.size))) for name in ("entries", "0"))
    whole = entries.read_bytes()
    entries.write_bytes(whole.replace(b'"hash":"', b'"hash":"0', 1)[:-1])
    with pytest.raises(StorageError):
        search(world, copy, head)
    entries.write_bytes(whole)
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])

    with pytest.raises(StorageError):
        reopened(tmp_path / "copy", world.services)
    with pytest.raises(NotFoundError):
        reopened(tmp_path / "empty", world.services)


def test_the_log_signs_no_head_over_a_record_that_was_changed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.made(BAG)
    world.services.checkpointing.checkpoint()
    stored = world.stored(made)
    damaged = replace(stored, envelope=replace(stored.envelope, body=stored.envelope.body.replace(b"2026", b"2027")))
    with world.services.store.reading() as store:
        monkeypatch.setattr(type(store), "statements", lambda self, indexes: [damaged])

    with pytest.raises(ForgedError) as refused:
        world.services.vouching.head(BAG)

    assert refused.value.code is Code.RECORD_ALTERED
