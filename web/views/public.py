"""What a shopper sees: the field, the page about a thing, the evidence, the label.

Rules:

* a number that nobody issued gets its page too, with 404: "never issued" is an answer, and no 200 calls an error good;
* a number whose company prefix nobody here holds is not called never issued: it is not known here;
* nothing here is cached: a recall must not wait for somebody's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from labels.artwork import item_label_png, item_label_svg
from provenance.bundle import format_bundle
from provenance.codes import Code
from provenance.custody.verdict import VerdictClass
from provenance.encoding import canonical
from provenance.errors import NotFoundError
from provenance.evidence import Report
from provenance.ids import Subject
from provenance.log.note import format_note
from web.addresses import Form, file_name, link_to, page_of, read_address
from web.asking import chosen_language, raw_path, services, tap_query, text
from web.offline import offline_page
from web.pages.answer import answer
from web.pages.verification import verification_page
from web.security import allow_checking, open_to_all

blueprint = Blueprint("public", __name__)


@blueprint.get("/")
def home() -> Response:
    """The field for a code, and what this is."""
    return _page(render_template("home.html"))


@blueprint.get("/scan")
def look_up() -> AnyResponse:
    """From what was typed or scanned to its page."""
    chosen = chosen_language()
    kept = f"?lang={chosen}" if chosen else ""
    return redirect(page_of(request.args.get("code", "")) + kept, 303)


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
    report = _report(subject)
    host = urlsplit(services().settings.base_url).netloc
    heard_of = services().drafting.registry().parties
    query = tap_query(request)
    tap = services().tapping.tap(subject, query) if query else None
    page = verification_page(report, services().trust, text=text(), host=host, heard_of=heard_of, tap=tap)
    response = _page(render_template("verification.html", page=page))
    allow_checking(response)
    response.headers["X-Robots-Tag"] = "noindex"
    response.status_code = _status(report)
    return response


def _answer(subject: Subject) -> Response:
    report = _report(subject)
    members = answer(report, base_url=services().settings.base_url)
    return _fresh(open_to_all(Response(canonical.dump(members), _status(report), mimetype="application/json")))


def _report(subject: Subject) -> Report:
    services().resolving.expect_known(subject)
    return services().tracing.trace(subject)


def _status(report: Report) -> HTTPStatus:
    is_missing = report.verdict.shown is VerdictClass.NOT_ISSUED
    return HTTPStatus.NOT_FOUND if is_missing else HTTPStatus.OK


def _bundle(subject: Subject) -> Response:
    response = Response(format_bundle(services().tracing.bundle(subject)), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(subject)}"'
    return _fresh(open_to_all(response))


def _head(subject: Subject) -> Response:
    services().resolving.expect_known(subject)
    note = format_note(services().vouching.head(subject))
    return _fresh(open_to_all(Response(note, content_type="text/plain; charset=utf-8")))


def _offline(subject: Subject) -> Response:
    page = offline_page(services().tracing.bundle(subject), services().trust, text())
    response = _page(page.decode())
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(subject)}.html"'
    return response


def _svg(subject: Subject) -> Response:
    return _fresh(Response(item_label_svg(link_to(subject, services().settings.base_url)), mimetype="image/svg+xml"))


def _png(subject: Subject) -> Response:
    return _fresh(Response(item_label_png(link_to(subject, services().settings.base_url)), mimetype="image/png"))


_VERIFY: Mapping[Form, Callable[[Subject], Response]] = {
    Form.PAGE: _verification,
    Form.ANSWER: _answer,
    Form.BUNDLE: _bundle,
    Form.OFFLINE: _offline,
    Form.HEAD: _head,
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
