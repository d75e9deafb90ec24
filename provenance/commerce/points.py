"""One member's points, folded from the records of their account: lots, what is pending, what was spent, what is owed.

Everything here is read from the dossier and nothing is kept; ``points_rows`` has the stages, ``points_postings`` the
transfers. Every point is in the double-entry book of the account, so all its accounts sum to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.ledger import Account, AccountKind, Ledger
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind
from provenance.custody.roles import Role
from provenance.errors import RefusedError
from provenance.ids import PartyId, StatementHash, Subject

_NEW_KEYS = frozenset({Kind.KEY_CHANGED, Kind.KEY_REPLACED})


@dataclass(frozen=True, slots=True)
class Part:
    """So many points of one lot."""

    lot: str
    points: int


@dataclass(frozen=True, slots=True)
class Earning:
    """What an order earned, line by line, and which lines were taken back."""

    shares: tuple[int, ...]
    revoked: frozenset[int] = frozenset()

    @property
    def points(self) -> int:
        """What is left of it."""
        return sum(points for line, points in enumerate(self.shares) if line not in self.revoked)


@dataclass(frozen=True, slots=True)
class Redemption:
    """Points laid down for an order, by line and lot; they paid ``minor`` of it, and these lines were given back."""

    minor: int
    parts: tuple[tuple[Part, ...], ...]
    returned: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Gift:
    """Points given to another account, each part with the instant at which it ends."""

    recipient: Subject
    parts: tuple[Part, ...]
    ends: tuple[int, ...]
    at: int

    @property
    def points(self) -> int:
        """How many."""
        return sum(part.points for part in self.parts)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest record of an account, and how many it has: who keeps both sees whatever is left out later."""

    hash: StatementHash
    sequence: int


@dataclass(frozen=True, slots=True)
class PointsAccount:
    """An account so far. ``lots`` says when each lot ends; how much is in it, the book says."""

    subject: Subject
    member: PartyId
    programme: Subject
    unit: str
    ledger: Ledger = field(default_factory=Ledger)
    lots: Mapping[str, int] = field(default_factory=dict)
    earnings: Mapping[Subject, Earning] = field(default_factory=dict)
    redemptions: Mapping[Subject, Redemption] = field(default_factory=dict)
    gifts: Mapping[str, Gift] = field(default_factory=dict)

    @property
    def issuer(self) -> Account:
        """Where its points come from."""
        return Account(AccountKind.ISSUER, self.programme)

    def balance(self, account: Account) -> int:
        """The points in one of its accounts."""
        return self.ledger.balance(account, self.unit).minor

    def held(self, kind: AccountKind) -> int:
        """The points in all its accounts of a kind."""
        return sum(self.balance(account) for account in self.ledger.accounts() if account.kind is kind)

    def free(self) -> Iterator[Part]:
        """What can be spent, lot by lot, the earliest end first; a tie goes by the lot's name."""
        for lot in sorted(self.lots, key=lambda lot: (self.lots[lot], lot)):
            if points := self.ledger.available(Account(AccountKind.LOT, lot), self.unit).minor:
                yield Part(lot, points)

    @property
    def available(self) -> int:
        """How many points can be spent."""
        return sum(part.points for part in self.free())

    @property
    def owed(self) -> int:
        """How many points have to be earned again before any can be spent."""
        return -self.held(AccountKind.DEBT)

    def taken(self, points: int) -> tuple[Part, ...]:
        """So many points, the earliest end first; refuses more than can be spent."""
        parts, left = list[Part](), points
        for free in self.free():
            if not left:
                break
            parts.append(Part(free.lot, min(left, free.points)))
            left -= parts[-1].points
        if left:
            raise RefusedError(Code.NOT_ENOUGH, f"{self.subject} has {points - left} points, not {points}")
        return tuple(parts)


def joined_in(dossier: Dossier) -> Entered:
    """The record with which an account began; refuses a dossier that holds none."""
    joined = dossier.newest(Kind.POINTS_JOINED)
    if joined is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"nobody has joined as {dossier.name.subject}")
    return joined


def member_of(dossier: Dossier) -> PartyId:
    """Whose the account is, by their newest key."""
    member = member_in(joined_in(dossier))
    for entered in dossier.entries:
        if entered.record.kind in _NEW_KEYS:
            member = next(signer.party for signer in entered.signers if signer.party != member)
    return member


def keys_of(dossier: Dossier) -> frozenset[PartyId]:
    """Every key that was ever the member's: what was bought with an older one is theirs, too."""
    own = [e for e in dossier.entries if e.record.kind in _NEW_KEYS or e.record.kind is Kind.POINTS_JOINED]
    return frozenset(signer.party for e in own for signer in e.signers if signer.role is Role.CONSUMER)


def member_in(entered: Entered) -> PartyId:
    """The member's key in a record that one member signs."""
    return next(signer.party for signer in entered.signers if signer.role is Role.CONSUMER)


def programme_of(dossier: Dossier) -> Subject:
    """The programme to which an account belongs."""
    return Subject(joined_in(dossier).record.members.text("programmeOf"))


def head_of(dossier: Dossier) -> Head:
    """The head of an account that has records."""
    return Head(dossier.entries[-1].hash, len(dossier.entries))
