"""The law of returns in China, article by article, as decisions on one sale (``tests.after_sales``).

The numbers T-CN-… are those of the table of laws this product is measured by.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from provenance.commerce.calendar import parse_day
from provenance.commerce.decision import Breached, Claimed, ClaimState, Duty, Leg
from provenance.commerce.facts import Answer, Returned
from provenance.commerce.vocabulary import (
    Act,
    Ask,
    Breach,
    Category,
    Claim,
    Clause,
    Condition,
    Flag,
    Ground,
    Outbound,
    Outcome,
    Payer,
    Proof,
    Purse,
    Says,
    Share,
    Trait,
)
from tests.after_sales import (
    CHINESE,
    OTHER_SERIAL,
    SERIAL,
    articles,
    asked,
    at,
    back,
    case,
    decided,
    is_granted,
    paid_to_buyer,
    withdrawn,
)

# --- Consumer Protection Law art. 25: seven days without a reason --------------------------------------------------


@pytest.mark.parametrize(
    ("trait", "article"),
    [
        (Trait.MADE_TO_ORDER, "CPL 25(1)(1)"),
        (Trait.PERISHABLE, "CPL 25(1)(2)"),
        (Trait.DOWNLOADED, "CPL 25(1)(3)"),
        (Trait.PERIODICAL, "CPL 25(1)(4)"),
    ],
)
def test_t_cn_1_article_25_excludes_four_kinds_of_goods_from_withdrawal(trait: Trait, article: str) -> None:
    decision = decided(case(traits=(trait,), request=withdrawn()))

    assert decision.outcome is Outcome.REFUSE
    assert articles(decision) == {Clause.EXCLUDED: article}
    assert decision.legs == ()


def test_t_cn_1_article_25_excludes_media_only_once_they_are_unsealed() -> None:
    sealed = decided(case(traits=(Trait.SEALED_MEDIA,), request=withdrawn(), returned=back()))
    unsealed = decided(case(traits=(Trait.SEALED_MEDIA,), request=withdrawn(), returned=back(Condition.SEAL_BROKEN)))

    assert (sealed.outcome, articles(sealed)[Clause.SEAL_INTACT]) == (Outcome.REFUND, "CPL 25(1)(3)")
    assert (unsealed.outcome, articles(unsealed)) == (Outcome.REFUSE, {Clause.EXCLUDED: "CPL 25(1)(3)"})


def test_t_cn_1_article_25_excludes_nothing_the_terms_do_not_claim() -> None:
    generous = replace(CHINESE, withdrawal=replace(CHINESE.withdrawal, exclusions=()))

    decision = decided(case(generous, traits=(Trait.MADE_TO_ORDER,), request=withdrawn()), generous)

    assert decision.outcome is Outcome.RETURN


@pytest.mark.parametrize(
    ("trait", "article"),
    [
        (Trait.SEALED_HYGIENE, "CPL 25(2); R 7(1)"),
        (Trait.DEVALUED_BY_USE, "CPL 25(2); R 7(2)"),
        (Trait.FLAW_DISCLOSED, "CPL 25(2); R 7(3)"),
    ],
)
def test_t_cn_2_article_25_lets_the_buyer_return_what_was_not_confirmed_as_excluded(trait: Trait, article: str) -> None:
    silent = decided(case(traits=(trait,), request=withdrawn()))
    confirmed = decided(case(traits=(trait,), confirmed=(trait,), request=withdrawn()))

    assert silent.outcome is Outcome.RETURN
    assert articles(silent)[Clause.EXCLUSION_NOT_CONFIRMED] == article
    assert (confirmed.outcome, articles(confirmed)) == (Outcome.REFUSE, {Clause.EXCLUDED: article})


def test_t_cn_3_article_25_has_the_price_paid_back_within_seven_days_of_the_return() -> None:
    decision = decided(case(request=withdrawn(), returned=back(received="2026-09-15 10:00")))

    assert decision.outcome is Outcome.REFUND
    assert paid_to_buyer(decision) == {"price": 19900}
    assert decision.duties == (Duty(Payer.SELLER, Act.PAY_BACK, at("2026-09-23 00:00"), "CPL 25; R 13"),)


def test_t_cn_3_article_13_takes_what_nobody_inspected_in_seven_days_for_intact() -> None:
    arrived = Returned(at("2026-09-12 10:00"), at("2026-09-15 10:00"), None, None)

    waiting = decided(case(request=withdrawn(), returned=arrived, as_of=at("2026-09-22 23:59")))
    late = decided(case(request=withdrawn(), returned=arrived, as_of=at("2026-09-23 00:00")))

    assert (waiting.outcome, waiting.next_tick) == (Outcome.RETURN, at("2026-09-23 00:00"))
    assert articles(waiting)[Clause.BEING_INSPECTED] == "R 13"
    assert (late.outcome, articles(late)[Clause.INSPECTION_LATE]) == (Outcome.REFUND, "R 13")


def test_t_cn_4_article_25_leaves_the_freight_of_a_withdrawal_with_the_buyer() -> None:
    decision = decided(case(request=withdrawn()))

    assert decision.outcome is Outcome.RETURN
    assert Duty(Payer.BUYER, Act.PAY_RETURN_FREIGHT, None, "CPL 25; R 18") in decision.duties


def test_t_cn_4_terms_may_promise_more_than_article_25_about_freight() -> None:
    promise = replace(CHINESE.withdrawal, return_freight=Payer.SELLER, outbound=Outbound.REPAID)
    generous = replace(CHINESE, withdrawal=promise)

    sending = decided(case(generous, request=withdrawn()), generous)
    paying = decided(case(generous, request=withdrawn(), returned=back()), generous)

    assert Duty(Payer.SELLER, Act.PAY_RETURN_FREIGHT, None, "terms /withdrawal/returnFreight") in sending.duties
    assert paid_to_buyer(paying) == {"price": 19900, "freight": 1200}


def test_article_25_refunds_everything_when_nothing_was_shipped_yet() -> None:
    decision = decided(case(shipped_at=None, received_at=None, request=withdrawn()))

    assert (decision.outcome, articles(decision)) == (Outcome.REFUND, {Clause.BEFORE_DISPATCH: "CPL 25"})
    assert paid_to_buyer(decision) == {"price": 19900, "freight": 1200}


# --- Interim Measures on seven-day returns (R) ---------------------------------------------------------------------


def test_t_cn_5_article_10_counts_from_the_day_after_receipt_to_the_end_of_the_seventh() -> None:
    last_minute = decided(case(request=withdrawn("2026-09-14 23:59")))
    too_late = decided(case(request=withdrawn("2026-09-15 00:00")))

    assert articles(last_minute) == {Clause.IN_TIME: "CPL 25; R 10; CC 201, 203"}
    assert last_minute.outcome is Outcome.RETURN
    assert (too_late.outcome, too_late.legs) == (Outcome.REFUSE, ())
    assert articles(too_late) == {Clause.OUT_OF_TIME: "CPL 25; R 10; CC 201, 203"}


def test_t_cn_5_article_203_of_the_civil_code_moves_the_last_day_past_days_of_rest() -> None:
    received_on_saturday = at("2026-09-05 12:00")  # the seventh day is Saturday the 12th

    on_monday = decided(case(received_at=received_on_saturday, request=withdrawn("2026-09-14 23:59")))
    on_tuesday = decided(case(received_at=received_on_saturday, request=withdrawn("2026-09-15 00:00")))

    assert is_granted(on_monday)
    assert on_tuesday.outcome is Outcome.REFUSE


def test_t_cn_5_article_203_of_the_civil_code_moves_the_last_day_past_a_holiday_of_the_terms() -> None:
    resting = replace(CHINESE, holidays=(parse_day("2026-09-14"),))

    assert is_granted(decided(case(resting, request=withdrawn("2026-09-15 23:59")), resting))
    assert not is_granted(decided(case(resting, request=withdrawn("2026-09-16 00:00")), resting))


@pytest.mark.parametrize(
    ("category", "condition", "article"),
    [
        (Category.FOOD, Condition.SEAL_BROKEN, "R 9(1)"),
        (Category.COSMETICS, Condition.SEAL_BROKEN, "R 9(1)"),
        (Category.MEDICAL, Condition.SEAL_BROKEN, "R 9(1)"),
        (Category.ELECTRONICS, Condition.REPAIRED_UNAUTHORISED, "R 9(2)"),
        (Category.ELECTRONICS, Condition.SERIAL_DEFACED, "R 9(2)"),
        (Category.ELECTRONICS, Condition.ACTIVATED, "R 9(2)"),
        (Category.ELECTRONICS, Condition.LASTING_MARKS, "R 9(2)"),
        (Category.APPAREL, Condition.TAG_REMOVED, "R 9(3)"),
        (Category.APPAREL, Condition.SOILED, "R 9(3)"),
        (Category.APPAREL, Condition.DAMAGED, "R 9(3)"),
        (Category.GENERAL, Condition.PARTS_MISSING, "R 8"),
        (Category.GENERAL, Condition.SOILED, "R 8"),
        (Category.GENERAL, Condition.DAMAGED, "R 8"),
        (Category.ART, Condition.DAMAGED, "R 8"),
    ],
)
def test_t_cn_6_article_9_says_what_is_no_longer_intact(category: Category, condition: Condition, article: str) -> None:
    decision = decided(case(category=category, request=withdrawn(), returned=back(condition)))

    assert decision.outcome is Outcome.REFUSE
    assert articles(decision)[Clause.NOT_INTACT] == article
    assert decision.legs == ()


@pytest.mark.parametrize(
    ("category", "condition"),
    [
        (Category.FOOD, Condition.TAG_REMOVED),
        (Category.ELECTRONICS, Condition.SEAL_BROKEN),
        (Category.APPAREL, Condition.ACTIVATED),
        (Category.GENERAL, Condition.SEAL_BROKEN),
    ],
)
def test_t_cn_6_article_9_lets_no_other_mark_spoil_a_thing(category: Category, condition: Condition) -> None:
    decision = decided(case(category=category, request=withdrawn(), returned=back(condition)))

    assert (decision.outcome, articles(decision)[Clause.INTACT]) == (Outcome.REFUND, "CPL 25; R 8")
    assert paid_to_buyer(decision) == {"price": 19900}


def test_t_cn_6_terms_may_take_back_for_less_what_article_9_lets_a_seller_refuse() -> None:
    promise = replace(CHINESE.withdrawal, deductions={Condition.SOILED: 2000})
    milder = replace(CHINESE, withdrawal=promise)

    soiled = decided(case(milder, paid=19901, request=withdrawn(), returned=back(Condition.SOILED)), milder)
    torn = decided(case(milder, request=withdrawn(), returned=back(Condition.SOILED, Condition.DAMAGED)), milder)

    assert paid_to_buyer(soiled) == {"price": 19901 - 3980}  # the broken fen stays with the buyer
    assert articles(soiled)[Clause.DEDUCTED] == "terms /withdrawal/deductions"
    assert torn.outcome is Outcome.REFUSE


@pytest.mark.parametrize("category", Category)
def test_t_cn_7_article_8_does_not_take_opening_to_look_or_trying_for_use(category: Category) -> None:
    looked_at = back(Condition.OUTER_OPENED, Condition.TRIED)

    decision = decided(case(category=category, request=withdrawn(), returned=looked_at))

    assert (decision.outcome, articles(decision)[Clause.INTACT]) == (Outcome.REFUND, "CPL 25; R 8")


def test_t_cn_7_article_12_lets_the_seller_keep_the_value_of_gifts_and_points_that_did_not_come_back() -> None:
    decision = decided(case(gifts_kept=500, request=withdrawn(), returned=back()))
    worth_more = decided(case(gifts_kept=20000, request=withdrawn(), returned=back()))

    assert articles(decision)[Clause.GIFTS_KEPT] == "R 12"
    assert paid_to_buyer(decision) == {"price": 19400}
    assert paid_to_buyer(worth_more) == {}


# --- Penalty measures (M) art. 9: what counts as wilful refusal ----------------------------------------------------


def test_t_cn_8_article_9_names_a_seller_who_did_not_handle_a_return_for_fifteen_days() -> None:
    waiting = decided(case(request=withdrawn("2026-09-10 10:00"), as_of=at("2026-09-25 23:59")))
    breached = decided(case(request=withdrawn("2026-09-10 10:00"), as_of=at("2026-09-26 00:00")))

    assert waiting.breaches == ()
    assert breached.breaches == (Breached(Breach.NOT_HANDLED, "M 9(1)"),)


def test_t_cn_8_article_9_names_a_seller_who_did_not_pay_back_for_fifteen_days() -> None:
    returned = back(received="2026-09-15 10:00")

    waiting = decided(case(request=withdrawn(), returned=returned, as_of=at("2026-09-30 23:59")))
    breached = decided(case(request=withdrawn(), returned=returned, as_of=at("2026-10-01 00:00")))

    assert waiting.breaches == ()
    assert breached.breaches == (Breached(Breach.NOT_PAID_BACK, "M 9(4)"),)


def test_t_cn_8_article_9_lets_no_terms_wait_longer_than_fifteen_days_for_an_answer() -> None:
    terms = replace(CHINESE, silence_days=60)
    claim = case(terms, request=asked(Ask.INAUTHENTIC, "2026-09-10 10:00"))

    waiting = decided(replace(claim, as_of=at("2026-09-25 23:59")), terms)
    silent = decided(replace(claim, as_of=at("2026-09-26 00:00")), terms)

    assert (waiting.outcome, list(articles(waiting))) == (Outcome.WAIT, [Clause.ANSWER_AWAITED])
    assert silent.outcome is Outcome.REFUND
    assert Clause.SILENT in articles(silent)


@pytest.mark.parametrize(
    ("ground", "breach"),
    [
        (Ground.OPENED, Breached(Breach.OPENED_AS_GROUND, "M 9(3)")),
        (Ground.OWN_RULE, Breached(Breach.OWN_RULE, "M 9(2)")),
    ],
)
def test_t_cn_8_article_9_takes_no_opened_box_and_no_own_rule_for_a_reason(ground: Ground, breach: Breached) -> None:
    refusal = Answer(Says.CONTEST, ground, at("2026-09-11 10:00"))

    decision = decided(case(request=withdrawn(), answer=refusal))

    assert decision.outcome is Outcome.RETURN
    assert decision.breaches == (breach,)


def test_t_cn_8_article_9_names_no_seller_who_refuses_what_the_law_lets_it_refuse() -> None:
    refusal = Answer(Says.CONTEST, Ground.OPENED, at("2026-09-11 10:00"))

    decision = decided(case(traits=(Trait.PERISHABLE,), request=withdrawn(), answer=refusal))

    assert decision.outcome is Outcome.REFUSE
    assert decision.breaches == ()


# --- Consumer Protection Law art. 24: defects, and art. 23: who has to prove them -----------------------------------

ADMITTED = Answer(Says.ACCEPT, None, at("2026-09-11 10:00"))


def test_t_cn_9_article_24_takes_a_defect_back_for_seven_days_and_puts_the_freight_on_the_seller() -> None:
    sending = decided(case(request=asked(Ask.DEFECT, "2026-09-14 23:59"), answer=ADMITTED))
    paying = decided(case(request=asked(Ask.DEFECT), answer=ADMITTED, returned=back(Condition.DAMAGED)))

    assert articles(sending)[Clause.DEFECT_EARLY] == "CPL 24"
    assert Duty(Payer.SELLER, Act.PAY_RETURN_FREIGHT, None, "CPL 24") in sending.duties
    assert paid_to_buyer(paying) == {"price": 19900, "freight": 1200}


def test_t_cn_9_article_24_has_a_later_defect_repaired_or_replaced_first() -> None:
    decision = decided(case(request=asked(Ask.DEFECT, "2026-09-15 00:00"), answer=ADMITTED))

    assert (decision.outcome, articles(decision)[Clause.REPAIR_FIRST]) == (Outcome.REPAIR, "CPL 24")
    assert [duty.act for duty in decision.duties] == [Act.REPAIR_OR_REPLACE, Act.PAY_RETURN_FREIGHT]
    assert {duty.who for duty in decision.duties} == {Payer.SELLER}


def test_article_11_of_the_three_guarantees_ends_the_repairs_after_the_second() -> None:
    once = decided(case(request=asked(Ask.DEFECT, "2026-11-02 10:00"), answer=ADMITTED, repairs=1))
    twice = decided(case(request=asked(Ask.DEFECT, "2026-11-02 10:00"), answer=ADMITTED, repairs=2))

    assert once.outcome is Outcome.REPAIR
    assert (twice.outcome, articles(twice)[Clause.REPAIRS_FAILED]) == (Outcome.RETURN, "W 11")


def test_article_621_of_the_civil_code_ends_complaints_after_two_years() -> None:
    last_day = decided(case(request=asked(Ask.DEFECT, "2028-09-07 23:59"), answer=ADMITTED))
    day_after = decided(case(request=asked(Ask.DEFECT, "2028-09-08 00:00"), answer=ADMITTED))

    assert last_day.outcome is Outcome.REPAIR
    assert (day_after.outcome, articles(day_after)) == (Outcome.REFUSE, {Clause.OUT_OF_WARRANTY: "CC 621"})


def test_t_cn_10_article_23_makes_the_seller_prove_that_a_durable_thing_was_sound_for_six_months() -> None:
    contested = Answer(Says.CONTEST, Ground.FACTS, at("2027-03-08 09:00"))
    durable = case(traits=(Trait.DURABLE,), answer=contested)

    sixth_month = decided(replace(durable, request=asked(Ask.DEFECT, "2027-03-07 23:59")))
    after = decided(replace(durable, request=asked(Ask.DEFECT, "2027-03-08 00:00")))
    not_durable = decided(case(request=asked(Ask.DEFECT, "2027-03-07 23:59"), answer=contested))

    assert sixth_month.outcome is Outcome.HOLD
    assert articles(sixth_month)[Clause.BURDEN_ON_SELLER] == "CPL 23"
    assert sixth_month.duties == (Duty(Payer.SELLER, Act.PROVE_NO_DEFECT, None, "CPL 23"),)
    assert articles(after)[Clause.BURDEN_ON_BUYER] == articles(not_durable)[Clause.BURDEN_ON_BUYER] == "CPL 23"
    assert after.duties == not_durable.duties == ()


# --- Consumer Protection Law art. 55 and Food Safety Law art. 148: multiples ----------------------------------------


@pytest.mark.parametrize(("paid", "threefold"), [(19900, 59700), (16667, 50001), (16666, 50000), (100, 50000)])
def test_t_cn_11_article_55_reckons_three_times_the_price_and_at_least_500_yuan(paid: int, threefold: int) -> None:
    decision = decided(case(paid=paid, request=asked(Ask.INAUTHENTIC), proven=(Proof.NEVER_COMMISSIONED,)))

    assert decision.claims == (Claimed(Claim.FRAUD, threefold, ClaimState.RECKONED, "CPL 55(1)"),)


def test_t_cn_11_article_55_pays_a_multiple_only_on_admission_or_award() -> None:
    proven = case(request=asked(Ask.INAUTHENTIC), proven=(Proof.FALSE_SIGNATURE,))

    reckoned = decided(proven)
    awarded = decided(replace(proven, found=(Claim.FRAUD,)))

    assert paid_to_buyer(reckoned) == {"price": 19900, "freight": 1200}
    assert awarded.claims == (Claimed(Claim.FRAUD, 59700, ClaimState.DUE, "CPL 55(1)"),)
    assert awarded.legs[-1] == Leg(Purse.BOND, Purse.BUYER, 59700, Share.CLAIM)


@pytest.mark.parametrize(
    ("paid", "loss", "owed"),
    [(19900, 0, 199000), (9999, 0, 100000), (19900, 70000, 210000), (500, 100, 100000)],
)
def test_t_cn_12_article_148_reckons_ten_prices_or_three_losses_and_at_least_1000_yuan(
    paid: int, loss: int, owed: int
) -> None:
    decision = decided(case(category=Category.FOOD, paid=paid, loss=loss, request=asked(Ask.UNSAFE)))

    assert decision.claims == (Claimed(Claim.UNSAFE_FOOD, owed, ClaimState.RECKONED, "FSL 148(2)"),)


def test_t_cn_12_article_148_excepts_a_blemish_of_the_label() -> None:
    decision = decided(case(category=Category.FOOD, request=asked(Ask.UNSAFE), flags=(Flag.LABEL_BLEMISH,)))

    assert decision.claims == ()
    assert articles(decision)[Clause.LABEL_BLEMISH] == "FSL 148(2)"


def test_t_cn_12_article_148_is_about_food_alone() -> None:
    assert decided(case(category=Category.APPAREL, request=asked(Ask.UNSAFE))).claims == ()


def test_of_two_multiples_that_were_found_only_the_higher_is_due() -> None:
    both = case(category=Category.FOOD, request=asked(Ask.UNSAFE), found=(Claim.FRAUD, Claim.UNSAFE_FOOD))

    decision = decided(both)

    assert [(claim.claim, claim.state) for claim in decision.claims] == [
        (Claim.FRAUD, ClaimState.RECKONED),
        (Claim.UNSAFE_FOOD, ClaimState.DUE),
    ]
    assert [leg.minor for leg in decision.legs if leg.share is Share.CLAIM] == [199000]


# --- Food Safety Law art. 63 and Consumer Protection Law art. 19: recall --------------------------------------------


def test_t_cn_15_article_63_gives_everything_back_for_a_recalled_thing_whatever_the_time_and_its_state() -> None:
    recalled = case(
        category=Category.FOOD,
        traits=(Trait.PERISHABLE,),
        request=withdrawn("2027-09-10 10:00"),
        flags=(Flag.RECALLED,),
    )

    decision = decided(recalled)

    assert (decision.outcome, articles(decision)) == (Outcome.REFUND, {Clause.RECALLED: "CPL 19; FSL 63"})
    assert paid_to_buyer(decision) == {"price": 19900, "freight": 1200}


def test_t_cn_15_article_63_holds_the_sellers_money_for_a_recalled_thing() -> None:
    decision = decided(case(confirmed_at=at("2026-09-08 10:00"), flags=(Flag.RECALLED,)))

    assert decision.outcome is Outcome.HOLD
    assert decision.legs == ()


# --- E-Commerce Law art. 20, 49, 51 and 62 ---------------------------------------------------------------------------


def test_t_cn_20_article_51_begins_every_period_when_the_buyer_signed_for_the_thing() -> None:
    not_received = decided(case(received_at=None, request=withdrawn("2026-10-30 10:00")))

    assert (not_received.outcome, articles(not_received)) == (
        Outcome.RETURN,
        {Clause.BEFORE_RECEIPT: "CPL 25; ECL 51"},
    )


def test_t_cn_20_article_20_leaves_the_risk_of_the_way_with_the_seller() -> None:
    lost = case(received_at=None, request=asked(Ask.NOT_RECEIVED, "2026-09-20 10:00"))

    waiting = decided(replace(lost, as_of=at("2026-09-27 23:59")))
    silent = decided(replace(lost, as_of=at("2026-09-28 00:00")))

    assert (waiting.outcome, waiting.next_tick) == (Outcome.WAIT, at("2026-09-28 00:00"))
    assert (silent.outcome, articles(silent)[Clause.NOT_RECEIVED]) == (Outcome.REFUND, "ECL 20, 51")
    assert paid_to_buyer(silent) == {"price": 19900, "freight": 1200}


def test_t_cn_21_article_62_lets_anybody_see_what_a_decision_was_made_from() -> None:
    facts = case(request=withdrawn())

    decision = decided(facts)

    assert (decision.terms, decision.facts) == (CHINESE.hash, facts.hash)
    assert decision.checkpoint == facts.checkpoint
    assert decision.as_of == facts.as_of


# --- what no article says word for word ------------------------------------------------------------------------------


def test_a_swapped_thing_holds_the_refund_until_someone_has_looked() -> None:
    decision = decided(case(request=withdrawn(), returned=back(serial=OTHER_SERIAL)))

    assert decision.outcome is Outcome.HOLD
    assert Clause.SWAPPED in articles(decision)
    assert decision.legs == ()


def test_a_price_is_given_back_once() -> None:
    again = decided(case(request=withdrawn(), returned=back(), flags=(Flag.GIVEN_BACK,)))
    charged_back = decided(case(request=withdrawn(), returned=back(), flags=(Flag.CHARGEBACK_OPEN,)))
    nothing_asked = decided(case(flags=(Flag.GIVEN_BACK,), as_of=at("2027-01-01 00:00")))

    assert [again.outcome, charged_back.outcome, nothing_asked.outcome] == [Outcome.REFUSE, Outcome.HOLD, Outcome.WAIT]
    assert again.legs == charged_back.legs == nothing_asked.legs == ()


def test_whoever_resold_the_thing_cannot_return_it() -> None:
    decision = decided(case(request=withdrawn(), returned=back(), flags=(Flag.NOT_OWNER,)))

    assert (decision.outcome, articles(decision)) == (Outcome.REFUSE, {Clause.NOT_OWNER: "CPL 25"})


def test_a_recall_pays_nobody_but_the_owner() -> None:
    decision = decided(case(request=withdrawn(), flags=(Flag.NOT_OWNER, Flag.RECALLED)))

    assert decision.outcome is Outcome.REFUSE


def test_what_is_reported_missing_or_stolen_is_not_taken_back_until_it_is_found() -> None:
    returning = decided(case(request=withdrawn(), flags=(Flag.ABSENT,)))
    never_came = decided(case(received_at=None, request=asked(Ask.NOT_RECEIVED), flags=(Flag.ABSENT,)))

    assert (returning.outcome, list(articles(returning))) == (Outcome.HOLD, [Clause.REPORTED_ABSENT])
    assert never_came.outcome is Outcome.WAIT


def test_an_authoritys_order_stops_everything_even_an_award() -> None:
    decision = decided(case(request=asked(Ask.INAUTHENTIC), found=(Claim.FRAUD,), flags=(Flag.FROZEN,)))

    assert (decision.outcome, decision.legs) == (Outcome.HOLD, ())
    assert decision.claims[0].state is ClaimState.RECKONED


def test_a_proof_from_the_record_needs_no_answer_and_no_return() -> None:
    fake = case(request=asked(Ask.INAUTHENTIC), proven=(Proof.SOLD_BEFORE,))

    decision = decided(replace(fake, answer=Answer(Says.CONTEST, Ground.FACTS, at("2026-09-10 11:00"))))

    assert decision.outcome is Outcome.REFUND
    assert set(articles(decision)) == {Clause.PROVEN, Clause.NOT_AS_SOLD}


def test_a_proof_about_the_record_proves_no_defect() -> None:
    decision = decided(case(request=asked(Ask.DEFECT), proven=(Proof.COLD_CHAIN_BROKEN,)))

    assert decision.outcome is Outcome.WAIT


def test_the_sellers_silence_is_consent_and_an_answer_after_it_comes_too_late() -> None:
    claim = case(request=asked(Ask.INAUTHENTIC, "2026-09-10 10:00"), as_of=at("2026-10-01 00:00"))

    silent = decided(claim)
    in_time = decided(replace(claim, answer=Answer(Says.CONTEST, Ground.FACTS, at("2026-09-17 23:59"))))
    too_late = decided(replace(claim, answer=Answer(Says.CONTEST, Ground.FACTS, at("2026-09-18 00:00"))))

    assert articles(silent)[Clause.SILENT] == articles(too_late)[Clause.SILENT] == "terms /silenceDays"
    assert (in_time.outcome, list(articles(in_time))) == (Outcome.HOLD, [Clause.CONTESTED])


@pytest.mark.parametrize(
    ("award", "outcome"), [(Payer.BUYER, Outcome.REFUND), (Payer.SELLER, Outcome.REFUSE), (None, Outcome.HOLD)]
)
def test_an_award_ends_what_was_contested(award: Payer | None, outcome: Outcome) -> None:
    contested = Answer(Says.CONTEST, Ground.FACTS, at("2026-09-11 10:00"))

    decision = decided(case(request=asked(Ask.INAUTHENTIC), answer=contested, award=award))

    assert decision.outcome is outcome


def test_a_wrong_thing_goes_back_at_the_sellers_expense() -> None:
    admitted = case(request=asked(Ask.WRONG_ITEM), answer=ADMITTED)

    sending = decided(admitted)
    paying = decided(replace(admitted, returned=back()))

    assert articles(sending)[Clause.WRONG_ITEM] == "CPL 24"
    assert Duty(Payer.SELLER, Act.PAY_RETURN_FREIGHT, None, "CPL 24") in sending.duties
    assert paid_to_buyer(paying) == {"price": 19900, "freight": 1200}


def test_a_defect_is_not_claimed_before_the_thing_is_there() -> None:
    assert decided(case(received_at=None, request=asked(Ask.DEFECT))).outcome is Outcome.REFUSE


def test_a_refund_after_the_release_comes_out_of_the_sellers_purse() -> None:
    decision = decided(case(request=withdrawn(), returned=back(), flags=(Flag.RELEASED,)))

    assert decision.legs == (Leg(Purse.SELLER, Purse.BUYER, 19900, Share.PRICE),)


# --- the seller's money -----------------------------------------------------------------------------------------


def test_the_seller_is_paid_when_the_time_to_withdraw_is_over() -> None:
    waiting = decided(case(as_of=at("2026-09-14 23:59")))
    due = decided(case(as_of=at("2026-09-15 00:00")))

    assert (waiting.outcome, waiting.next_tick) == (Outcome.WAIT, at("2026-09-15 00:00"))
    assert due.outcome is Outcome.RELEASE
    assert due.legs == (
        Leg(Purse.ESCROW, Purse.SELLER, 19900, Share.PRICE),
        Leg(Purse.ESCROW, Purse.SELLER, 1200, Share.FREIGHT),
    )


def test_the_seller_is_never_paid_before_a_time_to_withdraw_that_days_of_rest_lengthen() -> None:
    received_on_saturday = at("2026-09-05 12:00")

    assert decided(case(received_at=received_on_saturday, as_of=at("2026-09-14 23:59"))).outcome is Outcome.WAIT
    assert decided(case(received_at=received_on_saturday, as_of=at("2026-09-15 00:00"))).outcome is Outcome.RELEASE


def test_terms_may_let_the_seller_wait_longer() -> None:
    patient = replace(CHINESE, release_days=15)

    assert decided(case(patient, as_of=at("2026-09-21 23:59")), patient).outcome is Outcome.WAIT
    assert decided(case(patient, as_of=at("2026-09-22 00:00")), patient).outcome is Outcome.RELEASE


def test_the_seller_is_paid_at_once_when_the_buyer_confirms() -> None:
    decision = decided(case(confirmed_at=at("2026-09-08 10:00")))

    assert (decision.outcome, list(articles(decision))) == (Outcome.RELEASE, [Clause.BUYER_CONFIRMED])


@pytest.mark.parametrize(
    ("facts", "outcome", "clause"),
    [
        (case(received_at=None), Outcome.WAIT, Clause.RELEASE_NOT_DUE),
        (case(flags=(Flag.DISPUTED,), confirmed_at=at("2026-09-08 10:00")), Outcome.HOLD, Clause.STOPPED),
        (case(flags=(Flag.RELEASED,), as_of=at("2027-01-01 00:00")), Outcome.WAIT, Clause.RELEASED_ALREADY),
        (case(flags=(Flag.CHARGEBACK_OPEN,), as_of=at("2027-01-01 00:00")), Outcome.HOLD, Clause.CHARGEBACK_OPEN),
    ],
)
def test_the_seller_is_not_paid_while_anything_stands_in_the_way(
    facts: object, outcome: Outcome, clause: Clause
) -> None:
    decision = decided(facts)  # type: ignore[arg-type]  # facts, as the table has them

    assert (decision.outcome, clause in articles(decision)) == (outcome, True)
    assert decision.legs == ()


def test_serials_are_compared_whole() -> None:
    assert decided(case(request=withdrawn(), returned=back(serial=SERIAL + "0"))).outcome is Outcome.HOLD
