"""Asking Stripe again: what it lists is read exactly, its key goes nowhere else, and silence is no answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from provenance.adapters.stripe_api import StripeApi
from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.commerce.payment_accounts import SellersAccount, parse_account
from provenance.commerce.payment_notices import PaymentState
from provenance.commerce.settling import Said, Till
from provenance.encoding.canonical import Json
from provenance.errors import ProvenanceError, UnreachableError
from tests.provider_dialects import MERCHANTS
from tests.sales import GLN
from tests.served import running
from tests.tills import account_members

KEY = "sk_test_of_this_account"
PAYMENT: Json = {"id": "pi_1", "status": "succeeded", "amount": 900, "amount_received": 900, "currency": "cny"}
REFUND: Json = {"id": "re_1", "status": "succeeded", "amount": 400, "currency": "cny", "metadata": {"refund": "r-1"}}


@dataclass
class FakeStripe:
    """What it lists, with which status it answers, and what it was asked."""

    payments: list[Json] = field(default_factory=lambda: [PAYMENT])
    refunds: list[Json] = field(default_factory=lambda: [REFUND])
    disputes: list[Json] = field(default_factory=list)
    status: int = 200
    raw: bytes | None = None
    asked: list[tuple[str, Mapping[str, list[str]], str | None]] = field(default_factory=list)
    commanded: list[tuple[str, Mapping[str, list[str]], str | None]] = field(default_factory=list)


@contextmanager
def served(stripe: FakeStripe) -> Iterator[StripeApi]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            stripe.asked.append((parts.path, parse_qs(parts.query), self.headers.get("Authorization")))
            lists = {"/v1/refunds": stripe.refunds, "/v1/disputes": stripe.disputes}
            found = lists.get(parts.path, stripe.payments)
            body = json.dumps({"object": "list", "data": found}).encode() if stripe.raw is None else stripe.raw
            self.send_response(stripe.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            stripe.commanded.append((self.path, parse_qs(body), self.headers.get("Idempotency-Key")))
            self.send_response(stripe.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as above
            del format, args

    server = HTTPServer(("127.0.0.1", 0), Handler)
    with running(server):
        yield StripeApi(f"http://127.0.0.1:{server.server_port}")


def _account(provider: str = "stripe", **more: object) -> SellersAccount:
    return SellersAccount(GLN, parse_account({**account_members(provider), **more}))  # type: ignore[dict-item]  # JSON


TILL = Till(_account().provider, MERCHANTS["stripe"])


def test_payments_and_refunds_are_listed_as_stripe_has_them() -> None:
    stripe = FakeStripe(payments=[PAYMENT, {"id": "pi_2", "status": "requires_payment_method"}])

    with served(stripe) as api:
        found = api.listed(_account(api_key=KEY), "2026-0001")

    refunded = Said(TILL, "2026-0001", "r-1", Money(400, "CNY"), PaymentState.REFUNDED)
    assert found == [Said(TILL, "2026-0001", None, Money(900, "CNY"), PaymentState.PAID), refunded, refunded]
    assert {bearer for _, _, bearer in stripe.asked} == {f"Bearer {KEY}"}
    assert stripe.asked[0][:2] == (
        "/v1/payment_intents/search",
        {"query": ["metadata['order']:'2026-0001'"], "limit": ["100"]},
    )
    assert [query.get("payment_intent") for _, query, _ in stripe.asked[1:]] == [["pi_1"], ["pi_1"], ["pi_2"], ["pi_2"]]


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("needs_response", [PaymentState.CHARGED_BACK]),
        ("won", [PaymentState.CHARGED_BACK, PaymentState.CHARGEBACK_WON]),
        ("lost", [PaymentState.CHARGED_BACK, PaymentState.CHARGEBACK_LOST]),
    ],
)
def test_a_dispute_was_opened_whatever_it_came_to(status: str, states: list[PaymentState]) -> None:
    stripe = FakeStripe(refunds=[], disputes=[{"id": "dp_1", "status": status, "amount": 900, "currency": "cny"}])

    with served(stripe) as api:
        found = api.listed(_account(api_key=KEY), "2026-0001")

    assert [said.state for said in found[1:]] == states


@pytest.mark.parametrize(
    "answer", [{"status": 500}, {"status": 302}, {"raw": b"no json"}, {"raw": b"[]"}, {"raw": b" " * (2 << 20)}]
)
def test_an_answer_that_is_no_list_is_none(answer: dict[str, object]) -> None:
    with served(FakeStripe(**answer)) as api, pytest.raises(UnreachableError) as refused:  # type: ignore[arg-type]
        api.listed(_account(api_key=KEY), "2026-0001")

    assert KEY not in str(refused.value)


def test_a_list_that_says_something_else_than_money_is_refused() -> None:
    stripe = FakeStripe(payments=[{"id": "pi_1", "status": "succeeded", "amount_received": -1, "currency": "cny"}])

    with served(stripe) as api, pytest.raises(ProvenanceError) as refused:
        api.listed(_account(api_key=KEY), "2026-0001")

    assert refused.value.code is Code.WRONG_VALUE


def test_without_a_key_or_at_another_provider_nobody_is_asked() -> None:
    stripe = FakeStripe()

    with served(stripe) as api:
        for account in (_account(), _account("wechat"), _account("alipay")):
            with pytest.raises(UnreachableError):
                api.listed(account, "2026-0001")

    assert stripe.asked == []


def test_who_does_not_answer_is_unreachable() -> None:
    with pytest.raises(UnreachableError):
        StripeApi("http://127.0.0.1:9").listed(_account(api_key=KEY), "2026-0001")


def test_a_refund_is_commanded_once_under_its_name() -> None:
    stripe = FakeStripe()

    with served(stripe) as api:
        told = api.give_back(_account(api_key=KEY), "2026-0001", "r-1", Money(400, "CNY"))
        others = (_account(), _account("wechat"))
        by_hand = [api.give_back(one, "2026-0001", "r-1", Money(400, "CNY")) for one in others]

    form = {"payment_intent": ["pi_1"], "amount": ["400"]}
    form |= {"metadata[order]": ["2026-0001"], "metadata[refund]": ["r-1"]}
    assert (told, by_hand) == (True, [False, False])
    assert stripe.commanded == [("/v1/refunds", form, f"{MERCHANTS['stripe']} r-1")]


@pytest.mark.parametrize("payments", [[], [PAYMENT, PAYMENT]])
def test_nothing_is_commanded_of_what_is_not_one_payment(payments: list[Json]) -> None:
    stripe = FakeStripe(payments=payments)

    with served(stripe) as api, pytest.raises(UnreachableError):
        api.give_back(_account(api_key=KEY), "2026-0001", "r-1", Money(400, "CNY"))

    assert stripe.commanded == []
