"""The law of returns in the European Union, article by article, as decisions on one sale (``tests.after_sales``)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provenance.commerce.decision import Breached, Decision, Duty
from provenance.commerce.facts import Answer, Facts, Returned
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
    Outcome,
    Payer,
    Proof,
    Says,
    Trait,
)
from tests.after_sales import (
    EUROPEAN,
    SERIAL,
    articles,
    asked,
    at,
    back,
    case,
    decide,
    is_granted,
    paid_to_buyer,
    withdrawn,
)

BERLIN = 2 * 60


def sold(**changes: object) -> Facts:
    """The jacket, received on Monday 2026-09-07 at noon in Berlin."""
    return case(EUROPEAN, **{"received_at": at("2026-09-07 12:00", BERLIN), **changes})


def decided(facts: Facts) -> Decision:
    return decide(EUROPEAN, facts)


def test_article_9_lets_a_buyer_withdraw_until_the_end_of_the_fourteenth_day() -> None:
    last_minute = decided(sold(request=withdrawn("2026-09-21 23:59", BERLIN)))
    too_late = decided(sold(request=withdrawn("2026-09-22 00:00", BERLIN)))

    assert articles(last_minute) == {Clause.IN_TIME: "CRD 9(1), 9(2)(b), 11(2); P 3(1), 3(4)"}
    assert is_granted(last_minute)
    assert (too_late.outcome, too_late.legs) == (Outcome.REFUSE, ())


def test_article_3_of_regulation_1182_71_moves_the_last_day_past_a_weekend() -> None:
    saturday = at("2026-09-05 12:00", BERLIN)  # the fourteenth day is Saturday the 19th

    assert is_granted(decided(sold(received_at=saturday, request=withdrawn("2026-09-21 23:59", BERLIN))))
    assert not is_granted(decided(sold(received_at=saturday, request=withdrawn("2026-09-22 00:00", BERLIN))))


def test_article_10_adds_twelve_months_when_the_buyer_was_not_told_of_the_right() -> None:
    untold = sold(flags=(Flag.NOT_INFORMED,))

    last_day = decided(replace(untold, request=withdrawn("2027-09-21 23:59", BERLIN)))
    day_after = decided(replace(untold, request=withdrawn("2027-09-22 00:00", BERLIN)))
    told = decided(sold(request=withdrawn("2027-09-21 23:59", BERLIN)))

    assert articles(last_day) == {Clause.EXTENDED_UNINFORMED: "CRD 10(1)"}
    assert [d.outcome for d in (last_day, day_after, told)] == [Outcome.RETURN, Outcome.REFUSE, Outcome.REFUSE]


def test_article_11a_has_the_seller_offer_a_function_to_withdraw_as_long_as_the_right_lasts() -> None:
    offered = Duty(Payer.SELLER, Act.OFFER_WITHDRAWAL, at("2026-09-22 00:00", BERLIN), "CRD 11a(1)")

    during = decided(sold(as_of=at("2026-09-21 23:59", BERLIN)))
    afterwards = decided(sold(as_of=at("2026-09-22 00:00", BERLIN)))

    assert during.duties == (offered,)
    assert afterwards.duties == ()


def test_article_11a_binds_no_order_from_before_it_applied() -> None:
    before = decided(sold(placed_at=at("2026-06-18 23:59", BERLIN)))
    since = decided(sold(placed_at=at("2026-06-19 00:00", BERLIN)))

    assert before.duties == ()
    assert [duty.act for duty in since.duties] == [Act.OFFER_WITHDRAWAL]
    assert before.law != since.law


def test_article_13_pays_price_and_outbound_freight_back_within_fourteen_days_of_the_withdrawal() -> None:
    decision = decided(sold(request=withdrawn("2026-09-10 10:00", BERLIN), returned=back()))

    assert paid_to_buyer(decision) == {"price": 19900, "freight": 1200}
    assert decision.duties == (Duty(Payer.SELLER, Act.PAY_BACK, at("2026-09-25 00:00", BERLIN), "CRD 13(1)"),)


def test_article_13_lets_the_seller_wait_until_the_goods_are_sent_but_not_longer_than_that() -> None:
    sent = Returned(at("2026-09-12 10:00"), None, None, None)
    request = withdrawn("2026-09-10 10:00", BERLIN)

    waiting = decided(sold(request=request, returned=sent, as_of=at("2026-09-24 23:59", BERLIN)))
    due = decided(sold(request=request, returned=sent, as_of=at("2026-09-25 00:00", BERLIN)))

    assert (waiting.outcome, waiting.next_tick) == (Outcome.RETURN, at("2026-09-25 00:00", BERLIN))
    assert (due.outcome, articles(due)[Clause.ON_ITS_WAY]) == (Outcome.REFUND, "CRD 13(3)")


def test_article_13_does_not_have_the_seller_pay_before_goods_that_are_sent_late() -> None:
    late = Returned(at("2026-10-20 10:00"), None, None, None)

    decision = decided(sold(request=withdrawn(), returned=late, as_of=at("2026-10-20 10:00")))

    assert decision.outcome is Outcome.REFUND
    assert decision.duties[0].by == at("2026-10-20 10:00")


def test_article_13_is_broken_by_a_seller_who_has_not_paid_back_in_time() -> None:
    request = withdrawn("2026-09-10 10:00", BERLIN)

    in_time = decided(sold(request=request, returned=back(), as_of=at("2026-09-24 23:59", BERLIN)))
    late = decided(sold(request=request, returned=back(), as_of=at("2026-09-25 00:00", BERLIN)))

    assert in_time.breaches == ()
    assert late.breaches == (Breached(Breach.NOT_PAID_BACK, "CRD 13(1)"),)


def test_article_14_has_the_buyer_send_the_goods_back_within_fourteen_days_at_the_buyers_expense() -> None:
    decision = decided(sold(request=withdrawn("2026-09-10 10:00", BERLIN)))

    assert decision.duties == (
        Duty(Payer.BUYER, Act.SEND_BACK, at("2026-09-25 00:00", BERLIN), "CRD 14(1)"),
        Duty(Payer.BUYER, Act.PAY_RETURN_FREIGHT, None, "CRD 14(1)"),
    )


def test_article_14_lets_the_seller_deduct_for_wear_and_never_refuse_for_it() -> None:
    terms = replace(EUROPEAN, withdrawal=replace(EUROPEAN.withdrawal, deductions={Condition.SOILED: 2500}))
    worn = case(terms, request=withdrawn(), returned=back(Condition.SOILED, Condition.DAMAGED))

    with_schedule = decide(terms, worn)
    without = decided(sold(request=withdrawn(), returned=back(Condition.SOILED)))

    assert paid_to_buyer(with_schedule) == {"price": 14925, "freight": 1200}
    assert articles(with_schedule)[Clause.NOT_INTACT] == "CRD 14(2)"
    assert paid_to_buyer(without) == {"price": 19900, "freight": 1200}


def test_article_14_deducts_at_most_the_price() -> None:
    deductions = {Condition.DAMAGED: 9000, Condition.SOILED: 9000}
    terms = replace(EUROPEAN, withdrawal=replace(EUROPEAN.withdrawal, deductions=deductions))

    decision = decide(terms, case(terms, request=withdrawn(), returned=back(Condition.SOILED, Condition.DAMAGED)))

    assert paid_to_buyer(decision) == {"freight": 1200}


@pytest.mark.parametrize("category", Category)
def test_article_14_does_not_charge_for_looking_and_trying(category: Category) -> None:
    deductions = {Condition.OUTER_OPENED: 5000, Condition.TRIED: 5000}
    terms = replace(EUROPEAN, withdrawal=replace(EUROPEAN.withdrawal, deductions=deductions))
    looked_at = back(Condition.OUTER_OPENED, Condition.TRIED)

    decision = decide(terms, case(terms, category=category, request=withdrawn(), returned=looked_at))

    assert paid_to_buyer(decision) == {"price": 19900, "freight": 1200}


@pytest.mark.parametrize(
    ("trait", "article"),
    [
        (Trait.MADE_TO_ORDER, "CRD 16(c)"),
        (Trait.PERISHABLE, "CRD 16(d)"),
        (Trait.PERIODICAL, "CRD 16(j)"),
    ],
)
def test_article_16_excludes_these_goods_always(trait: Trait, article: str) -> None:
    decision = decided(sold(traits=(trait,), request=withdrawn()))

    assert (decision.outcome, articles(decision)) == (Outcome.REFUSE, {Clause.EXCLUDED: article})


@pytest.mark.parametrize(("trait", "article"), [(Trait.SEALED_HYGIENE, "CRD 16(e)"), (Trait.SEALED_MEDIA, "CRD 16(i)")])
def test_article_16_excludes_sealed_goods_only_once_they_are_unsealed(trait: Trait, article: str) -> None:
    sealed = decided(sold(traits=(trait,), request=withdrawn(), returned=back()))
    unsealed = decided(sold(traits=(trait,), request=withdrawn(), returned=back(Condition.SEAL_BROKEN)))

    assert sealed.outcome is Outcome.REFUND
    assert (unsealed.outcome, articles(unsealed)) == (Outcome.REFUSE, {Clause.EXCLUDED: article})


def test_article_16_excludes_a_download_only_when_the_buyer_agreed_to_lose_the_right() -> None:
    silent = decided(sold(traits=(Trait.DOWNLOADED,), request=withdrawn()))
    agreed = decided(sold(traits=(Trait.DOWNLOADED,), confirmed=(Trait.DOWNLOADED,), request=withdrawn()))

    assert articles(silent)[Clause.EXCLUSION_NOT_CONFIRMED] == "CRD 16(m)"
    assert (agreed.outcome, articles(agreed)) == (Outcome.REFUSE, {Clause.EXCLUDED: "CRD 16(m)"})


@pytest.mark.parametrize("trait", [Trait.DEVALUED_BY_USE, Trait.FLAW_DISCLOSED])
def test_article_16_knows_no_exclusion_for_what_use_devalues_or_for_disclosed_flaws(trait: Trait) -> None:
    assert is_granted(decided(sold(traits=(trait,), confirmed=(trait,), request=withdrawn())))


def test_articles_18_and_20_give_everything_back_for_goods_that_never_came() -> None:
    lost = sold(received_at=None, request=asked(Ask.NOT_RECEIVED), as_of=at("2026-10-01 00:00"))

    decision = decided(lost)

    assert (decision.outcome, articles(decision)[Clause.NOT_RECEIVED]) == (Outcome.REFUND, "CRD 18, 20")


ADMITTED = Answer(Says.ACCEPT, None, at("2026-09-11 10:00"))


def test_article_13_of_the_sale_of_goods_directive_has_a_defect_repaired_or_replaced_first() -> None:
    decision = decided(sold(request=asked(Ask.DEFECT), answer=ADMITTED))

    assert (decision.outcome, articles(decision)[Clause.REPAIR_FIRST]) == (Outcome.REPAIR, "SGD 13(2)")
    assert {(duty.who, duty.article) for duty in decision.duties} == {(Payer.SELLER, "SGD 13(2), 14(1)")}


def test_article_13_of_the_sale_of_goods_directive_ends_the_contract_after_one_failed_repair() -> None:
    decision = decided(sold(request=asked(Ask.DEFECT), answer=ADMITTED, repairs=1, returned=back(Condition.DAMAGED)))

    assert articles(decision)[Clause.REPAIRS_FAILED] == "SGD 13(4)(b)"
    assert paid_to_buyer(decision) == {"price": 19900, "freight": 1200}


def test_article_13_of_the_sale_of_goods_directive_ends_the_contract_at_once_for_a_fake() -> None:
    decision = decided(sold(request=asked(Ask.INAUTHENTIC), proven=(Proof.NEVER_COMMISSIONED,)))

    assert (decision.outcome, articles(decision)[Clause.NOT_AS_SOLD]) == (Outcome.REFUND, "SGD 13(4)(c)")


def test_article_10_of_the_sale_of_goods_directive_lasts_two_years() -> None:
    last_day = decided(sold(request=asked(Ask.DEFECT, "2028-09-07 23:59", BERLIN), answer=ADMITTED))
    day_after = decided(sold(request=asked(Ask.DEFECT, "2028-09-08 00:00", BERLIN), answer=ADMITTED))

    assert last_day.outcome is Outcome.REPAIR
    assert (day_after.outcome, articles(day_after)) == (Outcome.REFUSE, {Clause.OUT_OF_WARRANTY: "SGD 10(1)"})


def test_article_11_of_the_sale_of_goods_directive_makes_the_seller_prove_for_a_year() -> None:
    contested = Answer(Says.CONTEST, Ground.FACTS, at("2027-09-08 00:00", BERLIN))

    within = decided(sold(request=asked(Ask.DEFECT, "2027-09-07 23:59", BERLIN), answer=contested))
    after = decided(sold(request=asked(Ask.DEFECT, "2027-09-08 00:00", BERLIN), answer=contested))

    assert (within.outcome, articles(within)[Clause.BURDEN_ON_SELLER]) == (Outcome.HOLD, "SGD 11(1)")
    assert articles(after)[Clause.BURDEN_ON_BUYER] == "SGD 11(1)"


def test_article_37_of_the_product_safety_regulation_gives_everything_back_for_a_recalled_thing() -> None:
    decision = decided(sold(request=withdrawn("2028-01-10 10:00"), flags=(Flag.RECALLED,)))

    assert (decision.outcome, articles(decision)) == (Outcome.REFUND, {Clause.RECALLED: "GPSR 37"})
    assert paid_to_buyer(decision) == {"price": 19900, "freight": 1200}


def test_european_law_knows_no_multiples() -> None:
    fake = sold(request=asked(Ask.INAUTHENTIC), proven=(Proof.FALSE_SIGNATURE,), found=(Claim.FRAUD,))

    assert decided(fake).claims == ()


def test_gifts_a_buyer_kept_are_not_reckoned_where_no_article_says_so() -> None:
    decision = decided(sold(gifts_kept=5000, request=withdrawn(), returned=back(serial=SERIAL)))

    assert paid_to_buyer(decision) == {"price": 19900, "freight": 1200}
