"""Any text in a form that GS1 defines: what it says, with nothing forgiven.

Rules:

* the beginning tells the form: ``]`` a scan, ``http`` a GS1 Digital Link URI, ``urn:`` an EPC URN, ``(`` brackets,
  anything else an element string;
* in an element string the separator is ASCII 29; a text that begins with ``^`` is in GS1's notation on paper, where
  each ``^`` stands for FNC1, and ends with a value;
* accepted is what may be written on a thing: every value right, nothing missing beside another, nothing contradicted.

What people type and phones send is read by ``reading``, which forgives and says what it forgave.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.gs1.digital_link import Link, parse_link
from provenance.gs1.element_string import SEPARATOR, parse_bracketed, parse_element_string
from provenance.gs1.elements import Elements, check_together, check_values
from provenance.gs1.epc_urn import parse_urn
from provenance.gs1.scan_data import parse_scan

FNC1 = "^"
"""How FNC1 is written on paper: at the beginning of an element string, and between two values."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a text says; ``link`` is the link it was, or the link that was scanned."""

    elements: Elements
    link: Link | None = None


def read_strictly(text: str) -> Message:
    """What a text in one of GS1's forms says; refuses whatever may not stand on a thing.

    >>> read_strictly("^010952123454321310L1^21S1").elements
    (('01', '09521234543213'), ('10', 'L1'), ('21', 'S1'))
    """
    message = _read(text)
    check_together(message.elements)
    return message


def _read(text: str) -> Message:
    match text[:1]:
        case "]":
            scan = parse_scan(text)
            return Message(scan.elements) if scan.elements else _linked(scan.text)
        case "h" | "H":
            return _linked(text)
        case "u":
            elements = parse_urn(text)
            check_values(elements)  # a URN tells nothing about the length of a serial
            return Message(elements)
        case "(":
            return Message(parse_bracketed(text))
        case "^":
            return Message(parse_element_string(text[1:].replace(FNC1, SEPARATOR)))
        case _:
            return Message(parse_element_string(text))


def _linked(text: str) -> Message:
    link = parse_link(text)
    return Message(link.elements, link)
