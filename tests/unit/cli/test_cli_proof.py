"""The proof of one statement is what other tools read, and is the one that a bundle holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.log.merkle import leaf_hash
from provenance.log.proof_file import parse_proof_file, verify_proof_file
from provenance.trust import parse_trust
from tests.homes import ITEM, event, write_home
from tests.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(write_home(tmp_path / "home"))


def captured(terminal: Terminal, folder: Path) -> str:
    """The hash of a statement that was taken in."""
    (folder / "made.json").write_bytes(event())
    key = terminal.home / "keys" / "maker.key"
    signed = terminal("event", "sign", folder / "made.json", "--party", "9520123000004", "--key", key)
    said = terminal("capture - --json", stdin=signed.out.encode())
    return str(said.object["results"][0]["receipt"]["statement"])


def test_the_proof_of_a_recorded_statement_holds_and_is_the_one_in_its_bundle(
    terminal: Terminal, tmp_path: Path
) -> None:
    statement = captured(terminal, tmp_path)
    terminal("log checkpoint")

    said = terminal("proof", statement, "-o", tmp_path / "one.tlog-proof", "--json")

    assert said.code == 0, said.err
    data = (tmp_path / "one.tlog-proof").read_bytes()
    proof, policy = parse_proof_file(data), parse_trust((terminal.home / "trust.json").read_bytes()).policy
    assert proof.extra is not None
    assert statement.encode() in proof.extra
    verify_proof_file(proof, leaf=leaf_hash(proof.extra), policy=policy)
    terminal("bundle", ITEM, "-o", tmp_path / "a", "--tlog-proofs", tmp_path / "proofs")
    assert (tmp_path / "proofs" / f"{said.object['index']}.tlog-proof").read_bytes() == data


def test_what_is_not_recorded_is_not_proven(terminal: Terminal, tmp_path: Path) -> None:
    statement = captured(terminal, tmp_path)

    waiting = terminal("proof", statement, "-o", tmp_path / "a")
    unknown = terminal("proof", "0" * 64, "-o", tmp_path / "a")
    misspelt = terminal("proof", statement.upper(), "-o", tmp_path / "a")

    assert (waiting.code, "not-recorded" in waiting.err) == (1, True)
    assert (unknown.code, "not-found" in unknown.err) == (1, True)
    assert misspelt.code == 2
    assert not (tmp_path / "a").exists()
