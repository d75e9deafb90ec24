"""A log that lost its newest statements gets them back from a copy, each in its place, and goes on without a fork."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from provenance.adapters.outside import DurableFiles
from provenance.bootstrap import Services
from provenance.codes import Code
from provenance.crypto.envelope import Envelope
from provenance.custody.admission import Admitted
from provenance.custody.registry_entries import RecoveryProposed
from provenance.errors import ConflictError, ForgedError, NotFoundError, ProvenanceError, RefusedError
from provenance.ids import LeafIndex
from provenance.ports.stores import Stored
from provenance.services import recovering, sequencing
from provenance.services.copy_reading import CopyReading
from provenance.services.witnessing import Outcome
from tests.cast import MAKER, RIVAL, ROOT_HAND, item
from tests.copies import change_body, copied, reopened
from tests.homes import files_in, key_of, write_files
from tests.oracles import assert_log_is_sound
from tests.sales import A, Sales
from tests.shared_bundles import told
from tests.village import Village, founded, made, village_in
from tests.world import World, everything


class Killed(BaseException):
    """The end of a process, wherever it is: nobody catches it."""


def killed() -> None:
    raise Killed


class InterruptedCopy(CopyReading):
    """A copy during whose reading something happens."""

    def before_reading(self, number: int, happens: Callable[[], object]) -> InterruptedCopy:
        """After so many readings, and before the next."""
        self._left, self._happens = number, happens
        return self

    def statement(self, index: LeafIndex, entry: bytes) -> Envelope | None:
        """See ``CopyReading``."""
        if self._left == 0:
            self._happens()
        self._left -= 1
        return CopyReading.statement(self, index, entry)


@dataclass(slots=True)
class Accident:
    """A log with a copy of all it published, after its database was put back to what it was before."""

    village: Village
    folder: Path
    lost: tuple[Stored, ...]
    running: list[Services] = field(default_factory=list)

    def services(self) -> Services:
        """The log as a process that has just begun."""
        self.running.append(self.village.services())
        return self.running[-1]

    def copy(self) -> CopyReading:
        """The copy that a mirror has."""
        return reopened(self.folder, self.services())


@pytest.fixture
def accident(tmp_path: Path) -> Iterator[Accident]:
    files, lost = _happened()
    write_files(files, tmp_path)
    accident = Accident(village_in(tmp_path), tmp_path / "copy", lost)
    yield accident
    for one in accident.running:
        one.store.close()


@cache
def _happened() -> tuple[dict[str, bytes], tuple[Stored, ...]]:
    with TemporaryDirectory() as folder:
        lost = _accident(Path(folder))
        return files_in(Path(folder)), lost


def _accident(folder: Path) -> tuple[Stored, ...]:
    """A log goes on after its backup was made, and the backup is put back; what it had come to."""
    village = founded(folder)
    services = village.services()
    made(services, "FIRST")
    services.checkpointing.checkpoint()
    services.witnessing.turn()
    services.store.close()
    backup = (village.home / "provenance.db").read_bytes()
    world = World(folder / "elsewhere")
    world.close()
    world.services, world.clock = village.services(), village.clock
    for story in (lambda: told(world), lambda: world.made(item("LAST"))):
        story()
        world.services.checkpointing.checkpoint()
        world.services.witnessing.turn()
    copied(world.services, folder / "copy")
    lost = statements(world.services)
    world.services.store.close()
    for file in village.home.glob("provenance.db*"):
        file.unlink()
    (village.home / "provenance.db").write_bytes(backup)
    return lost


def statements(services: Services) -> tuple[Stored, ...]:
    with services.store.reading() as store:
        return tuple(store.statements_from(LeafIndex(0), limit=store.size()))


def test_what_was_lost_is_back_in_its_place_and_the_log_goes_on_without_a_fork(accident: Accident) -> None:
    services = accident.services()
    with pytest.raises(RefusedError) as shut:
        made(services, "A3")

    found = services.recovering.recover(accident.copy())

    assert shut.value.code is Code.READ_ONLY
    assert (found.before, found.size) == (16, len(accident.lost))
    again = accident.services()
    assert [(s.index, s.hash, s.envelope) for s in statements(again)] == [
        (s.index, s.hash, s.envelope) for s in accident.lost
    ]
    assert_log_is_sound(again)
    assert made(again, "A3").index == found.size
    again.checkpointing.checkpoint()
    assert {said.outcome for said in again.witnessing.confirm()} == {Outcome.CONFIRMED}
    assert again.checkpointing.latest().split("\n")[1] == str(found.size + 1)


def test_a_recovered_log_shows_what_it_showed_before(accident: Accident) -> None:
    before = (accident.village.home / "tiles" / "checkpoint").read_bytes()
    services = accident.services()

    services.recovering.recover(accident.copy())

    assert (accident.village.home / "tiles" / "checkpoint").read_bytes() == before
    assert services.checkpointing.latest().encode() == before
    followed = services.following.find(accident.lost[-1].hash)
    assert len(followed.confirmed_by) == 3


def test_what_is_done_twice_changes_nothing_the_second_time(accident: Accident) -> None:
    services = accident.services()
    services.recovering.recover(accident.copy())
    after = everything(services)

    found = services.recovering.recover(accident.copy())

    assert (found.before, found.size) == (len(accident.lost), len(accident.lost))
    assert everything(services) == after


def test_from_nothing_but_keys_and_a_trust_file_the_whole_log_comes_back(accident: Accident) -> None:
    (accident.village.home / "provenance.db").unlink()
    shutil.rmtree(accident.village.home / "tiles")
    services = accident.services()

    found = services.recovering.recover(accident.copy())

    assert (found.before, found.size) == (0, len(accident.lost))
    assert_log_is_sound(services)
    assert made(services, "A3").index == found.size


@pytest.mark.parametrize("reading", [0, 12, 13, 14, 17, 21, 24])
def test_killed_in_the_middle_it_stays_read_only_and_a_second_run_finishes(
    reading: int, accident: Accident, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovering, "LARGEST_BATCH", 4)
    services = accident.services()
    (accident.village.home / "tiles" / "checkpoint").unlink()  # nothing remembers but the copy and the witnesses
    files = DurableFiles(accident.folder)
    dying = InterruptedCopy(files, files, services.trust).before_reading(reading, killed)

    with pytest.raises(Killed):
        services.recovering.recover(dying)

    cut = accident.services()
    with pytest.raises(RefusedError) as shut:
        made(cut, "A3")
    with pytest.raises(RefusedError):
        cut.checkpointing.checkpoint()
    assert shut.value.code is Code.READ_ONLY
    kept = [stored.hash for stored in statements(cut)]
    assert kept == [stored.hash for stored in accident.lost[: len(kept)]]
    assert 16 <= len(kept) < len(accident.lost)
    cut.recovering.recover(accident.copy())
    again = accident.services()
    assert_log_is_sound(again)
    assert made(again, "A3").index == len(accident.lost)


def refused(accident: Accident) -> ProvenanceError:
    """Why the copy is no way back; nothing has changed, and the log is still shut."""
    services = accident.services()
    before, published = everything(services), (accident.village.home / "tiles" / "checkpoint").read_bytes()

    with pytest.raises(ProvenanceError) as refusal:
        services.recovering.recover(accident.copy())

    assert everything(services) == before
    assert (accident.village.home / "tiles" / "checkpoint").read_bytes() == published
    with pytest.raises(RefusedError) as shut:
        made(services, "A3")
    assert shut.value.code is Code.READ_ONLY
    return refusal.value


def test_a_missing_body_is_named_and_nothing_is_begun(accident: Accident) -> None:
    for index in (18, 20):
        change_body(accident.folder, index)

    why = refused(accident)

    assert isinstance(why, NotFoundError)
    assert (why.code, why.refusal.evidence) == (Code.BODY_MISSING, {"leaves": "18 20"})


def test_a_body_that_was_changed_is_as_good_as_missing(accident: Accident) -> None:
    change_body(accident.folder, 18, accident.lost[18].envelope.body.replace(b"2026", b"2027"))

    assert refused(accident).refusal.evidence == {"leaves": "18"}


def test_a_copy_that_no_quorum_confirmed_is_no_way_back(accident: Accident) -> None:
    file = accident.folder / "checkpoint"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-2]))

    assert refused(accident).code is Code.QUORUM_NOT_MET


def test_a_copy_that_is_behind_has_nothing_to_give(accident: Accident) -> None:
    accident.services().recovering.recover(accident.copy())
    services = accident.services()
    made(services, "A3")
    before = everything(services)

    with pytest.raises(RefusedError) as why:
        services.recovering.recover(accident.copy())

    assert why.value.code is Code.COPY_BEHIND
    assert everything(services) == before


def test_a_copy_of_another_history_is_refused_whether_the_database_or_the_published_checkpoint_knows_better(
    tmp_path: Path,
) -> None:
    mine, theirs, restored = (World(tmp_path / name) for name in ("mine", "theirs", "restored"))
    for world, serial in ((mine, "A1"), (theirs, "B1")):
        world.made(item(serial))
        world.services.checkpointing.checkpoint()
    copy = copied(theirs.services, tmp_path / "copy")
    (tmp_path / "restored" / "tiles").mkdir()
    shutil.copy(tmp_path / "mine" / "tiles" / "checkpoint", tmp_path / "restored" / "tiles")

    for world in (mine, restored):
        before = everything(world.services)
        with pytest.raises(ForgedError) as why:
            world.services.recovering.recover(copy)
        assert why.value.code is Code.INCONSISTENT_LOG
        assert why.value.refusal.evidence["copy"] == theirs.services.checkpointing.latest()
        assert everything(world.services) == before
    for world in (mine, theirs, restored):
        world.close()


def test_a_copy_that_lacks_the_newest_leaves_the_log_shut_until_a_better_one_is_found(tmp_path: Path) -> None:
    world, restored = World(tmp_path / "world"), World(tmp_path / "restored")
    for serial, folder in (("A1", "old"), ("A2", "new")):
        world.made(item(serial))
        world.services.checkpointing.checkpoint()
        copied(world.services, tmp_path / folder)
    published = (tmp_path / "world" / "tiles" / "checkpoint").read_bytes()
    DurableFiles(tmp_path / "restored" / "tiles").replace("checkpoint", published)
    old, new = (reopened(tmp_path / name, world.services) for name in ("old", "new"))

    half = restored.services.recovering.recover(old)
    with pytest.raises(RefusedError) as shut:
        restored.services.guarding.require_open()
    still_published = (tmp_path / "restored" / "tiles" / "checkpoint").read_bytes()
    restored.close()
    again = World(tmp_path / "restored")
    whole = again.services.recovering.recover(new)

    assert shut.value.code is Code.READ_ONLY
    assert still_published == published
    assert (half.size, whole.before, whole.size) == (world.size() - 1, world.size() - 1, world.size())
    made(again.services, "A3")
    for one in (world, again):
        one.close()


def test_a_server_that_runs_beside_a_recovery_signs_no_fork(tmp_path: Path) -> None:
    world, behind = World(tmp_path / "world"), World(tmp_path / "behind")
    for serial in ("A1", "A2"):
        world.made(item(serial))
    world.services.checkpointing.checkpoint()
    copy = copied(world.services, tmp_path / "copy")
    made(behind.services, "B1")  # nothing told it that it is behind

    with pytest.raises(ForgedError):
        behind.services.recovering.recover(copy)
    DurableFiles(tmp_path / "behind" / "tiles").replace("checkpoint", world.services.checkpointing.latest().encode())
    with pytest.raises(RefusedError) as unsigned:
        behind.services.checkpointing.checkpoint()
    with pytest.raises(RefusedError) as shut:
        made(behind.services, "B2")

    assert {err.value.code for err in (unsigned, shut)} == {Code.READ_ONLY}
    assert behind.services.checkpointing.latest() == ""
    for one in (world, behind):
        one.close()


def test_a_statement_that_comes_in_between_stops_a_recovery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, behind = World(tmp_path / "world"), World(tmp_path / "behind")
    for serial in ("A1", "A2"):
        world.made(item(serial))
    world.services.checkpointing.checkpoint()
    copied(world.services, tmp_path / "copy")
    behind.services.guarding.require_open()
    monkeypatch.setattr(recovering, "LARGEST_BATCH", 1)
    files = DurableFiles(tmp_path / "copy")
    intruding = InterruptedCopy(files, files, world.services.trust)
    intruding.before_reading(3, lambda: made(behind.services, "B1"))

    with pytest.raises(ConflictError) as stopped:
        behind.services.recovering.recover(intruding)
    with pytest.raises(RefusedError) as unsigned:
        behind.services.checkpointing.checkpoint()

    assert stopped.value.code is Code.BUSY
    assert unsigned.value.code is Code.READ_ONLY
    for one in (world, behind):
        one.close()


def test_what_was_said_at_a_certain_time_comes_back_also_later(tmp_path: Path) -> None:
    world, restored = World(tmp_path / "world"), World(tmp_path / "restored")
    entry = RecoveryProposed(MAKER.party, key_of("fresh").public, world.clock.now())
    world.captured(world.services.signing.entry(entry, (ROOT_HAND, MAKER.hand(key=key_of("fresh")))))
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)
    world.services.checkpointing.checkpoint()
    restored.clock.instant += timedelta(days=3)

    found = restored.services.recovering.recover(copied(world.services, tmp_path / "copy"))

    assert found.size == world.size()
    assert_log_is_sound(restored.services)
    for one in (world, restored):
        one.close()


def test_a_statement_that_breaks_the_rules_is_not_taken_in_from_a_copy_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, restored = World(tmp_path / "world"), World(tmp_path / "restored")
    world.made(item("A1"))
    with monkeypatch.context() as lenient:
        lenient.setattr(sequencing, "admit_statement", lambda *_, **__: Admitted(None, ()))
        stolen = world.object_event("OBSERVE", "shipping", item("A1"), by=RIVAL, members={})
    world.services.checkpointing.checkpoint()
    copy = copied(world.services, tmp_path / "copy")

    with pytest.raises(RefusedError) as why:
        restored.services.recovering.recover(copy)
    with pytest.raises(RefusedError) as shut:
        restored.services.guarding.require_open()

    assert str(stolen.index) in str(why.value)
    assert restored.size() == stolen.index - 1
    assert shut.value.code is Code.READ_ONLY
    for one in (world, restored):
        one.close()
