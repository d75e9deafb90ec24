"""A bundle is believed as far as the trust file's witnesses confirmed its checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from provenance.adapters.sql_schema import CHECKPOINTS
from provenance.bundle import Bundle, format_bundle, parse_bundle
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.errors import MalformedError
from provenance.evidence import Report, verify_file
from provenance.log.note import Note, NoteSignature, format_note, parse_note
from provenance.log.policy import parse_policy
from provenance.proof_steps import Outcome, ProofStep
from provenance.trust import Trust
from tests.cast import item
from tests.cosigners import TWO_OF_THREE, cosigned
from tests.world import World
from web.pages.answer import answer
from web.pages.text import Language, text_in
from web.pages.timeline import Standing
from web.pages.verification import verification_page

A = item("A1")


@pytest.fixture(scope="module")
def traded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Trust]:
    """A bundle that nobody confirmed, and the trust of someone who asks for two of three."""
    world = World(tmp_path_factory.mktemp("confirmed") / "world")
    world.made(A)
    bundle = parse_bundle(world.bundle(A))
    world.close()
    return bundle, replace(world.services.trust, witnesses=parse_policy(TWO_OF_THREE))


def with_note(bundle: Bundle, change: Callable[[Note], Note]) -> bytes:
    """The bundle's file with its checkpoint changed."""
    note = change(parse_note(bundle.checkpoint.encode()))
    return format_bundle(replace(bundle, checkpoint=format_note(note).decode()))


def doubts(report: Report) -> list[Doubt]:
    return [finding.doubt for finding in report.verdict.findings]


def test_two_of_three_witnesses_make_a_bundle_confirmed(traded: tuple[Bundle, Trust]) -> None:
    bundle, trust = traded

    report = verify_file(with_note(bundle, lambda note: cosigned(note, w1=100, w3=300)), trust)

    assert report.verdict.shown is VerdictClass.CONSISTENT
    assert report.confirmation is not None
    assert (report.confirmation.is_witnessed, report.confirmation.as_of_seconds) == (True, 100)


@pytest.mark.parametrize("seconds", [{}, {"w2": 200}])
def test_where_too_few_confirmed_nothing_can_be_said(seconds: dict[str, int], traded: tuple[Bundle, Trust]) -> None:
    bundle, trust = traded

    report = verify_file(with_note(bundle, lambda note: cosigned(note, **seconds)), trust)

    assert report.verdict.shown is VerdictClass.COULD_NOT_CHECK
    assert doubts(report) == [Doubt.NOT_CONFIRMED]
    assert report.steps.outcome(ProofStep.COSIGNATURES) is Outcome.FAILS


def test_where_nobody_need_confirm_a_bundle_is_recorded_and_not_confirmed(traded: tuple[Bundle, Trust]) -> None:
    bundle, trust = traded

    report = verify_file(format_bundle(bundle), replace(trust, witnesses=parse_policy(b"quorum none\n")))

    assert report.verdict.shown is VerdictClass.CONSISTENT
    assert report.confirmation is not None
    assert not report.confirmation.is_witnessed
    assert report.steps.outcome(ProofStep.COSIGNATURES) is Outcome.NOT_ASKED


def test_a_witness_the_trust_file_does_not_know_spoils_a_bundle(traded: tuple[Bundle, Trust]) -> None:
    bundle, trust = traded

    report = verify_file(with_note(bundle, lambda note: cosigned(note, w1=1, w2=2, w9=9)), trust)

    assert doubts(report) == [Doubt.CHECKPOINT_UNTRUSTED]


@given(data=st.data())
def test_any_changed_byte_of_a_confirmed_checkpoint_is_seen(data: st.DataObject, traded: tuple[Bundle, Trust]) -> None:
    bundle, trust = traded
    note = format_note(cosigned(parse_note(bundle.checkpoint.encode()), w1=100, w2=200, w3=300))
    place = data.draw(st.integers(0, len(note) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != note[place]))
    changed = note[:place] + bytes([byte]) + note[place + 1 :]

    try:
        report = verify_file(format_bundle(replace(bundle, checkpoint=changed.decode())), trust)
    except (UnicodeDecodeError, MalformedError):
        return
    assert report.verdict.shown is VerdictClass.COULD_NOT_CHECK


def test_a_bundle_takes_along_only_what_its_reader_can_check(world: World) -> None:
    world.made(A)
    world.services.checkpointing.checkpoint()
    with world.services.store.reading() as reading:
        kept = reading.checkpoint()
    assert kept is not None
    note = parse_note(kept.note.encode())
    stranger = NoteSignature("pq.example", b"\x06\x00\x00\x06", bytes(2428))
    with world.services.store.raw_writing() as connection:
        noted = format_note(Note(note.text, (*note.signatures, stranger))).decode()
        connection.execute(update(CHECKPOINTS).values(note=noted))

    bundle = world.services.tracing.bundle(A)

    assert bundle.checkpoint == kept.note
    assert world.trace(A).verdict.shown is VerdictClass.CONSISTENT


def test_the_page_and_the_answer_say_who_confirmed(traded: tuple[Bundle, Trust]) -> None:
    bundle, trust = traded
    report = verify_file(with_note(bundle, lambda note: cosigned(note, w1=1_777_888_800, w3=1_777_888_860)), trust)

    page = verification_page(report, trust, text=text_in(Language.ENGLISH), host="h", heard_of={})
    told = answer(report, base_url="https://h")

    assert {step.standing for step in page.steps} == {Standing.CONFIRMED}
    assert [(one.witness, one.shown) for one in page.proof.confirmed] == [
        ("w1.example", "4 May 2026, 10:00 UTC"),
        ("w3.example", "4 May 2026, 10:01 UTC"),
    ]
    assert any("confirmed this checkpoint: 2 of 3" in limit for limit in page.limits)
    assert told["isConfirmed"] is True
    assert told["witnesses"] == [
        {"name": "w1.example", "time": "2026-05-04T10:00:00.000Z"},
        {"name": "w3.example", "time": "2026-05-04T10:01:00.000Z"},
    ]
