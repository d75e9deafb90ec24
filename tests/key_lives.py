"""What may become of keys: roots rotated, parties recovered, keys stolen, each as it should be and as it must not be.

Rules: each life is a log that begins alike (root, maker, licence), is told by the tests' own log key, and ends in
a statement about the bag; ``fails`` is the first step that does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from provenance.crypto.envelope import Envelope
from provenance.crypto.keys import SigningKey
from provenance.custody.registry_entries import (
    KeyAdded,
    KeyRevoked,
    LicenceGranted,
    PartyEnrolled,
    RecoveryCompleted,
    RecoveryProposed,
    RecoveryVetoed,
    RevocationReason,
    RootEstablished,
    RootRotated,
    StatementsReaffirmed,
)
from provenance.custody.roles import Role
from provenance.custody.statements import PayloadType
from provenance.custody.web_links import WebLinks, web_links_members
from provenance.ids import PartyId, StatementHash, TreeSize
from provenance.proof_steps import ProofStep
from provenance.services.signing import Hand
from tests.cast import GARDEN, MAKER, ROOT, ROOT_HAND, gtin
from tests.crooked_log import CrookedLog
from tests.founding import ORIGIN
from tests.homes import key_of

OLD = MAKER.hand()
NEW = MAKER.hand(key=key_of("maker's second"))
THIRD = MAKER.hand(key=key_of("maker's third"))
GARDENER = Hand(GARDEN.party, Role.PRODUCER, GARDEN.key)
NEXT_ROOT = key_of("next root")
BEGUN = datetime(2026, 5, 4, 10, tzinfo=UTC)
AUTHORITY = ProofStep.AUTHORITY

Telling = Callable[[CrookedLog], object]
"""One more thing that happens in a log."""


@dataclass(frozen=True, slots=True)
class Life:
    """One log, and the first step that fails on it."""

    name: str
    fails: ProofStep | None
    told: Sequence[Envelope]


def life(name: str, fails: ProofStep | None, *tellings: Telling) -> Life:
    """The life in which these happen, after the beginning that all have."""
    log = CrookedLog()
    log.enter(RootEstablished(ORIGIN, (ROOT.public,), 1), ROOT_HAND)
    log.enter(PartyEnrolled(MAKER.party, "Maker", (Role.PRODUCER,), (OLD.key.public,)), ROOT_HAND, OLD)
    log.enter(LicenceGranted(MAKER.party, MAKER.prefix), ROOT_HAND)
    for telling in tellings:
        telling(log)
    return Life(name, fails, log.told)


def rotations() -> Iterator[Life]:
    """The root's keys are replaced."""
    new = root_hand(NEXT_ROOT)
    rotated = root_rotated(NEXT_ROOT, by=(ROOT_HAND, new))
    two = root_rotated(ROOT, NEXT_ROOT, by=(ROOT_HAND, new))
    back, stolen = root_rotated(ROOT, by=(new, ROOT_HAND)), root_rotated(OLD.key, by=(ROOT_HAND, root_hand(OLD.key)))
    yield life("a rotated root", None, rotated, made(OLD))
    yield life("a rotated root enrols", None, rotated, enrolled(by=(new,)), made(OLD))
    yield life("a root that was rotated away enrols", AUTHORITY, rotated, enrolled(by=(ROOT_HAND,)), made(OLD))
    yield life("a root that rotates itself in", AUTHORITY, root_rotated(NEXT_ROOT, by=(new,)), made(OLD))
    yield life("a new root that did not sign", AUTHORITY, root_rotated(NEXT_ROOT, by=(ROOT_HAND,)), made(OLD))
    yield life("a root of two", None, two, enrolled(by=(ROOT_HAND, new)), made(OLD))
    yield life("one of a root of two", AUTHORITY, two, enrolled(by=(ROOT_HAND,)), made(OLD))
    yield life("an ended root comes back", AUTHORITY, rotated, back, made(OLD))
    yield life("a party's key as root", AUTHORITY, stolen, made(OLD))


def recoveries() -> Iterator[Life]:
    """A party lost its keys, or is said to have."""
    root, garden = (ROOT_HAND,), enrolled(by=(ROOT_HAND,))
    done, early = completed(by=root), completed(by=root, after=timedelta(hours=72, milliseconds=-1))
    for name, fails, tellings in (
        ("proposed", None, (recovery(), made(OLD))),
        ("proposed, and its key speaks", AUTHORITY, (recovery(), made(NEW))),
        ("proposed by the party", AUTHORITY, (recovery(by=(OLD,)), made(OLD))),
        ("proposed twice", AUTHORITY, (recovery(), recovery(to=THIRD), made(OLD))),
        ("vetoed by the party", None, (recovery(vetoed(by=OLD)), made(OLD))),
        ("vetoed by the root", None, (recovery(vetoed(by=ROOT_HAND)), made(OLD))),
        ("vetoed by the key proposed", AUTHORITY, (recovery(vetoed(by=NEW)), made(OLD))),
        ("vetoed by another party", AUTHORITY, (garden, recovery(vetoed(by=GARDENER)), made(OLD))),
        ("vetoed, then completed", AUTHORITY, (recovery(vetoed(by=OLD), done), made(OLD))),
        ("vetoed, then begun again", None, (recovery(vetoed(by=OLD)), recovery(done), made(NEW))),
        ("completed", None, (recovery(done), made(NEW))),
        ("completed, and the lost key speaks", AUTHORITY, (recovery(done), made(OLD))),
        ("completed too early", AUTHORITY, (recovery(early), made(NEW))),
        ("completed by the party", AUTHORITY, (recovery(completed(by=(OLD,))), made(NEW))),
        ("completed for a key registered meanwhile", AUTHORITY, (recovery(added, done), made(NEW))),
    ):
        yield life(f"a recovery {name}", fails, *tellings)


def compromises() -> Iterator[Life]:
    """A key was stolen; the party has another."""
    garden = enrolled(by=(ROOT_HAND,))
    yield life("a stolen key", None, added, stolen(since=3), made(NEW))
    yield life("a stolen key speaks on", AUTHORITY, added, stolen(since=3), made(OLD))
    yield life("a statement in the disputed window", None, added, made(OLD), stolen(since=2))
    yield life("a key stolen at a place not reached", AUTHORITY, added, stolen(since=99), made(NEW))
    yield life("a key that another calls stolen", AUTHORITY, garden, added, stolen(since=3, by=GARDENER), made(NEW))
    yield life("a key stolen twice", AUTHORITY, added, stolen(since=3), stolen(since=3), made(NEW))
    for name, fails, by in (
        ("its other key", None, NEW),
        ("the stolen key", AUTHORITY, OLD),
        ("the root", AUTHORITY, ROOT_HAND),
    ):
        yield life(f"a statement reaffirmed by {name}", fails, added, made(OLD), stolen(since=2), reaffirmed(by=by))


def strange_times() -> Iterator[Life]:
    """Times that never are, and the last that can be written."""
    for at, fails in (
        ("2026-02-30T10:00:00.000Z", ProofStep.STATEMENTS),
        ("2026-02-20T24:00:00.000Z", ProofStep.STATEMENTS),
        ("0000-02-20T10:00:00.000Z", ProofStep.STATEMENTS),
        ("2026-02-20T10:00:00Z", ProofStep.STATEMENTS),
        ("0001-01-01T00:00:00.000Z", None),
        ("9999-12-31T23:59:59.999Z", None),
    ):
        yield life(f"a recovery at {at}", fails, proposed_at(at), made(OLD))
    end = datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
    never_due = recovery(completed(by=(ROOT_HAND,), after=timedelta(), begun=end), begun=end)
    yield life("a recovery whose wait has no end", AUTHORITY, never_due, made(NEW))


def foreign() -> Iterator[Life]:
    """What belongs to nobody's history."""
    links = web_links_members(WebLinks(gtin()))
    yield life(
        "web links in a bundle",
        ProofStep.STATEMENTS,
        made(OLD),
        lambda log: log.state(PayloadType.WEB_LINKS, links, OLD),
    )


def root_hand(key: SigningKey) -> Hand:
    return Hand(PartyId(str(key.public)), Role.ROOT, key)


def root_rotated(*keys: SigningKey, by: Sequence[Hand]) -> Telling:
    entry = RootRotated(ORIGIN, tuple(key.public for key in keys), len(keys))
    return lambda log: log.enter(entry, *by)


def enrolled(*, by: Sequence[Hand]) -> Telling:
    entry = PartyEnrolled(GARDEN.party, "Garden", (Role.PRODUCER,), (GARDEN.key.public,))
    return lambda log: log.enter(entry, *by, GARDENER)


def made(hand: Hand) -> Telling:
    return lambda log: log.make(hand)


def added(log: CrookedLog, _: StatementHash | None = None) -> None:
    log.enter(KeyAdded(MAKER.party, NEW.key.public), OLD, NEW)


Step = Callable[[CrookedLog, StatementHash], object]
"""What follows on a proposal, whose hash it names."""


def recovery(*steps: Step, by: Sequence[Hand] = (ROOT_HAND,), to: Hand = NEW, begun: datetime = BEGUN) -> Telling:
    def tell(log: CrookedLog) -> None:
        proposal = log.enter(RecoveryProposed(MAKER.party, to.key.public, begun), *by, to)
        for step in steps:
            step(log, proposal)

    return tell


def vetoed(*, by: Hand) -> Step:
    return lambda log, proposal: log.enter(RecoveryVetoed(MAKER.party, proposal), by)


def completed(*, by: Sequence[Hand], after: timedelta = timedelta(hours=72), begun: datetime = BEGUN) -> Step:
    return lambda log, proposal: log.enter(RecoveryCompleted(MAKER.party, proposal, begun + after), *by)


def proposed_at(at: str) -> Telling:
    members = {"kind": "recovery-proposed", "party": MAKER.party, "key": str(NEW.key.public), "at": at}
    return lambda log: log.enter_members(members, ROOT_HAND, NEW, chain=MAKER.party)


def stolen(*, since: int, by: Hand = NEW) -> Telling:
    entry = KeyRevoked(MAKER.party, OLD.key.public.id, RevocationReason.COMPROMISED, TreeSize(since))
    return lambda log: log.enter(entry, by)


def reaffirmed(*, by: Hand) -> Telling:
    return lambda log: log.enter(StatementsReaffirmed(MAKER.party, (log.told[-2].hash,)), by)
