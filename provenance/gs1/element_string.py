"""Element strings: the form inside barcodes, with separators, and the form for people who type, with brackets.

Rules:

* inside a barcode an identifier is followed by its value; after a value of variable length comes a separator
  (FNC1, read as ASCII 29), unless it is the last; one separator too many after a value is forgiven;
* the FNC1 that opens a GS1 barcode is not part of the text: the symbology identifier tells (``scan_data``);
* with brackets, every identifier stands in them, and an opening bracket in a value is written ``\\(``;
* reading checks each value; whether they may stand together is checked when issuing (``elements.check_together``).

::

    010952123454321310L1<GS>21S1
    (01)09521234543213(10)L1(21)S1

GS1 General Specifications, section 7.8.
"""

from __future__ import annotations

import re

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import find, starting
from provenance.gs1.elements import LONGEST, Elements, check_values, issue, shown

SEPARATOR = "\x1d"
"""What a scanner sends for FNC1 between two values: ASCII 29, GS."""

_BRACKETED = re.compile(r"\(([^)]*)\)((?:[^(\\]|\\\(|\\(?!\())*)")


def parse_element_string(text: str) -> Elements:
    """The elements of a barcode's text, without symbology identifier and opening FNC1.

    >>> parse_element_string("010952123454321310L1\\x1d21S1")
    (('01', '09521234543213'), ('10', 'L1'), ('21', 'S1'))
    """
    if not 0 < len(text) <= LONGEST:
        raise MalformedError(
            Code.MALFORMED_ELEMENTS, f"an element string has 1 to {LONGEST} characters, not {len(text)}"
        )
    elements: Elements = ()
    at = 0
    while at < len(text):
        row = starting(text[at : at + 4])
        at += len(row.ai)
        separator = text.find(SEPARATOR, at)
        end = len(text) if separator < 0 else separator
        if row.is_fixed:
            end = min(end, at + row.longest)
        elements += ((row.ai, text[at:end]),)
        at = end + text.startswith(SEPARATOR, end)
    check_values(elements)
    return elements


def format_element_string(elements: Elements) -> str:
    """The text to put into a GS1 barcode behind its opening FNC1; refuses what may not be written on a thing.

    >>> format_element_string((("01", "09521234543213"), ("10", "L1"), ("21", "S1")))
    '010952123454321310L1\\x1d21S1'
    """
    elements = issue(elements)
    pieces = [ai + value + ("" if find(ai).is_fixed else SEPARATOR) for ai, value in elements]
    return "".join(pieces).removesuffix(SEPARATOR)


def parse_bracketed(text: str) -> Elements:
    """The elements of a text with brackets.

    >>> parse_bracketed("(01)09521234543213(21)a\\\\(b")
    (('01', '09521234543213'), ('21', 'a(b'))
    """
    if len(text) > LONGEST:
        raise MalformedError(Code.MALFORMED_ELEMENTS, f"a text of {len(text)} characters is no GS1 message")
    elements: Elements = ()
    at = 0
    while at < len(text) or not elements:
        match = _BRACKETED.match(text, at)
        if match is None:
            raise MalformedError(
                Code.MALFORMED_ELEMENTS,
                f"{shown(text)} has no identifier in brackets with its value at character {at + 1}",
            )
        ai, value = match.groups()
        elements += ((find(ai).ai, value.replace("\\(", "(")),)
        at = match.end()
    check_values(elements)
    return elements


def format_bracketed(elements: Elements) -> str:
    """The text with brackets; refuses what may not be written on a thing.

    >>> format_bracketed((("01", "09521234543213"), ("21", "a(b")))
    '(01)09521234543213(21)a\\\\(b'
    """
    return "".join(f"({ai})" + value.replace("(", "\\(") for ai, value in issue(elements))
