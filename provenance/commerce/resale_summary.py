"""The sales of an item between consumers as an object for programs: the newest offer, and how far it is."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, record_members, stage_members
from provenance.commerce.resales import resale_of
from provenance.encoding.canonical import JsonLike


def public_resale_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The newest sale for whoever has the item's code: what it costs and how far it is, never who sells or buys."""
    resale = resale_of(dossier)
    return {
        "item": resale.item,
        "minor": resale.minor,
        "currency": resale.currency,
        "attestor": resale.attestor,
        "expires": resale.expires,
        "head": dossier.entries[-1].hash,
        "stages": stage_members(dossier),
        "next": next_members(dossier),
    }


def resale_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The newest sale as JSON members."""
    resale = resale_of(dossier)
    return {
        "item": resale.item,
        "seller": resale.seller,
        "buyer": resale.buyer,
        "attestor": resale.attestor,
        "minor": resale.minor,
        "currency": resale.currency,
        "expires": resale.expires,
        "stages": stage_members(dossier),
        "next": next_members(dossier),
        "records": record_members(dossier),
    }
