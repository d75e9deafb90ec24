"""What is tried with returns and labels: a swap, a copy, money asked for twice, a date changed in the database."""

from __future__ import annotations

from provenance.codes import Code
from provenance.commerce.calendar import SECONDS_A_DAY
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Outcome
from provenance.custody.verdict import Doubt, VerdictClass
from sample_data.cast import ANNA, ASSAYER, BEN, STORE, STRANGER, TAILOR
from sample_data.deeds import on
from sample_data.selling import FREIGHT, Sale
from sample_data.stories.bought import KEPT
from sample_data.stories.store import JACKETS
from sample_data.stories.terms import hash_of
from sample_data.story import Edit, SaleStory, Story

SWAPPED = Sale("1011", JACKETS[5], ANNA, 7)
SUSPECTED = Sale("1012", JACKETS[6], BEN, 8)
COPIED = Sale("1014", JACKETS[8], BEN, 10)
ON_ITS_WAY = Sale("1015", JACKETS[9], ANNA, 11)
EDITED = Sale("1016", JACKETS[10], BEN, 12)

EDITED_ARRIVAL = EDITED.delivered()
_ARRIVED = int(EDITED_ARRIVAL.when.timestamp())
EDITS = (Edit(EDITED_ARRIVAL, f'"at":{_ARRIVED}'.encode(), f'"at":{_ARRIVED + SECONDS_A_DAY}'.encode()),)

STORIES = (
    SaleStory(
        story=Story(
            "Another jacket in the box",
            "Anna sends back her old jacket for the new one: its code says so, the money stops, an inspector decides.",
            SWAPPED.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=SWAPPED.returning,
        ends=(Machine.OUTCOME, Stage.HANDED_BACK),
        decided=Outcome.HOLD,
        caught_by="the scan of the code, then an inspector",
        steps=(
            *SWAPPED.bought(),
            SWAPPED.asked(72, "08:10"),
            SWAPPED.returned(72, "08:12", ANNA, Kind.RETURN_GRANTED),
            *SWAPPED.sent_back(73, scanned=KEPT.item),
            SWAPPED.returned(75, "04:00", STORE, Kind.RETURN_MISMATCHED, report=hash_of("a worn jacket")),
            SWAPPED.refunded(75, "05:00").is_refused(Code.ILLEGAL_STEP),
            SWAPPED.returned(79, "02:00", ASSAYER, Kind.AWARDED_TO_SELLER, report=hash_of("seal, photo, weight")),
            SWAPPED.returned(79, "06:00", STORE, Kind.RETURN_HANDED_BACK),
        ),
    ),
    SaleStory(
        story=Story(
            "A jacket said to be a copy",
            "The seller contests, an inspector awards and calls it fraud: price and freight go back, three times the "
            "price beside them (CPL 55: 500 yuan at least), which nobody pays without an award or the seller's word.",
            SUSPECTED.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=SUSPECTED.complaint,
        ends=(Machine.PENALTY, Stage.PAID),
        decided=Outcome.REFUSE,
        caught_by="an inspector, against the seller",
        steps=(
            *SUSPECTED.bought(),
            SUSPECTED.claims(
                *(72, "07:00", BEN, Kind.CLAIM_FILED),
                order=SUSPECTED.order,
                item=SUSPECTED.item,
                ask="inauthentic",
                report=hash_of("a tailor's opinion"),
                loss=0,
            ),
            SUSPECTED.claims(72, "08:00", BEN, Kind.CLAIM_GRANTED).is_refused(Code.NOT_GRANTED),
            SUSPECTED.claims(
                73, "02:00", STORE, Kind.CLAIM_CONTESTED, ground="facts", report=hash_of("the tailors' invoice")
            ),
            SUSPECTED.claims(
                80, "03:00", ASSAYER, Kind.CLAIM_UPHELD, report=hash_of("no silk in it"), found=["fraud"], loss=0
            ),
            SUSPECTED.compensated(80, "09:00", Kind.CLAIM_REFUNDED, minor=SUSPECTED.price + FREIGHT),
            SUSPECTED.compensated(80, "09:10", Kind.CLAIM_COMPENSATED, minor=2 * SUSPECTED.price).is_refused(
                Code.OTHER_AMOUNT
            ),
            SUSPECTED.compensated(80, "09:20", Kind.CLAIM_COMPENSATED, minor=3 * SUSPECTED.price),
        ),
    ),
    SaleStory(
        story=Story(
            "A copied label",
            "Somebody with a copy of the outer label claims the jacket with a guessed code, then with the code "
            "that was used already; only who had the box could claim it, and did.",
            COPIED.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=COPIED.owning,
        ends=(Machine.OWNERSHIP, Stage.OWNED),
        caught_by="the hidden code, used up by the first claim",
        steps=(
            *COPIED.bought(),
            COPIED.claimed(71, "12:00", STRANGER, guessed=JACKETS[0]).is_refused(Code.NOT_ENTITLED),
            COPIED.claimed(71, "14:00", BEN),
            COPIED.claimed(90, "12:00", STRANGER).is_refused(Code.ILLEGAL_STEP),
        ),
    ),
    SaleStory(
        story=Story(
            "A jacket recalled on its way",
            "Called back while the courier had it: nobody can claim it, and price and freight go back.",
            ON_ITS_WAY.item,
            VerdictClass.RECALLED,
            Doubt.RECALLED,
        ),
        dossier=ON_ITS_WAY.returning,
        ends=(Machine.OUTCOME, Stage.REFUNDED),
        decided=Outcome.REFUSE,
        caught_by="the flag on the item",
        steps=(
            *ON_ITS_WAY.bought(),
            on(68, "04:00", TAILOR).recalls_item(ON_ITS_WAY.item),
            ON_ITS_WAY.claimed(70, "12:00", ANNA).is_refused(Code.BLOCKED),
            ON_ITS_WAY.asked(70, "13:00"),
            ON_ITS_WAY.returned(70, "13:01", ANNA, Kind.RETURN_GRANTED),
            ON_ITS_WAY.refunded(71, "02:00", minor=ON_ITS_WAY.price + FREIGHT),
        ),
    ),
    SaleStory(
        story=Story(
            "A day added in the database",
            "Asked back on the eighth day and refused; then the parcel's arrival was moved by a day in the database. "
            "What is read there says return now, and no proof holds.",
            EDITED.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=EDITED.returning,
        ends=(Machine.REQUEST, Stage.REQUESTED),
        decided=Outcome.RETURN,
        caught_by="the hash of the record in the log: audit, proof and replay",
        steps=(
            *EDITED.on_its_way(),
            EDITED_ARRIVAL,
            EDITED.asked(77, "16:40"),
            EDITED.returned(77, "16:41", BEN, Kind.RETURN_GRANTED).is_refused(Code.NOT_GRANTED),
        ),
    ),
)
