"""Each attack on a log is caught by whom it should be caught by, with evidence that is checked without any of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.bootstrap import Services
from provenance.crypto.envelope import to_json
from provenance.encoding import canonical
from provenance.ids import LeafIndex, TreeSize
from provenance.log.body_bundles import format_bodies
from provenance.log.head import Head, sign_head
from provenance.log.note import VerifierKey, format_note, parse_note
from provenance.log.proofs import prove_consistency
from provenance.log.witness import WitnessRequest, format_request
from provenance.services.tile_reading import StoredTiles
from provenance.trust import parse_trust
from tests import litewitness
from tests.attack_world import (
    ORIGIN,
    AttackWorld,
    Bribed,
    attack_world,
    fetched,
    making,
    opened,
    posted,
    say,
    serving,
    slip_in,
    unguarded,
)
from tests.cast import MAKER, item
from tests.homes import MAKER as MAKER_GLN
from tests.homes import files_in, handed_to, key_of
from tests.processes import OURS, Program, command, environment, offline, wait_until
from tests.served import one_after_the_other, published
from tests.terminal import Terminal

NOWHERE = Path("/dev/null/nowhere")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AttackWorld]:
    with attack_world(tmp_path_factory.mktemp("attacks")) as world:
        yield world


def request_for(services: Services, old: int) -> bytes:
    """The question a log asks its witnesses about its newest checkpoint."""
    with services.store.reading() as store:
        newest = store.checkpoint()
        assert newest is not None
        proof = prove_consistency(old_size=old, new_size=newest.size, tiles=StoredTiles(store)).hashes
    return format_request(WitnessRequest(TreeSize(old), proof, parse_note(newest.note.encode())))


def assert_convicts(of: VerifierKey, evidence: Path) -> None:
    """Somebody without a network finds that the log contradicted itself, and takes no tampered file for that."""
    log = str(of)
    judged = offline("witness", "check-evidence", evidence, "--log", log)
    refused = Terminal(NOWHERE)("witness", "check-evidence", with_another_root(evidence), "--log", log)

    assert (judged.code, judged.out.splitlines()[0]) == (0, f"proven  {of.name}"), judged.err
    assert (refused.code, refused.out) == (1, "")


def with_another_root(evidence: Path) -> Path:
    """The same evidence, in which the second checkpoint has one letter of its root changed."""
    members = canonical.parse_whole(evidence.read_bytes())
    assert isinstance(members, dict)
    origin, size, root, *rest = str(members["second"]).split("\n")
    other = ("B" if root[0] == "A" else "A") + root[1:]
    tampered = evidence.with_suffix(".tampered")
    tampered.write_bytes(canonical.dump({**members, "second": "\n".join([origin, size, other, *rest])}))
    return tampered


def test_one_of_the_four_witnesses_is_somebody_elses_and_confirms_like_ours(world: AttackWorld) -> None:
    if world.absent is not None:
        pytest.skip(world.absent)

    world.confirmed_by_all(world.made(item("FOUR")))

    assert len(world.ours) == 3
    assert f"— {litewitness.NAME} " in fetched(f"{world.log.url}/checkpoint").decode()


def test_the_witnesses_refuse_a_fork_and_keep_proof_of_it(world: AttackWorld, tmp_path: Path) -> None:
    stolen = world.snapshot(tmp_path / "stolen")
    world.confirmed_by_all(world.made(item("FORK-A")))
    size = world.checkpoint().size

    with unguarded(stolen) as fork:
        say(fork, making(item("FORK-B")), MAKER.hand())
        answers = [HttpWitnesses().ask(one.program.url, request_for(fork, size)) for one in world.witnesses]

    assert {answer.status for answer in answers} <= {409, 422}
    for one in world.ours:
        kept = command(one.home, "witness", "evidence", "-o", tmp_path / one.name)
        assert kept.code == 0, kept.err
        (evidence,) = (tmp_path / one.name).iterdir()
        assert_convicts(world.trust.log, evidence)


def test_a_mirror_refuses_a_fork_and_keeps_proof_of_it(world: AttackWorld, tmp_path: Path) -> None:
    stolen, copy = world.snapshot(tmp_path / "stolen"), tmp_path / "copy"
    world.made(item("FORK-C"))
    assert world.mirrored(world.log.url, copy).code == 0

    with unguarded(stolen) as fork:
        say(fork, making(item("FORK-D")), MAKER.hand())
    with published(stolen) as url:
        caught = world.mirrored(url, copy)

    assert (caught.code, "inconsistent-log" in caught.err) == (1, True), caught.err
    (evidence,) = (copy / "evidence").iterdir()
    assert_convicts(world.trust.log, evidence)


def assert_verifies(bundle: Path, world: AttackWorld, *, verdict: str) -> str:
    """What somebody without a network finds in a bundle, and that they take no altered one for it."""
    altered = bundle.with_suffix(".altered")
    data = bundle.read_bytes()
    at = data.index(b'"payload":"') + 40
    altered.write_bytes(data[:at] + (b"B" if data[at : at + 1] == b"A" else b"A") + data[at + 1 :])

    found = offline("verify", bundle, "--trust", world.trust_file)
    refused = Terminal(NOWHERE)("verify", altered, "--trust", world.trust_file)

    assert (found.code, found.out.split()[0]) == (0 if verdict == "CONSISTENT" else 1, verdict), found.out
    assert (refused.code, refused.out.split()[0]) == (1, "COULD-NOT-CHECK"), refused.out
    return found.out


def test_a_mirror_that_asks_all_witnesses_sees_a_split_view_that_two_bribed_ones_confirmed(
    world: AttackWorld, tmp_path: Path
) -> None:
    founded = world.found("split.example/log")
    homes, copies = (tmp_path / "a", tmp_path / "b"), (tmp_path / "copy-a", tmp_path / "copy-b")
    one, two, three, four = world.witnesses
    for home, thing, shown_to in zip(homes, (item("STORY-A"), item("STORY-B")), (three, four), strict=True):
        shutil.copytree(founded, home)
        with opened(home, Bribed([one], shown_to)) as services:
            say(services, making(thing), MAKER.hand())
            services.witnessing.confirm()
            assert services.checkpointing.latest() == ""  # one bribed witness of four is not enough
        with opened(home, Bribed([one, two], shown_to)) as services:
            services.witnessing.confirm()

    taken = []
    for home, copy in zip(homes, copies, strict=True):
        with published(home) as url:
            taken.append(world.mirrored(url, copy, founded / "trust.json"))

    # Both stories have their quorum; the second mirror hears the first one from the honest witness that saw it.
    assert [said.code for said in taken] == [0, 1], taken
    assert "two histories" in taken[1].err
    (evidence,) = (copies[1] / "evidence").glob("conflict-*.json")
    assert_convicts(parse_trust((founded / "trust.json").read_bytes()).log, evidence)


def test_the_witnesses_see_that_an_old_backup_was_put_back_and_the_log_stays_shut(
    world: AttackWorld, tmp_path: Path
) -> None:
    backup = world.snapshot(tmp_path / "backup")
    world.confirmed_by_all(world.made(item("BACKUP")))
    restored = serving(backup)

    restored.start()
    try:
        restored.wait()
        answer = posted(f"{restored.url}/statements", to_json(world.signed(making(item("LATER")), key="maker")))
    finally:
        restored.stop()

    assert (answer[0], answer[1]["code"]) == (503, "read-only")
    assert "witness w1: it has seen" in restored.said
    evidence = world.bundle(item("BACKUP"), tmp_path / "a.bundle")  # the log signed what its backup does not have
    assert_verifies(evidence, world, verdict="CONSISTENT")


def test_a_mirror_sees_that_a_log_shows_less_than_it_signed_before(world: AttackWorld, tmp_path: Path) -> None:
    backup, copy = world.snapshot(tmp_path / "backup"), tmp_path / "copy"
    world.made(item("ROLLED"))
    assert world.mirrored(world.log.url, copy).code == 0
    before = files_in(copy)

    with published(backup) as url:
        caught = world.mirrored(url, copy)

    assert (caught.code, "log-rolled-back" in caught.err) == (1, True), caught.err
    assert {name: data for name, data in files_in(copy).items() if "evidence" not in name} == before
    (alarm,) = (copy / "evidence").glob("alarm-*.json")
    judged = offline("log", "check-alarm", alarm, "--trust", world.trust_file)
    assert (judged.code, judged.out.splitlines()[0]) == (0, f"claimed  log-rolled-back  {ORIGIN}"), judged.err


def test_a_watch_that_goes_on_by_itself_ends_with_the_attack_that_it_sees(world: AttackWorld, tmp_path: Path) -> None:
    backup, copy = world.snapshot(tmp_path / "backup"), tmp_path / "copy"
    world.made(item("WATCHED"))
    grown = world.snapshot(tmp_path / "grown")

    with one_after_the_other(grown, backup) as (url, put_backup_back):
        words = ("mirror", "copy", url, copy, "--trust", world.trust_file, "--every", "1")
        watch = Program([*OURS, *words], 0, tmp_path / "diary", environment(tmp_path / "elsewhere"))
        watch.start()
        try:
            wait_until(lambda: watch.said.count("confirmed by") >= 2)
            put_backup_back()
            code = watch.outcome()
        finally:
            watch.kill()

    assert (code, watch.said.count("error:"), "error: log-rolled-back" in watch.said) == (1, 1, True), watch.said
    (alarm,) = (copy / "evidence").glob("alarm-*.json")
    assert offline("log", "check-alarm", alarm, "--trust", world.trust_file).code == 0


def test_the_verifier_finds_what_a_revoked_key_signed_with_an_old_date(world: AttackWorld, tmp_path: Path) -> None:
    world.made(item("OLD"))
    key = world.give_key("revoked")
    backdated = world.signed(making(item("BACKDATED"), "2026-01-01T10:00:00.000Z"), key="revoked")
    world.call_stolen(key, since=world.checkpoint().size)

    refused = world.posted(backdated, wait="recorded")
    slip_in(world.home, backdated)
    world.grown()

    assert (refused[0], refused[1]["code"]) == (403, "key-ended")
    said = assert_verifies(world.bundle(item("BACKDATED"), tmp_path / "a.bundle"), world, verdict="CONTRADICTED")
    assert "rule-broken" in said
    assert "authority     everyone signed with a key and in a role of their own: FAILS" in said


def test_the_owner_of_a_stolen_key_sees_what_it_signed_and_everyone_doubts_it(
    world: AttackWorld, tmp_path: Path
) -> None:
    key = world.give_key("stolen")
    since = world.checkpoint().size
    known = world.handed_in(world.signed(making(item("KNOWN")), key="stolen"))
    forged = world.handed_in(world.signed(making(item("FORGED")), key="stolen"))

    feed = [entry["id"] for entry in json.loads(fetched(f"{world.log.url}/keys/{key}/feed.json"))["items"]]
    world.call_stolen(key, since=since)
    world.grown()
    doubted = world.bundle(item("KNOWN"), tmp_path / "doubted.bundle")
    reaffirm = ("party", "reaffirm", "--party", MAKER_GLN, "--key", world.home / "keys" / "maker.key")
    assert world.terminal(*reaffirm, known["hash"]).code == 0
    world.grown()

    assert feed[:2] == [forged["hash"], known["hash"]]
    assert "key-compromised" in assert_verifies(doubted, world, verdict="UNUSUAL")
    assert_verifies(world.bundle(item("KNOWN"), tmp_path / "known.bundle"), world, verdict="CONSISTENT")
    still = assert_verifies(world.bundle(item("FORGED"), tmp_path / "forged.bundle"), world, verdict="UNUSUAL")
    assert "key-compromised" in still


def test_a_mirror_refutes_a_log_that_withholds_the_newest_event(world: AttackWorld, tmp_path: Path) -> None:
    made = world.made(item("WITHHELD"))
    shipping = {
        **making(item("WITHHELD")),
        "action": "OBSERVE",
        "bizStep": "shipping",
        "destinationList": handed_to("9520789000004"),
    }
    shipped = world.handed_in(world.signed(shipping, key="maker"))
    copy, head, proof = tmp_path / "copy", tmp_path / "head", tmp_path / "refutation.json"
    assert world.mirrored(world.log.url, copy).code == 0
    tree = world.checkpoint()
    honest = fetched(f"{world.log.url}/verify/{item('WITHHELD').removeprefix('https://id.gs1.org/')}/head")
    with opened(world.home) as services, services.store.reading() as store:
        bodies = [stored.envelope.body for stored in store.statements_from(LeafIndex(0), limit=tree.size)]
    (copy / "bodies" / "000.p").mkdir(parents=True)
    (copy / "bodies" / "000.p" / str(tree.size)).write_bytes(format_bodies(bodies))

    head.write_bytes(format_note(sign_head(Head(item("WITHHELD"), LeafIndex(made["index"]), tree), key_of("log"))))
    words = ("log", "refute", head, "--copy", copy, "--trust", world.trust_file)
    refuted = offline(*words, "-o", proof)
    judged = offline("log", "check-refutation", proof, "--trust", world.trust_file)
    proof.with_suffix(".tampered").write_bytes(proof.read_bytes().replace(b'"index":', b'"index":1', 1))
    tampered = Terminal(NOWHERE)("log", "check-refutation", proof.with_suffix(".tampered"), "--trust", world.trust_file)
    head.write_bytes(honest)
    held = Terminal(NOWHERE)(*words)

    assert (refuted.code, judged.code, tampered.code, held.code) == (1, 0, 1, 0), (refuted, judged, tampered, held)
    assert judged.out.startswith("refuted  later-statement")
    assert f"leaf {shipped['index']}" in judged.out


def test_one_dead_witness_stops_nothing_and_two_stop_confirmation_until_they_are_back(
    world: AttackWorld, tmp_path: Path
) -> None:
    first, second = world.ours[1:]
    thing = item("UNCONFIRMED")

    first.program.kill()
    try:
        with_three = world.made(item("THREE"))
        second.program.kill()
        with_two = world.made(thing, wait="recorded")
        wait_until(lambda: len(world.status(with_two)["confirmedBy"]) == 2)
        shown, told = world.checkpoint().size, world.status(with_two)["status"]
        pending = json.loads(fetched(f"{world.log.url}/verify{thing.removeprefix('https://id.gs1.org')}.json"))
    finally:
        for one in (first, second):
            one.program.kill()
            one.program.start()
            one.program.wait()
    world.confirmed_by_all(with_two)
    world.grown()

    assert with_three["status"] == "confirmed"
    assert first.name not in with_three["confirmedBy"]
    assert told == "recorded"
    assert shown <= with_two["index"]
    assert [finding["doubt"] for finding in pending["findings"]] == ["not-yet-recorded"]
    assert world.status(with_two)["status"] == "confirmed"
    assert "confirmed" in assert_verifies(world.bundle(thing, tmp_path / "a.bundle"), world, verdict="CONSISTENT")
