"""What a record of commerce says, member by member, as its row in the tables has it.

Rules:

* every record says which dossier it is about, what kind it is, and when it was made (whole seconds); the log takes it
  only if its own clock agrees, so a record's time is the log's;
* every member of its row is required, and none is extra: one value has one spelling;
* ``parse_record`` accepts exactly what ``record_members`` gives.

    {"at":1795400000,"confirmed":[],"kind":"order-placed","subject":"order:9520789000004/2026-0001"}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.commerce.dossier_names import DossierName, Family, parse_dossier_name
from provenance.commerce.facts import SeenCheckpoint
from provenance.commerce.forms import items_of
from provenance.commerce.machines import row_of
from provenance.commerce.members import Members, members_of
from provenance.commerce.tables import Kind, Row
from provenance.custody.commerce_records import CommerceRecord
from provenance.custody.statements import SignedStatement, Signer
from provenance.encoding.canonical import Json
from provenance.ids import LeafIndex, StatementHash, Subject

_ALWAYS = frozenset({"subject", "kind", "at"})


@dataclass(frozen=True, slots=True)
class Record:
    """A record of which every member was read once: reading it again can't fail."""

    about: DossierName
    row: Row
    at: int
    members: Members

    @property
    def kind(self) -> Kind:
        """What sort of record it is."""
        return self.row.kind

    @property
    def serials(self) -> tuple[Subject, ...]:
        """The items it names; none if it is about the dossier as a whole."""
        if "item" in self.row.members:
            return (Subject(self.members.text("item")),)
        if "serials" not in self.row.members:
            return ()
        return tuple(map(Subject, items_of(self.members, "serials")))

    @property
    def named(self) -> tuple[str, ...]:
        """What each has a machine of its own: items, but in an account of points the order or the gift it is about."""
        if self.about.family is not Family.POINTS:
            return self.serials
        return tuple(self.members.text(name) for name in ("order", "gift") if name in self.row.members)


@dataclass(frozen=True, slots=True)
class Entered:
    """A record with its place in the log, those who signed it, and the checkpoint they had seen."""

    record: Record
    hash: StatementHash
    index: LeafIndex
    signers: tuple[Signer, ...]
    seen: SeenCheckpoint


def parse_record(values: Mapping[str, Json]) -> Record:
    """The record in a body's members; every refusal points at its member."""
    head = members_of({name: value for name, value in values.items() if name in _ALWAYS}, _ALWAYS)
    about = head.read("subject", parse_dossier_name)
    row = row_of(about.family, head.word("kind", Kind))
    members = members_of(dict(values), _ALWAYS | row.members.keys())
    for name, form in row.members.items():
        form(members, name)
    return Record(about, row, members.instant("at"), members)


def record_members(record: Record) -> dict[str, Json]:
    """The members as they stand in a body; ``parse_record`` gives the record back."""
    return dict(record.members.values)


def entered_in(statement: SignedStatement, at: LeafIndex) -> Entered:
    """The record in a statement, at its place; refuses what is none."""
    content = statement.content
    assert isinstance(content, CommerceRecord), "only records of commerce are judged here"
    header = statement.header
    seen = SeenCheckpoint(header.seen.origin, header.seen.size, header.seen.root.hex())
    return Entered(parse_record(content.members), statement.hash, at, header.signers, seen)
