"""Is a decision made from what the log holds? The case and the evidence for its facts in one file, checked offline.

A file is proven when all of this holds; everything that does not is named:

1. the proof steps over the evidence (``proof_steps``): it is signed, recorded, unbroken, by those who may speak;
2. no chain is missing that the records lean on, and none is there for nothing;
3. every statement joins again by the log's own rules (``custody.admission``, ``commerce.joining``);
4. the terms and the facts taken from these records now are those of the case, byte for byte;
5. the decision made from them comes out again, byte for byte (``commerce.replay``).

It needs the reader's trust file and nothing else: no server, no database, no clock. What can't be seen from here:
records newer than the checkpoint, and a dossier that nothing in the file names (of another owner, of a refund paid
in another return).

    {"case":{"case":"provenance.case/1", …},
     "decisionBundle":"provenance.decision-bundle/1",
     "evidence":{"bundle":"provenance.bundle/v1","subject":"commerce:return:9520123000028/2026-0001-1", …}}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.bundle import Bundle, format_bundle, parse_bundle
from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.commerce.dossier import Dossier
from provenance.commerce.facts import SeenCheckpoint, facts_members
from provenance.commerce.goods import Goods
from provenance.commerce.joining import join
from provenance.commerce.members import members_of
from provenance.commerce.orders import order_of
from provenance.commerce.recorded_case import case_in
from provenance.commerce.records import entered_in
from provenance.commerce.replay import Replay, replay
from provenance.commerce.tables import Kind
from provenance.commerce.terms import terms_members
from provenance.custody.admission import World, admit_statement
from provenance.custody.commerce_records import CHAIN, CommerceRecord
from provenance.custody.history import Placed, voided
from provenance.custody.reach import Needs, reach_together
from provenance.custody.statements import VerifiedStatement
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, escape
from provenance.errors import MalformedError, ProvenanceError, Refusal
from provenance.evidence import chains_of, links_in, party_needs, read_steps, wrongly_listed
from provenance.ids import LeafIndex, StatementHash, Subject
from provenance.proof_steps import Steps, take_file_steps
from provenance.trust import Trust

VERSION = "provenance.decision-bundle/1"

_NAMES = frozenset({"decisionBundle", "case", "evidence"})
_NAMING = frozenset({"order", "termsOf", "exchange", "after", "programmeOf", "giver", "recipient"})
_FACTS, _TERMS, _EVIDENCE = "/case/facts", "/case/terms", "/evidence"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing in the file that does not hold, and why."""

    pointer: str
    message: str


@dataclass(frozen=True, slots=True)
class Proven:
    """What a decision bundle comes to: the decision made again, and whatever speaks against the evidence for it."""

    replayed: Replay
    flaws: tuple[Flaw, ...]

    @property
    def is_proven(self) -> bool:
        """Whether the evidence holds and every byte of the decision came out again."""
        return not self.flaws and self.replayed.is_identical


def format_decision_bundle(case: bytes, evidence: Bundle) -> bytes:
    """The file for a case as ``format_case`` prints it, and the evidence about its return."""
    parts = {"case": canonical.parse_whole(case), "evidence": canonical.parse_whole(format_bundle(evidence))}
    return canonical.dump({"decisionBundle": VERSION, **parts})


def prove(data: bytes, trust: Trust) -> Proven:
    """What a decision bundle comes to, for one who believes this trust file; refuses what is no such file."""
    members = members_of(canonical.parse_whole(data), _NAMES)
    if members.raw("decisionBundle") != VERSION:
        message = f"this is no decision bundle of version {VERSION}"
        raise MalformedError(Code.WRONG_VALUE, message, pointer="/decisionBundle")
    try:
        replayed = replay(canonical.dump(members.raw("case")))
    except ProvenanceError as err:
        raise err.under("/case") from err
    try:
        bundle = parse_bundle(canonical.dump(members.raw("evidence")))
    except ProvenanceError as err:
        raise err.under(_EVIDENCE) from err
    return Proven(replayed, tuple(_flaws(bundle, replayed, trust)))


def dossiers_named(dossier: Dossier) -> Iterator[Subject]:
    """The other dossiers that the records of one name: the order of a return, the terms of an order."""
    for entered in dossier.entries:
        for member in _NAMING & entered.record.row.members.keys():
            yield Subject(entered.record.members.text(member))


def items_sold(dossiers: Iterable[Dossier]) -> frozenset[Subject]:
    """The items of the orders among these."""
    orders = (order_of(dossier) for dossier in dossiers if dossier.newest(Kind.ORDER_OFFERED) is not None)
    return frozenset(item for order in orders for item in order.serials)


def _flaws(bundle: Bundle, replayed: Replay, trust: Trust) -> Iterator[Flaw]:
    steps = take_file_steps(bundle, trust)
    unread: list[Flaw] = []
    placed = read_steps(steps, lambda index, err: unread.append(_at_leaf(index, str(err))))
    found = [Flaw(_EVIDENCE, _told(p.step, p.message, p.index)) for p in steps.problems] + unread
    if found:
        yield from found
        return
    book, goods = Book(), Goods(lambda _: world.standings, {e.statement.hash: e.statement for e in placed.values()}.get)
    world = World(scope=bundle.needs, voided=voided(sorted(placed.values(), key=lambda entry: entry.index)))
    found = [*_refused(placed, world, book)] or [*_incomplete(bundle, placed, book)]
    yield from found or _otherwise(bundle, steps, replayed, book, goods)


def _refused(placed: Mapping[LeafIndex, Placed], world: World, book: Book) -> Iterator[Flaw]:
    """The statements that do not join again; ``world`` and ``book`` hold all that do."""
    earlier: dict[StatementHash, VerifiedStatement] = {}
    goods = Goods(lambda _: world.standings, earlier.get)

    def judge(statement: VerifiedStatement, at: LeafIndex) -> Refusal | None:
        try:
            join(entered_in(statement.signed, at), book, goods)
        except ProvenanceError as err:
            return err.refusal
        return None

    world.judge = judge
    for index, entry in sorted(placed.items()):
        outcome = admit_statement(entry.statement, world, at=index)
        if isinstance(outcome, Refusal):
            yield _at_leaf(index, str(outcome))
        earlier[entry.statement.hash] = entry.statement


def _incomplete(bundle: Bundle, placed: Mapping[LeafIndex, Placed], book: Book) -> Iterator[Flaw]:
    """What should be in the file and is not, or is there for nothing."""
    items = sorted(items_sold(book.dossiers.values()))
    needs: Needs = reach_together(items, chains_of(links_in(placed).values()))
    records = (entry.statement.content for entry in placed.values())
    told = {content.chain: None for content in records if isinstance(content, CommerceRecord)}
    needs = {**party_needs(needs, placed.values()), **told}
    for name, _ in sorted(set(needs.items()) ^ set(bundle.needs.items()), key=str)[:1]:
        yield Flaw(f"{_EVIDENCE}/chains", f"the chain of {name} is not there as far as the case needs it")
    for entry in wrongly_listed(bundle, placed, needs):
        yield _at_leaf(entry.index, "it is not in the chains that the bundle says it is in")
    here = {dossier.name.subject for dossier in book.dossiers.values() if dossier.entries}
    wanted = {Subject(bundle.subject.removeprefix(CHAIN))}
    wanted |= {name for dossier in book.dossiers.values() for name in dossiers_named(dossier)}
    for name in sorted(wanted - here):
        yield Flaw(f"{_EVIDENCE}/chains", f"the file holds no record of {name}")


def _otherwise(bundle: Bundle, steps: Steps, replayed: Replay, book: Book, goods: Goods) -> Iterator[Flaw]:
    """Where the case says something else than the records do."""
    assert steps.confirmation is not None, "the steps hold"
    signed = steps.confirmation.checkpoint
    seen = SeenCheckpoint(signed.origin, signed.size, signed.root.hex())
    returning = Subject(bundle.subject.removeprefix(CHAIN))
    try:
        terms, facts = case_in(returning, book, goods, seen)
    except ProvenanceError as err:
        yield Flaw(_EVIDENCE, str(err))
        return
    yield from _unlike(_TERMS, terms_members(replayed.terms), terms_members(terms))
    yield from _unlike(_FACTS, facts_members(replayed.facts), facts_members(facts))


def _unlike(place: str, said: Mapping[str, Json], told: Mapping[str, Json]) -> Iterator[Flaw]:
    for name in sorted(said):
        if (mine := canonical.dump(told[name])) != (theirs := canonical.dump(said[name])):
            message = f"the case says {theirs.decode()}, the records say {mine.decode()}"
            yield Flaw(f"{place}/{escape(name)}", message)


def _at_leaf(index: LeafIndex, message: str) -> Flaw:
    return Flaw(_EVIDENCE, f"leaf {index}: {message}")


def _told(step: str, message: str, index: LeafIndex | None) -> str:
    return f"{step}: {message}" if index is None else f"{step}: leaf {index}: {message}"
