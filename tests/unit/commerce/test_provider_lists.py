"""A provider's list is read exactly, or refused with the place."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.commerce.money import Money
from provenance.commerce.payment_notices import PaymentState
from provenance.commerce.provider_lists import ProviderList, parse_provider_list
from provenance.commerce.settling import Said, Till
from provenance.encoding.canonical import Json
from provenance.errors import ProvenanceError

TILL = Till("wechat", "1900000001")


def _line(**changes: Json) -> Json:
    line: dict[str, Json] = {"order": "2026-0001", "refund": None, "minor": 21100, "currency": "CNY", "state": "paid"}
    return line | changes


def _list(*lines: Json, **changes: Json) -> Json:
    members: dict[str, Json] = {"provider": "wechat", "merchant": "1900000001", "from": 10, "until": 20}
    return {**members, "lines": list(lines), **changes}


def test_a_list_is_what_its_lines_say() -> None:
    read = parse_provider_list(_list(_line(), _line(refund="r-1", minor=500, state="refunded")))

    assert read == ProviderList(
        TILL,
        10,
        20,
        (
            Said(TILL, "2026-0001", None, Money(21100, "CNY"), PaymentState.PAID),
            Said(TILL, "2026-0001", "r-1", Money(500, "CNY"), PaymentState.REFUNDED),
        ),
    )
    assert parse_provider_list(_list()).lines == ()


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        ([], Code.WRONG_TYPE, ""),
        (_list(more=1), Code.UNKNOWN_MEMBER, "/more"),
        (_list(provider="paypal"), Code.WRONG_VALUE, "/provider"),
        (_list(until=9), Code.WRONG_VALUE, "/until"),
        (_list(lines={}), Code.WRONG_TYPE, "/lines"),
        (_list(_line(), _line(minor=0)), Code.WRONG_VALUE, "/lines/1/minor"),
        (_list(_line(minor=-1)), Code.WRONG_VALUE, "/lines/0/minor"),
        (_list(_line(minor=True)), Code.WRONG_VALUE, "/lines/0/minor"),
        (_list(_line(minor="1")), Code.WRONG_VALUE, "/lines/0/minor"),
        (_list(_line(minor=2**53)), Code.WRONG_VALUE, "/lines/0/minor"),
        (_list(_line(currency="yuan")), Code.MALFORMED_TEXT, "/lines/0/currency"),
        (_list(_line(state="done")), Code.WRONG_VALUE, "/lines/0/state"),
        (_list(_line(order=None)), Code.WRONG_TYPE, "/lines/0/order"),
        (_list(_line(refund=1)), Code.WRONG_TYPE, "/lines/0/refund"),
        (_list(_line(more=1)), Code.UNKNOWN_MEMBER, "/lines/0/more"),
    ],
)
def test_what_is_no_list_is_refused_with_its_place(value: Json, code: Code, pointer: str) -> None:
    with pytest.raises(ProvenanceError) as refused:
        parse_provider_list(value)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)
