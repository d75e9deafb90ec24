"""What a shopper is told: the answer, the reason, the limits, the thing, its steps, the proof."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.codes import Code
from provenance.custody.verdict import Doubt, Finding, VerdictClass, judge
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.evidence import Report
from provenance.ids import Subject
from tests.cast import CARRIER, MAKER, RIVAL, SENSOR, SHOP, Some, item, lot, unit
from tests.world import World
from web.pages.answer import answer
from web.pages.drawing import Mark
from web.pages.findings import LOOKS
from web.pages.text import Language, Text, text_in
from web.pages.timeline import Standing
from web.pages.verification import VerificationPage, verification_page

BAG, BOX, LEATHER = item("A1"), unit(1), lot("L1")
ILMD: Json = {
    "cbvmda:descriptionShort": "Ada, calf leather",
    "cbvmda:lotNumber": "ADA-1",
    "cbvmda:countryOfOrigin": "IT",
    "example:polish": "beeswax",
    "example:nested": {"a": 1},
}
DETAILS = {
    "where": LEATHER,
    "party": RIVAL.party,
    "count": "3",
    "last": "2026-05-04T10:00:00+00:00",
    "message": "a fact",
}


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(Path(tmp_path_factory.mktemp("trade")) / "world")
    world.made(Some("10 KGM", LEATHER))
    world.blended(
        [Some("2 KGM", LEATHER)],
        [BAG, item("A2"), item("A3")],
        at_most=[("KGM", "", "2")],
        bizStep="commissioning",
        ilmd=ILMD,
    )
    world.packed(BAG, item("A2"), into=BOX)
    world.handed_over(BOX, to=CARRIER, owner=SHOP)
    world.handed_over(BOX, by=CARRIER, to=SHOP)
    world.unpacked(out_of=BOX, by=SHOP)
    world.services.checkpointing.checkpoint()
    world.sold(BAG, eventTimeZoneOffset="+05:30", eventTime="2026-05-04T09:15:00.000Z")
    yield world
    world.close()


@pytest.fixture(scope="module")
def report(trade: World) -> Report:
    return trade.trace(BAG)


def page_of(report: Report, trade: World, language: Language = Language.ENGLISH) -> VerificationPage:
    text, heard_of = text_in(language), trade.services.drafting.registry().parties
    return verification_page(report, trade.services.trust, text=text, host="shop.example", heard_of=heard_of)


def doubting(report: Report, *doubts: Doubt) -> Report:
    findings = tuple(Finding(doubt, BAG, (report.history.happenings[0].hash,), DETAILS) for doubt in doubts)
    return replace(report, verdict=judge(findings))


ENGLISH: Text = text_in(Language.ENGLISH)


def test_the_page_begins_with_what_its_maker_calls_it_and_its_number(report: Report, trade: World) -> None:
    page = page_of(report, trade)

    assert (page.kind, page.name) == ("Item", "Ada, calf leather")
    assert page.number == BAG.removeprefix("https://id.gs1.org/01/").replace("/21/", " · ")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("doubt", Doubt)
def test_every_doubt_is_put_into_whole_sentences(
    doubt: Doubt, language: Language, report: Report, trade: World
) -> None:
    page = page_of(doubting(report, doubt), trade, language)

    lines = [line for line in (page.banner.reason, *page.others) if line is not None]
    assert len(lines) == 1
    said = (lines[0].word, lines[0].what, lines[0].action, lines[0].who)
    assert all(said)
    assert not any("{" in sentence or "}" in sentence for sentence in said)


@pytest.mark.parametrize("doubt", Doubt)
def test_the_answer_shows_the_class_its_finding_argues_for_with_colour_icon_and_word(
    doubt: Doubt, report: Report, trade: World
) -> None:
    doubted = doubting(report, doubt)

    banner = page_of(doubted, trade).banner

    assert banner.verdict is doubted.verdict.shown
    assert (banner.tone, banner.icon) == LOOKS[banner.verdict]
    assert banner.word == ENGLISH(f"verdict.{banner.verdict}.word")
    assert (banner.reason is None) == (banner.verdict is VerdictClass.CONSISTENT)


def test_the_gravest_finding_is_shown_first_and_no_other_is_dropped(report: Report, trade: World) -> None:
    page = page_of(doubting(report, Doubt.SENSOR_ALARM, Doubt.RECALLED, Doubt.NOT_YET_RECORDED), trade)

    assert page.banner.word == "Recalled"
    assert page.banner.action == ENGLISH("doubt.recalled.do")
    assert [line.word for line in page.others] == ["A sensor raised an alarm", "Not yet in a checkpoint"]


def test_findings_that_say_the_same_are_one_line_with_a_count(report: Report, trade: World) -> None:
    page = page_of(doubting(report, Doubt.RULE_BROKEN, Doubt.NOT_YET_RECORDED, Doubt.NOT_YET_RECORDED), trade)

    (line,) = page.others
    assert line.count == 2


def test_hearsay_names_the_party_the_day_and_how_often(report: Report, trade: World) -> None:
    page = page_of(doubting(report, Doubt.SECOND_COMMISSIONING_REFUSED), trade)

    assert page.banner.reason is not None
    assert "3×, last on 4 May 2026): rival" in page.banner.reason.what


def test_what_was_refused_is_told_by_its_kind(world: World) -> None:
    sent_on, taken_over = item("H1"), item("H2")
    world.made(sent_on, taken_over)
    world.shipped(taken_over, to=SHOP)
    with world.refuses(Code.NOT_HOLDER):
        world.shipped(sent_on, by=RIVAL, to=CARRIER)
    with world.refuses(Code.NOT_NAMED):
        world.received(taken_over, by=RIVAL)

    reasons = [page_of(world.trace(thing), world).banner.reason for thing in (sent_on, taken_over)]

    assert [reason.what.partition(" (1×")[0] for reason in reasons if reason is not None] == [
        "A party that does not have this thing tried to act as if it had, and was refused",
        "A party to which nobody had sent this thing tried to take it over, and was refused",
    ]


def test_a_day_in_the_description_is_put_into_words_and_anything_else_is_shown_as_signed(world: World) -> None:
    world.made(item("D1"), ilmd={"cbvmda:sellByDate": "2026-05-09", "cbvmda:bestBeforeDate": "in spring"})

    said = {fact.name: fact.value for fact in page_of(world.trace(item("D1")), world).facts}

    assert (said["Sell by"], said["Best before"]) == ("9 May 2026", "in spring")


def test_the_page_says_what_nobody_can_know_from_a_label(report: Report, trade: World) -> None:
    said = " ".join(page_of(report, trade).limits)

    assert "A photo of this label would show the same page." in said
    assert "independent witnesses that have confirmed it: none" in said
    assert f"after checkpoint {trade.size() - 1} of world.example/log/2026" in said
    assert "shop.example" in said


def test_before_the_first_checkpoint_the_page_says_that_nothing_is_proven(report: Report, trade: World) -> None:
    page = page_of(replace(report, confirmation=None, recorded=frozenset()), trade)

    assert ENGLISH("limit.no-checkpoint") in page.limits
    assert page.proof.origin == ""
    assert {step.standing for step in page.steps} == {Standing.ACCEPTED}


def test_the_facts_are_those_of_the_record(report: Report, trade: World) -> None:
    facts = {fact.name: fact.value for fact in page_of(report, trade).facts}

    assert facts["Made by"] == "maker"
    assert facts["Made on"] == "4 May 2026"
    assert facts["State"] == "Sold; its buyer is not named"
    assert (facts["Lot"], facts["Country of origin"]) == ("ADA-1", "IT")
    assert facts["example:polish"] == "beeswax"
    assert "example:nested" not in facts


def test_a_lot_says_how_much_of_it_is_where(trade: World) -> None:
    facts = [fact.value for fact in page_of(trade.trace(LEATHER), trade).facts]

    assert "8 kg: held by maker" in facts
    assert "2 kg: used up to make something" in facts
    assert not any("brought into the record" in fact for fact in facts)


def test_a_lot_that_was_used_says_for_what(trade: World) -> None:
    page = page_of(trade.trace(LEATHER), trade)

    assert [step.title for step in page.steps] == ["Made", "Used to make something"]
    assert page.steps[1].lines[1].startswith("For Ada, calf leather (item A1)")


def test_a_step_that_made_what_it_was_made_from_says_what_it_made(world: World) -> None:
    leaf, blend, tin = lot("LEAF"), lot("BLEND"), item("T1")
    world.made(Some("10 KGM", leaf))
    world.blended([Some("5 KGM", leaf)], [Some("5 KGM", blend)])
    world.blended([Some("1 KGM", blend)], [tin], at_most=[("KGM", "", "9")])

    page = page_of(world.trace(tin), world)

    assert [(step.title, step.near) for step in page.steps] == [
        ("Made", "lot LEAF"),
        ("Made", "lot BLEND"),
        ("Made", ""),
    ]


def test_a_crowd_is_drawn_as_one_line_that_leads_on(world: World) -> None:
    leaf, tins = lot("LEAF"), [item(f"T{number}") for number in range(30)]
    world.made(Some("10 KGM", leaf))
    world.blended([Some("10 KGM", leaf)], tins, at_most=[("KGM", "", "9")])

    drawing = page_of(world.trace(tins[0]), world).drawing

    assert drawing is not None
    assert [node.title for node in drawing.nodes] == ["Made", "lot LEAF", "Made", "item T0"]
    assert [line.is_subject for line in drawing.lines] == [False, False, True]


def test_a_unit_says_what_it_is(trade: World) -> None:
    page = page_of(trade.trace(BOX), trade)

    assert page.kind == "Package"
    assert page.facts[0].name == "Package number (SSCC)"
    assert ("Held by", "shop") in [(fact.name, fact.value) for fact in page.facts]


def test_the_steps_are_told_in_the_order_of_the_log(report: Report, trade: World) -> None:
    steps = page_of(report, trade).steps

    titles = [step.title for step in steps]
    assert titles == ["Made", "Made", "Packed", "Sent", "Received", "Sent", "Received", "Unpacked", "Sold"]
    assert [step.index for step in steps] == sorted(step.index for step in steps)


def test_a_step_says_who_in_which_role_and_with_whom(report: Report, trade: World) -> None:
    made, packed, sent = page_of(report, trade).steps[1:4]

    assert [(s.party, s.role) for s in made.signatures] == [("maker", "producer")]
    assert any(line.startswith("From 2 kg of ") for line in made.lines)
    assert packed.lines[0].startswith("Into package ")
    assert sent.lines == ("To carrier", "New owner: shop")
    assert sent.near.startswith("while in package ")


def test_a_time_is_shown_on_the_clock_of_its_signer(report: Report, trade: World) -> None:
    sold, chinese = page_of(report, trade).steps[-1], page_of(report, trade, Language.CHINESE).steps[-1]

    assert sold.when.shown == "4 May 2026, 14:45 UTC+05:30"
    assert chinese.when.shown == "2026年5月4日 14:45 UTC+05:30"
    assert sold.when.machine == "2026-05-04T14:45:00+05:30"


def test_accepted_is_not_recorded(report: Report, trade: World) -> None:
    steps = page_of(report, trade).steps

    assert [step.standing for step in steps] == [Standing.RECORDED] * 8 + [Standing.ACCEPTED]
    assert steps[-1].standing_word == "Accepted, not yet recorded"


def test_the_evidence_is_offered_only_when_it_is_whole(report: Report, trade: World) -> None:
    waiting, whole = page_of(report, trade).proof, page_of(trade.trace(item("A2")), trade).proof
    nothing = page_of(trade.trace(item("ZZ")), trade).proof

    assert (waiting.bundle, waiting.why_no_bundle) == ("", ENGLISH("proof.bundle.later"))
    assert whole.bundle.endswith("/21/A2/bundle")
    assert (nothing.bundle, nothing.why_no_bundle) == ("", ENGLISH("proof.bundle.none"))


def test_the_picture_shows_every_step_and_the_thing_on_the_left(report: Report, trade: World) -> None:
    drawing = page_of(report, trade).drawing

    assert drawing is not None
    steps = [node for node in drawing.nodes if node.mark is not Mark.THING]
    assert len(steps) == 9
    assert steps[-1].full == "Sold · shop"
    assert [line.is_subject for line in drawing.lines].count(True) >= 3
    assert drawing.left_out == 0


def test_a_thing_nobody_issued_gets_its_page(trade: World) -> None:
    page = page_of(trade.trace(item("ZZ")), trade)

    assert page.name == "Item ZZ"
    assert page.banner.word == "Never issued"
    assert (page.steps, page.drawing) == ((), None)


def test_what_was_taken_back_and_what_put_it_right_are_both_told(world: World) -> None:
    wrong = world.made(item("W1"))
    world.corrected(wrong)

    page = page_of(world.trace(item("W1")), world)

    assert [(step.title, step.standing) for step in page.steps] == [
        ("Made", Standing.VOIDED),
        ("Taken back: it did not happen", Standing.ACCEPTED),
    ]
    assert page.drawing is not None
    assert [node.mark for node in page.drawing.nodes] == [Mark.ODD, Mark.THING, Mark.STEP]


def test_an_alarm_is_told_with_its_reading(world: World) -> None:
    world.made(item("F1"))
    world.said(_delegation_free_alarm(item("F1")), MAKER)

    page = page_of(world.trace(item("F1")), world)

    assert page.banner.word == "Look twice"
    assert page.banner.reason is not None
    assert page.banner.reason.what == "On the way a sensor raised an alarm (Temperature: 11.8 °C)."


def _delegation_free_alarm(thing: Subject) -> dict[str, Json]:
    """An alarm that the thing's own holder reports."""
    report: Json = {"type": "Temperature", "value": canonical.parse_any(b"11.8"), "uom": "CEL"}
    assert isinstance(report, dict)
    sensor: Json = {"sensorReport": [{**report, "exception": "ALARM_CONDITION"}]}
    return {
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "sensor_reporting",
        "epcList": [thing],
        "sensorElementList": [sensor],
    }


def test_a_long_history_says_how_much_of_it_is_left_out(report: Report, trade: World) -> None:
    many = replace(report, history=replace(report.history, happenings=report.history.happenings * 30))

    page = page_of(many, trade)

    assert (len(page.steps), page.omitted) == (200, 70)


def test_the_answer_for_programs_has_every_finding_and_step(report: Report, trade: World) -> None:
    doubted = doubting(report, Doubt.RECALLED, Doubt.NOT_YET_RECORDED)

    made = answer(doubted, base_url="https://shop.example")

    read = canonical.parse_any(canonical.dump(made))
    assert isinstance(read, dict)
    assert read["verdict"] == "recalled"
    assert [finding["doubt"] for finding in read["findings"]] == ["recalled", "not-yet-recorded"]
    assert len(read["steps"]) == len(report.history.happenings)
    assert read["page"] == f"https://shop.example/verify/{BAG.removeprefix('https://id.gs1.org/')}"
    assert read["witnesses"] == []


def test_a_party_that_no_registry_knows_is_called_by_its_number(report: Report, trade: World) -> None:
    text = text_in(Language.ENGLISH)
    doubted = doubting(report, Doubt.STATEMENT_REFUSED)

    page = verification_page(doubted, trade.services.trust, text=text, host="h", heard_of={})

    assert page.banner.reason is not None
    assert f"party {RIVAL.party.rpartition('/')[2]}" in page.banner.reason.what
    assert SENSOR.name not in page.banner.reason.what
