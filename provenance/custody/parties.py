"""Who is who: the registry folded from its entries, and what each party may do right now.

Rules:

* the registry is a fold over entries in log order, so "now" is always one log position; nothing
  here looks at ``eventTime``;
* a key belongs to one party for ever, and an ended key never speaks again: by ``KeyRecord`` everybody can tell
  for every log position whose key it was and whether it spoke.

Which entries may join is the business of ``entry_rules``; the prefix rule itself is ``gs1.company_prefix``
(GS1 General Specifications §1.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import assert_never

from provenance.codes import Code
from provenance.crypto.keys import PublicKey
from provenance.custody.registry_entries import (
    DelegationEnded,
    DelegationGranted,
    Entry,
    KeyAdded,
    KeyRevoked,
    KeyRotated,
    LicenceEnded,
    LicenceGranted,
    PartyEnrolled,
    Permission,
    RecoveryCompleted,
    RecoveryProposed,
    RecoveryVetoed,
    RolesChanged,
    RootEstablished,
    RootRotated,
    StatementsReaffirmed,
)
from provenance.custody.roles import Role
from provenance.custody.statements import Signer
from provenance.custody.subjects import class_key
from provenance.errors import Refusal
from provenance.gs1.company_prefix import prefixes_of
from provenance.gs1.identifiers import read_epc
from provenance.ids import KeyId, LeafIndex, PartyId, StatementHash, Subject, TreeSize


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key's life: whose it is, from and until which log position it speaks."""

    public: PublicKey
    party: PartyId
    since: LeafIndex
    ended: LeafIndex | None = None
    compromised_since: TreeSize | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as the registry knows it."""

    id: PartyId
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Recovery:
    """A key that is to speak for a party that lost its own, if nobody objects in time."""

    party: PartyId
    key: PublicKey
    at: datetime


@dataclass(slots=True)
class Registry:
    """The registry at one log position: the fold of every entry before it."""

    origin: str = ""
    roots: frozenset[KeyId] = frozenset()
    threshold: int = 0
    parties: dict[PartyId, Party] = field(default_factory=dict)
    keys: dict[KeyId, KeyRecord] = field(default_factory=dict)
    licences: dict[str, PartyId] = field(default_factory=dict)
    delegations: dict[StatementHash, DelegationGranted] = field(default_factory=dict)
    recoveries: dict[StatementHash, Recovery] = field(default_factory=dict)
    reaffirmed: dict[StatementHash, frozenset[PartyId]] = field(default_factory=dict)

    def key(self, key: KeyId) -> PublicKey | None:
        """The public key with this id, live or ended; ``None`` if it was never registered."""
        record = self.keys.get(key)
        return record.public if record else None

    def speaks(self, signer: Signer) -> Refusal | None:
        """Why this signer may not speak now, or ``None``: live key, of that party, in a role it has."""
        record = self.keys.get(signer.key)
        if record is None or record.party != signer.party:
            return Refusal(Code.UNKNOWN_KEY, f"the key {signer.key} is not registered for {signer.party}")
        if record.ended is not None:
            return Refusal(Code.KEY_ENDED, f"the key {signer.key} of {signer.party} ended at leaf {record.ended}")
        if signer.role is Role.ROOT:
            return None if signer.key in self.roots else Refusal(Code.WRONG_ROLE, f"{signer.key} is no root key")
        party = self.parties.get(signer.party)
        if party is None or signer.role not in party.roles:
            return Refusal(Code.WRONG_ROLE, f"{signer.party} is not enrolled as {signer.role}")
        return None

    def licensee(self, subject: Subject) -> PartyId | None:
        """The party that holds the company prefix of an EPC, or ``None`` if nobody here does."""
        return self._licensee_by(_prefixes_of(class_key(subject)))

    def may(self, party: PartyId, permission: Permission, *, on: Subject, of: PartyId | None) -> bool:
        """Whether ``of`` has delegated this permission on this subject to ``party``."""
        return any(
            grant.to == party
            and grant.party == of
            and grant.may is permission
            and (not grant.scope or any(on.startswith(beginning) for beginning in grant.scope))
            for grant in self.delegations.values()
        )

    def _licensee_by(self, prefixes: Iterable[str]) -> PartyId | None:
        return next((self.licences[prefix] for prefix in prefixes if prefix in self.licences), None)


@lru_cache(maxsize=4096)  # the things of one class share their company
def _prefixes_of(trade_class: str) -> tuple[str, ...]:
    return prefixes_of(read_epc(trade_class))


def record(registry: Registry, entry: Entry, *, by: StatementHash, at: LeafIndex) -> None:
    """Fold an admitted entry in; the only place where a registry changes."""
    match entry:
        case RootEstablished() | RootRotated():
            _set_root(registry, entry, at)
        case PartyEnrolled(party, name, roles, keys):
            registry.parties[party] = Party(party, name, frozenset(roles))
            for key in keys:
                registry.keys[key.id] = KeyRecord(key, party, at)
        case RolesChanged(party, roles):
            registry.parties[party] = replace(registry.parties[party], roles=frozenset(roles))
        case LicenceGranted(party, prefix):
            registry.licences[prefix] = party
        case LicenceEnded(_, prefix):
            del registry.licences[prefix]
        case KeyAdded(party, key):
            registry.keys[key.id] = KeyRecord(key, party, at)
        case KeyRotated(party, old, key):
            registry.keys[key.id] = KeyRecord(key, party, at)
            registry.keys[old] = replace(registry.keys[old], ended=at)
        case KeyRevoked(_, old, _, since):
            registry.keys[old] = replace(registry.keys[old], ended=at, compromised_since=since)
        case StatementsReaffirmed(party, statements):
            for statement in statements:
                registry.reaffirmed[statement] = registry.reaffirmed.get(statement, frozenset()) | {party}
        case RecoveryProposed() | RecoveryVetoed() | RecoveryCompleted():
            _record_recovery(registry, entry, by, at)
        case DelegationGranted():
            registry.delegations[by] = entry
        case DelegationEnded(_, grant):
            del registry.delegations[grant]
        case _:
            assert_never(entry)


def subject_of(entry: Entry) -> Subject:
    """The chain an entry belongs to: its party's, or the registry's own for the root."""
    if isinstance(entry, RootEstablished | RootRotated):
        return Subject(f"registry:{entry.origin}")
    return Subject(entry.party)


def _set_root(registry: Registry, entry: RootEstablished | RootRotated, at: LeafIndex) -> None:
    keys = {key.id: key for key in entry.keys}
    _end_keys(registry, (registry.keys[root] for root in registry.roots - keys.keys()), at)
    for key in entry.keys:
        registry.keys.setdefault(key.id, KeyRecord(key, PartyId(str(key)), at))
    registry.origin, registry.roots, registry.threshold = entry.origin, frozenset(keys), entry.threshold


def _record_recovery(
    registry: Registry,
    entry: RecoveryProposed | RecoveryVetoed | RecoveryCompleted,
    by: StatementHash,
    at: LeafIndex,
) -> None:
    match entry:
        case RecoveryProposed(party, key, proposed):
            registry.recoveries[by] = Recovery(party, key, proposed)
        case RecoveryVetoed(_, proposal):
            del registry.recoveries[proposal]
        case RecoveryCompleted(party, proposal):
            key = registry.recoveries.pop(proposal).key
            _end_keys(registry, (record for record in registry.keys.values() if record.party == party), at)
            registry.keys[key.id] = KeyRecord(key, party, at)


def _end_keys(registry: Registry, records: Iterable[KeyRecord], at: LeafIndex) -> None:
    for record in tuple(records):
        if record.ended is None:
            registry.keys[record.public.id] = replace(record, ended=at)
