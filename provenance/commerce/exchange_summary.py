"""One exchange as an object for programs: what for what, at which price, and the records it rests on."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, record_members, stage_members
from provenance.commerce.exchanges import Offered, exchange_of
from provenance.encoding.canonical import JsonLike


def exchange_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The exchange as JSON members; ``offered`` is the seller's newest offer."""
    exchange = exchange_of(dossier)
    return {
        "exchange": exchange.subject,
        "order": exchange.order,
        "item": exchange.item,
        "product": exchange.product,
        "claimant": exchange.claimant,
        "offered": _offered(exchange.offered) if exchange.offered else None,
        "stages": stage_members(dossier),
        "next": next_members(dossier),
        "records": record_members(dossier),
    }


def _offered(offered: Offered) -> dict[str, JsonLike]:
    return {
        "price": offered.price,
        "deposit": offered.deposit,
        "currency": offered.currency,
        "swap": offered.swap.value,
        "expires": offered.expires,
    }
