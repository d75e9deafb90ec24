"""Terms and facts have one spelling each, say where they are wrong, and never fall below the law."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from provenance.codes import Code
from provenance.commerce.calendar import day_of, end_of, format_day, months_after, parse_day, rolled
from provenance.commerce.facts import Facts, format_facts, parse_facts
from provenance.commerce.floor import Raise, raised, raises
from provenance.commerce.law_tables import CHINA_2017, EUROPE_2022, EUROPE_2026, LAWS, law_of
from provenance.commerce.terms import Terms, format_terms, parse_terms
from provenance.commerce.vocabulary import Breach, Category, Clause, Condition, Jurisdiction, Outbound, Trait
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, RefusedError
from tests.after_sales import CHINESE, EUROPEAN, case, cases, decided

_FEW = settings(max_examples=25)


@_FEW
@given(cases())
def test_terms_and_facts_read_back_as_what_they_were(some: tuple[Terms, Facts]) -> None:
    terms, facts = some

    assert parse_terms(format_terms(terms)) == terms
    assert parse_facts(format_facts(facts)) == facts


@_FEW
@given(cases())
def test_the_law_leaves_no_terms_worse_for_the_buyer_and_raises_nothing_twice(some: tuple[Terms, Facts]) -> None:
    terms, _ = some
    for law in LAWS:
        stands = raised(terms, law)

        assert stands.withdrawal.days >= max(terms.withdrawal.days, law.withdrawal_days.value)
        assert stands.refund_days <= min(terms.refund_days, law.refund_days.value)
        assert stands.release_days > stands.withdrawal.days
        assert stands.silence_days <= min(terms.silence_days, law.breaches[Breach.NOT_HANDLED].value)
        assert set(stands.withdrawal.exclusions) <= set(terms.withdrawal.exclusions)
        assert raised(stands, law) == stands
        assert raises(stands, law) == ()


def test_the_law_says_what_it_changes_and_by_which_article() -> None:
    mean = replace(
        EUROPEAN,
        withdrawal=replace(
            EUROPEAN.withdrawal,
            days=7,
            outbound=Outbound.KEPT,
            exclusions=(Trait.FLAW_DISCLOSED, Trait.PERISHABLE),
            deductions={Condition.OUTER_OPENED: 1000},
        ),
        warranty_months=12,
        refund_days=30,
        silence_days=90,
        release_days=8,
    )

    assert raises(mean, EUROPE_2026) == (
        Raise("/withdrawal/days", "7", "14", "CRD 9(1), 9(2)(b); P 3(1), 3(4)"),
        Raise("/withdrawal/outboundFreight", "kept", "repaid", "CRD 13(1)"),
        Raise("/withdrawal/exclusions", "flaw-disclosed, perishable", "perishable", "CRD 9(1), 9(2)(b); P 3(1), 3(4)"),
        Raise("/withdrawal/deductions", "outer-opened", "none", "CRD 14(2)"),
        Raise("/defect/warrantyMonths", "12", "24", "SGD 10(1)"),
        Raise("/refundDays", "30", "14", "CRD 13(1)"),
        Raise("/silenceDays", "90", "14", "CRD 13(1)"),
        Raise("/releaseDays", "8", "15", "CRD 9(1), 9(2)(b); P 3(1), 3(4)"),
    )


@pytest.mark.parametrize(
    ("member", "value", "code", "pointer"),
    [
        ("terms", "provenance.terms/2", Code.WRONG_VALUE, "/terms"),
        ("more", 1, Code.UNKNOWN_MEMBER, "/more"),
        ("revision", 0, Code.WRONG_VALUE, "/revision"),
        ("revision", True, Code.WRONG_VALUE, "/revision"),
        ("seller", "Olivar", Code.UNKNOWN_IDENTIFIER, "/seller"),
        ("jurisdiction", "US", Code.WRONG_VALUE, "/jurisdiction"),
        ("currency", "yuan", Code.MALFORMED_TEXT, "/currency"),
        ("zone", 841, Code.WRONG_VALUE, "/zone"),
        ("text", {"en": "00"}, Code.MISSING_MEMBER, "/text/zh"),
        ("text", {"en": "00", "zh": "00"}, Code.MALFORMED_TEXT, "/text/en"),
        ("withdrawal", [], Code.WRONG_TYPE, "/withdrawal"),
        ("refundDays", -1, Code.WRONG_VALUE, "/refundDays"),
        ("refundDays", "7", Code.WRONG_VALUE, "/refundDays"),
        ("holidays", ["2026-10-02", "2026-10-01"], Code.WRONG_VALUE, "/holidays"),
        ("holidays", ["20261001"], Code.MALFORMED_TEXT, "/holidays/0"),
        ("holidays", ["2026-02-30"], Code.MALFORMED_TEXT, "/holidays/0"),
        ("name", "two\nlines", Code.WRONG_TYPE, "/name"),
    ],
)
def test_refuses_terms_that_say_what_no_program_could_follow(
    member: str, value: Json, code: Code, pointer: str
) -> None:
    members = canonical.parse_whole(format_terms(CHINESE))
    assert isinstance(members, dict)

    with pytest.raises(MalformedError) as refused:
        parse_terms(canonical.dump({**members, member: value}))

    assert (refused.value.code, refused.value.pointer) == (code, pointer)


@pytest.mark.parametrize(
    ("member", "value", "pointer"),
    [
        ("facts", "provenance.facts/2", "/facts"),
        ("paid", -1, "/paid"),
        ("paid", 10**11 + 1, "/paid"),
        ("asOf", 4_102_444_801, "/asOf"),
        ("flags", ["recalled", "frozen"], "/flags"),
        ("flags", ["frozen", "frozen"], "/flags"),
        ("flags", ["blue"], "/flags/0"),
        ("answer", {"says": "contest", "ground": None, "at": 0}, "/answer/ground"),
        ("answer", {"says": "accept", "ground": "facts", "at": 0}, "/answer/ground"),
        ("sources", {"paid": ["00"]}, "/sources/paid/0"),
        ("sources", {"weather": []}, "/sources/weather"),
    ],
)
def test_refuses_facts_that_cannot_be(member: str, value: Json, pointer: str) -> None:
    members = canonical.parse_whole(format_facts(case()))
    assert isinstance(members, dict)

    with pytest.raises(MalformedError) as refused:
        parse_facts(canonical.dump({**members, member: value}))

    assert refused.value.pointer == pointer


def test_refuses_to_decide_by_terms_that_the_order_does_not_name() -> None:
    later = replace(CHINESE, revision=2)

    with pytest.raises(RefusedError) as refused:
        decided(case(), later)

    assert refused.value.code == Code.OTHER_TERMS


def test_refuses_to_decide_about_another_currency_than_that_of_the_terms() -> None:
    with pytest.raises(RefusedError) as refused:
        decided(replace(case(), currency="EUR"))

    assert refused.value.code == Code.WRONG_CURRENCY


def test_an_order_keeps_the_law_of_its_day() -> None:
    assert law_of(Jurisdiction.EUROPE, parse_day("2026-06-18")) is EUROPE_2022
    assert law_of(Jurisdiction.EUROPE, parse_day("2026-06-19")) is EUROPE_2026
    with pytest.raises(RefusedError) as refused:
        law_of(Jurisdiction.CHINA, parse_day("2017-03-14"))
    assert refused.value.code == Code.UNKNOWN_LAW


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_every_article_names_an_act_that_the_table_explains(law: object) -> None:
    table = next(known for known in LAWS if known is law)
    rows = (*table.exclusions, *table.spoiling, *table.multiples, *table.breaches.values())
    articles = {*table.clauses.values(), *table.duties.values(), *(row.article for row in rows)}

    for article in articles:
        for part in article.split("; "):
            assert part.split()[0] in {*table.acts, "terms", "own:"}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_every_category_has_its_row_and_every_clause_its_article(law: object) -> None:
    table = next(known for known in LAWS if known is law)
    from_rows = {Clause.EXCLUDED, Clause.EXCLUSION_NOT_CONFIRMED, Clause.NOT_INTACT}
    elsewhere = {Clause.EXTENDED_UNINFORMED, Clause.GIFTS_KEPT}

    assert sorted(row.category for row in table.spoiling) == sorted(Category)
    assert set(Clause) - set(table.clauses) - from_rows <= elsewhere
    assert CHINA_2017.clauses[Clause.GIFTS_KEPT] == "R 12"


def test_days_are_local_and_end_at_midnight() -> None:
    day = parse_day("2026-09-14")

    assert day_of(end_of(day, 480) - 1, 480) == day
    assert day_of(end_of(day, 480), 480) == day + 1


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2026-09-07", 24, "2028-09-07"),
        ("2026-01-31", 0, "2026-01-31"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_there_is(start: str, months: int, end: str) -> None:
    assert format_day(months_after(parse_day(start), months)) == end


def test_a_period_rolls_over_a_weekend_and_a_holiday_after_it() -> None:
    saturday = parse_day("2026-09-12")

    assert rolled(saturday, (5, 6), (parse_day("2026-09-14"),)) == parse_day("2026-09-15")
    assert rolled(saturday, (), ()) == saturday
