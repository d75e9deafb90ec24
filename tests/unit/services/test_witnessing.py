"""A log has its checkpoints confirmed, believes no witness, and never goes on from an old backup."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.adapters.outside import SystemClock
from provenance.bootstrap import Services
from provenance.bundle import format_bundle
from provenance.codes import Code
from provenance.custody.verdict import VerdictClass
from provenance.errors import RefusedError, UnreachableError
from provenance.evidence import verify_file
from provenance.log.note import parse_note
from provenance.ports.witnesses import WitnessAnswer
from provenance.services import witnessing
from provenance.services.capturing import Status
from provenance.services.witnessing import Outcome, Said
from tests.cast import item
from tests.cosigners import WITNESSES
from tests.terminal import Terminal
from tests.village import Village, founded, made


@pytest.fixture
def village(tmp_path: Path) -> Village:
    return founded(tmp_path)


@pytest.fixture
def log(village: Village) -> Iterator[Services]:
    services = village.services()
    yield services
    services.store.close()


def outcomes(said: tuple[Said, ...]) -> dict[str, Outcome]:
    return {one.witness.partition(".")[0]: one.outcome for one in said}


def times_out(_: bytes) -> WitnessAnswer:
    raise UnreachableError(Code.UNREACHABLE, "nobody is there")


def size_of(note: str) -> int:
    return int(note.split("\n")[1])


def test_a_quorum_publishes_a_checkpoint_and_confirms_its_statements(log: Services, village: Village) -> None:
    receipt = made(log, "A1")
    log.checkpointing.checkpoint()
    recorded = log.following.find(receipt.hash)
    hidden = log.checkpointing.latest()

    said = log.witnessing.turn()

    assert (recorded.status, hidden) == (Status.RECORDED, "")
    assert set(outcomes(said).values()) == {Outcome.CONFIRMED}
    found = log.following.find(receipt.hash)
    assert (found.status, found.confirmed_by) == (Status.CONFIRMED, WITNESSES)
    assert [line.name for line in parse_note(log.checkpointing.latest().encode()).signatures][1:] == [*WITNESSES]
    assert (village.home / "tiles" / "checkpoint").read_text() == log.checkpointing.latest()
    report = verify_file(format_bundle(log.tracing.bundle(item("A1"))), log.trust)
    assert report.verdict.shown is VerdictClass.CONSISTENT
    assert report.confirmation is not None
    assert report.confirmation.is_witnessed


def test_one_dead_witness_of_three_stops_nobody_and_two_stop_publication(log: Services, village: Village) -> None:
    village.odd["w3.example"] = times_out
    first = made(log, "A1")
    log.checkpointing.checkpoint()
    assert outcomes(log.witnessing.turn()) == {
        "w1": Outcome.CONFIRMED,
        "w2": Outcome.CONFIRMED,
        "w3": Outcome.NOT_HEARD,
    }
    published = log.checkpointing.latest()

    village.odd["w2.example"] = times_out
    second = made(log, "A2")
    log.checkpointing.checkpoint()
    log.witnessing.turn()

    assert log.checkpointing.latest() == published
    assert log.following.find(first.hash).status is Status.CONFIRMED
    found = log.following.find(second.hash)
    assert (found.status, found.confirmed_by) == (Status.RECORDED, ("w1.example",))


def test_whoever_is_slow_is_not_waited_for_and_counts_when_it_answers(
    log: Services, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnessing, "PATIENCE_SECONDS", 0.3)
    free = threading.Event()

    def slow(request: bytes) -> WitnessAnswer:
        free.wait(10)
        return village.honest["w2.example"].answer(request)

    made(log, "A1")
    log.checkpointing.checkpoint()
    village.odd |= {"w2.example": slow, "w3.example": times_out}

    said = log.witnessing.turn()
    before = log.checkpointing.latest()
    free.set()
    for thread in threading.enumerate():
        if thread.daemon and thread is not threading.current_thread() and "_hear" in thread.name:
            thread.join(10)

    assert outcomes(said)["w2"] is Outcome.NOT_HEARD
    assert before == ""
    assert size_of(log.checkpointing.latest()) > 0


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (WitnessAnswer(500, b"oops"), Outcome.NOT_HEARD),
        (WitnessAnswer(429, b""), Outcome.NOT_HEARD),
        (WitnessAnswer(302, b""), Outcome.NOT_HEARD),
        (WitnessAnswer(404, b""), Outcome.DECLINED),
        (WitnessAnswer(403, b""), Outcome.DECLINED),
        (WitnessAnswer(409, b""), Outcome.CONTRADICTED),
        (WitnessAnswer(409, b"007\n"), Outcome.CONTRADICTED),
        (WitnessAnswer(409, b"9999\n"), Outcome.AHEAD),
        (WitnessAnswer(422, b""), Outcome.CONTRADICTED),
        (WitnessAnswer(200, b""), Outcome.LIED),
        (WitnessAnswer(200, b"\xff"), Outcome.LIED),
        (WitnessAnswer(200, "— w1.example AAAAAAAA\n".encode()), Outcome.LIED),
    ],
)
def test_no_answer_is_believed(answer: WitnessAnswer, outcome: Outcome, log: Services, village: Village) -> None:
    made(log, "A1")
    log.checkpointing.checkpoint()
    village.odd["w1.example"] = lambda _: answer

    said = log.witnessing.confirm()

    assert outcomes(said) == {"w1": outcome, "w2": Outcome.CONFIRMED, "w3": Outcome.CONFIRMED}
    assert "w1.example" not in log.checkpointing.latest()


def test_the_line_of_another_witness_or_of_time_to_come_is_no_confirmation(log: Services, village: Village) -> None:
    made(log, "A1")
    log.checkpointing.checkpoint()
    village.odd["w1.example"] = village.honest["w2.example"].answer
    village.clock.instant += timedelta(hours=1)
    late = village.honest["w3.example"].answer
    ahead: list[WitnessAnswer] = []

    def hurried(request: bytes) -> WitnessAnswer:
        ahead.append(late(request))
        village.clock.instant -= timedelta(hours=1)
        return ahead[0]

    village.odd["w3.example"] = hurried

    said = outcomes(log.witnessing.confirm())

    assert (said["w1"], said["w3"]) == (Outcome.LIED, Outcome.LIED)


def test_a_lost_answer_is_had_again(log: Services, village: Village) -> None:
    def lost(request: bytes) -> WitnessAnswer:
        village.honest["w1.example"].answer(request)
        raise UnreachableError(Code.UNREACHABLE, "the line went dead")

    made(log, "A1")
    log.checkpointing.checkpoint()
    village.odd["w1.example"] = lost
    assert outcomes(log.witnessing.confirm())["w1"] is Outcome.NOT_HEARD
    del village.odd["w1.example"]
    made(log, "A2")
    log.checkpointing.checkpoint()

    assert outcomes(log.witnessing.confirm())["w1"] is Outcome.CONFIRMED


def test_a_quiet_log_is_confirmed_anew(log: Services, village: Village) -> None:
    made(log, "A1")
    log.checkpointing.checkpoint()
    log.witnessing.turn()
    village.asked.clear()

    at_once = log.witnessing.turn()
    village.clock.instant += timedelta(minutes=11)
    later = log.witnessing.turn()

    assert at_once == ()
    assert set(outcomes(later).values()) == {Outcome.CONFIRMED}
    report = log.tracing.trace(item("A1"))
    assert report.confirmation is not None
    assert report.confirmation.as_of_seconds == int(village.clock.instant.timestamp())


def restored(village: Village, folder: Path) -> None:
    """Put the database back to what it was in this folder."""
    for file in village.home.glob("provenance.db*"):
        file.unlink()
    for file in folder.glob("provenance.db*"):
        shutil.copy(file, village.home / file.name)


def test_a_restored_backup_is_read_only_and_never_a_fork(log: Services, village: Village, tmp_path: Path) -> None:
    made(log, "A1")
    log.checkpointing.checkpoint()
    log.witnessing.turn()
    log.store.close()
    backup = tmp_path / "backup"
    shutil.copytree(village.home, backup)
    made(log, "A2")
    log.checkpointing.checkpoint()
    log.witnessing.turn()
    log.store.close()

    restored(village, backup)
    by_file = village.services()
    with pytest.raises(RefusedError) as told:
        made(by_file, "A3")
    by_file.store.close()
    (village.home / "tiles" / "checkpoint").unlink()  # even if nothing but the witnesses remembers
    by_witness = village.services()

    with pytest.raises(RefusedError) as refused:
        made(by_witness, "A3")
    with pytest.raises(RefusedError) as unsigned:
        by_witness.checkpointing.checkpoint()

    assert {err.value.code for err in (told, refused, unsigned)} == {Code.READ_ONLY}
    assert "checkpoint 17 is published, and here are 16 statements" in str(told.value)
    assert "has seen 17 statements of this log" in str(refused.value)
    with by_witness.store.reading() as store:
        assert store.size() == 16
    assert by_witness.tracing.trace(item("A1")).verdict.shown is VerdictClass.CONSISTENT
    by_witness.store.close()


def test_nothing_is_taken_in_before_enough_witnesses_said_how_far_they_saw(log: Services, village: Village) -> None:
    made(log, "A1")
    log.checkpointing.checkpoint()
    log.witnessing.turn()
    village.odd = {"w1.example": times_out, "w2.example": times_out}
    again = village.services()

    with pytest.raises(RefusedError) as refused:
        made(again, "A2")
    del village.odd["w1.example"]
    open_again = village.services()

    assert refused.value.code is Code.READ_ONLY
    assert made(open_again, "A2").index == 16
    again.store.close()
    open_again.store.close()


def test_the_command_shows_a_checkpoint_to_the_witnesses_and_says_what_each_made_of_it(
    log: Services, village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HttpWitnesses, "ask", lambda _, url, request: village.ask(url, request))
    monkeypatch.setattr(SystemClock, "now", lambda _: village.clock.instant)
    village.odd["w3.example"] = times_out
    log.checkpointing.checkpoint()
    log.store.close()

    said = Terminal(village.home)("log checkpoint --json")

    lines = parse_note(said.object["checkpoint"].encode()).signatures
    assert (said.code, [line.name for line in lines][1:]) == (0, ["w1.example", "w2.example"])
    assert "witness w3.example  not-heard  nobody is there" in said.err
