"""The whole way back: a log is mirrored with its bodies, loses its database, is shut, and goes on without a fork."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.homes import ITEM, SHOP, event, files_in, party_of, write_files, write_home
from tests.journeys.test_mirror_over_http import published
from tests.terminal import Said, Terminal


def made(home: Path, serial: str) -> Said:
    """An item more, captured."""
    terminal, file = Terminal(home), home / f"{serial}.json"
    file.write_bytes(event(epcList=[ITEM + serial]))
    key = home / "keys" / "maker.key"
    signed = terminal("event", "sign", file, "--party", "9520123000004", "--key", key)
    return terminal("capture -", stdin=signed.out.encode())


@pytest.mark.parametrize("way", ["from the mirror's folder", "from another server of the log"])
def test_what_a_mirror_has_brings_a_lost_log_back_and_its_mirror_follows_on(way: str, tmp_path: Path) -> None:
    home, copy, backup = write_home(tmp_path / "home"), tmp_path / "copy", tmp_path / "backup.db"
    reader, trust = home / "keys" / "shop.key", home / "trust.json"
    backup.write_bytes((home / "provenance.db").read_bytes())
    for serial in ("1", "2"):
        assert made(home, serial).code == 0
        Terminal(home)("log checkpoint")
    mirror = Terminal(tmp_path / "elsewhere")
    with published(home, readers=party_of(SHOP)) as url:
        assert mirror("mirror", "copy", url, copy, "--trust", trust, "--key", reader).code == 0
    other = write_files(files_in(home), tmp_path / "other")
    for file in home.glob("provenance.db*"):
        file.unlink()
    (home / "provenance.db").write_bytes(backup.read_bytes())

    shut = made(home, "3")
    if way == "from the mirror's folder":
        back = Terminal(home)("log", "recover", "--from", copy, "--json")
    else:
        with published(other, readers=party_of(SHOP)) as url:
            back = Terminal(home)("log", "recover", "--from", url, "--key", reader, "--json")
    later = made(home, "3")
    Terminal(home)("log checkpoint")

    assert (shut.code, "read-only" in shut.err) == (1, True)
    assert back.code == 0, back.err
    assert {name: back.object[name] for name in ("before", "size", "open")} == {"before": 7, "size": 9, "open": True}
    assert later.code == 0, later.err
    assert Terminal(home)("log audit").code == 0
    with published(home, readers=party_of(SHOP)) as url:
        followed = mirror("mirror", "copy", url, copy, "--trust", trust, "--key", reader, "--json")
    assert (followed.code, followed.object["size"], followed.object["judged"]) == (0, 10, 10)
