"""What buyers think of a product, with the words they wrote, as long as those may be shown.

Rules:

* words are taken in only where a record names their hash: who signed the record is who wrote them;
* words of a review that was removed, and words that their writer took back, are refused, never shown, and deleted in
  the transaction that records it; backups made before that still have them;
* the same words again change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from provenance.codes import Code
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.review_texts import ReviewText, format_review_text, parse_review_text
from provenance.commerce.reviews import Opinion, Remark, Review, opinion_of
from provenance.errors import NotFoundError, RefusedError
from provenance.ids import Subject
from provenance.ports.stores import Reading, Store
from provenance.services.bookkeeping import read_dossier


class Reviewing:
    """The reviews of products, out of the log and the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def opinion(self, product: Subject) -> tuple[Opinion, Mapping[str, ReviewText]]:
        """The reviews of a product, and the words that may be shown, by their hash; none where nobody reviewed it."""
        with self._store.reading() as store:
            opinion = _opinion(store, product)
            documents = store.texts(remark.text for remark in _shown(opinion))
        return opinion, {text: parse_review_text(document) for text, document in documents.items()}

    def publish(self, product: Subject, document: ReviewText) -> Remark:
        """Take in the words of a remark about a product; refuses words that no standing record names."""
        with self._store.writing() as store:
            opinion, named = _opinion(store, product), document.hash
            remark = next((one for one in _remarks(opinion.reviews) if one.text == named), None)
            if remark is None:
                message = f"no record about {product} names words with the hash {named}"
                raise NotFoundError(Code.UNKNOWN_TEXT, message, pointer="/text")
            if remark not in _shown(opinion):
                raise RefusedError(Code.TEXT_SILENCED, f"the words {named} were removed", pointer="/text")
            store.put_text(named, format_review_text(document))
        return remark


def _opinion(store: Reading, product: Subject) -> Opinion:
    return opinion_of(read_dossier(store, parse_dossier_name(f"{Family.REVIEWS}:{product}")))


def _shown(opinion: Opinion) -> tuple[Remark, ...]:
    standing = (review for review in opinion.reviews if review.removed_for is None)
    return tuple(remark for remark in _remarks(standing) if not remark.is_erased)


def _remarks(reviews: Iterable[Review]) -> Iterator[Remark]:
    for review in reviews:
        yield from review.remarks
        yield from (review.answer,) if review.answer else ()
