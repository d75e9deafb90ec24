"""One order as an object for programs: what it is, how far it is, what may follow, and the records it rests on."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, record_members, stage_members
from provenance.commerce.orders import order_of
from provenance.encoding.canonical import JsonLike


def order_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The order as JSON members; ``stages`` names each machine, of one item as ``fulfilment <EPC>``."""
    order = order_of(dossier)
    return {
        "order": order.subject,
        "shown": order.shown.value,
        "seller": order.seller,
        "buyer": order.buyer,
        "currency": order.currency,
        "total": order.total,
        "freight": order.freight,
        "lines": [{"class": line.of, "price": line.price, "category": line.category.value} for line in order.lines],
        "serials": list(order.serials),
        "terms": {"of": order.terms_of, "hash": order.terms},
        "stages": stage_members(dossier),
        "next": next_members(dossier),
        "records": record_members(dossier),
    }
