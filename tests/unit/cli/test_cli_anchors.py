"""Time-stamps from the terminal: nothing is stamped unasked, and a stamp that does not hold is bad news."""

from __future__ import annotations

from pathlib import Path

from provenance.codes import Code
from provenance.crypto.timestamps import timestamp_request
from provenance.log.note import parse_note
from tests.authority import founded
from tests.homes import write_home
from tests.terminal import Terminal


def test_stamps_are_listed_with_their_time_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    authority = founded(tmp_path / "tsa")
    home = write_home(tmp_path / "home")
    terminal, roots = Terminal(home), authority.folder / "root.pem"
    note = terminal("log checkpoint --json").object["checkpoint"]
    size, text = note.splitlines()[1], parse_note(note.encode()).text.encode()
    kept = home / "tiles" / "anchor" / f"{size}.tsr"

    nothing = terminal(f"log anchors --tsa-root {roots} --json")
    kept.parent.mkdir(parents=True)
    kept.write_bytes(authority.stamp(timestamp_request(text)))
    good = terminal(f"log anchors --tsa-root {roots}")
    kept.write_bytes(authority.stamp(timestamp_request(b"another text")))
    bad = terminal(f"log anchors --tsa-root {roots} --json")

    assert (nothing.code, nothing.object) == (0, {"anchors": []})
    assert (good.code, good.out.startswith(f"checkpoint {size}  existed before ")) == (0, True)
    assert (bad.code, bad.object["anchors"][0]["code"]) == (1, Code.FORGED_TIMESTAMP)


def test_an_authority_that_does_not_answer_is_said_with_the_next_step(tmp_path: Path) -> None:
    authority = founded(tmp_path / "tsa")
    terminal = Terminal(write_home(tmp_path / "home"))
    terminal("log checkpoint")

    said = terminal(f"log anchor --tsa http://127.0.0.1:9/ --tsa-root {authority.folder}/root.pem")

    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"error: {Code.ANCHOR_UNAVAILABLE}")
