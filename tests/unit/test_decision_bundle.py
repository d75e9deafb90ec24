"""A decision with its evidence: what makes it proven, and everything a liar could change, leave out or add."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provenance.bundle import Bundle, format_bundle, parse_bundle
from provenance.codes import Code
from provenance.commerce.evaluation import decide
from provenance.commerce.facts import read_facts
from provenance.commerce.replay import format_case
from provenance.commerce.tables import Kind
from provenance.commerce.terms import read_terms
from provenance.commerce.vocabulary import Outcome
from provenance.decision_bundle import Proven, prove
from provenance.encoding import canonical
from provenance.errors import ConflictError, MalformedError, RefusedError
from provenance.ids import LeafIndex, Subject
from provenance.services.bookkeeping import Bookkeeping
from provenance.services.signing import consumer
from tests.sales import ANNA, DAY, ORDER, RETURN, TERMS_OF, A, B, Sales, ownership
from tests.world import World

ANNAS = consumer(ANNA)
Members = dict[str, Any]


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    world = World(tmp_path)
    sales = Sales(world)
    sales.stocked(A, B)
    sales.published()
    sales.bought(A, B)
    sales.claimed(A)
    sales.later(DAY)
    sales.requested()
    sales.returning(Kind.RETURN_GRANTED, ANNAS)
    sales.sent_back()
    sales.matched()
    yield sales
    world.close()


def file_of(sales: Sales) -> bytes:
    sales.world.services.checkpointing.checkpoint()
    return sales.world.services.deciding.bundle(RETURN)


def proven(sales: Sales, file: bytes) -> Proven:
    return prove(file, sales.world.services.trust)


def changed(file: bytes, change: Callable[[Members], object]) -> bytes:
    """The file after a change to its members."""
    members: Any = canonical.parse_whole(file)
    change(members)
    return canonical.dump(members)


def with_evidence(file: bytes, change: Callable[[Bundle], Bundle]) -> bytes:
    """The file after a change to the bundle in it."""

    def exchange(members: Members) -> None:
        evidence = change(parse_bundle(canonical.dump(members["evidence"])))
        members["evidence"] = canonical.parse_whole(format_bundle(evidence))

    return changed(file, exchange)


def decided_anew(members: Members) -> None:
    """Make the decision fit whatever terms and facts say now: the liar is thorough."""
    terms, facts = read_terms(members["case"]["terms"]), read_facts(members["case"]["facts"])
    members["case"] = canonical.parse_whole(format_case(terms, facts, decide(terms, facts)))


def without(bundle: Bundle, index: LeafIndex) -> Bundle:
    """The bundle as if this statement had never been in it."""
    chains = {
        name: replace(chain, indexes=tuple(i for i in chain.indexes if i != index))
        for name, chain in bundle.chains.items()
    }
    kept = {name: chain for name, chain in chains.items() if chain.indexes or not bundle.chains[name].indexes}
    return replace(bundle, chains=kept, exhibits=tuple(e for e in bundle.exhibits if e.index != index))


def test_a_decision_is_proven_by_the_records_in_its_file_alone(sales: Sales) -> None:
    found = proven(sales, file_of(sales))

    assert found.is_proven
    assert found.replayed.again is not None
    assert found.replayed.again.outcome is Outcome.REFUND


def test_a_return_that_is_not_recorded_yet_has_no_bundle(sales: Sales) -> None:
    with pytest.raises(RefusedError) as refused:
        sales.world.services.deciding.bundle(RETURN)

    assert refused.value.code is Code.NOT_RECORDED


def test_a_bundle_waits_until_all_of_its_records_are_in_a_checkpoint(sales: Sales) -> None:
    file_of(sales)
    sales.refunded()

    with pytest.raises(ConflictError) as refused:
        sales.world.services.deciding.bundle(RETURN)

    assert refused.value.code is Code.NOT_RECORDED


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("paid", 29900),
        ("receivedAt", 1),
        ("flags", ["recalled"]),
        ("confirmed", []),
        ("returned", None),
        ("award", "buyer"),
        ("proven", ["sold-before"]),
        ("repairs", 3),
        ("asOf", 2_000_000_000),
        ("serial", B),
    ],
)
def test_a_fact_that_the_records_do_not_tell_is_named(sales: Sales, place: str, value: object) -> None:
    def lie(members: Members) -> None:
        if members["case"]["facts"][place] == value:
            members["case"]["facts"]["traits"] = ["perishable"]
        members["case"]["facts"][place] = value
        decided_anew(members)

    found = proven(sales, changed(file_of(sales), lie))

    assert found.replayed.is_identical  # in itself the lie is flawless
    where = "traits" if place == "confirmed" else place
    assert [flaw.pointer for flaw in found.flaws] == [f"/case/facts/{where}"]


def test_terms_that_the_order_did_not_pin_are_named(sales: Sales) -> None:
    def lie(members: Members) -> None:
        members["case"]["terms"]["refundDays"] = 3
        members["case"]["facts"]["terms"] = read_terms(members["case"]["terms"]).hash
        decided_anew(members)

    found = proven(sales, changed(file_of(sales), lie))

    assert [flaw.pointer for flaw in found.flaws] == ["/case/terms/refundDays", "/case/facts/terms"]


@pytest.mark.parametrize("subject", [ORDER, RETURN])
def test_a_record_left_out_of_the_middle_is_missed(sales: Sales, subject: Subject) -> None:
    left_out = sales.dossier(subject).entries[2].index

    found = proven(sales, with_evidence(file_of(sales), lambda bundle: without(bundle, left_out)))

    assert found.flaws


def test_a_dossier_left_out_is_missed_where_another_names_it(sales: Sales) -> None:
    terms = sales.dossier(TERMS_OF).entries[0].index

    found = proven(sales, with_evidence(file_of(sales), lambda bundle: without(bundle, terms)))

    assert f"unknown-dossier: nothing was said of {TERMS_OF}" in found.flaws[0].message


def test_a_dossier_that_nothing_names_can_be_left_out_unseen(sales: Sales) -> None:
    # Who owns the item is told by a dossier that no record names: a limit of any one file, and documented.
    claimed = sales.dossier(ownership(A)).entries[0].index

    found = proven(sales, with_evidence(file_of(sales), lambda bundle: without(bundle, claimed)))

    assert found.is_proven


def test_what_the_log_should_never_have_taken_is_named_by_its_leaf(
    sales: Sales, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Bookkeeping, "judge", lambda *_: None)
        slipped_in = sales.refunded(minor=1)

    found = proven(sales, file_of(sales))

    assert [flaw.message.partition(":")[0] for flaw in found.flaws] == [f"leaf {slipped_in.index}"]
    assert Code.OTHER_AMOUNT in found.flaws[0].message


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda members: members.pop("evidence"), "/evidence"),
        (lambda members: members.update(more=1), "/more"),
        (lambda members: members.update(decisionBundle="provenance.decision-bundle/2"), "/decisionBundle"),
        (lambda members: members["case"]["facts"].update(paid=-1), "/case/facts/paid"),
        (lambda members: members["evidence"].update(bundle="other"), "/evidence/bundle"),
    ],
)
def test_what_is_no_decision_bundle_is_refused_with_its_place(
    sales: Sales, change: Callable[[Members], object], pointer: str
) -> None:
    with pytest.raises(MalformedError) as refused:
        proven(sales, changed(file_of(sales), change))

    assert refused.value.refusal.pointer == pointer
