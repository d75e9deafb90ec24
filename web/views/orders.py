"""An order, for the one who has its receipt.

Rules: the token on the receipt is sent as ``Authorization: Bearer …``, never in an address, which ends up in logs; a
wrong token and an order that is not there get the same answer.
"""

from __future__ import annotations

from flask import Blueprint, Response

from provenance.commerce.order_summary import order_members
from provenance.commerce.points_summary import head_members
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from web.asking import receipt_token, services

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders/<seller>/<number>")
def order(seller: str, number: str) -> Response:
    """How far an order has come, folded from its records; with the heads of the points that it touches."""
    dossier = services().ordering.with_receipt(f"order:{seller}/{number}", receipt_token())
    heads = services().rewarding.heads_of_order(dossier.name.subject)
    points: list[JsonLike] = [head_members(account, head) for account, head in heads.items()]
    response = Response(canonical.dump({**order_members(dossier), "points": points}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
