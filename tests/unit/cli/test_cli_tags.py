"""``provenance tag add``: a tag on a thing, and no key in anything that is said."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from provenance.bootstrap import build
from provenance.config import read_settings
from provenance.crypto.nfc_tag import Tag
from provenance.ids import Subject
from provenance.services.tapping import Tapped
from tests.chips import Chip
from tests.homes import ITEM, MAKER, event, write_home
from tests.terminal import PASSPHRASE, Terminal

UID, FILE, META = "04958CAA5C5E80", "000102030405060708090A0B0C0D0E0F", "0202030405060708090a0b0c0d0e0f10"
KEYS = f'{{"uid":"{UID}","file":"{FILE}","meta":"{META}"}}'.encode()
TAG = Tag(bytes.fromhex(UID), bytes.fromhex(FILE), bytes.fromhex(META))


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(write_home(tmp_path / "home"))
    (tmp_path / "made.json").write_bytes(event())
    key = terminal.home / "keys/maker.key"
    signed = terminal("event", "sign", tmp_path / "made.json", "--party", MAKER, "--key", key)
    assert terminal("capture", "-", stdin=signed.out.encode()).code == 0
    return terminal


def test_a_tag_that_was_put_on_a_thing_is_read_by_the_server(terminal: Terminal) -> None:
    said = terminal("tag", "add", ITEM, "--keys", "-", "--json", stdin=KEYS)

    services = build(read_settings({"PROVENANCE_HOME": str(terminal.home), "PROVENANCE_PASSPHRASE": PASSPHRASE}))
    tapped = services.tapping.tap(Subject(ITEM), Chip(TAG).touch()).tapped
    services.store.close()
    assert (said.code, said.object) == (0, {"subject": ITEM, "uid": UID})
    assert tapped is Tapped.FRESH
    assert stat.S_IMODE((terminal.home / "keys/tags.key").stat().st_mode) == 0o600


def test_the_second_tag_is_sealed_with_the_same_key(terminal: Terminal) -> None:
    terminal("tag", "add", ITEM, "--keys", "-", stdin=KEYS)
    kept = (terminal.home / "keys/tags.key").read_bytes()

    said = terminal("tag", "add", ITEM, "--keys", "-", stdin=KEYS.replace(b"80", b"81", 1))

    assert said.out == f"tag 04958CAA5C5E81 is on {ITEM}\n"
    assert (terminal.home / "keys/tags.key").read_bytes() == kept


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (b"", "malformed-json"),
        (b"[]", "wrong-type"),
        (KEYS.replace(b'"meta"', b'"mate"'), "wrong-type"),
        (KEYS.replace(b'"0001', b'"001'), "malformed-text at /file"),
        (KEYS.replace(b"0F", b"0G"), "malformed-text at /file"),
        (KEYS.replace(FILE.encode(), b"0" * 32), "weak-key"),
        (KEYS.replace(f'"{META}"'.encode(), b"7"), "malformed-text at /meta"),
    ],
)
def test_what_is_no_tag_is_refused_without_a_word_of_its_keys(terminal: Terminal, keys: bytes, code: str) -> None:
    said = terminal("tag", "add", ITEM, "--keys", "-", stdin=keys)

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: {code}: ")
    for key in (FILE[:12], META[:12]):
        assert key.lower() not in said.err.lower()


def test_a_tag_goes_on_one_thing_that_is_on_record(terminal: Terminal) -> None:
    terminal("tag", "add", ITEM, "--keys", "-", stdin=KEYS)

    again = terminal("tag", "add", ITEM, "--keys", "-", stdin=KEYS)
    unknown = terminal("tag", "add", f"{ITEM}9", "--keys", "-", stdin=KEYS)

    assert again.err.startswith("error: tag-taken: ")
    assert unknown.err.startswith("error: not-issued: ")


def test_a_wrong_passphrase_puts_no_tag_on_anything(terminal: Terminal) -> None:
    terminal("tag", "add", ITEM, "--keys", "-", stdin=KEYS)

    said = terminal(
        *("tag", "add", ITEM, "--keys", "-"),
        stdin=KEYS.replace(b"80", b"81", 1),
        environ={"PROVENANCE_PASSPHRASE": "wrong"},
    )

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("error: wrong-passphrase: ")
