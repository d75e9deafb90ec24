"""What the registry can say, one value per sentence: who is who, who owns which prefix, which keys speak.

Rules: a closed set of kinds; every member is required and none is extra; keys are given whole
(``did:key:z…``) where they appear for the first time, so an entry can be verified by itself.

    {"kind":"root-established","origin":…,"keys":[…],"threshold":1}
    {"kind":"party-enrolled","party":…,"name":…,"roles":[…],"keys":[…]}
    {"kind":"roles-changed","party":…,"roles":[…]}
    {"kind":"licence-granted" | "licence-ended","party":…,"prefix":"952012345"}
    {"kind":"key-added","party":…,"key":"did:key:z…"}
    {"kind":"key-rotated","party":…,"old":"<key id>","key":"did:key:z…"}
    {"kind":"key-revoked","party":…,"old":"<key id>","reason":"superseded"|"lost"}
    {"kind":"key-revoked","party":…,"old":"<key id>","reason":"compromised","compromisedSince":<log size>}
    {"kind":"delegation-granted","party":…,"to":…,"may":"commission"|"observe","scope":["https://id.gs1.org/01/09520123"…]}
    {"kind":"delegation-ended","party":…,"grant":"<statement hash>"}

``compromisedSince`` stands only with the reason ``compromised``. A ``scope`` entry is the beginning of
EPC URIs; the empty list means everything the granting party may do itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import TypeVar

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, parse_public
from provenance.custody.roles import Role, parse_party
from provenance.encoding.canonical import Json
from provenance.encoding.textual import parse_hex
from provenance.errors import MalformedError, ProvenanceError
from provenance.ids import KeyId, PartyId, StatementHash, TreeSize

_PREFIX = re.compile(r"[0-9]{4,12}")
_LONGEST_NAME = 200
_MOST_KEYS = 16


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
    compromised_since: TreeSize | None


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
    | PartyEnrolled
    | RolesChanged
    | LicenceGranted
    | LicenceEnded
    | KeyAdded
    | KeyRotated
    | KeyRevoked
    | DelegationGranted
    | DelegationEnded
)


def parse_entry(members: Mapping[str, Json]) -> Entry:
    """The entry in a body's members (without the three every statement has)."""
    kind = members.get("kind")
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise MalformedError(Code.WRONG_VALUE, f"kind must be one of {', '.join(_SHAPES)}", pointer="/kind")
    reader = _Reader(members)
    reader.expect(_SHAPES[kind] | ({"compromisedSince"} if members.get("reason") == "compromised" else frozenset()))
    if kind == "root-established":
        keys = reader.keys("keys")
        return RootEstablished(reader.text("origin"), keys, reader.count("threshold", 1, len(keys)))
    party = reader.party("party")
    match kind:
        case "party-enrolled":
            return PartyEnrolled(party, reader.text("name"), reader.roles("roles"), reader.keys("keys"))
        case "roles-changed":
            return RolesChanged(party, reader.roles("roles"))
        case "licence-granted":
            return LicenceGranted(party, reader.prefix("prefix"))
        case "licence-ended":
            return LicenceEnded(party, reader.prefix("prefix"))
        case "key-added":
            return KeyAdded(party, reader.key("key"))
        case "key-rotated":
            return KeyRotated(party, KeyId(reader.hash("old")), reader.key("key"))
        case "key-revoked":
            reason = reader.word("reason", RevocationReason)
            since = (
                TreeSize(reader.count("compromisedSince", 0, 2**53 - 1))
                if reason is RevocationReason.COMPROMISED
                else None
            )
            return KeyRevoked(party, KeyId(reader.hash("old")), reason, since)
        case "delegation-granted":
            return DelegationGranted(party, reader.party("to"), reader.word("may", Permission), reader.texts("scope"))
        case _:  # delegation-ended: the last of _SHAPES, which every kind has passed
            return DelegationEnded(party, StatementHash(reader.hash("grant")))


def entry_members(entry: Entry) -> dict[str, Json]:
    """The members of an entry as they stand in a body; ``parse_entry`` gives the entry back."""
    match entry:
        case RootEstablished(origin, keys, threshold):
            return {
                "kind": "root-established",
                "origin": origin,
                "keys": [str(k) for k in keys],
                "threshold": threshold,
            }
        case PartyEnrolled(party, name, roles, keys):
            return {
                "kind": "party-enrolled",
                "party": party,
                "name": name,
                "roles": [role.value for role in roles],
                "keys": [str(k) for k in keys],
            }
        case RolesChanged(party, roles):
            return {"kind": "roles-changed", "party": party, "roles": [role.value for role in roles]}
        case LicenceGranted(party, prefix):
            return {"kind": "licence-granted", "party": party, "prefix": prefix}
        case LicenceEnded(party, prefix):
            return {"kind": "licence-ended", "party": party, "prefix": prefix}
        case KeyAdded(party, key):
            return {"kind": "key-added", "party": party, "key": str(key)}
        case KeyRotated(party, old, key):
            return {"kind": "key-rotated", "party": party, "old": old, "key": str(key)}
        case KeyRevoked(party, old, reason, since):
            revoked: dict[str, Json] = {"kind": "key-revoked", "party": party, "old": old, "reason": reason.value}
            return revoked if since is None else revoked | {"compromisedSince": int(since)}
        case DelegationGranted(party, to, may, scope):
            return {"kind": "delegation-granted", "party": party, "to": to, "may": may.value, "scope": list(scope)}
        case DelegationEnded(party, grant):
            return {"kind": "delegation-ended", "party": party, "grant": grant}


def introduced_keys(entry: Entry) -> dict[KeyId, PublicKey]:
    """The keys an entry gives whole, by id."""
    match entry:
        case RootEstablished(keys=keys) | PartyEnrolled(keys=keys):
            return {key.id: key for key in keys}
        case KeyAdded(key=key) | KeyRotated(key=key):
            return {key.id: key}
        case _:
            return {}


_SHAPES: Mapping[str, frozenset[str]] = {
    "root-established": frozenset({"kind", "origin", "keys", "threshold"}),
    "party-enrolled": frozenset({"kind", "party", "name", "roles", "keys"}),
    "roles-changed": frozenset({"kind", "party", "roles"}),
    "licence-granted": frozenset({"kind", "party", "prefix"}),
    "licence-ended": frozenset({"kind", "party", "prefix"}),
    "key-added": frozenset({"kind", "party", "key"}),
    "key-rotated": frozenset({"kind", "party", "old", "key"}),
    "key-revoked": frozenset({"kind", "party", "old", "reason"}),
    "delegation-granted": frozenset({"kind", "party", "to", "may", "scope"}),
    "delegation-ended": frozenset({"kind", "party", "grant"}),
}


_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one member at a time; every refusal points at it."""

    members: Mapping[str, Json]

    def expect(self, names: frozenset[str]) -> None:
        if missing := sorted(names - self.members.keys()):
            raise MalformedError(Code.MISSING_MEMBER, f"the member {missing[0]} is missing", pointer=f"/{missing[0]}")
        if extra := sorted(self.members.keys() - names):
            raise MalformedError(Code.UNKNOWN_MEMBER, f"{extra[0]!r} has no meaning here", pointer=f"/{extra[0]}")

    def text(self, name: str) -> str:
        value = self.members[name]
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME or not value.isprintable():
            raise MalformedError(
                Code.WRONG_TYPE, f"a printable text of 1 to {_LONGEST_NAME} letters", pointer=f"/{name}"
            )
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        values = self.members[name]
        if not isinstance(values, list):
            raise MalformedError(Code.WRONG_TYPE, "a list of texts", pointer=f"/{name}")
        return tuple(_Reader({f"{name}/{i}": value}).text(f"{name}/{i}") for i, value in enumerate(values))

    def count(self, name: str, least: int, most: int) -> int:
        value = self.members[name]
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise MalformedError(Code.WRONG_VALUE, f"a whole number from {least} to {most}", pointer=f"/{name}")
        return value

    def party(self, name: str) -> PartyId:
        return parse_party(self.text(name), f"/{name}")

    def prefix(self, name: str) -> str:
        value = self.text(name)
        if not _PREFIX.fullmatch(value):
            raise MalformedError(Code.WRONG_VALUE, "a company prefix has 4 to 12 digits", pointer=f"/{name}")
        return value

    def hash(self, name: str) -> str:
        try:
            parse_hex(value := self.text(name), length=32)
        except ProvenanceError as err:
            raise err.under(f"/{name}") if not err.pointer else err from err
        return value

    def key(self, name: str) -> PublicKey:
        try:
            return parse_public(self.text(name))
        except ProvenanceError as err:
            raise err.under(f"/{name}") if not err.pointer else err from err

    def keys(self, name: str) -> tuple[PublicKey, ...]:
        texts = self.texts(name)
        if not 1 <= len(texts) <= _MOST_KEYS or len(set(texts)) != len(texts):
            raise MalformedError(Code.WRONG_VALUE, f"1 to {_MOST_KEYS} different keys", pointer=f"/{name}")
        return tuple(_Reader({f"{name}/{i}": text}).key(f"{name}/{i}") for i, text in enumerate(texts))

    def word(self, name: str, words: type[_Word]) -> _Word:
        value = self.members[name]
        if not isinstance(value, str) or value not in tuple(words):
            raise MalformedError(Code.WRONG_VALUE, f"one of {', '.join(words)}", pointer=f"/{name}")
        return words(value)

    def roles(self, name: str) -> tuple[Role, ...]:
        texts = self.texts(name)
        grantable = [role for role in Role if role is not Role.ROOT]
        if not texts or len(set(texts)) != len(texts) or not set(texts) <= set(grantable):
            raise MalformedError(Code.WRONG_VALUE, f"different roles of {', '.join(grantable)}", pointer=f"/{name}")
        return tuple(Role(text) for text in texts)
