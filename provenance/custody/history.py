"""The history of one thing: everything that led to it, folded again from its statements.

Rules:

* the fold is ``custody.admission`` itself, over the chains that ``custody.reach`` names, in log order;
* a statement that the rules refuse is kept with its refusal and changes nothing: it contradicts;
* an event taken back by an error declaration keeps its place and changes nothing (EPCIS 2.0 §7.4.1.2);
* what happened to a unit before the thing went in or after it came out is folded, and not told;
* the graph's nodes are statements, things, parties and places; its edges say who signed, what it was about,
  where it was, what was made from what and what was inside what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import TYPE_CHECKING

import networkx as nx

from provenance.crypto.keys import PublicKey
from provenance.custody.admission import World, admit_statement
from provenance.custody.claim_keys import claim_keys
from provenance.custody.parties import Registry
from provenance.custody.reach import Needs, is_within
from provenance.custody.standing import Flag, Phase, Standing
from provenance.custody.statements import Signer, VerifiedStatement
from provenance.custody.steps import Step
from provenance.custody.subjects import Touched
from provenance.epcis.error_declaration import is_same_event
from provenance.epcis.events import Event
from provenance.errors import Refusal
from provenance.ids import LeafIndex, PartyId, StatementHash, Subject, TreeSize

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]  # networkx itself is generic only in its stubs


@dataclass(frozen=True, slots=True)
class Placed:
    """A verified statement at its place in the log."""

    index: LeafIndex
    statement: VerifiedStatement


@unique
class Nearness(StrEnum):
    """Why a statement belongs to a history."""

    OWN = "own"
    UNIT = "unit"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Happening:
    """One custody event in the history, with what became of it.

    It was signed between ``seen``, the size of the newest checkpoint its signers knew, and ``index``.
    """

    index: LeafIndex
    hash: StatementHash
    step: Step
    event: Event
    about: Touched
    signers: tuple[Signer, ...]
    seen: TreeSize
    subject: Subject
    nearness: Nearness
    holder_after: PartyId | None
    refusal: Refusal | None
    is_voided: bool


@dataclass(frozen=True, slots=True)
class History:
    """One thing's past and present, as its statements tell it.

    ``standing`` is ``None`` when no statement speaks of it, or when not all that do could be read.
    ``refused_entries`` are registry statements that did not hold. ``phase`` is how far along it is: what is inside a
    unit that has ended has ended too.
    """

    subject: Subject
    standing: Standing | None
    holder: PartyId | None
    owner: PartyId | None
    flags: Mapping[Flag, Subject]
    happenings: tuple[Happening, ...]
    registry: Registry
    refused_entries: tuple[tuple[StatementHash, Refusal], ...] = ()
    units_around: tuple[Subject, ...] = ()
    phase: Phase | None = None


def unfold(subject: Subject, placed: Iterable[Placed], needs: Needs) -> History:
    """The history of a subject from the statements about the chains it needs and their parties."""
    ordered = sorted(placed, key=lambda entry: entry.index)
    world = World(scope=needs, voided=voided(ordered))
    teller = _Teller(subject, needs, world)
    refused = []
    for entry in ordered:
        outcome = admit_statement(entry.statement, world, at=entry.index)
        refusal = outcome if isinstance(outcome, Refusal) else None
        if isinstance(entry.statement.content, Event):
            teller.hear(entry, entry.statement.content, refusal)
        elif refusal is not None:
            refused.append((entry.statement.hash, refusal))
    standing = world.standings.of(subject)
    return History(
        subject,
        standing,
        world.standings.holder(standing) if standing else None,
        world.standings.owner(standing) if standing else None,
        world.standings.flags(standing) if standing else {},
        teller.told(),
        world.registry,
        tuple(refused),
        tuple(outer.subject for outer in world.standings.around(standing)) if standing else (),
        world.standings.phase(standing) if standing else None,
    )


def as_far_as_read(history: History) -> History:
    """A history of which part could not be read: what was said, without what only the whole could tell.

    Where a thing is now, and whether a statement kept the rules, may hang on just the part that is not there.
    """
    heard = tuple(replace(happening, holder_after=None, refusal=None) for happening in history.happenings)
    return History(history.subject, None, None, None, history.flags, heard, history.registry)


def voided(ordered: Sequence[Placed]) -> dict[StatementHash, StatementHash]:
    """The statements that a later error declaration by one of their signers takes back, each with that one."""
    found: dict[StatementHash, StatementHash] = {}
    for position, entry in enumerate(ordered):
        content = entry.statement.content
        if isinstance(content, Event) and content.error_declaration is not None:
            original = find_original(entry.statement, (e.statement for e in ordered[:position]), found)
            if original is not None:
                found[original.hash] = entry.statement.hash
    return found


def find_original(
    declaration: VerifiedStatement, earlier: Iterable[VerifiedStatement], taken: Iterable[StatementHash] = ()
) -> VerifiedStatement | None:
    """The event that an error declaration repeats, signed by one of the same parties and not yet taken back."""
    gone, content = frozenset(taken), declaration.content
    if not isinstance(content, Event):
        return None
    for candidate in earlier:
        if (
            isinstance(candidate.content, Event)
            and candidate.content.error_declaration is None
            and candidate.hash not in gone
            and candidate.header.parties & declaration.header.parties
            and is_same_event(candidate.content, content)
        ):
            return candidate
    return None


def claim_key(history: History) -> PublicKey | None:
    """The key behind the thing's hidden code, as its maker signed it; ``None`` where it has none.

    It is named by the commissioning that counts: neither refused nor taken back.
    """
    makings = (h for h in history.happenings if h.step is Step.COMMISSION and h.nearness is Nearness.OWN)
    counting = (h for h in makings if h.refusal is None and not h.is_voided)
    return next((claim_keys(h.event).get(history.subject) for h in counting), None)


def graph(history: History) -> Graph:
    """The history as a directed graph; every node has ``kind`` and ``label``, every edge ``kind``.

    Nodes: ``statement`` (by hash), ``thing`` (by EPC), ``party``, ``place``. Edges: thing → statement ``about``,
    statement → thing ``made``, party → statement ``signed``, statement → place ``at``, thing → thing ``into``.
    """
    net: Graph = nx.DiGraph(subject=history.subject)
    for happening in history.happenings:
        net.add_node(happening.hash, kind="statement", label=happening.step.value, index=happening.index)
        for source, target, kind in _edges(happening):
            for node in (source, target):
                if node not in net:
                    net.add_node(node, kind=_kind(node, history.registry), label=node)
            net.add_edge(source, target, kind=kind)
    return net


def _edges(happening: Happening) -> Iterator[tuple[str, str, str]]:
    about, hash_ = happening.about, happening.hash
    made = {*about.outputs, *(amount.of for amount in about.output_amounts)}
    if happening.step is Step.COMMISSION:
        made |= {*about.items, *(amount.of for amount in about.amounts)}
    shown = {happening.subject} if len(about.subjects) > 20 else set(about.subjects)
    for thing in sorted(shown):
        yield (hash_, thing, "made") if thing in made else (thing, hash_, "about")
    for signer in happening.signers:
        yield signer.party, hash_, "signed"
    if happening.event.read_point:
        yield hash_, happening.event.read_point, "at"
    if happening.step is Step.PACK and about.parent is not None:
        yield from ((child, about.parent, "into") for child in about.children if child in shown)


def _kind(node: str, registry: Registry) -> str:
    if node in registry.parties or node.startswith("did:"):
        return "party"
    return "thing" if _is_thing(node) else "place"


def _is_thing(node: str) -> bool:
    return not any(f"/{ai}/" in node[:24] for ai in ("414", "417")) and not node.startswith("urn:epc:id:sgln")


class _Teller:
    """Turns folded statements into happenings, remembering when the thing was in which units."""

    def __init__(self, subject: Subject, needs: Needs, world: World) -> None:
        self._subject, self._needs, self._world = subject, needs, world
        self._around: frozenset[Subject] = frozenset()
        self._units: set[Subject] = set()
        self._heard: list[tuple[Happening, bool]] = []

    def hear(self, entry: Placed, event: Event, refusal: Refusal | None) -> None:
        """Take in an event that has just been folded."""
        before, standing = self._around, self._world.standings.of(self._subject)
        around = self._world.standings.around(standing) if standing is not None else ()
        self._around = frozenset(unit.subject for unit in around)
        self._units |= self._around
        # Flags are followed past the part of a chain that is needed; who may set them there can't be judged here.
        untils = [self._needs[subject] for subject in entry.statement.about.subjects if subject in self._needs]
        if refusal is None or not untils or any(is_within(entry.index, until) for until in untils):
            happening = self._happening(entry, event, refusal)
            self._heard.append((happening, happening.subject in before | self._around))

    def told(self) -> tuple[Happening, ...]:
        """What happened to the thing, with its units while it was in them, and to what it was made from."""
        return tuple(
            replace(happening, nearness=Nearness.UNIT) if beside else happening
            for happening, was_inside in self._heard
            if not (beside := happening.nearness is not Nearness.OWN and happening.subject in self._units)
            or was_inside
            or happening.refusal is not None
        )

    def _happening(self, entry: Placed, event: Event, refusal: Refusal | None) -> Happening:
        statement, standings = entry.statement, self._world.standings
        standing = standings.of(self._subject)
        named = statement.about.subjects
        # What a unit emptied by one word let out is not named, but its chain grew by this statement.
        own = self._subject in named or (standing is not None and standing.head == statement.hash)
        nearest = self._subject if own else next((s for s in named if s in self._needs), self._subject)
        return Happening(
            index=entry.index,
            hash=statement.hash,
            step=statement.step or Step.OBSERVE,
            event=event,
            about=statement.about,
            signers=statement.header.signers,
            seen=statement.header.seen.size,
            subject=nearest,
            nearness=Nearness.OWN if own else Nearness.SOURCE,
            holder_after=standings.holder(standing) if standing else None,
            refusal=refusal,
            is_voided=statement.hash in self._world.voided,
        )
