"""One try goes to the address that was checked, follows nobody anywhere, and ends in time."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from provenance.adapters import http_webhooks
from provenance.adapters.http_webhooks import HttpWebhookPost
from provenance.codes import Code
from provenance.errors import RefusedError, UnreachableError
from tests.receivers import receiving
from tests.served import QuietFiles, running

HERE = HttpWebhookPost(frozenset({"127.0.0.1", "localhost"}))
HEADERS = {"webhook-id": "evt_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that answers one connection as it likes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with suppress(OSError):
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    speak(connection)

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def test_a_try_brings_headers_and_body_and_takes_home_the_status() -> None:
    with receiving(lambda came: 202) as receiver:
        status = HERE.send(receiver.url, HEADERS, b'{"a":1}')

    (came,) = receiver.came
    assert (status, came.body, came.headers["content-type"]) == (202, b'{"a":1}', "application/json")
    assert HEADERS.items() <= came.headers.items()
    assert came.headers["host"] == receiver.url.split("/")[2]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_sends_it_elsewhere(status: int) -> None:
    with receiving(lambda came: status) as receiver:
        assert HERE.send(receiver.url, HEADERS, b"{}") == status

    assert len(receiver.came) == 1


def test_without_the_operators_leave_this_machine_is_not_reached() -> None:
    with receiving() as receiver:
        for url in (receiver.url, receiver.url.replace("http:", "https:")):
            with pytest.raises(RefusedError) as refused:
                HttpWebhookPost(frozenset()).send(url, HEADERS, b"{}")
            assert refused.value.code is Code.FORBIDDEN_ADDRESS

    assert receiver.came == []


def test_a_name_that_means_something_else_a_moment_later_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[str] = []

    def rebinding(host: str, port: int, *rest: object, **how: object) -> list[tuple[object, ...]]:
        asked.append(host)
        address = "93.184.216.34" if host == "hook.example" and asked.count(host) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address if host == "hook.example" else host, port))]

    def connect(one: socket.socket, where: tuple[str, int]) -> None:
        connected.append(where[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(UnreachableError):
        HttpWebhookPost(frozenset()).send("https://hook.example/", HEADERS, b"{}")

    assert connected == ["93.184.216.34"]


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/",
        "ftp://hook.example/",
        "file:///etc/passwd",
        "https://",
        "https://user:word@hook.example/",
        "https://hook.example:0/",
        "https://hook.example:99999/",
        "https://hook.example/#part",
        "https://hook.example/a b",
        "https://hook.example/\r\nHost: x",
        "https://höök.example/",
        "//hook.example/",
        f"https://hook.example/{'a' * 1000}",
        "https://[::1/",
    ],
)
def test_what_is_no_https_address_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(RefusedError) as refused:
        HttpWebhookPost(frozenset()).check(url)

    assert refused.value.code is Code.FORBIDDEN_ADDRESS


def test_an_https_address_is_none_of_those() -> None:
    HttpWebhookPost(frozenset()).check("https://hook.example:8443/in?shop=1")


def drip(to: socket.socket) -> None:
    for _ in range(1200):
        to.sendall(b"H")
        time.sleep(0.05)


def drip_headers(to: socket.socket) -> None:
    to.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    drip(to)


def drip_body(to: socket.socket) -> None:
    to.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    drip(to)


def say_nothing(to: socket.socket) -> None:
    to.settimeout(60)
    to.recv(1)


@pytest.mark.parametrize("speak", [drip, drip_headers, drip_body, say_nothing])
def test_who_answers_drop_by_drop_is_cut_off(
    speak: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_webhooks, "SECONDS", 0.3)
    before = time.monotonic()

    with speaking(speak) as url, pytest.raises(UnreachableError):
        HERE.send(url, HEADERS, b"{}")

    assert time.monotonic() - before < 30  # they would go on for a minute


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    ],
)
def test_an_answer_that_is_none_or_too_long_is_a_failure(said: bytes) -> None:
    with speaking(lambda to: to.sendall(said)) as url, pytest.raises(UnreachableError):
        HERE.send(url, HEADERS, b"{}")


def test_nobody_listening_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"

    with pytest.raises(UnreachableError):
        HERE.send(url, HEADERS, b"{}")


def certificate(folder: Path, name: str) -> Path:
    """A certificate for this host name that signs itself, with its key, in one file."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@contextmanager
def served_with(pem: Path) -> Iterator[int]:
    """A server of HTTPS with this certificate; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), QuietFiles)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with running(server):
        yield server.server_port


def test_the_certificate_must_be_that_of_the_hosts_name_though_its_address_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, wrong = certificate(tmp_path, "localhost"), certificate(tmp_path, "other.example")

    monkeypatch.setenv("SSL_CERT_FILE", str(right))
    with served_with(right) as port:
        answered = HERE.send(f"https://localhost:{port}/", HEADERS, b"{}")
    monkeypatch.setenv("SSL_CERT_FILE", str(wrong))
    with served_with(wrong) as port, pytest.raises(UnreachableError):
        HERE.send(f"https://localhost:{port}/", HEADERS, b"{}")
    monkeypatch.delenv("SSL_CERT_FILE")
    with served_with(right) as port, pytest.raises(UnreachableError):
        HERE.send(f"https://localhost:{port}/", HEADERS, b"{}")

    assert answered == 501  # a server of files takes no POST, but it was reached
