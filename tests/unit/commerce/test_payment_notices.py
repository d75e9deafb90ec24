"""What providers tell is believed only as they signed it, for this merchant, now, and above zero."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.commerce.facts import MOST_MINOR
from provenance.commerce.money import Money
from provenance.commerce.payment_accounts import read_notice
from provenance.commerce.payment_notices import (
    LARGEST_BODY,
    Delivery,
    Grade,
    PaymentNotice,
    PaymentState,
    Provider,
    salted,
)
from provenance.crypto.provider_seals import check_rsa, open_gcm
from provenance.errors import ConfigurationError, ProvenanceError
from tests.provider_dialects import (
    MERCHANTS,
    NOW,
    SALT,
    SECRET,
    Told,
    alipay_account,
    alipay_fields,
    alipay_signed,
    delivery,
    provider_key,
    public_pem,
    stripe_account,
    stripe_body,
    stripe_code,
    stripe_signed,
    wechat_account,
    wechat_body,
    wechat_sealed,
    wechat_signed,
)

PAID = Told("evt-1", "20260301-0001", 19900)
REFUND = replace(PAID, event="evt-2", refund="refund-1")
READ: dict[str, Callable[[Delivery], PaymentNotice | None]] = {
    "wechat": lambda came: read_notice(came, wechat_account()),
    "alipay": lambda came: read_notice(came, alipay_account()),
    "stripe": lambda came: read_notice(came, stripe_account()),
}
of_each = pytest.mark.parametrize("provider", READ)


def _refusal(provider: str, came: Delivery) -> Code:
    with pytest.raises(ProvenanceError) as refused:
        READ[provider](came)
    return refused.value.code


def _wechat(body: bytes, at: int = NOW) -> Delivery:
    return Delivery(wechat_signed(body, at), body, NOW)


def _stripe(body: bytes, at: int = NOW) -> Delivery:
    return Delivery(stripe_signed(body, at), body, NOW)


def _alipay(**changes: str) -> Delivery:
    return Delivery({}, alipay_signed(alipay_fields(PAID, NOW) | changes), NOW)


# --- what is true


@of_each
@pytest.mark.parametrize(
    ("told", "state"),
    [
        (PAID, PaymentState.PAID),
        (replace(PAID, succeeded=False), PaymentState.NOT_PAID),
        (REFUND, PaymentState.REFUNDED),
    ],
)
def test_a_notice_says_who_was_paid_how_much_for_which_order(provider: str, told: Told, state: PaymentState) -> None:
    notice = READ[provider](delivery(provider, told))

    assert notice == PaymentNotice(
        provider=Provider(provider),
        event=told.event,
        merchant=MERCHANTS[provider],
        order="20260301-0001",
        reference=salted(told.reference, SALT),
        refund=told.refund,
        amount=Money(19900, "CNY"),
        state=state,
        grade=Grade.B if provider == "stripe" else Grade.A,
    )


@pytest.mark.parametrize("provider", ["wechat", "stripe"])
def test_a_refund_that_failed_is_told_apart(provider: str) -> None:
    notice = READ[provider](delivery(provider, replace(REFUND, succeeded=False)))

    assert notice is not None
    assert notice.state is PaymentState.NOT_REFUNDED


@of_each
def test_nothing_of_who_paid_is_in_a_notice(provider: str) -> None:
    notice = repr(READ[provider](delivery(provider, PAID)))

    assert [word for word in ("oUpF8u", "2088102116773037", PAID.reference) if word in notice] == []


def test_what_is_truly_sent_about_something_else_is_no_notice_and_no_error() -> None:
    about_a_customer = json.dumps({"id": "evt-3", "type": "customer.created", "data": {"object": {}}}).encode()
    sealed = wechat_sealed("evt-3", "VIOLATION.PUNISH", "{}")

    assert READ["stripe"](_stripe(about_a_customer)) is None
    assert READ["wechat"](_wechat(sealed)) is None
    assert READ["wechat"](_wechat(wechat_body(PAID, trade_state="USERPAYING"))) is None
    assert READ["alipay"](_alipay(trade_status="WAIT_BUYER_PAY")) is None


def test_while_secrets_change_one_code_of_several_is_enough() -> None:
    body = stripe_body(PAID)
    header = f"t={NOW},v1={stripe_code(body, NOW, b'the next secret')},v1={stripe_code(body, NOW)},v0=ab"

    notice = READ["stripe"](Delivery({"stripe-signature": header}, body, NOW))

    assert notice is not None


# --- forged, altered, old, early


@of_each
@given(data=st.data())
def test_not_one_byte_can_be_changed(provider: str, data: st.DataObject) -> None:
    true = delivery(provider, PAID)
    place = data.draw(st.integers(0, len(true.body) - 1))
    other = data.draw(st.integers(1, 255))
    body = bytearray(true.body)
    body[place] ^= other

    try:
        notice = READ[provider](replace(true, body=bytes(body)))
    except ProvenanceError:
        return
    # A form has several spellings of a letter: whatever is still believed says the very same.
    assert provider == "alipay"
    assert notice == READ[provider](true)


@of_each
def test_a_body_in_another_order_is_refused_where_bytes_are_signed(provider: str) -> None:
    true = delivery(provider, PAID)
    if provider == "alipay":  # the fields are sorted before they are signed: their order says nothing
        turned = b"&".join(reversed(true.body.split(b"&")))
        assert READ[provider](replace(true, body=turned)) == READ[provider](true)
        return

    turned = json.dumps(dict(reversed(json.loads(true.body).items()))).encode()

    assert _refusal(provider, replace(true, body=turned)) is Code.FORGED_NOTICE


def test_another_key_another_serial_and_another_secret_are_refused() -> None:
    stranger, body = provider_key("stranger"), wechat_body(PAID)
    headers = wechat_signed(body, NOW)

    refusals = [
        _refusal("wechat", Delivery(wechat_signed(body, NOW, stranger), body, NOW)),
        _refusal("wechat", Delivery({**headers, "wechatpay-serial": "FFFF"}, body, NOW)),
        _refusal("wechat", _wechat(wechat_sealed("e", "TRANSACTION.SUCCESS", "{}", b"x" * 32))),
        _refusal("alipay", Delivery({}, alipay_signed(alipay_fields(PAID, NOW), stranger), NOW)),
        _refusal("stripe", Delivery(stripe_signed(stripe_body(PAID), NOW, b"guessed"), stripe_body(PAID), NOW)),
    ]

    assert refusals == [Code.FORGED_NOTICE] * 5


@pytest.mark.parametrize("name", ["timestamp", "nonce", "serial", "signature"])
@pytest.mark.parametrize("value", [None, "", "é", "-1", "\n"])
def test_a_header_of_wechat_that_is_missing_or_odd_is_refused(name: str, value: str | None) -> None:
    body = wechat_body(PAID)
    headers = {**wechat_signed(body, NOW), f"wechatpay-{name}": value}

    came = Delivery({key: text for key, text in headers.items() if text is not None}, body, NOW)

    assert _refusal("wechat", came) is Code.FORGED_NOTICE


@pytest.mark.parametrize(
    "header",
    ["", "t=,v1=", f"t={NOW}", f"t={NOW},v0=ab", f"v1={'0' * 64}", f"t={NOW},t={NOW},v1=ab", f"t=0{NOW},v1=ab", "é"],
)
def test_a_header_of_stripe_that_says_too_little_is_refused(header: str) -> None:
    came = Delivery({"stripe-signature": header}, stripe_body(PAID), NOW)

    assert _refusal("stripe", came) is Code.FORGED_NOTICE


def test_only_signatures_of_the_type_rsa2_are_believed() -> None:
    form = alipay_signed(alipay_fields(PAID, NOW)).replace(b"sign_type=RSA2", b"sign_type=RSA")

    assert _refusal("alipay", Delivery({}, form, NOW)) is Code.FORGED_NOTICE


@pytest.mark.parametrize(("provider", "oldest"), [("wechat", 300), ("stripe", 300), ("alipay", 25 * 3600)])
def test_the_clock_binds_both_ways(provider: str, oldest: int) -> None:
    true = delivery(provider, PAID)

    assert READ[provider](replace(true, received=NOW + oldest)) == READ[provider](replace(true, received=NOW - 300))
    assert _refusal(provider, replace(true, received=NOW + oldest + 1)) is Code.STALE_NOTICE
    assert _refusal(provider, replace(true, received=NOW - 301)) is Code.STALE_NOTICE


# --- signed, and yet not for us or not sound


def test_another_merchants_payment_is_refused() -> None:
    connected = json.loads(stripe_body(PAID)) | {"account": "acct_other"}

    refusals = [
        _refusal("wechat", _wechat(wechat_body(PAID, mchid="1900000002"))),
        _refusal("alipay", _alipay(app_id="2021000000000002")),
        _refusal("alipay", _alipay(seller_id="2088000000000002")),
        _refusal("stripe", _stripe(json.dumps(connected).encode())),
    ]

    assert refusals == [Code.OTHER_MERCHANT] * 4


@pytest.mark.parametrize("minor", [0, -1, MOST_MINOR + 1, True, "19900", None])
def test_an_amount_that_is_no_payment_is_refused(minor: object) -> None:
    wechat = _refusal("wechat", _wechat(wechat_body(PAID, amount={"total": minor, "currency": "CNY"})))
    stripe = _refusal("stripe", _stripe(stripe_body(PAID, amount_received=minor)))

    assert (wechat, stripe) == (Code.WRONG_VALUE, Code.WRONG_VALUE)


@pytest.mark.parametrize("yuan", ["0.00", "-1.00", "199", "199.0", "199.000", "0199.00", "1e3", "", "９.00", "1" * 30])
def test_yuan_that_are_not_spelled_as_alipay_spells_them_are_refused(yuan: str) -> None:
    assert _refusal("alipay", _alipay(total_amount=yuan)) in {
        Code.MALFORMED_TEXT,
        Code.NUMBER_OUT_OF_RANGE,
        Code.WRONG_VALUE,
    }


def test_a_currency_is_taken_as_told_and_one_that_is_none_is_refused() -> None:
    euros = READ["wechat"](_wechat(wechat_body(PAID, amount={"total": 5, "currency": "EUR"})))

    assert euros is not None
    assert euros.amount == Money(5, "EUR")
    assert _refusal("stripe", _stripe(stripe_body(PAID, currency="cn"))) is Code.MALFORMED_TEXT


def test_members_and_fields_that_occur_twice_are_refused() -> None:
    twice = stripe_body(PAID)[:-1] + b', "id": "evt-9"}'
    form = delivery("alipay", PAID).body + b"&total_amount=0.01"
    sealed = wechat_sealed("evt-1", "TRANSACTION.SUCCESS", '{"mchid": "1", "mchid": "2"}')

    refusals = [
        _refusal("stripe", _stripe(twice)),
        _refusal("alipay", Delivery({}, form, NOW)),
        _refusal("wechat", _wechat(sealed)),
    ]

    assert refusals == [Code.DUPLICATE_KEY] * 3


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}", b'{"id": 1}', b"null", b'{"id": "a b"}', b'"\\ud800"'])
def test_a_signed_body_that_is_no_notification_is_refused_with_a_code(body: bytes) -> None:
    known = {Code.MALFORMED_JSON, Code.MISSING_MEMBER, Code.WRONG_TYPE, Code.MALFORMED_TEXT}

    assert {_refusal("wechat", _wechat(body)), _refusal("stripe", _stripe(body))} <= known
    assert _refusal("alipay", Delivery({}, body, NOW)) in {*known, Code.FORGED_NOTICE}


@of_each
def test_a_body_that_is_too_large_is_not_read(provider: str) -> None:
    assert _refusal(provider, Delivery({}, bytes(LARGEST_BODY + 1), NOW)) is Code.TOO_LARGE


# --- keys and salts


def test_a_key_that_is_none_is_a_setting_to_mend() -> None:
    for pem in (b"", b"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"):
        with pytest.raises(ConfigurationError):
            check_rsa(pem, b"", b"")
    with pytest.raises(ConfigurationError):
        open_gcm(b"short", b"", nonce=bytes(12), associated=b"")


def test_a_signature_holds_for_its_message_only() -> None:
    true, key = delivery("wechat", PAID), public_pem(provider_key())

    with pytest.raises(ProvenanceError) as refused:
        check_rsa(key, true.body, b"no signature")

    assert refused.value.code is Code.FORGED_NOTICE


def test_a_reference_is_kept_only_salted() -> None:
    assert salted("4200001", SALT) == salted("4200001", SALT) != salted("4200001", SECRET)
    with pytest.raises(ProvenanceError) as refused:
        salted("4200001", b"short")
    assert refused.value.code is Code.RANDOM_BYTES
