"""Telling endpoints what became of statements: each at least once, in log order, from a position that is kept.

Rules:

* only what the log signed is told (``recorded``), or what a quorum of witnesses confirmed, if the endpoint asks so;
* the position moves once the endpoint answered with 2xx, so whatever stops this goes on where it was; what was
  answered and not yet noted is sent again, under the same id;
* one message at a time for each endpoint; a failed one is tried again after longer and longer, for three days, and
  is a dead letter then: the next one goes on, and ``replay`` begins again at the first dead one;
* 410 ends it: the endpoint is gone until somebody replays it;
* nothing is held while an endpoint is waited for but the endpoint itself: capture never waits for a webhook.

Standard Webhooks 1.0, operational considerations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.crypto.webhook_signatures import endpoint_secret, webhook_headers
from provenance.errors import ProvenanceError, RefusedError
from provenance.ids import LeafIndex
from provenance.ports.outside import Clock
from provenance.ports.stores import Store
from provenance.ports.webhooks import DeadLetter, Endpoint, Progress, WebhookBook, WebhookPost
from provenance.services.capturing import Status
from provenance.services.happenings import Happening, happening_of, is_wanted
from provenance.services.publishing import published
from provenance.trust import Trust

PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 72_000)
"""Seconds after each failed try, as the standard proposes; the last try is 71 and a half hours after the first."""
LEASE_SECONDS = 60

_AT_ONCE = 200
_MOST_A_TURN = 500
_GONE = 410


@unique
class Went(StrEnum):
    """What became of one try; the value is printed and never renamed."""

    DELIVERED = "delivered"
    FAILED = "failed"
    DEAD = "dead"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Sent:
    """One try: to whom, about which position, what became of it, and what the endpoint said."""

    endpoint: str
    index: LeafIndex
    went: Went
    said: str


@dataclass(frozen=True, slots=True)
class Standing:
    """An endpoint, how many statements there are for it to hear of, and what could not be delivered."""

    endpoint: Endpoint
    until: LeafIndex
    dead: Sequence[DeadLetter]


class Notifying:
    """The endpoints; ``key`` signs, and the secrets follow from it."""

    def __init__(
        self,
        store: Store,
        book: WebhookBook,
        post: WebhookPost,
        clock: Clock,
        trust: Trust,
        *,
        key: Callable[[], SigningKey],
    ) -> None:
        self._store, self._book, self._post = store, book, post
        self._clock, self._trust, self._key = clock, trust, key

    def add(self, name: str, url: str, *, topics: Sequence[str], status: Status, salt: bytes) -> bytes:
        """Enter an endpoint, which hears of everything from now on; the secret to share with it.

        Refuses an address where nothing may go, and waiting for confirmations that nobody asks for.
        """
        self._post.check(url)
        if status is Status.CONFIRMED and self._trust.policy.quorum is None:
            raise RefusedError(Code.NO_WITNESSES, "the trust file of this log asks for no witnesses")
        with self._store.reading() as store:
            start = LeafIndex(store.size())
        self._book.add(Endpoint(name, url, tuple(sorted(set(topics))), status.value, salt, Progress(start)))
        return endpoint_secret(self._key(), salt)

    def remove(self, name: str) -> None:
        """Forget an endpoint."""
        self._book.remove(name)

    def standings(self) -> Sequence[Standing]:
        """All endpoints, and how far each has come."""
        return [Standing(one, self._horizon(one.status), self._book.dead_letters(one.name)) for one in self._book.all()]

    def replay(self, name: str, start: LeafIndex | None) -> LeafIndex:
        """Begin again at a position, or at the first dead letter, or where it is; that position."""
        endpoint, dead = self._book.find(name), self._book.dead_letters(name)
        first = dead[0].index if dead else endpoint.progress.next
        begin = first if start is None else start
        if begin > (end := self._horizon(endpoint.status)):
            raise RefusedError(Code.OUTSIDE_TREE, f"{begin} is past the {end} statements that {name} may hear of")
        self._book.rewind(name, begin)
        return begin

    def turn(self) -> Sequence[Sent]:
        """Send what is due, to every endpoint until one fails or nothing is left; every try that was made."""
        now = self._now()
        return [sent for one in self._book.all() if self._is_due(one, now) for sent in self._serve(one.name)]

    def _is_due(self, endpoint: Endpoint, now: int) -> bool:
        """Whether there may be something to send; looked at first, so that an idle turn writes nothing."""
        progress = endpoint.progress
        return not progress.is_gone and progress.due <= now and progress.next < self._horizon(endpoint.status)

    def _serve(self, name: str) -> Sequence[Sent]:
        tries: list[Sent] = []
        while len(tries) < _MOST_A_TURN:
            now = self._now()
            lease = now + LEASE_SECONDS
            endpoint = self._book.lease(name, now=now, until=lease)
            if endpoint is None:
                break
            found, after = self._next(endpoint)
            if found is None:
                self._book.settle(name, Progress(after), lease=lease)
                break
            tries.append(self._try(endpoint, found, after, lease))
            if tries[-1].went not in (Went.DELIVERED, Went.DEAD) or after + 1 >= self._horizon(endpoint.status):
                break
        return tries

    def _next(self, endpoint: Endpoint) -> tuple[Happening | None, LeafIndex]:
        """The next message for an endpoint, or ``None``, and the position of it, or where to go on looking."""
        at, end = endpoint.progress.next, self._horizon(endpoint.status)
        while at < end:
            with self._store.reading() as store:
                some = store.statements_from(at, limit=min(_AT_ONCE, end - at))
            for stored in some:
                happening = happening_of(stored, log=self._trust.origin, status=endpoint.status)
                if is_wanted(happening, endpoint.topics):
                    return happening, stored.index
            at = LeafIndex(at + len(some))
            if not some:
                break
        return None, at

    def _try(self, endpoint: Endpoint, happening: Happening, index: LeafIndex, lease: int) -> Sent:
        """Send one message and keep what became of it."""
        went, said = self._send(endpoint, happening)
        now, before = self._now(), endpoint.progress
        dead = None
        if went is Went.DELIVERED:
            progress = Progress(LeafIndex(index + 1))
        elif went is Went.GONE:
            progress = Progress(index, before.tries + 1, before.failing_since or now, before.due, is_gone=True)
        elif before.tries < len(PAUSES):
            progress = Progress(index, before.tries + 1, before.failing_since or now, now + PAUSES[before.tries])
        else:
            went, dead = Went.DEAD, DeadLetter(index, before.failing_since or now, said)
            progress = Progress(LeafIndex(index + 1))
        self._book.settle(endpoint.name, progress, lease=lease, dead=dead)
        return Sent(endpoint.name, index, went, said)

    def _send(self, endpoint: Endpoint, happening: Happening) -> tuple[Went, str]:
        key, body = self._key(), happening.body
        secret = endpoint_secret(key, endpoint.salt)
        headers = webhook_headers(happening.id, self._now(), body, secret=secret, key=key)
        try:
            status = self._post.send(endpoint.url, headers, body)
        except ProvenanceError as err:
            return Went.FAILED, str(err.refusal)
        if status == _GONE:
            return Went.GONE, f"status {status}"
        return (Went.DELIVERED if 200 <= status < 300 else Went.FAILED), f"status {status}"

    def _horizon(self, status: str) -> LeafIndex:
        """Where that ends of which endpoints may hear: what the log signed, or what was confirmed."""
        with self._store.reading() as store:
            shown = published(store, self._trust) if status == Status.CONFIRMED else store.checkpoint()
        return LeafIndex(0 if shown is None else shown.size)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())
