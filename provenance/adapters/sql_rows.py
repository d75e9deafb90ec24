"""How values look as rows: standings, statements and diary entries, there and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, Signature
from provenance.custody.standing import Flag, Offer, Phase, Standing
from provenance.encoding.textual import format_time, parse_time
from provenance.errors import MalformedError, StorageError
from provenance.ids import KeyId, LeafIndex, PartyId, StatementHash, Subject
from provenance.ports.stores import DiaryEntry, NewStatement, Stored

Row = dict[str, Any]

_PHASES = {phase.value: phase for phase in Phase}


def standing_row(standing: Standing) -> Row:
    """The row of a standing; ``standing_from_row`` gives it back."""
    offer = standing.offer
    return {
        "subject": standing.subject,
        "head": standing.head,
        "phase": standing.phase.value,
        "holder": standing.holder,
        "owner": standing.owner,
        "parent": standing.parent,
        "offer": offer and json.dumps([offer.giver, offer.to, offer.by, offer.owner_after]),
        "flags": ",".join(sorted(standing.flags)) if standing.flags else "",
        "lot": standing.lot,
        "origins": "\n".join(standing.origins),
        "sold_by": standing.sold_by,
        "holdings": json.dumps([[a, u, str(n)] for a, u, n in standing.holdings]) if standing.holdings else "",
        "contents": "\n".join(standing.contents),
    }


def standing_from_row(row: Sequence[Any]) -> Standing:
    """The standing in a row, its columns in the order of the table; refuses a row that no standing printed."""
    try:
        return _standing(row)
    except (ArithmeticError, LookupError, TypeError, ValueError) as err:
        raise StorageError(Code.RECORD_ALTERED, f"the stored standing of {row[0]} can't be read") from err


def _standing(row: Sequence[Any]) -> Standing:
    subject, head, phase, holder, owner, parent, offer, flags, lot, origins, sold_by, holdings, contents = row
    return Standing(
        Subject(subject),
        StatementHash(head),
        _PHASES[phase],
        holder,
        owner,
        parent,
        _offer(offer) if offer else None,
        frozenset(Flag(word) for word in flags.split(",")) if flags else frozenset(),
        lot,
        tuple(StatementHash(line) for line in origins.split("\n")) if origins else (),
        sold_by,
        tuple((account, unit, Decimal(n)) for account, unit, n in json.loads(holdings)) if holdings else (),
        tuple(Subject(line) for line in contents.split("\n")) if contents else (),
    )


def statement_row(statement: NewStatement, recorded_at: str) -> Row:
    """The row of a statement, without its signatures; ``recorded_at`` as ``format_time`` prints it."""
    return {
        "leaf_index": statement.index,
        "hash": statement.hash,
        "payload_type": statement.envelope.payload_type,
        "body": statement.envelope.body,
        "event_id": statement.event_id,
        "recorded_at": recorded_at,
    }


def stored_from_row(row: RowMapping, signatures: Mapping[int, Sequence[Signature]]) -> Stored:
    """The statement in a row, with its signatures by leaf index."""
    index = row["leaf_index"]
    # Whoever edits a database by hand can leave a text where bytes were; that is an altered record, not our error.
    body = row["body"].encode() if isinstance(row["body"], str) else bytes(row["body"])
    envelope = Envelope(row["payload_type"], body, tuple(signatures.get(index, ())))
    try:
        recorded_at = parse_time(row["recorded_at"])
    except MalformedError as err:
        raise StorageError(Code.RECORD_ALTERED, f"when leaf {index} was recorded can't be read") from err
    return Stored(LeafIndex(index), StatementHash(row["hash"]), envelope, recorded_at)


def signature_from_row(row: RowMapping) -> Signature:
    """The signature in a row."""
    return Signature(KeyId(row["key"]), bytes(row["sig"]))


def diary_row(entry: DiaryEntry) -> Row:
    """The row of a diary entry; ``diary_from_row`` gives it back."""
    return {
        "subject": entry.subject,
        "code": entry.code.value,
        "party": entry.party,
        "first_at": format_time(entry.first_at),
        "last_at": format_time(entry.last_at),
        "count": entry.count,
    }


def diary_from_row(row: RowMapping) -> DiaryEntry:
    """The diary entry in a row."""
    first_at, last_at = parse_time(row["first_at"]), parse_time(row["last_at"])
    return DiaryEntry(
        Subject(row["subject"]), Code(row["code"]), PartyId(row["party"]), first_at, last_at, row["count"]
    )


def _offer(text: str) -> Offer:
    giver, to, by, owner_after = json.loads(text)
    return Offer(PartyId(giver), PartyId(to), StatementHash(by), owner_after)
