"""What goes wrong, told to whoever asked: a problem object to programs, a page to people, never our insides.

Rules:

* every error that this package raises on purpose has a code, and the code has a status (``problems``);
* an error nobody foresaw is logged whole, under a number that the visitor gets instead of it;
* a page says what to do, in the visitor's language; it never says that a thing is bad because we failed.
"""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.errors import NotFoundError, ProvenanceError, Refusal
from web import asking
from web.pages.trouble import trouble_page
from web.problems import MEDIA_TYPE, problem, status_of

_log = logging.getLogger("provenance.web")

_FOR_PROGRAMS = (
    "/statements",
    "/drafts",
    "/checkpoint",
    "/tile/",
    "/bodies/",
    "/payments/",
    "/trust.json",
    "/healthz",
    "/static/",
    "/label/",
    "/orders/import/",
    "/.well-known/",
    "/linkset.jsonld",
)
_AGAIN_SECONDS = "1"
_CODES = {
    HTTPStatus.NOT_FOUND: Code.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: Code.WRONG_METHOD,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Code.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Code.WRONG_MEDIA_TYPE,
}


def register(app: Flask) -> None:
    """Let these handlers answer for an application."""
    app.register_error_handler(ProvenanceError, _on_purpose)
    app.register_error_handler(HTTPException, _by_http)
    app.register_error_handler(Exception, _unforeseen)


def refused(refusal: Refusal, *, status: HTTPStatus | None = None, incident: str | None = None) -> Response:
    """The answer to a request that was refused, for whoever asked."""
    status = status or status_of(refusal.code)
    if is_for_programs():
        members = problem(refusal, base_url=asking.services().settings.base_url, status=status, instance=incident)
        response = Response(canonical.dump(members), status, mimetype=MEDIA_TYPE)
    else:
        text = asking.text()
        page = trouble_page(refusal, asked=request.values.get("code", ""), incident=incident, text=text)
        response = Response(render_template("trouble.html", page=page), status)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _AGAIN_SECONDS
    response.headers["Cache-Control"] = "no-store"
    return response


def is_for_programs() -> bool:
    """Whether whoever asks is a program: by the address, or because it sends JSON, or takes JSON and no page."""
    path = request.path
    if request.is_json or path.startswith(_FOR_PROGRAMS) or path.endswith((".json", "/bundle", "/head")):
        return True
    accepted = request.accept_mimetypes
    takes_json = accepted.accept_json or "application/linkset+json" in accepted.values()
    return bool(accepted) and not accepted.accept_html and takes_json


def _on_purpose(err: ProvenanceError) -> Response:
    status = HTTPStatus.NOT_FOUND if isinstance(err, NotFoundError) else status_of(err.code)
    if status is HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unforeseen(err)
    return refused(err.refusal, status=status)


def _by_http(err: HTTPException) -> Response:
    status = HTTPStatus(err.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unforeseen(err)
    code = _CODES.get(status, Code.MALFORMED_TEXT)
    response = refused(Refusal(code, _fact(status)), status=status)
    for name, value in err.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _fact(status: HTTPStatus) -> str:
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.max_content_length is not None:
        return f"the request has more than {request.max_content_length} bytes"
    return f"{request.method} {request.path[:200]}: {status.phrase.lower()}"


def _unforeseen(err: Exception) -> Response:
    incident = secrets.token_hex(6)
    _log.error("incident %s: %s %s", incident, request.method, request.path, exc_info=err)
    refusal = Refusal(Code.STORE_FAILED, f"something failed on our side; incident {incident}")
    return refused(refusal, status=HTTPStatus.INTERNAL_SERVER_ERROR, incident=incident)
