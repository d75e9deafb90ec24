"""What each record moves in the book of an account of points: posted, pended, fulfilled or voided, never set.

Rules:

* whatever a record says, the points that have ended by its time are posted as expired first;
* points are spent by the earliest end, and what comes back comes back to the lots it was taken from;
* a line that is taken back takes its own lot, then what of that lot has expired, then other lots, and then a debt;
* a debt is paid from the next points that count, before anybody can spend them;
* each reversal has the name of the one line that it undoes, so a second one has no name left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.forms import lots_of, shares_of
from provenance.commerce.ledger import (
    Account,
    AccountKind,
    Entry,
    Fulfil,
    Pend,
    Post,
    Posting,
    PostingId,
    Reason,
    Transfer,
    TransferId,
    Void,
)
from provenance.commerce.money import Money
from provenance.commerce.points import (
    Earning,
    Gift,
    Part,
    PointsAccount,
    Redemption,
    joined_in,
    member_of,
    programme_of,
)
from provenance.commerce.programme import MOST_POINTS
from provenance.commerce.records import Entered, Record
from provenance.commerce.tables import Kind
from provenance.errors import ConflictError
from provenance.ids import Subject

_LOT = AccountKind.LOT
_REDEEMED, _REVOKED = Account(AccountKind.REDEEMED, ""), Account(AccountKind.REVOKED, "")
_DEBT = Account(AccountKind.DEBT, "")
_Move = tuple[Account, Account, int]


def account_of(dossier: Dossier) -> PointsAccount:
    """The account that a dossier tells of; refuses one that nobody has joined."""
    (*_, account) = history_of(dossier)
    return account


def history_of(dossier: Dossier) -> Iterator[PointsAccount]:
    """The account after each of its records; refuses a dossier that nobody has joined."""
    joined_in(dossier)
    unit = f"PTS:{dossier.name.seller.rpartition('/')[2]}"
    account = PointsAccount(dossier.name.subject, member_of(dossier), programme_of(dossier), unit)
    yield account
    for entered in dossier.entries[1:]:
        account = entered_into(account, entered)
        yield account


def entered_into(account: PointsAccount, entered: Entered) -> PointsAccount:
    """The account after one more record; refused whole, where the book has not what it moves."""
    account = _expired(account, entered, "before")
    enter = _ENTER.get(entered.record.kind)
    if enter is None:
        return account
    return _settled(_expired(enter(account, entered), entered, "after"), entered)


def _expired(account: PointsAccount, entered: Entered, when: str) -> PointsAccount:
    ended = [part for part in account.free() if account.lots[part.lot] <= entered.record.at]
    moves = ((Account(_LOT, part.lot), Account(AccountKind.EXPIRED, part.lot), part.points) for part in ended)
    return _posted(account, f"expire {when} {entered.hash}", moves, Reason.EXPIRE)


def _settled(account: PointsAccount, entered: Entered) -> PointsAccount:
    paid = account.taken(min(account.owed, account.available))
    return _posted(account, f"settle {entered.hash}", _from(paid, _DEBT), Reason.SETTLE)


def _pending(account: PointsAccount, entered: Entered) -> PointsAccount:
    order, shares = _order(entered.record), shares_of(entered.record.members, "shares")
    moves = [(account.issuer, Account(AccountKind.PENDING, order), points) for points in shares]
    account = _posted(account, f"earn {order}", moves, Reason.EARN)
    return replace(account, earnings={**account.earnings, order: Earning(shares)})


def _earned(account: PointsAccount, entered: Entered) -> PointsAccount:
    order, ends = _order(entered.record), entered.record.members.instant("expires")
    moves = [(Account(AccountKind.PENDING, order), Account(_LOT, order), account.earnings[order].points)]
    return _opened(_posted(account, f"count {order}", moves, Reason.EARN), {order: ends})


def _revoked(account: PointsAccount, entered: Entered) -> PointsAccount:
    order, line = _order(entered.record), _line(entered.record)
    earning = account.earnings[order]
    _check_open(earning.shares, earning.revoked, order, line)
    moves = list(_taken_back(account, order, earning.shares[line]))
    account = _posted(account, f"revoke {order} {line}", moves, Reason.REVOKE)
    return replace(account, earnings={**account.earnings, order: replace(earning, revoked=earning.revoked | {line})})


def _taken_back(account: PointsAccount, order: str, points: int) -> Iterator[_Move]:
    if order not in account.lots:
        yield Account(AccountKind.PENDING, order), _REVOKED, points
        return
    expired = Account(AccountKind.EXPIRED, order)
    others = [part for part in account.free() if part.lot != order]
    sources = [(Account(_LOT, part.lot), part.points) for part in account.free() if part.lot == order]
    sources += [(expired, account.balance(expired)), *((Account(_LOT, part.lot), part.points) for part in others)]
    for source, there in (*sources, (_DEBT, MOST_POINTS)):
        yield source, _REVOKED, min(points, there)
        points -= min(points, there)


def _reserved(account: PointsAccount, entered: Entered) -> PointsAccount:
    order, members = _order(entered.record), entered.record.members
    parts = tuple(_cut(account.taken(members.whole("points", 1, MOST_POINTS)), shares_of(members, "shares")))
    entries = [
        Pend(_transfer(account, _redeeming(order, line, part), move, reason=Reason.REDEEM))
        for line, cut in enumerate(parts)
        for part, move in zip(cut, _from(cut, _REDEEMED), strict=True)
    ]
    account = _entered(account, f"reserve {order}", entries)
    minor = members.whole("minor", 0, MOST_POINTS)
    return replace(account, redemptions={**account.redemptions, order: Redemption(minor, parts)})


def _redeemed(account: PointsAccount, entered: Entered) -> PointsAccount:
    order = _order(entered.record)
    return _entered(account, f"redeem {order}", [Fulfil(name) for name in _redemption_ids(account, order)])


def _released(account: PointsAccount, entered: Entered) -> PointsAccount:
    order = _order(entered.record)
    return _entered(account, f"release {order}", [Void(name) for name in _redemption_ids(account, order)])


def _returned(account: PointsAccount, entered: Entered) -> PointsAccount:
    order, line = _order(entered.record), _line(entered.record)
    redemption, until = account.redemptions[order], entered.record.members.instant("until")
    shares = [sum(part.points for part in cut) for cut in redemption.parts]
    _check_open(shares, redemption.returned, order, line)
    parts = redemption.parts[line]
    account = _posted(account, f"return {order} {line}", _to(parts, _REDEEMED), Reason.RETURN)
    redemption = replace(redemption, returned=redemption.returned | {line})
    account = replace(account, redemptions={**account.redemptions, order: redemption})
    return _opened(account, {part.lot: max(account.lots[part.lot], until) for part in parts})


def _offered(account: PointsAccount, entered: Entered) -> PointsAccount:
    members = entered.record.members
    name, parts = members.text("gift"), account.taken(members.whole("points", 1, MOST_POINTS))
    account = _posted(account, f"give {name}", _from(parts, _gift(account.subject, name)), Reason.GIVE)
    ends = tuple(account.lots[part.lot] for part in parts)
    gift = Gift(Subject(members.text("recipient")), parts, ends, entered.record.at)
    return replace(account, gifts={**account.gifts, name: gift})


def _kept(account: PointsAccount, entered: Entered) -> PointsAccount:
    name = entered.record.members.text("gift")
    moves = _to(account.gifts[name].parts, _gift(account.subject, name))
    return _posted(account, f"keep {name}", moves, Reason.GIVE)


def _received(account: PointsAccount, entered: Entered) -> PointsAccount:
    members = entered.record.members
    source = _gift(members.text("giver"), members.text("gift"))
    lots = {f"{source.of} {index}": lot for index, lot in enumerate(lots_of(members, "lots"))}
    moves = [(source, Account(_LOT, name), points) for name, (_, points) in lots.items()]
    account = _posted(account, f"receive {source.of}", moves, Reason.GIVE)
    return _opened(account, {name: ends for name, (ends, _) in lots.items()})


def _granted(account: PointsAccount, entered: Entered) -> PointsAccount:
    members = entered.record.members
    name = _by_hand(entered.record)
    moves = [(account.issuer, Account(_LOT, name), members.whole("points", 1, MOST_POINTS))]
    return _opened(_posted(account, name, moves, Reason.ADJUST), {name: members.instant("expires")})


def _withdrawn(account: PointsAccount, entered: Entered) -> PointsAccount:
    parts = account.taken(entered.record.members.whole("points", 1, MOST_POINTS))
    return _posted(account, _by_hand(entered.record), _from(parts, _REVOKED), Reason.ADJUST)


_ENTER: Mapping[Kind, Callable[[PointsAccount, Entered], PointsAccount]] = {
    Kind.POINTS_PENDING: _pending,
    Kind.POINTS_EARNED: _earned,
    Kind.POINTS_REVOKED: _revoked,
    Kind.POINTS_RESERVED: _reserved,
    Kind.POINTS_REDEEMED: _redeemed,
    Kind.POINTS_RELEASED: _released,
    Kind.POINTS_RETURNED: _returned,
    Kind.POINTS_OFFERED: _offered,
    Kind.POINTS_KEPT: _kept,
    Kind.POINTS_RECEIVED: _received,
    Kind.POINTS_GRANTED: _granted,
    Kind.POINTS_WITHDRAWN: _withdrawn,
}


def _posted(account: PointsAccount, name: str, moves: Iterable[_Move], reason: Reason) -> PointsAccount:
    """The account with these moves in its book under one name; moves of nothing are left out."""
    told = [move for move in moves if move[2]]
    entries = [Post(_transfer(account, f"{name} {n}", move, reason=reason)) for n, move in enumerate(told)]
    return _entered(account, name, entries)


def _entered(account: PointsAccount, name: str, entries: Iterable[Entry]) -> PointsAccount:
    posting = Posting(PostingId(name), tuple(entries))
    if not posting.entries:
        return account
    ledger = account.ledger.post(posting)
    if ledger is account.ledger:  # a retry to the book, but a record is never said twice
        raise ConflictError(Code.TRANSFER_TAKEN, f"{name} was posted before", evidence={"posting": name})
    return replace(account, ledger=ledger)


def _transfer(account: PointsAccount, name: str, move: _Move, *, reason: Reason) -> Transfer:
    source, target, points = move
    return Transfer(TransferId(name), source, target, Money(points, account.unit), reason, account.subject)


def _opened(account: PointsAccount, ends: Mapping[str, int]) -> PointsAccount:
    return replace(account, lots={**account.lots, **ends})


def _from(parts: Iterable[Part], target: Account) -> Iterable[_Move]:
    return ((Account(_LOT, part.lot), target, part.points) for part in parts)


def _to(parts: Iterable[Part], source: Account) -> Iterable[_Move]:
    return ((source, Account(_LOT, part.lot), part.points) for part in parts)


def _cut(parts: Iterable[Part], shares: Iterable[int]) -> Iterator[tuple[Part, ...]]:
    """The parts, cut so that each line gets its share."""
    left = deque(parts)
    for share in shares:
        cut, wanted = list[Part](), share
        while wanted:
            part = left.popleft()
            cut.append(Part(part.lot, min(wanted, part.points)))
            wanted -= cut[-1].points
            if rest := part.points - cut[-1].points:
                left.appendleft(Part(part.lot, rest))
        yield tuple(cut)


def _redeeming(order: Subject, line: int, part: Part) -> str:
    return f"redeem {order} {line} {part.lot}"


def _redemption_ids(account: PointsAccount, order: Subject) -> Iterator[TransferId]:
    for line, cut in enumerate(account.redemptions[order].parts):
        yield from (TransferId(_redeeming(order, line, part)) for part in cut)


def _check_open(shares: Iterable[int], closed: frozenset[int], order: Subject, line: int) -> None:
    """Refuses a line that is none, has no points, or was undone before."""
    if line in closed or line >= len(tuple(shares)) or not tuple(shares)[line]:
        message = f"line {line} of {order} has no points to undo"
        raise ConflictError(Code.ALREADY_RESOLVED, message, pointer="/line", evidence={"subject": order})


def _gift(giver: str, name: str) -> Account:
    return Account(AccountKind.GIFT, f"{giver} {name}")


def _by_hand(record: Record) -> str:
    return f"by hand {record.members.text('reference')}"


def _order(record: Record) -> Subject:
    return Subject(record.members.text("order"))


def _line(record: Record) -> int:
    return record.members.whole("line", 0, MOST_POINTS)
