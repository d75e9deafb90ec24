"""Our checks agree with the test cases of the GS1 Barcode Syntax Dictionary's own, and refuse for the same reason."""

from __future__ import annotations

import json
import re

import pytest

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1 import linters
from provenance.gs1.element_string import parse_bracketed
from provenance.gs1.linters import Flaw
from tests.gs1_linter_names import LINTERS
from tests.vectors import vectors

LEFT_OUT = {
    ("gcppos2", "I1234567"): "tests a hook for a data base of company prefixes; the digits are in order",
}

# What the reference calls it, what we call it, and a word of our fact; the first pattern that is found counts.
REASONS = [
    (r"COUPON_TRUNCATED|COUPON_TOO_SHORT", Code.WRONG_LENGTH, "is cut short"),
    (r"COUPON_MISSING", Code.WRONG_LENGTH, "is missing"),
    (r"COUPON_EXCESS", Code.WRONG_LENGTH, "excess data"),
    (r"COUPON_INVALID_\w+_LENGTH", Code.WRONG_CONTENT, "no possible length"),
    (r"COUPON_INVALID_\w+_DATE", Code.WRONG_CONTENT, "is no date"),
    (r"COUPON_INVALID", Code.WRONG_CONTENT, "no such code"),
    (r"COUPON_EXPIRATION_BEFORE", Code.WRONG_CONTENT, "expires before it starts"),
    (r"CSET64_PADDING", Code.WRONG_CHARACTER, "padding"),
    (r"PERCENT_SEQUENCE", Code.WRONG_CHARACTER, "percent"),
    (r"REQUIRES_NON_DIGIT", Code.WRONG_CONTENT, "digits only"),
    (r"_CHARACTER$", Code.WRONG_CHARACTER, "character"),
    (r"INCORRECT_CHECK_DIGIT", Code.BAD_CHECK_DIGIT, "check digit"),
    (r"INCORRECT_CHECK_PAIR", Code.BAD_CHECK_DIGIT, "check pair"),
    (r"INCORRECT_IBAN", Code.BAD_CHECK_DIGIT, "IBAN"),
    (r"IBAN_COUNTRY", Code.WRONG_CONTENT, "country"),
    (r"PIECE_OF_TOTAL", Code.WRONG_LENGTH, "piece"),
    (r"TOO_(SHORT|LONG)|INVALID_LENGTH", Code.WRONG_LENGTH, ""),
    (r"GCP_PREFIX", Code.WRONG_CONTENT, "company prefix"),
    (r"ILLEGAL_(MONTH|DAY|HOUR|MINUTE|SECOND)", Code.WRONG_CONTENT, "which is no"),
    (r"NOT_ISO3166_ALPHA2", Code.WRONG_CONTENT, "two letters"),
    (r"NOT_ISO3166", Code.WRONG_CONTENT, "country"),
    (r"NOT_ISO4217", Code.WRONG_CONTENT, "currency"),
    (r"ZERO|PIECE|POSITION|HYPHEN|SEX|WINDING|L[AO]\w+TUDE|MEDIA|PACKAGE", Code.WRONG_CONTENT, ""),
]


def _month_or_day(text: str) -> Flaw | None:
    """The one check of the reference that no application identifier uses: a full date whose day may be 00."""
    return linters._date(text[:6] + "01" if text[6:] == "00" else text, years=4)


CHECKS = {**LINTERS, "yyyymmd0": _month_or_day}
ROWS = json.loads(vectors("gs1", "syntax_linters.json").read_text("utf-8"))


def _is_the_reason(flaw: Flaw, error: str) -> bool:
    code, word = next((code, word) for pattern, code, word in REASONS if re.search(pattern, error))
    unit = re.search(r"ILLEGAL_(MONTH|DAY|HOUR|MINUTE|SECOND)", error)
    return flaw.code is code and word in flaw.fact and (not unit or unit[1].lower() in flaw.fact)


@pytest.mark.parametrize("name", sorted({row["linter"] for row in ROWS}))
def test_a_check_agrees_with_the_reference_in_every_case(name: str) -> None:
    rows = [row for row in ROWS if row["linter"] == name and (name, row["value"]) not in LEFT_OUT]

    differing = [
        (row, flaw)
        for row in rows
        for flaw in [CHECKS[name](row["value"])]
        if (flaw is None) != row["ok"] or (flaw is not None and not _is_the_reason(flaw, row["error"]))
    ]

    assert differing == []


def test_a_whole_value_is_refused_for_the_reason_its_part_is() -> None:
    differing = []
    for row in json.loads(vectors("gs1", "engine_ai_linters.json").read_text("utf-8")):
        try:
            parse_bracketed(row["ai_string"])
            flaw = None
        except MalformedError as err:
            flaw = Flaw(err.code, err.refusal.message)
        is_fine = row["error"] == "GS1_LINTER_OK"
        if (flaw is None) != is_fine or (flaw is not None and not _is_the_reason(flaw, row["error"])):
            differing.append((row, flaw))

    assert differing == []


def test_what_is_left_out_is_there() -> None:
    assert set(LEFT_OUT) <= {(row["linter"], row["value"]) for row in ROWS}
