"""Putting an installation together: the only place that chooses adapters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from provenance.adapters.http_log import HttpLog
from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.adapters.key_files import read_key, read_trust
from provenance.adapters.outside import DurableFiles, PrivateFiles, SystemClock, random_bytes
from provenance.adapters.payments_file import read_payments
from provenance.adapters.shops_file import read_shop_accounts
from provenance.adapters.signed_http import SignedBodies
from provenance.adapters.sql_drafts import SqlDraftBook
from provenance.adapters.sql_inbox import SqlInbox
from provenance.adapters.sql_nonces import SqlNonces
from provenance.adapters.sql_serials import SqlSerialBook
from provenance.adapters.sql_stores import SqlStore, open_store
from provenance.adapters.sql_tags import SqlTagBook
from provenance.config import Settings
from provenance.crypto.keys import SigningKey
from provenance.ids import TreeSize
from provenance.log.note import Note
from provenance.ports.outside import Clock
from provenance.ports.witnesses import Witnesses
from provenance.services.absence import Absence
from provenance.services.activating import Activating
from provenance.services.alarming import Alarming
from provenance.services.anchoring import Anchoring
from provenance.services.auditing import Auditing
from provenance.services.capturing import Capturing
from provenance.services.checkpointing import Checkpointing
from provenance.services.copy_reading import CopyReading
from provenance.services.disclosing import Disclosing
from provenance.services.drafting import Drafting
from provenance.services.enrolling import Enrolling
from provenance.services.following import Following
from provenance.services.gathering import Gathering
from provenance.services.guarding import Guarding
from provenance.services.importing import Importing
from provenance.services.issuing import Issuing
from provenance.services.judging import Judging
from provenance.services.linking import Linking
from provenance.services.mirroring import Mirroring
from provenance.services.monitoring import Bodies, Monitoring
from provenance.services.ordering import Ordering
from provenance.services.publishing import Publishing
from provenance.services.recalling import Recalling
from provenance.services.receiving import Receiving
from provenance.services.recovering import Recovering
from provenance.services.resolving import Resolving
from provenance.services.scanning import Scanning
from provenance.services.sequencing import Sequencer
from provenance.services.shop_importing import ShopImporting
from provenance.services.signing import Signing
from provenance.services.tapping import Tapping
from provenance.services.tile_reading import TileReading
from provenance.services.tracing import Tracing
from provenance.services.vouching import Vouching
from provenance.services.watching import Watching
from provenance.services.witnessing import Witnessing
from provenance.trust import Trust

JUDGED = "bodies/judged.db"
"""Where a mirror keeps what it judged, in the folder of its copy."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything an installation can do."""

    settings: Settings
    trust: Trust
    store: SqlStore
    capturing: Capturing
    drafting: Drafting
    signing: Signing
    enrolling: Enrolling
    importing: Importing
    linking: Linking
    resolving: Resolving
    tracing: Tracing
    scanning: Scanning
    checkpointing: Checkpointing
    witnessing: Witnessing
    guarding: Guarding
    following: Following
    auditing: Auditing
    reading: TileReading
    watching: Watching
    disclosing: Disclosing
    anchoring: Anchoring
    issuing: Issuing
    activating: Activating
    tapping: Tapping
    vouching: Vouching
    recovering: Recovering
    ordering: Ordering
    recalling: Recalling
    inbox: SqlInbox
    receiving: Receiving | None
    shop_importing: ShopImporting


def build(settings: Settings, *, clock: Clock | None = None, witnesses: Witnesses | None = None) -> Services:
    """The services of the installation in ``settings.home``; refuses one that was never set up."""
    trust = read_trust(settings.trust_file)
    clock = clock or SystemClock()
    store, files = open_store(settings.database_url), DurableFiles(settings.tiles)
    drafting = Drafting(store, trust.origin)
    sequencer = Sequencer(store, clock, trust.origin)
    book = SqlSerialBook(store)
    payments, inbox = read_payments(settings.payments), SqlInbox(store)
    receiving = None if payments is None else Receiving(inbox, payments, clock, randomness=random_bytes)
    tracing = Tracing(store, drafting, trust, Absence(book))
    issuing = Issuing(book, store, drafting, clock=clock, randomness=random_bytes)
    publishing = Publishing(store, files, trust)
    witnessing = Witnessing(store, publishing, trust, witnesses or HttpWitnesses(), clock)
    guarding = Guarding(store, files, trust, witnessing)
    # Opening a key file costs a tenth of a second on purpose; whoever signs with it does so once.
    log_key = cache(lambda: read_key(settings.key_file("log"), settings.passphrase))
    capturing, signing = (
        Capturing(store, clock, sequencer, drafting, guarding, largest_body=settings.body_limit),
        Signing(drafting),
    )
    ordering = Ordering(store, drafting)
    return Services(
        settings,
        trust,
        store,
        capturing,
        drafting,
        signing,
        Enrolling(signing, capturing, drafting),
        Importing(signing, capturing),
        Linking(store, signing, capturing, drafting),
        Resolving(store, drafting),
        tracing,
        Scanning(tracing),
        Checkpointing(store, files, publishing, guarding, origin=trust.origin, log_key=log_key),
        witnessing,
        guarding,
        Following(store, trust),
        Auditing(store, trust),
        TileReading(store, files),
        Watching(store),
        Disclosing(store, drafting, trust, nonces=SqlNonces(store), clock=clock, readers=settings.readers),
        Anchoring(store, files),
        issuing,
        Activating(issuing, signing, capturing, clock=clock, randomness=random_bytes),
        Tapping(
            SqlTagBook(store),
            store,
            cache(lambda: read_key(settings.key_file("tags"), settings.passphrase)),
            randomness=random_bytes,
        ),
        Vouching(store, trust, log_key),
        Recovering(store, files, publishing, trust, clock, log_key=log_key),
        ordering,
        Recalling(store),
        inbox,
        receiving,
        ShopImporting(
            SqlDraftBook(store), ordering, clock, accounts=cache(lambda: read_shop_accounts(settings.shop_secrets))
        ),
    )


def build_monitor(
    url: str,
    folder: Path,
    trust: Trust,
    *,
    key: SigningKey | None,
    brought: Iterable[Note],
    stale_after: timedelta,
    clock: Clock | None = None,
) -> Monitoring:
    """The watch over the log at an address, with its copy in a folder; ``key`` reads the bodies, where it may."""
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
    return Monitoring(
        mirroring, alarming, Bodies(lambda: CopyReading(files, bodies, trust), bodies, gathering, judging)
    )


def fetched_copy(url: str, folder: Path, trust: Trust, *, key: SigningKey, start: TreeSize) -> CopyReading:
    """A copy of the log at an address, with the bodies from a place on, which the party of this key may read."""
    log, files, bodies = HttpLog(url), DurableFiles(folder), PrivateFiles(folder)
    bodies.prepare("bodies")
    Mirroring(log, files, trust).catch_up()
    copy = CopyReading(files, bodies, trust)
    Gathering(SignedBodies(log, key, clock=SystemClock(), randomness=random_bytes), bodies).catch_up(copy, start)
    return copy
