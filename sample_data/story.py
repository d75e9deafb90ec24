"""What a story is: one thing, what happened to it in a sentence, and what a scan of it must answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.tables import Machine, Stage
from provenance.commerce.vocabulary import Outcome
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.ids import Subject
from sample_data.deeds import Deed
from sample_data.selling import Said, Step


@dataclass(frozen=True, slots=True)
class Story:
    """A thing with its verdict. ``finding`` is the doubt that shows it; ``None``: there is no doubt at all."""

    title: str
    told: str
    item: Subject
    verdict: VerdictClass
    finding: Doubt | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleStory:
    """A sale and what came of it, step by step.

    ``dossier`` is where it ends, with this machine at this stage; ``decided`` is what terms and law say of it now, if
    it is a return. ``caught_by`` says in words what stood in the way of whatever was refused.
    """

    story: Story
    dossier: Subject
    ends: tuple[Machine, Stage]
    steps: Sequence[Step]
    decided: Outcome | None = None
    caught_by: str = ""

    @property
    def refused(self) -> tuple[Code, ...]:
        """With which codes what was tried was refused, in the order of the telling."""
        return tuple(step.refused for step in self.steps if step.refused is not None)


@dataclass(frozen=True, slots=True)
class Edit:
    """A step's record changed in the database after it was signed: these bytes became those."""

    step: Deed | Said
    old: bytes
    new: bytes
