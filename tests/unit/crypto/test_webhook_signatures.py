"""Our webhooks hold before the receivers' own library and before anyone with the public key, and nothing else does."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping

import nacl.exceptions
import nacl.signing
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from provenance.crypto.keys import signing_key_from_seed
from provenance.crypto.webhook_signatures import (
    endpoint_secret,
    format_secret,
    format_webhook_key,
    webhook_headers,
)

KEY = signing_key_from_seed(bytes(range(32)))
SECRET = endpoint_secret(KEY, b"salt")
BODY = b'{"type":"order.order-paid"}'


def signed(body: bytes = BODY, *, message: str = "evt_1_aa", seconds: int | None = None) -> Mapping[str, str]:
    moment = int(time.time()) if seconds is None else seconds
    return webhook_headers(message, moment, body, secret=SECRET, key=KEY)


def parts_of(headers: Mapping[str, str]) -> dict[str, str]:
    return dict(part.split(",", 1) for part in headers["webhook-signature"].split(" "))


def check_v1a(public: str, headers: Mapping[str, str], body: bytes) -> None:
    """As a third party does who has only what is published."""
    verify = nacl.signing.VerifyKey(base64.b64decode(public.removeprefix("whpk_")))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    verify.verify(content, base64.b64decode(parts_of(headers)["v1a"]))


def test_the_code_is_that_of_the_standard() -> None:
    # The example of the standard's own libraries.
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    headers = webhook_headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', secret=secret, key=KEY
    )

    assert parts_of(headers)["v1"] == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receivers_own_library_takes_it() -> None:
    assert Webhook(format_secret(SECRET)).verify(BODY, dict(signed())) == {"type": "order.order-paid"}


@pytest.mark.parametrize(
    ("changed", "body"),
    [
        ({}, BODY + b" "),
        ({"webhook-id": "evt_2_aa"}, BODY),
        ({"webhook-timestamp": "+1"}, BODY),
        ({"webhook-signature": "another endpoint's"}, BODY),
    ],
)
def test_what_was_changed_or_is_anothers_is_refused_by_it(changed: Mapping[str, str], body: bytes) -> None:
    headers, now = dict(signed()), int(time.time())
    other = webhook_headers("evt_1_aa", now, BODY, secret=endpoint_secret(KEY, b"other"), key=KEY)
    values = {"+1": str(now + 1), "another endpoint's": other["webhook-signature"]}

    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(format_secret(SECRET)).verify(
            body, headers | {name: values.get(value, value) for name, value in changed.items()}
        )


def test_what_is_sent_again_much_later_is_refused_by_it() -> None:
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(format_secret(SECRET)).verify(BODY, dict(signed(seconds=int(time.time()) - 3600)))


def test_anyone_with_the_published_key_can_check_who_sent_it() -> None:
    headers, public = signed(), format_webhook_key(KEY.public)

    check_v1a(public, headers, BODY)

    with pytest.raises(nacl.exceptions.BadSignatureError):
        check_v1a(public, headers, BODY + b" ")
    with pytest.raises(nacl.exceptions.BadSignatureError):
        check_v1a(public, {**headers, "webhook-id": "evt_2_aa"}, BODY)
    with pytest.raises(nacl.exceptions.BadSignatureError):
        check_v1a(format_webhook_key(signing_key_from_seed(bytes(32)).public), headers, BODY)


def test_every_endpoint_has_a_secret_of_its_own_and_none_tells_another_or_the_key() -> None:
    other_key = signing_key_from_seed(bytes(32))

    secrets = {endpoint_secret(KEY, b"a"), endpoint_secret(KEY, b"b"), endpoint_secret(other_key, b"a"), KEY.seed}

    assert len(secrets) == 4
    assert endpoint_secret(KEY, b"a") == endpoint_secret(KEY, b"a")
