"""Whoever is refused learns what to do next."""

from __future__ import annotations

import re
from collections import Counter
from string import ascii_lowercase

import pytest

from provenance.codes import NEXT_STEP, Code
from tests.vectors import ROOT


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_next_step_that_is_a_sentence(code: Code) -> None:
    step = NEXT_STEP[code]

    assert step[0].isupper()
    assert step.endswith((".", "…"))
    assert "\n" not in step


def test_no_next_step_belongs_to_no_code() -> None:
    assert set(NEXT_STEP) == set(Code)


@pytest.mark.parametrize("code", Code)
def test_a_code_is_spelled_in_lower_case_words_with_hyphens_like_its_name(code: Code) -> None:
    assert re.fullmatch(rf"[{ascii_lowercase}0-9]+(-[{ascii_lowercase}0-9]+)*", code.value)
    assert code.name == code.value.upper().replace("-", "_")


def test_every_code_is_given_somewhere() -> None:
    # A code nobody gives is a promise of a check that is not made.
    source = "\n".join(
        path.read_text()
        for package in ("provenance", "web", "labels")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "codes.py"
    )
    given = Counter(re.findall(r"\bCode\.([A-Z][A-Z0-9_]+)", source))

    assert [code.name for code in Code if not given[code.name]] == []
