"""Keeping what a log did against itself, where whoever looks after a copy of it finds it.

Rules:

* a file is named after what the log did, not after when: the same again is the same file, with the newest time in it,
  so a watch that looks every minute leaves one file, not a thousand;
* a *conflict* (``log.conflict``) is a fork: both signed checkpoints and, where their sizes differ, the proof that they
  contradict each other, made from the tiles of the larger tree. An *alarm* (``log.alarm``) is what a log did not show.
  Both stand in ``evidence/`` and may be given to anyone;
* a *breach* (``log.breach``) holds the body of a statement, so it stands beside the bodies, for the copy's owner alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from provenance.log.alarm import Alarm, format_alarm
from provenance.log.breach import Breach, format_breach
from provenance.log.confirmation import ConfirmationState
from provenance.log.conflict import Conflict, format_conflict
from provenance.log.note import VerifierKey
from provenance.log.proofs import prove_beginning
from provenance.log.tiles import TileReader
from provenance.ports.outside import OwnBodies, TileFiles

EVIDENCE = "evidence"
BREACHES = "bodies/evidence"
CONFLICT, ALARM, BREACH = "conflict", "alarm", "breach"


@dataclass(frozen=True, slots=True)
class Filed:
    """A file of evidence: where it stands, and what is in it."""

    path: str
    data: bytes


def file_conflict(
    files: TileFiles, log: VerifierKey, known: ConfirmationState, shown: ConfirmationState, tiles: TileReader
) -> Filed:
    """Keep two checkpoints that contradict each other; ``tiles`` are those of the larger tree."""
    smaller, larger = sorted((known.checkpoint.size, shown.checkpoint.size))
    proof = prove_beginning(size=smaller, new_size=larger, tiles=tiles) if 0 < smaller < larger else ()
    data = format_conflict(Conflict(log, known.evidence, shown.evidence, proof))
    filed = Filed(_path(EVIDENCE, CONFLICT, data.decode()), data)
    files.write(filed.path, data)
    return filed


def file_alarm(files: TileFiles, alarm: Alarm) -> str:
    """Keep what a log showed when it should have shown more; the file's path."""
    known = "" if alarm.known is None else alarm.known.text
    path = _path(EVIDENCE, ALARM, alarm.kind, alarm.shown.text, known)
    files.replace(path, format_alarm(alarm))
    return path


def file_breach(files: OwnBodies, breach: Breach) -> str:
    """Keep a statement that breaks the log's own rules; the file's path."""
    path = _path(BREACHES, BREACH, breach.code, str(breach.index), breach.entry.hex())
    files.replace(path, format_breach(breach))
    return path


def _path(folder: str, name: str, *what: str) -> str:
    digest = hashlib.sha256("\n".join(what).encode()).hexdigest()
    return f"{folder}/{name}-{digest[:16]}.json"
