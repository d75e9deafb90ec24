"""Admitting what is no custody event: registry entries, web links, records of commerce.

Rules:

* each extends exactly one chain, and none of them moves a thing;
* everyone who signs is registered and speaks now, but the keys that an entry introduces, and consumers;
* what a record of commerce may say is judged by whoever knows commerce, after signers and link hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from provenance.codes import Code
from provenance.custody.authority import may_steer
from provenance.custody.chain import check_links
from provenance.custody.commerce_records import CommerceRecord
from provenance.custody.entry_rules import admit
from provenance.custody.parties import Registry, record, subject_of
from provenance.custody.registry_entries import Entry
from provenance.custody.roles import Role
from provenance.custody.standing import Standing, Standings
from provenance.custody.statements import VerifiedStatement
from provenance.custody.web_links import WebLinks, chain_of
from provenance.errors import Refusal
from provenance.ids import LeafIndex, Subject

Judge = Callable[[VerifiedStatement, LeafIndex], Refusal | None]
"""Says why a record of commerce may not join, or folds it in."""


def nobody_judges(statement: VerifiedStatement, _: LeafIndex) -> Refusal | None:
    """The judge of a world without commerce: nothing is let in unjudged."""
    return Refusal(Code.UNKNOWN_PAYLOAD_TYPE, f"nobody here judges {statement.envelope.payload_type}")


def check_speakers(statement: VerifiedStatement, registry: Registry) -> Refusal | None:
    """Why one of the signers may not speak now, or ``None``."""
    is_entry = isinstance(statement.content, Entry)
    for index, signer in enumerate(statement.header.signers):
        if signer.role is Role.CONSUMER or (is_entry and signer.key not in registry.keys):
            continue  # whoever signs as consumer, or is introduced by this entry, is in no registry yet
        if refusal := registry.speaks(signer):
            return replace(refusal, pointer=f"/prov:signers/{index}")
    return None


def said_about(content: Entry | WebLinks | CommerceRecord) -> Subject:
    """The one chain it extends: the registry's for a party, that of a key's web links, or that of a subject."""
    match content:
        case WebLinks():
            return chain_of(content.about)
        case CommerceRecord():
            return content.chain
        case _:
            return subject_of(content)


def admit_own(
    statement: VerifiedStatement,
    content: Entry | WebLinks | CommerceRecord,
    registry: Registry,
    standings: Standings,
    *,
    at: LeafIndex,
    judge: Judge,
) -> Subject | Refusal:
    """The chain that was extended, or why not."""
    subject, header = said_about(content), statement.header
    links = check_links(header, {subject: standings.of(subject)})
    match content:
        case WebLinks():
            refusal = may_steer(registry, header.parties, content.about) or links
        case CommerceRecord():
            refusal = links or judge(statement, at)
        case _:
            refusal = admit(registry, content, header, at=at) or links
            if refusal is None:
                record(registry, content, by=statement.hash, at=at)
    if refusal is not None:
        return refusal
    standings.put(Standing(subject, statement.hash))
    return subject
