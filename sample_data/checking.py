"""Does the world answer as its stories say? Every item scanned, every sale followed up, the whole log audited."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.bootstrap import Services
from provenance.commerce.evaluation import decide
from provenance.commerce.tables import EACH_SERIAL, Stage
from provenance.commerce.vocabulary import Outcome
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.services.auditing import AuditReport, Damage
from sample_data.catalogue import EDITS, SALE_STORIES, STORIES
from sample_data.story import SaleStory, Story
from sample_data.telling import DECIDED, place_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scan of a story's item says: the verdict, the gravest finding, and where its page is."""

    story: Story
    verdict: VerdictClass
    finding: Doubt | None
    link: str

    @property
    def is_as_told(self) -> bool:
        """Whether the story says the same."""
        return (self.verdict, self.finding) == (self.story.verdict, self.story.finding)


def answers(services: Services) -> tuple[Answer, ...]:
    """The answer to a scan of each story's item."""
    return tuple(_answer(services, story) for story in STORIES)


@dataclass(frozen=True, slots=True)
class Ending:
    """How far the dossier of a sale's story has come, and what terms and law say of it if it is a return."""

    told: SaleStory
    stage: Stage
    decided: Outcome | None

    @property
    def is_as_told(self) -> bool:
        """Whether the story says the same."""
        return (self.stage, self.decided) == (self.told.ends[1], self.told.decided)


def endings(services: Services) -> tuple[Ending, ...]:
    """How each story of a sale ended."""
    return tuple(_ending(services, told) for told in SALE_STORIES)


def is_as_edited(services: Services, report: AuditReport) -> bool:
    """Whether the audit names exactly the records that were changed behind everybody's back."""
    edited = {f"leaf {place_of(services, edit)}" for edit in EDITS}
    named = {problem.where for problem in report.problems if problem.damage is Damage.EDITED_BODY}
    return named == edited and len(report.problems) == len(edited)


def _answer(services: Services, story: Story) -> Answer:
    link = services.settings.base_url + story.item.removeprefix("https://id.gs1.org")
    verdict = services.scanning.scan(link).verdict
    gravest = verdict.findings[0].doubt if verdict.findings else None
    return Answer(story, verdict.shown, gravest, link)


def _ending(services: Services, told: SaleStory) -> Ending:
    dossier = services.ordering.dossier(told.dossier)
    machine = told.ends[0]
    stage = dossier.stage(machine, told.story.item if machine in EACH_SERIAL else "")
    is_case = dossier.name.family in DECIDED
    return Ending(told, stage, decide(*services.ordering.case(told.dossier)).outcome if is_case else None)
