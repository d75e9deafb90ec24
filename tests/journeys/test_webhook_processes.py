"""A sender that is killed in the middle loses nothing: the next one begins where it was, under the same ids."""

from __future__ import annotations

import threading
from pathlib import Path

from provenance.adapters.http_webhooks import HttpWebhookPost
from provenance.adapters.sql_webhooks import SqlWebhookBook
from provenance.ids import Subject
from provenance.services.capturing import Status
from provenance.services.notifying import Notifying
from tests.homes import key_file, key_of
from tests.processes import OURS, Program, environment, free_port, wait_until
from tests.receivers import Came, receiving
from tests.sales import A
from tests.terminal import PASSPHRASE, Terminal
from tests.world import World

ALLOWED = {"PROVENANCE_WEBHOOK_HOSTS": "127.0.0.1"}


def notifying_here(world: World) -> Notifying:
    """The sender of a world, which may reach this machine."""
    services, post = world.services, HttpWebhookPost(frozenset({"127.0.0.1"}))
    book = SqlWebhookBook(services.store)
    return Notifying(services.store, book, post, world.clock, services.trust, key=lambda: key_of("webhooks"))


def test_what_a_killed_sender_was_at_is_sent_again_and_everything_arrives_in_order(
    world: World, tmp_path: Path
) -> None:
    services = world.services
    services.settings.key_file("webhooks").write_bytes(key_file(key_of("webhooks")))
    is_held, may_go = threading.Event(), threading.Event()

    def answer(came: Came) -> int:
        if len(receiver.came) == 3:
            is_held.set()
            may_go.wait(30)
        return 200

    with receiving(answer) as receiver:
        notifying = notifying_here(world)
        notifying.add("books", receiver.url, topics=["statement"], status=Status.RECORDED, salt=b"salt")
        places = [world.made(Subject(f"{A}{number}")).index for number in range(5)]
        services.checkpointing.checkpoint()
        home, words = services.settings.home, (*OURS, "webhook", "send", "--every", "1")
        environ = environment(home, PROVENANCE_PASSPHRASE=PASSPHRASE, **ALLOWED)
        sender = Program(words, free_port(), tmp_path / "diary", environ)

        sender.start()
        wait_until(is_held.is_set)
        sender.kill()
        may_go.set()
        while_its_lease_runs = notifying.turn()
        begin = notifying.replay("books", None)
        said = Terminal(home)("webhook", "send", environ=ALLOWED)

    assert (list(while_its_lease_runs), begin) == ([], places[0])
    assert said.code == 0, said.err
    assert receiver.indexes == places[:3] + places
    once: dict[str, int] = {}
    for came, index in zip(receiver.came, receiver.indexes, strict=True):
        assert once.setdefault(came.id, index) == index
    assert list(once.values()) == places
