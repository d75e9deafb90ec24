"""One record about to join: its dossier as it was, who signs it as whom, the other dossiers, and the things."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.goods import Goods
from provenance.commerce.records import Entered
from provenance.commerce.tables import Signatory


@dataclass(frozen=True, slots=True)
class Scene:
    """What a guard looks at; nobody signs as anything until ``signatories`` has looked."""

    entered: Entered
    dossier: Dossier
    book: Book
    goods: Goods
    signed_as: frozenset[Signatory] = frozenset()
