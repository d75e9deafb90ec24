"""The log, for whoever wants to check it: checkpoint, tiles, and whom this server trusts.

Rules (C2SP tlog-tiles):

* a full tile never changes and may be kept for ever; a partial one is the beginning of the full one;
* the checkpoint is asked for anew each time; what is not there is never remembered as absent;
* anyone may read it from anywhere: there is nothing in it but hashes, signatures and keys.
"""

from __future__ import annotations

from flask import Blueprint, Response

from provenance.codes import Code
from provenance.errors import NotFoundError
from provenance.ids import TreeSize
from provenance.trust import format_trust
from web.asking import services
from web.security import open_to_all

blueprint = Blueprint("log", __name__)
blueprint.after_request(open_to_all)

_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_A_DAY = "public, max-age=86400"
_ANEW = "no-cache"


@blueprint.get("/checkpoint")
def checkpoint() -> Response:
    """The newest signed checkpoint."""
    note = services().checkpointing.latest()
    if not note:
        raise NotFoundError(Code.NOT_FOUND, "there is no checkpoint yet")
    return _read(note.encode(), "text/plain; charset=utf-8", _ANEW)


@blueprint.get("/tile/<path:place>")
def tile(place: str) -> Response:
    """A tile of hashes, or a bundle of entries."""
    data = services().reading.tile(f"tile/{place}")
    return _read(data, "application/octet-stream", _FOR_A_DAY if ".p/" in place else _FOR_EVER)


@blueprint.get("/anchor/<int:size>.tsr")
def anchor(size: int) -> Response:
    """What a time-stamping authority said about the checkpoint of this size."""
    return _read(services().anchoring.answer(TreeSize(size)), "application/timestamp-reply", _FOR_EVER)


@blueprint.get("/trust.json")
def trust() -> Response:
    """Whom this server trusts. A checker who wants to be sure gets it from somebody else."""
    return _read(format_trust(services().trust), "application/json", _ANEW)


def _read(data: bytes, content_type: str, caching: str) -> Response:
    response = Response(data, content_type=content_type)
    response.headers["Cache-Control"] = caching
    return response
