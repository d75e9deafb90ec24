"""A witness confirms a log that only grows, and keeps what one signed against itself."""

from __future__ import annotations

import hashlib
import multiprocessing
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from provenance.adapters.witness_store import SqliteWitnessStore
from provenance.codes import Code
from provenance.errors import ConfigurationError, ConflictError, StorageError
from provenance.log.checkpoint import Checkpoint
from provenance.log.conflict import Contradiction, judge
from provenance.log.note import open_note, parse_note, parse_signature_lines, signer_key
from provenance.log.witness import WitnessRequest, format_request, with_answer
from provenance.ports.witnesses import Seen
from provenance.services.confirming import Confirming
from tests.cosigners import LOG_VERIFIER, ORIGIN, checkpoint_of, known_key, signed
from tests.witness_homes import asking, asking_for_fork, forked, witness_in

Witness = tuple[SqliteWitnessStore, Confirming]


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return witness_in(tmp_path, "w1.example", LOG_VERIFIER)


def test_a_log_that_only_grows_is_confirmed_and_the_note_is_kept_whole(witness: Witness) -> None:
    store, confirming = witness

    answers = [confirming.answer(asking(*sizes)) for sizes in ((0, 3), (3, 3), (3, 40))]

    assert [answer.status for answer in answers] == [200, 200, 200]
    note = with_answer(signed(checkpoint_of(40)), answers[-1].body, keys=[confirming.verifier])
    seen = store.latest(ORIGIN)
    assert seen is not None
    assert seen.note == note
    assert len(open_note(note, [LOG_VERIFIER, confirming.verifier]).verified) == 2


def test_what_it_confirmed_survives_it(witness: Witness, tmp_path: Path) -> None:
    witness[1].answer(asking(0, 7))

    _, again = witness_in(tmp_path, "w1.example")

    assert again.answer(asking(0, 9)).status == 409
    assert again.answer(asking(0, 9)).body == b"7\n"
    assert again.answer(asking(7, 9)).status == 200


def test_lines_of_others_are_not_kept(witness: Witness) -> None:
    store, confirming = witness
    note = signed(checkpoint_of(3), w2=200)

    confirming.answer(format_request(WitnessRequest(0, (), note)))

    seen = store.latest(ORIGIN)
    assert seen is not None
    assert [line.name for line in seen.note.signatures] == [ORIGIN, "w1.example"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"old 03\n\n", 400),
        (asking(0, 3).replace(ORIGIN.encode(), b"other.example"), 404),
        (asking(0, 3).replace(b"\n3\n", b"\n4\n"), 403),
        (asking(0, 3).replace(b"old 0", b"old 4"), 400),
        (asking(2, 3), 409),
        (asking(0, 3).replace(b"old 0\n", b"old 0\n" + b"A" * 43 + b"=\n"), 422),
    ],
)
def test_everything_else_is_declined_and_nothing_is_kept(body: bytes, status: int, witness: Witness) -> None:
    store, confirming = witness

    answer = confirming.answer(body)

    assert answer.status == status
    assert store.latest(ORIGIN) is None
    assert len(store.conflicts()) == 0


def test_two_roots_for_one_size_are_kept_as_proof(witness: Witness) -> None:
    store, confirming = witness
    confirming.answer(asking(0, 7))
    confirming.answer(asking(7, 9))

    late = confirming.answer(asking_for_fork(0, 7))
    again = confirming.answer(asking_for_fork(0, 7))
    newest = confirming.answer(asking_for_fork(9, 9))

    assert [late.status, again.status, newest.status] == [409, 409, 422]
    judged = [judge(conflict) for conflict in store.conflicts()]
    assert [one.contradiction for one in judged] == [Contradiction.PROVEN, Contradiction.PROVEN]
    assert [one.first for one in judged] == [checkpoint_of(7), checkpoint_of(9)]
    assert store.conflicts()[0].second == forked(7)


def test_a_tree_that_does_not_begin_with_the_last_one_is_kept_as_a_claim(witness: Witness) -> None:
    store, confirming = witness
    confirming.answer(asking(0, 7))

    assert confirming.answer(asking_for_fork(7, 9)).status == 422

    (conflict,) = store.conflicts()
    assert judge(conflict).contradiction is Contradiction.CLAIMED


def test_a_log_that_is_only_late_leaves_no_evidence(witness: Witness) -> None:
    store, confirming = witness
    confirming.answer(asking(0, 9))

    assert confirming.answer(asking(3, 7)).status == 409
    assert confirming.answer(asking(7, 7)).status == 409

    assert len(store.conflicts()) == 0


def test_a_note_at_a_size_between_two_confirmed_ones_is_no_contradiction(witness: Witness) -> None:
    store, confirming = witness
    confirming.answer(asking(0, 3))
    confirming.answer(asking(3, 9))

    confirming.answer(asking_for_fork(0, 5))

    assert len(store.conflicts()) == 0


def ask(confirming: Confirming, body: bytes, barrier: threading.Barrier, told: list[int]) -> None:
    """One request, at the same moment as others."""
    barrier.wait()
    told.append(confirming.answer(body).status)


def test_of_two_racing_forks_one_is_confirmed(tmp_path: Path) -> None:
    for turn in range(20):
        _, confirming = witness_in(tmp_path / str(turn), "w1.example", LOG_VERIFIER)
        told: list[int] = []
        barrier = threading.Barrier(4)

        bodies = (asking(0, 7), asking_for_fork(0, 7), asking(0, 9), asking_for_fork(0, 9))
        threads = [threading.Thread(target=ask, args=(confirming, body, barrier, told)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(told) == [200, 409, 409, 409]


def ask_in_a_process(folder: str, body: bytes) -> int:
    """One request to the witness in a folder."""
    return witness_in(Path(folder), "w1.example")[1].answer(body).status


def test_processes_that_share_a_witness_confirm_one_history(tmp_path: Path) -> None:
    witness_in(tmp_path, "w1.example", LOG_VERIFIER)
    bodies = [asking(0, size) if size % 2 else asking_for_fork(0, size) for size in range(1, 13)]

    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        told = Counter(pool.map(ask_in_a_process, [str(tmp_path)] * len(bodies), bodies))

    assert told == {200: 1, 409: 11}


def test_a_store_that_fails_confirms_nothing(witness: Witness, monkeypatch: pytest.MonkeyPatch) -> None:
    store, confirming = witness

    def fail(origin: str, *, old: Checkpoint | None, new: Seen) -> bool:
        raise StorageError(Code.STORE_FAILED, "the disk is full")

    monkeypatch.setattr(SqliteWitnessStore, "replace", lambda self, origin, *, old, new: fail(origin, old=old, new=new))
    with pytest.raises(StorageError):
        confirming.answer(asking(0, 3))

    assert store.latest(ORIGIN) is None


def test_an_answer_that_was_lost_is_had_again(witness: Witness) -> None:
    _, confirming = witness
    confirming.answer(asking(0, 7))  # stored and cosigned; the log never hears of it

    told = confirming.answer(asking(0, 7))
    again = confirming.answer(asking(7, 7))

    assert (told.status, told.body) == (409, b"7\n")
    assert parse_signature_lines(again.body.decode())[0].name == "w1.example"


def test_anyone_can_ask_for_the_newest_confirmed_checkpoint(witness: Witness) -> None:
    _, confirming = witness
    confirming.answer(asking(0, 7))

    found = confirming.latest(hashlib.sha256(ORIGIN.encode()).hexdigest())

    assert confirming.latest(hashlib.sha256(b"other.example").hexdigest()) is None
    assert found is not None
    assert [line.name for line in parse_note(found).signatures] == [ORIGIN, "w1.example"]


def test_an_origin_has_one_key_for_ever(witness: Witness) -> None:
    store, _ = witness

    with pytest.raises(ConflictError) as refused:
        store.add_log(signer_key(ORIGIN, known_key("another").public))

    assert refused.value.code is Code.ALREADY_WITNESSED
    assert store.logs() == [LOG_VERIFIER]


def test_a_witness_that_was_never_set_up_is_no_witness(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        SqliteWitnessStore(tmp_path / "witness.db").logs()

    assert refused.value.code is Code.NOT_SET_UP
    assert not (tmp_path / "witness.db").exists()
