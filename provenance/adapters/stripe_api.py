"""Asking Stripe what it holds to have happened. See ``ports.providers.Providers``.

Rules:

* the key of the account's API goes to Stripe over HTTPS and nowhere else, and into no error;
* an answer has at most 1 MiB and ten seconds; what it lists beyond a hundred is not looked at, and so not believed;
* WeChat Pay and Alipay sign what they tell, so nobody needs to ask them again: they are not asked here.

https://docs.stripe.com/api/payment_intents/search, https://docs.stripe.com/api/refunds/list
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

import urllib3
from urllib3.exceptions import HTTPError

from provenance.adapters.http_answers import read_answer
from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.commerce.payment_accounts import SellersAccount
from provenance.commerce.payment_notices import PaymentState, notice_amount, text_at, value_at
from provenance.commerce.settling import Said, Till
from provenance.commerce.stripe_notices import StripeAccount
from provenance.encoding.canonical import Json, parse_any
from provenance.errors import MalformedError, UnreachableError

_SECONDS = 10.0
_LARGEST = 1 << 20
_PAYMENTS = {"succeeded": PaymentState.PAID, "canceled": PaymentState.NOT_PAID}
_REFUNDS = {"succeeded": PaymentState.REFUNDED, "failed": PaymentState.NOT_REFUNDED}


class StripeApi:
    """Stripe, for the accounts whose file holds an ``api_key``; safe to use from many threads."""

    def __init__(self, url: str = "https://api.stripe.com") -> None:
        self._url = url
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(total=_SECONDS), retries=False, headers={"User-Agent": "provenance"}
        )

    def listed(self, at: SellersAccount, number: str) -> Sequence[Said]:
        """What Stripe's own list says of an order."""
        if not isinstance(at.account, StripeAccount) or at.account.api_key is None:
            message = f"the account {at.account.merchant} at {at.provider} has no key to ask with"
            raise UnreachableError(Code.UNREACHABLE, message)
        till, key = Till(at.provider, at.account.merchant), at.account.api_key
        found = list[Said]()
        for payment in self._list("/v1/payment_intents/search", key, query=f"metadata['order']:'{number}'"):
            state = _PAYMENTS.get(text_at(payment, "status"))
            if state is not None:
                name = "amount_received" if state is PaymentState.PAID else "amount"
                found.append(Said(till, number, None, _amount(payment, name), state))
            for refund in self._list("/v1/refunds", key, payment_intent=text_at(payment, "id")):
                if (given := _REFUNDS.get(text_at(refund, "status"))) is not None:
                    named = text_at(refund, "metadata", "refund")
                    found.append(Said(till, number, named, _amount(refund, "amount"), given))
        return found

    def _list(self, path: str, key: bytes, **query: str) -> list[Json]:
        deadline = time.monotonic() + _SECONDS
        address = f"{self._url}{path}?{urlencode({**query, 'limit': '100'})}"
        headers: Mapping[str, str] = {"Authorization": f"Bearer {key.decode()}"}
        try:
            response = self._pool.request("GET", address, headers=headers, redirect=False, preload_content=False)
            try:
                body = read_answer(response, largest=_LARGEST, deadline=deadline)
            finally:
                response.close()
        except (HTTPError, OSError) as err:
            raise UnreachableError(Code.UNREACHABLE, f"{self._url}{path}: {type(err).__name__}") from err
        if response.status != 200:
            raise UnreachableError(Code.UNREACHABLE, f"{self._url}{path} answered {response.status}")
        try:
            listed = value_at(parse_any(body), "data")
        except MalformedError as err:
            raise UnreachableError(Code.UNREACHABLE, f"{self._url}{path} answered no list") from err
        return listed if isinstance(listed, list) else []


def _amount(told: Json, name: str) -> Money:
    return notice_amount(value_at(told, name), text_at(told, "currency").upper(), f"/{name}")
