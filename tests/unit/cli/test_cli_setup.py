from __future__ import annotations

import re
import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest

from provenance.config import Settings
from provenance.log.policy import parse_policy
from provenance.trust import NO_WITNESSES, parse_trust
from tests.cosigners import LOG_VERIFIER, TWO_OF_THREE
from tests.homes import write_home
from tests.terminal import Terminal

ASKING_TWO_OF_THREE = re.sub(rb"(?m)^(witness .*)$", rb"\1 http://127.0.0.1:9", TWO_OF_THREE)


@pytest.fixture
def made(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path / "home")
    assert terminal("init --origin log.example/2026").code == 0
    return terminal


def test_init_makes_an_installation_that_is_ready_and_clean(made: Terminal) -> None:
    audit = made("log audit --json")
    parties = made("party list --json")

    assert audit.object == {"leaves": 1, "clean": True, "problems": []}
    assert parties.object == {"parties": []}


def test_init_keeps_the_keys_to_their_owner(made: Terminal) -> None:
    for name in ("log", "root"):
        kept = made.home / "keys" / f"{name}.key"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_init_says_whom_to_believe(made: Terminal) -> None:
    trust = parse_trust((made.home / "trust.json").read_bytes())

    assert trust.origin == "log.example/2026"
    assert str(trust.roots[0]) == made("key", "show", "--json", made.home / "keys" / "root.key").object["key"]


def test_init_never_touches_a_home_that_is_there(made: Terminal) -> None:
    before = {path: path.read_bytes() for path in made.home.rglob("*") if path.is_file()}

    said = made("init")

    assert said.code == 2
    assert said.err.startswith("error: file-exists: ")
    assert {path: path.read_bytes() for path in made.home.rglob("*") if path.is_file()} == before


def test_init_never_touches_a_database_that_is_there(tmp_path: Path) -> None:
    other = write_home(tmp_path / "other")
    terminal = Terminal(tmp_path / "home")

    said = terminal("init", environ={"PROVENANCE_DATABASE_URL": f"sqlite:///{other}/provenance.db"})

    assert said.code == 2
    assert "the database has statements already" in said.err
    assert Terminal(other)("log audit").code == 0


def test_an_init_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")

    said = terminal("init", environ={"PROVENANCE_DATABASE_URL": "oracle://x"})

    assert said.code == 2
    assert list(tmp_path.iterdir()) == []
    assert terminal("init").code == 0


def test_a_log_is_founded_with_its_witnesses_and_shows_nothing_before_they_confirmed(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")

    said = terminal("init", "--witnesses", "-", "--json", stdin=ASKING_TWO_OF_THREE)
    asked = terminal("log checkpoint")

    trust = parse_trust((terminal.home / "trust.json").read_bytes())
    assert said.code == 0
    assert "witness add-log" in said.err
    assert trust.witnesses == parse_policy(ASKING_TWO_OF_THREE)
    assert not (terminal.home / "tiles" / "checkpoint").exists()
    assert asked.code == 1
    assert asked.err.startswith("error: read-only: too few witnesses say how far they have seen this log")


def test_nobody_as_witness_has_to_be_said(tmp_path: Path) -> None:
    said = Terminal(tmp_path / "said")("init", "--witnesses", "-", stdin=b"quorum none\n")
    empty = Terminal(tmp_path / "empty")("init", "--witnesses", "-")

    assert said.code == 0
    assert parse_trust((tmp_path / "said" / "trust.json").read_bytes()).witnesses == NO_WITNESSES
    assert empty.code == 2
    assert empty.err.startswith("error: malformed-policy: -: there is no quorum")
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (f"log {LOG_VERIFIER}\n".encode() + ASKING_TWO_OF_THREE, "names the log"),
        (TWO_OF_THREE, "too few witnesses have an address"),
        (TWO_OF_THREE + b"quorum w1.example\n", "line 6: a second quorum"),
    ],
)
def test_a_policy_that_can_not_be_lived_with_founds_nothing(tmp_path: Path, policy: bytes, message: str) -> None:
    said = Terminal(tmp_path / "home")("init", "--witnesses", "-", stdin=policy)

    assert said.code == 2
    assert said.err.startswith("error: malformed-policy: ")
    assert message in said.err
    assert not (tmp_path / "home").exists()


def test_an_origin_that_is_no_name_is_refused(tmp_path: Path) -> None:
    said = Terminal(tmp_path / "home")("init", "--origin", "a b")

    assert said.code == 1
    assert said.err.startswith("error: ")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("passphrase", [None, ""])
def test_init_needs_a_passphrase(passphrase: str | None, tmp_path: Path) -> None:
    said = Terminal(tmp_path / "home", passphrase=passphrase)("init")

    assert said.code == 2
    assert "passphrase" in said.err
    assert list(tmp_path.iterdir()) == []


def test_serve_hands_its_settings_to_the_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = []
    pages = ModuleType("web.serving")

    def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
        served.append((settings.home, host, port, workers))

    pages.serve = serve  # type: ignore[attr-defined]  # a stage, not the module
    monkeypatch.setitem(sys.modules, "web.serving", pages)
    home = write_home(tmp_path / "home")

    said = Terminal(home)("serve --port 8123 --workers 3 --json")

    assert served == [(home, "127.0.0.1", 8123, 3)]
    assert said.object == {"address": "http://127.0.0.1:8123/"}
    assert "http://127.0.0.1:8123/" in said.err


def test_serve_needs_the_log_keys_passphrase(tmp_path: Path) -> None:
    said = Terminal(write_home(tmp_path / "home"), passphrase=None)("serve")

    assert said.code == 2
    assert "passphrase" in said.err


def test_serve_refuses_a_home_that_was_never_set_up(tmp_path: Path) -> None:
    said = Terminal(tmp_path / "nowhere")("serve")

    assert said.code == 2
    assert "provenance init" in said.err
