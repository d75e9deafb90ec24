"""Witnesses to work with, each with a file of its own, and logs that lie to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from provenance.adapters.key_files import read_trust
from provenance.adapters.witness_store import SqliteWitnessStore, make_witness_store
from provenance.crypto.keys import SigningKey
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.note import Note, VerifierKey
from provenance.log.policy import parse_policy
from provenance.log.witness import WitnessRequest, format_request
from provenance.ports.outside import Clock
from provenance.services.confirming import Confirming
from provenance.trust import format_trust
from tests.cosigners import LEAVES, LOG_KEY, ORIGIN, TWO_OF_THREE, checkpoint_of, known_key, signed
from tests.founding import StandingClock
from tests.homes import key_file
from tests.trees import plain_consistency, plain_root


def witness_in(
    folder: Path, name: str, *logs: VerifierKey, clock: Clock | None = None, key: SigningKey | None = None
) -> tuple[SqliteWitnessStore, Confirming]:
    """The witness of this name in a folder, begun if there is none yet."""
    file = folder / f"{name.replace('/', '_')}.db"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        make_witness_store(file, name)
    store = SqliteWitnessStore(file)
    for log in logs:
        if not store.log_keys(log.name):
            store.add_log(log)
    return store, Confirming(store, clock or StandingClock(), name=name, key=key or known_key(name))


def write_witness_home(home: Path, name: str, *logs: VerifierKey) -> Path:
    """A witness in a folder of its own as the command line would set it up, with the tests' passphrase."""
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "witness.key").write_bytes(key_file(known_key(name)))
    make_witness_store(home / "witness.db", name)
    for log in logs:
        SqliteWitnessStore(home / "witness.db").add_log(log)
    return home


def ask_witnesses(home: Path, urls: Mapping[str, str], policy_file: bytes = TWO_OF_THREE) -> None:
    """From now on the log in this home wants these witnesses, two of our three if not told otherwise."""
    policy = parse_policy(policy_file)
    placed = tuple(replace(witness, url=urls[witness.name]) for witness in policy.witnesses)
    trust = replace(read_trust(home / "trust.json"), witnesses=replace(policy, witnesses=placed))
    (home / "trust.json").write_bytes(format_trust(trust))


def asking(old: int, new: int) -> bytes:
    """The request of a log that only grows, from one size to another."""
    proof = plain_consistency(old, LEAVES[:new]) if old else []
    return format_request(WitnessRequest(old, tuple(proof), signed(checkpoint_of(new))))


def forked(size: int, *, at: int = 0) -> Note:
    """The checkpoint of a log that rewrote one of its leaves."""
    leaves = [*LEAVES[:size]]
    leaves[at] = bytes(32)
    return sign_checkpoint(Checkpoint(ORIGIN, size, plain_root(leaves)), LOG_KEY)


def asking_for_fork(old: int, size: int, *, at: int = 0) -> bytes:
    """The request of that log."""
    leaves = [*LEAVES[:size]]
    leaves[at] = bytes(32)
    proof = plain_consistency(old, leaves) if old else []
    return format_request(WitnessRequest(old, tuple(proof), forked(size, at=at)))
