"""Heads from the terminal: signed here, held against a copy there, and the evidence checked by anyone."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.adapters.outside import DurableFiles
from provenance.bootstrap import build
from provenance.config import read_settings
from provenance.ids import LeafIndex
from provenance.log.head import Head, sign_head
from provenance.log.note import format_note
from tests.copies import copied
from tests.homes import ITEM, event, key_of, write_home
from tests.terminal import PASSPHRASE, Terminal

MAKER = "9520123000004"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with an installation that made an item, a copy of its log, its head, and a false one."""
    home = write_home(tmp_path / "home")
    terminal = Terminal(home)
    (tmp_path / "made.json").write_bytes(event())
    signed = terminal("event", "sign", tmp_path / "made.json", "--party", MAKER, "--key", home / "keys" / "maker.key")
    assert terminal("capture -", stdin=signed.out.encode()).code == 0
    terminal("log checkpoint")
    (tmp_path / "true.head").write_text(terminal("log", "head", ITEM).out, encoding="utf-8")
    services = build(read_settings({"PROVENANCE_HOME": str(home), "PROVENANCE_PASSPHRASE": PASSPHRASE}))
    tree = copied(services, tmp_path / "copy").state.checkpoint
    services.store.close()
    for name, index in (("false.head", None), ("other.head", LeafIndex(0))):
        note = sign_head(Head(ITEM, index, tree), key_of("log"))
        (tmp_path / name).write_bytes(format_note(note))
    return tmp_path


def refute(here: Path, head: str, *more: str | Path) -> tuple[str | Path, ...]:
    return ("log", "refute", here / head, "--copy", here / "copy", "--trust", here / "home" / "trust.json", *more)


def test_a_true_head_holds(here: Path) -> None:
    said = Terminal(here / "elsewhere")(*refute(here, "true.head", "-o", here / "out.json"))

    assert said.code == 0
    assert said.out.splitlines() == [f"{ITEM}  leaf 7 of 8", "holds  nothing in the copy speaks against it"]
    assert not (here / "out.json").exists()


@pytest.mark.parametrize(("head", "ground"), [("false.head", "later-statement"), ("other.head", "other-thing")])
def test_a_false_head_is_refuted_in_a_file_that_anyone_can_check(head: str, ground: str, here: Path) -> None:
    terminal, out = Terminal(here / "elsewhere"), here / "out.json"

    found = terminal(*refute(here, head, "-o", out, "--json"))
    checked = terminal("log", "check-refutation", out, "--trust", here / "home" / "trust.json", "--json")

    assert (found.code, found.object["ground"], found.object["file"]) == (1, ground, str(out))
    assert (checked.code, checked.object["ground"]) == (0, ground)
    assert checked.object["message"] == found.object["message"]


def test_a_copy_without_bodies_leaves_it_open(here: Path) -> None:
    for file in (here / "copy" / "bodies").rglob("*"):
        if file.is_file():
            file.unlink()

    said = Terminal(here / "elsewhere")(*refute(here, "true.head"))

    assert (said.code, said.out.splitlines()[1]) == (1, "open  the copy has no body of 1 statements: leaf 7 …")


def test_a_refutation_of_another_log_says_nothing_about_this_one(here: Path) -> None:
    terminal, out = Terminal(here / "elsewhere"), here / "out.json"
    terminal(*refute(here, "false.head", "-o", out))
    Terminal(here / "other")("init")

    said = terminal("log", "check-refutation", out, "--trust", here / "other" / "trust.json")

    assert (said.code, "untrusted-checkpoint" in said.err) == (1, True)


def test_what_was_altered_convicts_nobody(here: Path) -> None:
    terminal, out = Terminal(here / "elsewhere"), here / "out.json"
    terminal(*refute(here, "false.head", "-o", out))
    DurableFiles(here).replace("out.json", out.read_bytes().replace(b"none", b"7", 1))

    said = terminal("log", "check-refutation", out, "--trust", here / "home" / "trust.json")

    assert (said.code, "forged-note" in said.err) == (1, True)
