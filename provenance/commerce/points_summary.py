"""An account of points, and a whole programme, as objects for programs."""

from __future__ import annotations

from provenance.commerce.dossier import Dossier
from provenance.commerce.dossier_summary import next_members, stage_members
from provenance.commerce.ledger import AccountKind
from provenance.commerce.points import Head, PointsAccount, head_of
from provenance.commerce.points_postings import history_of
from provenance.commerce.points_supply import Supply
from provenance.commerce.programme import Programme, programme_members
from provenance.encoding.canonical import JsonLike


def account_members(dossier: Dossier) -> dict[str, JsonLike]:
    """The statement of an account: what is in it, and every record with what could be spent after it."""
    history = tuple(history_of(dossier))
    account = history[-1]
    return {
        "account": account.subject,
        "programme": account.programme,
        "member": account.member,
        "available": account.available,
        "pending": account.held(AccountKind.PENDING),
        "owed": account.owed,
        "lots": _lots(account),
        "head": head_members(account.subject, head_of(dossier)),
        "stages": stage_members(dossier),
        "next": next_members(dossier),
        "records": [
            {
                "sequence": sequence,
                "kind": entered.record.kind.value,
                "statement": entered.hash,
                "index": entered.index,
                "at": entered.record.at,
                "available": after.available,
            }
            for sequence, (entered, after) in enumerate(zip(dossier.entries, history, strict=True), start=1)
        ],
    }


def head_members(account: str, head: Head) -> dict[str, JsonLike]:
    """What a member keeps of an account: printed on receipts."""
    return {"account": account, "sequence": head.sequence, "statement": head.hash}


def supply_members(supply: Supply, rules: Programme) -> dict[str, JsonLike]:
    """A programme with its rules and all its points."""
    return {
        "programme": supply.programme,
        "rules": programme_members(rules),
        "issued": supply.issued,
        "pending": supply.pending,
        "held": supply.held,
        "reserved": supply.reserved,
        "given": supply.given,
        "redeemed": supply.redeemed,
        "expired": supply.expired,
        "revoked": supply.revoked,
        "owed": supply.owed,
        "missing": supply.missing,
        "unsound": list(supply.unsound),
        "liability": {"currency": rules.currency, "minor": supply.minor, "ends": dict(supply.ends)},
        "accounts": [head_members(account, head) for account, head in supply.heads.items()],
    }


def _lots(account: PointsAccount) -> list[JsonLike]:
    return [{"lot": part.lot, "points": part.points, "expires": account.lots[part.lot]} for part in account.free()]
