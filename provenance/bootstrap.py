"""Putting an installation together: the only place that chooses adapters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from provenance.adapters.http_webhooks import HttpWebhookPost
from provenance.adapters.http_witnesses import HttpWitnesses
from provenance.adapters.key_files import read_key, read_public, read_trust
from provenance.adapters.outside import DurableFiles, SystemClock, random_bytes
from provenance.adapters.payments_file import read_payments
from provenance.adapters.shops_file import read_shop_accounts
from provenance.adapters.signature_process import SignatureProcess
from provenance.adapters.sql_drafts import SqlDraftBook
from provenance.adapters.sql_inbox import SqlInbox
from provenance.adapters.sql_nonces import SqlNonces
from provenance.adapters.sql_serials import SqlSerialBook
from provenance.adapters.sql_stores import SqlStore, open_store
from provenance.adapters.sql_tags import SqlTagBook
from provenance.adapters.sql_webhooks import SqlWebhookBook
from provenance.adapters.stripe_api import StripeApi
from provenance.config import Settings
from provenance.crypto.keys import PublicKey, SigningKey
from provenance.ports.outside import Clock
from provenance.ports.providers import Providers
from provenance.ports.witnesses import Witnesses
from provenance.services.absence import Absence
from provenance.services.activating import Activating
from provenance.services.anchoring import Anchoring
from provenance.services.attesting import Attesting
from provenance.services.auditing import Auditing
from provenance.services.capturing import Capturing
from provenance.services.checkpointing import Checkpointing
from provenance.services.consenting import Consenting
from provenance.services.deciding import Deciding
from provenance.services.disclosing import Disclosing
from provenance.services.drafting import Drafting
from provenance.services.enrolling import Enrolling
from provenance.services.following import Following
from provenance.services.guarding import Guard, Guarding
from provenance.services.importing import Importing
from provenance.services.issuing import Issuing
from provenance.services.linking import Linking
from provenance.services.notifying import Notifying
from provenance.services.ordering import Ordering
from provenance.services.publishing import Publishing
from provenance.services.recalling import Recalling
from provenance.services.receiving import Receiving
from provenance.services.reconciling import Reconciling
from provenance.services.recording import Recording
from provenance.services.recovering import Recovering
from provenance.services.refunding import Refunding
from provenance.services.resolving import Resolving
from provenance.services.reviewing import Reviewing
from provenance.services.rewarding import Rewarding
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
    guarding: Guard
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
    deciding: Deciding
    consenting: Consenting
    reviewing: Reviewing
    recalling: Recalling
    rewarding: Rewarding
    inbox: SqlInbox
    receiving: Receiving | None
    shop_importing: ShopImporting
    attesting: Attesting | None
    refunding: Refunding | None
    reconciling: Reconciling | None
    notifying: Notifying
    webhook_key: Callable[[], PublicKey | None]


@dataclass(frozen=True, slots=True)
class Foundation:
    """What services stand on: whom they believe, what they keep and show, who lets them sign, and with which keys."""

    trust: Trust
    store: SqlStore
    files: DurableFiles
    publishing: Publishing
    witnessing: Witnessing
    guard: Guard
    log_key: Callable[[], SigningKey]
    tag_key: Callable[[], SigningKey]
    till_key: Callable[[], SigningKey]


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    witnesses: Witnesses | None = None,
    providers: Providers | None = None,
) -> Services:
    """The services of the installation in ``settings.home``; refuses one that was never set up."""
    trust, clock = read_trust(settings.trust_file), clock or SystemClock()
    store, files = open_store(settings.database_url), DurableFiles(settings.tiles)
    publishing = Publishing(store, files, trust)
    witnessing = Witnessing(store, publishing, trust, witnesses or HttpWitnesses(), clock)
    foundation = Foundation(
        trust,
        store,
        files,
        publishing,
        witnessing,
        Guarding(store, files, trust, witnessing),
        # Opening a key file costs a tenth of a second on purpose; whoever signs with it does so once.
        log_key=cache(lambda: read_key(settings.key_file("log"), settings.passphrase)),
        tag_key=cache(lambda: read_key(settings.key_file("tags"), settings.passphrase)),
        till_key=cache(lambda: read_key(settings.key_file("payments"), settings.passphrase)),
    )
    return assembled(settings, foundation, clock, providers=providers)


def assembled(settings: Settings, on: Foundation, clock: Clock, *, providers: Providers | None = None) -> Services:
    """The services of an installation, or of a mirror, on what they stand on."""
    store, trust = on.store, on.trust
    drafting = Drafting(store, trust.origin)
    sequencer = Sequencer(store, clock, trust.origin)
    book = SqlSerialBook(store)
    payments, inbox = read_payments(settings.payments), SqlInbox(store)
    receiving = None if payments is None else Receiving(inbox, payments, clock, randomness=random_bytes)
    tracing = Tracing(store, drafting, trust, Absence(book))
    issuing = Issuing(book, store, drafting, clock=clock, randomness=random_bytes)
    checks, largest = SignatureProcess(), settings.body_limit
    capturing = Capturing(store, clock, sequencer, drafting, on.guard, checks=checks, largest_body=largest)
    signing = Signing(drafting)
    ordering = Ordering(store, drafting, tracing, clock)
    recording = Recording(signing, capturing, clock)
    asked = providers or StripeApi()
    attesting = refunding = None
    if payments is not None:
        attesting = Attesting(
            store, inbox, payments, recording=recording, providers=asked, clock=clock, key=on.till_key
        )
        refunding = Refunding(store, payments, recording=recording, providers=asked, key=on.till_key)
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
        Checkpointing(store, on.files, on.publishing, on.guard, origin=trust.origin, log_key=on.log_key),
        on.witnessing,
        on.guard,
        Following(store, trust),
        Auditing(store, trust),
        TileReading(store, on.files),
        Watching(store),
        Disclosing(store, drafting, trust, nonces=SqlNonces(store), clock=clock, readers=settings.readers),
        Anchoring(store, on.files),
        issuing,
        Activating(issuing, signing, capturing, clock=clock, randomness=random_bytes),
        Tapping(SqlTagBook(store), store, on.tag_key, randomness=random_bytes),
        Vouching(store, trust, on.log_key),
        Recovering(store, on.files, on.publishing, trust, clock, log_key=on.log_key),
        ordering,
        Deciding(store, drafting, trust),
        Consenting(signing, clock),
        Reviewing(store),
        Recalling(store),
        Rewarding(store, clock),
        inbox,
        receiving,
        ShopImporting(
            SqlDraftBook(store), ordering, clock, accounts=cache(lambda: read_shop_accounts(settings.shop_secrets))
        ),
        attesting,
        refunding,
        None if payments is None else Reconciling(store, payments),
        _notifying(settings, on, clock),
        lambda: read_public(settings.key_file("webhooks")),
    )


def _notifying(settings: Settings, on: Foundation, clock: Clock) -> Notifying:
    return Notifying(
        on.store,
        SqlWebhookBook(on.store),
        HttpWebhookPost(settings.webhook_hosts),
        clock,
        on.trust,
        key=cache(lambda: read_key(settings.key_file("webhooks"), settings.passphrase)),
    )
