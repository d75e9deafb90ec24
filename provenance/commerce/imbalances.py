"""What in a book does not add up, reckoned from its entries alone: the auditor, not the clerk.

Rules:

* what all accounts of a currency hold sums to nothing;
* no bounded account is below zero, and every balance is what the entries say;
* a pended transfer is resolved at most once, and is open exactly until then;
* no order gave back more than it took in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from provenance.commerce.ledger import (
    BOUNDED,
    GIVES_BACK,
    Account,
    Fulfil,
    Ledger,
    Pend,
    Post,
    Reason,
    Transfer,
    TransferId,
    Void,
)


def imbalances(ledger: Ledger) -> tuple[str, ...]:
    """Each as a sentence; the empty tuple is a sound book."""
    pended, resolved, done = _sorted_out(ledger)
    return (*_of_accounts(ledger, done), *_of_pended(ledger, pended, resolved), *_of_orders(done))


def _sorted_out(ledger: Ledger) -> tuple[dict[TransferId, Transfer], Counter[TransferId], list[Transfer]]:
    """What was pended, how often each of it was resolved, and what has happened."""
    pended, resolved, done = dict[TransferId, Transfer](), Counter[TransferId](), list[Transfer]()
    for entry in (entry for posting in ledger.postings for entry in posting.entries):
        match entry:
            case Post(transfer):
                done.append(transfer)
            case Pend(transfer):
                pended[transfer.id] = transfer
            case Fulfil(pending):
                resolved[pending] += 1
                done.append(pended[pending])
            case Void(pending):
                resolved[pending] += 1
    return pended, resolved, done


def _of_accounts(ledger: Ledger, done: list[Transfer]) -> Iterator[str]:
    held = Counter[tuple[Account, str]]()
    for transfer in done:
        held[transfer.source, transfer.amount.currency] -= transfer.amount.minor
        held[transfer.target, transfer.amount.currency] += transfer.amount.minor
    in_all = Counter[str]()
    for (account, currency), minor in held.items():
        in_all[currency] += minor
        if ledger.balance(account, currency).minor != minor:
            yield f"{account} says {ledger.balance(account, currency)}, its entries say {minor}"
        if minor < 0 and account.kind in BOUNDED:
            yield f"{account} is below zero: {minor}"
    yield from (f"all accounts in {currency} sum to {minor}" for currency, minor in in_all.items() if minor)


def _of_pended(ledger: Ledger, pended: dict[TransferId, Transfer], resolved: Counter[TransferId]) -> Iterator[str]:
    waiting = {transfer.id for transfer in ledger.pending()}
    for name in pended:
        if resolved[name] + (name in waiting) != 1:
            state = "open" if name in waiting else "not open"
            yield f"the pended transfer {name} is {state} and was resolved {resolved[name]} times"


def _of_orders(done: list[Transfer]) -> Iterator[str]:
    kept = Counter[tuple[str, str]]()
    for transfer in done:
        sign = 1 if transfer.reason is Reason.CAPTURE else -1 if transfer.reason in GIVES_BACK else 0
        kept[transfer.order, transfer.amount.currency] += sign * transfer.amount.minor
    yield from (
        f"{order} gave back {-minor} {currency} too much" for (order, currency), minor in kept.items() if minor < 0
    )
