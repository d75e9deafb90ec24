"""A checkpoint is time-stamped by an authority, and whoever names the authority's root can tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.adapters.tsa import HttpTimeStamper
from provenance.codes import Code
from provenance.crypto.timestamps import LARGEST_ANSWER, open_timestamp, timestamp_request
from provenance.errors import ConfigurationError, ForgedError, MalformedError, NotFoundError, Refusal
from provenance.log.note import parse_note
from provenance.services.anchoring import path_of
from tests.authority import Authority, founded
from tests.cast import item
from tests.world import World
from web.app import create_app

DATA = b"some bytes"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return founded(tmp_path_factory.mktemp("authority") / "tsa")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return founded(tmp_path_factory.mktemp("other") / "tsa")


@pytest.fixture(scope="module")
def answer(authority: Authority) -> bytes:
    return authority.stamp(timestamp_request(DATA))


class _Silent:
    """An authority that must not be asked."""

    def stamp(self, request: bytes) -> bytes:
        raise AssertionError(request)


def test_a_stamp_holds_for_the_bytes_it_was_asked_about(authority: Authority, answer: bytes) -> None:
    stamp = open_timestamp(answer, DATA, roots=authority.roots)

    assert stamp.policy == "1.2.3.4.1"
    assert stamp.at.utcoffset() is not None
    assert authority.says(answer, DATA)


def test_a_stamp_does_not_hold_for_other_bytes(authority: Authority, answer: bytes) -> None:
    with pytest.raises(ForgedError) as refused:
        open_timestamp(answer, DATA + b"!", roots=authority.roots)

    assert refused.value.code is Code.FORGED_TIMESTAMP
    assert not authority.says(answer, DATA + b"!")


def test_a_stamp_of_another_authority_does_not_hold(other: Authority, answer: bytes) -> None:
    with pytest.raises(ForgedError) as refused:
        open_timestamp(answer, DATA, roots=other.roots)

    assert refused.value.code is Code.FORGED_TIMESTAMP


@pytest.mark.parametrize("roots", [b"", b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n"])
def test_roots_that_are_none_are_a_setting_to_correct(answer: bytes, roots: bytes) -> None:
    with pytest.raises(ConfigurationError):
        open_timestamp(answer, DATA, roots=roots)


@pytest.mark.parametrize("junk", [b"", b"0", b"<html>", b"0" * (LARGEST_ANSWER + 1)])
def test_what_is_no_answer_is_refused_as_such(authority: Authority, junk: bytes) -> None:
    with pytest.raises(MalformedError) as refused:
        open_timestamp(junk, DATA, roots=authority.roots)

    assert refused.value.code is Code.MALFORMED_TIMESTAMP


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_changed_bit_makes_a_stamp_say_another_time(
    authority: Authority, answer: bytes, data: st.DataObject
) -> None:
    said = open_timestamp(answer, DATA, roots=authority.roots)
    changed = bytearray(answer)
    changed[data.draw(st.integers(0, len(answer) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    try:
        found = open_timestamp(bytes(changed), DATA, roots=authority.roots)
    except (MalformedError, ForgedError):
        return
    assert found == said  # a few bits of the envelope are nobody's word


def test_the_newest_checkpoint_is_stamped_once(world: World, authority: Authority) -> None:
    world.made(item("A1"))
    note = world.services.checkpointing.checkpoint()
    assert note is not None

    first = world.services.anchoring.anchor(authority, roots=authority.roots)
    again = world.services.anchoring.anchor(_Silent(), roots=authority.roots)

    assert first == again
    assert first.size == world.size()
    assert authority.says(world.services.anchoring.answer(first.size), parse_note(note.encode()).text.encode())
    assert list(world.services.anchoring.anchored(roots=authority.roots)) == [first]


def test_there_is_nothing_to_stamp_before_the_first_checkpoint(world: World, authority: Authority) -> None:
    with pytest.raises(NotFoundError):
        world.services.anchoring.anchor(authority, roots=authority.roots)


def test_an_answer_that_does_not_hold_is_not_kept(world: World, authority: Authority, other: Authority) -> None:
    world.services.checkpointing.checkpoint()

    with pytest.raises(ForgedError):
        world.services.anchoring.anchor(other, roots=authority.roots)

    assert list(world.services.anchoring.anchored(roots=authority.roots)) == []
    world.services.anchoring.anchor(authority, roots=authority.roots)


def test_a_kept_answer_that_was_changed_is_named(world: World, authority: Authority) -> None:
    world.services.checkpointing.checkpoint()
    size = world.services.anchoring.anchor(authority, roots=authority.roots).size
    file = world.services.settings.tiles / path_of(size)
    file.write_bytes(file.read_bytes()[:-1])

    (found,) = world.services.anchoring.anchored(roots=authority.roots)

    assert isinstance(found.stamp, Refusal)
    assert (found.size, found.stamp.code) == (size, Code.MALFORMED_TIMESTAMP)


def test_anybody_can_fetch_the_answer(world: World, authority: Authority) -> None:
    client = create_app(world.services).test_client()
    world.services.checkpointing.checkpoint()
    size = world.services.anchoring.anchor(authority, roots=authority.roots).size

    found, absent = client.get(f"/anchor/{size}.tsr"), client.get(f"/anchor/{size + 1}.tsr")

    assert (found.mimetype, found.data) == ("application/timestamp-reply", world.services.anchoring.answer(size))
    assert absent.status_code == 404


# over HTTP


@contextmanager
def serving(status: int, body: bytes, **headers: str) -> Iterator[str]:
    """A server that gives one answer to every POST."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_an_authority_is_asked_over_http(answer: bytes) -> None:
    with serving(200, answer) as url:
        assert HttpTimeStamper(url).stamp(b"a request") == answer


def test_no_more_is_read_than_an_answer_may_have(authority: Authority) -> None:
    with serving(200, b"0" * (LARGEST_ANSWER * 4)) as url:
        assert len(HttpTimeStamper(url).stamp(b"a request")) == LARGEST_ANSWER + 1


@pytest.mark.parametrize("status", [500, 404, 302, 204])
def test_an_authority_that_does_not_stamp_is_unavailable(status: int) -> None:
    with serving(status, b"", Location="http://127.0.0.1:9/") as url, pytest.raises(NotFoundError) as refused:
        HttpTimeStamper(url).stamp(b"a request")

    assert refused.value.code is Code.ANCHOR_UNAVAILABLE


def test_an_authority_that_is_not_there_is_unavailable() -> None:
    with serving(200, b"") as url:
        pass

    with pytest.raises(NotFoundError):
        HttpTimeStamper(url).stamp(b"a request")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://tsa.example/", "tsa.example"])
def test_only_http_addresses_are_asked(url: str) -> None:
    with pytest.raises(ConfigurationError):
        HttpTimeStamper(url)
