"""What the records about one product say that its buyers think of it, and the score that anyone can compute again.

Everything here is read from the dossier and nothing is kept; ``review_rows`` has the stages.

The score, in whole hundredths of a star, rounded down::

    mean  = 100 · sum / n
    score = (300 · 5 + 100 · sum) / (5 + n)

``n`` reviews with ``sum`` stars: five silent votes of three stars stand beside them, so that one friend is not a
reputation. It is computed twice, over the reviews that stand and over all that were ever written: a removal that
makes a product look better shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import parse_dossier_name
from provenance.commerce.records import Entered
from provenance.commerce.tables import Kind, Machine, Signatory, Stage
from provenance.commerce.vocabulary import RemovalReason
from provenance.custody.roles import Role
from provenance.custody.statements import Signer
from provenance.ids import PartyId, StatementHash, Subject

SILENT_VOTES, SILENT_STARS = 5, 3
_SPEAKS = frozenset({Kind.REVIEW_WRITTEN, Kind.REVIEW_AMENDED, Kind.REVIEW_CONTINUED, Kind.REVIEW_ANSWERED})
_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Remark:
    """One text of a review: the hash of its document, when it was said, by which statement, whether it was erased."""

    text: str
    at: int
    by: StatementHash
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Review:
    """What the buyer of one item says: ``remarks`` has every text, the first one first; the stars are the newest."""

    item: Subject
    order: Subject
    reviewer: PartyId
    stars: int
    remarks: tuple[Remark, ...]
    answer: Remark | None
    removed_for: RemovalReason | None


@dataclass(frozen=True, slots=True)
class Score:
    """How many reviews gave how many stars (``stars[0]`` is one star), and what that comes to in hundredths."""

    stars: tuple[int, int, int, int, int]

    @property
    def count(self) -> int:
        """How many reviews."""
        return sum(self.stars)

    @property
    def mean(self) -> int | None:
        """Hundredths of a star; ``None`` where nobody has spoken."""
        return _HUNDREDTHS * self._sum // self.count if self.count else None

    @property
    def score(self) -> int:
        """Hundredths of a star, with the silent votes."""
        silent = _HUNDREDTHS * SILENT_STARS * SILENT_VOTES
        return (silent + _HUNDREDTHS * self._sum) // (SILENT_VOTES + self.count)

    @property
    def _sum(self) -> int:
        return sum(stars * count for stars, count in enumerate(self.stars, start=1))


@dataclass(frozen=True, slots=True)
class Opinion:
    """All reviews of a product in the order they were first written, and their score.

    ``standing`` counts the reviews that stand, ``written`` also the removed; ``removed`` says how many were, and why.
    ``head`` is the newest record: who keeps it sees when something is left out later.
    """

    product: Subject
    head: StatementHash | None
    reviews: tuple[Review, ...]
    standing: Score
    written: Score
    removed: Mapping[RemovalReason, int]


def opinion_of(dossier: Dossier) -> Opinion:
    """What the buyers of a product think of it; nothing, where nobody has said a word."""
    reviews = tuple(_review(dossier, written) for written in dossier.all(Kind.REVIEW_WRITTEN))
    return Opinion(
        product=Subject(dossier.name.number),
        head=dossier.entries[-1].hash if dossier.entries else None,
        reviews=reviews,
        standing=_score(review for review in reviews if review.removed_for is None),
        written=_score(reviews),
        removed=Counter(review.removed_for for review in reviews if review.removed_for is not None),
    )


def written_about(dossier: Dossier, item: Subject) -> Entered | None:
    """The record with which the review of an item began."""
    return next((entered for entered in dossier.all(Kind.REVIEW_WRITTEN) if item in entered.record.serials), None)


def spoken_of(dossier: Dossier, item: Subject) -> tuple[Entered, ...]:
    """The records about an item that have words: its reviewer's, and the seller's answer."""
    return tuple(
        entered for entered in dossier.entries if entered.record.kind in _SPEAKS and item in entered.record.serials
    )


def silenced_by(entered: Entered, dossier: Dossier) -> frozenset[str]:
    """The hashes of the words that may not be shown any more after this record of a dossier."""
    record = entered.record
    if record.kind is Kind.REVIEW_TEXT_ERASED:
        return frozenset({record.members.hash("text")})
    if record.kind is Kind.REVIEW_REMOVED:
        return frozenset(one.record.members.hash("text") for one in spoken_of(dossier, record.serials[0]))
    return frozenset()


def review_signatory(signer: Signer, entered: Entered, dossier: Dossier) -> Signatory | None:
    """As whom someone signs about a product; ``None`` is nobody. Who may write at all is their guard's business."""
    if signer.role is Role.INSPECTOR:
        return Signatory.INSPECTOR
    (item,) = entered.record.serials
    written = written_about(dossier, item)
    if signer.role is Role.SELLER:
        order = parse_dossier_name(written.record.members.text("order")) if written else None
        return Signatory.SELLER if order is not None and order.seller == signer.party else None
    if signer.role is not Role.CONSUMER:
        return None
    return Signatory.REVIEWER if written is None or written.signers[0].party == signer.party else None


def _review(dossier: Dossier, written: Entered) -> Review:
    (item,) = written.record.serials
    said = [entered for entered in dossier.entries if item in entered.record.serials]
    spoken = [entered for entered in said if entered.record.kind in _SPEAKS]
    answered = [entered for entered in spoken if entered.record.kind is Kind.REVIEW_ANSWERED]
    rated = [entered for entered in spoken if entered.record.kind in (Kind.REVIEW_WRITTEN, Kind.REVIEW_AMENDED)]
    erased = {entered.record.members.hash("text") for entered in said if entered.record.kind is Kind.REVIEW_TEXT_ERASED}
    return Review(
        item=item,
        order=Subject(written.record.members.text("order")),
        reviewer=written.signers[0].party,
        stars=rated[-1].record.members.whole("stars", 1, 5),
        remarks=tuple(_remark(entered, erased) for entered in spoken if entered not in answered),
        answer=_remark(answered[0], erased) if answered else None,
        removed_for=_removed_for(dossier, item, said),
    )


def _removed_for(dossier: Dossier, item: Subject, said: list[Entered]) -> RemovalReason | None:
    if dossier.stage(Machine.REVIEW, item) is not Stage.REMOVED:
        return None
    removed = next(entered for entered in reversed(said) if entered.record.kind is Kind.REVIEW_REMOVED)
    return removed.record.members.word("reason", RemovalReason)


def _remark(entered: Entered, erased: Set[str]) -> Remark:
    text = entered.record.members.hash("text")
    return Remark(text, entered.record.at, entered.hash, text in erased)


def _score(reviews: Iterable[Review]) -> Score:
    given = Counter(review.stars for review in reviews)
    return Score((given[1], given[2], given[3], given[4], given[5]))
