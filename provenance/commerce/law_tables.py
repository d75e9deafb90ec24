"""The law of returns of China and of the European Union, row by row.

Rules:

* where two readings were found, the one stricter for the seller stands here;
* an act is named by a short word, explained in ``acts``; ``own`` marks a rule that no act states but that every
  decision needs: nobody is paid the same money twice, nobody gives back what is not theirs;
* every sale is treated as one at a distance, which is the stricter reading for a sale over the counter.

The texts were read in copies, not at their official source; they are cited so that they can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provenance.codes import Code
from provenance.commerce.calendar import format_day, parse_day
from provenance.commerce.law import Bound, Exclusion, Law, Multiple, PaidBackFrom, Spoiling, Spoilt, When
from provenance.commerce.vocabulary import (
    Act,
    Breach,
    Category,
    Claim,
    Clause,
    Condition,
    Jurisdiction,
    Outbound,
    Trait,
)
from provenance.errors import RefusedError

_WEEKEND = (5, 6)

# What no act states word for word. 'terms' cites the member of the terms that says so.
_OWN: Mapping[Clause, str] = {
    Clause.FROZEN: "own: an authority's order goes first",
    Clause.GIVEN_BACK_ALREADY: "own: a price is given back once",
    Clause.CHARGEBACK_OPEN: "own: a price is given back once",
    Clause.REPORTED_ABSENT: "own: what is missing or stolen is nobody's to return",
    Clause.SWAPPED: "own: what comes back is what was sold",
    Clause.PROVEN: "own: the record proves it",
    Clause.AWARDED_TO_BUYER: "own: an award binds both",
    Clause.AWARDED_TO_SELLER: "own: an award binds both",
    Clause.ADMITTED: "own: the seller's word binds the seller",
    Clause.CONTESTED: "own: both sides are heard",
    Clause.SILENT: "terms /silenceDays",
    Clause.ANSWER_AWAITED: "terms /silenceDays",
    Clause.BUYER_CONFIRMED: "own: the buyer's word binds the buyer",
    Clause.RELEASE_DUE: "terms /releaseDays",
    Clause.RELEASE_NOT_DUE: "terms /releaseDays",
    Clause.RELEASED_ALREADY: "own: a price is released once",
    Clause.STOPPED: "own: nothing is released while it is disputed",
    Clause.DEDUCTED: "terms /withdrawal/deductions",
}

CHINA_2017 = Law(
    name="CN/2017",
    jurisdiction=Jurisdiction.CHINA,
    since=parse_day("2017-03-15"),
    acts={
        "CC": "中华人民共和国民法典",
        "CPL": "中华人民共和国消费者权益保护法 (2013)",
        "ECL": "中华人民共和国电子商务法",
        "FSL": "中华人民共和国食品安全法",
        "M": "侵害消费者权益行为处罚办法",
        "R": "网络购买商品七日无理由退货暂行办法",
        "W": "部分商品修理更换退货责任规定",
    },
    rest_days=_WEEKEND,
    withdrawal_days=Bound(7, "CPL 25; R 10; CC 201, 203"),
    uninformed_months=Bound(0, "CPL 25"),
    outbound=Outbound.KEPT,
    outbound_article="CPL 25",
    spoilt=Spoilt.MAY_REFUSE,
    refund_days=Bound(7, "CPL 25; R 13"),
    paid_back_from=PaidBackFrom.RETURN,
    send_back_days=Bound(0, "R 11"),
    defect_return_days=Bound(7, "CPL 24"),
    warranty_months=Bound(24, "CC 621"),
    failed_repairs=Bound(2, "W 11"),
    burden_months=Bound(6, "CPL 23"),
    burden_traits=(Trait.DURABLE,),
    gifts_article="R 12",
    exclusions=(
        Exclusion(Trait.MADE_TO_ORDER, When.ALWAYS, "CPL 25(1)(1)"),
        Exclusion(Trait.PERISHABLE, When.ALWAYS, "CPL 25(1)(2)"),
        Exclusion(Trait.DOWNLOADED, When.ALWAYS, "CPL 25(1)(3)"),
        Exclusion(Trait.SEALED_MEDIA, When.UNSEALED, "CPL 25(1)(3)"),
        Exclusion(Trait.PERIODICAL, When.ALWAYS, "CPL 25(1)(4)"),
        Exclusion(Trait.SEALED_HYGIENE, When.CONFIRMED, "CPL 25(2); R 7(1)"),
        Exclusion(Trait.DEVALUED_BY_USE, When.CONFIRMED, "CPL 25(2); R 7(2)"),
        Exclusion(Trait.FLAW_DISCLOSED, When.CONFIRMED, "CPL 25(2); R 7(3)"),
    ),
    # R 8: opening to look and a reasonable trial spoil nothing, so neither stands in any row.
    spoiling=(
        Spoiling(Category.GENERAL, (Condition.DAMAGED, Condition.PARTS_MISSING, Condition.SOILED), "R 8"),
        Spoiling(Category.FOOD, (Condition.PARTS_MISSING, Condition.SEAL_BROKEN), "R 9(1)"),
        Spoiling(Category.COSMETICS, (Condition.PARTS_MISSING, Condition.SEAL_BROKEN), "R 9(1)"),
        Spoiling(Category.MEDICAL, (Condition.PARTS_MISSING, Condition.SEAL_BROKEN), "R 9(1)"),
        Spoiling(
            Category.ELECTRONICS,
            (
                Condition.ACTIVATED,
                Condition.LASTING_MARKS,
                Condition.PARTS_MISSING,
                Condition.REPAIRED_UNAUTHORISED,
                Condition.SERIAL_DEFACED,
            ),
            "R 9(2)",
        ),
        Spoiling(
            Category.APPAREL,
            (Condition.DAMAGED, Condition.PARTS_MISSING, Condition.SOILED, Condition.TAG_REMOVED),
            "R 9(3)",
        ),
        Spoiling(Category.ART, (Condition.DAMAGED, Condition.PARTS_MISSING, Condition.SOILED), "R 8"),
    ),
    multiples=(
        Multiple(Claim.FRAUD, 3, 0, 50_000, "CNY", "CPL 55(1)"),
        Multiple(Claim.UNSAFE_FOOD, 10, 3, 100_000, "CNY", "FSL 148(2)"),
    ),
    breaches={
        Breach.NOT_HANDLED: Bound(15, "M 9(1)"),
        Breach.OWN_RULE: Bound(0, "M 9(2)"),
        Breach.OPENED_AS_GROUND: Bound(0, "M 9(3)"),
        Breach.NOT_PAID_BACK: Bound(15, "M 9(4)"),
    },
    duties={
        Act.SEND_BACK: "R 11",
        Act.PAY_RETURN_FREIGHT: "CPL 25; R 18",
        Act.INSPECT: "R 13",
        Act.ANSWER: "terms /silenceDays",
        Act.REPAIR_OR_REPLACE: "CPL 24",
        Act.PROVE_NO_DEFECT: "CPL 23",
    },
    clauses={
        **_OWN,
        Clause.NOT_OWNER: "CPL 25",
        Clause.RECALLED: "CPL 19; FSL 63",
        Clause.BEFORE_DISPATCH: "CPL 25",
        Clause.BEFORE_RECEIPT: "CPL 25; ECL 51",
        Clause.IN_TIME: "CPL 25; R 10; CC 201, 203",
        Clause.OUT_OF_TIME: "CPL 25; R 10; CC 201, 203",
        Clause.SEAL_INTACT: "CPL 25(1)(3)",
        Clause.ON_ITS_WAY: "R 11",
        Clause.BEING_INSPECTED: "R 13",
        Clause.INSPECTION_LATE: "R 13",
        Clause.INTACT: "CPL 25; R 8",
        Clause.GIFTS_KEPT: "R 12",
        Clause.NOT_RECEIVED: "ECL 20, 51",
        Clause.WRONG_ITEM: "CPL 24",
        Clause.NOT_AS_SOLD: "CPL 52",
        Clause.DEFECT_EARLY: "CPL 24",
        Clause.REPAIR_FIRST: "CPL 24",
        Clause.REPAIRS_FAILED: "W 11",
        Clause.OUT_OF_WARRANTY: "CC 621",
        Clause.BURDEN_ON_SELLER: "CPL 23",
        Clause.BURDEN_ON_BUYER: "CPL 23",
        Clause.LABEL_BLEMISH: "FSL 148(2)",
    },
)

EUROPE_2022 = Law(
    name="EU/2022",
    jurisdiction=Jurisdiction.EUROPE,
    since=parse_day("2022-01-01"),
    acts={
        "CRD": "Directive 2011/83/EU, with the changes of Directives (EU) 2019/2161 and, from 2026-06-19, 2023/2673",
        "GPSR": "Regulation (EU) 2023/988",
        "P": "Regulation (EEC, Euratom) 1182/71",
        "SGD": "Directive (EU) 2019/771",
    },
    rest_days=_WEEKEND,
    withdrawal_days=Bound(14, "CRD 9(1), 9(2)(b); P 3(1), 3(4)"),
    uninformed_months=Bound(12, "CRD 10(1)"),
    outbound=Outbound.REPAID,
    outbound_article="CRD 13(1)",
    spoilt=Spoilt.MAY_DEDUCT,
    refund_days=Bound(14, "CRD 13(1)"),
    paid_back_from=PaidBackFrom.REQUEST,
    send_back_days=Bound(14, "CRD 14(1)"),
    defect_return_days=Bound(0, "SGD 13(2)"),
    warranty_months=Bound(24, "SGD 10(1)"),
    failed_repairs=Bound(1, "SGD 13(4)(b)"),
    burden_months=Bound(12, "SGD 11(1)"),
    burden_traits=(),
    gifts_article="",
    exclusions=(
        Exclusion(Trait.MADE_TO_ORDER, When.ALWAYS, "CRD 16(c)"),
        Exclusion(Trait.PERISHABLE, When.ALWAYS, "CRD 16(d)"),
        Exclusion(Trait.SEALED_HYGIENE, When.UNSEALED, "CRD 16(e)"),
        Exclusion(Trait.SEALED_MEDIA, When.UNSEALED, "CRD 16(i)"),
        Exclusion(Trait.PERIODICAL, When.ALWAYS, "CRD 16(j)"),
        Exclusion(Trait.DOWNLOADED, When.CONFIRMED, "CRD 16(m)"),
    ),
    # CRD 14(2): handling that establishes nature, characteristics and functioning is free.
    spoiling=tuple(
        Spoiling(
            category,
            tuple(sorted(set(Condition) - {Condition.OUTER_OPENED, Condition.TRIED})),
            "CRD 14(2)",
        )
        for category in Category
    ),
    multiples=(),
    breaches={
        Breach.NOT_HANDLED: Bound(14, "CRD 13(1)"),
        Breach.OWN_RULE: Bound(0, "CRD 25"),
        Breach.OPENED_AS_GROUND: Bound(0, "CRD 14(2)"),
        Breach.NOT_PAID_BACK: Bound(14, "CRD 13(1)"),
    },
    duties={
        Act.SEND_BACK: "CRD 14(1)",
        Act.PAY_RETURN_FREIGHT: "CRD 14(1)",
        Act.INSPECT: "CRD 13(3)",
        Act.ANSWER: "terms /silenceDays",
        Act.REPAIR_OR_REPLACE: "SGD 13(2), 14(1)",
        Act.PROVE_NO_DEFECT: "SGD 11(1)",
    },
    clauses={
        **_OWN,
        Clause.NOT_OWNER: "CRD 2(1)",
        Clause.RECALLED: "GPSR 37",
        Clause.BEFORE_DISPATCH: "CRD 9(1)",
        Clause.BEFORE_RECEIPT: "CRD 9(2)(b)",
        Clause.IN_TIME: "CRD 9(1), 9(2)(b), 11(2); P 3(1), 3(4)",
        Clause.OUT_OF_TIME: "CRD 9(1), 9(2)(b); P 3(1), 3(4)",
        Clause.EXTENDED_UNINFORMED: "CRD 10(1)",
        Clause.SEAL_INTACT: "CRD 16(e), 16(i)",
        Clause.ON_ITS_WAY: "CRD 13(3)",
        Clause.BEING_INSPECTED: "CRD 13(3)",
        Clause.INSPECTION_LATE: "CRD 13(1)",
        Clause.INTACT: "CRD 13(1), 14(2)",
        Clause.NOT_RECEIVED: "CRD 18, 20",
        Clause.WRONG_ITEM: "SGD 6, 13",
        Clause.NOT_AS_SOLD: "SGD 13(4)(c)",
        Clause.REPAIR_FIRST: "SGD 13(2)",
        Clause.DEFECT_EARLY: "terms /defect/returnDays",
        Clause.REPAIRS_FAILED: "SGD 13(4)(b)",
        Clause.OUT_OF_WARRANTY: "SGD 10(1)",
        Clause.BURDEN_ON_SELLER: "SGD 11(1)",
        Clause.BURDEN_ON_BUYER: "SGD 11(1)",
        Clause.LABEL_BLEMISH: "SGD 7",
    },
)

# Directive (EU) 2023/2673 art. 1(3): a function to withdraw, on the page where the contract was made.
EUROPE_2026 = replace(
    EUROPE_2022,
    name="EU/2026",
    since=parse_day("2026-06-19"),
    duties={**EUROPE_2022.duties, Act.OFFER_WITHDRAWAL: "CRD 11a(1)"},
)

LAWS = (CHINA_2017, EUROPE_2022, EUROPE_2026)


def law_of(jurisdiction: Jurisdiction, day: int) -> Law:
    """The newest table in force on a day; refuses a day before the oldest."""
    tables = [law for law in LAWS if law.jurisdiction is jurisdiction and law.since <= day]
    if not tables:
        message = f"no table of the law of {jurisdiction} is in force on {format_day(day)}"
        raise RefusedError(Code.UNKNOWN_LAW, message)
    return max(tables, key=lambda law: law.since)
