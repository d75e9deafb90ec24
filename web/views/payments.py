"""Where payment providers tell what became of a payment.

Rules:

* the answer that a provider takes for a yes is given only once the notice is durable; anything else is a problem, and
  the provider sends it again;
* nobody logs in here and no cookie counts: the authority is in the provider's signature over the body;
* 64 KiB at most.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request

from provenance.codes import Code
from provenance.commerce.payment_notices import LARGEST_BODY, Provider
from provenance.errors import NotFoundError
from web.asking import services

blueprint = Blueprint("payments", __name__)

_THANKS: Mapping[Provider, tuple[str, str]] = {
    Provider.WECHAT: ('{"code":"SUCCESS","message":""}', "application/json"),
    Provider.ALIPAY: ("success", "text/plain"),
    Provider.STRIPE: ("{}", "application/json"),
}
"""What each takes for a yes; anything else, and it sends again."""


@blueprint.post("/payments/<provider>")
@blueprint.post("/payments/<provider>/<merchant>")
def notify(provider: str, merchant: str | None = None) -> Response:
    """Take in one notification, for the provider's one account or for that with this number."""
    receiving = services().receiving
    if receiving is None:
        raise NotFoundError(Code.NOT_FOUND, "nobody takes payments here")
    request.max_content_length = LARGEST_BODY + 1
    headers = {name.lower(): value for name, value in request.headers.items()}
    body, media_type = _THANKS[receiving.receive(provider, merchant, headers, request.get_data())]
    response = Response(body, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response
