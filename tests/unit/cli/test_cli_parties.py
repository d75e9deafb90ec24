from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.homes import CARRIER, MAKER, SHOP, key_file, key_of, party_of, write_home
from tests.terminal import Terminal

NEWCOMER = "9520321000004"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    home = write_home(tmp_path / "home")
    for name in ("newcomer", "second"):
        (home / "keys" / f"{name}.key").write_bytes(key_file(key_of(name)))
    return Terminal(home)


def party(terminal: Terminal, gln: str) -> Any:
    (found,) = [row for row in terminal("party list --json").object["parties"] if row["party"] == party_of(gln)]
    return found


def test_a_party_joins_and_is_listed(terminal: Terminal) -> None:
    keys = terminal.home / "keys"

    said = terminal(
        "party", "enrol", "--gln", NEWCOMER, "--name", "Fig & Co", "--role", "producer", "--role", "seller",
        "--key", keys / "newcomer.key", "--json",
    )  # fmt: skip

    assert said.code == 0
    assert said.object["party"] == party_of(NEWCOMER)
    assert said.object["status"] == "accepted"
    found = party(terminal, NEWCOMER)
    assert (found["name"], found["roles"], found["licences"]) == ("Fig & Co", ["producer", "seller"], [])
    assert [key["key"] for key in found["keys"]] == [str(key_of("newcomer").public)]
    assert "Fig & Co" in terminal("party list").out


def test_a_party_joins_once(terminal: Terminal) -> None:
    said = terminal(f"party enrol --gln {MAKER} --name Again --role seller --key {terminal.home}/keys/newcomer.key")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: party-exists: ")


def test_only_the_root_key_enrols(terminal: Terminal) -> None:
    keys = terminal.home / "keys"

    said = terminal(
        f"party enrol --gln {NEWCOMER} --name Fig --role seller --key {keys}/newcomer.key --root-key {keys}/maker.key"
    )

    assert said.code == 1
    assert said.err.startswith("error: unknown-key")


def test_a_prefix_is_given_and_taken(terminal: Terminal) -> None:
    assert terminal(f"party license --party {MAKER} --prefix 9520124").code == 0
    assert party(terminal, MAKER)["licences"] == ["9520123", "9520124"]
    assert terminal(f"party unlicense --party {MAKER} --prefix 9520124").code == 0
    assert party(terminal, MAKER)["licences"] == ["9520123"]


def test_an_overlapping_prefix_is_refused(terminal: Terminal) -> None:
    said = terminal(f"party license --party {SHOP} --prefix 952012")

    assert said.code == 1
    assert said.err.startswith("error: licence-overlaps: ")


def test_roles_are_replaced(terminal: Terminal) -> None:
    assert terminal(f"party roles --party {CARRIER} --role shipper --role seller").code == 0

    assert party(terminal, CARRIER)["roles"] == ["seller", "shipper"]


def test_a_key_is_added_then_takes_the_first_ones_place(terminal: Terminal) -> None:
    keys = terminal.home / "keys"
    assert terminal(f"party add-key --party {MAKER} --key {keys}/maker.key --new-key {keys}/second.key").code == 0

    said = terminal(f"party rotate --party {MAKER} --key {keys}/maker.key --new-key {keys}/newcomer.key")

    assert said.code == 0
    ended = {key["key"]: key["ended"] for key in party(terminal, MAKER)["keys"]}
    assert ended[str(key_of("maker").public)] is not None
    assert ended[str(key_of("second").public)] is None
    assert ended[str(key_of("newcomer").public)] is None
    assert "ended at leaf" in terminal("party list").out


def test_a_compromised_key_is_ended_by_the_root(terminal: Terminal) -> None:
    key = key_of("shop").public.id

    said = terminal(f"party revoke --party {SHOP} --key-id {key} --reason compromised --since 3")

    assert said.code == 0
    (found,) = party(terminal, SHOP)["keys"]
    assert found["compromisedSince"] == 3


def test_a_party_ends_its_own_key_with_another(terminal: Terminal) -> None:
    keys = terminal.home / "keys"
    assert terminal(f"party add-key --party {SHOP} --key {keys}/shop.key --new-key {keys}/second.key").code == 0

    lost = key_of("shop").public.id
    said = terminal(f"party revoke --party {SHOP} --key-id {lost} --reason lost --key {keys}/second.key")

    assert said.code == 0


@pytest.mark.parametrize("more", ["--reason compromised", "--reason lost --since 3"])
def test_since_goes_with_compromised_alone(terminal: Terminal, more: str) -> None:
    said = terminal(f"party revoke --party {SHOP} --key-id {'0' * 64} {more}")

    assert said.code == 2
    assert "--since belongs to --reason compromised" in said.err


def test_a_delegation_is_given_and_taken_back(terminal: Terminal) -> None:
    key = terminal.home / "keys" / "maker.key"
    scope = "https://id.gs1.org/01/09520123"
    given = terminal(
        f"party delegate --from {MAKER} --to {SHOP} --may commission --scope {scope} --key {key} --json"
    ).object

    assert party(terminal, MAKER)["delegations"] == [
        {"grant": given["statement"], "to": party_of(SHOP), "may": "commission", "scope": [scope]}
    ]
    assert f"may commission within {scope}" in terminal("party list").out
    assert terminal(f"party undelegate --from {MAKER} --grant {given['statement']} --key {key}").code == 0
    assert party(terminal, MAKER)["delegations"] == []


def test_a_party_nobody_knows_can_give_nothing(terminal: Terminal) -> None:
    key = terminal.home / "keys" / "newcomer.key"

    said = terminal(f"party delegate --from {NEWCOMER} --to {SHOP} --may observe --key {key}")

    assert said.code == 1
    assert said.err.startswith("error: unknown-party at /party: ")
