"""What a scanner sends: a symbology identifier, then the data.

Rules:

* the identifier says how to read the rest: ``]Q3`` (QR), ``]d2`` (Data Matrix), ``]J1`` (DotCode), ``]C1`` (GS1-128)
  and ``]e0`` (GS1 DataBar) carry an element string; ``]E0`` and ``]E4`` a GTIN of 13 or 8 digits;
  ``]Q1``, ``]d1`` and ``]J0`` any text, such as a GS1 Digital Link;
* other symbologies are refused here; ``reading`` is more patient.

::

    ]Q1https://example.com/01/09521234543213
    ]d20109521234543213<GS>…

ISO/IEC 15424; GS1 General Specifications, section 5.1.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.element_string import format_element_string, parse_element_string
from provenance.gs1.elements import LONGEST, Elements, check_value, issue, shown


@unique
class Symbology(StrEnum):
    """What was scanned, by its AIM symbology identifier."""

    QR = "]Q1"
    GS1_QR = "]Q3"
    DATA_MATRIX = "]d1"
    GS1_DATA_MATRIX = "]d2"
    DOTCODE = "]J0"
    GS1_DOTCODE = "]J1"
    GS1_128 = "]C1"
    DATABAR = "]e0"
    EAN_13 = "]E0"
    EAN_8 = "]E4"


_PLAIN = frozenset({Symbology.QR, Symbology.DATA_MATRIX, Symbology.DOTCODE})
_GTIN_DIGITS: Mapping[Symbology, int] = {Symbology.EAN_13: 13, Symbology.EAN_8: 8}


@dataclass(frozen=True, slots=True)
class Scan:
    """One transmission: either GS1 elements, or a text of any kind."""

    symbology: Symbology
    elements: Elements = ()
    text: str = ""


def parse_scan(data: str) -> Scan:
    """What a scanner's transmission says.

    >>> parse_scan("]d20109521234543213").elements
    (('01', '09521234543213'),)
    """
    if len(data) > LONGEST:
        raise MalformedError(Code.MALFORMED_ELEMENTS, f"a text of {len(data)} characters is no scan")
    try:
        symbology = Symbology(data[:3])
    except ValueError as err:
        raise MalformedError(Code.MALFORMED_ELEMENTS, f"{shown(data)} begins with no symbology identifier") from err
    rest = data[3:]
    if symbology in _PLAIN:
        return Scan(symbology, text=rest)
    digits = _GTIN_DIGITS.get(symbology)
    if digits is None:
        return Scan(symbology, parse_element_string(rest))
    if len(rest) != digits:
        raise MalformedError(Code.WRONG_LENGTH, f"{shown(rest)} has not the {digits} digits of its symbology")
    check_value("01", rest.zfill(14))
    return Scan(symbology, (("01", rest.zfill(14)),))


def format_scan(scan: Scan) -> str:
    """The transmission that ``parse_scan`` reads back; refuses elements that may not be written on a thing.

    >>> format_scan(Scan(Symbology.EAN_13, (("01", "09521234543213"),)))
    ']E09521234543213'
    """
    if scan.symbology in _PLAIN:
        return scan.symbology + scan.text
    digits = _GTIN_DIGITS.get(scan.symbology)
    if digits is None:
        return scan.symbology + format_element_string(scan.elements)
    elements = issue(scan.elements)
    ((ai, value), *others) = elements
    if ai != "01" or others or not value.startswith("0" * (14 - digits)):
        raise MalformedError(Code.MALFORMED_ELEMENTS, f"{scan.symbology.name} carries a GTIN of {digits} digits alone")
    return scan.symbology + value[14 - digits :]
