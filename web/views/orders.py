"""An order, for the one who has its receipt.

Rules:

* the token on the receipt is sent as ``Authorization: Bearer …`` by programs and in the body of a form by people, never
  in an address, which ends up in logs, and never in a cookie;
* a wrong token and an order that is not there get the same answer;
* nothing is cached, and no search engine is to keep it.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, render_template, request

from provenance.commerce.order_summary import order_members
from provenance.commerce.points_summary import head_members
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError, NotFoundError
from web.asking import receipt_token, services, text
from web.pages.order import order_page, receipt_form, refused_form
from web.wishes import prefers_page

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders/<seller>/<number>")
def order(seller: str, number: str) -> Response:
    """How far an order has come, and the heads of the points it touches; for a browser, the form for the token."""
    if "Authorization" not in request.headers and prefers_page(request.accept_mimetypes):
        return _page(render_template("receipt.html", form=receipt_form(number, text())))
    dossier = services().ordering.with_receipt(f"order:{seller}/{number}", receipt_token())
    heads = services().rewarding.heads_of_order(dossier.name.subject)
    points: list[JsonLike] = [head_members(account, head) for account, head in heads.items()]
    members = {**order_members(dossier), "points": points}
    return _for_nobody_else(Response(canonical.dump(members), mimetype="application/json"))


@blueprint.post("/orders/<seller>/<number>")
def opened(seller: str, number: str) -> Response:
    """The page of an order, for whoever typed the token on its receipt."""
    try:
        purchase = services().ordering.purchase(f"order:{seller}/{number}", request.form.get("token", "").strip())
    except (NotFoundError, MalformedError):
        return _page(render_template("receipt.html", form=refused_form(number, text())), HTTPStatus.NOT_FOUND)
    parties = services().drafting.registry().parties
    return _page(render_template("order.html", page=order_page(purchase, parties, text())))


def _page(html: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = Response(html, status, mimetype="text/html")
    response.headers["Content-Language"] = text().language
    response.headers["X-Robots-Tag"] = "noindex"
    return _for_nobody_else(response)


def _for_nobody_else(response: Response) -> Response:
    response.headers["Vary"] = "Accept, Accept-Language, Authorization"
    response.headers["Cache-Control"] = "no-store"
    return response
