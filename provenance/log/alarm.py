"""What a mirror saw a log show, when it should have shown more: a file that anyone can look into offline.

Rules:

* the file is one JSON object in its RFC 8785 form, with the notes whole::

    {"alarm":"provenance.alarm/v1","at":"2026-05-04T10:00:00.000Z","kind":"head-withheld",
     "known":"log.example\\n9\\n…","log":"log.example+24d4…+AWBD…","shown":"log.example\\n7\\n…"}

* ``shown`` is the newest checkpoint that the log showed at that time; ``known`` is a larger one that it had signed, and
  is empty where the alarm is that ``shown`` was old;
* the log's signatures prove that it signed both. That it showed no more at that time is the mirror's word: such a file
  is *claimed*, never *proven*. Two trees that contradict each other are another file (``log.conflict``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.textual import format_time, parse_time
from provenance.errors import ForgedError, MalformedError
from provenance.log.confirmation import ConfirmationState, confirmation_of
from provenance.log.note import Note, VerifierKey, format_note, parse_note, parse_verifier_key
from provenance.log.policy import Policy

VERSION = "provenance.alarm/v1"


@unique
class Kind(StrEnum):
    """What a log did not show; the value is printed, never renamed."""

    HEAD_WITHHELD = "head-withheld"
    ROLLED_BACK = "log-rolled-back"
    STALE = "stale-checkpoint"


_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Alarm:
    """What was shown at an instant, and what was known to be there; not checked yet."""

    kind: Kind
    log: VerifierKey
    shown: Note
    known: Note | None
    at: datetime


@dataclass(frozen=True, slots=True)
class JudgedAlarm:
    """What the log did sign: the checkpoint it showed, and the larger one; whether it showed more is claimed."""

    kind: Kind
    shown: ConfirmationState
    known: ConfirmationState | None
    at: datetime


def format_alarm(alarm: Alarm) -> bytes:
    """The file; ``parse_alarm`` gives the alarm back."""
    return canonical.dump(
        {
            "alarm": VERSION,
            "at": format_time(alarm.at),
            "kind": alarm.kind.value,
            "known": "" if alarm.known is None else format_note(alarm.known).decode(),
            "log": str(alarm.log),
            "shown": format_note(alarm.shown).decode(),
        }
    )


def parse_alarm(data: bytes) -> Alarm:
    """The alarm in a file; accepts only what ``format_alarm`` prints."""
    match canonical.parse_whole(data):
        case {
            "alarm": "provenance.alarm/v1",
            "at": str(at),
            "kind": str(kind),
            "known": str(known),
            "log": str(log),
            "shown": str(shown),
            **rest,
        } if not rest and kind in _KINDS:
            pass
        case _:
            raise MalformedError(Code.MALFORMED_ALARM, f"an object of alarm ({VERSION}), at, kind, known, log, shown")
    alarm = Alarm(
        _KINDS[kind],
        parse_verifier_key(log),
        parse_note(shown.encode()),
        parse_note(known.encode()) if known else None,
        parse_time(at),
    )
    if format_alarm(alarm) != data or (alarm.known is None) is not (alarm.kind is Kind.STALE):
        raise MalformedError(Code.MALFORMED_ALARM, "the file is not spelled as an alarm is printed")
    return alarm


def judge_alarm(alarm: Alarm, policy: Policy) -> JudgedAlarm:
    """What the log signed of it; refuses what it did not sign, and what gives no alarm."""
    if alarm.log not in {log.key for log in policy.logs}:
        raise ForgedError(
            Code.UNTRUSTED_CHECKPOINT, f"the alarm is about {alarm.log}, which is not the log trusted here"
        )
    shown = confirmation_of(alarm.shown, policy)
    known = None if alarm.known is None else confirmation_of(alarm.known, policy)
    if known is not None and known.checkpoint.size <= shown.checkpoint.size:
        sizes = f"{shown.checkpoint.size} entries were shown, and {known.checkpoint.size} known"
        raise MalformedError(Code.MALFORMED_ALARM, f"{sizes}: nothing was held back")
    return JudgedAlarm(alarm.kind, shown, known, alarm.at)
