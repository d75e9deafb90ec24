"""``provenance inspector-code``: made by the maker, checked at a desk without a network, and each forgery refused."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from PIL import Image

from labels.symbol import encode
from tests.homes import ITEM, MAKER, event, write_home
from tests.label_views import read
from tests.terminal import Terminal

SITE = "https://id.example.org"


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """An installation with one recorded thing, and the evidence about it in a file."""
    home = write_home(tmp_path / "home")
    terminal = Terminal(home)
    (tmp_path / "made.json").write_bytes(event())
    signed = terminal("event", "sign", tmp_path / "made.json", "--party", MAKER, "--key", home / "keys/maker.key")
    terminal("capture", "-", stdin=signed.out.encode())
    terminal("log", "checkpoint")
    assert terminal("bundle", ITEM, "-o", tmp_path / "any.bundle").code == 0
    return terminal


def made(terminal: Terminal, key: str = "maker", thing: str = f"{ITEM[:-1]}2") -> str:
    said = terminal("inspector-code", "make", thing, "--key", terminal.home / f"keys/{key}.key", "--site", SITE)
    assert said.code == 0, said.err
    return said.out.strip()


def checking(terminal: Terminal) -> list[str | Path]:
    """The rest of a check: the trust file, and a registry."""
    return ["--trust", terminal.home / "trust.json", "--registry", terminal.home.parent / "any.bundle"]


def test_a_code_is_checked_offline_and_says_whose_number_it_is(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code = made(terminal)
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("a network was asked for"))

    said = Terminal(tmp_path / "nowhere")("inspector-code", "check", code, *checking(terminal), "--json")

    assert code.startswith("https://ID.EXAMPLE.ORG/01/09520123000011/21/A2#")
    assert said.code == 0
    assert said.object["subject"] == "https://id.gs1.org/01/09520123000011/21/A2"
    assert said.object["name"] == "The maker"
    assert said.object["party"] == f"https://id.gs1.org/417/{MAKER}"
    assert said.object["checkpoint"]["origin"] == "log.example/2026"


def test_the_code_is_a_symbol_of_hand_size_and_is_checked_as_a_scanner_reads_it(
    terminal: Terminal, tmp_path: Path
) -> None:
    thing, drawn = "https://id.gs1.org/01/09520123000011/21/23456789ABCVP", tmp_path / "code.png"
    key = terminal.home / "keys/maker.key"
    said = terminal("inspector-code", "make", thing, "--key", key, "--site", SITE, "-o", drawn, "--json").object

    with Image.open(drawn) as picture:
        (seen,), millimetres = read(picture), picture.width * 25.4 / 300
    symbol = encode(seen)

    assert (seen, said["file"]) == (said["code"], str(drawn))
    assert (symbol.version, symbol.level) == (7, "M")
    assert 25 < millimetres < 28
    assert terminal("inspector-code", "check", seen, *checking(terminal)).code == 0


def test_a_code_is_drawn_as_svg_or_png_and_over_nothing(terminal: Terminal, tmp_path: Path) -> None:
    kept = tmp_path / "kept.svg"
    make = ["inspector-code", "make", ITEM, "--key", terminal.home / "keys/maker.key", "--site", SITE, "-o"]

    first, again, other = terminal(*make, kept), terminal(*make, kept), terminal(*make, tmp_path / "code.gif")

    assert (first.code, kept.read_text().startswith("<svg ")) == (0, True)
    assert (again.code, again.err.startswith("error: file-exists")) == (2, True)
    assert (other.code, ".svg or .png" in other.err) == (2, True)


def test_people_are_told_what_it_can_not_tell(terminal: Terminal) -> None:
    said = terminal("inspector-code", "check", made(terminal), *checking(terminal))

    assert said.out.startswith("The maker gave out this number\n")
    assert "a photo of it is the same code" in said.out


@pytest.mark.parametrize("key", ["carrier", "shop", "root"])
def test_a_code_that_another_signed_is_forged(terminal: Terminal, key: str) -> None:
    said = terminal("inspector-code", "check", made(terminal, key), *checking(terminal))

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: forged-inspector-code: ")


def test_a_signature_moved_to_another_thing_or_site_is_forged(terminal: Terminal) -> None:
    code = made(terminal)

    for moved in (code.replace("/A2#", "/A3#"), code.replace("EXAMPLE.ORG", "EXAMPLE.COM"), code[:-1] + "0"):
        if moved == code:
            continue
        said = terminal("inspector-code", "check", moved, *checking(terminal))
        assert (said.code, said.err.split(": ")[1]) == (1, "forged-inspector-code")


def test_a_number_of_nobody_in_the_registry_is_not_vouched_for(terminal: Terminal) -> None:
    code = made(terminal, thing="https://id.gs1.org/01/04012345678901/21/A2")

    said = terminal("inspector-code", "check", code, *checking(terminal))

    assert said.err.startswith("error: not-licensed: ")


def test_a_key_that_ended_vouches_for_nothing(terminal: Terminal, tmp_path: Path) -> None:
    code, keys = made(terminal), terminal.home / "keys"
    new = terminal("key", "new", "-o", tmp_path / "new.key")
    rotated = terminal(
        *("party", "rotate", "--party", MAKER, "--key", keys / "maker.key", "--new-key", tmp_path / "new.key")
    )
    assert (new.code, rotated.code) == (0, 0), rotated.err
    terminal("log", "checkpoint")
    (tmp_path / "any.bundle").unlink()
    assert terminal("bundle", ITEM, "-o", tmp_path / "any.bundle").code == 0

    said = terminal("inspector-code", "check", code, *checking(terminal))

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: key-ended: ")


def test_a_registry_that_proves_nothing_is_not_believed(terminal: Terminal, tmp_path: Path) -> None:
    bundle = tmp_path / "any.bundle"
    bundle.write_bytes(bundle.read_bytes().replace(b'"index":0,"proof":["', b'"index":0,"proof":["AAAA', 1))

    said = terminal("inspector-code", "check", made(terminal), *checking(terminal))

    assert (said.code, said.out) == (1, "")


def test_a_link_without_tls_is_not_signed(terminal: Terminal) -> None:
    said = terminal("inspector-code", "make", ITEM, "--key", terminal.home / "keys/maker.key")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: malformed-inspector-code: ")


@pytest.mark.parametrize("text", ["", "hello", "https://ID.EXAMPLE.ORG/01/09520123000011/21/A2", "9" * 100_000])
def test_what_is_no_code_is_refused(terminal: Terminal, text: str) -> None:
    said = terminal("inspector-code", "check", text, *checking(terminal))

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: malformed-inspector-code: ")
