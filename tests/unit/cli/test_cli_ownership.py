"""An owner at the terminal: the box is opened, the item claimed, and that is proved to an insurer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.crypto.claim_code import format_claim_code
from provenance.encoding import canonical
from tests.homes import key_file
from tests.sales import ANNA, BOB, ORDER, RETURN, TOKEN, A, Sales, code_of
from tests.terminal import Said, Terminal
from tests.world import World

NONCE = "0d" * 32


@pytest.fixture
def sales(tmp_path: Path) -> Iterator[Sales]:
    world = World(tmp_path / "home")
    sales = Sales(world)
    sales.stocked(A)
    sales.published()
    sales.bought(A)
    for name, key in (("anna", ANNA), ("bob", BOB)):
        (tmp_path / f"{name}.key").write_bytes(key_file(key))
    (tmp_path / "code.txt").write_text(format_claim_code(code_of(A)) + "\n")
    yield sales
    world.close()


def claimed(terminal: Terminal, tmp_path: Path, name: str, receipt: str = TOKEN) -> Said:
    signed = tmp_path / f"{name}.signed"
    words = ("--order", ORDER, "--receipt", receipt, "--code", tmp_path / "code.txt", "--key", tmp_path / f"{name}.key")
    said = terminal("ownership", "claim", A, *words, "-o", signed)
    assert said.code == 0, said.err
    return terminal("capture", signed)


def test_a_box_is_opened_once(sales: Sales, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert terminal("ownership", "show", A).code == 1

    assert "refused" in claimed(terminal, tmp_path, "bob", receipt="a guess").out
    (tmp_path / "bob.signed").unlink()
    assert claimed(terminal, tmp_path, "anna").code == 0
    assert claimed(terminal, tmp_path, "bob").code == 1

    assert terminal("ownership", "show", A, "--json").object["owner"] == str(ANNA.public)


def test_a_proof_is_for_one_verifier(sales: Sales, tmp_path: Path) -> None:
    terminal, proof = Terminal(tmp_path / "home"), tmp_path / "proof.json"
    claimed(terminal, tmp_path, "anna")
    words = ("ownership", "prove", A, "--for", "insurer.example", "--nonce", NONCE, "--key")

    made = terminal(*words, tmp_path / "anna.key", "-o", proof)

    assert made.code == 0, made.err
    assert terminal(*words, tmp_path / "bob.key", "-o", tmp_path / "other.json").code == 1
    checked = terminal("ownership", "check", A, proof, "--for", "insurer.example", "--nonce", NONCE)
    assert checked.out.startswith(f"PROVEN  {A}\n")
    other = terminal("ownership", "check", A, proof, "--for", "thief.example", "--nonce", NONCE)
    assert (other.code, other.err.partition(" ")[2][:14]) == (1, "other-verifier")


def test_a_case_is_taken_out_of_the_log_and_decided_again_from_its_file(sales: Sales, tmp_path: Path) -> None:
    terminal, case = Terminal(tmp_path / "home"), tmp_path / "case.json"
    sales.requested()
    assert terminal("decision", "of", RETURN, "-o", case).code == 1  # not in a checkpoint yet
    sales.world.services.checkpointing.checkpoint()

    said = terminal("decision", "of", RETURN, "-o", case)

    assert said.out.startswith("return  "), said.err
    assert terminal("decision", "replay", case).out.startswith("IDENTICAL  return\n")
    facts = canonical.parse_any(case.read_bytes())["facts"]  # type: ignore[call-overload, index]  # an object, as replay said
    assert (facts["serial"], facts["asOf"]) == (A, sales.now)
    assert terminal("decision", "of", ORDER, "-o", tmp_path / "no.json").code == 1


def test_a_decision_is_checked_with_its_evidence_by_whoever_has_the_file(sales: Sales, tmp_path: Path) -> None:
    terminal, file = Terminal(tmp_path / "home"), tmp_path / "decision.bundle"
    sales.requested()
    sales.world.services.checkpointing.checkpoint()

    made = terminal("decision", "bundle", RETURN, "-o", file)

    assert made.out.startswith(f"{file}  "), made.err
    trust = tmp_path / "home" / "trust.json"
    assert terminal("decision", "verify", file, "--trust", trust).out == "PROVEN  return\n"
    file.write_bytes(file.read_bytes().replace(b'"freight":1200', b'"freight":1300'))
    other = terminal("decision", "verify", file, "--trust", trust)
    assert (other.code, other.out.splitlines()[0][:10]) == (1, "NOT PROVEN")
    assert "/case/facts/freight: the case says 1300, the records say 1200" in other.out
