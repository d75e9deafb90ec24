"""What a witness answers, and what a log makes of the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.note import Note, cosign_note, signer_key
from provenance.log.witness import (
    LARGEST_REQUEST,
    Confirmable,
    Declined,
    WitnessRequest,
    decide,
    format_latest_size,
    format_request,
    parse_latest_size,
    parse_request,
    with_answer,
)
from tests.cosigners import (
    LEAVES,
    LOG_KEY,
    LOG_VERIFIER,
    ORIGIN,
    WITNESS_VERIFIERS,
    checkpoint_of,
    cosigned,
    known_key,
    signed,
)
from tests.trees import plain_consistency, plain_root

KEYS = (LOG_VERIFIER,)


def request(old: int, new: int) -> WitnessRequest:
    proof = plain_consistency(old, LEAVES[:new]) if old else []
    return WitnessRequest(old, tuple(proof), signed(checkpoint_of(new)))


def declined(asked: WitnessRequest, latest: Checkpoint | None) -> Declined:
    answer = decide(asked, log_keys=KEYS, latest=latest)
    assert isinstance(answer, Declined)
    return answer


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6))
def test_a_log_that_only_grows_is_always_confirmed(sizes: list[int]) -> None:
    latest: Checkpoint | None = None

    for size in sorted(sizes):
        answer = decide(request(latest.size if latest else 0, size), log_keys=KEYS, latest=latest)
        assert isinstance(answer, Confirmable)
        latest = answer.verified.checkpoint

    assert latest == checkpoint_of(max(sizes))


@given(st.integers(1, 40), st.integers(0, 39), st.integers(0, 40))
def test_a_log_that_rewrote_an_entry_is_never_confirmed(size: int, rewritten: int, more: int) -> None:
    leaves = list(LEAVES)
    leaves[rewritten % size] = bytes(32)
    new = min(size + more, 40)
    forked = Checkpoint(ORIGIN, new, plain_root(leaves[:new]))
    proof = tuple(plain_consistency(size, leaves[:new]))

    answer = declined(WitnessRequest(size, proof, sign_checkpoint(forked, LOG_KEY)), checkpoint_of(size))

    assert answer.status == 422
    assert answer.refusal.evidence == {
        "old-root": checkpoint_of(size).root.hex(),
        "new-root": forked.root.hex(),
    }
    assert answer.refusal.code is (Code.INCONSISTENT_LOG if new == size else Code.BAD_PROOF)


def test_an_unknown_log_is_404() -> None:
    answer = decide(request(0, 7), log_keys=(), latest=None)

    assert isinstance(answer, Declined)
    assert (answer.status, answer.refusal.code) == (404, Code.UNKNOWN_LOG)


@pytest.mark.parametrize("signer", ["stranger", "impostor"])
def test_a_checkpoint_that_the_log_did_not_sign_is_403(signer: str) -> None:
    line = sign_checkpoint(checkpoint_of(7), known_key(signer)).signatures[0]
    if signer == "impostor":  # under the id of the log's own key
        line = type(line)(line.name, LOG_VERIFIER.id, line.signature)
    asked = WitnessRequest(0, (), Note(signed(checkpoint_of(7)).text, (line,)))

    assert declined(asked, None).status == 403


def test_a_witness_that_is_also_asked_by_its_own_kind_of_key_is_not_fooled() -> None:
    note = cosigned(signed(checkpoint_of(7)), w1=5)
    asked = WitnessRequest(0, (), Note(note.text, note.signatures[1:]))

    assert declined(asked, None).status == 403


def test_an_old_size_above_the_new_is_400() -> None:
    asked = WitnessRequest(9, (), signed(checkpoint_of(7)))

    assert declined(asked, checkpoint_of(9)).status == 400


@pytest.mark.parametrize(("latest", "old"), [(None, 3), (checkpoint_of(5), 0), (checkpoint_of(5), 4)])
def test_another_old_size_is_409_with_ours(latest: Checkpoint | None, old: int) -> None:
    answer = declined(request(old, 7), latest)

    assert (answer.status, answer.refusal.code) == (409, Code.WRONG_OLD_SIZE)
    assert answer.latest_size == (latest.size if latest else 0)


def test_the_same_checkpoint_may_be_confirmed_again() -> None:
    assert isinstance(decide(request(7, 7), log_keys=KEYS, latest=checkpoint_of(7)), Confirmable)


def test_a_proof_between_equal_sizes_is_422() -> None:
    asked = WitnessRequest(7, (LEAVES[0],), signed(checkpoint_of(7)))

    assert declined(asked, checkpoint_of(7)).status == 422


@pytest.mark.parametrize("latest", [None, checkpoint_of(0)])
def test_from_size_0_a_proof_is_422(latest: Checkpoint | None) -> None:
    asked = WitnessRequest(0, (LEAVES[0],), signed(checkpoint_of(7)))

    assert declined(asked, latest).status == 422


def test_an_empty_tree_with_another_root_is_422() -> None:
    asked = WitnessRequest(0, (), signed(Checkpoint(ORIGIN, 0, LEAVES[0])))

    assert declined(asked, None).status == 422


@given(st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_parse_undoes_format(old: int, proof: list[bytes]) -> None:
    asked = WitnessRequest(old, tuple(proof), signed(checkpoint_of(7)))

    assert parse_request(format_request(asked)) == asked


@given(st.data())
def test_a_mutated_request_is_refused_or_printed_as_it_came(data: st.DataObject) -> None:
    whole = bytearray(format_request(request(5, 7)))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=2))

    try:
        asked = parse_request(bytes(whole))
    except MalformedError:
        return

    assert format_request(asked) == bytes(whole)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        (b"old 5", b"old 05"),
        (b"old 5", b"old  5"),
        (b"old 5", b"old -5"),
        (b"old 5", b"old \xb2"),
        (b"old 5", b"old"),
        (b"old 5", b"new 5"),
        (b"old 5\n", b"old 5\r\n"),
        (b"old 5\n", b"old 5\nAAAA\n"),
        (b"old 5\n", b"old 5\n" + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64),
        (b"\n\n", b"\n"),
        (b"\n7\n", b"\n07\n"),
    ],
)
def test_refuses_what_is_no_request(part: bytes, other: bytes) -> None:
    body = format_request(request(5, 7))
    assert part in body

    with pytest.raises(MalformedError):
        parse_request(body.replace(part, other, 1))


@pytest.mark.parametrize(("old", "hashes"), [(-1, 0), (2**63, 0), (5, 64)])
def test_refuses_to_ask_what_no_request_can_say(old: int, hashes: int) -> None:
    with pytest.raises(MalformedError) as refused:
        WitnessRequest(old, (LEAVES[0],) * hashes, signed(checkpoint_of(7)))

    assert refused.value.code is Code.MALFORMED_WITNESS_REQUEST


def test_a_proof_of_63_hashes_is_read() -> None:
    asked = WitnessRequest(2**63 - 1, (LEAVES[0],) * 63, signed(checkpoint_of(7)))

    assert parse_request(format_request(asked)) == asked


def test_a_request_has_at_most_128_kib() -> None:
    with pytest.raises(MalformedError) as refused:
        parse_request(bytes(LARGEST_REQUEST + 1))

    assert refused.value.code is Code.TOO_LARGE


@given(st.integers(0, 2**63 - 1))
def test_the_size_in_a_409_answer_is_read_as_printed(size: int) -> None:
    assert parse_latest_size(format_latest_size(size)) == size


@pytest.mark.parametrize("body", [b"", b"\n", b"7", b"77", b"07\n", b"7\n\n", b"7\r\n", b"\xff\n", b"-1\n"])
def test_refuses_a_409_answer_without_a_size(body: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_latest_size(body)


def test_an_answer_joins_the_note_and_replaces_the_witnesss_older_line() -> None:
    before = signed(checkpoint_of(7), w1=100, w2=200)
    renewed = cosign_note(before, name="w1.example", key=known_key("w1.example"), seconds=300)
    strange = cosign_note(before, name="strange.example", key=known_key("strange"), seconds=300)

    after = with_answer(before, f"{strange}{renewed}".encode(), keys=[WITNESS_VERIFIERS["w1.example"]])

    assert after.signatures == (before.signatures[0], before.signatures[2], renewed)


def test_refuses_an_answer_of_strangers_and_one_that_does_not_hold() -> None:
    note = signed(checkpoint_of(7))
    mine = [WITNESS_VERIFIERS["w1.example"]]
    other = cosigned(signed(checkpoint_of(8)), w1=5).signatures[1]
    strange = cosign_note(note, name="strange.example", key=known_key("strange"), seconds=300)

    for answer, code in ((strange, Code.UNTRUSTED_CHECKPOINT), (other, Code.FORGED_NOTE)):
        with pytest.raises(ForgedError) as refused:
            with_answer(note, str(answer).encode(), keys=mine)
        assert refused.value.code is code


@pytest.mark.parametrize("answer", [b"", b"\n", b"\xff\n", b"thanks\n"])
def test_refuses_an_answer_that_is_no_signature_line(answer: bytes) -> None:
    with pytest.raises(MalformedError):
        with_answer(signed(checkpoint_of(7)), answer, keys=[WITNESS_VERIFIERS["w1.example"]])


def test_a_log_may_have_two_keys_while_it_changes_them() -> None:
    new_key = known_key("the log's next key")
    asked = WitnessRequest(0, (), sign_checkpoint(checkpoint_of(7), new_key))

    answer = decide(asked, log_keys=(LOG_VERIFIER, signer_key(ORIGIN, new_key.public)), latest=None)

    assert isinstance(answer, Confirmable)
