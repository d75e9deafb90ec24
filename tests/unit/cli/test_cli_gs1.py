"""``provenance gs1``: what it says about a line, and that one line spoils nothing beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provenance.encoding import canonical
from tests.homes import write_home
from tests.terminal import Said, Terminal

GTIN = "09521234543213"
ITEM = {
    "ok": True,
    "values": [["01", GTIN], ["21", "S1"]],
    "digital_link": f"https://id.gs1.org/01/{GTIN}/21/S1",
    "element_string": f"^01{GTIN}21S1",
    "hri": [f"GTIN (01) {GTIN}", "SERIAL (21) S1"],
    "epc_urn": "urn:epc:id:sgtin:9521234.054321.S1",
}


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def rows(said: Said) -> list[Any]:
    return [canonical.parse_any(line.encode()) for line in said.out.splitlines()]


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(21)S1",
        f"https://example.com/shop/01/{GTIN}/21/S1?linkType=gs1:pip",
        f"^01{GTIN}21S1",
        f"]d201{GTIN}21S1",
        "urn:epc:id:sgtin:9521234.054321.S1",
    ],
)
def test_every_form_of_a_thing_is_parsed_alike(terminal: Terminal, text: str) -> None:
    said = terminal("gs1", "parse", text)

    assert said.code == 0
    assert rows(said) == [ITEM]
    assert said.err == "1 understood, 0 refused\n"


def test_one_object_is_printed_for_each_line_and_a_bad_one_spoils_nothing(terminal: Terminal) -> None:
    lines = [f"(01){GTIN}(21)S1".encode(), b"(01)09521234543214", b"", b"\xff", b"a" * 10_000_000, b"(400)A1\r"]

    said = terminal("gs1", "parse", "-", stdin=b"\n".join(lines))

    first, *bad, last = rows(said)
    assert said.code == 1
    assert first == ITEM
    assert [(row["ok"], row["code"], row["at"]) for row in bad] == [
        (False, "bad-check-digit", "01"),
        (False, "malformed-elements", None),
        (False, "malformed-text", None),
        (False, "malformed-text", None),
    ]
    assert "10000001 bytes" in bad[-1]["message"]
    assert last["values"] == [["400", "A1"]]
    assert said.err == "2 understood, 4 refused\n"


def test_a_patient_reader_says_what_it_forgave(terminal: Terminal) -> None:
    text = "https://example.com/gtin/9521234543213/21/S1/"

    strict, patient = terminal("gs1", "parse", text), terminal("gs1", "parse", "--tolerant", text)

    assert (strict.code, rows(strict)[0]["code"]) == (1, "malformed-link")
    assert patient.code == 0
    assert rows(patient) == [ITEM | {"normalised": ["trailing-slash", "named-key", "short-gtin"]}]


def test_all_lines_are_one_object_for_programs(terminal: Terminal) -> None:
    said = terminal("gs1", "parse", "--json", stdin=f"(01){GTIN}(21)S1\n(21)S1\n".encode())

    assert said.object["lines"][0] == ITEM
    assert (said.object["understood"], said.object["refused"], said.code) == (1, 1, 1)


def test_where_a_prefix_ends_is_told_by_a_licence_here_before_the_published_list(tmp_path: Path) -> None:
    text = "(01)09520123000011(21)A1"

    nowhere = terminal_in(tmp_path / "empty")("gs1", "parse", text)
    here = terminal_in(write_home(tmp_path / "home"))("gs1", "parse", text)

    assert rows(here)[0]["epc_urn"] == "urn:epc:id:sgtin:9520123.000001.A1"
    assert rows(nowhere)[0]["epc_urn"] != rows(here)[0]["epc_urn"]


def terminal_in(home: Path) -> Terminal:
    return Terminal(home)


def test_a_number_is_completed(terminal: Terminal) -> None:
    assert terminal("gs1", "check-digit", GTIN[:-1]).out == f"{GTIN}\n"
    assert terminal("gs1", "check-digit", "--pair", "1987654Ad4X4bL5ttr2310c").out == "1987654Ad4X4bL5ttr2310c2K\n"
    assert terminal("gs1", "check-digit", "--json", "00000000000").object == {"number": "0" * 12, "check": "0"}


@pytest.mark.parametrize("number", ["", "12a", "9" * 31, "٣٣"])
def test_what_is_no_number_is_not_completed(terminal: Terminal, number: str) -> None:
    said = terminal("gs1", "check-digit", number)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: unknown-identifier: ")


def test_a_urn_is_translated_both_ways(terminal: Terminal) -> None:
    urn, link = ITEM["epc_urn"], ITEM["digital_link"]

    there = terminal("gs1", "urn", link, "--prefix", "9521234", "--json")
    back = terminal("gs1", "urn", urn, "--json")

    assert there.object == back.object == {"urn": urn, "digital_link": link, "prefix": "9521234"}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (["(01)02000000000008(21)S1"], "unknown-prefix"),
        ([f"(01){GTIN}(21)S1", "--prefix", "952"], "unknown-prefix"),
        ([f"(01){GTIN}(21)S1", "--prefix", "9521235"], "unknown-prefix"),
        (["(01)09521234543214(21)S1"], "bad-check-digit"),
        (["(400)A1"], "unknown-identifier"),
        (["urn:epc:id:sgtin:9521234.54321.S1"], "unknown-identifier"),
    ],
)
def test_a_urn_is_refused_rather_than_guessed(terminal: Terminal, typed: list[str], code: str) -> None:
    said = terminal("gs1", "urn", *typed)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: {code}: ")
