"""What buyers think of a product: for everybody, with the records that anyone can count again.

Rules:

* a browser gets a page, a program the same as JSON;
* the words of a review are handed in by themselves, as the document whose hash its record names: 200, and again 200;
* nothing is cached: words that were removed must not be read from somebody's cache.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from provenance.codes import Code
from provenance.commerce.dossier_names import Family
from provenance.commerce.review_summary import opinion_members
from provenance.commerce.review_texts import read_review_text
from provenance.encoding import canonical
from provenance.errors import MalformedError
from provenance.gs1.digital_link import CANONICAL_STEM
from provenance.ids import Subject
from web.asking import services, text
from web.bodies import JSON
from web.pages.reviews import reviews_page
from web.wishes import prefers_page

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/reviews/01/<gtin>")
def reviews(gtin: str) -> Response:
    """The reviews of a product and their score, folded from their records."""
    product = _product(gtin)
    dossier = services().ordering.dossier(f"{Family.REVIEWS}:{product}")
    opinion, words = services().reviewing.opinion(product)
    if prefers_page(request.accept_mimetypes):
        response = Response(render_template("reviews.html", page=reviews_page(opinion, words, text())))
        response.headers["Content-Language"] = text().language
    else:
        response = Response(canonical.dump(opinion_members(dossier, words)), mimetype=JSON)
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/reviews/01/<gtin>/texts")
def publish(gtin: str) -> Response:
    """Take in the words of a review that is in the log."""
    if request.mimetype != JSON:
        raise MalformedError(Code.WRONG_MEDIA_TYPE, "the words of a review are sent as application/json")
    document = read_review_text(canonical.parse_any(request.get_data()))
    remark = services().reviewing.publish(_product(gtin), document)
    return Response(canonical.dump({"text": remark.text, "statement": remark.by}), mimetype=JSON)


def _product(gtin: str) -> Subject:
    return Subject(f"{CANONICAL_STEM}/01/{gtin}")
