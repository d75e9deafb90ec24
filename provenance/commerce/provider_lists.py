"""A provider's own list of what it holds to have happened at one account, as it is written into a file.

Rules:

* it is of one account and one time, both ends included; within it, it lists everything of the account;
* orders and refunds are named as the provider knows them.

    {"from":1795400000,"lines":[{"currency":"CNY","minor":21100,"order":"2026-0001","refund":null,"state":"paid"}],
     "merchant":"1900000001","provider":"wechat","until":1795486400}
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.commerce.members import Members, members_of
from provenance.commerce.money import Money, check_currency
from provenance.commerce.payment_notices import PaymentState, Provider, notice_amount
from provenance.commerce.settling import Said, Till
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError

MOST_LINES = 100_000

_LIST = frozenset({"provider", "merchant", "from", "until", "lines"})
_LINE = frozenset({"order", "refund", "minor", "currency", "state"})


@dataclass(frozen=True, slots=True)
class ProviderList:
    """What a provider lists of one till, from one second to another; lines name orders by their numbers there."""

    till: Till
    since: int
    until: int
    lines: tuple[Said, ...]


def parse_provider_list(value: Json) -> ProviderList:
    """The list in a file; every refusal points at its member."""
    members = members_of(value, _LIST)
    till = Till(members.word("provider", Provider), members.text("merchant"))
    since, until = members.instant("from"), members.instant("until")
    if until < since:
        raise MalformedError(Code.WRONG_VALUE, f"it ends before it begins: {until}", pointer="/until")
    entries = members.entries("lines")
    if len(entries.values) > MOST_LINES:
        raise MalformedError(Code.TOO_LARGE, f"a list has at most {MOST_LINES} lines", pointer="/lines")
    lines = (_line(entries.object(index, _LINE), till) for index in entries.values)
    return ProviderList(till, since, until, tuple(lines))


def _line(members: Members, till: Till) -> Said:
    refund = None if members.is_absent("refund") else members.text("refund")
    currency = members.read("currency", check_currency)
    amount: Money = notice_amount(members.raw("minor"), currency, members.place("minor"))
    return Said(till, members.text("order"), refund, amount, members.word("state", PaymentState))
