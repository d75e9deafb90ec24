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

from collections.abc import Callable, Iterator, Sequence
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
LEASE_SECONDS = 120

_STREAK_SECONDS = 20  # with one try of ten seconds, and as much for finding the host, far from the lease's end
_LONGEST_STREAK = 100
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
            streak = self._streak(name)
            tries += streak
            if len(streak) < _LONGEST_STREAK and not (streak and streak[-1].went is Went.DEAD):
                break  # one failed, nothing is left, or the others have waited long enough
        return tries

    def _streak(self, name: str) -> Sequence[Sent]:
        """Send one after the other under one lease; how far it came is kept once, at the end.

        Each write waits for its turn among those who capture, so there is not one for each message: what a crash
        leaves unwritten is sent again.
        """
        started = self._now()
        lease = started + LEASE_SECONDS
        endpoint = self._book.lease(name, now=started, until=lease)
        if endpoint is None:
            return ()
        tries: list[Sent] = []
        progress, dead = endpoint.progress, None
        for index, happening in self._pending(endpoint):
            if happening is None:
                progress = Progress(LeafIndex(index + 1))
            else:
                went, said = self._send(endpoint, happening)
                progress, dead = self._after(went, said, index, progress)
                tries.append(Sent(name, index, Went.DEAD if dead else went, said))
                if went is not Went.DELIVERED or len(tries) == _LONGEST_STREAK:
                    break
            if self._now() - started >= _STREAK_SECONDS:
                break
        self._book.settle(name, progress, lease=lease, dead=dead)
        return tries

    def _pending(self, endpoint: Endpoint) -> Iterator[tuple[LeafIndex, Happening | None]]:
        """What comes next for an endpoint, place by place; ``None`` for what it did not ask for."""
        at, end = endpoint.progress.next, self._horizon(endpoint.status)
        while at < end:
            with self._store.reading() as store:
                some = store.statements_from(at, limit=min(_AT_ONCE, end - at))
            if not some:
                return
            for stored in some:
                happening = happening_of(stored, log=self._trust.origin, status=endpoint.status)
                yield stored.index, happening if is_wanted(happening, endpoint.topics) else None
            at = LeafIndex(some[-1].index + 1)

    def _after(self, went: Went, said: str, index: LeafIndex, before: Progress) -> tuple[Progress, DeadLetter | None]:
        """Where an endpoint stands after a try, and what it will not hear of any more."""
        now = self._now()
        if went is Went.DELIVERED:
            return Progress(LeafIndex(index + 1)), None
        since = now if before.failing_since is None else before.failing_since
        if went is Went.GONE:
            return Progress(index, before.tries + 1, since, now, is_gone=True), None
        if before.tries < len(PAUSES):
            return Progress(index, before.tries + 1, since, now + PAUSES[before.tries]), None
        return Progress(LeafIndex(index + 1)), DeadLetter(index, since, said)

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
