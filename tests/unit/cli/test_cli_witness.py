"""``provenance witness``: a witness in five minutes, and evidence that anyone can check."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.bootstrap_witness import build_witness
from provenance.config import read_settings
from tests.cosigners import LOG_VERIFIER, ORIGIN
from tests.terminal import PASSPHRASE, Terminal
from tests.witness_homes import asking, asking_for_fork


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "witness")


def test_a_witness_is_set_up_and_confirms(terminal: Terminal) -> None:
    made = terminal("witness init --name shop.example/w --json").object
    told = terminal("witness", "add-log", str(LOG_VERIFIER))

    assert told.out == f"witnessing  {ORIGIN}\n"
    settings = read_settings({"PROVENANCE_HOME": str(terminal.home), "PROVENANCE_PASSPHRASE": PASSPHRASE})
    witness = build_witness(settings)
    assert str(witness.confirming.verifier) == made["key"]
    assert witness.confirming.answer(asking(0, 7)).status == 200
    assert (terminal.home / "keys" / "witness.key").stat().st_mode & 0o777 == 0o600


def test_nothing_of_a_witness_is_overwritten(terminal: Terminal) -> None:
    terminal("witness init --name shop.example/w")
    before = (terminal.home / "keys" / "witness.key").read_bytes()

    again = terminal("witness init --name other.example/w")

    assert (again.code, again.err.split(":")[1].strip()) == (2, "file-exists")
    assert (terminal.home / "keys" / "witness.key").read_bytes() == before


@pytest.mark.parametrize("command", ["add-log KEY", "serve", "evidence -o out"])
def test_without_a_witness_a_command_says_so(command: str, terminal: Terminal) -> None:
    said = terminal(f"witness {command.replace('KEY', str(LOG_VERIFIER))}")

    assert said.code == 2
    assert "not-set-up" in said.err


def test_a_key_that_is_none_is_misuse(terminal: Terminal) -> None:
    assert terminal("witness add-log nonsense").code == 2


def test_evidence_of_a_fork_checks_offline(terminal: Terminal, tmp_path: Path) -> None:
    terminal("witness init --name shop.example/w")
    terminal("witness", "add-log", str(LOG_VERIFIER))
    nothing = terminal("witness", "evidence", "-o", tmp_path / "none")
    settings = read_settings({"PROVENANCE_HOME": str(terminal.home), "PROVENANCE_PASSPHRASE": PASSPHRASE})
    confirming = build_witness(settings).confirming
    confirming.answer(asking(0, 7))
    confirming.answer(asking_for_fork(7, 7))

    (row,) = terminal("witness", "evidence", "-o", tmp_path / "out", "--json").object["files"]
    checked = terminal("witness", "check-evidence", row["file"], "--log", str(LOG_VERIFIER))
    other = terminal(
        "witness", "check-evidence", row["file"], "--log",
        "log.example/prov+24d42d8d+AWBDqp0J+ccKCxOCnHQuMn2KKm/I3Aee/5cei/eP9yip",
    )  # fmt: skip
    (tmp_path / "half.json").write_bytes(Path(row["file"]).read_bytes()[:-9])
    damaged = terminal("witness", "check-evidence", tmp_path / "half.json", "--log", str(LOG_VERIFIER))

    assert nothing.code == 1
    assert row["contradiction"] == "proven"
    assert (checked.code, checked.out.splitlines()[0]) == (0, f"proven  {ORIGIN}")
    assert (other.code, damaged.code) == (1, 1)
    assert "untrusted-checkpoint" in other.err
