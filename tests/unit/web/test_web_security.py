"""What protects a reader, and how a client that asks too often is slowed down."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask, Response, request
from hypothesis import given
from hypothesis import strategies as st

from web.asking import client, raw_path
from web.security import MOST_CLIENTS, Brake, Limit, open_to_all, protect


@dataclass
class _Clock:
    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_no_answer_lets_a_foreign_script_style_frame_or_base_in() -> None:
    policy = protect(Response(), is_https=True).headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "base-uri 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy


def test_every_answer_says_what_it_is_and_tells_nobody_where_it_was_read() -> None:
    headers = protect(Response(), is_https=True).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_a_server_on_https_asks_to_be_reached_by_nothing_else() -> None:
    assert "max-age=31536000" in protect(Response(), is_https=True).headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in protect(Response(), is_https=False).headers


def test_what_is_public_may_be_read_by_pages_of_any_origin() -> None:
    headers = open_to_all(Response()).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


def test_a_client_that_asks_too_often_waits_until_its_bucket_has_filled() -> None:
    clock = _Clock()
    brake = Brake(Limit(at_once=3, per_second=0.5), now=clock)

    assert [brake.wait("a") for _ in range(5)] == [0, 0, 0, 2, 2]
    clock.seconds = 2.0
    assert [brake.wait("a"), brake.wait("a")] == [0, 2]


def test_one_client_does_not_slow_another() -> None:
    brake = Brake(Limit(at_once=1, per_second=1), now=_Clock())

    assert [brake.wait("a"), brake.wait("a"), brake.wait("b")] == [0, 1, 0]


def test_the_memory_for_clients_is_bounded() -> None:
    brake = Brake(Limit(at_once=1, per_second=1), now=_Clock())

    for number in range(MOST_CLIENTS + 50):
        brake.wait(str(number))

    assert len(brake._buckets) == MOST_CLIENTS


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 5), st.sampled_from([0.5, 1.0, 10.0]))
def test_nobody_gets_more_than_the_limit_allows(pauses: list[float], at_once: int, per_second: float) -> None:
    clock = _Clock()
    brake = Brake(Limit(at_once, per_second), now=clock)

    served = 0
    for pause in pauses:
        clock.seconds += pause
        served += brake.wait("a") == 0

    assert served <= at_once + clock.seconds * per_second


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("127.0.0.1", "", None),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("::1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "nonsense", "nonsense"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("", "203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
    ],
)
def test_only_a_proxy_on_this_machine_may_say_for_whom_it_asks(peer: str, forwarded: str, who: str | None) -> None:
    app = Flask(__name__)

    with app.test_request_context("/", environ_base={"REMOTE_ADDR": peer}, headers={"X-Forwarded-For": forwarded}):
        assert client(request) == who


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("/01/0952/21/A%2FB?x=%2F", "/01/0952/21/A%2FB"),
        ("http://shop.example/01/0952/21/A", "/01/0952/21/A"),
        ("//shop.example/01", "//shop.example/01"),
        ("/a#b", "/a"),
    ],
)
def test_the_path_is_read_as_it_was_sent(raw: str, path: str) -> None:
    app = Flask(__name__)

    with app.test_request_context("/"):
        request.environ["RAW_URI"] = raw
        assert raw_path(request) == path
