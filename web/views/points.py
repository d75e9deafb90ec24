"""Points: an account for the one who has its card, and for everybody the whole of a programme.

Rules: the token on the card is sent as ``Authorization: Bearer …``, never in an address; a wrong token and an account
that is not there get the same answer.
"""

from __future__ import annotations

from flask import Blueprint, Response

from provenance.commerce.points_summary import account_members, supply_members
from provenance.encoding import canonical
from web.asking import receipt_token, services

blueprint = Blueprint("points", __name__)


@blueprint.get("/points/<seller>/<number>")
def account(seller: str, number: str) -> Response:
    """A member's statement, with the head to keep."""
    dossier = services().rewarding.with_card(f"points:{seller}/{number}", receipt_token())
    response = Response(canonical.dump(account_members(dossier)), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/programmes/<seller>/<name>")
def programme(seller: str, name: str) -> Response:
    """The rules of a programme and every point in it, with the head of every account."""
    supply, rules = services().rewarding.supply(f"programme:{seller}/{name}")
    return Response(canonical.dump(supply_members(supply, rules)), mimetype="application/json")
