"""Our table of application identifiers says what the GS1 Barcode Syntax Dictionary says."""

from __future__ import annotations

import re

from provenance.gs1 import coupons, linters
from provenance.gs1.application_identifiers import TABLE
from tests.gs1_linter_names import LINTERS
from tests.vectors import vectors

_ENTRY = re.compile(r"([0-9]+)(?:-([0-9]+))?\s+(?:([*?]+)\s+)?(.*?)(?:\s+# (.*))?")
_ALPHABETS = {"N": linters.numeric, "X": linters.cset_82, "Y": linters.cset_39, "Z": linters.cset_64}


def _described(part: str) -> tuple[object, int, int, tuple[object, ...], bool]:
    name, *checks = part.replace("[", "").replace("]", "").split(",")
    longest = int(name[1:].lstrip("."))
    shortest = 1 if ".." in name else longest
    return _ALPHABETS[name[0]], shortest, longest, tuple(LINTERS[check] for check in checks), part.startswith("[")


def _listed(attributes: list[str], name: str) -> tuple[str, ...]:
    found = [attribute.partition("=")[2] for attribute in attributes if attribute.startswith(name + "=")]
    assert len(found) <= 1
    return tuple(found[0].split(",")) if found else ()


def test_the_table_agrees_with_the_dictionary_row_by_row() -> None:
    seen = set()

    for line in vectors("gs1", "gs1-syntax-dictionary.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        entry = _ENTRY.fullmatch(line)
        assert entry, line
        first, last, flags, rest, title = entry.groups("")
        words = rest.split()
        parts = [word for word in words if re.match(r"\[?[NXYZ]", word)]
        attributes = [word for word in words if word not in parts]
        key = next((word for word in attributes if word.startswith("dlpkey")), None)
        sequences = None if key is None else tuple(_sequence(s) for s in key.partition("=")[2].split("|"))
        for number in range(int(first), int(last or first) + 1):
            row = TABLE[f"{number:0{len(first)}}"]
            seen.add(row.ai)
            told = [(p.alphabet, p.shortest, p.longest, p.checks, p.is_optional) for p in row.parts]

            assert told == [_described(part) for part in parts], line
            assert row.needs == tuple(tuple(group.split("+")) for group in _listed(attributes, "req")), line
            assert row.excludes == _listed(attributes, "ex"), line
            assert row.sequences == sequences, line
            assert (row.is_fixed, row.is_attribute) == ("*" in flags, "?" in flags), line
            assert row.title == title, line

    assert seen == TABLE.keys()


def _sequence(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def test_the_names_of_the_dictionary_s_checks_are_all_known() -> None:
    assert {coupons.coupon, coupons.positive_offer} <= set(LINTERS.values())
