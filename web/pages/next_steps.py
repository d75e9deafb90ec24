"""What may follow in a dossier and who acts, in words.

Rules:

* it is told as far as the tables know; that somebody has the time noted changes nothing, and is left out;
* what a consumer may sign in a browser leads to the page for it.
"""

from __future__ import annotations

from collections.abc import Container, Set
from dataclasses import dataclass

from provenance.commerce.dossier import Dossier
from provenance.commerce.machines import open_steps, row_of
from provenance.commerce.tables import Kind, Signatory
from web.pages.acts import ACTS, sign_address
from web.pages.text import Text


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing that may be said next, and by whom; ``address`` is empty where nobody signs it on a page."""

    who: str
    what: str
    address: str


def next_steps(dossier: Dossier, text: Text, *, but: Container[Kind] = ()) -> tuple[NextStep, ...]:
    """Everything that may follow, in the order of the tables, but what is known not to."""
    family = dossier.name.family
    kinds = [kind for kind in open_steps(family, dossier.stages) if kind is not Kind.TICK and kind not in but]
    return tuple(
        NextStep(
            who=_who(row_of(family, kind).signed_by, text),
            what=text(f"next.{kind}"),
            address=sign_address(kind, dossier.name.subject) if kind in ACTS else "",
        )
        for kind in kinds
    )


def _who(signed_by: tuple[Set[Signatory], ...], text: Text) -> str:
    together = (text("next.and").join(text(f"signatory.{one}") for one in sorted(some)) for some in signed_by)
    return text("next.or").join(dict.fromkeys(together))
