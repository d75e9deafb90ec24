"""Human-readable interpretation: the lines printed beside a code, for people who cannot scan it.

Rules:

* one line for each element, the identifier in brackets, a space, the value as it is encoded;
* a line may begin with the identifier's data title: ``GTIN (01) 09521234543213``;
* the brackets are not part of the data, and nothing in the value is escaped or left away.

GS1 General Specifications, section 4.14.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import find
from provenance.gs1.elements import LONGEST, Elements, check_values, issue, shown

_LINE = re.compile(r"(?:(.{1,40}) )?\(([0-9]{2,4})\) (.+)")


def format_lines(elements: Elements) -> tuple[str, ...]:
    """The lines to print; refuses what may not be written on a thing.

    >>> format_lines((("01", "09521234543213"), ("21", "S1")))
    ('(01) 09521234543213', '(21) S1')
    """
    return tuple(f"({ai}) {value}" for ai, value in issue(elements))


def format_titled_lines(elements: Elements) -> tuple[str, ...]:
    """The lines with their data titles.

    >>> format_titled_lines((("01", "09521234543213"), ("21", "S1")))
    ('GTIN (01) 09521234543213', 'SERIAL (21) S1')
    """
    return tuple(f"{find(ai).title} ({ai}) {value}".lstrip() for ai, value in issue(elements))


def parse_lines(lines: Iterable[str]) -> Elements:
    """The elements of printed lines, with or without their titles.

    >>> parse_lines(("GTIN (01) 09521234543213", "(21) S1"))
    (('01', '09521234543213'), ('21', 'S1'))
    """
    elements = tuple(_element(line) for line in lines)
    if not elements:
        raise MalformedError(Code.MALFORMED_ELEMENTS, "there are no lines")
    check_values(elements)
    return elements


def _element(line: str) -> tuple[str, str]:
    match = _LINE.fullmatch(line) if len(line) <= LONGEST else None
    if match is None or match[1] not in (None, find(match[2]).title):
        raise MalformedError(Code.MALFORMED_ELEMENTS, f"{shown(line)} is no line such as GTIN (01) 09521234543213")
    return find(match[2]).ai, match[3]
