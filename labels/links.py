"""The link as it stands in a symbol.

Rules:

* the host is printed in capitals: after ``https`` the symbol then needs only its alphanumeric mode, and is one size
  smaller at no cost. The scheme stays in small letters, as some readers know no other;
* the path is never touched: a serial means what its case says.

GS1 Digital Link Standard: URI Syntax; RFC 3986 §3.2.2 (a host's case says nothing).
"""

from __future__ import annotations

import re

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.identifiers import read_epc

_LINK = re.compile(r"(https?)://([A-Za-z0-9.-]+(?::[0-9]+)?)(/.*)")


def printed_link(digital_link: str) -> str:
    """The link as it stands in the symbol; refuses what is no GS1 Digital Link URI.

    >>> printed_link("https://id.example.org/01/09521234543213/21/AB23cd")
    'https://ID.EXAMPLE.ORG/01/09521234543213/21/AB23cd'
    """
    read_epc(digital_link)
    match = _LINK.fullmatch(digital_link)
    if not match:
        raise MalformedError(Code.UNKNOWN_IDENTIFIER, f"{digital_link[:80]!r} is no http link")
    scheme, host, path = match.groups()
    return f"{scheme}://{host.upper()}{path}"
