"""Where consumers sign: with a key that was made in their browser and stays there.

Rules:

* what is to be signed is asked for by the script and compared with what the visitor was shown; what is signed is
  handed in like every statement (``POST /statements``); no account, no cookie;
* the hidden code and photos never leave the browser: a key made of the code signs there, of a photo goes the hash;
* these pages, like the one that checks the evidence, run script files of this server and nothing else.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, render_template, request

from provenance.codes import Code
from provenance.commerce.dossier_names import Family, parse_dossier_name, parse_item
from provenance.commerce.machines import open_steps
from provenance.commerce.ownership import owner_of, ownership_of
from provenance.commerce.tables import Kind
from provenance.crypto.keys import PublicKey, parse_public
from provenance.custody.statements import PayloadType
from provenance.custody.verdict import VerdictClass
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_base64
from provenance.errors import MalformedError, NotFoundError
from web.addresses import read_link
from web.asking import raw_path, services, text
from web.bodies import JSON
from web.pages.acts import ACTS, act_page, owner_page
from web.security import allow_checking

blueprint = Blueprint("acts", __name__)

_MOST_KEYS = 2


@blueprint.get("/sign/<kind>")
def sign(kind: str) -> Response:
    """The page on which a record of this kind is signed."""
    if kind not in ACTS:
        raise NotFoundError(Code.NOT_FOUND, f"nobody signs {kind[:40]!r} on a page")
    name = parse_dossier_name(request.args.get("of", ""))
    given = {key: value for key, value in request.args.items() if key != "of"}
    page = act_page(Kind(kind), name.subject, given, now=services().consenting.now(), text=text())
    return _page(render_template("act.html", page=page))


@blueprint.get("/own/<path:rest>")
def own(rest: str) -> Response:
    """Whose an item is, and what its owner can do."""
    del rest
    item = parse_item(read_link(raw_path(request).removeprefix("/own")))
    services().resolving.expect_known(item)
    verdict = services().tracing.trace(item).verdict.shown
    dossier = services().ordering.so_far(f"{Family.OWNERSHIP}:{item}")
    owned = ownership_of(dossier) if owner_of(dossier) else None
    following = open_steps(Family.OWNERSHIP, dossier.stages)
    response = _page(render_template("own.html", page=owner_page(item, owned, following, verdict, text())))
    response.status_code = HTTPStatus.NOT_FOUND if verdict is VerdictClass.NOT_ISSUED else HTTPStatus.OK
    return response


@blueprint.post("/drafts")
def draft() -> Response:
    """The body that a consumer's keys are to sign: ``{"keys":["did:key:…"],"members":{…}}``."""
    match canonical.parse_any(request.get_data()):
        case {"keys": list(keys), "members": dict(members), **rest} if not rest and 0 < len(keys) <= _MOST_KEYS:
            body = services().consenting.record(members, [_key(key, at) for at, key in enumerate(keys)])
        case _:
            raise MalformedError(Code.WRONG_TYPE, "a draft is asked for with one or two keys and members", pointer="")
    members = {"payload": format_base64(body), "payloadType": PayloadType.COMMERCE_RECORD.value}
    return Response(canonical.dump(members), mimetype=JSON, headers={"Cache-Control": "no-store"})


def _key(text: Json, at: int) -> PublicKey:
    try:
        return parse_public(str(text))
    except MalformedError as err:
        raise err.under(f"/keys/{at}") from err


def _page(html: str) -> Response:
    response = Response(html, mimetype="text/html")
    response.headers["Content-Language"] = text().language
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    allow_checking(response)
    return response
