"""The folder a sample world lives in: its keys, its passphrase, its decisions, and how far it has been filled.

Rules:

* every key is made here and now, at random, and rests in an encrypted key file; the passphrase too is random and
  lies beside them, readable by its owner only: this is a stage, and nothing on it is worth stealing;
* only what carries the mark of a sample world is ever cleared away.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum, unique
from pathlib import Path

from provenance.adapters.outside import random_bytes, write_durably
from provenance.config import Settings, read_settings
from provenance.crypto.keys import SigningKey, seal, signing_key_from_seed
from provenance.log.note import signer_key
from provenance.trust import Trust, format_trust

ORIGIN = "sample.provenance.example/log/2025"
ROOT, LOG = "root", "log"

_MARK = "sample-world"
_PHRASE_FILE = "passphrase"
_ONLY_MINE = 0o600


@unique
class State(StrEnum):
    """How far a folder is from being a sample world."""

    ABSENT = "absent"
    FOREIGN = "foreign"
    FILLING = "filling"
    COMPLETE = "complete"


def state_of(home: Path) -> State:
    """What the folder is; one that holds anything without our mark is somebody else's."""
    mark = home / _MARK
    if mark.is_file():
        return State.COMPLETE if mark.read_text() == f"{State.COMPLETE}\n" else State.FILLING
    return State.FOREIGN if home.exists() and (home.is_file() or any(home.iterdir())) else State.ABSENT


def mark(home: Path, state: State) -> None:
    """Write down how far it has been filled."""
    write_durably(home / _MARK, f"{state}\n".encode())


def clear(home: Path) -> None:
    """Take away a sample world, complete or not; nothing else is ever touched."""
    if state_of(home) in (State.FILLING, State.COMPLETE):
        shutil.rmtree(home)


def settings_of(home: Path, *, port: int) -> Settings:
    """The settings of the world in a folder, whatever the environment says."""
    return read_settings(environment_of(home) | {"PROVENANCE_BASE_URL": f"http://localhost:{port}"})


def environment_of(home: Path) -> dict[str, str]:
    """The variables by which every command finds this world."""
    found = {"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE_FILE": str(home / _PHRASE_FILE)}
    # A world of an older making takes no payments.
    return found | ({"PROVENANCE_PAYMENTS": str(payments_of(home))} if payments_of(home).is_file() else {})


def payments_of(home: Path) -> Path:
    """The file with the accounts at payment providers."""
    return home / "payments.json"


def decisions_of(home: Path) -> Path:
    """Where the decisions of the world lie, each with its evidence."""
    return home / "decisions"


def set_up(home: Path, parties: Sequence[str], *, progress: Callable[[int], None]) -> Mapping[str, SigningKey]:
    """The keys of the log, the registry's root and each of these parties, made and locked away; and the trust file."""
    home.mkdir(parents=True, exist_ok=True)
    mark(home, State.FILLING)
    passphrase = random_bytes(24).hex()
    write_durably(home / _PHRASE_FILE, f"{passphrase}\n".encode(), mode=_ONLY_MINE)
    keys = {name: signing_key_from_seed(random_bytes(32)) for name in (ROOT, LOG, *parties)}
    for name, key in keys.items():
        sealed = seal(key, passphrase=passphrase, salt=random_bytes(16), nonce=random_bytes(24))
        write_durably(home / "keys" / f"{name}.key", sealed, mode=_ONLY_MINE)
        progress(1)
    trust = Trust(ORIGIN, signer_key(ORIGIN, keys[LOG].public), (keys[ROOT].public,), threshold=1)
    write_durably(home / "trust.json", format_trust(trust))
    return keys
