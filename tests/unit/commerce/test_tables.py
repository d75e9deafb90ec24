"""The tables of the trade: every edge there is, every edge there is not, and the records they describe."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.dossier_names import Family, parse_dossier_name
from provenance.commerce.machines import TABLES, Place, open_steps, stepped
from provenance.commerce.order_rows import ORDER_ROWS
from provenance.commerce.programme import programme_members
from provenance.commerce.records import parse_record, record_members
from provenance.commerce.tables import EACH_NAMED, Kind, Row, Stage
from provenance.commerce.terms import terms_members
from provenance.commerce.vocabulary import (
    AdjustmentReason,
    Ask,
    Category,
    Claim,
    Condition,
    Ground,
    Proof,
    Remedy,
    RemovalReason,
    Swap,
    Trait,
)
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, ProvenanceError, RefusedError
from provenance.ids import Subject
from tests.cast import CARRIER, SHOP, gtin, lot_with_items
from tests.loyalty import ANNAS, PROGRAMME, RULES
from tests.sales import ANNA, CLAIM, EXCHANGE, ORDER, RECALL, REFUND, RETURN, REVIEWS, TERMS, TERMS_OF, A, B, ownership

ROWS = [(family, row) for family, table in TABLES.items() for row in table.values()]
EDGES = [(family, row, step) for family, row in ROWS for step in row.moves]
NAMES = {
    Family.TERMS: TERMS_OF,
    Family.ORDER: ORDER,
    Family.OWNERSHIP: ownership(A),
    Family.REVIEWS: REVIEWS,
    Family.RETURN: RETURN,
    Family.REFUND: REFUND,
    Family.RECALL: RECALL,
    Family.RESALE: Subject(f"resale:{A}"),
    Family.WARRANTY: Subject(f"warranty:{A}"),
    Family.CLAIM: CLAIM,
    Family.EXCHANGE: EXCHANGE,
    Family.PROGRAMME: PROGRAMME,
    Family.POINTS: ANNAS,
}


def standing_so(row: Row, stages: dict[Place, Stage]) -> dict[Place, Stage]:
    """All machines that a row moves where it wants them, but for these."""
    wanted: dict[Place, Stage] = {}
    for step in row.moves:
        name = A if step.machine in EACH_NAMED else ""
        wanted[step.machine, name] = min(step.sources)
    return {place: stage for place, stage in (wanted | stages).items() if stage is not Stage.NONE}


@pytest.mark.parametrize(("family", "row", "step"), EDGES, ids=lambda value: str(getattr(value, "kind", "")))
def test_a_record_leads_on_from_the_stages_of_its_row_and_from_no_other(family: Family, row: Row, step: object) -> None:
    (found,) = [each for each in row.moves if each is step]
    place = (found.machine, A if found.machine in EACH_NAMED else "")

    for stage in Stage:
        stages = standing_so(row, {place: stage})
        before = dict(stages)
        if stage in found.sources:
            assert stepped(row, stages, (A,))[place] is (found.target or stage)
        else:
            with pytest.raises(RefusedError) as caught:
                stepped(row, stages, (A,))
            assert caught.value.code is Code.ILLEGAL_STEP
        assert stages == before


@pytest.mark.parametrize(("family", "kind"), [pair for pair in product(Family, Kind) if pair[1] not in TABLES[pair[0]]])
def test_a_dossier_takes_no_record_of_another_family(family: Family, kind: Kind) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_record({"subject": NAMES[family], "kind": kind.value, "at": 0})

    assert (caught.value.code, caught.value.pointer) == (Code.ILLEGAL_STEP, "/kind")


def test_only_an_offer_opens_an_order_and_only_an_edge_of_the_table_is_shown_as_open() -> None:
    assert open_steps(Family.ORDER, {}) == (Kind.ORDER_OFFERED,)
    for row in ORDER_ROWS:
        if row.kind is not Kind.ORDER_OFFERED:
            with pytest.raises(RefusedError):
                stepped(row, {}, (A,))


def test_one_item_at_the_wrong_stage_stops_all() -> None:
    row = TABLES[Family.ORDER][Kind.PARCEL_DELIVERED]
    (step,) = row.moves
    stages = {(step.machine, A): Stage.SHIPPED, (step.machine, B): Stage.PACKED}

    with pytest.raises(RefusedError):
        stepped(row, stages, (A, B))


# --- what a record says ----------------------------------------------------------------------------------------------

_hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
_traits = st.sets(st.sampled_from(Trait), max_size=3).map(sorted)
_lines = st.fixed_dictionaries(
    {
        "class": st.just(gtin()),
        "price": st.integers(1, 10**11),
        "category": st.sampled_from(sorted(Category)),
        "traits": _traits,
    }
)
_VALUES: dict[str, st.SearchStrategy[Json]] = {
    "terms": _hashes,
    "termsOf": st.just(TERMS_OF),
    "lines": st.lists(_lines, min_size=1, max_size=4),
    "currency": st.sampled_from(("CNY", "EUR")),
    "freight": st.integers(0, 10**11),
    "token": _hashes,
    "payBy": st.integers(0, 4 * 10**9),
    "attestor": st.sampled_from((SHOP.party, CARRIER.party)),
    "confirmed": _traits,
    "provider": st.sampled_from(("fakepay", "wechat-pay")),
    "reference": st.text("abc0123456789-", min_size=1, max_size=40),
    "minor": st.integers(0, 10**11),
    "serials": st.sampled_from(([A], [B], [A, B])),
    "event": _hashes,
    "reason": st.sampled_from(("changed my mind", "不想要了")),
    "seal": st.just("S-1"),
    "photo": _hashes,
    "grams": st.integers(1, 10**8),
    "carrier": st.just(CARRIER.party),
    "owner": st.just(str(ANNA.public)),
    "order": st.just(ORDER),
    "nonce": _hashes,
    "expires": st.integers(0, 4 * 10**9),
    "to": st.sampled_from((None, str(ANNA.public))),
    "report": _hashes,
    "item": st.sampled_from((A, B)),
    "stars": st.integers(1, 5),
    "text": _hashes,
    "basis": st.just("E-Commerce Law 42"),
    "decision": _hashes,
    "after": st.sampled_from((ORDER, RETURN)),
    "piece": st.sampled_from((None, A)),
    "ask": st.sampled_from(sorted(Ask)),
    "ground": st.sampled_from(sorted(Ground)),
    "scanned": st.sampled_from((None, A)),
    "things": st.sampled_from(([A], [gtin()], [lot_with_items("L1")])),
    "notice": _hashes,
    "fault": _hashes,
    "loss": st.integers(0, 10**11),
    "proven": st.sets(st.sampled_from(Proof), max_size=2).map(sorted),
    "product": st.just(gtin()),
    "price": st.integers(0, 10**11),
    "deposit": st.integers(0, 10**11),
    "swap": st.sampled_from(sorted(Swap)),
    "exchange": st.just(EXCHANGE),
    "replaces": st.just(A),
    "merchant": st.just("1900000001"),
    "grade": st.sampled_from("ABC"),
    "told": st.none() | _hashes,
    "remedy": st.sampled_from(sorted(Remedy)),
    "programmeOf": st.just(PROGRAMME),
    "programme": _hashes,
    "shares": st.lists(st.integers(0, 10**9), min_size=1, max_size=3),
    "line": st.integers(0, 99),
    "points": st.integers(1, 10**9),
    "until": st.integers(0, 4 * 10**9),
    "gift": st.just("g1"),
    "recipient": st.just(ANNAS),
    "giver": st.just(ANNAS),
    "lots": st.lists(st.fixed_dictionaries({"expires": st.just(9), "points": st.integers(1, 9)}), min_size=1),
    "paper": _hashes,
    "found": st.sets(st.sampled_from(Condition), max_size=3).map(sorted),
}


@st.composite
def records(draw: st.DrawFn) -> dict[str, Json]:
    """Any record of any row."""
    family, row = draw(st.sampled_from(ROWS))
    values: dict[str, Json] = {name: draw(_VALUES[name]) for name in row.members}
    if row.kind is Kind.TERMS_PUBLISHED:
        values["terms"] = terms_members(TERMS)
    if family is Family.CLAIM and "found" in row.members:
        values["found"] = draw(st.sets(st.sampled_from(Claim)).map(sorted))
    if row.kind is Kind.PROGRAMME_PUBLISHED:
        values["programme"] = programme_members(RULES)
    if "paper" in row.members:
        values["reason"] = draw(st.sampled_from(sorted(AdjustmentReason)))
    if row.kind is Kind.REVIEW_REMOVED:
        values["reason"] = draw(st.sampled_from(sorted(RemovalReason)))
    return {"subject": NAMES[family], "kind": row.kind.value, "at": draw(st.integers(0, 4 * 10**9)), **values}


@given(records())
def test_a_record_reads_back_as_it_was_printed(values: dict[str, Json]) -> None:
    body = canonical.dump(values)

    read = canonical.parse_whole(body)

    assert isinstance(read, dict)
    assert canonical.dump(record_members(parse_record(read))) == body


@given(records(), st.data())
def test_a_record_with_a_member_less_or_more_or_of_another_sort_is_refused_with_its_place(
    values: dict[str, Json], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(values)))
    less = {other: value for other, value in values.items() if other != name}
    wrong = {**values, name: data.draw(st.sampled_from((None, -1, 1.5, "", [], {}, "\u2028")))}

    for broken, pointer in ((less, f"/{name}"), ({**values, "more": 1}, "/more")):
        with pytest.raises(MalformedError) as caught:
            parse_record(broken)
        assert caught.value.pointer == pointer
    try:
        parse_record(wrong)  # type: ignore[arg-type]  # a number with a fraction is no Json of ours
    except ProvenanceError as err:
        assert err.pointer.startswith(f"/{name}")
    else:
        assert values["kind"] == Kind.TERMS_PUBLISHED.value or wrong[name] in ([], None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "order",
        "order:",
        "order:9520789000004",
        "order:9520789000004/",
        "order:9520789000005/1",
        "order:952078900000４/1",
        "order:9520789000004/a b",
        "order:9520789000004/1/2",
        "Order:9520789000004/1",
        f"order:9520789000004/{'1' * 41}",
        "order:9520789000004/1\n",
        "ownership:https://id.gs1.org/01/09520123000011",
        "ownership:https://example.com/01/09520123000011/21/A1",
        "reviews:https://id.gs1.org/01/09520123000011/21/A1",
        "reviews:9520789000004/1",
    ],
)
def test_a_text_that_names_no_dossier_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        parse_dossier_name(text)
