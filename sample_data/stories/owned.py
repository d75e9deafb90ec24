"""Who owns what was bought: passed on, stolen, and got back after a lost key."""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.ownership_guards import RECOVERY_DAYS
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Outcome
from provenance.custody.verdict import Doubt, VerdictClass
from sample_data.cast import ANNA, ANNAS_NEW_PHONE, ASSAYER, BEN, STORE
from sample_data.deeds import moment, on
from sample_data.selling import Said, Sale
from sample_data.stories.store import JACKETS
from sample_data.stories.terms import hash_of
from sample_data.story import SaleStory, Story

PASSED_ON = Sale("1021", JACKETS[11], ANNA, 13)
STOLEN = Sale("1022", JACKETS[12], ANNA, 14)
LOCKED_OUT = Sale("1023", JACKETS[13], ANNA, 15)


def offered(sale: Sale, day: int, clock: str) -> Said:
    """The owner would pass it on to Ben, within a day."""
    until = int(moment(day + 1, clock).timestamp())
    return sale.owned(day, clock, ANNA, Kind.OWNERSHIP_OFFERED, to=BEN, expires=until)


def recovered(day: int, clock: str) -> Said:
    """The new key takes the old one's place."""
    return LOCKED_OUT.owned(day, clock, ANNAS_NEW_PHONE, Kind.RECOVERY_COMPLETED)


STORIES = (
    SaleStory(
        story=Story(
            "A jacket passed on, then asked back",
            "Anna passes it to Ben and asks for her money: it is no longer hers, and what was passed on stays sold.",
            PASSED_ON.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=PASSED_ON.owning,
        ends=(Machine.OWNERSHIP, Stage.OWNED),
        caught_by="the signature of the owner, then the transfer on record",
        steps=(
            *PASSED_ON.bought(),
            PASSED_ON.claimed(70, "11:20", ANNA),
            offered(PASSED_ON, 72, "09:00"),
            PASSED_ON.owned(72, "09:30", BEN, Kind.OWNERSHIP_TRANSFERRED),
            PASSED_ON.asked(73, "09:00").is_refused(Code.NOT_ENTITLED),
            PASSED_ON.asked(73, "10:00", by=BEN).is_refused(Code.RESOLD),
        ),
    ),
    SaleStory(
        story=Story(
            "A stolen jacket, offered again",
            "Missed by its owner, confirmed by an inspector; whoever has her phone can't pass it on or get its price.",
            STOLEN.item,
            VerdictClass.STOLEN,
            Doubt.STOLEN,
        ),
        dossier=STOLEN.returning,
        ends=(Machine.REQUEST, Stage.REQUESTED),
        decided=Outcome.HOLD,
        caught_by="the table of owners, terms and law, and everyone who scans it",
        steps=(
            *STOLEN.bought(),
            STOLEN.claimed(70, "11:40", ANNA),
            STOLEN.owned(75, "18:00", ANNA, Kind.ITEM_MISSED),
            STOLEN.owned(76, "03:00", ASSAYER, Kind.THEFT_CONFIRMED, report=hash_of("report of 19 May")),
            on(76, "03:10", ASSAYER).misses(STOLEN.item),
            offered(STOLEN, 77, "08:00").is_refused(Code.ILLEGAL_STEP),
            STOLEN.asked(77, "09:00"),
            STOLEN.returned(77, "09:01", ANNA, Kind.RETURN_GRANTED).is_refused(Code.NOT_GRANTED),
        ),
    ),
    SaleStory(
        story=Story(
            "A lost key",
            f"Anna's phone is gone. Seller and receipt vouch for her, the old key has {RECOVERY_DAYS} days to object, "
            "and only then the new one owns the jacket.",
            LOCKED_OUT.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=LOCKED_OUT.owning,
        ends=(Machine.OWNERSHIP, Stage.OWNED),
        caught_by="the days that the old key has to object",
        steps=(
            *LOCKED_OUT.bought(),
            LOCKED_OUT.claimed(70, "12:00", ANNA),
            Said(
                moment(75, "02:00"),
                (STORE, ANNAS_NEW_PHONE),
                LOCKED_OUT.owning,
                Kind.RECOVERY_ASKED,
                {"token": LOCKED_OUT.token},
            ),
            recovered(80, "02:00").is_refused(Code.BEFORE_ITS_TIME),
            recovered(75 + RECOVERY_DAYS, "02:30"),
        ),
    ),
)
