"""Where shops' own systems post their orders.

Rules: the code in the header is checked over the bytes as they came, before anything reads them; only what is kept,
durably, is answered with 200, and the same delivery again changes nothing; the answer tells nothing of an order.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from provenance.codes import Code
from provenance.commerce.shop_deliveries import LARGEST_DELIVERY, Posted, Shop
from provenance.encoding import canonical
from provenance.errors import NotFoundError
from web.asking import services

blueprint = Blueprint("shop_orders", __name__)


@blueprint.post("/orders/import/<name>")
def take_in(name: str) -> Response:
    """Take in one delivery of a shop's system."""
    if name not in tuple(Shop):
        raise NotFoundError(Code.NO_SHOP, f"orders come from {', '.join(Shop)}, not {name[:40]!r}")
    request.max_content_length = LARGEST_DELIVERY + 1
    headers = {header.lower(): value for header, value in request.headers.items()}
    services().shop_importing.deliver(Shop(name), Posted(headers, request.get_data()))
    response = Response(canonical.dump({"taken": True}), mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
