"""The bodies of statements, for whoever signs a request for them and may read them (``services.disclosing``).

Rules: the authority that must have been signed is this installation's own, whatever ``Host`` says, so a request that
was made for another server opens nothing here; an answer is for the one who asked, and nobody keeps it.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from provenance.crypto.signed_requests import Target, authority_of, parse_signed
from provenance.encoding.textual import parse_size
from provenance.log.body_bundles import parse_body_path
from web.asking import raw_path, services

blueprint = Blueprint("disclosure", __name__)


@blueprint.get("/bodies/<path:place>")
def bodies(place: str) -> Response:
    """The bodies beside an entry bundle; ``?from=K`` leaves out the first K."""
    authority = authority_of(services().settings.base_url)
    asked = parse_signed(
        Target(request.method, authority, raw_path(request), request.query_string.decode("latin-1")),
        signature_input=request.headers.get("Signature-Input", ""),
        signature=request.headers.get("Signature", ""),
    )
    start = parse_size(request.args.get("from", "0"))
    data = services().disclosing.bodies(parse_body_path(f"bodies/{place}"), start=start, asked=asked)
    response = Response(data, content_type="application/octet-stream")
    response.headers["Cache-Control"] = "no-store"
    return response
