"""What the rules of commerce ask about things: who holds an item, what lies on it, what a custody event said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.dossier_names import DossierName
from provenance.crypto.keys import PublicKey
from provenance.custody.claim_keys import claim_keys
from provenance.custody.standing import Flag, Phase, Standings, classes_of
from provenance.custody.statements import VerifiedStatement
from provenance.custody.steps import flags_set, flags_unset
from provenance.epcis.events import Event
from provenance.errors import RefusedError
from provenance.ids import PartyId, StatementHash, Subject

_BUSINESS = "urn:epcglobal:cbv:bt:"


@dataclass(frozen=True, slots=True)
class Goods:
    """Custody at one place of the log.

    ``around`` gives the standings in which all is there that says something about an item; ``statement`` finds what
    the log holds before this place.
    """

    around: Callable[[Subject], Standings]
    statement: Callable[[StatementHash], VerifiedStatement | None]

    def check_sellable(self, item: Subject, seller: PartyId) -> None:
        """Refuses an item that the seller does not hold, that has ended, or on which a flag lies."""
        standings = self.around(item)
        standing = standings.of(item)
        if standing is None:
            raise RefusedError(Code.NOT_ISSUED, f"{item} was never commissioned here", evidence={"subject": item})
        phase = standings.phase(standing)
        if phase is not Phase.ACTIVE:
            raise RefusedError(Code.ENDED, f"{item} is {phase}", evidence={"subject": item})
        if standings.holder(standing) != seller:
            raise RefusedError(Code.NOT_HOLDER, f"{seller} does not hold {item}", evidence={"subject": item})
        self.check_unflagged(item)

    def check_sold(self, item: Subject, seller: PartyId) -> None:
        """Refuses an item that custody does not know as sold by this seller."""
        standing = self.around(item).of(item)
        if standing is None or standing.phase is not Phase.SOLD or standing.sold_by != seller:
            raise RefusedError(Code.NOT_SOLD, f"{item} is not sold by {seller}", evidence={"subject": item})

    def claim_key(self, item: Subject) -> PublicKey | None:
        """The key behind an item's hidden code, from the event that brought it into the world."""
        standing = self.around(item).of(item)
        for origin in standing.origins if standing is not None else ():
            statement = self.statement(origin)
            if statement is not None and isinstance(statement.content, Event):
                return claim_keys(statement.content).get(item)
        return None

    def check_held(self, item: Subject, holder: PartyId) -> None:
        """Refuses an item that custody does not know in these hands."""
        standings = self.around(item)
        standing = standings.of(item)
        if standing is None or standing.phase is not Phase.ACTIVE or standings.holder(standing) != holder:
            raise RefusedError(Code.NOT_HOLDER, f"{holder} does not hold {item}", evidence={"subject": item})

    def flags(self, item: Subject) -> frozenset[Flag]:
        """Every flag that lies on an item."""
        standings = self.around(item)
        standing = standings.of(item)
        return frozenset() if standing is None else frozenset(standings.flags(standing))

    def check_unflagged(self, item: Subject) -> None:
        """Refuses an item that is recalled, stolen or missing."""
        standings = self.around(item)
        standing = standings.of(item)
        for flag, on in sorted(standings.flags(standing).items()) if standing is not None else ():
            raise RefusedError(Code.BLOCKED, f"{on} is {flag}", evidence={"subject": on, "flag": flag})

    def check_destroyed(self, item: Subject) -> None:
        """Refuses an item that custody does not know as destroyed."""
        standing = self.around(item).of(item)
        if standing is None or standing.phase is not Phase.DESTROYED:
            raise RefusedError(Code.BEFORE_ITS_TIME, f"custody knows nothing of the destruction of {item}")

    def recalled_with(self, item: Subject) -> Iterator[Subject]:
        """Where the recalls on an item lie: on it, its lot or product, a unit around it, or what it was made from."""
        standings = self.around(item)
        standing = standings.of(item)
        if standing is None:
            return
        for near in (standing, *standings.around(standing), *standings.ancestry(standing)):
            for subject in (near.subject, *classes_of(near)):
                row = standings.of(subject)
                if row is not None and Flag.RECALLED in row.flags:
                    yield subject

    def check_recall(self, named: StatementHash, of: Iterable[Subject], *, by: PartyId) -> None:
        """Refuses an event by which this party does not call all of these back."""
        self._check_marking(named, of, by=by, marks=flags_set)

    def check_recall_lifted(self, named: StatementHash, of: Iterable[Subject], *, by: PartyId) -> None:
        """Refuses an event by which this party does not end the recall of all of these."""
        self._check_marking(named, of, by=by, marks=flags_unset)

    def signed_at(self, named: StatementHash) -> int:
        """When a custody event happened, as its signers say."""
        return int(self._event(named).instant.timestamp())

    def _check_marking(
        self, named: StatementHash, of: Iterable[Subject], *, by: PartyId, marks: Callable[[Event], frozenset[Flag]]
    ) -> None:
        event, statement = self._event(named), self.statement(named)
        assert statement is not None, "it was found a line above"
        if by not in statement.header.parties or Flag.RECALLED not in marks(event):
            raise RefusedError(Code.EVENT_MISSING, f"the event {named} is no such recall by {by}", pointer="/event")
        if absent := sorted(set(of) - set(statement.about.subjects)):
            raise RefusedError(Code.EVENT_MISSING, f"the event {named} does not speak of {absent[0]}", pointer="/event")

    def _event(self, named: StatementHash) -> Event:
        statement = self.statement(named)
        if statement is None or not isinstance(statement.content, Event):
            raise RefusedError(Code.EVENT_MISSING, f"the log holds no custody event {named}", pointer="/event")
        return statement.content

    def check_event(self, named: StatementHash, *, step: str, items: Iterable[Subject], about: DossierName) -> None:
        """Refuses an event that is not in the log, does something else, or does not speak of these items.

        Whoever the dossier's seller is must have signed it. A TransactionEvent must name the dossier.
        """
        event, statement = self._event(named), self.statement(named)
        assert statement is not None, "it was found a line above"
        if event.biz_step != step or about.seller not in statement.header.parties:
            message = f"the event {named} is no {step} by {about.seller}"
            raise RefusedError(Code.EVENT_MISSING, message, pointer="/event")
        if absent := sorted(set(items) - set(statement.about.items)):
            raise RefusedError(Code.EVENT_MISSING, f"the event {named} does not speak of {absent[0]}", pointer="/event")
        if event.type == "TransactionEvent" and business_id(about) not in {paper.id for paper in event.transactions}:
            message = f"the event {named} does not name {business_id(about)}"
            raise RefusedError(Code.EVENT_MISSING, message, pointer="/event")


def business_id(about: DossierName) -> str:
    """A dossier as the ``bizTransaction`` of a custody event (CBV 2.0 §8.5.2).

    >>> from provenance.commerce.dossier_names import parse_dossier_name
    >>> business_id(parse_dossier_name("order:9520789000004/2026-0001"))
    'urn:epcglobal:cbv:bt:9520789000004:2026-0001'
    """
    return f"{_BUSINESS}{about.seller.rpartition('/')[2]}:{about.number}"
