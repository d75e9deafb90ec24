"""A browser that opens what a label says lands on the right page, whatever became of the serial."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from provenance.ids import Subject
from tests.cast import MAKER, gtin, item
from tests.slips import slipped
from tests.world import World
from web.app import create_app

GTIN = gtin().rpartition("/")[2]


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


@pytest.fixture
def subject(world: World) -> Subject:
    return world.services.issuing.issue(GTIN, 1)[0].subject


def opened(client: FlaskClient, subject: Subject, language: str) -> tuple[int, str]:
    """Status and text of the page that the label's link leads to."""
    path = subject.removeprefix("https://id.gs1.org")
    answer = client.get(f"{path}?lang={language}", follow_redirects=True)
    return answer.status_code, " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


@pytest.mark.parametrize(
    ("language", "word", "what"),
    [
        ("en", "Not active", "The maker has not yet released this number."),
        ("zh-CN", "未启用", "制造商还没有放行这个编号。"),
    ],
)
def test_a_serial_on_no_thing_yet(client: FlaskClient, subject: Subject, language: str, word: str, what: str) -> None:
    status, text = opened(client, subject, language)

    assert status == 200
    assert word in text
    assert what in text


def test_an_activated_serial(world: World, client: FlaskClient, subject: Subject) -> None:
    world.services.issuing.printed([subject])
    list(world.services.activating.activate([subject], MAKER.hand(), lot=None))

    status, text = opened(client, subject, "en")

    assert status == 200
    assert "Record consistent" in text


@pytest.mark.parametrize(("language", "word"), [("en", "Never issued"), ("zh-CN", "从未签发")])
def test_an_invented_serial(client: FlaskClient, subject: Subject, language: str, word: str) -> None:
    _, text = opened(client, item("S1"), language)

    assert word in text


@pytest.mark.parametrize(
    ("language", "title", "question"),
    [
        ("en", "This serial number was mistyped", "Did you mean one of these?"),
        ("zh-CN", "序列号输入有误", "您要找的是不是其中之一？"),
    ],
)
def test_a_mistyped_serial(client: FlaskClient, subject: Subject, language: str, title: str, question: str) -> None:
    status, text = opened(client, slipped(subject), language)

    assert status == 404
    assert title in text
    assert question in text
    assert "Never issued" not in text
    assert "从未签发" not in text


def test_what_was_likely_meant_is_one_link_away(client: FlaskClient, subject: Subject) -> None:
    page = client.get(f"/verify{slipped(subject).removeprefix('https://id.gs1.org')}?lang=zh").text

    assert f'href="/verify{subject.removeprefix("https://id.gs1.org")}?lang=zh-CN"' in page


def test_a_typed_serial_with_a_slip_leads_to_the_same_page(client: FlaskClient, subject: Subject) -> None:
    typed = f"(01){GTIN}(21){slipped(subject).rpartition('/')[2].lower()}"

    answer = client.get("/scan", query_string={"code": typed}, follow_redirects=True)

    assert answer.status_code == 404
    assert "This serial number was mistyped" in answer.text


@pytest.mark.parametrize(
    ("language", "title"), [("en", "This number is not known here"), ("zh-CN", "这里查不到这个编号")]
)
def test_a_stranger_s_code(client: FlaskClient, language: str, title: str) -> None:
    stranger = Subject("https://id.gs1.org/01/04012345678901/21/S1")
    status, scanned = opened(client, stranger, language)
    typed = client.get("/scan", query_string={"code": stranger, "lang": language}, follow_redirects=True)

    assert (status, typed.status_code) == (404, 404)
    assert title in scanned
    assert title in typed.text
    assert "Never issued" not in scanned + typed.text


def test_a_program_gets_the_code_and_what_was_likely_meant(client: FlaskClient, subject: Subject) -> None:
    answer = client.get(f"/verify{slipped(subject).removeprefix('https://id.gs1.org')}.json")

    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["code"]) == (404, "mistyped-serial")
    assert subject in problem["evidence"]["likely"].split()


def test_a_program_is_told_that_a_serial_is_not_activated(client: FlaskClient, subject: Subject) -> None:
    members = client.get(f"/verify{subject.removeprefix('https://id.gs1.org')}.json").get_json()

    assert members["verdict"] == "not-activated"
    assert members["because"]["details"] == {"state": "issued"}
