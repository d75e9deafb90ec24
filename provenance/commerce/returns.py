"""What the records of one return say: who asks for what, about which item of which order, and how far it is.

Everything here is read from the dossier and nothing is kept; ``return_rows`` has the stages.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind
from provenance.commerce.vocabulary import Ask
from provenance.errors import RefusedError
from provenance.ids import PartyId, Subject


@dataclass(frozen=True, slots=True)
class Return:
    """One return: ``claimant`` asked for it."""

    subject: Subject
    order: Subject
    item: Subject
    ask: Ask
    claimant: PartyId
    at: int


def return_of(dossier: Dossier) -> Return:
    """The return that a dossier tells of; refuses one in which nothing was asked for."""
    asked = dossier.newest(Kind.RETURN_REQUESTED)
    if asked is None:
        raise RefusedError(Code.UNKNOWN_DOSSIER, f"{dossier.name.subject} has no return in it")
    return asked_in(asked)


def asked_in(asked: Entered) -> Return:
    """The return that a request begins."""
    members = asked.record.members
    return Return(
        subject=asked.record.about.subject,
        order=Subject(members.text("order")),
        item=Subject(members.text("item")),
        ask=members.word("ask", Ask),
        claimant=asked.signers[0].party,
        at=asked.record.at,
    )


def refund_key(order: Subject, item: Subject) -> str:
    """The slot in which the price of an item of an order is paid back, once and for ever."""
    return f"{order} {item}"
