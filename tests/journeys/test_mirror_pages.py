"""A mirror shows the log and its pages from its own folder, says whose it is and as of when, and takes nothing in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provenance.adapters.key_files import read_trust
from provenance.bootstrap import build
from provenance.codes import Code
from provenance.encoding.textual import parse_time
from provenance.ids import Subject
from provenance.log.alarm import Alarm, Kind, format_alarm, parse_alarm
from provenance.log.breach import Breach, format_breach
from provenance.log.checkpoint import verify_checkpoint
from provenance.log.note import parse_note
from tests.homes import ITEM, files_in, settings_of, write_files
from tests.mirrors import NAME, make, mirror_app, mirror_key, turn, write_mirrored_home
from web.app import create_app

PAGE = ITEM.replace("https://id.gs1.org", "/verify")
KEYS = "/.well-known/webhook-keys.json"
WRITES = (
    ("POST", "/statements"),
    ("PUT", "/statements"),
    ("POST", PAGE),
    ("DELETE", "/checkpoint"),
    ("PATCH", "/nowhere"),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home, and the copy that a mirror made of it."""
    place = tmp_path_factory.mktemp("mirrored")
    said = turn(write_mirrored_home(place / "home"), place / "copy")
    assert said.code == 0, said.err
    return place


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    write_files(files_in(template / "copy"), tmp_path / "copy")
    return write_files(files_in(template / "home"), tmp_path / "home")


@pytest.fixture
def copy(home: Path) -> Path:
    return home.with_name("copy")


@pytest.fixture
def client(home: Path, copy: Path) -> Iterator[FlaskClient]:
    with mirror_app(home, copy) as app:
        yield app.test_client()


@pytest.fixture
def log(home: Path) -> Iterator[FlaskClient]:
    services = build(settings_of(home))
    yield create_app(services).test_client()
    services.store.close()


def test_what_it_serves_of_the_log_is_what_the_log_serves_with_a_line_of_its_own_below(
    client: FlaskClient, log: FlaskClient, home: Path
) -> None:
    shown = parse_note(client.get("/checkpoint").data)

    assert client.get("/tile/0/000.p/8").data == log.get("/tile/0/000.p/8").data != b""
    assert client.get("/tile/entries/000.p/8").data == log.get("/tile/entries/000.p/8").data
    assert client.get("/trust.json").data == log.get("/trust.json").data
    assert client.get(f"{PAGE}/bundle").data == log.get(f"{PAGE}/bundle").data
    assert client.get("/checkpoint").data.startswith(log.get("/checkpoint").data)
    trust = read_trust(home / "trust.json")
    verified = verify_checkpoint(shown, log_keys=[trust.log], witness_keys=[mirror_key()]).verified
    assert [one.key for one in verified] == [trust.log, mirror_key()]
    (seconds,) = [one.seconds for one in verified if one.seconds is not None]
    assert datetime.now(UTC).timestamp() - seconds < 600


@pytest.mark.parametrize("path", ["/", PAGE, "/nowhere", "/problems/not-the-log", f"{PAGE}?lang=zh-CN"])
def test_every_page_says_whose_mirror_it_is_and_as_of_when(path: str, client: FlaskClient) -> None:
    page = client.get(path, headers={"Accept": "text/html"}).text

    english, chinese = f"A mirror of log.example/2026, kept by {NAME}", f"log.example/2026 的镜像，由 {NAME} 保存"
    assert (chinese if "zh" in path else english) in page
    (when,) = re.findall(r'<time datetime="([^"]+)">(?:截至|Copied and found in order)', page)
    assert datetime.now(UTC) - parse_time(when) < timedelta(minutes=10)
    assert re.search(r'<a href="http://127\.0\.0\.1:\d+" rel="external">', page)
    assert "mirror.alarm" not in page


def test_the_pages_of_the_log_itself_call_it_no_mirror(log: FlaskClient) -> None:
    assert 'class="mirror' not in log.get(PAGE).text


def test_a_page_says_of_a_thing_what_the_log_says(client: FlaskClient, log: FlaskClient) -> None:
    without_address = re.compile(r"http://[^/\"]+")

    here, there = (without_address.sub("", one.get(f"{PAGE}.json").text) for one in (client, log))

    assert "consistent" in here
    assert here == there


@pytest.mark.parametrize("path", ["/ownership/01/09520123000011/21/A1", "/reviews/01/09520123000011"])
def test_what_is_folded_from_records_is_the_same_there(path: str, client: FlaskClient, log: FlaskClient) -> None:
    here, there = (one.get(path, headers={"Accept": "application/json"}) for one in (client, log))

    assert here.status_code == there.status_code != 421
    assert here.json.get("code") == there.json.get("code")


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_whatever_is_written_is_sent_to_the_log(method: str, path: str, client: FlaskClient) -> None:
    before = client.get("/checkpoint").data

    answer = client.open(path, method=method, json={}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer.mimetype) == (421, "application/problem+json")
    assert answer.json["code"] == "not-the-log"
    assert answer.json["evidence"]["log"] in answer.json["detail"]
    assert answer.json["evidence"]["log"].startswith("http://127.0.0.1:")
    assert client.get("/checkpoint").data == before


@pytest.mark.parametrize("path", [f"{PAGE}/head", "/bodies/000.p/8", f"{PAGE}?picc_data=00&cmac=00", KEYS])
def test_what_only_the_log_answers_for_is_left_to_it(path: str, client: FlaskClient) -> None:
    answer = client.get(path, headers={"Accept": "application/problem+json, application/json"})

    assert (answer.status_code, answer.json["code"]) == (421, "not-the-log")


def test_its_pages_lead_to_the_logs_own_heads(client: FlaskClient) -> None:
    (address,) = re.findall(r'href="([^"]*/head)"', client.get(PAGE).text)

    assert address == client.get("/mirror.json").json["log"] + f"{PAGE}/head"


def test_no_checkpoint_can_be_signed_there(home: Path, copy: Path) -> None:
    with mirror_app(home, copy) as app:
        services = app.extensions["provenance"]

        for sign in (services.checkpointing.checkpoint, lambda: services.vouching.head(Subject(ITEM))):
            with pytest.raises(Exception, match="this is a mirror") as refused:
                sign()
            assert refused.value.code is Code.NOT_THE_LOG  # type: ignore[attr-defined]  # a ProvenanceError


def test_programs_are_told_the_same(client: FlaskClient) -> None:
    card = client.get("/mirror.json").json

    assert (card["mirror"], card["key"]) == (NAME, str(mirror_key()))
    assert (card["origin"], card["size"], card["alarms"]) == ("log.example/2026", 8, [])
    assert parse_time(card["asOf"]) <= datetime.now(UTC)


def test_the_pages_follow_the_folder(client: FlaskClient, home: Path, copy: Path) -> None:
    make(home, f"{ITEM}2")

    before = client.get(f"{PAGE}2.json").json["verdict"]
    assert turn(home, copy).code == 0
    after = client.get(f"{PAGE}2.json").json["verdict"]

    assert (before, after) == ("not-issued", "consistent")
    assert client.get("/mirror.json").json["size"] == 9


def test_an_alarm_stands_on_every_page_until_a_later_turn_finds_everything_in_order(
    client: FlaskClient, home: Path, copy: Path, template: Path
) -> None:
    make(home, f"{ITEM}2")
    assert turn(home, copy).code == 0

    assert turn(home, copy, shown=template / "home").code == 1
    alarmed = client.get(PAGE).text
    (raised,) = client.get("/mirror.json").json["alarms"]
    evidence = client.get(f"/evidence/{raised['file']}").data
    time.sleep(1)  # a mirror's line counts whole seconds
    assert turn(home, copy).code == 0
    healed = client.get(PAGE).text

    assert "The log shows less than it has shown before." in alarmed
    assert raised["code"] == "log-rolled-back"
    assert parse_alarm(evidence).kind is Kind.ROLLED_BACK
    assert "shows less" not in healed
    assert client.get(f"/evidence/{raised['file']}").data == evidence


def test_a_fork_is_on_every_page_for_ever(client: FlaskClient, home: Path, copy: Path, template: Path) -> None:
    forked = write_files(files_in(template / "home"), home.with_name("forked"))
    make(forked, f"{ITEM}3")
    make(home, f"{ITEM}2")
    assert turn(home, copy).code == 0

    assert turn(home, copy, shown=forked).code == 1
    assert turn(home, copy).code == 0

    assert "two histories" in client.get(PAGE).text
    assert "两份互相矛盾的历史" in client.get(f"{PAGE}?lang=zh-CN").text


def test_a_broken_rule_is_named_by_its_leaf_and_its_file_stays_with_the_owner(
    client: FlaskClient, home: Path, copy: Path
) -> None:
    note, log = parse_note((copy / "checkpoint").read_bytes()), read_trust(home / "trust.json").log
    later = datetime.now(UTC) + timedelta(days=1)
    breach = Breach(log, note, 7, b"leaf", b"body", (), Code.NOT_LICENSED, "leaf 7: not-licensed", later)
    (copy / "bodies" / "evidence").mkdir()
    (copy / "bodies" / "evidence" / "breach-00.json").write_bytes(format_breach(breach))

    page = client.get(PAGE).text

    assert "Statement 7 of the log breaks the log&#39;s own rules." in page
    assert client.get("/mirror.json").json["alarms"] == [{"code": "rule-broken", "leaf": 7, "file": None}]
    assert 'href="/evidence/' not in page


def test_the_evidence_folder_gives_out_nothing_else(client: FlaskClient, copy: Path) -> None:
    (copy / "bodies" / "evidence").mkdir()
    (copy / "bodies" / "evidence" / "breach-00.json").write_bytes(b"secret")

    for name in ("breach-00.json", "..%2Fbodies%2Fjudged.db", "%2E%2E", "none.json"):
        assert client.get(f"/evidence/{name}").status_code == 404


def test_evidence_that_can_not_be_read_stops_no_page_from_saying_whose_it_is(client: FlaskClient, copy: Path) -> None:
    (copy / "evidence").mkdir()
    (copy / "evidence" / "alarm-00.json").write_bytes(b"{")

    page = client.get(PAGE)

    assert page.status_code == 200
    assert "How old this copy is" in page.text
    assert client.get("/mirror.json").status_code == 500


def test_an_alarm_of_before_the_newest_good_turn_is_history(client: FlaskClient, home: Path, copy: Path) -> None:
    note = parse_note((copy / "checkpoint").read_bytes())
    trust = read_trust(home / "trust.json")
    (copy / "evidence").mkdir()
    for days, name in ((-1, "alarm-before.json"), (1, "alarm-after.json")):
        alarm = Alarm(Kind.STALE, trust.log, note, None, datetime.now(UTC) + timedelta(days=days))
        (copy / "evidence" / name).write_bytes(format_alarm(alarm))

    assert [one["file"] for one in client.get("/mirror.json").json["alarms"]] == ["alarm-after.json"]
