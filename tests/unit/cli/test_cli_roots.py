"""Root keys that are changed, that agree in one place or in several, and a party that lost its key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from provenance.codes import Code
from tests.homes import MAKER, SHOP, key_file, key_of, party_of, write_home
from tests.terminal import Terminal

THREE = ("one", "two", "three")


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    home = write_home(tmp_path / "home")
    for name in (*THREE, "fresh"):
        (home / "keys" / f"{name}.key").write_bytes(key_file(key_of(name)))
    return Terminal(home)


@pytest.fixture
def shared(terminal: Terminal) -> Terminal:
    """A root of three keys, of which two must agree."""
    keys = terminal.home / "keys"
    new = " ".join(f"--new-root-key {keys}/{name}.key" for name in THREE)
    assert terminal(f"root rotate {new} --threshold 2").code == 0
    return terminal


def party(terminal: Terminal, gln: str) -> Any:
    (found,) = [row for row in terminal("party list --json").object["parties"] if row["party"] == party_of(gln)]
    return found


def test_after_a_rotation_the_old_root_key_decides_nothing(shared: Terminal) -> None:
    said = shared(f"party license --party {SHOP} --prefix 9527777")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: {Code.KEY_ENDED}")


def test_enough_of_the_new_root_keys_decide(shared: Terminal) -> None:
    keys = shared.home / "keys"

    alone = shared(f"party license --party {SHOP} --prefix 9527777 --root-key {keys}/one.key")
    together = shared(
        f"party license --party {SHOP} --prefix 9527777 --root-key {keys}/one.key --root-key {keys}/three.key"
    )

    assert (alone.code, alone.err.startswith(f"error: {Code.NOT_AUTHORISED}")) == (1, True)
    assert together.code == 0
    assert "9527777" in party(shared, SHOP)["licences"]


def test_more_keys_than_there_are_cannot_be_asked_to_agree(terminal: Terminal) -> None:
    said = terminal(f"root rotate --new-root-key {terminal.home}/keys/one.key --threshold 2")

    assert said.code == 2


def test_root_keys_in_different_places_sign_one_after_the_other(shared: Terminal, tmp_path: Path) -> None:
    keys, draft, signed = shared.home / "keys", tmp_path / "draft.json", tmp_path / "signed.json"

    drafted = shared(
        f"party license --party {SHOP} --prefix 9527777 --root-key {keys}/one.key "
        f"--absent {key_of('two').public} --draft {draft} --json"
    )
    too_early = shared(f"capture {draft}")
    added = shared(f"root sign {draft} --root-key {keys}/two.key -o {signed}")
    taken = shared(f"capture {signed}")

    assert drafted.object == {"draft": str(draft), "statement": drafted.object["statement"]}
    assert Code.MISSING_SIGNER in too_early.out
    assert '"prefix":"9527777"' in added.err
    assert len(json.loads(signed.read_bytes())["signatures"]) == 2
    assert (taken.code, "accepted" in taken.out) == (0, True)
    assert "9527777" in party(shared, SHOP)["licences"]


@pytest.mark.parametrize("options", ["--draft draft.json", f"--absent {key_of('two').public}"])
def test_a_draft_needs_somebody_who_signs_it_later(shared: Terminal, options: str) -> None:
    said = shared(f"party license --party {SHOP} --prefix 9527777 {options}")

    assert said.code == 2
    assert "--draft needs --absent" in said.err


def test_a_draft_is_not_overwritten_by_its_signed_form(shared: Terminal, tmp_path: Path) -> None:
    keys, draft = shared.home / "keys", tmp_path / "draft.json"
    shared(
        f"party license --party {SHOP} --prefix 9527777 --root-key {keys}/one.key "
        f"--absent {key_of('two').public} --draft {draft}"
    )

    said = shared(f"root sign {draft} --root-key {keys}/two.key -o {draft}")

    assert (said.code, said.err.splitlines()[-2].startswith(f"error: {Code.FILE_EXISTS}")) == (2, True)


def test_a_recovery_is_listed_waits_and_can_be_stopped(terminal: Terminal) -> None:
    keys = terminal.home / "keys"

    proposed = terminal(f"party recover --party {MAKER} --new-key {keys}/fresh.key --json")
    (running,) = party(terminal, MAKER)["recoveries"]
    early = terminal(f"party complete-recovery --party {MAKER} --proposal {running['proposal']}")
    stopped = terminal(f"party veto --party {MAKER} --proposal {running['proposal']} --key {keys}/maker.key")

    assert running["proposal"] == proposed.object["statement"]
    assert running["key"] == str(key_of("fresh").public)
    assert (early.code, early.err.startswith(f"error: {Code.RECOVERY_WAITS}")) == (1, True)
    assert stopped.code == 0
    assert party(terminal, MAKER)["recoveries"] == []


def test_the_root_takes_its_proposal_back(terminal: Terminal) -> None:
    proposed = terminal(f"party recover --party {MAKER} --new-key {terminal.home}/keys/fresh.key --json").object

    said = terminal(f"party veto --party {MAKER} --proposal {proposed['statement']}")

    assert said.code == 0
    assert party(terminal, MAKER)["recoveries"] == []


def test_a_party_stands_by_what_a_key_of_its_signed(terminal: Terminal) -> None:
    said = terminal(f"party reaffirm --party {MAKER} --key {terminal.home}/keys/maker.key {'0' * 64} --json")

    assert (said.code, said.object["party"]) == (0, party_of(MAKER))


def test_the_running_recovery_is_shown_to_people(terminal: Terminal) -> None:
    proposed = terminal(f"party recover --party {MAKER} --new-key {terminal.home}/keys/fresh.key --json").object

    assert f"recovery  {proposed['statement']}" in terminal("party list").out
