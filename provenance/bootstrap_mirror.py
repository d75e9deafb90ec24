"""Putting together what looks after a copy of somebody's log: the watch that keeps it, and the mirror that shows it.

Rules: the watch writes into the copy's folder and may hold keys; the mirror that answers readers holds none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from provenance.adapters.http_log import HttpLog
from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.adapters.outside import DurableFiles, PrivateFiles, SystemClock, random_bytes
from provenance.adapters.signed_http import SignedBodies
from provenance.adapters.sql_stores import open_store
from provenance.bootstrap import Foundation, Services, assembled
from provenance.codes import Code
from provenance.config import Settings
from provenance.crypto.keys import SigningKey
from provenance.errors import ConfigurationError
from provenance.ids import TreeSize
from provenance.log.mirror_card import CARD_FILE, MirrorCard, parse_card
from provenance.log.note import Note, cosigner_key
from provenance.ports.outside import Clock
from provenance.services.alarming import Alarming
from provenance.services.copy_reading import CopyReading
from provenance.services.cosigning import Cosigning
from provenance.services.gathering import Gathering
from provenance.services.introducing import Closed, Introducing
from provenance.services.judging import Judging
from provenance.services.mirroring import Mirroring
from provenance.services.monitoring import Bodies, Monitoring
from provenance.services.publishing import Publishing
from provenance.services.witnessing import Witnessing
from provenance.trust import Trust

JUDGED = "bodies/judged.db"
"""Where a mirror keeps what it judged, in the folder of its copy."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A mirror's name and key, to stand behind what was copied and judged."""

    name: str
    key: SigningKey


@dataclass(frozen=True, slots=True)
class MirrorServices:
    """Everything a mirror can do: what an installation can, but nothing that writes or signs."""

    services: Services
    introducing: Introducing
    closed: Closed


def build_mirror(settings: Settings, folder: Path, trust: Trust) -> MirrorServices:
    """The mirror that shows the copy in a folder; refuses a folder whose copy nobody stands behind."""
    files, clock = DurableFiles(folder), SystemClock()
    card, url = files.read(CARD_FILE), f"sqlite:///{folder / JUDGED}"
    if card is None or not (folder / JUDGED).is_file():
        message = f"in {folder} is no copy that somebody judged and stands behind"
        raise ConfigurationError(Code.NO_MIRROR, message)
    of = parse_card(card)
    store = open_store(url)
    publishing = Publishing(store, files, trust, mirror=of.key)
    witnessing = Witnessing(store, publishing, trust, HttpWitnesses(), clock)
    closed = Closed(trust.origin, of.url)
    foundation = Foundation(trust, store, files, publishing, witnessing, closed, closed.key, closed.key, closed.key)
    services = assembled(
        replace(settings, passphrase=None, readers=(), payments=None, shop_secrets=None), foundation, clock
    )
    return MirrorServices(services, Introducing(store, files, trust, of), closed)


def build_monitor(
    url: str,
    folder: Path,
    trust: Trust,
    *,
    key: SigningKey | None,
    hand: Hand | None = None,
    brought: Iterable[Note],
    stale_after: timedelta,
    clock: Clock | None = None,
) -> Monitoring:
    """The watch over the log at an address, with its copy in a folder.

    ``key`` reads the bodies, where it may; ``hand`` stands behind what was judged.
    """
    log, files, clock = HttpLog(url), DurableFiles(folder), clock or SystemClock()
    mirroring = Mirroring(log, files, trust)
    witnesses = {one.name: HttpLog(one.url) for one in trust.policy.witnesses if one.url is not None}
    alarming = Alarming(files, trust, clock, witnesses=witnesses, brought=brought, stale_after=stale_after)
    if key is None:
        return Monitoring(mirroring, alarming, None)
    bodies = PrivateFiles(folder)
    bodies.prepare("bodies")
    store = open_store(f"sqlite:///{folder / JUDGED}")
    judging = Judging(store, Publishing(store, files, trust), trust, clock)
    gathering = Gathering(SignedBodies(log, key, clock=clock, randomness=random_bytes), bodies)
    cosigning = None
    if hand is not None:
        card = MirrorCard(cosigner_key(hand.name, hand.key.public), url.rstrip("/"))
        cosigning = Cosigning(store, files, clock, card=card, key=hand.key)
    parts = Bodies(lambda: CopyReading(files, bodies, trust), bodies, gathering, judging, cosigning)
    return Monitoring(mirroring, alarming, parts)


def fetched_copy(url: str, folder: Path, trust: Trust, *, key: SigningKey, start: TreeSize) -> CopyReading:
    """A copy of the log at an address, with the bodies from a place on, which the party of this key may read."""
    log, files, bodies = HttpLog(url), DurableFiles(folder), PrivateFiles(folder)
    bodies.prepare("bodies")
    Mirroring(log, files, trust).catch_up()
    copy = CopyReading(files, bodies, trust)
    Gathering(SignedBodies(log, key, clock=SystemClock(), randomness=random_bytes), bodies).catch_up(copy, start)
    return copy
