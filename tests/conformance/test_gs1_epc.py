"""EPC URNs and Digital Links are translated as OpenEPCIS does where it follows the standard."""

from __future__ import annotations

import json
import re
from typing import Any

from provenance.adapters.prefix_list import listed_prefix
from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.company_prefix import is_licensed, prefix_of, prefixes_of
from provenance.gs1.epc_urn import format_urn, parse_urn
from provenance.gs1.identifiers import Identifier, identify, read_epc
from tests.vectors import vectors

RAW = 'has characters that a link or URN must escape: " # % & / < > ?'
CHECK_DIGIT = "has a wrong check digit"
NO_REFERENCE = "names a component by nothing but its company prefix"
PIECE = "has more pieces than there are, such as 40 of 39"
VOCABULARY = "translates words of the CBV, not identifiers"
SHORT_LICENCE = "a licence of 5 digits counts as a block of six-digit prefixes, so it has a URN"


def _rows(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(vectors("gs1", name).read_text("utf-8"))
    return rows


def _translated(row: dict[str, Any], expected: str | None) -> str | None:
    """The other form, ``None`` where it is refused. The prefix is the one told, or the one of the expected URN."""
    try:
        identifier = read_epc(row["input"])
        if not row["op"].startswith("toURN"):
            return identifier.uri
        length = row["gcp_length"] or (len(expected.split(":")[4].split(".")[0]) if expected else 0)
        prefix = next((prefix for prefix in prefixes_of(identifier) if len(prefix) == length), "")
        return format_urn(identifier.elements, prefix=prefix)
    except MalformedError:
        return None


def _why_left_out(row: dict[str, Any]) -> str | None:
    text, both = row["input"], row["input"] + " " + row["expected"]
    if "Vocabulary" in row["op"]:
        return VOCABULARY
    rest = text.split("/", 4)[-1] if text.startswith("http") else text.split(":", 4)[-1]
    if (
        any(character in rest + row["expected"].split(":", 4)[-1] for character in '"<>&?')
        or "//" in rest
        or "#" in rest
    ):
        return RAW
    if text.endswith("%") or (text.startswith("http") and len(rest.split("/")) % 2 == 0):
        return RAW  # the slash or percent sign of a value, unescaped
    if re.search(r":cpi:[0-9-]+\.\.", both):
        return NO_REFERENCE
    if any(piece > total for piece, total in re.findall(r"itip:[^ ]*?\.(\d\d)\.(\d\d)\.", both)):
        return PIECE
    try:
        read_epc(text)
    except MalformedError as err:
        return CHECK_DIGIT if err.code is Code.BAD_CHECK_DIGIT else None
    return None


def test_every_translation_that_follows_the_standard_is_ours_too() -> None:
    rows, left_out, differing = _rows("epc_translate_ok.json"), 0, []
    for row in rows:
        got = _translated(row, row["expected"])
        if got == row["expected"]:
            continue
        if _why_left_out(row) is None:
            differing.append((row, got))
        left_out += 1

    assert differing == []
    assert left_out < len(rows) / 3


def test_everything_that_is_refused_there_is_refused_here() -> None:
    accepted = [(row, got) for row in _rows("epc_translate_reject.json") if (got := _translated(row, None)) is not None]

    assert {row["gcp_length"] for row, _ in accepted} <= {5}, SHORT_LICENCE
    assert all(got.split(":")[4].index(".") == 6 for _, got in accepted)


def test_the_published_list_tells_where_a_prefix_ends_or_nobody_does() -> None:
    for row in _rows("gtin_gcp_sgtin.json"):
        identifier = identify((("01", row["gtin14"]), ("21", "S")))
        try:
            found = prefix_of(identifier, frozenset(), listed_prefix)
        except MalformedError as err:
            assert err.code is Code.UNKNOWN_PREFIX
            found = None
        assert found == row["gcp"], row


def test_a_serial_number_is_split_where_the_company_prefix_ends() -> None:
    for row in _rows("gtin_gcp_sgtin.json"):
        if row["gcp"] is None:
            identifier = identify((("01", row["gtin14"]), ("21", "S")))
            try:
                prefix_of(identifier, frozenset())
                raise AssertionError(row)
            except MalformedError as err:
                assert err.code is Code.UNKNOWN_PREFIX
            continue
        identifier = identify((("01", row["gtin14"]), ("21", row["serial"])))

        assert format_urn(identifier.elements, prefix=prefix_of(identifier, {row["gcp"]})) == row["sgtin"]
        assert parse_urn(row["sgtin"]) == identifier.elements


# Digits cannot tell a prefix that GS1 licenses to its member organisations from one that these license to companies.
A_LICENCE_TELLS = {("09521999543213", "9521")}


def test_who_may_issue_a_key_is_decided_as_the_credential_vectors_ask() -> None:
    rows = json.loads(vectors("credentials", "gs1_vc", "prefix_authority.json").read_text("utf-8"))["vectors"]

    for row in rows:
        if (row["value"], row["licensedPrefix"]) in A_LICENCE_TELLS:
            continue
        assert is_licensed(row["licensedPrefix"], Identifier(row["ai"], row["value"])) is row["authorised"], row
