"""What is bought, kept, and given back: the honest orders of Lantern Street Store, and what its terms and the law say.

Each jacket arrives on Monday 12 May 2025. The seven days of Chinese law end with Monday the 19th, local time.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.dossier_names import Family
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Outcome
from provenance.custody.verdict import VerdictClass
from provenance.ids import Subject
from sample_data.cast import ANNA, BEN, STORE, Consumer
from sample_data.deeds import moment
from sample_data.selling import Said, Sale, Value
from sample_data.stories.store import JACKET, JACKETS, TEA, published
from sample_data.stories.terms import SUMMER, SUMMER_CUT_SHORT, SUMMER_TERMS, hash_of
from sample_data.story import SaleStory, Story

REVIEWS = Subject(f"{Family.REVIEWS}:https://id.gs1.org/01/{JACKET}")

KEPT = Sale("1001", JACKETS[0], ANNA, 0)
DAY_SEVEN = Sale("1002", JACKETS[1], ANNA, 1)
DAY_EIGHT = Sale("1003", JACKETS[2], BEN, 2)
OPENED = Sale("1004", TEA[0], ANNA, 3, price=4800, category="food")
PANNED = Sale("1005", JACKETS[3], BEN, 4)
SUMMER_SALE = Sale("1006", JACKETS[4], BEN, 5, terms_of=SUMMER_TERMS, terms=SUMMER.hash)
TOO_LATE_OFFER = Sale("1007", JACKETS[14], ANNA, 6, terms_of=SUMMER_TERMS, terms=SUMMER.hash, day=72)


def reviewed(sale: Sale, day: int, by: Consumer, stars: int, text: str) -> Said:
    """What a buyer thinks."""
    members: dict[str, Value] = {"item": sale.item, "order": sale.order, "stars": stars, "text": hash_of(text)}
    return Said(moment(day, "10:00"), (by,), REVIEWS, Kind.REVIEW_WRITTEN, members)


BAD_WORD = reviewed(PANNED, 73, BEN, 1, "The lining came loose on the first day.")

STORIES = (
    SaleStory(
        story=Story(
            "A jacket that pleased",
            "Ordered, paid, delivered, claimed with the code in its box, reviewed, and the order completed.",
            KEPT.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=KEPT.order,
        ends=(Machine.ORDER, Stage.COMPLETED),
        steps=(
            *KEPT.bought(),
            KEPT.claimed(70, "11:00", ANNA),
            reviewed(KEPT, 72, ANNA, 5, "Fits as if made for me."),
            Said(moment(73, "03:00"), (ANNA,), KEPT.order, Kind.ORDER_COMPLETED, {}),
        ),
    ),
    SaleStory(
        story=Story(
            "A jacket given back on the seventh day",
            "Half an hour before the last day ended: granted by law without the seller's word, and paid back.",
            DAY_SEVEN.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=DAY_SEVEN.returning,
        ends=(Machine.OUTCOME, Stage.REFUNDED),
        decided=Outcome.REFUSE,
        steps=(
            *DAY_SEVEN.bought(),
            DAY_SEVEN.asked(77, "15:28"),
            DAY_SEVEN.returned(77, "15:30", ANNA, Kind.RETURN_GRANTED),
            *DAY_SEVEN.sent_back(78, scanned=DAY_SEVEN.item),
            *DAY_SEVEN.matched(80, ["outer-opened", "tried"]),
            DAY_SEVEN.refunded(81, "02:00"),
        ),
    ),
    SaleStory(
        story=Story(
            "A jacket given back on the eighth day",
            "Half an hour after the last day ended; terms and law refuse, and the buyer keeps the jacket.",
            DAY_EIGHT.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=DAY_EIGHT.returning,
        ends=(Machine.REQUEST, Stage.CANCELLED),
        decided=Outcome.REFUSE,
        caught_by="terms and law",
        steps=(
            *DAY_EIGHT.bought(),
            DAY_EIGHT.asked(77, "16:30"),
            DAY_EIGHT.returned(77, "16:32", BEN, Kind.RETURN_GRANTED).is_refused(Code.NOT_GRANTED),
            DAY_EIGHT.returned(78, "09:10", BEN, Kind.RETURN_WITHDRAWN),
        ),
    ),
    SaleStory(
        story=Story(
            "A tin of tea given back open",
            "In time, but food whose seal is broken is no longer intact: no money goes back, the tin does.",
            OPENED.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=OPENED.returning,
        ends=(Machine.OUTCOME, Stage.HANDED_BACK),
        decided=Outcome.REFUSE,
        caught_by="terms and law",
        steps=(
            *OPENED.bought(),
            OPENED.asked(72, "09:00"),
            OPENED.returned(72, "09:05", ANNA, Kind.RETURN_GRANTED),
            *OPENED.sent_back(73, scanned=OPENED.item),
            *OPENED.matched(75, ["seal-broken"]),
            OPENED.refunded(76, "02:00").is_refused(Code.NOT_GRANTED),
            OPENED.returned(76, "06:00", STORE, Kind.RETURN_HANDED_BACK),
        ),
    ),
    SaleStory(
        story=Story(
            "A review the seller wanted gone",
            "One star; the seller tried to remove it and may not, and an answer is all that is left to it.",
            PANNED.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=REVIEWS,
        ends=(Machine.REVIEW, Stage.PUBLISHED),
        caught_by="the table of reviews",
        steps=(
            *PANNED.bought(),
            BAD_WORD,
            Said(
                moment(74, "02:00"),
                (STORE,),
                REVIEWS,
                Kind.REVIEW_REMOVED,
                {
                    "item": PANNED.item,
                    "reason": "unlawful",
                    "basis": "it is bad for business",
                    "decision": hash_of("none"),
                },
            ).is_refused(Code.NOT_ENTITLED),
            Said(
                moment(74, "02:30"),
                (STORE,),
                REVIEWS,
                Kind.REVIEW_ANSWERED,
                {"item": PANNED.item, "text": hash_of("We are sorry. Send it in, and we sew it.")},
            ),
        ),
    ),
    SaleStory(
        story=Story(
            "A jacket whose terms were to be changed",
            "Bought with fourteen days to give it back; cut to seven afterwards, and day ten is in time all the same.",
            SUMMER_SALE.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=SUMMER_SALE.returning,
        ends=(Machine.OUTCOME, Stage.REFUNDED),
        decided=Outcome.REFUSE,
        caught_by="the hash of the terms in the order",
        steps=(
            *SUMMER_SALE.bought(),
            published(SUMMER_CUT_SHORT, SUMMER_TERMS, 71),
            TOO_LATE_OFFER.offered().is_refused(Code.OTHER_TERMS),
            published(SUMMER, SUMMER_TERMS, 73).is_refused(Code.OTHER_TERMS),
            SUMMER_SALE.asked(80, "08:00"),
            SUMMER_SALE.returned(80, "08:01", BEN, Kind.RETURN_GRANTED),
            *SUMMER_SALE.sent_back(81, scanned=SUMMER_SALE.item),
            *SUMMER_SALE.matched(83, []),
            SUMMER_SALE.refunded(83, "08:00"),
        ),
    ),
)
