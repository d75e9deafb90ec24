"""GS1 values and messages for Hypothesis: every application identifier of the table, each value valid."""

from __future__ import annotations

import string

from hypothesis import strategies as st

from provenance.errors import MalformedError
from provenance.gs1 import check_digits, code_lists, coupons, linters
from provenance.gs1.application_identifiers import TABLE, ApplicationIdentifier, Part
from provenance.gs1.elements import Elements, check_together

_ALPHABETS: dict[linters.Linter, str] = {
    linters.numeric: string.digits,
    linters.cset_82: check_digits.CSET_82,
    linters.cset_39: "#-/" + string.digits + string.ascii_uppercase,
    linters.cset_64: string.ascii_letters + string.digits + "-_",
}
_DATES = st.dates().map(lambda day: f"{day:%y%m%d}")
_HOURS = st.integers(0, 23).map("{:02}".format)
_MINUTES = st.integers(0, 59).map("{:02}".format)
_CONTENTS: dict[linters.Linter, st.SearchStrategy[str]] = {
    linters.date: _DATES,
    linters.date_or_month: st.one_of(_DATES, _DATES.map(lambda day: day[:4] + "00")),
    linters.full_date: st.dates().map(lambda day: f"{day:%Y%m%d}".zfill(8)),
    linters.hour: _HOURS,
    linters.minute: _MINUTES,
    linters.second: _MINUTES,
    linters.hour_minute: st.builds(str.__add__, _HOURS, _MINUTES),
    linters.country: st.sampled_from(sorted(code_lists.COUNTRIES)),
    linters.country_or_999: st.sampled_from([*sorted(code_lists.COUNTRIES), "999"]),
    linters.country_letters: st.sampled_from(sorted(code_lists.COUNTRY_LETTERS)),
    linters.currency: st.sampled_from(sorted(code_lists.CURRENCIES)),
    linters.package_type: st.sampled_from(sorted(code_lists.PACKAGE_TYPES)),
    linters.media_type: st.sampled_from(sorted(code_lists.MEDIA_TYPES)),
    linters.latitude: st.integers(0, 1_800_000_000).map("{:010}".format),
    linters.longitude: st.integers(0, 3_600_000_000).map("{:010}".format),
    linters.yes_or_no: st.sampled_from("01"),
    linters.sex: st.sampled_from("0129"),
    linters.winding: st.sampled_from("019"),
    linters.hyphen: st.just("-"),
    linters.zero: st.just("0"),
    linters.iban: st.sampled_from(["BE71096123456769", "CH5604835012345678009"]),
    linters.importer_index: st.sampled_from("-_aZ9"),
    linters.position_in_sequence: st.sampled_from(["1/1", "1/3", "2/3"]),
    linters.piece_of_total: st.tuples(st.integers(1, 99), st.integers(1, 99)).map(
        lambda pair: f"{min(pair):02}{max(pair):02}"
    ),
    coupons.coupon: st.sampled_from(["012345612345611110123", "10614141011111275110111"]),
    coupons.positive_offer: st.sampled_from(["001234561234560123456"]),
}


def components(part: Part) -> st.SearchStrategy[str]:
    """Valid components of one part of a value."""
    for check in part.checks:
        if check in _CONTENTS:
            return _CONTENTS[check]
    alphabet = _ALPHABETS[part.alphabet]
    text = st.text(alphabet, min_size=part.shortest, max_size=part.longest)
    if linters.check_digit in part.checks:
        return text.map(lambda digits: digits[:-1] + check_digits.check_digit(digits[:-1]))
    if linters.check_pair in part.checks:
        rest = st.text(check_digits.CSET_82, max_size=18)
        return rest.map(lambda reference: (base := "9521X" + reference) + check_digits.check_pair(base))
    if linters.prefix in part.checks:
        return text.map(lambda reference: ("9521" + reference)[: part.longest])
    if linters.no_leading_zero in part.checks:
        return text.map(lambda digits: digits.lstrip("0") or "0")
    if linters.not_zero in part.checks:
        return text.map(lambda digits: digits[:-1] + "1")
    if linters.percent_encoded in part.checks:
        return text.map(lambda words: words.replace("%", "."))
    return text


@st.composite
def values(draw: st.DrawFn, row: ApplicationIdentifier) -> str:
    """Valid values of one application identifier."""
    value = ""
    for part in row.parts:
        if part.is_optional and draw(st.booleans()):
            break
        value += draw(components(part))
    return value


ROWS = st.sampled_from(sorted(TABLE.values(), key=lambda row: row.ai))


@st.composite
def messages(draw: st.DrawFn) -> Elements:
    """Elements that may stand together on one thing; a primary key first."""
    keys = [row for row in TABLE.values() if row.is_key and row.ai != "415"]
    key = draw(st.sampled_from(keys))
    others = draw(st.lists(ROWS, max_size=6))
    wanted = [TABLE[ai] for sequence in key.sequences or () for ai in sequence if draw(st.booleans())]
    elements: Elements = ((key.ai, draw(values(key))),)
    for row in (*wanted, *others):
        if row.ai in dict(elements):
            continue
        longer = (*elements, (row.ai, draw(values(row))))
        try:
            check_together(longer)
        except MalformedError:
            continue
        elements = longer
    return elements


SERIALS = st.text(check_digits.CSET_82, min_size=1, max_size=20)
GTINS = st.text(string.digits, min_size=13, max_size=13).map(lambda digits: digits + check_digits.check_digit(digits))
