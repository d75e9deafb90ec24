"""From what a code says to the right page: the resolver.

Rules:

* resolving a link is not scanning it: nothing about who asked is kept, and ``HEAD`` and previews are as welcome;
* the default, a page of one kind or a choice of several, or the list of all; what was asked for in the query goes on
  to the page, whatever it is;
* 307 to the page, 200 for the list, 300 for a choice, 404 for a kind of page that is not there and for a number that
  nobody here knows, 400 for what is no number; never 200 for an error;
* a serial that nobody issued leads to the page that says so, and to nothing of its maker's: not one link of the
  product lends it a good name;
* the compressed form is resolved as what it stands for, which it says, and is never sent on to it;
* anyone may read all this from anywhere, and nothing is cached: a recall must not wait for somebody's cache.

GS1-Conformant resolver standard 1.2; GS1 Digital Link: Compression 1.0; RFC 9264.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from provenance.codes import Code
from provenance.commerce.reviews import Score
from provenance.encoding import canonical
from provenance.encoding.canonical import JsonLike
from provenance.errors import MalformedError, NotFoundError, Refusal
from provenance.gs1.application_identifiers import TABLE
from provenance.gs1.compressed_link import parse_compressed
from provenance.gs1.digital_link import format_link
from provenance.gs1.elements import Elements
from provenance.gs1.identifiers import Identifier, Kind, levels_in
from provenance.gs1.link_types import NAMESPACE
from provenance.gs1.linkset import LinkContext, WebLink, linkset
from provenance.gs1.resolution import best
from provenance.ids import Subject
from provenance.services.resolving import Level
from web import errors
from web.addresses import address_of, read_about, read_resolvable
from web.asking import raw_path, services, text
from web.pages.links import LinksPage, choice_page, entry_page, link_contexts, list_page, missing_page
from web.security import open_to_all
from web.wishes import Asked, ListForm, prefers_page, read_wishes

blueprint = Blueprint("resolver", __name__)

_KEYS = tuple(ai for ai, row in TABLE.items() if row.is_key)
_CONTEXT = "/linkset.jsonld"
_EXPOSED = "Link, Location"

_JSON_LD: dict[str, JsonLike] = {
    "@context": {
        "@vocab": "http://www.iana.org/assignments/relation/",
        "anchor": "@id",
        "href": "@id",
        "hreflang": {"@id": "http://purl.org/dc/terms/language", "@container": "@set"},
        "itemDescription": {"@id": "http://www.w3.org/2000/01/rdf-schema#comment"},
        "linkset": "@graph",
        "title": {"@id": "http://purl.org/dc/terms/title"},
        "type": {"@id": "http://purl.org/dc/terms/format"},
    }
}


class CompressedLink(BaseConverter):
    """The step of a path that is a compressed link; any other word is no address of this rule."""

    regex = "[A-Za-z0-9_-]{8,8000}"

    def to_python(self, value: str) -> Elements:
        """What the link says."""
        try:
            return parse_compressed(value)
        except MalformedError as err:
            raise ValidationError(str(err)) from err


@blueprint.after_request
def _for_everyone(response: Response) -> Response:
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language"
    return open_to_all(response)


@blueprint.get(f"/<any({','.join(map(repr, _KEYS))}):key>/<path:rest>")
def resolve(key: str, rest: str) -> AnyResponse:
    """From what a code says to its page, or to the list of all its pages."""
    del key, rest  # decoded; the link is read as it was sent
    return _resolved(levels_in(read_resolvable(raw_path(request), _query())), _query())


@blueprint.get("/<compressed:elements>")
def resolve_compressed(elements: Elements) -> AnyResponse:
    """The same from the compressed form, which is told what it stands for."""
    link = format_link(elements, stem=_base_url())
    query = "&".join(filter(None, (link.partition("?")[2], _query())))
    response = _resolved(levels_in(elements), query)
    response.headers.add("Link", f'<{link}>; rel="owl:sameAs"')
    return response


def _resolved(levels: Sequence[Identifier], query: str) -> AnyResponse:
    known, asked = services().resolving.look(levels), read_wishes(request)
    if known.never_issued is not None:
        return _never_issued(known.never_issued, asked, query)
    contexts = link_contexts(known.levels, base_url=_base_url(), text=text())
    if asked.form is not None:
        return _list(contexts, asked.form)
    if not asked.link_type:
        return _to(contexts[0].default.href, contexts, query)
    found = _of_type(contexts, asked)
    match len(found):
        case 0:
            return _missing(contexts, asked)
        case 1:
            return _to(found[0].href, contexts, query)
        case _:
            return _choice(contexts, found)


@blueprint.get("/about/<path:rest>")
def about(rest: str) -> str:
    """What has no history of its own: a product, a party, a place."""
    del rest
    known = services().resolving.look(levels_in(read_about(raw_path(request))))
    if not known.levels or known.levels[0].has_record:
        raise NotFoundError(Code.NOT_FOUND, "what has a history of its own has its page below /verify")
    return render_template("links.html", page=entry_page(known.levels, _standing(known.levels[0]), text()))


def _standing(level: Level) -> Score | None:
    """The score of a product that was reviewed."""
    if level.key.kind is not Kind.TRADE_CLASS:
        return None
    opinion, _ = services().reviewing.opinion(level.subject)
    return opinion.standing if opinion.reviews else None


@blueprint.get("/.well-known/gs1resolver")
def describe() -> Response:
    """What this resolver can do."""
    members: dict[str, JsonLike] = {
        "name": services().trust.origin,
        "resolverRoot": _base_url(),
        "supportedPrimaryKeys": list(_KEYS),
        "supportedLinkType": [{"namespace": NAMESPACE, "prefix": "gs1:"}],
        "linkTypeDefaultCanBeLinkset": False,
        "jsonLdContextLocation": _base_url() + _CONTEXT,
    }
    return Response(canonical.dump(members), mimetype="application/json")


@blueprint.get(_CONTEXT)
def json_ld_context() -> Response:
    """How to read a linkset as JSON-LD."""
    return Response(canonical.dump(_JSON_LD), mimetype=ListForm.JSON_LD)


def _never_issued(thing: Identifier, asked: Asked, query: str) -> AnyResponse:
    if asked.form is not None or asked.link_type:
        raise NotFoundError(Code.NOT_ISSUED, f"nothing is recorded about {thing.uri}")
    page = _base_url() + address_of(Subject(thing.uri))
    return redirect(_with_query(page, query), HTTPStatus.TEMPORARY_REDIRECT)


def _of_type(contexts: Sequence[LinkContext], asked: Asked) -> tuple[WebLink, ...]:
    """The links of the type asked for that fit best, of the most particular level that has any."""
    for context in contexts:
        if found := [link for link in context.links if link.link_type == asked.link_type]:
            return best(found, asked.wishes)
    return ()


def _to(href: str, contexts: Sequence[LinkContext], query: str) -> AnyResponse:
    response = redirect(_with_query(href, query), HTTPStatus.TEMPORARY_REDIRECT)
    response.headers["Link"] = f'<{contexts[0].anchor}?linkType=linkset>; rel="linkset"; type="{ListForm.LINKSET}"'
    return response


def _list(contexts: Sequence[LinkContext], form: ListForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    if form is ListForm.PAGE:
        return _page(list_page(contexts, text()), status)
    members = linkset(contexts)
    context = _base_url() + _CONTEXT
    response = Response(canonical.dump(members | ({"@context": context} if form is ListForm.JSON_LD else {})), status)
    response.headers["Content-Type"] = form.value
    response.headers["Link"] = f'<{context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"'
    return response


def _choice(contexts: Sequence[LinkContext], found: Sequence[WebLink]) -> Response:
    """Several pages fit equally well: the reader chooses (RFC 9110 §15.4.1)."""
    first = contexts[0]
    fitting = [LinkContext(first.anchor, first.description, first.default, tuple(found))]
    if prefers_page(request.accept_mimetypes):
        return _page(choice_page(fitting, text()), HTTPStatus.MULTIPLE_CHOICES)
    return _list(fitting, ListForm.LINKSET, HTTPStatus.MULTIPLE_CHOICES)


def _missing(contexts: Sequence[LinkContext], asked: Asked) -> Response:
    if prefers_page(request.accept_mimetypes):
        return _page(missing_page(contexts, asked.link_type, text()), HTTPStatus.NOT_FOUND)
    message = f"{contexts[0].anchor} has no link {asked.link_type[:60]!r}"
    return errors.refused(Refusal(Code.NO_SUCH_LINK, message), status=HTTPStatus.NOT_FOUND)


def _page(page: LinksPage, status: HTTPStatus) -> Response:
    response = Response(render_template("links.html", page=page), status, mimetype="text/html")
    response.headers["Content-Language"] = text().language
    return response


def _with_query(href: str, query: str) -> str:
    """The address with everything that was asked for in the query, before its fragment."""
    if not query:
        return href
    address, hash_, fragment = href.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{query}{hash_}{fragment}"


def _query() -> str:
    return request.query_string.decode("latin-1")


def _base_url() -> str:
    return services().settings.base_url
