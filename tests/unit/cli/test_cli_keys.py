from __future__ import annotations

import stat
from pathlib import Path

import pytest

from provenance.crypto.keys import open_sealed
from tests.homes import key_file, key_of
from tests.terminal import PASSPHRASE, Terminal


def test_a_new_key_is_sealed_and_its_owners_alone(tmp_path: Path) -> None:
    kept = tmp_path / "maker.key"

    said = Terminal(tmp_path)("key", "new", "--json", "-o", kept)

    key = open_sealed(kept.read_bytes(), passphrase=PASSPHRASE)
    assert said.object == {"file": str(kept), "key": str(key.public), "id": key.public.id}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / "maker.key"
    kept.write_bytes(b"precious")

    said = Terminal(tmp_path)("key", "new", "-o", kept)

    assert said.code == 2
    assert said.err.startswith("error: file-exists: ")
    assert kept.read_bytes() == b"precious"


def test_the_public_half_is_shown_without_a_passphrase(tmp_path: Path) -> None:
    kept = tmp_path / "maker.key"
    kept.write_bytes(key_file(key_of("maker")))

    said = Terminal(tmp_path, passphrase=None)("key", "show", kept)

    assert said.code == 0
    assert str(key_of("maker").public) in said.out
    assert key_of("maker").public.id in said.out


def test_the_passphrase_may_lie_in_a_file(tmp_path: Path) -> None:
    phrase, kept = tmp_path / "phrase", tmp_path / "maker.key"
    phrase.write_text("from a file\n")

    said = Terminal(tmp_path)("key", "new", "-o", kept, environ={"PROVENANCE_PASSPHRASE_FILE": str(phrase)})

    assert said.code == 0
    key = open_sealed(kept.read_bytes(), passphrase="from a file")
    assert f"key   {key.public}\n" in said.out


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version":1,"public":"did:key:z"}', b"\xff"])
def test_what_is_no_key_file_is_refused(content: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "maker.key"
    kept.write_bytes(content)

    said = Terminal(tmp_path)("key", "show", kept)

    assert said.code == 1
    assert said.err.startswith("error: malformed-")
