"""Points for what was bought: they pay nothing while it can be given back, and come back as points where they paid."""

from __future__ import annotations

from dataclasses import replace

from provenance.codes import Code
from provenance.commerce.programme import Programme, Rate, programme_members
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Outcome, Rounding
from provenance.custody.verdict import VerdictClass
from provenance.ids import Subject
from sample_data.cast import ANNA, ASSAYER, BEN, STORE, Consumer
from sample_data.deeds import moment
from sample_data.selling import GLN, Said, Sale, Speaker, Value
from sample_data.stories.store import JACKETS
from sample_data.stories.terms import STANDARD, hash_of
from sample_data.story import SaleStory, Story

CLUB = Subject(f"programme:{GLN}/club")
ANNAS, BENS = Subject(f"points:{GLN}/0001"), Subject(f"points:{GLN}/0002")
RULES = Programme(
    name="club",
    revision=1,
    seller=STORE.id,
    approver=ASSAYER.id,
    currency=STANDARD.currency,
    zone=STANDARD.zone,
    text_en=hash_of("One point for each yuan; ten points pay one yuan."),
    text_zh=hash_of("每消费一元积一分，十分抵一元。"),
    earn=Rate(1, 100),
    rounding=Rounding.DOWN,
    spend=Rate(1, 10),
    most_share=5000,
    expiry_days=365,
    grace_days=30,
    gifts_a_day=100,
)

REWARDED = Sale("1031", JACKETS[16], ANNA, 19)
PAID_IN_PART = Sale("1032", JACKETS[17], ANNA, 0, day=88)
POINTS = 100
WORTH = RULES.value_of(POINTS)


def account(day: int, clock: str, by: Speaker, kind: Kind, **members: Value) -> Said:
    """Anything about Anna's points."""
    return Said(moment(day, clock), (by,), ANNAS, kind, members)


def joined(of: Subject, who: Consumer) -> Said:
    """Somebody joins the club."""
    members: dict[str, Value] = {"programmeOf": CLUB, "token": hash_of(f"card of {who.key}")}
    return Said(moment(63, "03:00"), (STORE, who), of, Kind.POINTS_JOINED, members)


def counted(day: int, clock: str) -> Said:
    """The points of the first jacket are to count from now on."""
    expires = RULES.expiry(int(moment(day, clock).timestamp()))
    return account(day, clock, STORE, Kind.POINTS_EARNED, order=REWARDED.order, expires=expires)


STORIES = (
    SaleStory(
        story=Story(
            "A jacket paid in part with points",
            "The points of an earlier jacket pay nothing while it can be given back; then they pay a part of this one. "
            "It goes back: what was paid in money comes as money, what in points as points.",
            PAID_IN_PART.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=PAID_IN_PART.returning,
        ends=(Machine.OUTCOME, Stage.REFUNDED),
        decided=Outcome.REFUSE,
        caught_by="points that are pending, then the part of the price that was paid in points",
        steps=(
            Said(
                moment(62, "02:00"),
                (STORE,),
                CLUB,
                Kind.PROGRAMME_PUBLISHED,
                {"programme": programme_members(RULES)},
            ),
            joined(ANNAS, ANNA),
            joined(BENS, BEN),
            *REWARDED.bought(),
            account(
                *(67, "09:00", STORE, Kind.POINTS_PENDING),
                order=REWARDED.order,
                programme=RULES.hash,
                shares=[REWARDED.price // 100],
            ),
            account(71, "03:00", ANNA, Kind.POINTS_OFFERED, gift="g1", recipient=BENS, points=POINTS).is_refused(
                Code.NOT_ENOUGH
            ),
            counted(72, "03:00").is_refused(Code.BEFORE_ITS_TIME),
            counted(80, "03:00"),
            *(
                replace(step, members={**step.members, "minor": PAID_IN_PART.total - WORTH})
                if isinstance(step, Said) and step.kind is Kind.ORDER_PAID
                else step
                for step in PAID_IN_PART.bought()
            ),
            account(
                *(88, "02:30", ANNA, Kind.POINTS_RESERVED),
                order=PAID_IN_PART.order,
                points=POINTS,
                minor=WORTH,
                shares=[POINTS],
            ),
            account(88, "02:45", STORE, Kind.POINTS_REDEEMED, order=PAID_IN_PART.order),
            PAID_IN_PART.asked(92, "09:00"),
            PAID_IN_PART.returned(92, "09:01", ANNA, Kind.RETURN_GRANTED),
            *PAID_IN_PART.sent_back(93, scanned=PAID_IN_PART.item),
            *PAID_IN_PART.matched(95, []),
            PAID_IN_PART.refunded(95, "08:00", minor=PAID_IN_PART.total).is_refused(Code.OTHER_AMOUNT),
            PAID_IN_PART.refunded(95, "08:10", minor=PAID_IN_PART.price - WORTH),
            account(
                *(95, "08:20", STORE, Kind.POINTS_RETURNED),
                order=PAID_IN_PART.order,
                line=0,
                until=RULES.grace(int(moment(95, "08:20").timestamp())),
            ),
        ),
    ),
)
