"""``provenance webhook``: who is told what became of orders and statements, and the telling."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from provenance.cli import opening
from provenance.cli.arguments import ArgumentError
from provenance.cli.terminal import Answer, Workflow, say_error, talk, verb
from provenance.codes import Code
from provenance.encoding.canonical import JsonLike
from provenance.errors import Refusal, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provenance.services.notifying import Notifying, Sent

_NAME = re.compile(r"[0-9a-z-]{1,40}")
_ROW = "{name, url, topics: [topic], status, next, until, tries, failing_since, gone, dead: [{index, since, reason}]}"


def _name(context: click.Context, parameter: click.Parameter, text: str) -> str:
    del context, parameter
    if not _NAME.fullmatch(text):
        message = f"an endpoint is named by 1 to 40 small letters, digits and hyphens, not {text[:50]!r}"
        raise ArgumentError(Refusal(Code.WRONG_VALUE, message))
    return text


@verb(
    "add",
    example="provenance webhook add books https://books.example/hook --topic order --topic return",
    prints="{name, url, topics: [topic], status, secret, key}",
)
@click.argument("name", callback=_name)
@click.argument("url")
@click.option("--topic", "topics", multiple=True, default=("statement",), show_default=True, help="May be repeated.")
@click.option("--confirmed", is_flag=True, help="Tell only what a quorum of witnesses confirmed.  [default: recorded]")
def add(name: str, url: str, topics: tuple[str, ...], confirmed: bool) -> Answer:
    """Tell an endpoint what becomes of statements from now on.

    A topic is order, return, exchange, ownership, reviews, terms, recall, or statement, which is everything. The secret
    is shown now and kept nowhere: it follows from the key file webhooks.key, which is made with the first endpoint.
    Messages follow Standard Webhooks, with v1 and v1a signatures, and hold ids, kinds and positions alone.
    """
    opening.require("sqlalchemy", "urllib3")
    from provenance.adapters.outside import random_bytes
    from provenance.crypto.keys import public_of_file
    from provenance.crypto.webhook_signatures import SALT_BYTES, format_secret, format_webhook_key
    from provenance.services.capturing import Status
    from provenance.services.happenings import TOPICS

    if unknown := sorted(set(topics) - set(TOPICS)):
        raise ArgumentError(Refusal(Code.WRONG_VALUE, f"{unknown[0]!r} is none of {', '.join(TOPICS)}"))
    passphrase = opening.passphrase_for_log()
    if not (own := opening.installation().key_file("webhooks")).exists():
        opening.seal_new(own, opening.new_key(), passphrase)
    status = Status.CONFIRMED if confirmed else Status.RECORDED
    with opening.services(passphrase) as services:
        given = services.notifying.add(name, url, topics=topics, status=status, salt=random_bytes(SALT_BYTES))
    secret, key = format_secret(given), format_webhook_key(public_of_file(opening.read_bytes(own)))
    members: dict[str, JsonLike] = {
        "name": name, "url": url, "topics": sorted(set(topics)), "status": status.value, "secret": secret, "key": key,
    }  # fmt: skip
    return Answer(members, [f"secret  {secret}", f"key     {key}"])


@verb("list", example="provenance webhook list", prints=f"{{endpoints: [{_ROW}]}}")
def list_() -> Answer:
    """Show the endpoints, how far each is, and dead letters."""
    rows: list[JsonLike] = []
    lines = []
    with opening.services() as services:
        standings = services.notifying.standings()
    for one in standings:
        endpoint, progress = one.endpoint, one.endpoint.progress
        dead: list[JsonLike] = [{"index": d.index, "since": d.since, "reason": d.reason} for d in one.dead]
        rows.append(
            {
                "name": endpoint.name, "url": endpoint.url, "topics": list(endpoint.topics), "status": endpoint.status,
                "next": progress.next, "until": one.until, "tries": progress.tries,
                "failing_since": progress.failing_since, "gone": progress.is_gone, "dead": dead,
            }
        )  # fmt: skip
        state = "gone" if progress.is_gone else f"failed {progress.tries} times" if progress.tries else "well"
        lines.append(f"{endpoint.name}  {endpoint.url}  {progress.next} of {one.until}  {state}  {len(dead)} dead")
    return Answer({"endpoints": rows}, lines or ["no endpoints"])


@verb("remove", example="provenance webhook remove books", prints="{name}")
@click.argument("name", callback=_name)
def remove(name: str) -> Answer:
    """Tell an endpoint nothing any more."""
    with opening.services() as services:
        services.notifying.remove(name)
    return Answer({"name": name}, [f"{name} is told nothing any more"])


@verb("replay", example="provenance webhook replay books --from 120", prints="{name, next}")
@click.argument("name", callback=_name)
@click.option(
    "--from", "start", type=click.IntRange(0), help="The position.  [default: the first that was not delivered]"
)
def replay(name: str, start: int | None) -> Answer:
    """Tell an endpoint again, in order, from a position on.

    What it had before comes under the same id, so that it can tell. This also wakes an endpoint that said it is gone.
    """
    from provenance.ids import LeafIndex

    with opening.services() as services:
        begin = services.notifying.replay(name, None if start is None else LeafIndex(start))
    return Answer({"name": name, "next": begin}, [f"{name} is told again from {begin} on"])


@verb("send", example="provenance webhook send --every 2", prints="{sent: [{endpoint, index, went, said}]}")
@click.option("--every", type=click.IntRange(1), metavar="SECONDS", help="Go on, with a turn every so many seconds.")
def send(every: int | None) -> Answer:
    """Send what is due.

    In a process of its own, beside 'serve': an endpoint that is slow or gone delays nobody but itself. A failed message
    is tried again for three days, and listed then; the exit code is 1 if any failed in this turn.
    """
    opening.require("sqlalchemy", "urllib3")
    with opening.services(opening.passphrase_for_log()) as services:
        if every is not None:
            keep_sending(services.notifying, every, pause=time.sleep)
        sent = services.notifying.turn()
    rows: list[JsonLike] = [
        {"endpoint": one.endpoint, "index": one.index, "went": one.went.value, "said": one.said} for one in sent
    ]
    return Answer({"sent": rows}, _lines(sent) or ["nothing to send"], is_bad_news=_is_bad(sent))


def keep_sending(notifying: Notifying, every: int, *, pause: Callable[[float], None]) -> None:
    """Turn after turn, until stopped; a database that is not there for a moment ends nothing."""
    while True:
        try:
            for line in _lines(notifying.turn()):
                talk(line)
        except StorageError as err:
            say_error(err.refusal)
        pause(every)


def _lines(sent: Sequence[Sent]) -> list[str]:
    return [f"{one.went}  {one.endpoint}  leaf {one.index}  {one.said}" for one in sent]


def _is_bad(sent: Sequence[Sent]) -> bool:
    return any(one.went.value != "delivered" for one in sent)


COMMANDS = (
    Workflow("webhook", commands=[add, list_, remove, replay, send], help="Tell others what became of statements."),
)
