"""The web application: pages for people, an API for parties, the log for everyone.

Rules:

* it holds no state: everything is asked of the services it was made with, so any number of workers may run;
* every answer passes ``security.protect``; every error becomes a page or a problem (``errors``);
* a view reads the request, calls one service, and prints what ``pages`` made of it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, request, url_for
from jinja2 import StrictUndefined

from provenance.bootstrap import Services
from provenance.codes import Code
from provenance.errors import Refusal
from web import asking, errors
from web.bodies import largest_request
from web.pages.text import Language, text_in
from web.security import Brake, Limit, protect
from web.views import (
    acts,
    aftercare,
    disclosure,
    keys,
    log,
    orders,
    payments,
    points,
    public,
    resolver,
    reviews,
    service,
    shop_orders,
    statements,
    webhook_keys,
)

LIMITS: Mapping[str, Limit] = {
    "public": Limit(at_once=120, per_second=10),
    "resolver": Limit(at_once=120, per_second=10),
    "statements": Limit(at_once=1000, per_second=100),
    "log": Limit(at_once=4000, per_second=400),
    "disclosure": Limit(at_once=400, per_second=40),
    "keys": Limit(at_once=120, per_second=10),
    "webhook_keys": Limit(at_once=120, per_second=10),
    "acts": Limit(at_once=60, per_second=2),
    "orders": Limit(at_once=30, per_second=1),
    "payments": Limit(at_once=600, per_second=60),
    "shop_orders": Limit(at_once=400, per_second=40),
    "aftercare": Limit(at_once=60, per_second=5),
    "points": Limit(at_once=30, per_second=1),
    "reviews": Limit(at_once=120, per_second=10),
}
"""By blueprint. A page folds a history, a tile is a file: what costs more is rationed more."""

_FOREVER = 365 * 24 * 60 * 60


def create_app(services: Services) -> Flask:
    """The application over these services."""
    app = Flask(__name__)
    app.extensions[asking.EXTENSION] = services
    app.config["MAX_CONTENT_LENGTH"] = largest_request(services.settings.body_limit)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = _FOREVER
    app.url_map.merge_slashes = False  # two slashes in a row may be a serial's own
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["compressed"] = resolver.CompressedLink
    for blueprint in (
        public.blueprint,
        resolver.blueprint,
        statements.blueprint,
        log.blueprint,
        disclosure.blueprint,
        keys.blueprint,
        acts.blueprint,
        orders.blueprint,
        aftercare.blueprint,
        payments.blueprint,
        shop_orders.blueprint,
        points.blueprint,
        reviews.blueprint,
        webhook_keys.blueprint,
        service.blueprint,
    ):
        app.register_blueprint(blueprint)
    errors.register(app)
    _brake(app)
    is_https = services.settings.base_url.startswith("https:")
    app.after_request(lambda response: protect(response, is_https=is_https))
    versions = {path.name: _version(path) for path in (Path(app.root_path) / "static").iterdir()}

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=versions[name])

    app.context_processor(lambda: {"t": asking.text(), "languages": _languages(), "keep": _keep(), "asset": asset})
    app.context_processor(lambda: {"mirror": None})  # a mirror says more (``web.mirror``)
    return app


def _brake(app: Flask) -> None:
    brakes = {name: Brake(limit, now=time.monotonic) for name, limit in LIMITS.items()}

    @app.before_request
    def slow_down() -> Response | None:
        brake, client = brakes.get(request.blueprint or ""), asking.client(request)
        wait = 0 if brake is None or client is None else brake.wait(client)
        if not wait:
            return None
        response = errors.refused(Refusal(Code.RATE_LIMITED, f"more requests than allowed; wait {wait} s"))
        response.headers["Retry-After"] = str(wait)
        return response


def _languages() -> list[dict[str, object]]:
    """The links to this page in every language."""
    here = asking.text().language
    others = {name: value for name, value in request.args.items() if name != "lang"}
    return [
        {
            "tag": language.value,
            "name": text_in(language)("language.name"),
            "title": text_in(language)("language.switch"),
            "parameters": [*others.items(), ("lang", language.value)],
            "is_here": language is here,
        }
        for language in Language
    ]


def _keep() -> str:
    """The query that keeps the language that the address chose."""
    chosen = asking.chosen_language()
    return f"?lang={chosen}" if chosen else ""


def _version(path: Path) -> str:
    # In its address, so that it can be kept for ever and still change with the next release.
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]
