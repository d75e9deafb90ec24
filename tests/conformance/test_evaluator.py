"""The evaluator is what its name says, and a second one, written in another language, says the same of every case.

``tests/interop/decide.mjs`` shares nothing with the Python but the rules and the law tables in the files it reads.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given, settings

from provenance.commerce.decision import decision_members, format_decision
from provenance.commerce.evaluation import EVALUATOR, decide
from provenance.commerce.facts import Facts, format_facts, parse_facts
from provenance.commerce.replay import format_case, replay
from provenance.commerce.terms import Terms, format_terms, parse_terms
from provenance.commerce.vocabulary import Breach, Clause, Outcome
from provenance.encoding import canonical
from tests.after_sales import cases, numbered_case
from tests.vectors import ROOT

SECOND = ROOT / "tests" / "interop" / "decide.mjs"
NUMBERED = 2500

Case = tuple[Terms, Facts]


@cache
def numbered_cases() -> tuple[Case, ...]:
    return tuple(numbered_case(number) for number in range(NUMBERED))


def second_evaluator(files: Sequence[bytes]) -> list[bytes]:
    """What the JavaScript decides."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed: the second evaluator cannot run")
    done = subprocess.run(
        [node, SECOND], input=b"\n".join([*files, b""]), capture_output=True, timeout=120, check=False
    )
    assert done.stderr == b""
    return done.stdout.split(b"\n")[:-1]


def test_the_evaluator_decides_the_numbered_cases_as_its_name_says() -> None:
    # Whoever changes what is decided makes another evaluator: give it this hash, and keep the old one to replay with.
    decided = hashlib.sha256()
    for terms, facts in numbered_cases():
        members = decision_members(decide(terms, facts))
        del members["evaluator"]
        decided.update(canonical.dump(members) + b"\n")

    assert decided.hexdigest() == EVALUATOR


def test_the_numbered_cases_reach_every_outcome_every_clause_and_every_breach() -> None:
    decisions = [decide(terms, facts) for terms, facts in numbered_cases()]

    clauses = Counter(cited.clause for decision in decisions for cited in decision.clauses)
    breaches = Counter(breached.breach for decision in decisions for breached in decision.breaches)
    assert {decision.outcome for decision in decisions} == set(Outcome)
    assert set(clauses) == set(Clause)
    assert set(breaches) == set(Breach)


def test_a_second_evaluator_decides_every_numbered_case_byte_for_byte_the_same() -> None:
    decided = [(terms, facts, decide(terms, facts)) for terms, facts in numbered_cases()]

    again = second_evaluator([format_case(terms, facts, decision) for terms, facts, decision in decided])

    assert again == [format_decision(decision) for _, _, decision in decided]


def test_a_second_evaluator_decides_whatever_case_there_is_byte_for_byte_the_same() -> None:
    files: list[bytes] = []
    decisions: list[bytes] = []

    @settings(max_examples=settings().max_examples // 4)
    @given(cases())
    def collect(case: Case) -> None:
        decision = decide(*case)
        files.append(format_case(*case, decision))
        decisions.append(format_decision(decision))
        # what the file holds reads back as what it was made from
        assert parse_terms(format_terms(case[0])) == case[0]
        assert parse_facts(format_facts(case[1])) == case[1]
        assert replay(files[-1]).is_identical

    collect()
    assert second_evaluator(files) == decisions
