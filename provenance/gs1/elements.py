"""A GS1 message as what it says: application identifiers with their values, however they were written.

Rules:

* a value has the length, the characters and the content that its row of the table asks for;
* an identifier occurs once, or again with the same value;
* what one needs stands beside it, what it excludes does not: judged over everything that marks one thing, so
  reading a single code does not judge it (``check_together``), and issuing one does;
* a digital signature (8030) signs a thing: a GRAI, GDTI or GCN beside it has its serial part;
* a refusal says which identifier it is about (``evidence["ai"]``).

GS1 General Specifications, sections 3 (values) and 4.13 (what may stand together).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.application_identifiers import ApplicationIdentifier, find
from provenance.gs1.linters import Flaw

Elements = tuple[tuple[str, str], ...]
"""Application identifiers with their values, in the order read."""

LONGEST = 8192
"""Characters of any text that is read here; a QR code holds 7089 digits."""

_UNSERIALISED = {"253": 13, "255": 13, "8003": 14}


def base_length(ai: str) -> int | None:
    """How many digits of this key name the class, where a serial may follow them in the same value.

    >>> base_length("8003")
    14
    """
    return _UNSERIALISED.get(ai)


# Every form of a message asks about all of it, and the same GTINs and dates come again and again.
@lru_cache(maxsize=4096)
def check_value(ai: str, value: str) -> None:
    """Refuses a value that is not as its application identifier asks.

    >>> check_value("17", "261399")
    Traceback (most recent call last):
    provenance.errors.MalformedError: wrong-content: (17)261399 has 13, which is no month
    """
    row = find(ai)
    check_length(row, value)
    at = 0
    for part in row.parts:
        component = value[at : at + part.longest]
        if part.is_optional and not component:
            continue
        at += len(component)
        if len(component) < part.shortest:
            raise _flawed(row, value, component, Flaw(Code.WRONG_LENGTH, f"is too short: {part.shortest} are needed"))
        for check in (part.alphabet, *part.checks):
            if (flaw := check(component)) is not None:
                raise _flawed(row, value, component, flaw)


def check_length(row: ApplicationIdentifier, value: str) -> None:
    """Refuses a value that is too short or too long; nothing else about it is checked here."""
    if len(value) < row.shortest:
        raise _flawed(row, value, value, Flaw(Code.WRONG_LENGTH, f"is too short: {row.shortest} are needed"))
    if len(value) > row.longest:
        raise _flawed(row, value, value, Flaw(Code.WRONG_LENGTH, f"is too long: {row.longest} are allowed"))


def check_values(elements: Iterable[tuple[str, str]]) -> None:
    """Refuses the first value that is not as its application identifier asks."""
    for ai, value in elements:
        check_value(ai, value)


@lru_cache(maxsize=64)
def check_together(elements: Elements) -> None:
    """Refuses elements that contradict or miss each other; the values themselves are not checked here.

    >>> check_together((("02", "09521234543213"),))
    Traceback (most recent call last):
    provenance.errors.MalformedError: missing-ai: (02) needs 37 beside it
    """
    values = dict(elements)
    check_exclusions(values)
    for ai in values:
        if (needs := find(ai).needs) and not any(_has_all(values, group) for group in needs):
            wanted = ", ".join("+".join(group) for group in needs)
            raise MalformedError(Code.MISSING_AI, f"({ai}) needs {wanted} beside it", evidence={"ai": ai})
    for ai, value in elements:
        if values[ai] != value:
            message = f"({ai}) occurs with different values: {value} and {values[ai]}"
            raise MalformedError(Code.REPEATED_AI, message, evidence={"ai": ai})
    if "8030" in values:
        for ai, length in _UNSERIALISED.items():
            if ai in values and len(values[ai]) == length:
                message = f"(8030) needs ({ai}) with its serial part"
                raise MalformedError(Code.MISSING_AI, message, evidence={"ai": "8030"})


def check_exclusions(ais: Iterable[str]) -> None:
    """Refuses application identifiers of which one excludes another."""
    ais = tuple(ais)
    for ai in ais:
        for pattern in find(ai).excludes:
            if (other := next((other for other in ais if other != ai and _fits(other, pattern)), None)) is not None:
                raise MalformedError(Code.EXCLUDED_AI, f"({ai}) and ({other}) exclude each other", evidence={"ai": ai})


@lru_cache(maxsize=64)
def issue(elements: Elements) -> Elements:
    """The elements themselves, each once, when they may be written on a thing; refuses every fault there is."""
    if not elements:
        raise MalformedError(Code.MALFORMED_ELEMENTS, "there is nothing to write")
    check_values(elements)
    check_together(elements)
    return tuple(dict.fromkeys(elements))


def shown(text: str) -> str:
    """A text as an error message shows it: its beginning, in quotes."""
    return repr(text if len(text) <= 80 else text[:79] + "…")


def _has_all(values: Iterable[str], group: tuple[str, ...]) -> bool:
    return all(any(_fits(ai, pattern) for ai in values) for pattern in group)


def _fits(ai: str, pattern: str) -> bool:
    digits = pattern.rstrip("n")
    return ai.startswith(digits) and len(ai) == len(pattern)


def _flawed(row: ApplicationIdentifier, value: str, component: str, flaw: Flaw) -> MalformedError:
    # Within a value of several parts, the fact is about one of them.
    where = "" if component == value else f"part {component[:40]!r} "
    return MalformedError(flaw.code, f"({row.ai}){value[:95]} {where}{flaw.fact}", evidence={"ai": row.ai})
