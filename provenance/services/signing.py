"""Making statements of every type: linked to the chains as they are now, signed.

Rules: private keys come from their owners and are used here, on the owner's machine; nothing is sent anywhere. What
comes out is an envelope for ``capturing``, which believes none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from provenance.commerce.records import parse_record
from provenance.crypto.envelope import Envelope, sign
from provenance.crypto.keys import SigningKey
from provenance.custody.commerce_records import chain_about
from provenance.custody.parties import subject_of
from provenance.custody.registry_entries import Entry, entry_members
from provenance.custody.roles import Role
from provenance.custody.statements import Header, PayloadType, Signer, header_members
from provenance.custody.web_links import WebLinks, chain_of, web_links_members
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.epcis.events import parse_event
from provenance.epcis.rules import check_event
from provenance.ids import PartyId, StatementHash
from provenance.services.drafting import Drafting

NAMESPACE = "https://provenance.example/ns/"
"""What the prefix ``prov`` stands for in an event's ``@context``."""


@dataclass(frozen=True, slots=True)
class Hand:
    """A party about to sign: in which role, with which key."""

    party: PartyId
    role: Role
    key: SigningKey


def consumer(key: SigningKey) -> Hand:
    """One who bought something, and is known by their key alone."""
    return Hand(PartyId(str(key.public)), Role.CONSUMER, key)


class Signing:
    """Drafts statements against the present state and signs them."""

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting

    def event(
        self, event: Mapping[str, Json], hands: Sequence[Hand], *, previous: Iterable[StatementHash] | None = None
    ) -> Envelope:
        """The signed custody event; ``previous`` overrides the links, for events about to be captured in a row.

        The event needs its own ``@context``; the ``prov`` prefix is declared in it if it is not. Refuses what
        ``parse_event`` and ``check_event`` refuse.
        """
        members = {**event, "@context": with_prefix(event.get("@context"))}
        if previous is None:
            parsed = parse_event(members)
            check_event(parsed)
            links = self._drafting.links_for(parsed)
        else:
            links = tuple(sorted(set(previous)))
        body = canonical.dump(members | header_members(self._header(links, hands)))
        return sign(PayloadType.CUSTODY_EVENT, body, [hand.key for hand in hands])

    def entry(self, entry: Entry, hands: Sequence[Hand], *, absent: Sequence[Signer] = ()) -> Envelope:
        """The signed registry entry; complete once the ``absent`` have signed too (``crypto.envelope.cosign``)."""
        header = self._header(self._drafting.links_of([subject_of(entry)]), hands, absent)
        body = canonical.dump(entry_members(entry) | header_members(header))
        return sign(PayloadType.REGISTRY_ENTRY, body, [hand.key for hand in hands])

    def web_links(self, stated: WebLinks, hand: Hand) -> Envelope:
        """What a licensee says about a key's web links, signed."""
        header = self._header(self._drafting.links_of([chain_of(stated.about)]), [hand])
        body = canonical.dump(web_links_members(stated) | header_members(header))
        return sign(PayloadType.WEB_LINKS, body, [hand.key])

    def commerce_record(self, members: Mapping[str, Json], hands: Sequence[Hand]) -> Envelope:
        """The signed record of commerce with these members; refuses one that no table of the trade has."""
        body = self.record_to_sign(members, _signers(hands))
        return sign(PayloadType.COMMERCE_RECORD, body, [hand.key for hand in hands])

    def record_to_sign(self, members: Mapping[str, Json], signers: Sequence[Signer]) -> bytes:
        """The body of that record, for those whose keys are elsewhere: they sign its PAE and hand it in."""
        about = parse_record(members).about
        header = self._header(self._drafting.links_of([chain_about(about.subject)]), (), absent=signers)
        return canonical.dump({**members, **header_members(header)})

    def _header(self, links: tuple[StatementHash, ...], hands: Sequence[Hand], absent: Sequence[Signer] = ()) -> Header:
        return Header(links, (*_signers(hands), *absent), self._drafting.seen())


def _signers(hands: Iterable[Hand]) -> tuple[Signer, ...]:
    return tuple(Signer(hand.party, hand.key.public.id, hand.role) for hand in hands)


def with_prefix(context: Json) -> Json:
    """An event's ``@context`` with our extension prefix declared."""
    parts = list(context) if isinstance(context, list) else [] if context is None else [context]
    if any(isinstance(part, dict) and "prov" in part for part in parts):
        return context
    return [*parts, {"prov": NAMESPACE}]
