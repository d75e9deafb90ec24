"""What a story is: one thing, what happened to it in a sentence, and what a scan of it must answer."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.custody.verdict import Doubt, VerdictClass
from provenance.ids import Subject
from sample_data.deeds import Deed


@dataclass(frozen=True, slots=True)
class Story:
    """A thing with its verdict. ``finding`` is the doubt that shows it; ``None``: there is no doubt at all."""

    title: str
    told: str
    item: Subject
    verdict: VerdictClass
    finding: Doubt | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A deed's record changed in the database after it was signed: these bytes became those."""

    deed: Deed
    old: bytes
    new: bytes
