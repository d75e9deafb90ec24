from __future__ import annotations

import stat
from pathlib import Path

import pytest

from provenance.crypto.keys import open_sealed
from tests.homes import MAKER, key_file, key_of, write_home
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


def test_what_a_key_signed_is_shown_newest_first(tmp_path: Path) -> None:
    terminal = Terminal(write_home(tmp_path / "home"))
    keys = terminal.home / "keys"
    (keys / "fresh.key").write_bytes(key_file(key_of("fresh")))
    added = terminal(f"party add-key --party {MAKER} --key {keys}/maker.key --new-key {keys}/fresh.key --json").object[
        "statement"
    ]

    said = terminal(f"key signed {key_of('maker').public.id} --json").object["statements"]
    later = terminal(f"key signed {key_of('maker').public.id} --since {said[0]['index']} --json").object["statements"]

    assert said[0]["statement"] == added
    assert [row["index"] for row in said] == sorted((row["index"] for row in said), reverse=True)
    assert len(said) > 1
    assert later == said[:1]
    assert added in terminal(f"key signed {key_of('maker').public.id}").out
