"""The steps that every verifier takes: which one sees what, and what the verdict makes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provenance.bundle import parse_bundle
from provenance.custody.verdict import VerdictClass
from provenance.errors import MalformedError
from provenance.evidence import verify_file
from provenance.proof_steps import RESTS_ON, Outcome, ProofStep
from provenance.trust import parse_trust
from tests.shared_bundles import BAG, TRADE_ONLY, Case, every, told
from tests.world import World

ORDER = tuple(VerdictClass)
AT_LEAST_UNCHECKED = ORDER[: ORDER.index(VerdictClass.COULD_NOT_CHECK) + 1]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Case]]:
    world = World(tmp_path_factory.mktemp("steps") / "world")
    yield every(world)
    world.close()


def outcomes(case: Case) -> dict[ProofStep, Outcome]:
    try:
        return verify_file(case.bundle, parse_trust(case.trust)).steps.outcomes()
    except MalformedError:
        return dict.fromkeys(ProofStep, Outcome.NOT_CHECKED) | {ProofStep.FILE: Outcome.FAILS}


def test_each_tampering_is_seen_by_the_step_it_belongs_to(cases: list[Case]) -> None:
    found = {
        case.name: next((step for step, outcome in outcomes(case).items() if outcome is Outcome.FAILS), None)
        for case in cases
    }

    assert found == {case.name: case.fails for case in cases}


def test_a_verdict_never_says_more_than_the_steps(cases: list[Case]) -> None:
    for case in cases:
        if case.fails is ProofStep.FILE:
            continue
        verdict = verify_file(case.bundle, parse_trust(case.trust)).verdict.shown

        assert case.fails is None or verdict in AT_LEAST_UNCHECKED, case.name


def test_what_only_the_trade_can_see_the_verdict_sees(cases: list[Case]) -> None:
    case = next(case for case in cases if case.name == TRADE_ONLY)

    report = verify_file(case.bundle, parse_trust(case.trust))

    assert report.verdict.shown is not VerdictClass.CONSISTENT
    assert Outcome.FAILS not in report.steps.outcomes().values()


def test_a_step_that_rests_on_one_that_failed_is_not_checked(cases: list[Case]) -> None:
    for case in cases:
        found = outcomes(case)
        for step, before in RESTS_ON.items():
            if any(found[one] in (Outcome.FAILS, Outcome.NOT_CHECKED) for one in before):
                assert found[step] is Outcome.NOT_CHECKED, (case.name, step)


def test_nobody_is_asked_to_confirm_where_the_trust_file_wants_nobody(cases: list[Case]) -> None:
    assert outcomes(cases[0])[ProofStep.COSIGNATURES] is Outcome.NOT_ASKED


def test_a_failed_step_says_which_leaf_and_why(cases: list[Case]) -> None:
    case = next(case for case in cases if case.name == "a byte of a body")

    report = verify_file(case.bundle, parse_trust(case.trust))

    (failed,) = [row for row in report.steps.members() if isinstance(row, dict) and row["step"] == "signatures"]
    assert isinstance(failed, dict)
    assert failed["outcome"] == "fails"
    assert failed["index"] in [exhibit.index for exhibit in parse_bundle(case.bundle).exhibits]
    assert "does not hold" in str(failed["message"])


def test_a_server_shows_what_is_not_recorded_yet_as_not_checked(world: World) -> None:
    told(world)
    steps = world.trace(BAG).steps

    assert steps.outcome(ProofStep.INCLUSION) is Outcome.NOT_CHECKED
    assert steps.outcome(ProofStep.SIGNATURES) is Outcome.HOLDS
    assert Outcome.FAILS not in steps.outcomes().values()
