"""Looking up what was recorded of orders: the records of a dossier, and the stages they add up to.

Rules:

* nothing is kept but the records; what is told is folded from them when it is asked for;
* what is in an order is nobody's business but its parties': over the network it is told to whoever has the receipt,
  whose token the offer holds as a hash; a wrong token and an unknown order get the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from provenance.codes import Code
from provenance.commerce.claims import complaint_of
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import parse_dossier_name
from provenance.commerce.facts import Facts, SeenCheckpoint
from provenance.commerce.liability import Liability, liability
from provenance.commerce.orders import is_token_of, order_named_in, order_of
from provenance.commerce.purchase import Moment, Purchase, purchase_of
from provenance.commerce.recorded_case import case_in
from provenance.commerce.terms import Terms
from provenance.custody.commerce_records import chain_about
from provenance.errors import NotFoundError
from provenance.ids import Subject
from provenance.ports.outside import Clock
from provenance.ports.stores import Store
from provenance.services.bookkeeping import book_below, read_dossier
from provenance.services.drafting import Drafting
from provenance.services.tracing import Tracing


class Ordering:
    """Dossiers, out of the store."""

    def __init__(self, store: Store, drafting: Drafting, tracing: Tracing, clock: Clock) -> None:
        self._store, self._drafting, self._tracing, self._clock = store, drafting, tracing, clock

    def dossier(self, subject: str) -> Dossier:
        """The dossier of this name; refuses one of which nothing is recorded."""
        dossier = self.so_far(subject)
        if not dossier.entries:
            raise NotFoundError(Code.UNKNOWN_DOSSIER, f"nothing is recorded of {subject}")
        return dossier

    def so_far(self, subject: str) -> Dossier:
        """The dossier of this name; an empty one where nothing is recorded yet."""
        with self._store.reading() as store:
            return read_dossier(store, parse_dossier_name(subject))

    def begun(self, subjects: Iterable[Subject]) -> frozenset[Subject]:
        """Those of these dossiers of which anything is recorded."""
        with self._store.reading() as store:
            return frozenset(subject for subject in subjects if store.chain(chain_about(subject), None))

    def case(self, subject: str) -> tuple[Terms, Facts]:
        """The terms and facts of a return or a claim, from its records up to the newest checkpoint.

        Refuses what is neither, and one whose request is not recorded yet.
        """
        seen = self._drafting.seen()
        checkpoint = SeenCheckpoint(seen.origin, seen.size, seen.root.hex())
        with self._store.reading() as store:
            book, goods = book_below(store, seen.size)
            return case_in(parse_dossier_name(subject).subject, book, goods, checkpoint)

    def liability(self, subject: str) -> Liability:
        """Who answers for what a claim says is wrong, by the item's whole history; refuses what is no claim."""
        complaint = complaint_of(self.dossier(subject))
        seller = parse_dossier_name(complaint.order).seller
        return liability(self._tracing.trace(complaint.item).history.happenings, seller)

    def with_receipt(self, subject: str, token: str) -> Dossier:
        """The dossier of an order or of what came after it, for one who has the order's receipt."""
        dossier = self.dossier(subject)
        order = order_named_in(dossier)
        if order is None or not is_token_of(order_of(self.dossier(order)), token):
            raise NotFoundError(Code.UNKNOWN_DOSSIER, f"nothing is recorded of {subject}")
        return dossier

    def purchase(self, subject: str, token: str) -> Purchase:
        """An order as of now, with what is ahead of it, for one who has its receipt."""
        of, seen = self.with_receipt(subject, token).name.subject, self._drafting.seen()
        checkpoint = SeenCheckpoint(seen.origin, seen.size, seen.root.hex())
        with self._store.reading() as store:
            book, goods = book_below(store, store.size())
            moment = Moment(int(self._clock.now().timestamp()), checkpoint)
            return purchase_of(of, book, goods, seen=moment)
