"""What the processes of a log and of its witnesses do until they are killed, and what they put down before.

Each is begun by forking a process that has imported everything (``lab``), so a life begins in no time.
"""

from __future__ import annotations

import itertools
import logging
import os
import random
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn, TypeVar

from sqlalchemy.engine.default import DefaultDialect
from werkzeug.serving import make_server

from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.adapters.witness_store import SqliteWitnessStore
from provenance.bootstrap import build
from provenance.bootstrap_witness import build_witness
from provenance.codes import Code
from provenance.crypto.envelope import to_json
from provenance.crypto.keys import SigningKey
from provenance.encoding.canonical import Json
from provenance.errors import RefusedError
from provenance.log.checkpoint import Checkpoint, parse_checkpoint
from provenance.log.note import Note
from provenance.services import checkpointing, confirming, guarding
from provenance.services.capturing import Receipt
from provenance.services.confirming import Confirming
from tests.cast import MAKER, item
from tests.faults.fate import Diary, Fate
from tests.founding import StandingClock
from tests.homes import CONTEXT, settings_of
from web.witness import create_witness_app

_Answer = TypeVar("_Answer")

_LOG_MOMENTS = ((DefaultDialect, "do_commit"), (os, "fsync"), (Path, "replace"), (HttpWitnesses, "ask"))
_WITNESS_MOMENTS = ((SqliteWitnessStore, "replace"), (Confirming, "answer"))


@dataclass(frozen=True, slots=True)
class Life:
    """One process: its number among all, where it writes, and when it dies."""

    number: int
    diary: Diary
    fate: Fate


def capture(home: Path, life: Life) -> NoReturn:
    """Take in batches of every size, each item commissioned and then looked at; note each receipt: hash and index."""
    guarding._PAUSE_SECONDS = 0.1
    services = build(settings_of(home), clock=StandingClock())
    life.fate.awaits(_LOG_MOMENTS)
    luck = random.Random(life.number)
    for batch in itertools.count():
        serials = [f"K{life.number}-{batch}-{number}" for number in range(luck.randint(1, 12))]
        for action, step in (("ADD", "commissioning"), ("OBSERVE", "inspecting")):
            made = [services.signing.event(_event(serial, action, step), [MAKER.hand()]) for serial in serials]
            outcomes = _once_open(partial(services.capturing.capture, [to_json(envelope) for envelope in made]))
            receipts = [outcome for outcome in outcomes if isinstance(outcome, Receipt)]
            if len(receipts) < len(made):
                raise SystemExit(f"refused: {outcomes}")
            life.diary.write(*(f"{receipt.hash} {receipt.index}" for receipt in receipts))
        time.sleep(luck.uniform(0, 0.05))
    raise AssertionError


def _event(serial: str, action: str, step: str) -> dict[str, Json]:
    return {
        "@context": CONTEXT,
        "type": "ObjectEvent",
        "action": action,
        "bizStep": step,
        "epcList": [item(serial)],
        "eventTime": "2026-05-04T10:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
    }


def sign(home: Path, life: Life) -> NoReturn:
    """Make checkpoints, have them confirmed and publish them; note each that was signed: size and root."""
    guarding._PAUSE_SECONDS = 0.1
    services = build(settings_of(home), clock=StandingClock())
    real = checkpointing.sign_checkpoint

    def noted(checkpoint: Checkpoint, key: SigningKey) -> Note:
        life.diary.write(f"{checkpoint.size} {checkpoint.root.hex()}")
        return real(checkpoint, key)

    checkpointing.sign_checkpoint = noted
    life.fate.awaits(_LOG_MOMENTS)
    while True:
        _once_open(services.checkpointing.checkpoint)
        services.witnessing.turn()
        time.sleep(0.02)


def confirm(home: Path, listener: socket.socket, life: Life) -> NoReturn:
    """Answer as a witness, over HTTP; note each checkpoint that was cosigned: size and root."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    witness = build_witness(settings_of(home), clock=StandingClock()).confirming
    real = confirming.cosign_note

    def noted(note: Note, *, name: str, key: SigningKey, seconds: int) -> object:
        checkpoint = parse_checkpoint(note.text)
        life.diary.write(f"{checkpoint.size} {checkpoint.root.hex()}")
        return real(note, name=name, key=key, seconds=seconds)

    confirming.cosign_note = noted
    life.fate.awaits(_WITNESS_MOMENTS)
    host, port = listener.getsockname()
    make_server(host, port, create_witness_app(witness), threaded=True, fd=listener.fileno()).serve_forever()
    raise AssertionError


def _once_open(work: Callable[[], _Answer]) -> _Answer:
    """What came of it, once enough witnesses are back for the log to be open."""
    while True:
        try:
            return work()
        except RefusedError as err:
            if err.code is not Code.READ_ONLY:
                raise
            time.sleep(0.02)
