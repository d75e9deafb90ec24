"""A copy is judged by the log's own rules; the first statement that breaks one is named, with its code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.adapters.outside import DurableFiles
from provenance.adapters.sql_stores import SqlStore, open_store
from provenance.codes import Code
from provenance.crypto.envelope import Envelope, Signature, leaf, sign
from provenance.custody.registry_entries import RootEstablished
from provenance.custody.roles import Role
from provenance.custody.statements import PayloadType
from provenance.errors import NotFoundError, RefusedError, StorageError
from provenance.ids import LeafIndex, PartyId
from provenance.services.copy_reading import CopyReading
from provenance.services.judging import Judging
from provenance.services.publishing import Publishing
from provenance.services.signing import Hand
from tests.cast import MAKER, RIVAL, STRANGER, item
from tests.copies import change_body, copied, reopened
from tests.crooked_copies import CrookedServer, copy_with_bodies, statements_of
from tests.crooked_log import TRUST, CrookedLog, making
from tests.founding import StandingClock
from tests.homes import key_of
from tests.shared_bundles import told
from tests.world import World, all_standings, everything

Judge = Callable[[CopyReading], None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{tmp_path / 'judged.db'}")
    yield store
    store.close()


@pytest.fixture
def judging(store: SqlStore, tmp_path: Path) -> Judging:
    return Judging(store, Publishing(store, DurableFiles(tmp_path / "copy"), TRUST), TRUST, StandingClock())


def broken(judging: Judging, copy: CopyReading) -> tuple[str, str]:
    """The leaf and the code of the alarm."""
    with pytest.raises(RefusedError) as refused:
        judging.catch_up(copy)
    assert refused.value.code is Code.RULE_BROKEN
    evidence = refused.value.refusal.evidence
    assert refused.value.refusal.message.startswith(f"leaf {evidence['leaf']}: {evidence['code']}")
    return evidence["leaf"], evidence["code"]


def test_an_honest_log_is_in_order_and_what_is_folded_is_what_the_log_folded(
    world: World, judging: Judging, store: SqlStore, tmp_path: Path
) -> None:
    told(world)
    world.corrected(world.made(item("W1")))
    world.services.checkpointing.checkpoint()

    judging.catch_up(copied(world.services, tmp_path / "copy"))

    with store.reading() as mine, world.services.store.reading() as theirs:
        assert mine.statements_from(LeafIndex(0), limit=999) == theirs.statements_from(LeafIndex(0), limit=999)
        assert mine.chain_subjects(LeafIndex(0), limit=999) == theirs.chain_subjects(LeafIndex(0), limit=999)
        assert all_standings(mine) == all_standings(theirs)
        assert mine.tiles([(0, 0)]) == theirs.tiles([(0, 0)])
        assert mine.checkpoint() == theirs.checkpoint()
    assert judging.judged() == world.size()


def test_a_copy_is_judged_bit_by_bit_as_it_grows(world: World, judging: Judging, tmp_path: Path) -> None:
    for serial in ("S1", "S2", "S3"):
        world.made(item(serial))
        world.services.checkpointing.checkpoint()
        judging.catch_up(copied(world.services, tmp_path / f"copy {serial}"))

        assert judging.judged() == world.size()


def by_other_hand(envelope: Envelope) -> Envelope:
    """The same with a signature that nobody made."""
    return replace(envelope, signatures=tuple(Signature(one.key, bytes(64)) for one in envelope.signatures))


def crooked(envelopes: list[Envelope], folder: Path) -> CopyReading:
    return copy_with_bodies(CrookedServer(envelopes), folder)


@pytest.mark.parametrize(
    ("last", "code"),
    [
        ([by_other_hand(making(MAKER.hand(), 0))], Code.BAD_SIGNATURE),
        ([making(STRANGER.hand(), 0)], Code.UNKNOWN_KEY),
        ([making(RIVAL.hand(), 0)], Code.NOT_LICENSED),
        ([making(MAKER.hand(), 0), making(MAKER.hand(), 0)], Code.INCONSISTENT_LOG),
        ([making(MAKER.hand(), 1)], Code.SEEN_NOT_OURS),
        ([making(MAKER.hand(), 0, "other.example")], Code.SEEN_NOT_OURS),
        ([making(MAKER.hand(), 999)], Code.SEEN_NOT_OURS),
        ([sign("text/plain", b"{}", [MAKER.key])], Code.UNKNOWN_PAYLOAD_TYPE),
        ([sign(PayloadType.CUSTODY_EVENT, b"{ }", [MAKER.key])], Code.NON_CANONICAL),
    ],
)
def test_what_the_rules_refuse_is_named_and_what_came_before_stays(
    last: list[Envelope], code: Code, world: World, judging: Judging, tmp_path: Path
) -> None:
    honest = statements_of(world.services)
    judging.catch_up(crooked(honest, tmp_path / "honest"))

    leaf_, said = broken(judging, crooked([*honest, *last], tmp_path / "crooked"))

    assert (leaf_, said) == (str(len(honest) + len(last) - 1), code)
    assert judging.judged() == len(honest)


def test_the_first_of_two_wrongs_is_named_also_where_the_second_shows_earlier(
    world: World, judging: Judging, tmp_path: Path
) -> None:
    honest = statements_of(world.services)
    wrongs = [making(RIVAL.hand(), 0), by_other_hand(making(MAKER.hand(), 0))]

    leaf_, code = broken(judging, crooked([*honest, *wrongs], tmp_path / "copy"))

    assert (leaf_, code) == (str(len(honest)), Code.NOT_LICENSED)


def test_a_registry_under_somebody_elses_root_is_none(judging: Judging, tmp_path: Path) -> None:
    log, other = CrookedLog(), key_of("other root")
    hand = Hand(PartyId(str(other.public)), Role.ROOT, other)
    log.enter(RootEstablished(TRUST.origin, (other.public,), 1), hand)

    leaf_, code = broken(judging, crooked(log.told, tmp_path / "copy"))

    assert (leaf_, code) == ("0", Code.UNKNOWN_KEY)


def test_an_entry_that_is_no_statement_is_named(world: World, judging: Judging, tmp_path: Path) -> None:
    honest = statements_of(world.services)
    filler = sign("text/plain", b"", [MAKER.key])
    server = CrookedServer([*honest, filler], [*map(leaf, honest), b"no leaf at all"])

    leaf_, code = broken(judging, copy_with_bodies(server, tmp_path / "copy"))

    assert (leaf_, code) == (str(len(honest)), Code.MALFORMED_LEAF)


def test_without_a_body_nothing_is_said_about_a_statement(world: World, judging: Judging, tmp_path: Path) -> None:
    world.services.checkpointing.checkpoint()
    copied(world.services, tmp_path / "copy")
    change_body(tmp_path / "copy", 3)

    with pytest.raises(NotFoundError) as missing:
        judging.catch_up(reopened(tmp_path / "copy", world.services))

    assert missing.value.code is Code.BODY_MISSING
    assert judging.judged() == 0


def test_a_copy_of_another_history_is_not_judged_with_this_one(
    world: World, judging: Judging, store: SqlStore, tmp_path: Path
) -> None:
    honest = statements_of(world.services)
    judging.catch_up(crooked(honest, tmp_path / "one"))
    with store.reading() as reading:
        before = all_standings(reading)

    for name, other in (("shorter", honest[:-1]), ("other", [*honest[:-2], honest[-1], honest[-2]])):
        with pytest.raises(StorageError) as damaged:
            judging.catch_up(crooked(other, tmp_path / name))
        assert damaged.value.code is Code.COPY_DAMAGED

    with store.reading() as reading:
        assert all_standings(reading) == before


def test_judging_changes_nothing_in_the_log(world: World, judging: Judging, tmp_path: Path) -> None:
    world.services.checkpointing.checkpoint()
    before = everything(world.services)

    judging.catch_up(copied(world.services, tmp_path / "copy"))

    assert everything(world.services) == before
