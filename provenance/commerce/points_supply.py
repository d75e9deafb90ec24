"""How many points a programme has issued, and what became of every one: reckoned from all its accounts, by anyone.

Rules:

* what was issued is what is pending, held, on its way, redeemed, expired or revoked, less what members owe;
* each account is counted once, with its head: a member finds theirs there, or knows that it was left out;
* what is held is told by the month in which it ends, and as the money it can pay.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provenance.commerce.calendar import day_of, format_day
from provenance.commerce.dossier import Dossier
from provenance.commerce.imbalances import imbalances
from provenance.commerce.ledger import Account, AccountKind
from provenance.commerce.points import Head, PointsAccount, head_of
from provenance.commerce.points_postings import account_of
from provenance.commerce.programme import Programme
from provenance.ids import Subject


@dataclass(frozen=True, slots=True)
class Supply:
    """The points of a programme; ``reserved`` are held, too; ``ends`` has what is held by month (``2027-11``)."""

    programme: Subject
    issued: int
    pending: int
    held: int
    reserved: int
    given: int
    redeemed: int
    expired: int
    revoked: int
    owed: int
    ends: Mapping[str, int]
    minor: int
    heads: Mapping[Subject, Head]
    unsound: tuple[str, ...]

    @property
    def missing(self) -> int:
        """Points that were issued and are nowhere, or are somewhere and were never issued; none, if all is well."""
        kept = self.pending + self.held + self.given + self.redeemed + self.expired + self.revoked
        return self.issued - kept + self.owed


def supply_of(programme: Subject, rules: Programme, dossiers: Iterable[Dossier]) -> Supply:
    """The supply that all accounts of a programme add up to; those of other programmes are left out."""
    folded = [(head_of(dossier), account_of(dossier)) for dossier in dossiers]
    found = [(head, account) for head, account in folded if account.programme == programme]
    accounts = [account for _, account in found]
    held, ends = _sum(accounts, AccountKind.LOT), _ends(accounts, rules.zone)
    return Supply(
        programme=programme,
        issued=-_sum(accounts, AccountKind.ISSUER),
        pending=_sum(accounts, AccountKind.PENDING),
        held=held,
        reserved=sum(transfer.amount.minor for account in accounts for transfer in account.ledger.pending()),
        given=_sum(accounts, AccountKind.GIFT),
        redeemed=_sum(accounts, AccountKind.REDEEMED),
        expired=_sum(accounts, AccountKind.EXPIRED),
        revoked=_sum(accounts, AccountKind.REVOKED),
        owed=-_sum(accounts, AccountKind.DEBT),
        ends=ends,
        minor=-(-held * rules.spend.minor // rules.spend.points),
        heads={account.subject: head for head, account in found},
        unsound=tuple(f"{account.subject}: {told}" for account in accounts for told in imbalances(account.ledger)),
    )


def _sum(accounts: Iterable[PointsAccount], kind: AccountKind) -> int:
    return sum(account.held(kind) for account in accounts)


def _ends(accounts: Iterable[PointsAccount], zone: int) -> Mapping[str, int]:
    months = Counter[str]()
    for account in accounts:
        for lot, end in account.lots.items():
            months[format_day(day_of(end - 1, zone))[:7]] += account.balance(Account(AccountKind.LOT, lot))
    return {month: points for month, points in sorted(months.items()) if points}
