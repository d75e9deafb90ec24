"""Looking up what was recorded of orders: the records of a dossier, and the stages they add up to.

Rules:

* nothing is kept but the records; what is told is folded from them when it is asked for;
* what is in an order is nobody's business but its parties': over the network it is told to whoever has the receipt,
  whose token the offer holds as a hash; a wrong token and an unknown order get the same answer.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.orders import is_token_of, order_of
from provenance.errors import NotFoundError
from provenance.ports.stores import Store
from provenance.services.bookkeeping import read_dossier


class Ordering:
    """Dossiers, out of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def dossier(self, subject: str) -> Dossier:
        """The dossier of this name; refuses one of which nothing is recorded."""
        name = parse_dossier_name(subject)
        with self._store.reading() as store:
            dossier = read_dossier(store, name)
        if not dossier.entries:
            raise NotFoundError(Code.UNKNOWN_DOSSIER, f"nothing is recorded of {subject}")
        return dossier

    def with_receipt(self, subject: str, token: str) -> Dossier:
        """The dossier of an order, for one who has its receipt."""
        dossier = self.dossier(subject)
        if dossier.name.family is not Family.ORDER or not is_token_of(order_of(dossier), token):
            raise NotFoundError(Code.UNKNOWN_DOSSIER, f"nothing is recorded of {subject}")
        return dossier
