"""NFC tags: putting one on a thing, and what it says when a phone touches it.

Rules:

* a tap counts once: a count at or below the highest ever accepted shows no tag, whatever the reason, and accuses
  nobody (a page opened again, a phone that was offline);
* the count moves only for a tap whose signature holds: nobody without the tag can use it up;
* keys are sealed before they are kept, opened for the length of one check, and in no message.

What a fresh tap shows: the chip that was enrolled for this thing was touched just now. What not: that chip and thing
still belong together, and who touched it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.crypto.nfc_tag import Tag, freshness, parse_tap, verify_tap
from provenance.crypto.tag_keys import NONCE_BYTES, open_tag, seal_tag
from provenance.errors import ForgedError, MalformedError, ProvenanceError, RefusedError
from provenance.ids import Subject
from provenance.ports.outside import Randomness
from provenance.ports.stores import Store
from provenance.ports.tags import EnrolledTag, TagBook


@unique
class Tapped(StrEnum):
    """What a tap showed; the value is shown and sent, never renamed."""

    FRESH = "fresh"
    SEEN_BEFORE = "seen-before"
    FORGED = "forged"
    OTHER_TAG = "other-tag"
    NO_TAG = "no-tag"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class TapReport:
    """What a tap showed, and how often the tag had been read by then (0 where that is not proven)."""

    tapped: Tapped
    count: int = 0


class Tapping:
    """The tags on things; ``key`` opens what seals their keys."""

    def __init__(self, book: TagBook, store: Store, key: Callable[[], SigningKey], *, randomness: Randomness) -> None:
        self._book, self._store, self._key, self._randomness = book, store, key, randomness

    def add(self, subject: Subject, tag: Tag) -> None:
        """Put a tag on a thing that is on record here."""
        with self._store.reading() as store:
            if not store.standings([subject]):
                raise RefusedError(Code.NOT_ISSUED, f"{subject} is on no record here")
        sealed = seal_tag(tag, self._key(), nonce=self._randomness(NONCE_BYTES))
        self._book.add(EnrolledTag(tag.uid, subject, sealed))

    def tap(self, subject: Subject, query: str) -> TapReport:
        """What the tag of a thing wrote into the query of the link that was opened. Counts it, if it is genuine."""
        enrolled = self._book.on(subject)
        if not enrolled:
            return TapReport(Tapped.NO_TAG)
        try:
            tap = parse_tap(query)
        except MalformedError:
            return TapReport(Tapped.UNREADABLE)
        refused = Tapped.OTHER_TAG
        for one in enrolled:
            try:
                verified = verify_tap(tap, open_tag(one.sealed, self._key(), uid=one.uid))
            except ProvenanceError as err:
                refused = _worse(refused, err)
                continue
            before = self._book.advance(one.uid, verified.reading.counter)
            is_fresh = freshness(verified, highest_seen=before).is_fresh
            return TapReport(Tapped.FRESH if is_fresh else Tapped.SEEN_BEFORE, verified.reading.counter)
        return TapReport(refused)


def _worse(so_far: Tapped, err: ProvenanceError) -> Tapped:
    """Of several tags on a thing, one that claims to be enrolled and is not genuine says more than another tag."""
    if err.code is Code.OTHER_TAG:
        return so_far
    if isinstance(err, ForgedError) and err.code is Code.FORGED_TAP:
        return Tapped.FORGED
    raise err  # what is kept was altered: that is no answer about the tag
