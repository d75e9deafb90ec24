"""A mirror keeps a true copy, and every lie of the log is an alarm that leaves the copy as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.adapters.outside import DurableFiles
from provenance.codes import Code
from provenance.encoding.textual import format_base64
from provenance.errors import ForgedError, NotFoundError, ProvenanceError, RefusedError, StorageError
from provenance.log.conflict import Contradiction, judge, parse_conflict
from provenance.log.policy import parse_policy
from provenance.services.mirroring import Mirrored, Mirroring
from provenance.trust import NO_WITNESSES, Trust
from tests.cosigners import LOG_KEY, LOG_VERIFIER, ORIGIN, POLICY_2_OF_3
from tests.homes import files_in
from tests.published import PublishedInMemory, entries

TRUST = Trust(ORIGIN, LOG_VERIFIER, (LOG_KEY.public,), 1, NO_WITNESSES)


@pytest.fixture
def catch_up(tmp_path: Path) -> Callable[[PublishedInMemory], Mirrored]:
    return lambda log: Mirroring(log, DurableFiles(tmp_path), TRUST).catch_up()


def flip(data: bytes, at: int = 0) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 700])
def test_a_copy_has_every_file_that_the_log_serves(
    size: int, tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    log = PublishedInMemory(entries(size))

    held = catch_up(log)

    assert (held.before, held.size) == (0, size)
    copied = files_in(tmp_path)
    assert copied == {path: log.read(path) for path in copied}
    assert sum(path.startswith("tile/entries/") for path in copied) == -(-size // 256)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 1100), min_size=1, max_size=3).map(sorted))
def test_a_copy_that_followed_a_log_has_what_one_made_at_the_end_has(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    follower, late = tmp_path_factory.mktemp("follower"), tmp_path_factory.mktemp("late")
    for size in sizes:
        Mirroring(PublishedInMemory(entries(size)), DurableFiles(follower), TRUST).catch_up()

    Mirroring(PublishedInMemory(entries(sizes[-1])), DurableFiles(late), TRUST).catch_up()

    assert files_in(late).items() <= files_in(follower).items()


def test_what_is_copied_is_not_fetched_again(catch_up: Callable[[PublishedInMemory], Mirrored]) -> None:
    catch_up(PublishedInMemory(entries(600)))
    log = PublishedInMemory(entries(700))

    held = catch_up(log)

    assert (held.before, held.size) == (600, 700)
    assert [path for path in log.served if "entries" in path] == ["tile/entries/002.p/188"]


def test_a_copy_that_was_interrupted_goes_on_where_it_was(
    tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    cut, whole = PublishedInMemory(entries(600)), PublishedInMemory(entries(600))
    cut.altered["tile/entries/001"] = b""
    with pytest.raises(ProvenanceError):
        catch_up(cut)
    assert not (tmp_path / "checkpoint").exists()

    catch_up(whole)

    assert [path for path in whole.served if "entries" in path] == ["tile/entries/001", "tile/entries/002.p/88"]
    assert "tile/0/000" not in whole.served


@pytest.mark.parametrize(
    ("path", "damage"),
    [
        ("tile/0/000", flip),
        ("tile/0/000", lambda data: data[:-32]),
        ("tile/0/002.p/188", flip),
        ("tile/1/000.p/2", flip),
        ("tile/entries/000", lambda data: flip(data, 5)),
        ("tile/entries/002.p/188", lambda data: flip(data, 5)),
    ],
)
def test_a_tile_that_is_not_what_was_signed_is_an_alarm_and_the_copy_stays_at_its_size(
    path: str, damage: Callable[[bytes], bytes], tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    catch_up(PublishedInMemory(entries(40)))
    before = (tmp_path / "checkpoint").read_bytes()
    log = PublishedInMemory(entries(700))
    log.altered[path] = damage(log.read(path))

    with pytest.raises(ForgedError) as refused:
        catch_up(log)

    assert refused.value.code is Code.TILE_ALTERED
    assert (tmp_path / "checkpoint").read_bytes() == before
    assert not (tmp_path / path).exists()
    assert not (tmp_path / "evidence").exists()


@pytest.mark.parametrize("size", [300, 299, 256, 20, 1, 900])
def test_a_fork_is_an_alarm_with_evidence_that_checks_offline(
    size: int, tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    catch_up(PublishedInMemory(entries(300)))
    before = files_in(tmp_path)

    with pytest.raises(ForgedError) as refused:
        catch_up(PublishedInMemory(entries(size, story="rewritten")))

    assert refused.value.code is Code.INCONSISTENT_LOG
    (evidence,) = (tmp_path / "evidence").iterdir()
    judged = judge(parse_conflict(evidence.read_bytes()))
    assert (judged.contradiction, judged.first.size, judged.second.size) == (Contradiction.PROVEN, 300, size)
    assert {name: data for name, data in files_in(tmp_path).items() if "evidence" not in name} == before


def test_a_log_that_shows_less_than_it_signed_before_is_an_alarm(
    tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    catch_up(PublishedInMemory(entries(300)))
    before = files_in(tmp_path)

    with pytest.raises(RefusedError) as refused:
        catch_up(PublishedInMemory(entries(270)))

    assert refused.value.code is Code.LOG_ROLLED_BACK
    assert files_in(tmp_path) == before


def test_a_copy_that_rotted_does_not_accuse_the_log(
    tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    catch_up(PublishedInMemory(entries(300)))
    rotten = tmp_path / "tile" / "0" / "001.p" / "44"
    rotten.write_bytes(flip(rotten.read_bytes()))

    with pytest.raises(StorageError) as refused:
        catch_up(PublishedInMemory(entries(270)))

    assert refused.value.code is Code.STORE_FAILED
    assert not (tmp_path / "evidence").exists()


def test_a_tile_that_is_withheld_is_not_taken_for_one_that_is_empty(
    tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    log = PublishedInMemory(entries(300))
    log._entries = entries(256)

    with pytest.raises(NotFoundError):
        catch_up(log)

    assert not (tmp_path / "checkpoint").exists()


def test_a_checkpoint_that_no_quorum_confirmed_is_not_copied(tmp_path: Path) -> None:
    policy = parse_policy(POLICY_2_OF_3)
    trust = Trust(ORIGIN, LOG_VERIFIER, (LOG_KEY.public,), 1, policy)
    files = DurableFiles(tmp_path)

    with pytest.raises(RefusedError) as refused:
        Mirroring(PublishedInMemory(entries(5), w1=7), files, trust).catch_up()
    nothing = files_in(tmp_path)
    held = Mirroring(PublishedInMemory(entries(5), w1=7, w3=9), files, trust).catch_up()

    assert refused.value.code is Code.QUORUM_NOT_MET
    assert nothing == {}
    assert [one.witness for one in held.state.confirmations] == ["w1.example", "w3.example"]


def test_a_fork_that_nobody_confirmed_is_kept_as_evidence_all_the_same(tmp_path: Path) -> None:
    trust = Trust(ORIGIN, LOG_VERIFIER, (LOG_KEY.public,), 1, parse_policy(POLICY_2_OF_3))
    files = DurableFiles(tmp_path)
    Mirroring(PublishedInMemory(entries(5), w1=7, w3=9), files, trust).catch_up()

    with pytest.raises(ForgedError) as refused:
        Mirroring(PublishedInMemory(entries(5, story="rewritten")), files, trust).catch_up()

    assert refused.value.code is Code.INCONSISTENT_LOG
    (evidence,) = (tmp_path / "evidence").iterdir()
    assert judge(parse_conflict(evidence.read_bytes())).contradiction is Contradiction.PROVEN


def test_lines_that_nobody_checked_are_not_copied(
    tmp_path: Path, catch_up: Callable[[PublishedInMemory], Mirrored]
) -> None:
    log = PublishedInMemory(entries(5))
    log.altered["checkpoint"] = log.read("checkpoint") + f"— a.stranger {format_base64(bytes(68))}\n".encode()

    catch_up(log)

    assert b"stranger" not in (tmp_path / "checkpoint").read_bytes()
