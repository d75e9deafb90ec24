"""How the installation under a world begins: a trust file, a log key, and the whole cast in the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from provenance.bootstrap import Services, build
from provenance.config import read_settings
from provenance.crypto.envelope import to_json
from provenance.custody.registry_entries import Entry, LicenceGranted, PartyEnrolled, RootEstablished
from provenance.log.note import signer_key
from provenance.ports.providers import Providers
from provenance.services.capturing import Receipt
from provenance.services.signing import Hand
from provenance.trust import Trust, format_trust
from tests.cast import CAST, ROOT, ROOT_HAND
from tests.homes import key_file, key_of
from tests.terminal import PASSPHRASE

ORIGIN = "world.example/log/2026"
NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


@dataclass(slots=True)
class StandingClock:
    """A clock that moves only when it is set."""

    instant: datetime = NOW

    def now(self) -> datetime:
        """The instant it was set to."""
        return self.instant


def opened(home: Path, url: str | None, clock: StandingClock, providers: Providers | None = None) -> Services:
    """The services of the installation in a folder, founded if there is none yet; see ``World``."""
    (home / "keys").mkdir(parents=True, exist_ok=True)
    log = key_of("log")
    (home / "keys" / "log.key").write_bytes(key_file(log))
    trust = Trust(ORIGIN, signer_key(ORIGIN, log.public), (ROOT.public,), threshold=1)
    (home / "trust.json").write_bytes(format_trust(trust))
    settings = {"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": PASSPHRASE}
    if (payments := home / "payments.json").exists():
        settings["PROVENANCE_PAYMENTS"] = str(payments)
    if url is None and not (database := home / "provenance.db").exists():
        database.write_bytes(_founded_database())
    settings |= {"PROVENANCE_DATABASE_URL": url} if url else {}
    services = build(read_settings(settings), clock=clock, providers=providers)
    with services.store.reading() as store:
        is_new = store.size() == 0
    if is_new:
        _found(services)
    return services


def _found(services: Services) -> None:
    """The registry's beginning: its root, and everyone in the cast with a company prefix."""
    entries: list[tuple[Entry, tuple[Hand, ...]]] = [(RootEstablished(ORIGIN, (ROOT.public,), 1), (ROOT_HAND,))]
    for one in CAST:
        entries.append((PartyEnrolled(one.party, one.name, one.roles, (one.key.public,)), (ROOT_HAND, one.hand())))
        entries.append((LicenceGranted(one.party, one.prefix), (ROOT_HAND,)))
    for entry, hands in entries:
        (outcome,) = services.capturing.capture([to_json(services.signing.entry(entry, hands))])
        assert isinstance(outcome, Receipt), str(outcome)


@cache
def _founded_database() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "provenance.db"
        services = opened(Path(folder), f"sqlite:///{file}", StandingClock())
        services.store.close()
        return file.read_bytes()
