"""Does the world answer as its stories say? Every item scanned, the whole log audited."""

from __future__ import annotations

from dataclasses import dataclass

from provenance.bootstrap import Services
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.services.auditing import AuditReport, Damage
from sample_data.catalogue import EDITS, STORIES
from sample_data.story import Story


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


def is_as_edited(services: Services, report: AuditReport) -> bool:
    """Whether the audit names exactly the records that were changed behind everybody's back."""
    ids = [str(edit.deed.members["eventID"]) for edit in EDITS]
    with services.store.reading() as store:
        edited = {f"leaf {index}" for places in store.event_ids(ids).values() for index in places}
    named = {problem.where for problem in report.problems if problem.damage is Damage.EDITED_BODY}
    return named == edited and len(report.problems) == len(edited)


def _answer(services: Services, story: Story) -> Answer:
    link = services.settings.base_url + story.item.removeprefix("https://id.gs1.org")
    verdict = services.scanning.scan(link).verdict
    gravest = verdict.findings[0].doubt if verdict.findings else None
    return Answer(story, verdict.shown, gravest, link)
