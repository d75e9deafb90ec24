"""What anyone can check about a bundle without knowing the trade, in eight steps that every verifier agrees on.

The server, ``provenance verify``, the one-file verifier (``evidence_verifier.py``) and the visitor's browser
(``web/static/evidence.js``) take the same steps and come to the same outcome, on every bundle of one test set:

1. *file*: the bytes are a bundle in its one spelling (``bundle.parse_bundle``);
2. *checkpoint*: the trusted log signed it, and no line below it is of somebody the trust file does not know;
3. *cosignatures*: as many independent witnesses confirmed it as the trust file asks for;
4. *statements*: each body is of a known type, in its one spelling, and its signers are those who signed;
5. *signatures*: every signature holds, by keys that the bundle's own registry entries bring, or that are the names of
   consumers, who sign records of commerce;
6. *links*: each chain named is unbroken, nothing rests on what comes later, nothing is there that no chain needs,
   and no more links lead out of the file than there are things outside it;
7. *inclusion*: each leaf is in the checkpoint's tree, at its place;
8. *authority*: the registry begins with the trusted root, each entry in it is by who may make it, and every signer's
   key was alive at the statement's place, of the party it speaks for, in a role that this party has; and it had seen
   this log, as it was before.

A step that rests on one that failed is *not checked*; cosignatures that nobody asked for are *not asked*. Not among
the steps is the trade: whether a thing may be shipped by who shipped it, whether amounts add up, whether a unit's or
an ingredient's chain should be here too. That takes all of ``custody``, and is the verdict's (``evidence``).
A verdict of ``consistent`` never stands beside a step that failed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from itertools import pairwise

from provenance.bundle import Bundle, Chain, Exhibit
from provenance.codes import Code
from provenance.crypto.envelope import leaf_of
from provenance.crypto.keys import PublicKey
from provenance.custody.entry_rules import admit
from provenance.custody.parties import Registry, record
from provenance.custody.reach import is_within
from provenance.custody.registry_entries import Entry, RootEstablished
from provenance.custody.roles import Role
from provenance.custody.statements import (
    AttestedStatement,
    OpenedStatement,
    PayloadType,
    SignedStatement,
    VerifiedStatement,
    attest,
    consumers_in,
    introduced_by,
    open_statement,
    read_content,
    verify,
)
from provenance.encoding.canonical import JsonLike
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.ids import KeyId, LeafIndex, StatementHash, Subject
from provenance.log.checkpoint import Checkpoint
from provenance.log.confirmation import ConfirmationState, confirmation_of
from provenance.log.merkle import leaf_hash
from provenance.log.note import parse_note
from provenance.log.proofs import verify_inclusion
from provenance.trust import Trust

_KINDS = frozenset({PayloadType.CUSTODY_EVENT, PayloadType.REGISTRY_ENTRY, PayloadType.COMMERCE_RECORD})
_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_AMOUNTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
_SINGLE = ("parentID", "transformationID")


@unique
class ProofStep(StrEnum):
    """One step, in the order it is taken; the value is stored and shown, never renamed."""

    FILE = "file"
    CHECKPOINT = "checkpoint"
    COSIGNATURES = "cosignatures"
    STATEMENTS = "statements"
    SIGNATURES = "signatures"
    LINKS = "links"
    INCLUSION = "inclusion"
    AUTHORITY = "authority"


@unique
class Outcome(StrEnum):
    """How a step ended; the value is stored and shown, never renamed."""

    HOLDS = "holds"
    FAILS = "fails"
    NOT_CHECKED = "not-checked"
    NOT_ASKED = "not-asked"


RESTS_ON: Mapping[ProofStep, tuple[ProofStep, ...]] = {
    ProofStep.FILE: (),
    ProofStep.CHECKPOINT: (),
    ProofStep.COSIGNATURES: (ProofStep.CHECKPOINT,),
    ProofStep.STATEMENTS: (),
    ProofStep.SIGNATURES: (ProofStep.STATEMENTS,),
    ProofStep.LINKS: (ProofStep.STATEMENTS,),
    ProofStep.INCLUSION: (ProofStep.CHECKPOINT,),
    ProofStep.AUTHORITY: (ProofStep.STATEMENTS, ProofStep.SIGNATURES),
}
"""Which steps must hold before another can be taken; the file itself before them all."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a step fails: a fact, and the leaf it is about, if it is about one."""

    step: ProofStep
    message: str
    index: LeafIndex | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """Everything the steps found out.

    ``pending`` are the statements that say themselves that they are not recorded yet. ``entries`` and ``events`` are
    those on which every signature holds; ``proven`` those whose leaf is in the checkpoint.
    """

    problems: tuple[Problem, ...]
    confirmation: ConfirmationState | None
    asks_witnesses: bool
    entries: Mapping[LeafIndex, VerifiedStatement]
    events: Mapping[LeafIndex, AttestedStatement]
    proven: frozenset[LeafIndex]
    pending: tuple[LeafIndex, ...]

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint that the log signed; ``None`` if there is none to trust."""
        return self.confirmation.checkpoint if self.confirmation else None

    def outcome(self, step: ProofStep) -> Outcome:
        """How a step ended."""
        if any(self.outcome(before) in (Outcome.FAILS, Outcome.NOT_CHECKED) for before in RESTS_ON[step]):
            return Outcome.NOT_CHECKED
        if any(problem.step is step for problem in self.problems):
            return Outcome.FAILS
        if step is ProofStep.CHECKPOINT and self.checkpoint is None:
            return Outcome.NOT_CHECKED
        if step is ProofStep.INCLUSION and self.pending:
            return Outcome.NOT_CHECKED
        if step is ProofStep.COSIGNATURES and not self.asks_witnesses:
            return Outcome.NOT_ASKED
        return Outcome.HOLDS

    def outcomes(self) -> dict[ProofStep, Outcome]:
        """How every step ended, in order."""
        return {step: self.outcome(step) for step in ProofStep}

    def members(self) -> list[JsonLike]:
        """The steps as JSON: how each ended and, where one fails, the first reason why."""
        return [self._members(step, outcome) for step, outcome in self.outcomes().items()]

    def _members(self, step: ProofStep, outcome: Outcome) -> JsonLike:
        first = next((p for p in self.problems if p.step is step), None) if outcome is Outcome.FAILS else None
        return {
            "step": step.value,
            "outcome": outcome.value,
            "index": None if first is None else first.index,
            "message": "" if first is None else first.message,
        }


def take_steps(bundle: Bundle, trust: Trust) -> Steps:
    """The steps over a bundle as a server has it, in which the newest statements may be recorded nowhere yet."""
    problems: list[Problem] = []
    confirmation = _confirmation(bundle, trust, problems)
    opened = _opened(bundle.exhibits, problems)
    entries, events = _signed(opened, problems)
    if len(opened) == len(bundle.exhibits):
        problems += _broken_links(bundle, opened)
    proven = _proven(bundle, opened, confirmation.checkpoint if confirmation else None, problems)
    if len(entries) + len(events) == len(bundle.exhibits):
        problems += _without_authority(entries, events, trust)
    pending = tuple(exhibit.index for exhibit in bundle.exhibits if exhibit.proof is None)
    asks_witnesses = trust.policy.quorum is not None
    return Steps(tuple(problems), confirmation, asks_witnesses, entries, events, proven, pending)


def take_file_steps(bundle: Bundle, trust: Trust) -> Steps:
    """The steps over a bundle that came as a file, which has to prove all it says."""
    steps = take_steps(bundle, trust)
    more = [Problem(ProofStep.INCLUSION, "the file does not prove that it is recorded", i) for i in steps.pending]
    if not bundle.checkpoint:
        more.append(Problem(ProofStep.CHECKPOINT, "the file holds no checkpoint"))
    if bundle.subject not in bundle.chains or not bundle.chains[bundle.subject].indexes:
        more.append(Problem(ProofStep.LINKS, f"the file holds no statement about {bundle.subject}"))
    return replace(steps, problems=(*steps.problems, *more))


def _confirmation(bundle: Bundle, trust: Trust, problems: list[Problem]) -> ConfirmationState | None:
    if not bundle.checkpoint:
        return None
    try:
        note = parse_note(bundle.checkpoint.encode())
        state = confirmation_of(note, trust.policy)
        # A line nobody here can check would be a byte of the file that nobody checks.
        if note != state.evidence or state.checkpoint.origin != trust.origin:
            raise ForgedError(Code.UNTRUSTED_CHECKPOINT, "it carries a signature that the trust file does not know")
    except ProvenanceError as err:
        problems.append(Problem(ProofStep.CHECKPOINT, str(err)))
        return None
    if not state.is_confirmed:
        said = ", ".join(one.witness for one in state.confirmations) or "no witness"
        message = f"{said} confirmed the checkpoint of {state.checkpoint.size} statements, which is no quorum"
        problems.append(Problem(ProofStep.COSIGNATURES, message))
    return state


def _opened(exhibits: Iterable[Exhibit], problems: list[Problem]) -> dict[LeafIndex, OpenedStatement]:
    opened = {}
    for exhibit in exhibits:
        try:
            if (kind := exhibit.envelope.payload_type) not in _KINDS:
                raise MalformedError(Code.UNKNOWN_PAYLOAD_TYPE, f"no bundle holds a statement of the type {kind!r}")
            opened[exhibit.index] = open_statement(exhibit.envelope)
        except ProvenanceError as err:
            problems.append(Problem(ProofStep.STATEMENTS, str(err), exhibit.index))
    return opened


def _signed(
    opened: dict[LeafIndex, OpenedStatement], problems: list[Problem]
) -> tuple[dict[LeafIndex, VerifiedStatement], dict[LeafIndex, AttestedStatement]]:
    """The statements on which every signature holds; takes out of ``opened`` the entries that can't be read."""
    signed: dict[LeafIndex, SignedStatement] = {}
    keys: dict[KeyId, PublicKey] = {}
    for index, statement in list(opened.items()):
        if statement.is_entry:
            try:
                signed[index] = read_content(statement)
            except ProvenanceError as err:
                problems.append(Problem(ProofStep.STATEMENTS, str(err), index))
                del opened[index]
            else:
                keys |= introduced_by(signed[index])
        keys |= consumers_in(statement.header)
    entries: dict[LeafIndex, VerifiedStatement] = {}
    events: dict[LeafIndex, AttestedStatement] = {}
    for index, statement in opened.items():
        try:
            if index in signed:
                entries[index] = verify(signed[index], keys.get)
            else:
                events[index] = attest(statement, keys.get)
        except ForgedError as err:
            problems.append(Problem(ProofStep.SIGNATURES, str(err), index))
    return entries, events


def _broken_links(bundle: Bundle, opened: Mapping[LeafIndex, OpenedStatement]) -> Iterator[Problem]:
    where: dict[StatementHash, LeafIndex] = {}
    for index, statement in opened.items():
        if where.setdefault(statement.hash, index) != index:
            yield Problem(ProofStep.LINKS, f"the statement of leaf {where[statement.hash]} stands here again", index)
    named_by: Counter[LeafIndex] = Counter()
    for name, chain in bundle.chains.items():
        named_by.update(index for index in chain.indexes if is_within(index, chain.until))
        yield from _broken_chain(name, chain, opened)
    links_of_chains = {index for chain in bundle.chains.values() for index in chain.indexes}
    for index, statement in opened.items():
        header = statement.header
        if index not in links_of_chains:
            yield Problem(ProofStep.LINKS, "no chain here needs this statement", index)
        if any(where.get(link, -1) >= index for link in header.previous):
            yield Problem(ProofStep.LINKS, "it links to a statement that comes later", index)
        outward = sum(link not in where for link in header.previous)
        things = _things_named(statement)
        if things is not None and outward > things - named_by[index]:
            yield Problem(ProofStep.LINKS, "it links to a statement that should be here and is not", index)


def _broken_chain(name: Subject, chain: Chain, opened: Mapping[LeafIndex, OpenedStatement]) -> Iterator[Problem]:
    if absent := [index for index in chain.indexes if index not in opened]:
        yield Problem(ProofStep.LINKS, f"leaf {absent[0]} of the chain of {name} is not here")
        return
    for before, index in pairwise((None, *chain.indexes)):
        assert index is not None
        statement = opened[index]
        link = () if before is None else (opened[before].hash,)
        if not statement.is_event:
            holds = statement.header.previous == link
        else:
            holds = not is_within(index, chain.until) or set(link) <= set(statement.header.previous)
        if not holds:
            yield Problem(ProofStep.LINKS, f"it does not follow what came before it in the chain of {name}", index)


def _things_named(statement: OpenedStatement) -> int | None:
    """How many things a statement names at most; ``None`` where it also moves things that it does not name."""
    body = statement.body
    if not statement.is_event:
        return 1
    # EPCIS 2.0 §7.4.3: a unit emptied by one word lets out whatever is in it; taking an event back may do the same.
    if "errorDeclaration" in body or (body.get("action") == "DELETE" and not (body.get("childEPCs"))):
        return None
    listed = [body.get(name) for name in (*_LISTS, *_AMOUNTS)]
    return sum(len(value) for value in listed if isinstance(value, list)) + sum(name in body for name in _SINGLE)


def _proven(
    bundle: Bundle,
    opened: Mapping[LeafIndex, OpenedStatement],
    checkpoint: Checkpoint | None,
    problems: list[Problem],
) -> frozenset[LeafIndex]:
    proven = set()
    for exhibit in bundle.exhibits:
        if exhibit.proof is None or checkpoint is None:
            continue
        statement, envelope = opened.get(exhibit.index), exhibit.envelope
        try:
            hash_ = envelope.hash if statement is None else statement.hash
            verify_inclusion(
                leaf=leaf_hash(leaf_of(hash_, envelope.payload_type, envelope.signatures)),
                index=exhibit.index,
                size=checkpoint.size,
                root=checkpoint.root,
                proof=exhibit.proof,
            )
        except (ForgedError, MalformedError) as err:
            problems.append(Problem(ProofStep.INCLUSION, str(err), exhibit.index))
        else:
            proven.add(exhibit.index)
    return frozenset(proven)


def _without_authority(
    entries: Mapping[LeafIndex, VerifiedStatement], events: Mapping[LeafIndex, AttestedStatement], trust: Trust
) -> Iterator[Problem]:
    """What is said by someone who, at that place of the log, may not speak."""
    if entries or events:
        contents = (statement.content for statement in entries.values())
        yield from _wrong_root([content for content in contents if isinstance(content, Entry)], trust)
    registry = Registry()
    for index in sorted((*entries, *events)):
        statement = entries.get(index)
        if statement is not None and isinstance(statement.content, Entry):
            header = statement.header
            refusal = admit(registry, statement.content, header, at=index)
            if refusal is None:
                record(registry, statement.content, by=statement.hash, at=index)
        else:
            header = events[index].opened.header
            registered = (signer for signer in header.signers if signer.role is not Role.CONSUMER)
            refusal = next(filter(None, map(registry.speaks, registered)), None)
        if refusal is not None:
            yield Problem(ProofStep.AUTHORITY, str(refusal), index)
        elif header.seen.origin != trust.origin or header.seen.size > index:
            message = f"who signed leaf {index} had seen {header.seen.origin} at size {header.seen.size}"
            yield Problem(ProofStep.AUTHORITY, f"{Code.SEEN_NOT_OURS}: {message}", index)


def _wrong_root(contents: Iterable[Entry], trust: Trust) -> Iterator[Problem]:
    roots = [content for content in contents if isinstance(content, RootEstablished)]
    trusted = {key.id for key in trust.roots}
    if len(roots) != 1 or {key.id for key in roots[0].keys} != trusted or roots[0].threshold != trust.threshold:
        yield Problem(ProofStep.AUTHORITY, "the registry's root is not the one the trust file names")
