"""Putting a witness together, with as little as it needs."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.adapters.key_files import read_key
from provenance.adapters.outside import SystemClock
from provenance.adapters.witness_store import SqliteWitnessStore
from provenance.config import Settings
from provenance.ports.outside import Clock
from provenance.services.confirming import Confirming


@dataclass(frozen=True, slots=True)
class WitnessServices:
    """Everything a witness can do."""

    store: SqliteWitnessStore
    confirming: Confirming


def build_witness(settings: Settings, *, clock: Clock | None = None) -> WitnessServices:
    """The witness in ``settings.home``; refuses one that was never set up."""
    store = SqliteWitnessStore(settings.witness_file)
    key = read_key(settings.key_file("witness"), settings.passphrase)
    return WitnessServices(store, Confirming(store, clock or SystemClock(), name=store.name, key=key))
