"""Turning what providers told into records: what fits its order is signed by the payment adapter's own key.

Rules:

* a notice is looked at until something became of it: settled, or refused because it contradicts what is recorded;
  what only came too early waits for its order;
* what others can't check (grade B) is believed only if the provider's own list says the same;
* no record is made twice: the order's own rules refuse a second one, so it may die anywhere and look again;
* the bodies of what is settled are forgotten after the days that the operator named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from provenance.codes import Code
from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_names import parse_dossier_name
from provenance.commerce.matching import payment_due
from provenance.commerce.payment_accounts import PaymentSetup, SellersAccount
from provenance.commerce.payment_notices import Grade
from provenance.commerce.settling import Said
from provenance.crypto.envelope import to_json
from provenance.crypto.keys import SigningKey
from provenance.custody.roles import Role
from provenance.encoding.canonical import Json
from provenance.errors import NotFoundError, ProvenanceError, Refusal, RefusedError, StorageError
from provenance.ids import Subject
from provenance.ports.inbox import Fate, Inbox, KeptNotice
from provenance.ports.outside import Clock
from provenance.ports.providers import Providers
from provenance.ports.stores import Store
from provenance.services.bookkeeping import read_dossier
from provenance.services.capturing import Capturing
from provenance.services.signing import Hand, Signing

FINAL = frozenset(
    {
        Code.OTHER_AMOUNT,
        Code.OTHER_MERCHANT,
        Code.WRONG_CURRENCY,
        Code.ALREADY_RESOLVED,
        Code.PAID_TWICE,
        Code.TOO_LATE,
        Code.WRONG_VALUE,
        Code.SLOT_TAKEN,
        Code.NOT_FOUND,
    }
)
"""What no waiting mends."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a notice that waited."""

    notice: KeptNotice
    fate: Fate
    refusal: Refusal | None


class Attesting:
    """The payment adapter at its desk."""

    def __init__(
        self,
        store: Store,
        inbox: Inbox,
        setup: PaymentSetup,
        *,
        signing: Signing,
        capturing: Capturing,
        providers: Providers,
        clock: Clock,
        key: Callable[[], SigningKey],
    ) -> None:
        self._store, self._inbox, self._setup, self._providers = store, inbox, setup, providers
        self._signing, self._capturing, self._clock, self._key = signing, capturing, clock, key

    def turn(self) -> Sequence[Decided]:
        """Look at everything that waits, once; what became of each."""
        decided = [self._decide(kept) for kept in self._inbox.waiting()]
        kept_since = self._clock.now() - timedelta(days=self._setup.keep_days)
        self._inbox.forget(int(kept_since.timestamp()))
        return decided

    def _decide(self, kept: KeptNotice) -> Decided:
        refusal: Refusal | None = None
        try:
            self._attest(kept)
        except StorageError:
            raise  # nobody knows what is stored: the next turn looks
        except ProvenanceError as err:
            fate, refusal = Fate.REFUSED if err.code in FINAL else Fate.WAITING, err.refusal
        else:
            fate = Fate.SETTLED
        why = None if refusal is None else refusal.code
        if (fate, why) != (kept.fate, kept.why):
            self._inbox.decide(kept.place, fate, why)
        return Decided(kept, fate, refusal)

    def _attest(self, kept: KeptNotice) -> None:
        notice = kept.notice
        at = self._setup.at(notice.provider, notice.merchant)
        ordered = self._dossier(at.order(notice.order))
        due = payment_due(
            replace(notice, order=ordered.name.subject), ordered, kept.digest, listed=self._listed(at, kept)
        )
        if due is not None:
            self._say(due)

    def _listed(self, at: SellersAccount, kept: KeptNotice) -> Sequence[Said]:
        """What the provider's own list says, where its notice is not enough; by the names of dossiers."""
        if kept.notice.grade is Grade.A:
            return ()
        return [replace(said, order=at.order(said.order)) for said in self._providers.listed(at, kept.notice.order)]

    def _dossier(self, subject: Subject) -> Dossier:
        with self._store.reading() as store:
            dossier = read_dossier(store, parse_dossier_name(subject))
        if not dossier.entries:
            raise NotFoundError(Code.UNKNOWN_DOSSIER, f"nothing is recorded of {subject}")
        return dossier

    def _say(self, members: Mapping[str, Json]) -> None:
        hand = Hand(self._setup.attestor, Role.REPORTER, self._key())
        whole = {**members, "at": int(self._clock.now().timestamp())}
        envelope = self._signing.commerce_record(whole, [hand])
        (outcome,) = self._capturing.capture([to_json(envelope)])
        if isinstance(outcome, Refusal):
            raise RefusedError(outcome.code, outcome.message, pointer=outcome.pointer, evidence=outcome.evidence)
