"""Walking the whole log, to see whether anything was changed, dropped, slipped in or folded wrongly.

Rules, for every statement in log order:

1. it is there; its body still has the hash the log knows; its leaf is the one in the tree; every signature holds;
2. every checkpoint's root is the root of the leaves before it, and carries the log's signature; every line kept below
   it is the confirmation of it by a witness that the trust file names (``services.cosignature_checking``);
3. the checkpoint its signers saw is one of these, and older;
4. folding it again by the rules of custody is allowed, so no chain has two heads;
5. what the fold gives is what the store keeps: standings, chain links, slots, and what was made from what.

One damaged statement is named once: what only follows from it is not reported again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.book import Book
from provenance.crypto.envelope import leaf
from provenance.custody.admission import World, admit_statement, subjects_of
from provenance.custody.commerce_records import CommerceRecord, chain_about
from provenance.custody.history import find_original
from provenance.custody.standing import Standing
from provenance.custody.statements import VerifiedStatement, introduced_by, read, verify
from provenance.epcis.events import Event
from provenance.errors import ProvenanceError, Refusal, StorageError
from provenance.ids import LeafIndex, StatementHash, Subject, TreeSize
from provenance.log.checkpoint import open_checkpoint
from provenance.log.merkle import EMPTY_ROOT, HASH_SIZE, RightEdge, append_all, leaf_hash
from provenance.log.tiles import WIDTH
from provenance.ports.stores import Reading, Store, Stored, StoredCheckpoint
from provenance.services.bookkeeping import audited_judge
from provenance.services.cosignature_checking import doubt_about
from provenance.trust import Trust

_AT_ONCE = WIDTH
_NOTHING: frozenset[Subject] = frozenset()


@unique
class Damage(StrEnum):
    """What an audit can find; the value is printed and never renamed."""

    EDITED_BODY = "edited-body"
    EDITED_LEAF = "edited-leaf"
    MISSING_ROW = "missing-row"
    BAD_SIGNATURE = "bad-signature"
    TWO_HEADS = "two-heads"
    RULE_BROKEN = "rule-broken"
    WRONG_FOLD = "wrong-fold"
    BAD_CHECKPOINT = "bad-checkpoint"
    BAD_COSIGNATURE = "bad-cosignature"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: what, where (``leaf 7``, a subject, ``checkpoint 12``), and the facts."""

    damage: Damage
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """How many leaves were walked and every problem found."""

    leaves: int
    problems: tuple[Problem, ...]

    @property
    def is_clean(self) -> bool:
        """Whether everything holds."""
        return not self.problems


@dataclass(slots=True)
class _Walk:
    """The state of one walk."""

    store: Reading
    trust: Trust
    roots: Mapping[TreeSize, bytes]
    world: World = field(default_factory=World)
    book: Book = field(default_factory=Book)
    edge: RightEdge = field(default_factory=RightEdge)
    problems: list[Problem] = field(default_factory=list)
    tainted: set[Subject] = field(default_factory=set)


class Auditing:
    """The audit of a store against the log's own trust."""

    def __init__(self, store: Store, trust: Trust) -> None:
        self._store, self._trust = store, trust

    def audit(self, progress: Callable[[int, int], None] = lambda done, total: None) -> AuditReport:
        """Every problem in the log; ``progress(done, total)`` is called along the way."""
        with self._store.reading() as store:
            checkpoints = list(store.checkpoints())
            roots = {TreeSize(0): EMPTY_ROOT, **{kept.size: kept.root for kept in checkpoints}}
            walk = _Walk(store, self._trust, roots)
            # A row cut off the end shows only against what was signed, and against the tree.
            total = _end_of_tree(store, max(store.size(), checkpoints[-1].size if checkpoints else 0))
            walk.world.voided = _voided(store, total)
            walk.world.judge = audited_judge(store, walk.world.standings, walk.book)
            for start in range(0, total, _AT_ONCE):
                _walk_tile(walk, LeafIndex(start), min(_AT_ONCE, total - start), checkpoints)
                progress(min(start + _AT_ONCE, total), total)
            for witness, size in store.furthest_confirmed().items():
                if size not in roots:
                    problem = _bad_cosignature(size, witness, "it confirmed a checkpoint that is not here")
                    walk.problems.append(problem)
            try:
                _compare_standings(walk)
                _compare_slots(walk)
            except StorageError as err:
                walk.problems.append(Problem(Damage.WRONG_FOLD, "standings", err.refusal.message))
        return AuditReport(total, tuple(walk.problems))


def _end_of_tree(store: Reading, size: int) -> int:
    """How many leaves the stored tree has, at least this many."""
    index = size // WIDTH
    while hashes := store.tiles([(0, index)]).get((0, index)):
        size = max(size, index * WIDTH + len(hashes) // HASH_SIZE)
        index += 1
    return size


def _walk_tile(walk: _Walk, start: LeafIndex, count: int, checkpoints: list[StoredCheckpoint]) -> None:
    """One tile's worth of leaves: rows, leaves, checkpoints that end in it, and the fold."""
    stored = {statement.index: statement for statement in walk.store.statements_from(start, limit=count)}
    hashes = walk.store.tiles([(0, start // WIDTH)]).get((0, start // WIDTH), b"")
    links: dict[LeafIndex, list[Subject]] = {}
    for index, subject in walk.store.chain_subjects(start, limit=count):
        links.setdefault(index, []).append(subject)
    for offset in range(count):
        index = LeafIndex(start + offset)
        kept = hashes[offset * HASH_SIZE : (offset + 1) * HASH_SIZE]
        statement = stored.get(index)
        if statement is None:
            walk.problems.append(Problem(Damage.MISSING_ROW, f"leaf {index}", "the statement is not in the store"))
            walk.tainted.update(links.get(index, ()))
        else:
            _walk_statement(walk, statement, kept, links.get(index, []))
        # The tree is walked by the tile's own hashes, so one bad leaf is one problem.
        walk.edge = append_all(walk.edge, [kept if len(kept) == HASH_SIZE else bytes(HASH_SIZE)])
        while checkpoints and checkpoints[0].size == walk.edge.size:
            _check_checkpoint(walk, checkpoints.pop(0))


def _walk_statement(walk: _Walk, stored: Stored, kept: bytes, links: Sequence[Subject]) -> None:
    where = f"leaf {stored.index}"
    if _hash(stored) != stored.hash:
        walk.problems.append(Problem(Damage.EDITED_BODY, where, f"the body no longer has the hash {stored.hash}"))
        walk.tainted.update(links)
        return
    if leaf_hash(leaf(stored.envelope)) != kept:
        walk.problems.append(Problem(Damage.EDITED_LEAF, where, "the statement's leaf is not the one in the tree"))
        walk.tainted.update(links)
        return
    try:
        signed = read(stored.envelope)
        if walk.tainted & signed.header.parties:
            walk.tainted.update(links)  # who they are is in doubt already
            return
        keys = introduced_by(signed)
        statement = verify(signed, lambda key: keys.get(key) or walk.world.registry.key(key))
    except ProvenanceError as err:
        walk.problems.append(Problem(Damage.BAD_SIGNATURE, where, str(err)))
        walk.tainted.update(links)
        return
    seen = statement.header.seen
    if seen.origin != walk.trust.origin or seen.size > stored.index or walk.roots.get(seen.size) != seen.root:
        message = f"its signers saw a checkpoint of size {seen.size} that this log did not have then"
        walk.problems.append(Problem(Damage.RULE_BROKEN, where, message))
    _fold(walk, statement, stored.index, links)


def _hash(stored: Stored) -> StatementHash | None:
    try:
        return stored.envelope.hash
    except ProvenanceError:
        return None  # its payload type is none


def _fold(walk: _Walk, statement: VerifiedStatement, index: LeafIndex, links: Sequence[Subject]) -> None:
    named = subjects_of(statement, walk.world.standings)
    outcome = admit_statement(statement, walk.world, at=index)
    if walk.tainted.intersection(named):
        walk.tainted.update(named)
        return
    if isinstance(outcome, Refusal):
        if walk.tainted & _leaned_on(statement):
            walk.tainted.update(named)
            return
        damage = (
            Damage.TWO_HEADS if outcome.code in (Code.STALE_LINK, Code.ALREADY_COMMISSIONED) else Damage.RULE_BROKEN
        )
        subject = outcome.evidence.get("subject", named[0] if named else "")
        walk.problems.append(Problem(damage, f"leaf {index}", f"{subject}: {outcome}"))
        walk.tainted.update(named)
    elif sorted(links) != sorted(outcome.subjects):
        walk.problems.append(
            Problem(Damage.WRONG_FOLD, f"leaf {index}", "the chain links are not those of the statement")
        )


def _leaned_on(statement: VerifiedStatement) -> set[Subject]:
    """The other dossiers and the things that a record of commerce names: without them nobody can judge it."""
    content = statement.content
    if not isinstance(content, CommerceRecord):
        return set()
    values = content.members.values()
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    named = {Subject(text) for text in texts if isinstance(text, str)}
    return named | {chain_about(subject) for subject in named}


def _check_checkpoint(walk: _Walk, kept: StoredCheckpoint) -> None:
    where = f"checkpoint {kept.size}"
    try:
        signed = open_checkpoint(kept.note.encode(), log_keys=[walk.trust.log]).checkpoint
    except ProvenanceError as err:
        walk.problems.append(Problem(Damage.BAD_CHECKPOINT, where, str(err)))
        return
    if (signed.size, signed.root) != (kept.size, kept.root) or signed.root != walk.edge.root():
        walk.problems.append(Problem(Damage.BAD_CHECKPOINT, where, "its root is not the root of the leaves before it"))
        return
    for line in walk.store.cosignatures(kept.size):
        if message := doubt_about(line, kept, policy=walk.trust.policy, others=walk.store.checkpoints):
            walk.problems.append(_bad_cosignature(kept.size, line.witness, message))


def _bad_cosignature(size: TreeSize, witness: str, message: str) -> Problem:
    place = f"checkpoint {size}, witness {witness.partition('+')[0]}"
    return Problem(Damage.BAD_COSIGNATURE, place, message)


def _compare_standings(walk: _Walk) -> None:
    """The stored standings are those of the fold; a subject with two heads shows here too."""
    after = ""
    expected = walk.world.standings
    seen: set[Subject] = set()
    while rows := walk.store.standings_after(after, limit=1000):
        sources = walk.store.sources({key for row in rows for key in row.origins})
        for row in rows:
            seen.add(row.subject)
            mine = expected.of(row.subject)
            if row.subject not in walk.tainted and mine != row:
                kind = Damage.TWO_HEADS if mine is not None and mine.head != row.head else Damage.WRONG_FOLD
                message = _difference(row, mine)
                walk.problems.append(Problem(kind, row.subject, message))
            elif row.subject not in walk.tainted:
                wrong = [key for key in row.origins if sources.get(key, _NOTHING) != expected.sources_of(key)]
                if wrong:
                    message = f"the store and the statements differ in what {wrong[0]} used"
                    walk.problems.append(Problem(Damage.WRONG_FOLD, row.subject, message))
        after = rows[-1].subject
    for subject in expected.changed.keys() - seen - walk.tainted:
        walk.problems.append(Problem(Damage.WRONG_FOLD, subject, "the store keeps no standing for it"))


def _compare_slots(walk: _Walk) -> None:
    """The stored slots are those of the fold, but where a damaged dossier may have given or taken one."""
    kept, folded = walk.store.slots(), {key: holder for key, holder in walk.book.slots.items() if holder is not None}
    for key in sorted(kept.keys() | folded.keys()):
        holders = {kept.get(key), folded.get(key)}
        if len(holders) == 2 and not walk.tainted & {chain_about(holder) for holder in holders if holder is not None}:
            slot, of = key
            message = f"the store gives its {slot} to {kept.get(key)}, the statements to {folded.get(key)}"
            walk.problems.append(Problem(Damage.WRONG_FOLD, of, message))


def _difference(kept: Standing, folded: Standing | None) -> str:
    if folded is None:
        return f"the store says head {kept.head}, the statements say nothing"
    names = [name for name in Standing._fields if getattr(kept, name) != getattr(folded, name)]
    said = "; ".join(f"{name} {getattr(kept, name)}, the statements say {getattr(folded, name)}" for name in names)
    return f"the store says {said}"


def _voided(store: Reading, total: int) -> dict[StatementHash, StatementHash]:
    """Every statement that an error declaration in the log takes back, with that declaration."""
    found: dict[StatementHash, StatementHash] = {}
    for start in range(0, total, _AT_ONCE):
        for stored in store.statements_from(LeafIndex(start), limit=_AT_ONCE):
            if b'"errorDeclaration"' in stored.envelope.body and (declaration := _unchecked(stored)) is not None:
                original = find_original(declaration, _before(store, declaration, stored.index), found)
                if original is not None:
                    found[original.hash] = declaration.hash
    return found


def _before(store: Reading, declaration: VerifiedStatement, index: LeafIndex) -> Iterable[VerifiedStatement]:
    subjects = declaration.about.subjects
    earlier = [place for place in (store.chain(subjects[0], index) if subjects else ()) if place < index]
    return (found for stored in store.statements(earlier) if (found := _unchecked(stored)) is not None)


def _unchecked(stored: Stored) -> VerifiedStatement | None:
    """The statement for comparing texts only; its signatures are checked where the walk reaches it."""
    try:
        statement = read(stored.envelope)
    except ProvenanceError:
        return None
    return VerifiedStatement(statement) if isinstance(statement.content, Event) else None
