"""Reads a shop's JSON body member by member: what an offer needs and nothing else; every refusal points at the place.

Rules: a body has many members that nobody here reads, and what is not read is not kept; an amount is a text, since a
JSON number has been through a float.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.shop_orders import check_currency_letters, check_sku, exact_minor
from provenance.encoding.canonical import Json, escape
from provenance.encoding.textual import parse_time
from provenance.errors import MalformedError, ProvenanceError, RefusedError


def member(value: Json, name: str, pointer: str) -> Json:
    """A member that must be there."""
    if not isinstance(value, dict):
        raise MalformedError(Code.WRONG_TYPE, "a JSON object", pointer=pointer)
    if name not in value:
        raise MalformedError(Code.MISSING_MEMBER, f"the member {name} is missing", pointer=_place(pointer, name))
    return value[name]


def text_member(value: Json, name: str, pointer: str) -> str:
    """A member that must be a text."""
    found = member(value, name, pointer)
    if not isinstance(found, str):
        raise MalformedError(Code.WRONG_TYPE, f"{name} is a text", pointer=_place(pointer, name))
    return found


def count_member(value: Json, name: str, pointer: str) -> int:
    """A member that must be a whole number from 1 on."""
    found = member(value, name, pointer)
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise MalformedError(Code.WRONG_TYPE, f"{name} is a whole number from 1 on", pointer=_place(pointer, name))
    return found


def entries_of(value: Json, name: str, pointer: str) -> list[tuple[Json, str]]:
    """The entries of a list that must be there, each with its place."""
    found = member(value, name, pointer)
    place = _place(pointer, name)
    if not isinstance(found, list):
        raise MalformedError(Code.WRONG_TYPE, f"{name} is a list", pointer=place)
    return [(entry, f"{place}/{index}") for index, entry in enumerate(found)]


def amount_member(value: Json, name: str, currency: str, pointer: str) -> int:
    """A decimal text in minor units, exactly."""
    text = text_member(value, name, pointer)
    try:
        return exact_minor(text, currency)
    except ProvenanceError as err:
        raise err.under(_place(pointer, name)) from err


def currency_member(body: Json) -> str:
    """The currency of the whole order."""
    text = text_member(body, "currency", "")
    try:
        return check_currency_letters(text)
    except ProvenanceError as err:
        raise err.under("/currency") from err


def sku_member(value: Json, pointer: str) -> str:
    """The article's own name; an article without one can't be told from another."""
    found = member(value, "sku", pointer)
    try:
        return check_sku(found if isinstance(found, str) else "")
    except ProvenanceError as err:
        raise err.under(_place(pointer, "sku")) from err


def moment_member(value: Json, name: str, pointer: str, *, zone: str = "") -> int:
    """An instant in whole seconds; ``zone`` is what the text leaves out."""
    text = text_member(value, name, pointer)
    try:
        return int(parse_time(text + zone).timestamp())
    except ProvenanceError as err:
        raise err.under(_place(pointer, name)) from err


def check_currency_is(found: Json, currency: str, pointer: str) -> None:
    """Refuses an amount in another currency than the order's."""
    if found != currency:
        raise RefusedError(Code.WRONG_CURRENCY, f"the order is in {currency}", pointer=pointer)


def _place(pointer: str, name: str) -> str:
    return f"{pointer}/{escape(name)}"
