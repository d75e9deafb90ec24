"""``provenance serial``: from numbers in a file to things on record."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest

from provenance.crypto.claim_code import parse_claim_code
from provenance.gs1.serials import is_serial
from tests.homes import MAKER, write_home
from tests.terminal import Terminal

GTIN = "09520123000011"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(write_home(tmp_path / "home"))


def cells(file: Path) -> list[dict[str, str]]:
    with file.open() as lines:
        return list(csv.DictReader(lines))


def test_serials_go_from_a_file_to_things_on_record(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "serials.csv"

    issued = terminal("serial", "issue", GTIN, "--count", "3", "-o", file)
    printed = terminal("serial", "print", file)
    activated = terminal(
        "serial", "activate", file, "--party", MAKER, "--key", terminal.home / "keys/maker.key", "--lot", "L1"
    )

    first = cells(file)[0]["link"]
    assert (issued.code, issued.out) == (0, f"{file}  3 serials\n")
    assert (printed.code, printed.out) == (0, "3 printed\n")
    assert (activated.code, activated.out.split("  ")[:2]) == (0, ["3 serials", "accepted"])
    assert terminal("serial", "show", first, "--json").object["state"] == "activated"
    assert terminal("trace", first).code == 0


def test_serials_are_printed_without_a_file_as_lines_and_as_one_object(terminal: Terminal) -> None:
    headings, row = terminal("serial", "issue", "9520123000011").out.splitlines()
    said = terminal("serial", "issue", GTIN, "--count", "2", "--json").object

    link, serial, code = row.split(",")
    assert headings == "link,serial,hidden code"
    assert link == f"https://id.gs1.org/01/{GTIN}/21/{serial}"
    assert is_serial(serial)
    assert code == ""
    assert (said["gtin"], said["file"], len(said["serials"])) == (GTIN, None, 2)
    assert said["serials"][0]["code"] is None


def test_a_file_with_hidden_codes_is_for_its_owner_alone(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "serials.csv"

    terminal("serial", "issue", GTIN, "--hidden", "-o", file)

    (row,) = cells(file)
    assert parse_claim_code(row["hidden code"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert terminal("serial", "show", row["link"], "--json").object["code"] is True


def test_what_a_serial_is_waiting_for_is_shown(terminal: Terminal) -> None:
    link = terminal("serial", "issue", GTIN, "--json").object["serials"][0]["link"]

    before = terminal("serial", "show", link)
    terminal("serial", "print", "-", stdin=f"{link}\n".encode())
    after = terminal("serial", "show", link)

    assert before.out.splitlines()[0] == "state    issued"
    assert before.out.splitlines()[2] == "printed  not noted"
    assert after.out.splitlines()[0] == "state    printed"
    assert terminal("trace", link).out.startswith("NOT-ACTIVATED")


def test_activating_again_says_what_was_live_before(terminal: Terminal) -> None:
    links = terminal("serial", "issue", GTIN, "--count", "2").out.encode()
    terminal("serial", "print", "-", stdin=links)
    typed = ["serial", "activate", "-", "--party", MAKER, "--key", terminal.home / "keys/maker.key"]

    first, second = terminal(*typed, stdin=links), terminal(*typed, "--json", stdin=links)

    assert (first.code, second.code) == (0, 0)
    assert second.object == {"activations": [], "before": 2}
    assert "2 were live before" in second.err


@pytest.mark.parametrize(
    ("typed", "stdin", "code", "exit_code"),
    [
        (["serial", "issue", "09520123000012"], b"", "bad-check-digit", 2),
        (["serial", "issue", f"(01){GTIN}(21)S1"], b"", "unknown-identifier", 2),
        (["serial", "issue", "04012345678901"], b"", "not-licensed", 1),
        (["serial", "print", "-"], b"", "empty-list", 1),
        (["serial", "print", "-"], b"\xff\n", "malformed-text", 1),
        (["serial", "print", "-"], b"link,serial,hidden code\nhello\n", "unknown-identifier at /2", 1),
        (["serial", "print", "-"], f"https://id.gs1.org/01/{GTIN}/21/S1\n".encode(), "serial-not-ours", 1),
        (["serial", "show", f"https://id.gs1.org/01/{GTIN}/21/S1"], b"", "serial-not-ours", 1),
        (["serial", "show", f"https://id.gs1.org/01/{GTIN}"], b"", "not-one-thing", 1),
    ],
)
def test_a_refusal_says_why(terminal: Terminal, typed: list[str], stdin: bytes, code: str, exit_code: int) -> None:
    said = terminal(*typed, stdin=stdin)

    assert (said.code, said.out) == (exit_code, "")
    assert said.err.startswith(f"error: {code}: ")


def test_an_unprinted_serial_is_not_activated(terminal: Terminal) -> None:
    links = terminal("serial", "issue", GTIN).out.encode()

    said = terminal("serial", "activate", "-", "--party", MAKER, "--key", terminal.home / "keys/maker.key", stdin=links)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: serial-step: a serial that is issued cannot be activated")


def test_a_mistyped_serial_is_called_so(terminal: Terminal) -> None:
    link = terminal("serial", "issue", GTIN, "--json").object["serials"][0]["link"]
    wrong = link[:-1] + ("2" if link[-1] != "2" else "3")

    for command in ("trace", "scan"):
        said = terminal(command, wrong)
        assert said.code == 1
        assert said.err.startswith("error: mistyped-serial: ")
