"""The key by which anyone can check that a webhook came from here (``v1a`` of Standard Webhooks).

Rules: the key is public and its file says so without a passphrase; where no endpoint was ever told anything, there is
none, and that is said.
"""

from __future__ import annotations

from flask import Blueprint, Response

from provenance.crypto.webhook_signatures import format_webhook_key
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from web.asking import services
from web.security import open_to_all

blueprint = Blueprint("webhook_keys", __name__)
blueprint.after_request(open_to_all)


@blueprint.get("/.well-known/webhook-keys.json")
def keys() -> Response:
    """The keys that webhooks of this log are signed with."""
    key = services().webhook_key()
    listed: list[JsonLike] = [] if key is None else [{"whpk": format_webhook_key(key), "did": str(key)}]
    members: dict[str, JsonLike] = {"log": services().trust.origin, "scheme": "v1a", "keys": listed}
    response = Response(canonical.dump(members), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
