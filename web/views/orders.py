"""An order, for the one who has its receipt.

Rules: the token on the receipt is sent as ``Authorization: Bearer …``, never in an address, which ends up in logs; a
wrong token and an order that is not there get the same answer.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from provenance.codes import Code
from provenance.commerce.order_summary import order_members
from provenance.encoding import canonical
from provenance.errors import NotFoundError
from web.asking import services

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders/<seller>/<number>")
def order(seller: str, number: str) -> Response:
    """How far an order has come, folded from its records."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token:
        raise NotFoundError(Code.UNKNOWN_DOSSIER, "an order is shown to whoever sends the token on its receipt")
    dossier = services().ordering.with_receipt(f"order:{seller}/{number}", token)
    response = Response(canonical.dump(order_members(dossier)), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
