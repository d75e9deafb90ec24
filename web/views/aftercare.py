"""What came after a sale: for the one who has the receipt; what concerns everybody, for whoever has the code.

Rules:

* a return, an exchange, a claim and a warranty are shown to whoever sends the token on the order's receipt, as
  ``Authorization: Bearer …``; a wrong token and a dossier that is not there get the same answer;
* a recall is public; so is whether an item is claimed, missing, stolen or for sale, and for how much: never by whom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response

from provenance.commerce.claim_summary import claim_members
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import Family
from provenance.commerce.exchange_summary import exchange_members
from provenance.commerce.ownership_summary import public_ownership_members
from provenance.commerce.recall_summary import recall_members
from provenance.commerce.resale_summary import public_resale_members
from provenance.commerce.return_summary import return_members
from provenance.commerce.warranty_summary import warranty_members
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.gs1.identifiers import Identifier
from web.asking import receipt_token, services

blueprint = Blueprint("aftercare", __name__)

_CASES: Mapping[str, tuple[Family, Callable[[Dossier], dict[str, JsonLike]]]] = {
    "returns": (Family.RETURN, return_members),
    "exchanges": (Family.EXCHANGE, exchange_members),
    "claims": (Family.CLAIM, claim_members),
}
_ITEMS: Mapping[str, tuple[Family, Callable[[Dossier], dict[str, JsonLike]]]] = {
    "ownership": (Family.OWNERSHIP, public_ownership_members),
    "resales": (Family.RESALE, public_resale_members),
}


@blueprint.get("/<any(returns, exchanges, claims):which>/<seller>/<number>")
def case(which: str, seller: str, number: str) -> Response:
    """How far a return, an exchange or a claim has come."""
    family, members = _CASES[which]
    return _private(members(services().ordering.with_receipt(f"{family}:{seller}/{number}", receipt_token())))


@blueprint.get("/warranties/01/<gtin>/21/<path:serial>")
def warranty(gtin: str, serial: str) -> Response:
    """The repairs of an item."""
    subject = f"{Family.WARRANTY}:{_item(gtin, serial)}"
    return _private(warranty_members(services().ordering.with_receipt(subject, receipt_token())))


@blueprint.get("/<any(ownership, resales):which>/01/<gtin>/21/<path:serial>")
def item(which: str, gtin: str, serial: str) -> Response:
    """Whether an item has an owner, is missing, stolen or for sale."""
    family, members = _ITEMS[which]
    return _public(members(services().ordering.dossier(f"{family}:{_item(gtin, serial)}")))


@blueprint.get("/recalls/<issuer>/<number>")
def recall(issuer: str, number: str) -> Response:
    """What is called back, and why."""
    return _public(recall_members(services().ordering.dossier(f"{Family.RECALL}:{issuer}/{number}")))


def _item(gtin: str, serial: str) -> str:
    return Identifier("01", gtin, (("21", serial),)).uri


def _public(members: dict[str, JsonLike]) -> Response:
    return Response(canonical.dump(members), mimetype="application/json")


def _private(members: dict[str, JsonLike]) -> Response:
    response = _public(members)
    response.headers["Cache-Control"] = "no-store"
    return response
