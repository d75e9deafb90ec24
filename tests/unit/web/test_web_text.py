"""Every sentence stands in every language, and every closed set has its words."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from string import Formatter

import pytest

import web
from provenance.codes import Code
from provenance.commerce.decision import ClaimState
from provenance.commerce.dossier_names import Family
from provenance.commerce.machines import TABLES
from provenance.commerce.orders import Shown
from provenance.commerce.ownership_rows import OWNERSHIP_ROWS
from provenance.commerce.payment_notices import Grade
from provenance.commerce.tables import Machine, Move, Row, Stage
from provenance.commerce.vocabulary import Act, Ask, Breach, Clause, RemovalReason, Trait
from provenance.commerce.vocabulary import Outcome as Decided
from provenance.custody.roles import Role
from provenance.custody.standing import Flag, Phase
from provenance.custody.steps import Step
from provenance.custody.verdict import Doubt, VerdictClass, WhoCanAct
from provenance.gs1.identifiers import Kind
from provenance.log.alarm import Kind as AlarmKind
from provenance.proof_steps import Outcome, ProofStep
from provenance.services.sequencing import WORTH_TELLING
from provenance.services.tapping import Tapped
from web.pages.acts import ACTS
from web.pages.checking import REASONS
from web.pages.findings import LOOKS, Icon
from web.pages.text import Language, language_named, text_in
from web.pages.timeline import Standing
from web.pages.trouble import Trouble

OWNED = {
    Stage.NONE,
    *(step.target for row in OWNERSHIP_ROWS for step in row.moves if step.machine is Machine.OWNERSHIP),
}
FOLDER = Path(web.__file__).parent
SENTENCES = {language: text_in(language).sentences for language in Language}
ENGLISH, CHINESE = SENTENCES[Language.ENGLISH], SENTENCES[Language.CHINESE]

SOLD = [
    row for family in (Family.ORDER, Family.RETURN, Family.CLAIM, Family.EXCHANGE) for row in TABLES[family].values()
]
BUSY = (Family.RETURN, Family.CLAIM, Family.EXCHANGE, Family.WARRANTY, Family.RESALE)
"""The dossiers of which an item is in one at a time: they take the slot ``return``."""
OF_THE_ORDER = {Machine.ORDER, Machine.PAYMENT}
"""Machines of an order whose stages are told otherwise: by ``shown``, and by where the money is."""


def _is_told(row: Row, step: Move) -> bool:
    """Whether a page tells of the stage in which a step leaves its machine."""
    is_told_otherwise = row.kind in TABLES[Family.ORDER] and step.machine in OF_THE_ORDER
    return step.target not in (None, Stage.NONE) and not is_told_otherwise


NEEDED = {
    *(f"order.shown.{shown}.{part}" for shown in Shown for part in ("word", "means")),
    *(f"order.money.grade.{grade}" for grade in Grade),
    *(f"order.money.{entry}" for entry in ("total", "payment", "where", "back", "release")),
    *(f"order.money.{place}" for place in ("held", "going-back", "sellers")),
    *(f"next.{row.kind}" for row in SOLD if any(step.sources - {Stage.NONE} for step in row.moves)),
    *(f"signatory.{signatory}" for row in SOLD for some in row.signed_by for signatory in some),
    *(f"stage.{step.machine}.{step.target}" for row in SOLD for step in row.moves if _is_told(row, step)),
    *(f"asked.{family}" for family in (Family.RETURN, Family.CLAIM, Family.EXCHANGE)),
    *(f"order.back.{family}" for family in BUSY),
    *(f"asked.ask.{ask}" for ask in (*Ask, "exchange")),
    *(f"trait.{trait}" for trait in Trait),
    *(f"decision.outcome.{outcome}" for outcome in Decided),
    *(f"decision.claim.{state}" for state in ClaimState),
    *(f"decision.breach.{breach}" for breach in Breach),
    *(f"decision.act.{act}" for act in Act),
    *(f"clause.{clause}" for clause in Clause),
    *(f"verdict.{verdict}.{part}" for verdict in VerdictClass for part in ("word", "means", "do")),
    *(f"doubt.{doubt}.{part}" for doubt in Doubt for part in ("word", "what", "do")),
    *(f"doubt.statement-refused.what.{code}" for code in WORTH_TELLING if code is not Code.ALREADY_COMMISSIONED),
    *(f"who.{who}" for who in WhoCanAct),
    *(f"step.{step}" for step in Step),
    *(f"step.mark.{flag}" for flag in Flag),
    *(f"role.{role}" for role in Role),
    *(f"phase.{phase}" for phase in Phase),
    *(f"kind.{kind}" for kind in Kind),
    *(f"check.reason.{reason}" for reason in REASONS),
    *(f"check.step.{step}" for step in ProofStep),
    *(f"check.outcome.{outcome}" for outcome in Outcome),
    *(f"status.{standing}" for standing in Standing),
    *(f"trouble.{trouble}.{part}" for trouble in Trouble for part in ("title", "what", "do")),
    *(f"tap.{tapped}.{part}" for tapped in Tapped for part in ("word", "what", "do")),
    *(f"mirror.alarm.{kind}" for kind in (*AlarmKind, Code.INCONSISTENT_LOG, Code.RULE_BROKEN)),
    *(f"reviews.removed.{reason}" for reason in RemovalReason),
    *(f"act.{kind}.{part}" for kind in ACTS for part in ("title", "means")),
    *(f"act.field.{field.name}" for fields in ACTS.values() for field in fields),
    *(f"act.word.{word}" for fields in ACTS.values() for field in fields for word in field.words),
    *(f"own.stage.{stage}" for stage in OWNED),
    *(f"month.{month}" for month in range(1, 13)),
    *(f"account.{account}" for account in ("source", "sold", "used", "ended", "party", "transit", "unit")),
}
"""What pages look up by a value: a new member of any of these sets fails here until it has its words."""

LOOKED_UP = (
    "act.hint.",
    "doubt.",
    "verdict.",
    "step.",
    "fact.cbvmda:",
    "sensor.",
    "near.",
    "language.",
    "links.language.",
    "links.media.",
)


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_language_has_the_same_sentences() -> None:
    assert ENGLISH.keys() == CHINESE.keys()


@pytest.mark.parametrize("key", ENGLISH)
def test_a_sentence_has_the_same_places_in_every_language(key: str) -> None:
    assert _places(ENGLISH[key]) == _places(CHINESE[key])


@pytest.mark.parametrize("key", ENGLISH)
def test_no_sentence_is_empty_or_left_in_the_other_language(key: str) -> None:
    bare = re.sub(r"\{\w+\}|https?:\S+|GS1|GTIN|SSCC|JSON|HTTP|UTC", "", CHINESE[key])

    assert ENGLISH[key].strip()
    assert CHINESE[key].strip()
    assert key == "language.name" or not re.search("[\u4e00-\u9fff]", ENGLISH[key])
    assert re.search("[\u4e00-\u9fff]", CHINESE[key]) or not re.search("[A-Za-z]{2}", bare)


@pytest.mark.parametrize("key", CHINESE)
def test_chinese_is_punctuated_as_chinese(key: str) -> None:
    assert not re.search("[\u4e00-\u9fff][,:;?]|[,:;?][\u4e00-\u9fff]", CHINESE[key])


@pytest.mark.parametrize("key", sorted(NEEDED))
def test_every_member_of_every_closed_set_has_its_words(key: str) -> None:
    assert key in ENGLISH


def test_every_verdict_has_a_colour_and_an_icon_that_can_be_drawn() -> None:
    shapes = (FOLDER / "templates" / "icons.html").read_text()

    assert set(LOOKS) == set(VerdictClass)
    assert all(f'"{icon}": "M' in shapes for icon in (*Icon, *Standing))


def test_no_two_verdicts_share_their_word() -> None:
    for sentences in SENTENCES.values():
        words = [sentences[f"verdict.{verdict}.word"] for verdict in VerdictClass]

        assert len(set(words)) == len(words)


def test_a_consistent_record_is_never_called_genuine() -> None:
    said = " ".join(value for key, value in chain(ENGLISH.items(), CHINESE.items()) if "consistent" in key)

    assert not re.search("genuine|authentic|original|real|正品|真品|保真", said, re.IGNORECASE)


def _asked_for() -> set[str]:
    """Every key that a template or page names in full."""
    sources = [*(FOLDER / "templates").glob("*.html"), *FOLDER.rglob("*.py")]
    found: set[str] = set()
    for source in sources:
        found |= set(re.findall(r'\b(?:t|text|text_in\(\w+\)|text\.get|first)\(\s*"([^"]+)"', source.read_text()))
        found |= set(re.findall(r'"((?:line|proof|limit|fact|near|place|party|page)\.[a-z.-]+)"', source.read_text()))
    return found


def test_every_sentence_that_is_asked_for_is_there() -> None:
    assert sorted(_asked_for() - ENGLISH.keys()) == []


def test_every_sentence_that_is_there_is_asked_for() -> None:
    unused = {key for key in ENGLISH.keys() - _asked_for() - NEEDED if not key.startswith((*LOOKED_UP, "thing."))}

    assert sorted(unused) == []


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", Language.ENGLISH),
        ("en-GB", Language.ENGLISH),
        ("EN", Language.ENGLISH),
        ("zh", Language.CHINESE),
        ("zh-CN", Language.CHINESE),
        ("zh-Hant-TW", Language.CHINESE),
        ("fr", None),
        ("english", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_its_first_word(tag: str, language: Language | None) -> None:
    assert language_named(tag) is language
