"""How the members of a record are read: one form for each sort of value."""

from __future__ import annotations

from enum import StrEnum

from provenance.codes import Code
from provenance.commerce.dossier_names import Family, parse_class, parse_dossier_name, parse_item, parse_thing
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.members import Members, check_sorted
from provenance.commerce.money import check_currency
from provenance.commerce.programme import MOST_POINTS
from provenance.commerce.tables import Form
from provenance.commerce.vocabulary import Category, Trait
from provenance.custody.roles import parse_party
from provenance.errors import MalformedError

MOST_LINES = 100
_LINE = frozenset({"class", "price", "category", "traits"})


def hash_(members: Members, name: str) -> object:
    """A SHA-256, for example that of a statement or a photo."""
    return members.hash(name)


def hash_or_none(members: Members, name: str) -> object:
    """A SHA-256, or ``null`` where there is nothing to hash."""
    return None if members.is_absent(name) else members.hash(name)


def text(members: Members, name: str) -> object:
    """A printable text."""
    return members.text(name)


def minor(members: Members, name: str) -> object:
    """An amount in minor units, not below zero."""
    return members.whole(name, 0, MOST_MINOR)


def party(members: Members, name: str) -> object:
    """A party's name."""
    return members.read(name, parse_party)


def subject(members: Members, name: str) -> object:
    """The name of any dossier."""
    return members.read(name, parse_dossier_name)


def item_or_none(members: Members, name: str) -> object:
    """A single thing, or ``null`` where no code could be read."""
    return None if members.is_absent(name) else members.read(name, parse_item)


def party_or_none(members: Members, name: str) -> object:
    """A party's name, or ``null`` for anybody."""
    return None if members.is_absent(name) else members.read(name, parse_party)


def instant(members: Members, name: str) -> object:
    """Whole seconds since 1970."""
    return members.instant(name)


def grams(members: Members, name: str) -> object:
    """A weight, up to a hundred tonnes."""
    return members.whole(name, 1, 10**8)


def raw(members: Members, name: str) -> object:
    """Whatever: the machine that takes it reads it."""
    return members.raw(name)


def item(members: Members, name: str) -> object:
    """One item."""
    return members.read(name, parse_item)


def product(members: Members, name: str) -> object:
    """A product."""
    return members.read(name, parse_class)


def stars(members: Members, name: str) -> object:
    """One to five."""
    return members.whole(name, 1, 5)


def serials(members: Members, name: str) -> object:
    """Items, sorted, at least one and each once."""
    return items_of(members, name)


def items_of(members: Members, name: str) -> tuple[str, ...]:
    """The items in a list."""
    entries = members.entries(name)
    found = tuple(entries.read(index, parse_item) for index in entries.values)
    if not 0 < len(found) <= MOST_LINES:
        raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_LINES} items", pointer=members.place(name))
    check_sorted(found, members.place(name))
    return found


def things(members: Members, name: str) -> object:
    """Items, lots or products, sorted, at least one and each once."""
    return things_of(members, name)


def things_of(members: Members, name: str) -> tuple[str, ...]:
    """The items, lots or products in a list."""
    entries = members.entries(name)
    found = tuple(entries.read(index, parse_thing) for index in entries.values)
    if not 0 < len(found) <= MOST_LINES:
        raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_LINES} things", pointer=members.place(name))
    check_sorted(found, members.place(name))
    return found


def lines(members: Members, name: str) -> object:
    """What is bought: one entry for each piece."""
    entries = members.entries(name)
    if not 0 < len(entries.values) <= MOST_LINES:
        raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_LINES} lines", pointer=members.place(name))
    for index in entries.values:
        line = entries.object(index, _LINE)
        line.read("class", parse_class)
        line.whole("price", 1, MOST_MINOR)
        line.word("category", Category)
        line.words("traits", Trait)
    return entries


def words(of: type[StrEnum]) -> Form:
    """Words of a closed set, sorted."""
    return lambda members, name: members.words(name, of)


def word(of: type[StrEnum]) -> Form:
    """One word of a closed set."""
    return lambda members, name: members.word(name, of)


def dossier(family: Family) -> Form:
    """The name of another dossier."""

    def read(members: Members, name: str) -> object:
        named = members.read(name, parse_dossier_name)
        if named.family is not family:
            raise MalformedError(Code.WRONG_VALUE, f"the name of a dossier of {family}", pointer=members.place(name))
        return named

    return read


def currency(members: Members, name: str) -> object:
    """A currency."""
    return members.read(name, check_currency)


def points(members: Members, name: str) -> object:
    """So many points, at least one."""
    return members.whole(name, 1, MOST_POINTS)


def shares(members: Members, name: str) -> object:
    """So many points for each line of an order."""
    return shares_of(members, name)


def shares_of(members: Members, name: str) -> tuple[int, ...]:
    """The points for each line."""
    entries = members.entries(name)
    if not 0 < len(entries.values) <= MOST_LINES:
        raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_LINES} numbers", pointer=members.place(name))
    return tuple(entries.whole(index, 0, MOST_POINTS) for index in entries.values)


def line(members: Members, name: str) -> object:
    """The place of a line in its order, from 0."""
    return members.whole(name, 0, MOST_LINES - 1)


def lots(members: Members, name: str) -> object:
    """Points with the instant at which they end, the earliest first."""
    return lots_of(members, name)


def lots_of(members: Members, name: str) -> tuple[tuple[int, int], ...]:
    """The lots in a list, each as its end and its points."""
    entries = members.entries(name)
    if not 0 < len(entries.values) <= MOST_LINES:
        raise MalformedError(Code.WRONG_VALUE, f"1 to {MOST_LINES} lots", pointer=members.place(name))
    found = [entries.object(index, {"expires", "points"}) for index in entries.values]
    return tuple((lot.instant("expires"), lot.whole("points", 1, MOST_POINTS)) for lot in found)
