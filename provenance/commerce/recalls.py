"""What the records of one recall say: what is called back, since when, and what was done about it.

Everything here is read from the dossier and nothing is kept; ``recall_rows`` has the stages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.forms import things_of
from provenance.commerce.goods import Goods
from provenance.commerce.tables import Kind, Machine, Slot, Stage
from provenance.errors import RefusedError
from provenance.ids import PartyId, StatementHash, Subject

_MARKING = frozenset({Kind.RECALL_ISSUED, Kind.RECALL_EXTENDED})


@dataclass(frozen=True, slots=True)
class Recall:
    """One recall: ``of`` are the items, lots and products called back, each with the custody event that marked it."""

    subject: Subject
    issuer: PartyId
    of: Mapping[Subject, StatementHash]
    reason: str
    notice: str
    stage: Stage
    notified: tuple[Subject, ...]
    remedied: tuple[Subject, ...]


def recall_of(dossier: Dossier) -> Recall:
    """The recall that a dossier tells of; refuses one in which nothing was called back."""
    issued = dossier.newest(Kind.RECALL_ISSUED)
    if issued is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"{dossier.name.subject} has no recall in it")
    return Recall(
        subject=dossier.name.subject,
        issuer=dossier.name.seller,
        of=dict(_marked(dossier)),
        reason=issued.record.members.text("reason"),
        notice=issued.record.members.hash("notice"),
        stage=dossier.stage(Machine.RECALL),
        notified=_at(dossier, Stage.NOTIFIED),
        remedied=_at(dossier, Stage.REMEDIED),
    )


def recalls_on(item: Subject, book: Book, goods: Goods) -> Iterator[tuple[Recall, Subject]]:
    """Each open recall that reaches an item, and what of its scope does: the item, its lot, what it was made from."""
    for subject in goods.recalled_with(item):
        holder = book.holder(Slot.RECALL, subject)
        if holder is not None:
            yield recall_of(book.known(holder)), subject


def _marked(dossier: Dossier) -> Iterator[tuple[Subject, StatementHash]]:
    for entered in dossier.entries:
        if entered.record.kind in _MARKING:
            members = entered.record.members
            for subject in things_of(members, "things"):
                yield Subject(subject), StatementHash(members.hash("event"))


def _at(dossier: Dossier, wanted: Stage) -> tuple[Subject, ...]:
    stages = dossier.stages.items()
    return tuple(Subject(one) for (machine, one), stage in stages if machine is Machine.REMEDY and stage is wanted)
