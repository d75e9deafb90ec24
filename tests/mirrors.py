"""Mirrors to look at: a copy of an installation's log that somebody judged and stands behind, and what shows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from provenance.adapters.key_files import read_trust
from provenance.bootstrap_mirror import build_mirror
from provenance.log.note import VerifierKey, cosigner_key
from tests.homes import ITEM, SHOP, event, key_file, key_of, party_of, settings_of, write_home
from tests.served import published
from tests.terminal import Said, Terminal
from web.mirror import create_mirror_app

NAME = "museum.example/mirror"


def mirror_key() -> VerifierKey:
    """What the mirror's lines are checked with."""
    return cosigner_key(NAME, key_of("mirror").public)


def write_mirrored_home(home: Path) -> Path:
    """An installation with one item in its log, and beside its keys one for a mirror of it."""
    write_home(home)
    (home / "keys" / "mirror.key").write_bytes(key_file(key_of("mirror")))
    make(home, ITEM)
    return home


def make(home: Path, item: str) -> None:
    """An item more, in a checkpoint."""
    terminal, file = Terminal(home), home / "made.json"
    file.write_bytes(event(epcList=[item]))
    signed = terminal("event", "sign", file, "--party", "9520123000004", "--key", home / "keys" / "maker.key")
    assert terminal("capture -", stdin=signed.out.encode()).code == 0
    assert terminal("log checkpoint").code == 0


def words(url: str, folder: Path, home: Path) -> tuple[str | Path, ...]:
    """The command of a watch over a log that this home was made with."""
    keys = home / "keys"
    reads = ("--trust", home / "trust.json", "--key", keys / "shop.key")
    return ("mirror", "copy", url, folder, *reads, "--cosign", keys / "mirror.key", "--name", NAME)


def turn(home: Path, folder: Path, *more: str | Path, shown: Path | None = None) -> Said:
    """One turn of the watch over a home's log; ``shown`` is another home that is served in its place."""
    with published(shown or home, readers=party_of(SHOP)) as url:
        return Terminal(folder.parent / "elsewhere")(*words(url, folder, home), *more)


@contextmanager
def mirror_app(home: Path, folder: Path) -> Iterator[Flask]:
    """The application of the mirror over the copy in a folder, as long as the block lasts."""
    mirror = build_mirror(settings_of(folder.parent / "elsewhere"), folder, read_trust(home / "trust.json"))
    try:
        yield create_mirror_app(mirror)
    finally:
        mirror.services.store.close()
