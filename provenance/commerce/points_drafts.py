"""The members of records about points, with the numbers that the rules make of them: to be signed as they are."""

from __future__ import annotations

from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.orders import order_of
from provenance.commerce.points import PointsAccount
from provenance.commerce.points_reckoning import earned_by, laid_down, rules_for, rules_of
from provenance.commerce.tables import Kind
from provenance.encoding.canonical import Json


def pending(account: PointsAccount, ordered: Dossier, book: Book) -> dict[str, Json]:
    """What a paid order earns."""
    order, rules = order_of(ordered), rules_for(ordered, account.programme, book)
    shares: list[Json] = [*earned_by(order, rules, book)]
    return {**_about(account, Kind.POINTS_PENDING), "order": order.subject, "programme": rules.hash, "shares": shares}


def earned(account: PointsAccount, ordered: Dossier, book: Book, *, at: int) -> dict[str, Json]:
    """What an order earned counts from now on."""
    ends = rules_for(ordered, account.programme, book).expiry(at)
    about = _about(account, Kind.POINTS_EARNED)
    return {**about, "order": ordered.name.subject, "expires": ends, "at": at}


def reserved(account: PointsAccount, ordered: Dossier, book: Book, *, points: int) -> dict[str, Json]:
    """So many points are laid down for an order; refuses what comes to no whole unit of money."""
    order, rules = order_of(ordered), rules_of(account.programme, book)
    return {
        **_about(account, Kind.POINTS_RESERVED),
        "order": order.subject,
        "points": points,
        "minor": rules.value_of(points),
        "shares": [*laid_down(order, points)],
    }


def returned(account: PointsAccount, ordered: Dossier, book: Book, *, line: int, at: int) -> dict[str, Json]:
    """The points that paid a line come back."""
    until = rules_of(account.programme, book).grace(at)
    about = _about(account, Kind.POINTS_RETURNED)
    return {**about, "order": ordered.name.subject, "line": line, "until": until, "at": at}


def received(account: PointsAccount, giver: PointsAccount, name: str) -> dict[str, Json]:
    """A gift is accepted, as it was offered."""
    gift = giver.gifts[name]
    lots: list[Json] = [
        {"expires": end, "points": part.points} for end, part in zip(gift.ends, gift.parts, strict=True)
    ]
    return {**_about(account, Kind.POINTS_RECEIVED), "giver": giver.subject, "gift": name, "lots": lots}


def _about(account: PointsAccount, kind: Kind) -> dict[str, Json]:
    return {"subject": account.subject, "kind": kind.value}
