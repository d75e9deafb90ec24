"""A shopper scans a label, or types what is printed beneath it, and gets a page that never leaves them alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import web.app
from provenance.codes import NEXT_STEP, Code
from provenance.encoding.canonical import Json
from provenance.ids import Subject
from tests.cast import MAKER, item
from tests.world import World
from web.app import create_app
from web.security import Limit

GTIN_AND_SERIAL = item("A1").removeprefix("https://id.gs1.org")
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202egnp.exe"


@pytest.fixture
def client(world: World) -> FlaskClient:
    return create_app(world.services).test_client()


def path_of(thing: Subject) -> str:
    return thing.removeprefix("https://id.gs1.org")


class _Outline(HTMLParser):
    """The tags of a page with their attributes, the levels of its headings, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_a_serial_with_a_slash_or_a_dot_finds_its_page(client: FlaskClient, world: World) -> None:
    for serial in ("A%2FB", "A.json", "bundle", "A%2F%2FB"):
        thing = Subject(f"{item('X').rpartition('/')[0]}/{serial}")
        world.made(thing)

        answer = client.get(path_of(thing), follow_redirects=True)

        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        assert "Record consistent" in answer.text


@pytest.mark.parametrize(
    "typed",
    [
        f"https://other.example/x{GTIN_AND_SERIAL}?17=290101",
        f"HTTPS://OTHER.EXAMPLE{GTIN_AND_SERIAL}",
        "(01)09520123000011(21)A1",
        "(01) 09520123000011\n(21) A1",
        "010952012300001121A1",
    ],
)
def test_what_is_typed_or_pasted_leads_to_the_page(typed: str, client: FlaskClient) -> None:
    answer = client.get("/scan", query_string={"code": f" {typed} ", "lang": "zh"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/verify{GTIN_AND_SERIAL}?lang=zh-CN"


@pytest.mark.parametrize(
    ("address", "status", "title"),
    [
        ("/01/09520123000010/21/A1", 400, "This number was mistyped or misread"),
        ("/scan?code=(01)09520123000010(21)A1", 400, "This number was mistyped or misread"),
        ("/scan?code=hello", 400, "This is not a code we can look up"),
        ("/scan?code=", 400, "This is not a code we can look up"),
        ("/scan", 400, "This is not a code we can look up"),
        ("/verify/417/9520123000004", 404, "This code does not name one thing"),
        (f"/verify{GTIN_AND_SERIAL.partition('/21/')[0]}", 404, "This code does not name one thing"),
        ("/verify/01/09526543000013/21/A1", 404, "This number is not known here"),
        ("/nothing/here", 404, "There is nothing at this address"),
        ("/verify/hello", 400, "This is not a code we can look up"),
        ("/problems/no-such-code", 404, "There is nothing at this address"),
    ],
)
def test_what_can_not_be_looked_up_gets_a_page_that_says_what_to_do(
    address: str, status: int, title: str, client: FlaskClient
) -> None:
    answer = client.get(address)

    page = _Outline(answer.text)
    assert (answer.status_code, answer.mimetype) == (status, "text/html")
    assert title in answer.text
    assert page.all("form")[0]["action"] == "/scan"
    assert "Set-Cookie" not in answer.headers


def test_what_was_mistyped_is_still_in_the_field(client: FlaskClient) -> None:
    answer = client.get("/scan", query_string={"code": '(01)"x"<b>'})

    (code,) = (field for field in _Outline(answer.text).all("input") if field["name"] == "code")
    assert code["value"] == '(01)"x"<b>'


def test_an_unknown_serial_is_answered_not_missing(client: FlaskClient) -> None:
    answer = client.get(f"/verify{GTIN_AND_SERIAL}")

    told = client.get(f"/verify{GTIN_AND_SERIAL}.json")
    assert (answer.status_code, told.status_code) == (404, 404)
    assert "Never issued" in answer.text
    assert told.json["verdict"] == "not-issued"


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "fr, zh-TW;q=0.5, en;q=0.3", "zh-CN"),
        ("", "fr", "en"),
        ("", "zh;q=0, en", "en"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=en", "zh-CN", "en"),
        ("?lang=xx", "zh-CN", "zh-CN"),
    ],
)
def test_the_page_is_in_the_visitors_language(query: str, accepted: str, language: str, client: FlaskClient) -> None:
    answer = client.get(f"/verify{GTIN_AND_SERIAL}{query}", headers={"Accept-Language": accepted})

    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"
    assert f'<html lang="{language}">' in answer.text
    assert ("从未签发" in answer.text) == (language == "zh-CN")


def test_the_link_to_the_other_language_keeps_everything_else(client: FlaskClient) -> None:
    page = _Outline(client.get("/scan?code=a%26b&lang=en").text)

    (other,) = (link for link in page.all("a") if link.get("hreflang"))
    assert (other["href"], other["lang"]) == ("?code=a%26b&lang=zh-CN", "zh-CN")


def test_the_page_needs_no_script_no_cookie_and_nothing_from_elsewhere(client: FlaskClient, world: World) -> None:
    world.made(item("A1"))
    answer = client.get(f"/verify{GTIN_AND_SERIAL}")

    page = _Outline(answer.text)
    addresses = [str(a[key]) for _, a in page.tags for key in ("href", "src", "action", "data") if a.get(key)]
    assert page.all("script") == []
    assert all(address.startswith(("/", "#", "?")) and not address.startswith("//") for address in addresses)
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "style"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_a_page_has_landmarks_one_heading_of_the_first_level_and_names_for_all_it_draws(
    client: FlaskClient, world: World
) -> None:
    world.made(item("A1"))
    world.observed(item("A1"), by=MAKER)
    page = _Outline(client.get(f"/verify{GTIN_AND_SERIAL}").text)

    ids = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    named = [str(a["aria-labelledby"]).split() for _, a in page.tags if a.get("aria-labelledby")]
    assert [len(page.all(tag)) for tag in ("header", "main", "footer")] == [1, 1, 1]
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert len(set(ids)) == len(ids)
    assert all(name in ids for names in named for name in names)
    assert all(svg.get("aria-hidden") == "true" or svg.get("role") == "img" for svg in page.all("svg"))
    assert page.all("a")[0]["href"] == "#content"


def test_what_parties_write_is_shown_as_text_and_nothing_else(client: FlaskClient, world: World) -> None:
    ilmd: Json = {"cbvmda:descriptionShort": HOSTILE, "example:<b>": HOSTILE, "cbvmda:lotNumber": "L<i>1"}
    world.made(item("A1"), ilmd={key: value for key, value in ilmd.items() if key != "example:<b>"})

    answer = client.get(f"/verify{GTIN_AND_SERIAL}")

    page = _Outline(answer.text)
    assert page.all("script") == page.all("img") == []
    assert any("<script>alert(1)" in words for words in page.words)
    assert "\u202e" not in re.sub(
        r"<bdi>.*?</bdi>|<title>.*?</title>|<text.*?</text>|<svg.*?</svg>", "", answer.text, flags=re.DOTALL
    )


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    path=st.text(max_size=40),
    folder=st.sampled_from(["", "verify/", "label/", "01/", "tile/", "scan?code=", "problems/"]),
)
def test_no_address_ever_gets_a_page_of_ours_that_failed(path: str, folder: str, client: FlaskClient) -> None:
    answer = client.get(f"/{folder}{quote(path, safe='/', errors='replace')}")

    assert answer.status_code < 500
    assert "X-Content-Type-Options" in answer.headers


def test_when_we_fail_the_page_says_that_the_thing_is_not_to_blame(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(subject: Subject) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(world.services.tracing, "trace", fail)
    page, machine = client.get(f"/verify{GTIN_AND_SERIAL}"), client.get(f"/verify{GTIN_AND_SERIAL}.json")

    assert page.status_code == machine.status_code == 500
    assert "says nothing about the thing itself" in page.text
    assert machine.mimetype == "application/problem+json"
    incident = re.search("give this number: ([0-9a-f]{12})", page.text)
    assert incident is not None
    assert incident[1] in caplog.text
    assert "secret" not in page.text + machine.text


def test_a_program_that_takes_json_only_gets_a_problem_everywhere(client: FlaskClient) -> None:
    answer = client.get("/01/09520123000010/21/A1", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["code"]) == (400, Code.BAD_CHECK_DIGIT)


@pytest.mark.parametrize(
    ("ending", "media_type", "begins"), [(".svg", "image/svg+xml", b"<svg"), (".png", "image/png", b"\x89PNG")]
)
def test_a_label_leads_back_to_this_server(ending: str, media_type: str, begins: bytes, client: FlaskClient) -> None:
    answer = client.get(f"/label{GTIN_AND_SERIAL}{ending}")

    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.data.startswith(begins)
    assert client.get(f"/label{GTIN_AND_SERIAL}").status_code == 404
    assert client.get(f"/verify{GTIN_AND_SERIAL}{ending}").status_code == 404


def test_guessing_serials_is_slowed_down_and_a_shopper_is_not(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web.app, "LIMITS", {"resolver": Limit(at_once=3, per_second=0.1)})
    client = web.app.create_app(world.services).test_client()
    guesser, shopper = {"REMOTE_ADDR": "198.51.100.7"}, {"REMOTE_ADDR": "203.0.113.9"}

    guesses = [client.get(f"{GTIN_AND_SERIAL}{number}", environ_base=guesser) for number in range(4)]

    assert [guess.status_code for guess in guesses] == [307, 307, 307, 429]
    assert "Too many questions at once" in guesses[-1].text
    assert int(guesses[-1].headers["Retry-After"]) >= 1
    assert client.get(GTIN_AND_SERIAL, environ_base=shopper).status_code == 307


def test_the_style_sheet_is_kept_for_ever_under_an_address_that_changes_with_it(client: FlaskClient) -> None:
    (address,) = re.findall(r'href="(/static/provenance\.css\?v=[0-9a-f]{12})"', client.get("/").text)

    with client.get(address) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/css")
        assert "max-age=31536000" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("code", Code)
def test_every_problem_has_its_page(code: Code, client: FlaskClient) -> None:
    answer = client.get(f"/problems/{code}")

    assert answer.status_code == 200
    assert NEXT_STEP[code] in _Outline(answer.text).words
