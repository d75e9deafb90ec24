"""Asking Stripe what it holds to have happened, and having it pay back. See ``ports.providers.Providers``.

Rules:

* the key of the account's API goes to Stripe over HTTPS and nowhere else, and into no error;
* an answer has at most 1 MiB and ten seconds; what it lists beyond a hundred is not looked at, and so not believed;
* a refund is commanded under its name as idempotency key: the same command again pays nothing more;
* WeChat Pay and Alipay sign what they tell, so nobody needs to ask them again; nothing is asked of them here.

https://docs.stripe.com/api/payment_intents/search, https://docs.stripe.com/api/refunds, https://docs.stripe.com/api/idempotent_requests
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
from provenance.commerce.stripe_notices import DISPUTES, StripeAccount
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
        key = _key(at)
        if key is None:
            message = f"the account {at.account.merchant} at {at.provider} has no key to ask with"
            raise UnreachableError(Code.UNREACHABLE, message)
        till, found = Till(at.provider, at.account.merchant), list[Said]()
        for payment in self._payments(key, number):
            state = _PAYMENTS.get(text_at(payment, "status"))
            if state is not None:
                name = "amount_received" if state is PaymentState.PAID else "amount"
                found.append(Said(till, number, None, _amount(payment, name), state))
            query = {"payment_intent": text_at(payment, "id"), "limit": "100"}
            for refund in _data(self._ask("GET", "/v1/refunds", key, query)):
                if (given := _REFUNDS.get(text_at(refund, "status"))) is not None:
                    named = text_at(refund, "metadata", "refund")
                    found.append(Said(till, number, named, _amount(refund, "amount"), given))
            for dispute in _data(self._ask("GET", "/v1/disputes", key, query)):
                over = DISPUTES.get(text_at(dispute, "status"))
                amount = _amount(dispute, "amount")
                found += [Said(till, number, None, amount, PaymentState.CHARGED_BACK)]
                found += [Said(till, number, None, amount, over)] if over is not None else []
        return found

    def give_back(self, at: SellersAccount, number: str, refund: str, amount: Money) -> bool:
        """Have Stripe pay back part of an order; ``False`` at another provider, and without a key."""
        key = _key(at)
        if key is None:
            return False
        paid = [one for one in self._payments(key, number) if value_at(one, "status") == "succeeded"]
        if len(paid) != 1:
            raise UnreachableError(Code.UNREACHABLE, f"Stripe lists {len(paid)} payments of {number}, not one")
        form = {
            "payment_intent": text_at(paid[0], "id"),
            "amount": str(amount.minor),
            "metadata[order]": number,
            "metadata[refund]": refund,
        }
        self._ask("POST", "/v1/refunds", key, form, idempotency=f"{at.account.merchant} {refund}")
        return True

    def _payments(self, key: bytes, number: str) -> list[Json]:
        query = {"query": f"metadata['order']:'{number}'", "limit": "100"}
        return _data(self._ask("GET", "/v1/payment_intents/search", key, query))

    def _ask(self, method: str, path: str, key: bytes, form: Mapping[str, str], *, idempotency: str = "") -> Json:
        deadline = time.monotonic() + _SECONDS
        headers = {"Authorization": f"Bearer {key.decode()}"}
        address, body = f"{self._url}{path}?{urlencode(form)}", None
        if method == "POST":
            address, body = f"{self._url}{path}", urlencode(form)
            headers |= {"Idempotency-Key": idempotency, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            response = self._pool.request(
                method, address, body=body, headers=headers, redirect=False, preload_content=False
            )
            try:
                answer = read_answer(response, largest=_LARGEST, deadline=deadline)
            finally:
                response.close()
        except (HTTPError, OSError) as err:
            raise UnreachableError(Code.UNREACHABLE, f"{self._url}{path}: {type(err).__name__}") from err
        if response.status != 200:
            raise UnreachableError(Code.UNREACHABLE, f"{self._url}{path} answered {response.status}")
        try:
            return parse_any(answer)
        except MalformedError as err:
            raise UnreachableError(Code.UNREACHABLE, f"{self._url}{path} answered no JSON") from err


def _key(at: SellersAccount) -> bytes | None:
    return at.account.api_key if isinstance(at.account, StripeAccount) else None


def _data(answer: Json) -> list[Json]:
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise UnreachableError(Code.UNREACHABLE, "Stripe answered no list")
    return listed


def _amount(told: Json, name: str) -> Money:
    return notice_amount(value_at(told, name), text_at(told, "currency").upper(), f"/{name}")
