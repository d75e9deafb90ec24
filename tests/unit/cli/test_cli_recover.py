"""An operator whose database is an old backup gets back what is missing, from a folder with a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.bootstrap import build
from provenance.config import read_settings
from tests.copies import copied
from tests.homes import ITEM, event, write_home
from tests.terminal import PASSPHRASE, Terminal


@pytest.fixture
def behind(tmp_path: Path) -> Path:
    """A folder with a copy of a log and the log's home, whose database is an old backup."""
    home = write_home(tmp_path / "home")
    backup = (home / "provenance.db").read_bytes()
    capture(Terminal(home), event(), tmp_path / "made.json")
    Terminal(home)("log checkpoint")
    services = build(read_settings({"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": PASSPHRASE}))
    copied(services, tmp_path / "copy")
    services.store.close()
    for file in home.glob("provenance.db*"):
        file.unlink()
    (home / "provenance.db").write_bytes(backup)
    return tmp_path


def capture(terminal: Terminal, what: bytes, file: Path) -> int:
    file.write_bytes(what)
    key = terminal.home / "keys" / "maker.key"
    signed = terminal("event", "sign", file, "--party", "9520123000004", "--key", key)
    return terminal("capture -", stdin=signed.out.encode()).code


def test_what_is_missing_comes_back_and_the_log_is_open_again(behind: Path) -> None:
    terminal, later = Terminal(behind / "home"), event(epcList=[ITEM + "9"])
    shut = capture(terminal, later, behind / "later.json")

    said = terminal("log", "recover", "--from", behind / "copy")

    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[0].endswith("8 statements, 1 of them from the copy")
    assert lines[1] == "open  statements are taken in again"
    assert (shut, capture(terminal, later, behind / "later.json")) == (1, 0)
    assert terminal("log audit").code == 0


def test_a_copy_without_a_body_names_the_leaf_and_the_log_stays_shut(behind: Path) -> None:
    for file in (behind / "copy" / "bodies").rglob("*"):
        if file.is_file():
            file.unlink()
    terminal = Terminal(behind / "home")

    said = terminal("log", "recover", "--from", behind / "copy")

    assert (said.code, said.out) == (1, "")
    assert "body-missing: the copy has no body of 1 statements that are missing here: leaf 7" in said.err
    assert capture(terminal, event(epcList=[ITEM + "9"]), behind / "later.json") == 1


def test_a_folder_that_is_no_copy_is_said_to_be_none(behind: Path) -> None:
    said = Terminal(behind / "home")("log", "recover", "--from", behind)

    assert (said.code, "not-found" in said.err) == (1, True)
