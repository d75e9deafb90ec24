"""Webhooks from the terminal: a secret shown once, messages that a receiver's own library takes, and what failed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from provenance.cli.webhooks import keep_sending
from provenance.codes import Code
from provenance.errors import StorageError
from provenance.services.notifying import Notifying, Sent
from tests.homes import event, write_home
from tests.receivers import Receiver, receiving
from tests.terminal import Said, Terminal

ALLOWED = {"PROVENANCE_WEBHOOK_HOSTS": "127.0.0.1"}


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    write_home(tmp_path / "home")
    return Terminal(tmp_path / "home")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def added(terminal: Terminal, url: str, *words: str) -> Said:
    return terminal("webhook", "add", "books", url, *words, "--json", environ=ALLOWED)


def recorded(terminal: Terminal, folder: Path, serial: str = "A1") -> None:
    (folder / "made.json").write_bytes(event(epcList=[f"https://id.gs1.org/01/09520123000011/21/{serial}"]))
    key = terminal.home / "keys" / "maker.key"
    signed = terminal("event", "sign", folder / "made.json", "--party", "9520123000004", "--key", key)
    assert terminal("capture", "-", stdin=signed.out.encode()).code == 0
    assert terminal("log", "checkpoint").code == 0


def test_an_endpoint_gets_messages_that_its_own_library_takes(
    terminal: Terminal, receiver: Receiver, tmp_path: Path
) -> None:
    said = added(terminal, receiver.url)
    recorded(terminal, tmp_path)

    sent = terminal("webhook", "send", "--json", environ=ALLOWED)
    nothing = terminal("webhook", "send", environ=ALLOWED)

    assert said.code == 0, said.err
    assert [(one["endpoint"], one["went"]) for one in sent.object["sent"]] == [("books", "delivered")]
    assert (sent.code, nothing.out) == (0, "nothing to send\n")
    (came,) = receiver.came
    told = Webhook(said.object["secret"]).verify(came.body, dict(came.headers))
    assert told["type"] == "statement.recorded"
    assert abs(int(came.headers["webhook-timestamp"]) - time.time()) < 300


def test_the_secret_is_shown_once_and_kept_nowhere(terminal: Terminal, receiver: Receiver) -> None:
    said = added(terminal, receiver.url, "--topic", "order", "--topic", "return")
    listed = terminal("webhook", "list", "--json")
    people = terminal("webhook", "list").out

    secret = said.object["secret"].removeprefix("whsec_")
    files = b"".join(path.read_bytes() for path in terminal.home.rglob("*") if path.is_file())
    assert secret.encode() not in files
    assert secret not in listed.out + people
    (row,) = listed.object["endpoints"]
    assert (row["name"], row["topics"], row["status"], row["dead"]) == ("books", ["order", "return"], "recorded", [])
    assert people == f"books  {receiver.url}  {row['next']} of {row['until']}  well  0 dead\n"


def test_what_failed_makes_the_exit_code_1_and_a_replay_tries_at_once(
    terminal: Terminal, receiver: Receiver, tmp_path: Path
) -> None:
    added(terminal, receiver.url)
    recorded(terminal, tmp_path)
    receiver.answer = lambda came: 503

    failed = terminal("webhook", "send", environ=ALLOWED)
    waiting = terminal("webhook", "send", environ=ALLOWED)
    listed = terminal("webhook", "list").out
    receiver.answer = lambda came: 200
    replayed = terminal("webhook", "replay", "books")
    again = terminal("webhook", "send", environ=ALLOWED)

    index = receiver.indexes[0]
    assert (failed.code, failed.out) == (1, f"failed  books  leaf {index}  status 503\n")
    assert (waiting.code, waiting.out) == (0, "nothing to send\n")
    assert "failed 1 times" in listed
    assert replayed.out == f"books is told again from {index} on\n"
    assert again.out == f"delivered  books  leaf {index}  status 200\n"
    assert receiver.indexes == [index, index]
    assert receiver.came[0].id == receiver.came[1].id


def test_an_endpoint_that_is_removed_is_told_nothing(terminal: Terminal, receiver: Receiver, tmp_path: Path) -> None:
    added(terminal, receiver.url)
    terminal("webhook", "remove", "books")
    recorded(terminal, tmp_path)

    assert terminal("webhook", "send", environ=ALLOWED).out == "nothing to send\n"
    assert terminal("webhook", "list").out == "no endpoints\n"
    assert terminal("webhook", "remove", "books").code == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("books", "http://127.0.0.1/"), 1, "forbidden-address"),
        (("books", "https://b.example/", "--confirmed"), 1, "no-witnesses"),
        (("Books!", "https://b.example/"), 2, "wrong-value"),
        (("books", "https://b.example/", "--topic", "gossip"), 2, "wrong-value"),
    ],
)
def test_what_nobody_may_be_told_is_refused(terminal: Terminal, words: tuple[str, ...], code: int, said: str) -> None:
    refused = terminal("webhook", "add", *words)

    assert (refused.code, refused.err.split(" ")[1].rstrip(":")) == (code, said)
    assert terminal("webhook", "list").out == "no endpoints\n"


def test_an_address_in_this_machine_is_refused_when_sent_to_even_if_it_was_allowed_before(
    terminal: Terminal, receiver: Receiver, tmp_path: Path
) -> None:
    added(terminal, receiver.url)
    recorded(terminal, tmp_path)

    sent = terminal("webhook", "send")

    assert sent.code == 1
    assert "forbidden-address" in sent.out
    assert receiver.came == []


def test_sending_goes_on_when_the_database_is_away_for_a_moment(capsys: pytest.CaptureFixture[str]) -> None:
    turns = iter([StorageError(Code.STORE_FAILED, "away"), [], KeyboardInterrupt()])

    class Sender(Notifying):
        def __init__(self) -> None:
            pass

        def turn(self) -> list[Sent]:
            came = next(turns)
            if isinstance(came, BaseException):
                raise came
            return came

    pauses: list[float] = []
    with pytest.raises(KeyboardInterrupt):
        keep_sending(Sender(), 2, pause=pauses.append)

    assert pauses == [2, 2]
    assert "store-failed: away" in capsys.readouterr().err
