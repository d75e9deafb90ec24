"""A log of the tests' own that takes whatever it is told, and the bundle over all of it: every proof in it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenance.bundle import Bundle, Chain, Exhibit
from provenance.crypto.envelope import Envelope, leaf, sign
from provenance.custody.registry_entries import Entry, RootEstablished, RootRotated, entry_members
from provenance.custody.statements import Header, PayloadType, Seen, Signer, header_members
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.epcis.context import EPCIS_CONTEXT
from provenance.ids import LeafIndex, StatementHash, Subject, TreeSize
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.merkle import EMPTY_ROOT, leaf_hash
from provenance.log.note import format_note, signer_key
from provenance.services.signing import Hand
from provenance.trust import Trust
from tests.cast import ROOT, gtin, item
from tests.founding import ORIGIN
from tests.homes import key_of
from tests.trees import plain_inclusion, plain_root

LOG = key_of("log")
TRUST = Trust(ORIGIN, signer_key(ORIGIN, LOG.public), (ROOT.public,), threshold=1)
BAG = item("A1")


class CrookedLog:
    """Statements in the order they were told, linked as they should be; who may say them is nobody's business."""

    def __init__(self) -> None:
        self.told: list[Envelope] = []
        self._heads: dict[str, StatementHash] = {}

    def enter(self, entry: Entry, *hands: Hand) -> StatementHash:
        """One more entry of the registry."""
        chain = "" if isinstance(entry, RootEstablished | RootRotated) else entry.party
        return self.enter_members(entry_members(entry), *hands, chain=chain)

    def enter_members(self, members: Mapping[str, Json], *hands: Hand, chain: str) -> StatementHash:
        """One more entry, of whatever members."""
        previous = (self._heads[chain],) if chain in self._heads else ()
        self._heads[chain] = self._say(PayloadType.REGISTRY_ENTRY, members, hands, previous)
        return self._heads[chain]

    def make(self, hand: Hand) -> StatementHash:
        """The bag is made by this hand."""
        self.told.append(making(hand, 0))
        return self.told[-1].hash

    def state(self, kind: PayloadType, members: Mapping[str, Json], hand: Hand) -> None:
        """A statement of any kind, linked to nothing."""
        self._say(kind, members, (hand,), ())

    def _say(
        self,
        kind: PayloadType,
        members: Mapping[str, Json],
        hands: Sequence[Hand],
        previous: tuple[StatementHash, ...],
    ) -> StatementHash:
        body = {**members, **header_members(header_of(hands, previous, 0, ORIGIN))}
        self.told.append(sign(kind, canonical.dump(body), [hand.key for hand in hands]))
        return self.told[-1].hash


def entries_of(said: Sequence[tuple[Entry, tuple[Hand, ...]]]) -> list[Envelope]:
    """The entries as statements, each linked to what came before it in its chain."""
    log = CrookedLog()
    for entry, hands in said:
        log.enter(entry, *hands)
    return log.told


def making(hand: Hand, seen: int, origin: str = ORIGIN) -> Envelope:
    """The bag is made."""
    body: dict[str, Json] = {
        "@context": [EPCIS_CONTEXT, {"prov": "https://provenance.example/ns/"}],
        "type": "ObjectEvent",
        "action": "ADD",
        "bizStep": "commissioning",
        "epcList": [BAG],
        "eventTime": "2026-05-04T10:00:00.000Z",
        "eventTimeZoneOffset": "+00:00",
    }
    whole = body | header_members(header_of((hand,), (), seen, origin))
    return sign(PayloadType.CUSTODY_EVENT, canonical.dump(whole), [hand.key])


def header_of(hands: Sequence[Hand], previous: tuple[StatementHash, ...], seen: int, origin: str) -> Header:
    signers = tuple(Signer(hand.party, hand.key.public.id, hand.role) for hand in hands)
    return Header(previous, signers, Seen(origin, TreeSize(seen), EMPTY_ROOT))


def bundle_over(envelopes: Sequence[Envelope]) -> Bundle:
    """A bundle about ``BAG`` over a log that holds exactly these."""
    leaves = [leaf_hash(leaf(envelope)) for envelope in envelopes]
    checkpoint = Checkpoint(ORIGIN, len(leaves), plain_root(leaves))
    chains: dict[Subject, list[int]] = {}
    for index, envelope in enumerate(envelopes):
        body = canonical.parse(envelope.body)
        assert isinstance(body, dict)
        name = str(body.get("party", f"registry:{ORIGIN}" if "kind" in body else BAG))
        chains.setdefault(Subject(name), []).append(index)
    named = {name: Chain(None, tuple(map(LeafIndex, indexes))) for name, indexes in chains.items()}
    return Bundle(
        BAG,
        format_note(sign_checkpoint(checkpoint, LOG)).decode(),
        named | {gtin(): Chain(LeafIndex(-1), ())},
        tuple(
            Exhibit(LeafIndex(index), envelope, tuple(plain_inclusion(index, leaves)))
            for index, envelope in enumerate(envelopes)
        ),
    )
