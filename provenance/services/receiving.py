"""Taking in what payment providers tell: verified as it came, kept durably, and only then acknowledged.

Rules:

* nothing is acknowledged before it is in the inbox, and nothing is in the inbox that its provider did not sign;
* what is truly sent and is about no payment is acknowledged and not kept;
* the body may name a person: it is kept sealed for its reader, for so many days as the operator says, and is in no
  diary and no error;
* what follows from a notice is not done here (``services.attesting``): the provider waits for no rule of ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from provenance.commerce.payment_accounts import PaymentSetup, read_notice
from provenance.commerce.payment_notices import Delivery, Provider
from provenance.crypto.sealed_bodies import NONCE_BYTES, SEED_BYTES, seal_body
from provenance.encoding import canonical
from provenance.encoding.textual import format_base64
from provenance.ports.inbox import Inbox, ReceivedNotice
from provenance.ports.outside import Clock, Randomness

_SIGNED_HEADERS = ("wechatpay-", "stripe-signature")


class Receiving:
    """The door for notices."""

    def __init__(self, inbox: Inbox, setup: PaymentSetup, clock: Clock, *, randomness: Randomness) -> None:
        self._inbox, self._setup, self._clock, self._randomness = inbox, setup, clock, randomness

    def receive(self, provider: str, merchant: str | None, headers: Mapping[str, str], body: bytes) -> Provider:
        """Keep what was delivered for an account, by header names in lower case; who is to be thanked for it.

        Refuses what the provider did not sign, what is too old or too new, another merchant's, and what comes again
        under the same name and says something else.
        """
        at = self._setup.at(provider, merchant)
        came = Delivery(headers, body, int(self._clock.now().timestamp()))
        notice = read_notice(came, at.account)
        if notice is not None:
            digest = hashlib.sha256(body).hexdigest()
            self._inbox.put(ReceivedNotice(notice, came.received, digest, self._sealed(came)))
        return at.provider

    def _sealed(self, came: Delivery) -> bytes:
        signed = {name: text for name, text in came.headers.items() if name.startswith(_SIGNED_HEADERS)}
        whole = canonical.dump({"body": format_base64(came.body), "headers": dict(signed)})
        seed, nonce = self._randomness(SEED_BYTES), self._randomness(NONCE_BYTES)
        return seal_body(whole, self._setup.reader, seed=seed, nonce=nonce)
