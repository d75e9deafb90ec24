"""Who is who: the registry folded from its entries, and what each party may do right now.

Rules:

* the registry is a fold over entries in log order, so "now" is always one log position; nothing
  here looks at ``eventTime``;
* the root (k of n keys) enrols parties, sets roles, grants and ends prefix licences;
* a party adds, rotates and revokes its own keys and hands out delegations; the root may revoke too;
* every key that appears for the first time signs the entry that brings it (proof of possession), and
  belongs to one party for ever: an ended key is never taken up again;
* no two live licences may overlap: one prefix never begins another.

GS1 General Specifications §1.4 (company prefixes); the prefix rule itself is ``gs1.company_prefix``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
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
    RolesChanged,
    RootEstablished,
    introduced_keys,
)
from provenance.custody.roles import Role
from provenance.custody.statements import Header, Signer
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


@dataclass(slots=True)
class Registry:
    """The registry at one log position: the fold of every entry before it."""

    roots: frozenset[KeyId] = frozenset()
    threshold: int = 0
    parties: dict[PartyId, Party] = field(default_factory=dict)
    keys: dict[KeyId, KeyRecord] = field(default_factory=dict)
    licences: dict[str, PartyId] = field(default_factory=dict)
    delegations: dict[StatementHash, DelegationGranted] = field(default_factory=dict)

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
        return self._licensee_by(prefixes_of(read_epc(subject)))

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


def admit(registry: Registry, entry: Entry, header: Header) -> Refusal | None:
    """Why an entry may not join the registry now, or ``None``."""
    if isinstance(entry, RootEstablished):
        return _admit_root(registry, entry, header)
    for signer in header.signers:
        new = signer.key in introduced_keys(entry) and signer.key not in registry.keys
        if not new and (refusal := registry.speaks(signer)):
            return refusal
    return _authority(registry, entry, header) or _possession(registry, entry, header) or _content(registry, entry)


def record(registry: Registry, entry: Entry, *, by: StatementHash, at: LeafIndex) -> None:
    """Fold an admitted entry in; the only place where a registry changes."""
    match entry:
        case RootEstablished(_, keys, threshold):
            registry.roots, registry.threshold = frozenset(key.id for key in keys), threshold
            for key in keys:
                registry.keys[key.id] = KeyRecord(key, PartyId(str(key)), at)
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
        case DelegationGranted():
            registry.delegations[by] = entry
        case DelegationEnded(_, grant):
            del registry.delegations[grant]
        case _:
            assert_never(entry)


def subject_of(entry: Entry) -> Subject:
    """The chain an entry belongs to: its party's, or the registry's own for the root."""
    return Subject(f"registry:{entry.origin}") if isinstance(entry, RootEstablished) else Subject(entry.party)


def _admit_root(registry: Registry, entry: RootEstablished, header: Header) -> Refusal | None:
    if registry.roots:
        return Refusal(Code.ROOT_EXISTS, "this registry has its root already")
    expected = {(PartyId(str(key)), key.id, Role.ROOT) for key in entry.keys}
    if {(s.party, s.key, s.role) for s in header.signers} != expected:
        return Refusal(Code.MISSING_SIGNER, "every root key signs, as its own did:key, in the role root")
    return None


def _authority(registry: Registry, entry: Entry, header: Header) -> Refusal | None:
    """The root for who is who; the party itself for its keys and delegations (the root may revoke)."""
    by_root = sum(signer.key in registry.roots for signer in header.signers) >= registry.threshold > 0
    new = introduced_keys(entry)
    by_party = any(s.party == _party(entry) and s.key not in new for s in header.signers)
    match entry:
        case PartyEnrolled() | RolesChanged() | LicenceGranted() | LicenceEnded():
            allowed, who = by_root, f"{registry.threshold} of the root keys"
        case KeyRevoked():
            allowed, who = by_party or by_root, "the party or the root"
        case _:
            allowed, who = by_party, "a live key of the party"
    return None if allowed else Refusal(Code.NOT_AUTHORISED, f"this entry needs {who} to sign")


def _possession(registry: Registry, entry: Entry, header: Header) -> Refusal | None:
    """Each new key signs, for the party it will speak for, and was never seen before."""
    signed = {(signer.key, signer.party) for signer in header.signers}
    for key in introduced_keys(entry):
        if key in registry.keys:
            return Refusal(Code.KEY_TAKEN, f"the key {key} is registered already")
        if (key, _party(entry)) not in signed:
            return Refusal(Code.MISSING_SIGNER, f"the new key {key} must sign too, for its party")
    return None


def _content(registry: Registry, entry: Entry) -> Refusal | None:
    match entry:
        case PartyEnrolled(joining):
            return _when(joining in registry.parties, Code.PARTY_EXISTS, lambda: f"{joining} is enrolled already")
        case DelegationGranted(to=to) if to not in registry.parties:
            return Refusal(Code.UNKNOWN_PARTY, f"{to} is not enrolled", pointer="/to")
    party = _party(entry)
    if party not in registry.parties:
        return Refusal(Code.UNKNOWN_PARTY, f"{party} is not enrolled", pointer="/party")
    match entry:
        case LicenceGranted(_, prefix):
            clash = next((p for p in registry.licences if p.startswith(prefix) or prefix.startswith(p)), None)
            return _when(
                clash is not None, Code.LICENCE_OVERLAPS, lambda: f"{prefix} overlaps the live licence {clash}"
            )
        case LicenceEnded(_, prefix):
            wrong = registry.licences.get(prefix) != party
            return _when(wrong, Code.UNKNOWN_LICENCE, lambda: f"{party} holds no live licence {prefix}")
        case KeyRotated(_, old, _) | KeyRevoked(_, old):
            known = registry.keys.get(old)
            wrong = known is None or known.party != party or known.ended is not None
            return _when(wrong, Code.UNKNOWN_KEY, lambda: f"{old} is no live key of {party}")
        case DelegationEnded(_, grant):
            held = registry.delegations.get(grant)
            wrong = held is None or held.party != party
            return _when(wrong, Code.UNKNOWN_DELEGATION, lambda: f"{party} has no live delegation {grant}")
        case _:
            return None


def _party(entry: Entry) -> PartyId | None:
    return None if isinstance(entry, RootEstablished) else entry.party


def _when(wrong: bool, code: Code, message: Callable[[], str]) -> Refusal | None:
    return Refusal(code, message()) if wrong else None
