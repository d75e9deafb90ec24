"""The web application of a mirror: the pages and the log of an installation, over a copy, with all doors to it shut.

Rules:

* every page says whose mirror this is, as of when its copy is, and which alarms stand;
* nothing is taken in: whatever is not read is refused with ``not-the-log``, which names the log's own address; so are
  heads, taps, the bodies in bulk, and every part of the application that is not named here as one to be mirrored;
* ``/mirror.json`` says the same to programs, with the key of the mirror's line below ``/checkpoint``; the files of
  alarms are under ``/evidence/…``.
"""

from __future__ import annotations

import logging
from typing import cast

from flask import Blueprint, Flask, Response, current_app, request

from provenance.bootstrap_mirror import MirrorServices
from provenance.encoding import canonical
from provenance.encoding.textual import format_time
from provenance.errors import ProvenanceError
from provenance.services.introducing import Introduction
from web import asking
from web.app import create_app
from web.pages.mirror import MirrorBanner, mirror_banner
from web.security import open_to_all

_log = logging.getLogger("provenance.web")

EXTENSION = "provenance.mirror"

blueprint = Blueprint("mirror", __name__)
blueprint.after_request(open_to_all)

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_SHOWN = frozenset(
    {
        *(None, "public", "resolver", "statements", "log", "keys", "service", "mirror"),
        *("orders", "aftercare", "reviews"),
    }
)
"""The blueprints that a mirror answers for, as far as they are read; ``None`` are files, and what is nowhere."""


def create_mirror_app(mirror: MirrorServices) -> Flask:
    """The application of one mirror."""
    app = create_app(mirror.services)
    app.extensions[EXTENSION] = mirror
    app.register_blueprint(blueprint)

    @app.before_request
    def refuse_what_only_the_log_does() -> None:
        is_reading = request.method in _READING and request.blueprint in _SHOWN
        if not is_reading or asking.tap_query(request):
            mirror.closed.require_open()

    app.context_processor(lambda: {"mirror": _banner(mirror)})
    return app


@blueprint.get("/mirror.json")
def card() -> Response:
    """Whose mirror this is, of what, as of when, and which alarms stand."""
    introducing = _mirror().introducing
    now = introducing.introduce()
    members: dict[str, canonical.JsonLike] = {
        "mirror": introducing.card.key.name,
        "key": str(introducing.card.key),
        "origin": introducing.origin,
        "log": introducing.card.url,
        "size": now.size,
        "asOf": None if now.as_of is None else format_time(now.as_of),
        "alarms": [{"code": one.code.value, "leaf": one.leaf, "file": one.file} for one in now.alarms],
    }
    return _fresh(canonical.dump(members))


@blueprint.get("/evidence/<name>")
def evidence(name: str) -> Response:
    """The file of an alarm: what the log signed, for anyone to check."""
    return _fresh(_mirror().introducing.evidence(name))


def _mirror() -> MirrorServices:
    return cast(MirrorServices, current_app.extensions[EXTENSION])


def _banner(mirror: MirrorServices) -> MirrorBanner:
    return mirror_banner(mirror.introducing.card, mirror.introducing.origin, _now(mirror), asking.text())


def _now(mirror: MirrorServices) -> Introduction | None:
    """How things stand; ``None`` where that can't be read: a page about trouble says whose it is all the same."""
    try:
        return mirror.introducing.introduce()
    except ProvenanceError as err:
        _log.error("how the copy stands can't be read: %s", err)
        return None


def _fresh(data: bytes) -> Response:
    response = Response(data, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response
