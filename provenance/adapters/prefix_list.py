"""The list of company prefixes that GS1's member organisations published, as the package ``biip`` carries it.

Rules:

* it is asked only where no licence of ours tells, and says only where a prefix ends: whose it is stands in no list;
* it is optional: without the package, and for numbers that it does not know, the answer is that nobody knows.

``biip`` reads barcodes too, but takes wrong check digits: nothing else of it is used here.
"""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=4096)  # a file is about a few products, again and again
def listed_prefix(digits: str) -> str | None:
    """The published company prefix that these digits begin with. See ``gs1.company_prefix.prefix_of``."""
    try:
        # Imported when first asked: its list takes a while to unpack.
        from biip.gs1_prefixes import GS1CompanyPrefix  # noqa: PLC0415
    except ImportError:
        return None
    found = GS1CompanyPrefix.extract(digits)
    return found.value if found else None
