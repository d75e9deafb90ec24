"""An installation to work with: made once, copied for each test that wants its own."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import EllipsisType

from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from provenance.bootstrap import Services, build
from provenance.config import Settings, read_settings
from provenance.crypto.keys import SigningKey, signing_key_from_seed
from provenance.custody.registry_entries import LicenceGranted, PartyEnrolled
from provenance.custody.roles import Role
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_base64
from provenance.ids import PartyId
from provenance.log.note import signer_key
from provenance.services.capturing import Receipt
from provenance.services.enrolling import Enrolling
from provenance.trust import Trust, format_trust
from tests.terminal import PASSPHRASE

ORIGIN = "log.example/2026"
MAKER, CARRIER, SHOP = "9520123000004", "9520456000009", "9520789000004"
ITEM = "https://id.gs1.org/01/09520123000011/21/A1"
CONTEXT: list[Json] = ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"]

_CAST = (
    ("maker", MAKER, (Role.PRODUCER, Role.SELLER)),
    ("carrier", CARRIER, (Role.SHIPPER,)),
    ("shop", SHOP, (Role.SELLER,)),
)


def key_of(name: str) -> SigningKey:
    """The key that goes by this name in tests."""
    return signing_key_from_seed(hashlib.sha256(name.encode()).digest())


def party_of(gln: str) -> PartyId:
    """The party with this GLN."""
    return PartyId(f"https://id.gs1.org/417/{gln}")


def key_file(key: SigningKey) -> bytes:
    """The key's file, sealed with the tests' passphrase as cheaply as the format allows: one opens in no time."""
    secret = argon2id.kdf(32, PASSPHRASE.encode(), bytes(16), opslimit=1, memlimit=8192)
    return canonical.dump(
        {
            "version": 1,
            "public": str(key.public),
            "kdf": "argon2id13",
            "memory": 8192,
            "operations": 1,
            "salt": format_base64(bytes(16)),
            "sealed": format_base64(bytes(SecretBox(secret).encrypt(key.seed, bytes(24)))),
        }
    )


def settings_of(home: Path) -> Settings:
    """The settings of a log or a witness in a folder, whatever the environment says."""
    return read_settings({"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": PASSPHRASE})


def founded(home: Path, origin: str = ORIGIN) -> Services:
    """A new installation with its root and nobody else; close its store when you are done."""
    log, root = key_of("log"), key_of("root")
    (home / "keys").mkdir(parents=True)
    for name in ("log", "root", *(name for name, _, _ in _CAST)):
        (home / "keys" / f"{name}.key").write_bytes(key_file(key_of(name)))
    (home / "trust.json").write_bytes(format_trust(Trust(origin, signer_key(origin, log.public), (root.public,), 1)))
    services = build(settings_of(home))
    assert isinstance(enrolling(services).establish(origin, root), Receipt)
    return services


def enrol_cast(services: Services) -> None:
    """The maker, the carrier and the shop join, each with its prefix."""
    registry = enrolling(services)
    for name, gln, roles in _CAST:
        own, party = key_of(name), party_of(gln)
        entry = PartyEnrolled(party, f"The {name}", roles, (own.public,))
        assert isinstance(registry.by_root(entry, [key_of("root")], new=[own]), Receipt)
        assert isinstance(registry.by_root(LicenceGranted(party, gln[:7]), [key_of("root")]), Receipt)


def enrolling(services: Services) -> Enrolling:
    """The registry's verbs of an installation."""
    return Enrolling(services.signing, services.capturing, services.drafting)


def write_home(home: Path) -> Path:
    """An installation in this folder: a maker, a carrier and a shop with their prefixes, and a checkpoint."""
    return write_files(_template(), home)


def files_in(home: Path) -> dict[str, bytes]:
    """Everything in an installation that nobody has open."""
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def write_files(files: Mapping[str, bytes], home: Path) -> Path:
    """An installation again, in this folder."""
    for name, data in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(data)
    return home


@cache
def _template() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        services = founded(home)
        enrol_cast(services)
        services.checkpointing.checkpoint()
        services.store.close()
        return files_in(home)


def event(**changes: Json | EllipsisType) -> bytes:
    """The file of an event: the making of an item, with these members changed; ``...`` takes one away."""
    members: dict[str, Json] = {
        "@context": CONTEXT,
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "eventTime": "2026-05-04T10:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
        "epcList": [ITEM],
    }
    return canonical.dump({name: value for name, value in (members | changes).items() if value is not ...})


def handed_to(gln: str) -> list[Json]:
    """The ``destinationList`` of a hand-over to a party."""
    return [{"type": "possessing_party", "destination": party_of(gln)}]
