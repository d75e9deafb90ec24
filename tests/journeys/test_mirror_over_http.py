"""A stranger keeps a copy of a log over HTTP; the log that rewrites itself is caught by the copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from provenance.adapters.http_log import HttpLog
from provenance.bootstrap import build
from provenance.config import read_settings
from provenance.crypto.keys import SigningKey
from provenance.custody.registry_entries import PartyEnrolled
from provenance.custody.roles import Role
from provenance.log.body_bundles import parse_bodies
from provenance.services.capturing import Receipt
from provenance.trust import parse_trust
from tests.homes import ORIGIN, SHOP, enrolling, files_in, key_of, party_of, write_home
from tests.served import folder_served, published
from tests.terminal import PASSPHRASE, Said, Terminal

Mirror = Callable[..., Said]


def enrol(home: Path, name: str, gln: str) -> None:
    """One statement more, in a checkpoint."""
    services = build(read_settings({"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": PASSPHRASE}))
    key: SigningKey = key_of(name)
    entry = PartyEnrolled(party_of(gln), name, (Role.SELLER,), (key.public,))
    assert isinstance(enrolling(services).by_root(entry, [key_of("root")], new=[key]), Receipt)
    services.checkpointing.checkpoint()
    services.store.close()


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    terminal = Terminal(tmp_path / "elsewhere")
    trust = write_home(tmp_path / "trusted") / "trust.json"
    return lambda url, folder, *more: terminal("mirror", "copy", url, folder, "--trust", trust, "--json", *more)


def test_a_copy_follows_the_log_and_any_web_server_can_serve_it(tmp_path: Path, mirror: Mirror) -> None:
    home, copy, second = write_home(tmp_path / "home"), tmp_path / "copy", tmp_path / "second"

    with published(home) as url:
        first = mirror(url, copy).object
    enrol(home, "late shop", "9520999000009")
    with published(home) as url:
        next_time = mirror(url, copy).object
    with folder_served(copy) as url:
        of_the_copy = mirror(url, second).object

    assert (first["origin"], first["size"], first["new"]) == (ORIGIN, 7, 7)
    assert (next_time["size"], next_time["new"]) == (8, 1)
    assert of_the_copy["size"] == 8
    assert files_in(second).items() <= files_in(copy).items()


def test_a_log_that_rewrote_itself_is_caught_with_evidence_that_checks_offline(tmp_path: Path, mirror: Mirror) -> None:
    honest, forked, copy = write_home(tmp_path / "honest"), write_home(tmp_path / "forked"), tmp_path / "copy"
    enrol(honest, "one shop", "9520999000009")
    enrol(forked, "another shop", "9520888000004")
    with published(honest) as url:
        mirror(url, copy)
    before = files_in(copy)

    with published(forked) as url:
        caught = mirror(url, copy)

    assert caught.code == 1
    assert "inconsistent-log" in caught.err
    (evidence,) = (copy / "evidence").iterdir()
    key = parse_trust((honest / "trust.json").read_bytes()).log
    judged = Terminal(tmp_path / "inspector")("witness", "check-evidence", evidence, "--log", str(key))
    assert (judged.code, judged.out.splitlines()[0]) == (0, f"proven  {ORIGIN}")
    assert {name: data for name, data in files_in(copy).items() if "evidence" not in name} == before


def test_an_old_backup_that_is_served_is_caught_and_the_copy_keeps_what_it_has(tmp_path: Path, mirror: Mirror) -> None:
    backup, home, copy = write_home(tmp_path / "backup"), write_home(tmp_path / "home"), tmp_path / "copy"
    enrol(home, "late shop", "9520999000009")
    with published(home) as url:
        mirror(url, copy)
    before = files_in(copy)

    with published(backup) as url:
        caught = mirror(url, copy)

    assert caught.code == 1
    assert "log-rolled-back" in caught.err
    assert {name: data for name, data in files_in(copy).items() if "evidence" not in name} == before
    (alarm,) = (copy / "evidence").iterdir()
    judged = Terminal(tmp_path / "inspector")("log", "check-alarm", alarm, "--trust", home / "trust.json", "--json")
    assert (judged.code, judged.object["kind"], judged.object["weight"]) == (0, "log-rolled-back", "claimed")
    assert (judged.object["shown"]["size"], judged.object["known"]["size"]) == (7, 8)


def test_what_a_receipt_proves_to_be_there_must_be_shown(tmp_path: Path, mirror: Mirror) -> None:
    backup, home, copy = write_home(tmp_path / "backup"), write_home(tmp_path / "home"), tmp_path / "copy"
    enrol(home, "late shop", "9520999000009")
    receipt = tmp_path / "receipt"
    with published(home) as url:
        receipt.write_bytes(HttpLog(url).read("checkpoint"))

    with published(backup) as url:
        caught = mirror(url, copy, "--seen", receipt)

    assert caught.code == 1
    assert "head-withheld: the log shows 7 entries, and has signed 8: evidence/alarm-" in caught.err


def test_a_server_that_is_none_or_no_log_is_said_to_be_so(tmp_path: Path, mirror: Mirror) -> None:
    (tmp_path / "empty").mkdir()
    with folder_served(tmp_path / "empty") as url:
        no_log = mirror(url, tmp_path / "copy")

    gone = mirror(url, tmp_path / "copy")
    no_address = mirror("shop", tmp_path / "copy")

    assert (no_log.code, gone.code, no_address.code) == (1, 1, 2)
    assert "not-found" in no_log.err
    assert "unreachable" in gone.err
    assert "bad-setting" in no_address.err
    assert not (tmp_path / "copy").exists()


def test_an_answer_without_end_is_cut_off(tmp_path: Path, mirror: Mirror) -> None:
    folder = tmp_path / "endless"
    folder.mkdir()
    with (folder / "checkpoint").open("wb") as file:
        file.truncate(40_000_000)

    with folder_served(folder) as url:
        said = mirror(url, tmp_path / "copy")

    assert said.code == 1
    assert "longer than" in said.err


def test_a_party_that_may_read_has_everything_judged_and_the_bodies_for_itself(tmp_path: Path, mirror: Mirror) -> None:
    home, copy = write_home(tmp_path / "home"), tmp_path / "copy"
    key = home / "keys" / "shop.key"

    with published(home, readers=party_of(SHOP)) as url:
        first = mirror(url, copy, "--key", key).object
    enrol(home, "late shop", "9520999000009")
    with published(home, readers=party_of(SHOP)) as url:
        next_time = mirror(url, copy, "--key", key).object

    assert (first["size"], first["judged"]) == (7, 7)
    assert (next_time["new"], next_time["judged"]) == (1, 8)
    assert (copy / "bodies").stat().st_mode & 0o777 == 0o700
    assert (copy / "bodies/000.p/8").stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(home / "provenance.db")) as database:
        kept = [body for (body,) in database.execute("SELECT body FROM statements ORDER BY leaf_index")]
    assert parse_bodies((copy / "bodies/000.p/8").read_bytes(), most=8) == tuple(kept)


def test_a_party_that_may_not_read_has_the_tree_and_is_told_what_the_log_said(tmp_path: Path, mirror: Mirror) -> None:
    home, copy = write_home(tmp_path / "home"), tmp_path / "copy"

    with published(home) as url:
        said = mirror(url, copy, "--key", home / "keys" / "shop.key")

    assert said.code == 1
    assert "refused-there" in said.err
    assert "not-a-reader: https://id.gs1.org/417/9520789000004 is no inspector" in said.err
    assert (copy / "checkpoint").exists()
    assert not (copy / "bodies/000.p").exists()
