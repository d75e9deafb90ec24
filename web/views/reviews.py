"""What buyers think of a product: for everybody, with the records that anyone can count again."""

from __future__ import annotations

from flask import Blueprint, Response

from provenance.commerce.dossier_names import Family
from provenance.commerce.review_summary import opinion_members
from provenance.encoding import canonical
from provenance.gs1.digital_link import CANONICAL_STEM
from web.asking import services

blueprint = Blueprint("reviews", __name__)


@blueprint.get("/reviews/01/<gtin>")
def reviews(gtin: str) -> Response:
    """The reviews of a product and their score, folded from their records."""
    dossier = services().ordering.dossier(f"{Family.REVIEWS}:{CANONICAL_STEM}/01/{gtin}")
    return Response(canonical.dump(opinion_members(dossier)), mimetype="application/json")
