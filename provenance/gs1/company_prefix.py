"""Whose number it is: the company prefix at the beginning of a GS1 key.

Rules:

* a licence covers the keys whose digits *begin* with its prefix; what stands before the prefix is
  dropped first: the indicator digit of a GTIN, the extension digit of an SSCC, the zero of a GRAI;
* a prefix has 4 to 12 digits; the twelve-digit U.P.C. form must have got its leading zero;
* a GTIN-8 (zeros where the prefix would stand) carries no company prefix, so no licence covers it.

Whether a number is a company prefix at all stands in its licence: 952 and 9521 look alike. Where no licence of ours
tells, a list that GS1's member organisations published may (``listed``); where that is silent too, nobody guesses.

GS1 General Specifications, section 1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Container

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.identifiers import Identifier
from provenance.gs1.linters import LONGEST_PREFIX, SHORTEST_PREFIX

_DROPPED = {"00": 1, "01": 1, "8003": 1, "8006": 1}
_GTIN_KEYS = frozenset({"01", "8006"})


def is_licensed(prefix: str, identifier: Identifier) -> bool:
    """Whether the licensee of this company prefix may issue this identifier.

    >>> is_licensed("9521234", Identifier("01", "09521234543213", (("21", "S1"),)))
    True
    >>> is_licensed("614141", Identifier("01", "00614141123452"))
    False
    """
    return prefix in prefixes_of(identifier)


def prefixes_of(identifier: Identifier) -> tuple[str, ...]:
    """The company prefixes that could license it, shortest first: nine at most, none for a GTIN-8.

    >>> prefixes_of(Identifier("414", "9521234000013"))[:4]
    ('9521', '95212', '952123', '9521234')
    """
    digits = identifier.key_value[_DROPPED.get(identifier.key_ai, 0) :][:LONGEST_PREFIX]
    # Five zeros behind the indicator: GS1 keeps those prefixes unused, for GTIN-8s in their 14-digit form.
    if identifier.key_ai in _GTIN_KEYS and digits.startswith("00000"):
        return ()
    prefixes = (digits[:length] for length in range(SHORTEST_PREFIX, len(digits) + 1))
    return tuple([prefix for prefix in prefixes if prefix.isdecimal() and prefix.isascii()])


def listed_nowhere(digits: str) -> str | None:
    """The list of published prefixes of one who has none."""
    del digits
    return None


def prefix_of(
    identifier: Identifier, licensed: Container[str], listed: Callable[[str], str | None] = listed_nowhere
) -> str:
    """The company prefix it begins with: a licensed one, or else the listed one; refuses where neither knows it.

    ``listed`` is asked for the prefix that these digits begin with.

    >>> prefix_of(Identifier("414", "9521234000013"), {"9521234"})
    '9521234'
    """
    prefixes = prefixes_of(identifier)
    for prefix in prefixes:
        if prefix in licensed:
            return prefix
    if prefixes and (found := listed(prefixes[-1])) in prefixes:
        return found
    raise MalformedError(Code.UNKNOWN_PREFIX, f"nobody told where the company prefix of {identifier.uri} ends")
