"""Our forms agree with the unit tests of the GS1 syntax engine and with its answers to thousands of messages.

Rows that are left out say why where they are: the engine's mode for identifiers that no table knows (we have none), and
symbols that are none. A row is recognised by what it asks, so other rows of the same kind are judged alike.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1 import digital_link
from provenance.gs1.application_identifiers import TABLE, find
from provenance.gs1.check_digits import check_digit
from provenance.gs1.digital_link import (
    canonical_link,
    escape,
    format_link,
    parse_link,
    unescape_path,
    unescape_query,
)
from provenance.gs1.element_string import (
    SEPARATOR,
    format_bracketed,
    format_element_string,
    parse_bracketed,
    parse_element_string,
)
from provenance.gs1.elements import Elements, check_together
from provenance.gs1.human_readable import format_titled_lines, parse_lines
from provenance.gs1.reading import Note, read_code
from provenance.gs1.scan_data import Scan, Symbology, format_scan, parse_scan
from tests.vectors import vectors

Row = dict[str, Any]

# Left out: how long the value of an identifier is that nobody has defined, nobody can tell; we read none.
UNKNOWN_ALLOWED = {"permitUnknownAIs", "unknownAInotDLattr"}

# The reference's reason and ours.
REASONS = [
    (r"^Required AIs", Code.MISSING_AI),
    (r"^It is invalid to pair", Code.EXCLUDED_AI),
    (r"value is too (short|long)$", Code.WRONG_LENGTH),
    (r"check (digit|character pair|pair) is incorrect|IBAN checksum", Code.BAD_CHECK_DIGIT),
    (r"^Unrecognised AI|^Unknown AI", Code.UNKNOWN_AI),
    (r"^Failed to parse AI data", Code.MALFORMED_ELEMENTS),
    (r"Company Prefix is invalid|A zero is required|illegal (month|day)", Code.WRONG_CONTENT),
    (r"^Multiple instances|is duplicated$", Code.REPEATED_AI),
    (r"non-CSET|illegal \^|non-digit|contains illegal characters", Code.WRONG_CHARACTER),
    (r"^No GS1 DL keys|should be in the path|not a valid key-qualifier", Code.MALFORMED_LINK),
    (r"not a valid DL|value cannot be empty|scheme|domain", Code.MALFORMED_LINK),
    (r"^AI \(\d+\): ", Code.WRONG_CONTENT),  # whatever else is wrong within a value
]


def rows(name: str) -> list[Row]:
    found: list[Row] = json.loads(vectors("gs1", name).read_text("utf-8"))
    return found


def fnc1(text: str) -> str:
    """The reference's element string, which begins with ^ and separates by it, as a scanner sends it."""
    assert text.startswith("^")
    return text[1:].replace("^", SEPARATOR)


def reason(error: str) -> Code:
    return next(code for pattern, code in REASONS if re.search(pattern, error))


def elements_or_code(parse: Any, text: str) -> Elements | Code:
    try:
        found = parse(text)
    except MalformedError as err:
        return err.code
    return found if isinstance(found, tuple) else found.elements


def test_thousands_of_messages_with_brackets_get_the_reference_s_answer() -> None:
    differing = []
    for row in rows("oracle_ai_strings.json"):
        try:
            elements = parse_bracketed(row["input"])
            check_together(elements)
        except MalformedError as err:
            if row["ok"] or err.code is not reason(row["error"]):
                differing.append((row, str(err)))
            continue
        if not row["ok"]:
            differing.append((row, "accepted"))
            continue
        assert parse_element_string(fnc1(row["element_string"])) == elements
        assert parse_lines(row["hri"]) == elements
        assert elements_or_code(parse_scan, row["scan_gs1_dm"].replace("{GS}", SEPARATOR)) == elements
        if len(set(elements)) == len(elements):  # the reference writes what is said twice a second time; we do not
            assert format_element_string(elements) == fnc1(row["element_string"])
            assert format_bracketed(elements) == row["ai_string"]
            assert format_titled_lines(elements) == tuple(row["hri"])
            for symbology, name in ((Symbology.GS1_QR, "scan_gs1_qr"), (Symbology.GS1_DATA_MATRIX, "scan_gs1_dm")):
                assert format_scan(Scan(symbology, elements)) == row[name].replace("{GS}", SEPARATOR)
        if row["dl_uri"] is None:
            with pytest.raises(MalformedError):
                format_link(elements, stem="https://example.com")
        else:
            assert format_link(elements, stem="https://example.com") == row["dl_uri"]

    assert differing == []


def test_thousands_of_links_get_the_reference_s_answer() -> None:
    differing = []
    for row in rows("oracle_dl_uris.json"):
        try:
            link = parse_link(row["input"])
            check_together(link.elements)
        except MalformedError as err:
            if row["ok"] or err.code is not reason(row["error"]):
                differing.append((row, str(err)))
            continue
        if not row["ok"]:
            differing.append((row, "accepted"))
            continue
        assert format_bracketed(link.elements) == row["ai_string"]
        assert format_titled_lines(link.elements) == tuple(row["hri"])
        assert list(link.ignored) == row["ignored_query"]
        assert canonical_link(link) == row["canonical_dl"]

    assert differing == []


def test_links_of_the_engine_s_own_tests_are_read_or_refused_alike() -> None:
    differing = []
    for row in rows("engine_dl_parse.json"):
        if row["options"]:
            continue  # the next test
        found = elements_or_code(parse_link, row["uri"])
        expected = parse_element_string(fnc1(row["element_string"])) if row["ok"] else None
        if (found if isinstance(found, tuple) else None) != expected:
            differing.append((row, found))

    assert differing == []


def test_the_engine_s_lenient_modes_are_what_the_patient_reader_forgives() -> None:
    forgiven = {"permitConvenienceAlphas": Note.NAMED_KEY, "permitZeroSuppressedGTIN": Note.SHORT_GTIN}
    for row in rows("engine_dl_parse.json"):
        if not row["options"]:
            continue
        if set(row["options"]) & UNKNOWN_ALLOWED:
            continue
        found = elements_or_code(read_code, row["uri"])
        if not row["ok"]:
            assert isinstance(found, Code), row
            continue
        assert found == parse_element_string(fnc1(row["element_string"])), row
        notes = read_code(row["uri"]).notes
        if isinstance(elements_or_code(parse_link, row["uri"]), Code):
            assert notes == (forgiven[next(iter(row["options"]))],), row


def test_links_are_written_as_in_the_engine_s_own_tests() -> None:
    differing = []
    for row in rows("engine_dl_generate.json"):
        elements = parse_bracketed(row["ai_string"])
        try:
            link = format_link(elements, stem=row["stem"] or digital_link.CANONICAL_STEM)
        except MalformedError:
            link = None
        if link != row["uri"]:
            differing.append((row["ai_string"], link))

    assert differing == []


def test_every_sequence_of_key_and_qualifiers_is_allowed_and_no_other() -> None:
    allowed = {tuple(sequence) for sequence in rows("dl_valid_key_qualifier_sequences.json")}
    newer = {("415",), ("415", "8020")}  # 415 became a primary key after that list was made
    ours = set()
    for row in TABLE.values():
        for sequence in row.sequences or ():
            for chosen in range(2 ** len(sequence)):
                picked = (ai for place, ai in enumerate(sequence) if chosen >> place & 1)
                ours.add((row.ai, *picked))

    assert ours == allowed | newer


def test_values_are_escaped_and_unescaped_as_in_the_engine_s_own_tests() -> None:
    for row in rows("engine_uri_escape.json"):
        assert escape(row["input"]) == row["path"]
        if " " not in row["input"]:  # no value has a space, so none is ever written into a query
            assert escape(row["input"]) == row["query"]
    for row in rows("engine_uri_unescape.json"):
        assert unescape_path(row["input"]) == row["path"]
        assert unescape_query(row["input"]) == row["query"]


def test_element_strings_and_brackets_are_read_as_in_the_engine_s_own_tests() -> None:
    for row in rows("engine_element_string.json"):
        found = elements_or_code(parse_element_string, fnc1(row["element_string"] or "^"))
        assert isinstance(found, tuple) == row["ok"], row
    for row in rows("engine_ai_parse.json"):
        found = elements_or_code(parse_bracketed, row["ai_string"])
        assert isinstance(found, tuple) == row["ok"], row
        if row["ok"]:
            assert found == parse_element_string(fnc1(row["element_string"]))


def test_what_may_stand_together_is_judged_as_in_the_engine_s_own_tests() -> None:
    codes = {
        "validateAIrepeats": Code.REPEATED_AI,
        "validateAImutex": Code.EXCLUDED_AI,
        "validateAIrequisites": Code.MISSING_AI,
        "validateDigSigRequiresSerialisedKey": Code.MISSING_AI,
    }
    for row in rows("engine_ai_associations.json"):
        elements = tuple(re.findall(r"\((\d+)\)([^(]*)", row["ai_string"]))
        if any(ai not in TABLE for ai, _ in elements):
            assert "permitUnknownAIs" in row["options"]
            continue
        try:
            check_together(elements)
            code = None
        except MalformedError as err:
            code = err.code
        assert code == (None if row["ok"] else codes[row["rule"]]), row


SYMBOLOGIES = {
    "QR": (Symbology.QR, Symbology.GS1_QR),
    "DM": (Symbology.DATA_MATRIX, Symbology.GS1_DATA_MATRIX),
    "DotCode": (Symbology.DOTCODE, Symbology.GS1_DOTCODE),
    "DataBarExpanded": (None, Symbology.DATABAR),
    "DataBarOmni": (None, Symbology.DATABAR),
    "DataBarLimited": (None, Symbology.DATABAR),
    "DataBarStacked": (None, Symbology.DATABAR),
    "DataBarStackedOmni": (None, Symbology.DATABAR),
    "DataBarTruncated": (None, Symbology.DATABAR),
    "GS1_128_CCA": (None, Symbology.GS1_128),
    "GS1_128_CCC": (None, Symbology.GS1_128),
    "EAN13": (None, Symbology.EAN_13),
    "UPCA": (None, Symbology.EAN_13),
    "UPCE": (None, Symbology.EAN_13),
    "EAN8": (None, Symbology.EAN_8),
}


_DIGITS = {"EAN13": 13, "EAN8": 8, "UPCA": 12, "UPCE": 12}


def _plain(data: str) -> str:
    """Text in the reference's notation, where one backslash keeps a leading ^ from meaning FNC1."""
    return data[1:] if re.match(r"\\+\^", data) else data


def test_scans_are_read_as_in_the_engine_s_own_tests() -> None:
    for row in rows("engine_scandata_process.json"):
        try:
            scan = parse_scan(row["scan_data"])
        except MalformedError:
            assert not row["ok"], row
            continue
        plain, gs1 = SYMBOLOGIES[row["symbology"]]
        if row["data"].startswith("^"):
            assert scan == Scan(gs1, parse_element_string(fnc1(row["data"]))), row
        elif plain is not None:
            assert scan == Scan(plain, text=_plain(row["data"])), row
        else:
            assert scan == Scan(gs1, (("01", row["data"].zfill(14)),)), row


def _sent(symbology: str, data: str) -> str:
    """What a scanner sends for the linear or two-dimensional part of a symbol, and for the composite part on top."""
    plain, gs1 = SYMBOLOGIES[symbology]
    linear, _, composite = data.partition("|")
    if linear[:1] == "^":
        elements = parse_element_string(fnc1(linear))
    elif plain is not None:
        return format_scan(Scan(plain, text=_plain(linear)))
    else:
        elements = parse_element_string("01" + linear.zfill(14))
    if not composite:
        return format_scan(Scan(gs1, elements))
    more = parse_element_string(fnc1(composite))
    if gs1 in {Symbology.EAN_13, Symbology.EAN_8}:
        return format_scan(Scan(gs1, elements)) + "|" + format_scan(Scan(Symbology.DATABAR, more))
    return format_scan(Scan(Symbology.DATABAR, elements + more))


def test_scans_are_written_as_in_the_engine_s_own_tests() -> None:
    for row in rows("engine_scandata_generate.json"):
        symbology, data = row["symbology"], row["data"]
        if symbology == "NONE":
            continue  # no symbol, no scan
        number = data.partition("|")[0]
        if number.isdecimal() and len(number) == _DIGITS.get(symbology, 0) - 1:
            data = data.replace(
                number, number + check_digit(number), 1
            )  # the engine completes it; here the caller does
        try:
            sent = _sent(symbology, data)
        except MalformedError:
            sent = None
        expected = row["scan_data"]
        if expected is not None and data.endswith("^"):
            expected = expected.removesuffix(SEPARATOR)  # we write no separator that separates nothing
        assert sent == expected, row


def test_the_links_behind_the_compressed_ones_are_read() -> None:
    """The compressed form itself is neither read nor written: its reference implementation changes values."""
    for row in rows("oracle_compressed_dl.json"):
        link = parse_link(row["uri"])
        assert all(find(ai) for ai, _ in link.elements)
        if row["same_values"]:
            again = row["decompressed"].replace('"', "%22")  # which that implementation forgets to escape
            assert set(parse_link(again).elements) == set(link.elements), row
