"""What buyers think of a product as an object for programs: the score, each review, and the records it rests on."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import record_members
from provenance.commerce.reviews import Remark, Review, Score, opinion_of
from provenance.encoding.canonical import JsonLike


def opinion_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The reviews as JSON members; the texts are hashes, for the log holds nothing else."""
    opinion = opinion_of(dossier)
    return {
        "product": opinion.product,
        "head": opinion.head,
        "standing": _score(opinion.standing),
        "written": _score(opinion.written),
        "removed": {reason.value: count for reason, count in opinion.removed.items()},
        "reviews": [_review(review) for review in opinion.reviews],
        "records": record_members(dossier),
    }


def _score(score: Score) -> dict[str, JsonLike]:
    return {"count": score.count, "stars": list(score.stars), "mean": score.mean, "score": score.score}


def _review(review: Review) -> dict[str, JsonLike]:
    return {
        "item": review.item,
        "reviewer": review.reviewer,
        "stars": review.stars,
        "texts": [_remark(remark) for remark in review.remarks],
        "answer": _remark(review.answer) if review.answer else None,
        "removedFor": review.removed_for.value if review.removed_for else None,
    }


def _remark(remark: Remark) -> dict[str, JsonLike]:
    return {"text": remark.text, "at": remark.at, "statement": remark.by}
