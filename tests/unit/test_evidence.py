"""A file that proves one history: an attack for every step of the examination, and what it must be called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from provenance.bundle import Bundle, Exhibit, format_bundle
from provenance.codes import Code
from provenance.crypto.envelope import Envelope, Signature, leaf
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.errors import MalformedError
from provenance.evidence import Report, verify_file
from provenance.ids import LeafIndex, TreeSize
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.merkle import leaf_hash
from provenance.log.note import format_note, parse_note, sign, signer_key
from provenance.trust import Trust
from tests.cast import CARRIER, MAKER, RIVAL, SHOP, item, unit
from tests.founding import ORIGIN
from tests.homes import key_of
from tests.trees import plain_inclusion, plain_root
from tests.world import World

A, BOX = item("A1"), unit(1)
COMMISSIONED_AGAIN = {"type": "ObjectEvent", "action": "ADD", "bizStep": "commissioning", "epcList": [A]}
SEEN_AGAIN = {"type": "ObjectEvent", "action": "OBSERVE", "bizStep": "inspecting", "epcList": [A]}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The evidence about an item that was made, packed, handed over twice and sold."""
    world = World(tmp_path_factory.mktemp("evidence") / "world")
    world.made(A)
    world.packed(A, into=BOX)
    world.handed_over(BOX, to=CARRIER)
    world.handed_over(BOX, by=CARRIER, to=SHOP)
    world.unpacked(out_of=BOX, by=SHOP)
    world.sold(A)
    world.services.checkpointing.checkpoint()
    bundle = world.services.tracing.bundle(A)
    world.close()
    return bundle


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    world = World(tmp_path_factory.mktemp("trust") / "world")
    world.close()
    return world.services.trust


def doubts(report: Report) -> set[Doubt]:
    return {finding.doubt for finding in report.verdict.findings}


def with_exhibit(bundle: Bundle, place: int, exhibit: Exhibit) -> Bundle:
    return replace(bundle, exhibits=(*bundle.exhibits[:place], exhibit, *bundle.exhibits[place + 1 :]))


def assert_says_nothing_of_the_whole(report: Report) -> None:
    """What is missing may be just what would have kept the rule, or moved the thing on."""
    assert report.verdict.shown is VerdictClass.COULD_NOT_CHECK
    assert not {Doubt.RULE_BROKEN, Doubt.NOT_ISSUED, Doubt.ORIGIN_NOT_RECORDED} & doubts(report)
    assert (report.history.standing, report.history.holder, report.history.phase) == (None, None, None)
    assert {happening.refusal for happening in report.history.happenings} <= {None}


def lying_log(world: World, *slipped_in: Envelope) -> Bundle:
    """The evidence about ``A`` from a log that records what the rules refuse."""
    with world.services.store.reading() as store:
        kept = [stored.envelope for stored in store.statements_from(LeafIndex(0), limit=store.size())]
    world.services.checkpointing.checkpoint()
    honest = world.services.tracing.bundle(A)
    envelopes = [*kept, *slipped_in]
    leaves = [leaf_hash(leaf(envelope)) for envelope in envelopes]
    note = sign_checkpoint(Checkpoint(ORIGIN, TreeSize(len(leaves)), plain_root(leaves)), key_of("log"))
    added = tuple(map(LeafIndex, range(len(kept), len(envelopes))))
    own = honest.chains[A]
    chains = {**honest.chains, A: replace(own, indexes=(*own.indexes, *added))}
    shown = sorted({*(exhibit.index for exhibit in honest.exhibits), *added})
    exhibits = (Exhibit(LeafIndex(i), envelopes[i], tuple(plain_inclusion(i, leaves))) for i in shown)
    return replace(honest, checkpoint=format_note(note).decode(), chains=chains, exhibits=tuple(exhibits))


def test_an_honest_file_is_consistent_and_every_statement_in_it_is_recorded(bundle: Bundle, trust: Trust) -> None:
    report = verify_file(format_bundle(bundle), trust)

    assert (report.verdict.shown, report.verdict.findings) == (VerdictClass.CONSISTENT, ())
    assert report.recorded == {exhibit.envelope.hash for exhibit in bundle.exhibits}
    assert len(report.history.happenings) == 8


class TestTheCheckpoint:
    def test_of_another_log_proves_nothing(self, bundle: Bundle, trust: Trust) -> None:
        other = replace(trust, log=signer_key(ORIGIN, RIVAL.key.public))

        report = verify_file(format_bundle(bundle), other)

        assert doubts(report) == {Doubt.CHECKPOINT_UNTRUSTED}
        assert_says_nothing_of_the_whole(report)
        assert (report.checkpoint, report.recorded) == (None, frozenset())

    def test_with_a_signature_nobody_here_knows_is_doubted(self, bundle: Bundle, trust: Trust) -> None:
        note = parse_note(bundle.checkpoint.encode())
        strange = sign(note.text, name="somebody.example", key=RIVAL.key)
        more = replace(note, signatures=(*note.signatures, strange))

        report = verify_file(format_bundle(replace(bundle, checkpoint=format_note(more).decode())), trust)

        assert doubts(report) == {Doubt.CHECKPOINT_UNTRUSTED}

    def test_that_is_not_there_leaves_everything_unproven(self, bundle: Bundle, trust: Trust) -> None:
        report = verify_file(format_bundle(replace(bundle, checkpoint="")), trust)

        assert doubts(report) == {Doubt.CHECKPOINT_UNTRUSTED}
        assert_says_nothing_of_the_whole(report)


class TestAStatement:
    @pytest.mark.parametrize("place", range(15))
    def test_that_was_edited_is_found_and_nothing_is_said_of_the_whole(
        self, place: int, bundle: Bundle, trust: Trust
    ) -> None:
        exhibit = bundle.exhibits[place]
        edited = replace(exhibit.envelope, body=exhibit.envelope.body.replace(b"2026", b"2027"))

        report = verify_file(format_bundle(with_exhibit(bundle, place, replace(exhibit, envelope=edited))), trust)

        assert {Doubt.RECORD_ALTERED, Doubt.PROOF_FAILED} <= doubts(report)
        assert_says_nothing_of_the_whole(report)

    @pytest.mark.parametrize("place", range(15))
    def test_whose_signature_was_changed_is_found(self, place: int, bundle: Bundle, trust: Trust) -> None:
        exhibit = bundle.exhibits[place]
        rows = tuple(Signature(row.key, bytes(64)) for row in exhibit.envelope.signatures)
        forged = replace(exhibit, envelope=replace(exhibit.envelope, signatures=rows))

        report = verify_file(format_bundle(with_exhibit(bundle, place, forged)), trust)

        assert {Doubt.RECORD_ALTERED, Doubt.PROOF_FAILED} <= doubts(report)
        assert_says_nothing_of_the_whole(report)

    @pytest.mark.parametrize("place", [0, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13])
    def test_that_others_follow_or_lean_on_is_missed_if_left_out(
        self, place: int, bundle: Bundle, trust: Trust
    ) -> None:
        shorter = replace(bundle, exhibits=(*bundle.exhibits[:place], *bundle.exhibits[place + 1 :]))

        report = verify_file(format_bundle(shorter), trust)

        assert {Doubt.RECORD_MISSING, Doubt.REGISTRY_UNTRUSTED} & doubts(report)
        assert_says_nothing_of_the_whole(report)

    def test_that_belongs_to_something_else_is_no_evidence(self, world: World) -> None:
        world.made(A)
        other = world.made(item("B1"))
        index, envelope = other.index, world.stored(other).envelope
        world.services.checkpointing.checkpoint()
        own, strange = world.services.tracing.bundle(A), world.services.tracing.bundle(item("B1"))
        proof = next(exhibit.proof for exhibit in strange.exhibits if exhibit.index == index)

        more = replace(own, exhibits=(*own.exhibits, Exhibit(index, envelope, proof)))
        report = verify_file(format_bundle(more), world.services.trust)

        assert doubts(report) == {Doubt.RECORD_MISSING}

    def test_without_its_proof_or_with_that_of_another_is_not_proven(self, bundle: Bundle, trust: Trust) -> None:
        first, second = bundle.exhibits[3:5]
        for proof in (None, (), second.proof):
            report = verify_file(format_bundle(with_exhibit(bundle, 3, replace(first, proof=proof))), trust)

            assert Doubt.PROOF_FAILED in doubts(report)
            assert_says_nothing_of_the_whole(report)

    def test_that_is_said_to_stand_elsewhere_is_not_proven(self, bundle: Bundle, trust: Trust) -> None:
        *others, last = bundle.exhibits
        moved = (*others, replace(last, index=LeafIndex(last.index + 1)))

        report = verify_file(format_bundle(replace(bundle, exhibits=moved)), trust)

        assert {Doubt.PROOF_FAILED, Doubt.RECORD_MISSING} == doubts(report)


class TestTheFile:
    def test_without_statements_proves_nothing(self, bundle: Bundle, trust: Trust) -> None:
        report = verify_file(format_bundle(replace(bundle, exhibits=(), chains={})), trust)

        assert report.verdict.shown is VerdictClass.COULD_NOT_CHECK

    def test_that_needs_less_than_the_history_does_is_doubted(self, bundle: Bundle, trust: Trust) -> None:
        less = {subject: chain for subject, chain in bundle.chains.items() if subject != BOX}

        report = verify_file(format_bundle(replace(bundle, chains=less)), trust)

        assert Doubt.RECORD_MISSING in doubts(report)

    def test_that_is_no_bundle_is_refused(self, trust: Trust) -> None:
        for data in (b"", b"{}", b"[]", b'{"bundle":"provenance.bundle/v2"}'):
            with pytest.raises(MalformedError):
                verify_file(data, trust)


class TestTheRegistry:
    def test_of_another_root_is_not_believed(self, bundle: Bundle, trust: Trust) -> None:
        report = verify_file(format_bundle(bundle), replace(trust, roots=(RIVAL.key.public,)))

        assert doubts(report) == {Doubt.REGISTRY_UNTRUSTED}
        assert_says_nothing_of_the_whole(report)


class TestALogThatLies:
    """Everything is signed, recorded and proven, and can't all be true."""

    def test_with_a_second_beginning_contradicts_itself(self, world: World) -> None:
        world.made(A)
        again = world.signed_blindly(COMMISSIONED_AGAIN, MAKER)

        report = verify_file(format_bundle(lying_log(world, again)), world.services.trust)

        assert report.verdict.shown is VerdictClass.CONTRADICTED
        assert report.verdict.because is not None
        assert report.verdict.because.details["code"] == Code.ALREADY_COMMISSIONED

    def test_with_two_statements_after_the_same_one_contradicts_itself(self, world: World) -> None:
        world.made(A)
        fork = world.signed_blindly(SEEN_AGAIN, MAKER, previous=world.heads(A))
        world.observed(A, by=MAKER)

        report = verify_file(format_bundle(lying_log(world, fork)), world.services.trust)

        assert report.verdict.shown is VerdictClass.CONTRADICTED
        assert report.verdict.because is not None
        assert report.verdict.because.details["code"] == Code.STALE_LINK

    def test_with_what_was_signed_for_another_log_breaks_a_rule(self, world: World, tmp_path: Path) -> None:
        elsewhere = World(tmp_path / "elsewhere")
        elsewhere.made(*(item(f"X{number}") for number in range(3)))
        for number in range(3):
            elsewhere.observed(item(f"X{number}"), by=MAKER)
        elsewhere.services.checkpointing.checkpoint()
        world.made(A)
        later = elsewhere.signed_blindly(SEEN_AGAIN, MAKER, previous=world.heads(A))
        elsewhere.close()

        report = verify_file(format_bundle(lying_log(world, later)), world.services.trust)

        assert report.verdict.shown is VerdictClass.CONTRADICTED
        assert report.verdict.because is not None
        assert "had seen" in report.verdict.because.details["message"]


def test_no_byte_of_a_file_can_be_changed_unseen(world: World) -> None:
    """Each byte in turn, in the shortest file there is: an item that was only made."""
    world.made(A)
    data = world.bundle(A)
    assert verify_file(data, world.services.trust).verdict.shown is VerdictClass.CONSISTENT

    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1 << at % 7  # the letters stay ASCII, so that fewer fail for being no text

        try:
            shown = verify_file(bytes(changed), world.services.trust).verdict.shown
        except MalformedError:
            continue
        assert shown is VerdictClass.COULD_NOT_CHECK, f"byte {at} of {data[max(at - 40, 0) : at + 40]!r}"
