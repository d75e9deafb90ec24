"""``provenance mirror copy --every`` and ``mirror serve`` beside a log that is served, each a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.crypto.envelope import from_json, to_json
from provenance.encoding import canonical
from provenance.log.note import parse_note
from tests.attack_world import fetched, posted
from tests.homes import ITEM, event, files_in, party_of, write_files
from tests.homes import SHOP as SHOP_GLN
from tests.mirrors import NAME, make, turn, words, write_mirrored_home
from tests.processes import OURS, Program, environment, free_port, wait_until
from tests.terminal import PASSPHRASE, Terminal

PAGE = ITEM.replace("https://id.gs1.org", "/verify")


@dataclass(frozen=True, slots=True)
class Place:
    """A log, the watch over it, and the mirror; all up."""

    home: Path
    copy: Path
    log: Program
    watch: Program
    mirror: Program


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    folder = tmp_path
    home, copy = write_mirrored_home(folder / "home"), folder / "copy"
    ports = [free_port() for _ in range(3)]
    url = f"http://127.0.0.1:{ports[0]}"
    own = environment(folder / "elsewhere", PROVENANCE_PASSPHRASE=PASSPHRASE)
    reader = environment(
        home, PROVENANCE_PASSPHRASE=PASSPHRASE, PROVENANCE_BASE_URL=url, PROVENANCE_READERS=party_of(SHOP_GLN)
    )
    serves = ("--workers", "1", "--port")
    place = Place(
        home,
        copy,
        Program([*OURS, "serve", *serves, str(ports[0])], ports[0], folder / "log.diary", reader),
        Program([*OURS, *words(url, copy, home), "--every", "1"], ports[1], folder / "watch.diary", own),
        Program(
            [*OURS, "mirror", "serve", copy, "--trust", home / "trust.json", *serves, str(ports[2])],
            ports[2], folder / "mirror.diary", environment(folder / "nowhere"),
        ),
    )  # fmt: skip
    with ExitStack() as stack:
        for program in (place.log, place.watch, place.mirror):
            stack.callback(program.kill)
        place.log.start()
        place.log.wait()
        place.watch.start()
        wait_until((copy / "mirror.json").exists)
        place.mirror.start()
        place.mirror.wait()
        yield place


def about(place: Place) -> dict[str, object]:
    answer: dict[str, object] = json.loads(fetched(f"{place.mirror.url}/mirror.json"))
    return answer


def assert_mirror_follows_and_takes_in_nothing(place: Place) -> None:
    home, terminal = place.home, Terminal(place.home)
    (home / "later.json").write_bytes(event(epcList=[f"{ITEM}L"]))
    keys = home / "keys"
    said = terminal("event", "sign", home / "later.json", "--party", "9520123000004", "--key", keys / "maker.key")
    envelope = to_json(from_json(canonical.parse_any(said.out.encode())))

    refused = posted(f"{place.mirror.url}/statements", envelope)
    taken = posted(f"{place.log.url}/statements?wait=recorded", envelope)
    wait_until(lambda: about(place)["size"] == taken[1]["index"] + 1)
    page = fetched(f"{place.mirror.url}{PAGE}L").decode()

    assert (refused[0], refused[1]["code"], refused[1]["evidence"]) == (421, "not-the-log", {"log": place.log.url})
    assert taken[0] == 201
    assert "Record consistent" in page
    assert f"kept by {NAME}" in page
    note = parse_note(fetched(f"{place.mirror.url}/checkpoint"))
    assert {line.name for line in note.signatures} >= {"log.example/2026"}


def assert_fork_is_on_every_page(place: Place, tmp_path: Path) -> None:
    place.watch.stop()
    place.log.stop()
    forked = write_files(files_in(place.home), tmp_path / "forked")
    make(place.home, f"{ITEM}F")
    assert turn(place.home, place.copy).code == 0
    make(forked, f"{ITEM}G")

    caught = turn(place.home, place.copy, shown=forked)
    page = fetched(f"{place.mirror.url}/").decode()

    assert (caught.code, "inconsistent-log" in caught.err) == (1, True)
    assert "The log has signed two histories that contradict each other." in page
    (alarm,) = about(place)["alarms"]  # type: ignore[misc]  # a list
    evidence = tmp_path / "conflict.json"
    evidence.write_bytes(fetched(f"{place.mirror.url}/evidence/{alarm['file']}"))
    key = json.loads((place.home / "trust.json").read_bytes())["log"]
    judged = Terminal(tmp_path / "nowhere")("witness", "check-evidence", evidence, "--log", key)
    assert (judged.code, judged.out.split()[0]) == (0, "proven")


def test_a_mirror_follows_its_log_without_any_key_and_says_when_the_log_rewrites_itself(
    place: Place, tmp_path: Path
) -> None:
    assert_mirror_follows_and_takes_in_nothing(place)
    assert_fork_is_on_every_page(place, tmp_path)

    assert "PROVENANCE_PASSPHRASE" not in (place.mirror.environ or {})
    assert "checkpoint" not in place.mirror.said
    assert "Traceback" not in place.mirror.said
