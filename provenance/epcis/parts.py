"""The parts that events of several types are made of: quantities, places, parties, documents, errors.

Each reader takes the members of one JSON object and refuses what the 2.0.1 JSON schema refuses, with
the place relative to that object. ``events`` puts the parts together.

EPCIS 2.0 (ISO/IEC 19987) §7.3, §7.4.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from provenance.codes import Code
from provenance.encoding.canonical import Json, escape
from provenance.epcis import members as read
from provenance.epcis.vocabulary import (
    BIZ_TRANSACTION_TYPES,
    DISPOSITIONS,
    ERROR_REASONS,
    SOURCE_DEST_TYPES,
    Vocabulary,
)
from provenance.errors import MalformedError, ProvenanceError

_UOM = re.compile(r"[A-Z0-9]{2,3}")
_QUANTITY = frozenset({"epcClass", "quantity", "uom"})
_TRANSACTION = frozenset({"type", "bizTransaction"})
_PLACE = frozenset({"id"})
_ERROR = frozenset({"declarationTime", "reason", "correctiveEventIDs"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """Some of a class of objects; ``amount`` is ``None`` where it is not said, ``uom`` where it counts pieces."""

    epc_class: str
    amount: Decimal | None
    uom: str | None


class Source(NamedTuple):
    """From whom or where, and in which sense."""

    type: str
    id: str


class Destination(NamedTuple):
    """To whom or where, and in which sense."""

    type: str
    id: str


class Transaction(NamedTuple):
    """A business document the event belongs to; ``type`` is ``None`` where it is not said."""

    type: str | None
    id: str


@dataclass(frozen=True, slots=True)
class ErrorDeclaration:
    """That an earlier event is in error, since when, why, and which events put it right."""

    time: str
    reason: str | None
    corrective_ids: tuple[str, ...]


def word(members: dict[str, Json], name: str, words: Vocabulary) -> str | None:
    """The CBV word or own URI of a member."""
    return words.read(members[name], f"/{name}") if name in members else None


def persistent(members: dict[str, Json]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The dispositions that are set, and those that are unset, until further notice."""
    if "persistentDisposition" not in members:
        return (), ()
    try:
        value = read.object_(members["persistentDisposition"], "an object of set and unset")
        if extra := sorted(value.keys() - {"set", "unset"}):
            raise MalformedError(
                Code.UNKNOWN_MEMBER,
                f"persistentDisposition has no member {read.shown(extra[0])}",
                pointer=f"/{escape(extra[0])}",
            )
        if not value:
            raise read.missing("set", "a persistentDisposition without unset")
        return _dispositions(value, "set"), _dispositions(value, "unset")
    except ProvenanceError as err:
        raise err.under("/persistentDisposition") from err


def quantity(members: dict[str, Json]) -> Quantity:
    """One element of a quantity list."""
    epc_class = read.uri(members, "epcClass")
    if epc_class is None:
        raise read.missing("epcClass", "a quantity")
    _nothing_else(members, _QUANTITY, "a quantity")
    uom = read.text(members, "uom")
    if uom is not None and not _UOM.fullmatch(uom):
        raise MalformedError(
            Code.WRONG_VALUE, f"{read.shown(uom)} is no UN/ECE Rec 20 code such as KGM", pointer="/uom"
        )
    return Quantity(epc_class, read.number(members, "quantity"), uom)


def source(members: dict[str, Json]) -> Source:
    """One element of ``sourceList``."""
    return Source(*_end(members, "source"))


def destination(members: dict[str, Json]) -> Destination:
    """One element of ``destinationList``."""
    return Destination(*_end(members, "destination"))


def transaction(members: dict[str, Json]) -> Transaction:
    """One element of ``bizTransactionList``."""
    document = read.uri(members, "bizTransaction")
    if document is None:
        raise read.missing("bizTransaction", "a business transaction")
    _nothing_else(members, _TRANSACTION, "a business transaction")
    return Transaction(word(members, "type", BIZ_TRANSACTION_TYPES), document)


def place(members: dict[str, Json], name: str) -> str | None:
    """The identifier of a read point or business location."""
    if name not in members:
        return None
    try:
        place = read.object_(members[name], "an object with an id")
        where = read.uri(place, "id")
        if where is None:
            raise read.missing("id", f"a {name}")
        read.extensions(place, _PLACE, f"a {name}")
        return where
    except ProvenanceError as err:
        raise err.under(f"/{name}") from err


def ilmd(members: dict[str, Json]) -> dict[str, Json] | None:
    """The master data of what begins here: every name is a URI or CURIE."""
    if "ilmd" not in members:
        return None
    try:
        master_data = read.object_(members["ilmd"], "an object")
        read.extensions(master_data, frozenset(), "ilmd")
        return master_data
    except ProvenanceError as err:
        raise err.under("/ilmd") from err


def certifications(members: dict[str, Json]) -> tuple[str, ...]:
    """The certificates an event rests on: one URI or a list of them."""
    if isinstance(members.get("certificationInfo"), list):
        return read.uris(members, "certificationInfo")
    one = read.uri(members, "certificationInfo")
    return () if one is None else (one,)


def error_declaration(members: dict[str, Json]) -> ErrorDeclaration | None:
    """What an event says about its own error."""
    if "errorDeclaration" not in members:
        return None
    try:
        value = read.object_(members["errorDeclaration"], "an object")
        time = read.time(value, "declarationTime")
        if time is None:
            raise read.missing("declarationTime", "an errorDeclaration")
        read.extensions(value, _ERROR, "an errorDeclaration")
        return ErrorDeclaration(time, word(value, "reason", ERROR_REASONS), read.uris(value, "correctiveEventIDs"))
    except ProvenanceError as err:
        raise err.under("/errorDeclaration") from err


def _dispositions(members: dict[str, Json], name: str) -> tuple[str, ...]:
    if name not in members:
        return ()
    values = members[name]
    if not isinstance(values, list):
        raise read.wrong_type(values, "a list of dispositions", f"/{name}")
    if not values:
        raise MalformedError(Code.EMPTY_LIST, "no disposition is named", pointer=f"/{name}")
    words = tuple(DISPOSITIONS.read(value, f"/{name}/{index}") for index, value in enumerate(values))
    if len(set(words)) != len(words):
        raise MalformedError(Code.WRONG_VALUE, "a disposition stands twice", pointer=f"/{name}")
    return words


def _end(members: dict[str, Json], name: str) -> tuple[str, str]:
    kind, where = word(members, "type", SOURCE_DEST_TYPES), read.uri(members, name)
    if kind is None or where is None:
        raise read.missing("type" if kind is None else name, f"a {name}")
    if members.keys() != {"type", name}:
        _nothing_else(members, frozenset({"type", name}), f"a {name}")
    return kind, where


def _nothing_else(members: dict[str, Json], known: frozenset[str], where: str) -> None:
    if not known.issuperset(members):
        name = next(name for name in members if name not in known)
        raise MalformedError(
            Code.UNKNOWN_MEMBER, f"{where} has no member {read.shown(name)}", pointer=f"/{escape(name)}"
        )
