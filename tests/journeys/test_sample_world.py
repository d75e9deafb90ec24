"""The sample world is made as anyone would make it, and every story in it ends as it says."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from provenance.bootstrap import Services
from provenance.bundle import format_bundle
from provenance.config import read_settings
from provenance.crypto.keys import open_sealed
from provenance.custody.subjects import touched
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.epcis.compatibility import remarks_on
from provenance.epcis.events import parse_event
from provenance.evidence import verify_file
from provenance.log.checkpoint import open_checkpoint
from provenance.trust import format_trust
from sample_data import make
from sample_data.cast import CAST, CONSUMERS
from sample_data.catalogue import EDITS, SALE_STORIES, STEPS, STORIES
from sample_data.checking import Answer, Ending, answers, endings, is_as_edited
from sample_data.deeds import Deed
from sample_data.home import LOG, ROOT, State, environment_of, mark, settings_of, state_of
from sample_data.selling import Said
from sample_data.stories import art_print, handbag, salmon, tea
from sample_data.story import SaleStory, Story
from sample_data.telling import batches
from tests.shared_bundles import Case
from tests.verifiers import by_browser, by_file, by_product, needs_node

README = Path(make.__file__).with_name("README.md")
DEEDS = [step for step in STEPS if isinstance(step, Deed)]
HONEST = (*handbag.STORIES, *tea.STORIES, *salmon.STORIES, *art_print.STORIES)


@pytest.fixture(scope="session")
def given(sample: Services) -> dict[str, Answer]:
    return {answer.story.title: answer for answer in answers(sample)}


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_a_scan_answers_what_the_story_says(story: Story, given: dict[str, Answer]) -> None:
    answer = given[story.title]

    assert (answer.verdict, answer.finding) == (story.verdict, story.finding)


@pytest.fixture(scope="session")
def ended(sample: Services) -> dict[str, Ending]:
    return {ending.told.story.title: ending for ending in endings(sample)}


@pytest.mark.parametrize("told", SALE_STORIES, ids=lambda told: told.story.title)
def test_a_sale_ends_where_its_story_says_and_is_decided_as_it_says(told: SaleStory, ended: dict[str, Ending]) -> None:
    ending = ended[told.story.title]

    assert (ending.stage, ending.decided) == (told.ends[1], told.decided)


def test_whatever_a_sale_tries_in_vain_has_someone_who_catches_it() -> None:
    assert all(bool(told.refused) == bool(told.caught_by) for told in SALE_STORIES)


@pytest.mark.parametrize("story", HONEST, ids=lambda story: story.title)
def test_an_honest_story_is_proven_without_the_server(story: Story, sample: Services) -> None:
    file = format_bundle(sample.tracing.bundle(story.item))

    report = verify_file(file, sample.trust)

    assert report.verdict.shown is story.verdict
    assert report.recorded


@pytest.fixture(scope="session")
def files(sample: Services) -> list[Case]:
    told = [story for story in STORIES if story.finding is not Doubt.NOT_ISSUED]  # of what was never made, none is
    trust = format_trust(sample.trust)
    return [Case(story.title, format_bundle(sample.tracing.bundle(story.item)), trust, None) for story in told]


def test_the_one_file_ends_every_step_of_every_story_as_the_product_does(files: list[Case]) -> None:
    assert {case.name: by_file(case) for case in files} == {case.name: by_product(case) for case in files}


@needs_node
def test_the_browser_ends_every_step_of_every_story_as_the_product_does(files: list[Case]) -> None:
    assert by_browser(files) == {case.name: by_product(case) for case in files}


def test_the_audit_names_the_edited_record_and_nothing_else(sample: Services) -> None:
    report = sample.auditing.audit()

    assert len(report.problems) == len(EDITS)
    assert is_as_edited(sample, report)


def test_the_stories_show_every_verdict_a_log_kept_by_the_rules_can_give() -> None:
    shown = {story.verdict for story in STORIES}

    # What is recorded against the rules of custody does not get in, so nothing here can be contradicted.
    assert shown == set(VerdictClass) - {VerdictClass.CONTRADICTED}


def test_no_two_stories_are_about_the_same_thing() -> None:
    assert len({story.item for story in STORIES}) == len({story.title for story in STORIES}) == len(STORIES)


def test_everything_recorded_is_under_a_checkpoint_the_trust_file_believes(sample: Services) -> None:
    note = sample.checkpointing.latest().encode()

    checkpoint = open_checkpoint(note, log_keys=[sample.trust.log]).checkpoint

    with sample.store.reading() as store:
        assert checkpoint.size == store.size()


def test_every_deed_is_an_event_that_other_systems_read_without_a_remark() -> None:
    remarks = [remark for deed in DEEDS for remark in remarks_on(parse_event(dict(deed.members)))]

    assert remarks == []


def test_what_is_signed_together_never_touches_the_same_chain() -> None:
    told = list(batches(STEPS))

    for batch in told:
        deeds = [step for step in batch if isinstance(step, Deed)]
        named = [subject for deed in deeds for subject in touched(parse_event(dict(deed.members))).subjects]
        assert len(named) == len(set(named))
        assert len(batch) == 1 or not any(isinstance(step, Said) for step in batch)
    assert [step for batch in told for step in batch] == sorted(STEPS, key=lambda step: step.when)


def test_the_readme_lists_every_story_with_its_link() -> None:
    text = README.read_text(encoding="utf-8")

    for story in STORIES:
        path = story.item.removeprefix("https://id.gs1.org")
        assert f"| {story.title} | {story.told} | {story.verdict} | `{path}` |" in text


def test_the_readme_says_of_every_sale_what_was_refused_and_who_caught_it() -> None:
    text = README.read_text(encoding="utf-8")

    for told in SALE_STORIES:
        codes = ", ".join(f"`{code}`" for code in told.refused)
        assert f"| {told.story.title} | {codes} | {told.caught_by} | `{told.dossier}` |" in text


def test_every_party_has_a_key_of_its_own_that_only_its_owner_can_read(sample_home: Path) -> None:
    passphrase = settings_of(sample_home, port=8000).passphrase or ""
    files = [sample_home / "keys" / f"{name}.key" for name in (ROOT, LOG, *(one.key for one in (*CAST, *CONSUMERS)))]

    modes = {path.stat().st_mode & 0o777 for path in (*files, sample_home / "passphrase")}
    log_key = open_sealed((sample_home / "keys" / f"{LOG}.key").read_bytes(), passphrase=passphrase)

    assert modes == {0o600}
    assert len({path.read_bytes() for path in files}) == len(CAST) + len(CONSUMERS) + 2
    assert passphrase.encode() not in b"".join(path.read_bytes() for path in files)
    assert log_key.seed.hex() not in (sample_home / "trust.json").read_text()


def test_a_world_that_is_complete_is_used_as_it_is(sample_home: Path) -> None:
    before = (sample_home / "trust.json").read_bytes()

    result = CliRunner().invoke(make.main, ["--home", str(sample_home)])

    assert "holds a sample world" in result.stderr
    assert all(story.title in result.stdout for story in STORIES)
    assert (sample_home / "trust.json").read_bytes() == before


def test_a_half_filled_world_is_neither_served_nor_mended(tmp_path: Path) -> None:
    mark(tmp_path, State.FILLING)

    result = CliRunner().invoke(make.main, ["--home", str(tmp_path)])

    assert result.exit_code == 1
    assert "--fresh" in result.stderr


def test_a_folder_with_anything_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear reader")

    result = CliRunner().invoke(make.main, ["--home", str(tmp_path), "--fresh"])

    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    assert state_of(tmp_path) is State.FOREIGN


def test_the_environment_it_prints_finds_the_world(sample_home: Path) -> None:
    settings = read_settings(environment_of(sample_home))

    assert settings.trust_file.is_file()
    assert settings.passphrase
