"""What a key signed, as a feed that its owner can follow.

Rules: the newest first, 100 a page, in the form of JSON Feed 1.1; nothing in it that the log's tiles do not say.

https://www.jsonfeed.org/version/1.1/
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from provenance.encoding import canonical
from provenance.encoding.textual import format_time, parse_hex, parse_size
from provenance.ids import KeyId, LeafIndex
from provenance.ports.stores import Stored
from web.asking import services
from web.security import open_to_all

blueprint = Blueprint("keys", __name__)
blueprint.after_request(open_to_all)

_VERSION = "https://jsonfeed.org/version/1.1"


@blueprint.get("/keys/<key>/feed.json")
def feed(key: str) -> Response:
    """What this key signed, newest first; ``?before=LEAF`` goes on from there."""
    parse_hex(key, length=32)
    before = request.args.get("before")
    found = services().watching.signed_by(KeyId(key), before=None if before is None else LeafIndex(parse_size(before)))
    here = f"{services().settings.base_url}/keys/{key}/feed.json"
    members: dict[str, canonical.JsonLike] = {
        "version": _VERSION,
        "title": f"{services().trust.origin}: signed by {key}",
        "feed_url": here,
        "items": [_item(stored) for stored in found.statements],
    }
    if found.older is not None:
        members["next_url"] = f"{here}?before={found.older}"
    response = Response(canonical.dump(members), mimetype="application/feed+json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _item(stored: Stored) -> dict[str, canonical.JsonLike]:
    return {
        "id": stored.hash,
        "title": f"leaf {stored.index}",
        "content_text": f"leaf {stored.index}: {stored.envelope.payload_type} {stored.hash}",
        "date_published": format_time(stored.recorded_at),
    }
