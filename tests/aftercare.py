"""What may come after a sale, as verbs: recalls, exchanges, claims, repairs, and sales between consumers.

Rules: those of ``tests.sales``; a verb signs as whoever would, if nobody else is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.commerce.recalls import Recall, recall_of
from provenance.commerce.tables import Kind
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from provenance.services.capturing import Receipt
from provenance.services.recalling import Bucket
from provenance.services.signing import Hand
from tests.cast import MAKER, SHOP, Some, Thing
from tests.sales import ORDER, RECALL, A, Sales

NOTICE = "90" * 32


@dataclass(slots=True)
class Aftercare(Sales):
    """A shop, and what happens after its sales."""

    def called_back(self, *things: Subject, of: Subject = RECALL, by: Hand | None = None, **members: Json) -> Receipt:
        """Things are marked in custody, and a recall of them issued."""
        event = str(members.pop("event", "")) or self.world.recalled(*(_marked(one) for one in things)).hash
        issued: dict[str, Json] = {"things": sorted(things), "event": event, "reason": "splinters", "notice": NOTICE}
        return self.said(Kind.RECALL_ISSUED, by or MAKER.hand(), of=of, **(issued | members))

    def warned(self, *items: Subject, by: Hand | None = None, order: Subject = ORDER) -> Receipt:
        """The seller tells the owners."""
        return self.said(Kind.RECALL_NOTIFIED, by or SHOP.hand(), of=RECALL, order=order, serials=sorted(items))

    def remedied(self, one: Subject = A, remedy: str = "refund", by: Hand | None = None) -> Receipt:
        """Somebody says what ended the danger."""
        members: dict[str, Json] = {"order": ORDER, "item": one, "remedy": remedy}
        return self.said(Kind.RECALL_REMEDIED, by or SHOP.hand(), of=RECALL, **members)

    def recall(self) -> Recall:
        """The recall as anyone can look it up."""
        return recall_of(self.dossier(RECALL))

    def buckets(self) -> dict[Subject, Bucket]:
        """Where the things of the recall are."""
        _, found = self.world.services.recalling.reach(RECALL)
        return {one.item: one.bucket for one in found}


def _marked(thing: Subject) -> Thing:
    """A thing as a custody event lists it: items by name, lots and products as amounts."""
    return thing if "/21/" in thing else Some("", thing)
