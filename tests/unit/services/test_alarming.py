"""A log that shows less, or later, than others have seen it show gives an alarm whose file can be looked into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.adapters.outside import DurableFiles
from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError, ProvenanceError, RefusedError, UnreachableError
from provenance.log.alarm import Alarm, Kind, format_alarm, judge_alarm, parse_alarm
from provenance.log.conflict import Contradiction, judge, parse_conflict
from provenance.log.note import Note, format_note
from provenance.log.policy import parse_policy
from provenance.ports.outside import Clock, PublishedLog
from provenance.services.alarming import Alarming
from provenance.services.mirroring import Mirroring
from provenance.services.monitoring import Monitoring
from provenance.trust import Trust
from tests.cosigners import LOG_KEY, LOG_VERIFIER, ORIGIN, TWO_OF_THREE
from tests.founding import NOW, StandingClock
from tests.published import PublishedInMemory, entries

TRUST = Trust(ORIGIN, LOG_VERIFIER, (LOG_KEY.public,), 1, replace(parse_policy(TWO_OF_THREE), logs=()))
SECONDS = int(NOW.timestamp())
STANDING = StandingClock()
DAY = 86400


class Witness:
    """A witness that shows a note, or nothing; see ``ports.outside.PublishedLog``."""

    def __init__(self, note: Note | bytes | None) -> None:
        self._shown = format_note(note) if isinstance(note, Note) else note

    def read(self, path: str) -> bytes:
        """Its newest checkpoint of any log."""
        assert path.endswith("/checkpoint")
        if self._shown is None:
            raise UnreachableError(Code.UNREACHABLE, "nobody answers")
        return self._shown


def log_of(size: int, age: int = 0, story: str = "entry") -> PublishedInMemory:
    """A log of this size, confirmed by two of three so many seconds ago."""
    return PublishedInMemory(entries(size, story=story), w1=SECONDS - age, w2=SECONDS - age)


def turn(
    log: PublishedInMemory,
    folder: Path,
    *,
    witnesses: Iterable[PublishedLog] = (),
    brought: Iterable[Note] = (),
    clock: Clock = STANDING,
) -> None:
    """One turn of a mirror that finds a day too old."""
    files = DurableFiles(folder)
    named = {str(number): witness for number, witness in enumerate(witnesses)}
    alarming = Alarming(files, TRUST, clock, witnesses=named, brought=brought, stale_after=timedelta(seconds=DAY))
    Monitoring(Mirroring(log, files, TRUST), alarming, None).turn()


def evidence_in(folder: Path) -> bytes:
    (file,) = (folder / "evidence").iterdir()
    return file.read_bytes()


def test_a_checkpoint_is_stale_once_no_quorum_has_spoken_for_too_long(tmp_path: Path) -> None:
    turn(log_of(3, DAY), tmp_path)

    with pytest.raises(RefusedError) as alarm:
        turn(log_of(3, DAY + 1), tmp_path)

    assert alarm.value.code is Code.STALE_CHECKPOINT
    judged = judge_alarm(parse_alarm(evidence_in(tmp_path)), TRUST.policy)
    assert (judged.kind, judged.shown.as_of_seconds, judged.known) == (Kind.STALE, SECONDS - DAY - 1, None)


def test_one_fresh_witness_is_no_quorum(tmp_path: Path) -> None:
    log = PublishedInMemory(entries(3), w1=SECONDS, w2=SECONDS - DAY - 1)

    with pytest.raises(RefusedError) as alarm:
        turn(log, tmp_path)

    assert alarm.value.code is Code.STALE_CHECKPOINT


@pytest.mark.parametrize("by", ["witness", "receipt"])
def test_a_head_that_others_have_seen_is_withheld(by: str, tmp_path: Path) -> None:
    larger = log_of(9, 61).note
    others = {"witnesses": [Witness(larger)]} if by == "witness" else {"brought": [larger]}

    with pytest.raises(RefusedError) as alarm:
        turn(log_of(7), tmp_path, **others)  # type: ignore[arg-type]  # one of the two

    assert alarm.value.code is Code.HEAD_WITHHELD
    judged = judge_alarm(parse_alarm(evidence_in(tmp_path)), TRUST.policy)
    assert judged.known is not None
    assert (judged.shown.checkpoint.size, judged.known.checkpoint.size) == (7, 9)


def test_a_log_has_a_minute_to_show_what_its_witnesses_have_seen(tmp_path: Path) -> None:
    turn(log_of(7), tmp_path, witnesses=[Witness(log_of(9, 60).note)])

    assert not (tmp_path / "evidence").exists()


def test_what_the_log_shows_and_others_saw_as_its_beginning_is_no_alarm(tmp_path: Path) -> None:
    turn(log_of(300), tmp_path, witnesses=[Witness(log_of(n, DAY).note) for n in (1, 7, 256, 300)])

    assert not (tmp_path / "evidence").exists()


def test_a_log_that_stays_stale_is_one_file_with_the_newest_time(tmp_path: Path) -> None:
    for later in (0, 3600):
        clock = StandingClock(NOW + timedelta(seconds=later))
        with pytest.raises(RefusedError):
            turn(log_of(3, DAY + 1), tmp_path, clock=clock)

    assert parse_alarm(evidence_in(tmp_path)).at == NOW + timedelta(hours=1)


@pytest.mark.parametrize(("size", "shown"), [(1, 7), (4, 7), (5, 7), (7, 7), (256, 600), (300, 600)])
def test_a_split_view_is_a_conflict_that_checks_offline(size: int, shown: int, tmp_path: Path) -> None:
    other = log_of(size, DAY, story="another")

    with pytest.raises(ForgedError) as alarm:
        turn(log_of(shown), tmp_path, witnesses=[Witness(other.note)])

    assert alarm.value.code is Code.INCONSISTENT_LOG
    judged = judge(parse_conflict(evidence_in(tmp_path)))
    assert judged.contradiction is Contradiction.PROVEN
    assert {judged.first.size, judged.second.size} == {size, shown}


@pytest.mark.parametrize(
    "shown", [None, b"", b"nonsense", format_note(Note(log_of(9).note.text, log_of(9).note.signatures[1:]))]
)
def test_a_witness_that_is_silent_or_lies_gives_no_alarm(shown: bytes | None, tmp_path: Path) -> None:
    turn(log_of(7), tmp_path, witnesses=[Witness(shown)])

    assert not (tmp_path / "evidence").exists()


def test_a_log_that_shows_less_than_before_leaves_both_checkpoints(tmp_path: Path) -> None:
    turn(log_of(9), tmp_path)

    with pytest.raises(RefusedError) as alarm:
        turn(log_of(7), tmp_path)

    assert alarm.value.code is Code.LOG_ROLLED_BACK
    judged = judge_alarm(parse_alarm(evidence_in(tmp_path)), TRUST.policy)
    assert judged.known is not None
    assert (judged.kind, judged.shown.checkpoint.size, judged.known.checkpoint.size) == (Kind.ROLLED_BACK, 7, 9)


@pytest.fixture
def alarm(tmp_path: Path) -> bytes:
    with pytest.raises(RefusedError):
        turn(log_of(7), tmp_path, brought=[log_of(9, DAY).note])
    return evidence_in(tmp_path)


@given(st.data())
def test_an_alarm_with_one_changed_byte_is_refused_or_says_what_the_log_signed(data: st.DataObject) -> None:
    whole = format_alarm(Alarm(Kind.HEAD_WITHHELD, LOG_VERIFIER, log_of(7).note, log_of(9, DAY).note, NOW))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]

    try:
        judged = judge_alarm(parse_alarm(changed), TRUST.policy)
    except ProvenanceError:
        return

    assert (judged.shown.checkpoint.size, judged.known and judged.known.checkpoint.size) == (7, 9)


def test_an_alarm_about_nothing_or_another_log_is_refused(alarm: bytes) -> None:
    whole = parse_alarm(alarm)
    stranger = replace(TRUST, log=parse_policy(TWO_OF_THREE).witnesses[0].key)

    with pytest.raises(MalformedError):
        judge_alarm(replace(whole, known=whole.shown), TRUST.policy)
    with pytest.raises(MalformedError):
        parse_alarm(format_alarm(replace(whole, kind=Kind.STALE)))
    with pytest.raises(ForgedError):
        judge_alarm(whole, stranger.policy)
