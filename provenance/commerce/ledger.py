"""Who owes what to whom because of an order: a double-entry book in which nothing is changed, only added.

The money itself stays with the payment provider. The book mirrors what the provider holds, and says what it is to
be told to do; it never holds money.

Rules:

* a transfer moves an amount above zero from one account to another, so a currency's accounts always sum to nothing;
* a transfer that waits for the provider is pended, then fulfilled or voided: once, and never both;
* what was captured for an order (``escrow``), a seller's earnings and a seller's bond never go below zero, and what is
  pended out of them is spoken for;
* what goes back to a buyer as price or freight never exceeds what was captured for that order, from whatever account;
* the entries of a posting enter the book together or not at all; a posting sent twice enters once, and its name with
  other entries is refused.

After TigerBeetle's two-phase transfers, https://docs.tigerbeetle.com/coding/two-phase-transfers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import NewType, assert_never

from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.errors import ConflictError, RefusedError

TransferId = NewType("TransferId", str)
PostingId = NewType("PostingId", str)


@unique
class AccountKind(StrEnum):
    """What an account stands for; the value is stored, never renamed."""

    PROVIDER = "provider"  # the world outside: what came in and went out through a payment provider
    ESCROW = "escrow"  # captured for an order, and not yet anyone's
    SELLER = "seller"  # released to a seller
    BOND = "bond"  # what a seller left as a pledge
    FEE = "fee"  # the platform's part
    ISSUER = "issuer"  # points: below zero by what was ever issued
    PENDING = "pending"  # points that do not count yet
    LOT = "lot"  # points that count, and expire together
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    REVOKED = "revoked"
    GIFT = "gift"  # points on their way to another member's account: here above zero, there below
    DEBT = "debt"  # below zero by what a member has to earn again before anything else


# All but these may not go below zero: it would mean giving away what nobody brought in.
BOUNDED = frozenset(AccountKind) - {AccountKind.PROVIDER, AccountKind.ISSUER, AccountKind.GIFT, AccountKind.DEBT}


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """One account: what it stands for, and of which order, seller or provider."""

    kind: AccountKind
    of: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.of}"


@unique
class Reason(StrEnum):
    """Why money moves; the value is stored, never renamed."""

    CAPTURE = "capture"
    RELEASE = "release"
    FEE = "fee"
    REFUND = "refund"
    CLAIM = "claim"  # a statutory multiple: beside what was paid, so not bounded by it
    CHARGEBACK = "chargeback"
    BOND = "bond"
    EARN = "earn"
    REVOKE = "revoke"
    REDEEM = "redeem"
    RETURN = "return"
    EXPIRE = "expire"
    GIVE = "give"
    ADJUST = "adjust"
    SETTLE = "settle"  # a debt in points


# Each gives back what was paid: together they are bounded by what was captured.
GIVES_BACK = frozenset({Reason.REFUND, Reason.CHARGEBACK})


@dataclass(frozen=True, slots=True)
class Transfer:
    """An amount above zero on its way from one account to another, for an order."""

    id: TransferId
    source: Account
    target: Account
    amount: Money
    reason: Reason
    order: str


@dataclass(frozen=True, slots=True)
class Post:
    """The transfer happens now."""

    transfer: Transfer


@dataclass(frozen=True, slots=True)
class Pend:
    """The transfer is spoken for until the provider has done it, or has not."""

    transfer: Transfer


@dataclass(frozen=True, slots=True)
class Fulfil:
    """The provider did what was pended."""

    pending: TransferId


@dataclass(frozen=True, slots=True)
class Void:
    """The provider did not, and will not."""

    pending: TransferId


Entry = Post | Pend | Fulfil | Void


@dataclass(frozen=True, slots=True)
class Posting:
    """Entries that belong together, under a name that is used once."""

    id: PostingId
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The book: every posting in order, and what they add up to. Begins empty and grows by ``post``.

    Every step copies the sums: a book is that of one order, or of a seller's open ones, never of a whole house.
    """

    postings: tuple[Posting, ...] = ()
    _by_id: Mapping[PostingId, Posting] = field(default_factory=dict)
    _sums: _Sums = field(default_factory=lambda: _Sums({}, {}, {}, {}))

    def balance(self, account: Account, currency: str) -> Money:
        """What came in and stayed; pended transfers do not count until they are fulfilled."""
        return Money(self._sums.balances.get((account, currency), 0), currency)

    def available(self, account: Account, currency: str) -> Money:
        """The balance less what is spoken for."""
        return Money(self._sums.available(account, currency), currency)

    def accounts(self) -> frozenset[Account]:
        """Every account that anything came into or went out of."""
        return frozenset(account for account, _ in self._sums.balances)

    def pending(self) -> tuple[Transfer, ...]:
        """The transfers that wait for the provider."""
        return tuple(self._sums.open.values())

    def post(self, posting: Posting) -> Ledger:
        """The book with the posting in it; refused whole if any of its entries is, and nothing is changed.

        A posting that is in the book already leaves it as it is: a retry never pays twice.
        """
        known = self._by_id.get(posting.id)
        if known == posting:
            return self
        if known is not None:
            message = f"the posting {posting.id} is in the book with other entries"
            raise ConflictError(Code.TRANSFER_TAKEN, message, evidence={"posting": posting.id})
        if not posting.entries:
            raise RefusedError(Code.EMPTY_LIST, f"the posting {posting.id} has no entries")
        sums = self._sums.copy()
        for index, entry in enumerate(posting.entries):
            try:
                _enter(sums, entry)
            except RefusedError as err:
                raise err.under(f"/entries/{index}") from err
        return Ledger((*self.postings, posting), {**self._by_id, posting.id: posting}, sums)


def fold(postings: Iterable[Posting]) -> Ledger:
    """The book with these postings, in this order."""
    ledger = Ledger()
    for posting in postings:
        ledger = ledger.post(posting)
    return ledger


@dataclass(slots=True)
class _Sums:
    """What the entries add up to so far; never shared between two books."""

    balances: dict[tuple[Account, str], int]
    open: dict[TransferId, Transfer]
    transfers: dict[TransferId, Transfer]
    refundable: dict[tuple[str, str], int]  # captured less what was given back or is about to be

    def copy(self) -> _Sums:
        return _Sums(dict(self.balances), dict(self.open), dict(self.transfers), dict(self.refundable))

    def available(self, account: Account, currency: str) -> int:
        spoken_for = (
            t.amount.minor for t in self.open.values() if (t.source, t.amount.currency) == (account, currency)
        )
        return self.balances.get((account, currency), 0) - sum(spoken_for)

    def move(self, transfer: Transfer) -> None:
        for account, minor in ((transfer.source, -transfer.amount.minor), (transfer.target, transfer.amount.minor)):
            key = account, transfer.amount.currency
            self.balances[key] = self.balances.get(key, 0) + minor

    def refund(self, transfer: Transfer, minor: int) -> None:
        key = transfer.order, transfer.amount.currency
        self.refundable[key] = self.refundable.get(key, 0) + minor


def _enter(sums: _Sums, entry: Entry) -> None:
    match entry:
        case Post(transfer):
            _check(sums, transfer)
            sums.move(transfer)
            if transfer.reason is Reason.CAPTURE:
                sums.refund(transfer, transfer.amount.minor)
        case Pend(transfer):
            _check(sums, transfer)
            sums.open[transfer.id] = transfer
        case Fulfil(pending):
            transfer = _resolve(sums, pending)
            sums.move(transfer)
            if transfer.reason is Reason.CAPTURE:
                sums.refund(transfer, transfer.amount.minor)
        case Void(pending):
            transfer = _resolve(sums, pending)
            if transfer.reason in GIVES_BACK:
                sums.refund(transfer, transfer.amount.minor)
        case _:
            assert_never(entry)


def _check(sums: _Sums, transfer: Transfer) -> None:
    """Take the transfer's name and its share of what is refundable, or refuse.

    1. the amount is above zero and the accounts are two;
    2. the name is new;
    3. the source has as much that is not spoken for;
    4. a refund is within what was captured for its order.
    """
    currency, minor = transfer.amount.currency, transfer.amount.minor
    if minor <= 0 or transfer.source == transfer.target:
        message = f"a transfer moves more than nothing between two accounts, not {transfer.amount}"
        raise RefusedError(Code.WRONG_VALUE, message)
    if transfer.id in sums.transfers:
        message = f"the transfer {transfer.id} is in the book"
        raise ConflictError(Code.TRANSFER_TAKEN, message, evidence={"transfer": transfer.id})
    left = sums.available(transfer.source, currency)
    if transfer.source.kind in BOUNDED and left < minor:
        raise RefusedError(Code.NOT_ENOUGH, f"{transfer.source} has {Money(left, currency)}, not {transfer.amount}")
    if transfer.reason in GIVES_BACK:
        refundable = sums.refundable.get((transfer.order, currency), 0)
        if refundable < minor:
            message = f"{transfer.order} can get back {Money(refundable, currency)}, not {transfer.amount}"
            raise RefusedError(Code.REFUND_BEYOND_PAID, message)
        sums.refund(transfer, -minor)
    sums.transfers[transfer.id] = transfer


def _resolve(sums: _Sums, pending: TransferId) -> Transfer:
    if pending not in sums.transfers:
        raise RefusedError(Code.UNKNOWN_TRANSFER, f"no transfer {pending} is in the book")
    if pending not in sums.open:
        message = f"the transfer {pending} is not waiting any more"
        raise ConflictError(Code.ALREADY_RESOLVED, message, evidence={"transfer": pending})
    return sums.open.pop(pending)
