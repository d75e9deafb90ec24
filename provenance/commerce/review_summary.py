"""What buyers think of a product as an object for programs: the score, each review, and the records it rests on.

Rule: the record of a remark has the hash of its document alone; the document stands beside it where it is kept.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import record_members
from provenance.commerce.review_texts import ReviewText
from provenance.commerce.reviews import Remark, Review, Score, opinion_of
from provenance.encoding.canonical import JsonLike


def opinion_members(dossier: Dossier, words: Mapping[str, ReviewText]) -> dict[str, JsonLike]:
    """The reviews as JSON members, with those documents that may be shown, by their hash."""
    opinion = opinion_of(dossier)
    return {
        "product": opinion.product,
        "head": opinion.head,
        "standing": _score(opinion.standing),
        "written": _score(opinion.written),
        "removed": {reason.value: count for reason, count in opinion.removed.items()},
        "reviews": [_review(review, words) for review in opinion.reviews],
        "records": record_members(dossier),
    }


def _score(score: Score) -> dict[str, JsonLike]:
    return {"count": score.count, "stars": list(score.stars), "mean": score.mean, "score": score.score}


def _review(review: Review, words: Mapping[str, ReviewText]) -> dict[str, JsonLike]:
    return {
        "item": review.item,
        "reviewer": review.reviewer,
        "stars": review.stars,
        "texts": [_remark(remark, words) for remark in review.remarks],
        "answer": _remark(review.answer, words) if review.answer else None,
        "removedFor": review.removed_for.value if review.removed_for else None,
    }


def _remark(remark: Remark, words: Mapping[str, ReviewText]) -> dict[str, JsonLike]:
    kept = words.get(remark.text)
    return {
        "text": remark.text,
        "at": remark.at,
        "statement": remark.by,
        "erased": remark.is_erased,
        "document": {"salt": kept.salt, "text": kept.text} if kept else None,
    }
