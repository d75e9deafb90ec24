"""What the registry can say, one value per sentence: who is who, who owns which prefix, which keys speak.

Rules: a closed set of kinds, each with its members in the table below; every member is required and none is extra;
keys are given whole (``did:key:z…``) where they appear for the first time, so an entry can be verified by itself.

    {"kind":"root-established" | "root-rotated","origin":…,"keys":[…],"threshold":1}
    {"kind":"party-enrolled","party":…,"name":…,"roles":[…],"keys":[…]}
    {"kind":"roles-changed","party":…,"roles":[…]}
    {"kind":"licence-granted" | "licence-ended","party":…,"prefix":"952012345"}
    {"kind":"key-added","party":…,"key":"did:key:z…"}
    {"kind":"key-rotated","party":…,"old":"<key id>","key":"did:key:z…"}
    {"kind":"key-revoked","party":…,"old":"<key id>","reason":"superseded"|"lost"}
    {"kind":"key-revoked","party":…,"old":"<key id>","reason":"compromised","compromisedSince":<log size>}
    {"kind":"statements-reaffirmed","party":…,"statements":["<statement hash>",…]}
    {"kind":"recovery-proposed","party":…,"key":"did:key:z…","at":"2026-05-04T10:00:00.000Z"}
    {"kind":"recovery-vetoed","party":…,"proposal":"<statement hash>"}
    {"kind":"recovery-completed","party":…,"proposal":"<statement hash>","at":"2026-05-07T10:00:00.000Z"}
    {"kind":"delegation-granted","party":…,"to":…,"may":"commission"|"observe","scope":["https://id.gs1.org/01/09520123"…]}
    {"kind":"delegation-ended","party":…,"grant":"<statement hash>"}

``compromisedSince`` stands only with the reason ``compromised``. A ``scope`` entry is the beginning of
EPC URIs; the empty list means everything the granting party may do itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum, unique
from typing import Any

from provenance.codes import Code
from provenance.crypto.keys import PublicKey
from provenance.custody import entry_values as values
from provenance.custody.roles import Role
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError
from provenance.ids import KeyId, PartyId, StatementHash, TreeSize


@unique
class RevocationReason(StrEnum):
    """Why a key stopped speaking."""

    SUPERSEDED = "superseded"
    LOST = "lost"
    COMPROMISED = "compromised"


@unique
class Permission(StrEnum):
    """What a party can let another do in its place."""

    COMMISSION = "commission"
    OBSERVE = "observe"


@dataclass(frozen=True, slots=True)
class RootEstablished:
    """The first entry of a registry: the keys that enrol parties, and how many must agree."""

    origin: str
    keys: tuple[PublicKey, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class RootRotated:
    """The root's keys are replaced by these, all of them, and so is how many must agree."""

    origin: str
    keys: tuple[PublicKey, ...]
    threshold: int


@dataclass(frozen=True, slots=True)
class PartyEnrolled:
    """A party joins, with its roles and first keys."""

    party: PartyId
    name: str
    roles: tuple[Role, ...]
    keys: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True)
class RolesChanged:
    """A party's roles are replaced by these."""

    party: PartyId
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class LicenceGranted:
    """A GS1 company prefix belongs to a party from here on."""

    party: PartyId
    prefix: str


@dataclass(frozen=True, slots=True)
class LicenceEnded:
    """The company prefix no longer belongs to the party."""

    party: PartyId
    prefix: str


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """One more key speaks for the party."""

    party: PartyId
    key: PublicKey


@dataclass(frozen=True, slots=True)
class KeyRotated:
    """A new key takes an old one's place."""

    party: PartyId
    old: KeyId
    key: PublicKey


@dataclass(frozen=True, slots=True)
class KeyRevoked:
    """A key stops speaking; statements after ``compromised_since`` (a log size) become doubtful."""

    party: PartyId
    old: KeyId
    reason: RevocationReason
    compromised_since: TreeSize | None = None


@dataclass(frozen=True, slots=True)
class StatementsReaffirmed:
    """A party stands by these, which a key of its signed that is in doubt by now."""

    party: PartyId
    statements: tuple[StatementHash, ...]


@dataclass(frozen=True, slots=True)
class RecoveryProposed:
    """The root means to give a party that lost its keys this one, once everybody had time to object."""

    party: PartyId
    key: PublicKey
    at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryVetoed:
    """The proposal is off: a key of the party still speaks, or the root thought better of it."""

    party: PartyId
    proposal: StatementHash


@dataclass(frozen=True, slots=True)
class RecoveryCompleted:
    """The waiting period is over: the proposed key speaks, and every older key of the party has ended."""

    party: PartyId
    proposal: StatementHash
    at: datetime


@dataclass(frozen=True, slots=True)
class DelegationGranted:
    """A party lets another commission or observe in its place, within a scope."""

    party: PartyId
    to: PartyId
    may: Permission
    scope: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DelegationEnded:
    """A delegation is taken back; ``grant`` is the statement that gave it."""

    party: PartyId
    grant: StatementHash


Entry = (
    RootEstablished
    | RootRotated
    | PartyEnrolled
    | RolesChanged
    | LicenceGranted
    | LicenceEnded
    | KeyAdded
    | KeyRotated
    | KeyRevoked
    | StatementsReaffirmed
    | RecoveryProposed
    | RecoveryVetoed
    | RecoveryCompleted
    | DelegationGranted
    | DelegationEnded
)


@dataclass(frozen=True, slots=True)
class _Shape:
    """The value that a kind is read into, and the members it is read from, in the order of the value's fields."""

    make: Callable[..., Entry]
    members: Mapping[str, values.Form[Any]]  # each form fits its own field


_SHAPES: Mapping[str, _Shape] = {
    "root-established": _Shape(
        RootEstablished, {"origin": values.TEXT, "keys": values.KEYS, "threshold": values.COUNT}
    ),
    "root-rotated": _Shape(RootRotated, {"origin": values.TEXT, "keys": values.KEYS, "threshold": values.COUNT}),
    "party-enrolled": _Shape(
        PartyEnrolled, {"party": values.PARTY, "name": values.TEXT, "roles": values.ROLES, "keys": values.KEYS}
    ),
    "roles-changed": _Shape(RolesChanged, {"party": values.PARTY, "roles": values.ROLES}),
    "licence-granted": _Shape(LicenceGranted, {"party": values.PARTY, "prefix": values.PREFIX}),
    "licence-ended": _Shape(LicenceEnded, {"party": values.PARTY, "prefix": values.PREFIX}),
    "key-added": _Shape(KeyAdded, {"party": values.PARTY, "key": values.KEY}),
    "key-rotated": _Shape(KeyRotated, {"party": values.PARTY, "old": values.KEY_ID, "key": values.KEY}),
    "key-revoked": _Shape(
        KeyRevoked,
        {
            "party": values.PARTY,
            "old": values.KEY_ID,
            "reason": values.word(RevocationReason),
            "compromisedSince": values.SIZE,
        },
    ),
    "statements-reaffirmed": _Shape(StatementsReaffirmed, {"party": values.PARTY, "statements": values.STATEMENTS}),
    "recovery-proposed": _Shape(RecoveryProposed, {"party": values.PARTY, "key": values.KEY, "at": values.INSTANT}),
    "recovery-vetoed": _Shape(RecoveryVetoed, {"party": values.PARTY, "proposal": values.STATEMENT}),
    "recovery-completed": _Shape(
        RecoveryCompleted, {"party": values.PARTY, "proposal": values.STATEMENT, "at": values.INSTANT}
    ),
    "delegation-granted": _Shape(
        DelegationGranted,
        {"party": values.PARTY, "to": values.PARTY, "may": values.word(Permission), "scope": values.TEXTS},
    ),
    "delegation-ended": _Shape(DelegationEnded, {"party": values.PARTY, "grant": values.STATEMENT}),
}
_KINDS = {shape.make: kind for kind, shape in _SHAPES.items()}


def parse_entry(members: Mapping[str, Json]) -> Entry:
    """The entry in a body's members (without the three every statement has)."""
    kind = members.get("kind")
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise MalformedError(Code.WRONG_VALUE, f"kind must be one of {', '.join(_SHAPES)}", pointer="/kind")
    shape = _SHAPES[kind]
    wanted = {name: form for name, form in shape.members.items() if _belongs(name, members)}
    _check_names(members, {"kind", *wanted})
    entry = shape.make(*(form.read(members[name], f"/{name}") for name, form in wanted.items()))
    if isinstance(entry, RootEstablished | RootRotated) and not 1 <= entry.threshold <= len(entry.keys):
        message = f"a whole number from 1 to {len(entry.keys)}, as there are so many keys"
        raise MalformedError(Code.WRONG_VALUE, message, pointer="/threshold")
    return entry


def entry_members(entry: Entry) -> dict[str, Json]:
    """The members of an entry as they stand in a body; ``parse_entry`` gives the entry back."""
    kind = _KINDS[type(entry)]
    said = zip(_SHAPES[kind].members.items(), fields(entry), strict=True)
    written = {name: (form, getattr(entry, field.name)) for (name, form), field in said}
    return {"kind": kind, **{name: form.write(value) for name, (form, value) in written.items() if value is not None}}


def introduced_keys(entry: Entry) -> dict[KeyId, PublicKey]:
    """The keys an entry gives whole, by id."""
    match entry:
        case RootEstablished(keys=keys) | RootRotated(keys=keys) | PartyEnrolled(keys=keys):
            return {key.id: key for key in keys}
        case KeyAdded(key=key) | KeyRotated(key=key) | RecoveryProposed(key=key):
            return {key.id: key}
        case _:
            return {}


def _belongs(name: str, members: Mapping[str, Json]) -> bool:
    return name != "compromisedSince" or members.get("reason") == RevocationReason.COMPROMISED


def _check_names(members: Mapping[str, Json], names: set[str]) -> None:
    if missing := sorted(names - members.keys()):
        raise MalformedError(Code.MISSING_MEMBER, f"the member {missing[0]} is missing", pointer=f"/{missing[0]}")
    if extra := sorted(members.keys() - names):
        raise MalformedError(Code.UNKNOWN_MEMBER, f"{extra[0]!r} has no meaning here", pointer=f"/{extra[0]}")
