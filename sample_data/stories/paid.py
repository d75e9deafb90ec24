"""What is tried with money: asked back twice, asked back from the bank too, told of in the provider's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from provenance.codes import Code
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.commerce.vocabulary import Outcome
from provenance.custody.verdict import VerdictClass
from sample_data.cast import ANNA, BEN, STORE
from sample_data.provider import SOMEBODY_ELSE
from sample_data.selling import Sale
from sample_data.stories.store import JACKETS
from sample_data.story import SaleStory, Story

ASKED_TWICE = Sale("1013", JACKETS[7], ANNA, 9)
CHARGED_BACK = Sale("1017", JACKETS[15], ANNA, 17)
TOLD_TWICE = Sale("1018", JACKETS[14], BEN, 18)
PAID_TOO_EARLY = TOLD_TWICE.paid_notice(10)

STORIES = (
    SaleStory(
        story=Story(
            "A price asked back twice",
            "Paid back once; a second request for the same jacket finds the place taken, for ever.",
            ASKED_TWICE.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=ASKED_TWICE.returning,
        ends=(Machine.OUTCOME, Stage.REFUNDED),
        decided=Outcome.REFUSE,
        caught_by="the slot of the price, one for each item of an order",
        steps=(
            *ASKED_TWICE.bought(),
            ASKED_TWICE.asked(71, "08:20"),
            ASKED_TWICE.returned(71, "09:00", STORE, Kind.RETURN_ACCEPTED),
            *ASKED_TWICE.sent_back(72, scanned=ASKED_TWICE.item),
            *ASKED_TWICE.matched(74, []),
            ASKED_TWICE.refunded(74, "09:00"),
            ASKED_TWICE.asked_again(75, "08:20").is_refused(Code.SLOT_TAKEN),
        ),
    ),
    SaleStory(
        story=Story(
            "A price asked back from the bank as well",
            "While the return runs, the buyer's bank takes the money back: nothing is paid until that has ended, and "
            "nothing after it was lost, for the money is gone.",
            CHARGED_BACK.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=CHARGED_BACK.returning,
        ends=(Machine.RECEPTION, Stage.MATCHED),
        decided=Outcome.REFUND,
        caught_by="the open chargeback, then the order's own account",
        steps=(
            *CHARGED_BACK.bought(),
            CHARGED_BACK.asked(71, "08:40"),
            CHARGED_BACK.returned(71, "09:20", STORE, Kind.RETURN_ACCEPTED),
            *CHARGED_BACK.sent_back(72, scanned=CHARGED_BACK.item),
            *CHARGED_BACK.matched(74, []),
            CHARGED_BACK.charged_back(74, "05:00"),
            CHARGED_BACK.refunded(74, "09:00").is_refused(Code.NOT_GRANTED),
            CHARGED_BACK.chargeback_lost(94, "05:00"),
            CHARGED_BACK.refunded(95, "09:00").is_refused(Code.NOT_ENOUGH),
        ),
    ),
    SaleStory(
        story=Story(
            "A payment told out of turn",
            "The provider tells of it before the buyer has accepted, then again; in between somebody else tells in its "
            "name, the same notice comes with another amount, and after two days once more. It is paid once.",
            TOLD_TWICE.item,
            VerdictClass.CONSISTENT,
        ),
        dossier=TOLD_TWICE.order,
        ends=(Machine.PAYMENT, Stage.HELD),
        caught_by="the inbox of payments: signature, name and clock of each notice",
        steps=(
            replace(TOLD_TWICE.paid_notice(5), signed_by=SOMEBODY_ELSE).is_refused(Code.FORGED_NOTICE),
            PAID_TOO_EARLY,
            *TOLD_TWICE.bought_on_notice(),
            PAID_TOO_EARLY.comes_again(PAID_TOO_EARLY.when + timedelta(minutes=25)),
            TOLD_TWICE.paid_notice(45, minor=1).is_refused(Code.NOTICE_CHANGED),
            PAID_TOO_EARLY.comes_again(PAID_TOO_EARLY.when + timedelta(days=2)).is_refused(Code.STALE_NOTICE),
        ),
    ),
)
