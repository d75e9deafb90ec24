"""Whether an entry may join the registry now: who must sign it, and what it may say.

Rules:

* the root (k of n keys) enrols parties, sets roles, grants and ends prefix licences, and replaces its own keys;
* a party adds, rotates and revokes its own keys and hands out delegations; the root may revoke too;
* every key that appears for the first time signs the entry that brings it (proof of possession), and belongs to one
  party for ever;
* no two live licences may overlap: one prefix never begins another;
* a key is called compromised from a log size that has been; what it signed from there on is in doubt until the party
  reaffirms it with another key (``checks.keys_trusted``);
* a party that lost its keys gets a new one from the root after 72 hours in which all could read the proposal, and any
  live key of the party, or the root, can veto it. Whoever fears that a thief would veto revokes the stolen key first.
  The two times are the root's word; the log takes only those that are its own time within five minutes
  (``sequencing``), so root and log together could shorten the wait, for every mirror to see.

GS1 General Specifications §1.4 (company prefixes).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from provenance.codes import Code
from provenance.custody.parties import Recovery, Registry
from provenance.custody.registry_entries import (
    DelegationEnded,
    DelegationGranted,
    Entry,
    KeyRevoked,
    KeyRotated,
    LicenceEnded,
    LicenceGranted,
    PartyEnrolled,
    RecoveryCompleted,
    RecoveryProposed,
    RecoveryVetoed,
    RolesChanged,
    RootEstablished,
    RootRotated,
    introduced_keys,
)
from provenance.custody.roles import Role
from provenance.custody.statements import Header
from provenance.errors import Refusal
from provenance.ids import LeafIndex, PartyId, StatementHash

RECOVERY_WAIT = timedelta(hours=72)
_LAST_INSTANT = datetime.max.replace(tzinfo=UTC)


def admit(registry: Registry, entry: Entry, header: Header, *, at: LeafIndex) -> Refusal | None:
    """Why an entry may not join the registry at this log position, or ``None``."""
    if isinstance(entry, RootEstablished):
        return _admit_root(registry, entry, header)
    for signer in header.signers:
        new = signer.key in introduced_keys(entry) and signer.key not in registry.keys
        if not new and (refusal := registry.speaks(signer)):
            return refusal
    return _authority(registry, entry, header) or _possession(registry, entry, header) or _content(registry, entry, at)


def _admit_root(registry: Registry, entry: RootEstablished, header: Header) -> Refusal | None:
    if registry.roots:
        return Refusal(Code.ROOT_EXISTS, "this registry has its root already")
    expected = {(PartyId(str(key)), key.id, Role.ROOT) for key in entry.keys}
    if {(s.party, s.key, s.role) for s in header.signers} != expected:
        return Refusal(Code.MISSING_SIGNER, "every root key signs, as its own did:key, in the role root")
    return None


def _authority(registry: Registry, entry: Entry, header: Header) -> Refusal | None:
    """The root for who is who; the party itself for its keys and delegations; either to end a key or a recovery."""
    by_root = sum(signer.key in registry.roots for signer in header.signers) >= registry.threshold > 0
    new = introduced_keys(entry)
    by_party = any(s.party == _party(entry) and s.key not in new for s in header.signers)
    match entry:
        case (
            RootRotated()
            | PartyEnrolled()
            | RolesChanged()
            | LicenceGranted()
            | LicenceEnded()
            | RecoveryProposed()
            | RecoveryCompleted()
        ):
            allowed, who = by_root, f"{registry.threshold} of the root keys"
        case KeyRevoked() | RecoveryVetoed():
            allowed, who = by_party or by_root, "the party or the root"
        case _:
            allowed, who = by_party, "a live key of the party"
    return None if allowed else Refusal(Code.NOT_AUTHORISED, f"this entry needs {who} to sign")


def _possession(registry: Registry, entry: Entry, header: Header) -> Refusal | None:
    """Each new key signs, for the party it will speak for, and was never seen before."""
    signed = {(signer.key, signer.party) for signer in header.signers}
    kept = registry.roots if isinstance(entry, RootRotated) else frozenset()
    for key, public in introduced_keys(entry).items():
        if key in kept:
            continue
        if key in registry.keys:
            return Refusal(Code.KEY_TAKEN, f"the key {key} is registered already")
        if (key, _party(entry) or PartyId(str(public))) not in signed:
            return Refusal(Code.MISSING_SIGNER, f"the new key {key} must sign too, for its party")
    return None


def _content(registry: Registry, entry: Entry, at: LeafIndex) -> Refusal | None:
    match entry:
        case RootRotated(origin):
            known = registry.origin
            return _when(origin != known, Code.WRONG_VALUE, lambda: f"this registry is {known}", pointer="/origin")
        case PartyEnrolled(joining):
            return _when(joining in registry.parties, Code.PARTY_EXISTS, lambda: f"{joining} is enrolled already")
        case DelegationGranted(to=to) if to not in registry.parties:
            return Refusal(Code.UNKNOWN_PARTY, f"{to} is not enrolled", pointer="/to")
    party = _party(entry)
    if party is None or party not in registry.parties:
        return Refusal(Code.UNKNOWN_PARTY, f"{party} is not enrolled", pointer="/party")
    return _content_about(registry, entry, party, at)


def _content_about(registry: Registry, entry: Entry, party: PartyId, at: LeafIndex) -> Refusal | None:
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
            if known is None or known.party != party or known.ended is not None:
                return Refusal(Code.UNKNOWN_KEY, f"{old} is no live key of {party}")
            since = entry.compromised_since if isinstance(entry, KeyRevoked) else None
            later = since is not None and since > at
            return _when(
                later, Code.COMPROMISED_LATER, lambda: f"{since} is above the log's {at}", pointer="/compromisedSince"
            )
        case RecoveryProposed():
            running = next((by for by, other in registry.recoveries.items() if other.party == party), None)
            return _when(
                running is not None, Code.RECOVERY_RUNS, lambda: f"the recovery {running} of {party} runs already"
            )
        case RecoveryVetoed(_, proposal) | RecoveryCompleted(_, proposal):
            return _recovery(registry, entry, party, proposal)
        case DelegationEnded(_, grant):
            held = registry.delegations.get(grant)
            wrong = held is None or held.party != party
            return _when(wrong, Code.UNKNOWN_DELEGATION, lambda: f"{party} has no live delegation {grant}")
        case _:
            return None


def _recovery(registry: Registry, entry: Entry, party: PartyId, proposal: StatementHash) -> Refusal | None:
    recovery = registry.recoveries.get(proposal)
    if recovery is None or recovery.party != party:
        return Refusal(Code.UNKNOWN_RECOVERY, f"no recovery {proposal} of {party} runs", pointer="/proposal")
    return _wait(registry, entry, recovery) if isinstance(entry, RecoveryCompleted) else None


def _wait(registry: Registry, entry: RecoveryCompleted, recovery: Recovery) -> Refusal | None:
    # In the last days of the year 9999 the wait has no end that could be written: what begins there is never due.
    due = recovery.at + min(RECOVERY_WAIT, _LAST_INSTANT - recovery.at)
    if entry.at < due:
        return Refusal(Code.RECOVERY_WAITS, f"everybody may object until {due.isoformat()}", pointer="/at")
    taken = recovery.key.id in registry.keys
    return _when(taken, Code.KEY_TAKEN, lambda: f"the key {recovery.key.id} was registered meanwhile")


def _party(entry: Entry) -> PartyId | None:
    return None if isinstance(entry, RootEstablished | RootRotated) else entry.party


def _when(wrong: bool, code: Code, message: Callable[[], str], *, pointer: str = "") -> Refusal | None:
    return Refusal(code, message(), pointer=pointer) if wrong else None
