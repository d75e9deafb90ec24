"""What a shopper sees: the field, the way from a QR code to its page, the page, the evidence, the label.

Rules:

* resolving a link is not scanning it: nothing about who asked is kept, and ``HEAD`` and previews are as welcome;
* a number that nobody issued is answered with its page and 200: "never issued" is an answer, not a missing page;
* nothing here is cached: a recall must not wait for somebody's cache.

GS1-Conformant resolver standard 1.1 (redirect with 307, the query passed on).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from labels.artwork import item_label_png, item_label_svg
from provenance.bundle import format_bundle
from provenance.codes import Code
from provenance.encoding import canonical
from provenance.errors import NotFoundError
from provenance.gs1.application_identifiers import TABLE
from provenance.ids import Subject
from web.addresses import Form, address_of, file_name, link_to, read_address, read_link, read_thing
from web.asking import chosen_language, raw_path, services, text
from web.pages.answer import answer
from web.pages.verification import verification_page
from web.security import open_to_all

blueprint = Blueprint("public", __name__)

_KEYS = ",".join(f"'{ai}'" for ai, row in TABLE.items() if row.is_key)


@blueprint.get("/")
def home() -> Response:
    """The field for a code, and what this is."""
    return _page(render_template("home.html"))


@blueprint.get("/scan")
def look_up() -> AnyResponse:
    """From what was typed or scanned to its page."""
    chosen = chosen_language()
    kept = f"?lang={chosen}" if chosen else ""
    return redirect(address_of(read_thing(request.args.get("code", ""))) + kept, 303)


@blueprint.get(f"/<any({_KEYS}):key>/<path:rest>")
def resolve(key: str, rest: str) -> AnyResponse:
    """From what the QR code says to its page."""
    del key, rest  # decoded; the link is read as it was sent
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    return open_to_all(redirect(address_of(read_link(raw_path(request))) + query, 307))


@blueprint.get("/verify/<path:rest>")
def verify(rest: str) -> Response:
    """What can be said about a thing: the page, the same for programs, or the evidence."""
    del rest
    asked = read_address(raw_path(request).removeprefix("/verify"))
    return _in_form(asked.form, _VERIFY)(asked.subject)


@blueprint.get("/label/<path:rest>")
def label(rest: str) -> Response:
    """The label of a thing, ready to print."""
    del rest
    asked = read_address(raw_path(request).removeprefix("/label"))
    return _in_form(asked.form, _LABEL)(asked.subject)


def _verification(subject: Subject) -> Response:
    report = services().tracing.trace(subject)
    host = urlsplit(services().settings.base_url).netloc
    heard_of = services().drafting.registry().parties
    page = verification_page(report, services().trust, text=text(), host=host, heard_of=heard_of)
    response = _page(render_template("verification.html", page=page))
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _answer(subject: Subject) -> Response:
    report = services().tracing.trace(subject)
    members = answer(report, base_url=services().settings.base_url)
    return _fresh(open_to_all(Response(canonical.dump(members), mimetype="application/json")))


def _bundle(subject: Subject) -> Response:
    response = Response(format_bundle(services().tracing.bundle(subject)), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(subject)}"'
    return _fresh(open_to_all(response))


def _svg(subject: Subject) -> Response:
    return _fresh(Response(item_label_svg(link_to(subject, services().settings.base_url)), mimetype="image/svg+xml"))


def _png(subject: Subject) -> Response:
    return _fresh(Response(item_label_png(link_to(subject, services().settings.base_url)), mimetype="image/png"))


_VERIFY: Mapping[Form, Callable[[Subject], Response]] = {
    Form.PAGE: _verification,
    Form.ANSWER: _answer,
    Form.BUNDLE: _bundle,
}
_LABEL: Mapping[Form, Callable[[Subject], Response]] = {Form.SVG: _svg, Form.PNG: _png}


def _in_form(form: Form, forms: Mapping[Form, Callable[[Subject], Response]]) -> Callable[[Subject], Response]:
    if form not in forms:
        raise NotFoundError(Code.NOT_FOUND, f"there is no {form.value or 'page'} at this address")
    return forms[form]


def _page(html: str) -> Response:
    response = Response(html, mimetype="text/html")
    response.headers["Content-Language"] = text().language
    response.headers["Vary"] = "Accept-Language"
    return _fresh(response)


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
