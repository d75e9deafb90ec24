"""What a signed record says before anyone believes it: its kind, its links, who must sign.

Rules:

* a body is one JSON object in its RFC 8785 form, with three members every statement has::

    "prov:previous": ["<64 hex>", …]     heads of the chains it extends, sorted, none twice
    "prov:signers":  [{"party":…,"key":"<64 hex>","role":"producer"}, …]
    "prov:seen":     {"origin":"…","size":7,"root":"<base64, 32 bytes>"}

* exactly the keys in ``prov:signers`` must have signed: one missing or one extra is refused;
* the trust grows by type: ``Envelope`` (bytes) → ``OpenedStatement`` (one spelling, signer list complete)
  → ``SignedStatement`` (its content read) → ``VerifiedStatement`` (every signature holds). Signatures can also be
  checked before the content is read (``AttestedStatement``). Whether the signers were *allowed* to say it is
  ``custody.admission``'s business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum, unique
from functools import lru_cache
from itertools import pairwise

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, Signature, pae
from provenance.crypto.keys import PublicKey, is_signed_by
from provenance.custody.claim_keys import check_claim_keys
from provenance.custody.commerce_records import CommerceRecord, consumer_key, parse_commerce_record
from provenance.custody.registry_entries import Entry, introduced_keys, parse_entry
from provenance.custody.roles import ROLES, Role
from provenance.custody.steps import Step, step_of
from provenance.custody.subjects import Touched, touched
from provenance.custody.web_links import WebLinks, parse_web_links
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, has_members
from provenance.encoding.textual import format_base64, parse_base64
from provenance.epcis.events import Event, parse_event
from provenance.epcis.rules import check_event
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.ids import KeyId, PartyId, StatementHash, TreeSize

PREVIOUS, SIGNERS, SEEN = "prov:previous", "prov:signers", "prov:seen"
_HEADER = frozenset({PREVIOUS, SIGNERS, SEEN})
MOST_LINKS = 20_000
_HASH = re.compile("[0-9a-f]{64}")
_SIGNER_MEMBERS = frozenset({"party", "key", "role"})
_SEEN_MEMBERS = frozenset({"origin", "size", "root"})

KeyOf = Callable[[KeyId], PublicKey | None]
"""Finds a registered key by its id."""

Held = frozenset[tuple[KeyId, StatementHash, bytes]]
"""Signatures that were found to hold: by which key, on which statement, and its bytes."""


@unique
class PayloadType(StrEnum):
    """The kinds of statement; the value is signed with the body and never renamed."""

    CUSTODY_EVENT = "application/vnd.provenance.custody-event+json"
    REGISTRY_ENTRY = "application/vnd.provenance.registry-entry+json"
    WEB_LINKS = "application/vnd.provenance.web-links+json"
    COMMERCE_RECORD = "application/vnd.provenance.commerce-record+json"


@dataclass(frozen=True, slots=True)
class Signer:
    """One who must sign: for which party, with which key, acting in which role."""

    party: PartyId
    key: KeyId
    role: Role


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint the signer knew: the statement cannot be older than it."""

    origin: str
    size: TreeSize
    root: bytes


@dataclass(frozen=True, slots=True)
class Header:
    """The members every statement has."""

    previous: tuple[StatementHash, ...]
    signers: tuple[Signer, ...]
    seen: Seen

    @property
    def parties(self) -> frozenset[PartyId]:
        """Those who speak in this statement."""
        return frozenset(signer.party for signer in self.signers)


Content = Event | Entry | WebLinks | CommerceRecord
"""What a statement says, by its payload type."""


@dataclass(frozen=True, slots=True)
class OpenedStatement:
    """A statement of a known type in its one spelling, whose list of signers is complete; its content is not read."""

    envelope: Envelope
    hash: StatementHash
    header: Header
    body: Mapping[str, Json]

    @property
    def is_entry(self) -> bool:
        """Whether it speaks of the registry, not of things."""
        return self.envelope.payload_type == PayloadType.REGISTRY_ENTRY

    @property
    def is_event(self) -> bool:
        """Whether it speaks of things, and may extend several chains; all else extends one."""
        return self.envelope.payload_type == PayloadType.CUSTODY_EVENT


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A statement whose form is right and whose list of signers is complete; no signature was checked.

    ``step`` and ``about`` are what an event does and to which things; ``None`` and nothing for all other content.
    """

    envelope: Envelope
    hash: StatementHash
    header: Header
    content: Content
    step: Step | None
    about: Touched


@dataclass(frozen=True, slots=True)
class VerifiedStatement:
    """A statement on which every signature holds; made only by ``verify``."""

    signed: SignedStatement

    @property
    def hash(self) -> StatementHash:
        """The statement's identity."""
        return self.signed.hash

    @property
    def header(self) -> Header:
        """Links, signers and the checkpoint seen."""
        return self.signed.header

    @property
    def content(self) -> Content:
        """The custody event, registry entry, web links or record of commerce."""
        return self.signed.content

    @property
    def envelope(self) -> Envelope:
        """The bytes as they came."""
        return self.signed.envelope

    @property
    def step(self) -> Step | None:
        """What the event does; ``None`` for what is no event."""
        return self.signed.step

    @property
    def about(self) -> Touched:
        """The things the event is about; nothing for what is no event."""
        return self.signed.about


@dataclass(frozen=True, slots=True)
class AttestedStatement:
    """An opened statement on which every signature holds; made only by ``attest``."""

    opened: OpenedStatement


def read(envelope: Envelope) -> SignedStatement:
    """The statement in an envelope; refuses unknown types, wrong bodies, missing or extra signers."""
    return read_content(open_statement(envelope))


def open_statement(envelope: Envelope) -> OpenedStatement:
    """The statement in an envelope, as far as one can follow it who knows neither things nor trade."""
    match envelope.payload_type:
        case PayloadType.CUSTODY_EVENT:
            body = _body(envelope.body, canonical.parse)
        case PayloadType.REGISTRY_ENTRY | PayloadType.WEB_LINKS | PayloadType.COMMERCE_RECORD:
            body = _body(envelope.body, canonical.parse_whole)
        case other:
            known = ", ".join(PayloadType)
            raise MalformedError(
                Code.UNKNOWN_PAYLOAD_TYPE, f"the type {other!r} is none of {known}", pointer="/payloadType"
            )
    header = _header(body, _SPEAKERS.get(envelope.payload_type, ROLES))
    _check_signers(header, envelope.signatures)
    return OpenedStatement(envelope, envelope.hash, header, body)


def read_content(opened: OpenedStatement) -> SignedStatement:
    """The statement with what it says: a custody event about some thing, or one of our own kinds."""
    said = {name: value for name, value in opened.body.items() if name not in _HEADER}
    own = _PARSERS.get(opened.envelope.payload_type)
    if own is not None:
        return SignedStatement(opened.envelope, opened.hash, opened.header, own(said), None, Touched())
    event = parse_event(said)
    check_event(event)
    about = touched(event)
    if not about.subjects and not event.sensors:
        raise MalformedError(Code.EMPTY_LIST, "the event names no thing and no lot")
    step = step_of(event)
    check_claim_keys(event, step, about)
    return SignedStatement(opened.envelope, opened.hash, opened.header, event, step, about)


def verify(statement: SignedStatement, key_of: KeyOf, held: Held = frozenset()) -> VerifiedStatement:
    """The statement as a verified one; ``key_of`` finds registered keys, ``held`` were checked already.

    Keys that a registry entry introduces are taken from the entry itself: their signature proves that
    someone holds them. Refuses unknown keys and any signature that does not hold.
    """
    _check_signatures(statement, lambda key: introduced_by(statement).get(key) or key_of(key), held)
    return VerifiedStatement(statement)


def attest(opened: OpenedStatement, key_of: KeyOf) -> AttestedStatement:
    """The opened statement, once every signature on it holds; refuses as ``verify`` does."""
    _check_signatures(opened, key_of, frozenset())
    return AttestedStatement(opened)


def read_attested(attested: AttestedStatement) -> VerifiedStatement:
    """The statement with what it says; refuses what ``read`` would refuse."""
    return VerifiedStatement(read_content(attested.opened))


def introduced_by(statement: SignedStatement) -> Mapping[KeyId, PublicKey]:
    """The keys that a statement gives whole: a registry entry brings new ones, a consumer is named by theirs."""
    if isinstance(statement.content, Entry):
        return introduced_keys(statement.content)
    return consumers_in(statement.header)


def consumers_in(header: Header) -> Mapping[KeyId, PublicKey]:
    """The keys of those who sign as consumers: their names are their keys."""
    consumers = (signer for signer in header.signers if signer.role is Role.CONSUMER)
    return {signer.key: consumer_key(signer.party, signer.key) for signer in consumers}


def header_members(header: Header) -> dict[str, Json]:
    """The three members as they stand in a body; ``read`` gives the header back."""
    seen = header.seen
    return {
        PREVIOUS: list(header.previous),
        SIGNERS: [{"party": s.party, "key": s.key, "role": s.role.value} for s in header.signers],
        SEEN: {"origin": seen.origin, "size": seen.size, "root": format_base64(seen.root)},
    }


def _body(data: bytes, parse: Callable[[bytes], Json]) -> dict[str, Json]:
    try:
        value = parse(data)
    except MalformedError as err:
        # Bytes that are not read have no places inside; what is wrong with them as a whole stands in the payload.
        raise (err if err.pointer else err.under("/payload")) from err
    if not isinstance(value, dict):
        raise MalformedError(Code.WRONG_TYPE, "a body is one JSON object", pointer="/payload")
    return value


_PARSERS: Mapping[str, Callable[[Mapping[str, Json]], Entry | WebLinks | CommerceRecord]] = {
    PayloadType.REGISTRY_ENTRY: parse_entry,
    PayloadType.WEB_LINKS: parse_web_links,
    PayloadType.COMMERCE_RECORD: parse_commerce_record,
}
"""How our own kinds are read, without the three members every statement has; all else is a custody event."""

_SPEAKERS: Mapping[str, Mapping[str, Role]] = {
    PayloadType.COMMERCE_RECORD: {**ROLES, Role.CONSUMER.value: Role.CONSUMER},
}
"""In which roles a statement of a type is signed, where those of the registry are not all."""


def _header(body: dict[str, Json], roles: Mapping[str, Role]) -> Header:
    if not _HEADER.issubset(body):
        name = next(name for name in (PREVIOUS, SIGNERS, SEEN) if name not in body)
        raise MalformedError(Code.MISSING_MEMBER, f"the member {name} is missing", pointer=f"/{name}")
    return Header(_previous(body[PREVIOUS]), _signers(body[SIGNERS], roles), _seen(body[SEEN]))


def _previous(value: Json) -> tuple[StatementHash, ...]:
    if not isinstance(value, list) or len(value) > MOST_LINKS:
        raise MalformedError(Code.WRONG_TYPE, f"a list of at most {MOST_LINKS} hashes", pointer=f"/{PREVIOUS}")
    hashes = tuple([_hash(entry, PREVIOUS, index) for index, entry in enumerate(value)])
    if len(hashes) > 1 and any(a >= b for a, b in pairwise(hashes)):
        raise MalformedError(Code.WRONG_VALUE, "the hashes are not sorted, or one stands twice", pointer=f"/{PREVIOUS}")
    return hashes


def _hash(value: Json, *place: str | int) -> StatementHash:
    if isinstance(value, str) and _HASH.fullmatch(value):
        return StatementHash(value)
    message = f"not 64 lower-case hex digits: {str(value)[:70]!r}"
    raise MalformedError(Code.MALFORMED_TEXT, message, pointer="".join(f"/{step}" for step in place))


def _signers(value: Json, roles: Mapping[str, Role]) -> tuple[Signer, ...]:
    if not isinstance(value, list) or not value:
        raise MalformedError(Code.MISSING_SIGNER, "at least one signer must be named", pointer=f"/{SIGNERS}")
    signers = tuple([_signer(entry, index, roles) for index, entry in enumerate(value)])
    if len(signers) > 1 and len({signer.key for signer in signers}) != len(signers):
        raise MalformedError(Code.EXTRA_SIGNER, "the same key is named twice", pointer=f"/{SIGNERS}")
    return signers


def _signer(value: Json, index: int, roles: Mapping[str, Role]) -> Signer:
    party, key, role = (
        (value["party"], value["key"], value["role"]) if has_members(value, _SIGNER_MEMBERS) else (None, None, None)
    )
    if not (isinstance(party, str) and isinstance(key, str) and isinstance(role, str)):
        message = "a signer is an object of party, key and role"
        raise MalformedError(Code.WRONG_TYPE, message, pointer=f"/{SIGNERS}/{index}")
    if role not in roles:
        message = f"the role {role!r} is none of {', '.join(roles)}"
        raise MalformedError(Code.WRONG_VALUE, message, pointer=f"/{SIGNERS}/{index}/role")
    try:
        return _signer_of(party, key, role)
    except ProvenanceError as err:
        raise err.under(f"/{SIGNERS}/{index}") from err


# The same few parties sign again and again.
@lru_cache(maxsize=4096)
def _signer_of(party: str, key: str, role: str) -> Signer:
    signer = Signer(PartyId(party), KeyId(_hash(key, "key")), Role(role))
    if signer.role is Role.CONSUMER:
        try:
            consumer_key(signer.party, signer.key)
        except ProvenanceError as err:
            raise err.under("/party") from err
    return signer


def _seen(value: Json) -> Seen:
    origin, size, root = (
        (value["origin"], value["size"], value["root"]) if has_members(value, _SEEN_MEMBERS) else (None, None, None)
    )
    if isinstance(size, Decimal):
        message = f"the fraction {size} where a tree's size belongs"
        raise MalformedError(Code.FRACTION_NOT_ALLOWED, message, pointer=f"/{SEEN}/size")
    if not (isinstance(origin, str) and type(size) is int and isinstance(root, str)):
        raise MalformedError(Code.WRONG_TYPE, "an object of origin, size and root", pointer=f"/{SEEN}")
    if size < 0:
        raise MalformedError(Code.WRONG_VALUE, "a tree has no negative size", pointer=f"/{SEEN}/size")
    return _seen_at(origin, size, root)


# A batch was mostly signed under one checkpoint: reading it once serves all.
@lru_cache(maxsize=256)
def _seen_at(origin: str, size: int, root: str) -> Seen:
    try:
        return Seen(origin, TreeSize(size), parse_base64(root, length=32))
    except ProvenanceError as err:
        raise err.under(f"/{SEEN}/root") from err


def _check_signatures(statement: OpenedStatement | SignedStatement, key_of: KeyOf, held: Held) -> None:
    envelope, message = statement.envelope, None
    for index, signature in enumerate(envelope.signatures):
        if (signature.key, statement.hash, signature.sig) in held:
            continue
        key = key_of(signature.key)
        if key is None:
            unknown = f"the key {signature.key} is not registered"
            raise ForgedError(Code.UNKNOWN_KEY, unknown, pointer=f"/signatures/{index}")
        message = message or pae(envelope.payload_type, envelope.body)
        if not is_signed_by(key, message, signature.sig):
            forged = f"the signature by {key} does not hold"
            raise ForgedError(Code.BAD_SIGNATURE, forged, pointer=f"/signatures/{index}")


def _check_signers(header: Header, signatures: tuple[Signature, ...]) -> None:
    if len(signatures) == len(header.signers) == 1 and signatures[0].key == header.signers[0].key:
        return  # nearly every statement
    named, present = {signer.key for signer in header.signers}, {signature.key for signature in signatures}
    if missing := sorted(named - present):
        raise MalformedError(Code.MISSING_SIGNER, f"the signature by {missing[0]} is missing", pointer="/signatures")
    if extra := sorted(present - named):
        raise MalformedError(Code.EXTRA_SIGNER, f"{extra[0]} signed but is not in prov:signers", pointer="/signatures")
