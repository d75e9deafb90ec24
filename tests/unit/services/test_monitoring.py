"""A watch that may read bodies keeps proof of what a log recorded against its own rules, for its owner alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.adapters.outside import DurableFiles, PrivateFiles
from provenance.adapters.sql_stores import open_store
from provenance.codes import Code
from provenance.crypto.envelope import Envelope
from provenance.encoding.textual import format_time
from provenance.errors import ForgedError, MalformedError, ProvenanceError, RefusedError
from provenance.ids import TreeSize
from provenance.log.breach import format_breach, judge_breach, parse_breach
from provenance.services.alarming import Alarming
from provenance.services.copy_reading import CopyReading
from provenance.services.gathering import Gathering
from provenance.services.judging import Judging
from provenance.services.mirroring import Mirroring
from provenance.services.monitoring import Bodies, Monitoring
from provenance.services.publishing import Publishing
from provenance.trust import format_trust
from tests.cast import MAKER, RIVAL
from tests.cosigners import LOG_VERIFIER
from tests.crooked_copies import CrookedServer, statements_of
from tests.crooked_log import TRUST, making
from tests.founding import NOW, StandingClock
from tests.terminal import Terminal
from tests.world import World


@pytest.fixture
def honest(world: World) -> list[Envelope]:
    return statements_of(world.services)


@pytest.fixture
def turn(tmp_path: Path) -> Callable[[CrookedServer], None]:
    """One turn of a watch over whatever log there is that day."""
    files, bodies, store = DurableFiles(tmp_path), PrivateFiles(tmp_path), open_store("sqlite://")
    bodies.prepare("bodies")
    judging = Judging(store, Publishing(store, files, TRUST), TRUST, StandingClock())
    alarming = Alarming(files, TRUST, StandingClock(), witnesses={}, stale_after=timedelta(days=1))

    def turn(log: CrookedServer) -> None:
        parts = Bodies(lambda: CopyReading(files, bodies, TRUST), bodies, Gathering(log, bodies), judging)
        Monitoring(Mirroring(log, files, TRUST), alarming, parts).turn()

    return turn


def breach_in(folder: Path) -> Path:
    (file,) = (folder / "bodies" / "evidence").iterdir()
    return file


def test_a_statement_that_breaks_a_rule_is_kept_with_the_proof_that_the_log_recorded_it(
    honest: list[Envelope], turn: Callable[[CrookedServer], None], tmp_path: Path
) -> None:
    bad, trust = making(RIVAL.hand(), 0), tmp_path / "trust.json"
    trust.write_bytes(format_trust(TRUST))

    with pytest.raises(RefusedError) as alarm:
        turn(CrookedServer([*honest, bad]))

    file = breach_in(tmp_path)
    assert alarm.value.code is Code.RULE_BROKEN
    assert alarm.value.refusal.message.endswith(f": bodies/evidence/{file.name}")
    assert file.stat().st_mode & 0o777 == 0o600
    judged = judge_breach(parse_breach(file.read_bytes()), TRUST.policy)
    assert (judged.breach.index, judged.breach.code, judged.statement) == (len(honest), Code.NOT_LICENSED, bad)
    said = Terminal(tmp_path / "inspector")("log", "check-alarm", file, "--trust", trust, "--json")
    told = {name: said.object[name] for name in ("kind", "weight", "leaf", "code", "statement", "at")}
    assert told == {
        "kind": "rule-broken", "weight": "claimed", "leaf": len(honest), "code": "not-licensed",
        "statement": bad.hash, "at": format_time(NOW),
    }  # fmt: skip


def test_the_same_breach_is_one_file_however_often_it_is_found(
    honest: list[Envelope], turn: Callable[[CrookedServer], None], tmp_path: Path
) -> None:
    for more in (0, 1):
        with pytest.raises(RefusedError):
            turn(CrookedServer([*honest, making(RIVAL.hand(), 0), *[making(MAKER.hand(), 1)] * more]))

    assert parse_breach(breach_in(tmp_path).read_bytes()).index == len(honest)


def test_an_entry_that_is_no_leaf_is_kept_without_a_body(
    honest: list[Envelope], turn: Callable[[CrookedServer], None], tmp_path: Path
) -> None:
    with pytest.raises(RefusedError):
        turn(CrookedServer(honest[:1], entries=[b"no leaf"]))

    judged = judge_breach(parse_breach(breach_in(tmp_path).read_bytes()), TRUST.policy)
    assert (judged.breach.entry, judged.breach.code, judged.statement) == (b"no leaf", Code.MALFORMED_LEAF, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_a_file_with_one_changed_byte_is_refused_or_says_what_the_log_recorded(
    data: st.DataObject, honest: list[Envelope], turn: Callable[[CrookedServer], None], tmp_path: Path
) -> None:
    bad = making(RIVAL.hand(), 0)
    if not (tmp_path / "bodies" / "evidence").exists():
        with pytest.raises(RefusedError):
            turn(CrookedServer([*honest, bad]))
    whole = breach_in(tmp_path).read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]

    try:
        judged = judge_breach(parse_breach(changed), TRUST.policy)
    except ProvenanceError:
        return

    assert (judged.breach.index, judged.shown.checkpoint.size) == (len(honest), TreeSize(len(honest) + 1))
    assert judged.statement == bad


def test_a_file_about_another_log_or_with_another_body_is_refused(
    honest: list[Envelope], turn: Callable[[CrookedServer], None], tmp_path: Path
) -> None:
    with pytest.raises(RefusedError):
        turn(CrookedServer([*honest, making(RIVAL.hand(), 0)]))
    breach = parse_breach(breach_in(tmp_path).read_bytes())

    with pytest.raises(ForgedError):
        judge_breach(replace(breach, body=honest[0].body), TRUST.policy)
    with pytest.raises(ForgedError):
        judge_breach(replace(breach, log=LOG_VERIFIER), TRUST.policy)
    with pytest.raises(MalformedError):
        parse_breach(format_breach(breach).replace(b'"index":%d' % breach.index, b'"index":true'))
    members = json.loads(format_breach(breach))
    with pytest.raises(MalformedError):
        parse_breach(json.dumps(members).encode())
