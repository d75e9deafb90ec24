"""Whether a verified statement may join the log now, and what it changes: the rules of custody in order.

For a statement at a log position:

1. every signer speaks: live key, of that party, in a role the party has and the step allows;
2. nothing that exists is commissioned a second time;
3. the links fit: the head of every chain it touches is in ``prov:previous``, and nothing else is;
4. each thing it names may take the step, by that signer, in its present standing;
5. amounts move by double entry; a transformation keeps its yield.

All or nothing: on a refusal the world is as before. The same function runs when a statement is captured
and when anyone folds the log again, on a server or offline. A world with a ``scope`` judges only those
subjects: a bundle about one item cannot know the other 9,999 that were commissioned with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from provenance.codes import Code
from provenance.custody import lots, movements, transformation
from provenance.custody.authority import Case, blocked, may_issue, may_touch, roles_of
from provenance.custody.chain import check_links
from provenance.custody.own_statements import Judge, admit_own, check_speakers, nobody_judges, said_about
from provenance.custody.parties import Registry
from provenance.custody.reach import Needs, is_needed, is_within
from provenance.custody.standing import ENDED, Phase, Standing, Standings
from provenance.custody.statements import SignedStatement, VerifiedStatement
from provenance.custody.steps import RULES, Actor, Step
from provenance.custody.subjects import Amount, Touched
from provenance.epcis.events import Event
from provenance.errors import Refusal
from provenance.ids import LeafIndex, StatementHash, Subject


@dataclass(slots=True)
class World:
    """Registry and standings at one log position.

    ``scope`` limits which subjects are judged, and each up to which leaf (``None`` as a whole: all of everything):
    after it only flags count, and their links can't be followed, as what lies between is not at hand. ``voided``
    are the statements that an error declaration took back, each with that declaration: they keep their place in the
    chains and change nothing else. ``let_out`` is what such a statement would have let out of a unit without naming
    it: the declaration extends those chains too. ``judge`` knows what records of commerce may say.
    """

    registry: Registry = field(default_factory=Registry)
    standings: Standings = field(default_factory=Standings)
    scope: Needs | None = None
    voided: Mapping[StatementHash, StatementHash] = field(default_factory=dict)
    let_out: dict[StatementHash, tuple[Subject, ...]] = field(default_factory=dict)
    judge: Judge = nobody_judges


@dataclass(frozen=True, slots=True)
class Admitted:
    """A statement that joined: the step it took and the chains it extended (none for the root's)."""

    step: Step | None
    subjects: tuple[Subject, ...]


@dataclass(slots=True)
class _Draft:
    """Changes one statement would make; thrown away on a refusal."""

    case: Case
    subjects: frozenset[Subject]
    rows: dict[Subject, Standing] = field(default_factory=dict)

    def of(self, subject: Subject) -> Standing | None:
        return self.rows.get(subject) or self.case.standings.of(subject)


def admit_statement(
    statement: VerifiedStatement,
    world: World,
    *,
    at: LeafIndex,
    corrected: Mapping[Subject, Standing] | None = None,
) -> Admitted | Refusal:
    """Fold one statement into the world, or say why not.

    ``corrected`` is for error declarations: how what the event taken back had touched stands without it.
    """
    if refusal := check_speakers(statement, world.registry):
        return refusal
    content = statement.content
    if isinstance(content, Event):
        return _admit_event(statement, content, world, at, corrected or {})
    extended = admit_own(statement, content, world.registry, world.standings, at=at, judge=world.judge)
    return extended if isinstance(extended, Refusal) else Admitted(None, (extended,))


def subjects_of(statement: VerifiedStatement, standings: Standings) -> tuple[Subject, ...]:
    """The chains a statement extends: those it names, and what comes out of a unit emptied by one word."""
    named, emptied = named_by(statement.signed), _emptied(statement, standings)
    return tuple(dict.fromkeys((*named, *emptied))) if emptied else named


def named_by(statement: SignedStatement) -> tuple[Subject, ...]:
    """The chains a statement extends because it names what they are about: that can be seen in it alone."""
    if isinstance(statement.content, Event):
        return statement.about.subjects
    return (said_about(statement.content),)


def _admit_event(
    statement: VerifiedStatement, event: Event, world: World, at: LeafIndex, corrected: Mapping[Subject, Standing]
) -> Admitted | Refusal:
    step, about = statement.step or Step.OBSERVE, statement.about
    case = Case(statement.hash, event, step, about, roles_of(statement), world.registry, world.standings)
    emptied = _emptied(statement, world.standings)
    if statement.hash in world.voided:
        world.let_out[world.voided[statement.hash]] = emptied
    let_out = (*emptied, *corrected, *world.let_out.get(statement.hash, ()))
    named = tuple(dict.fromkeys((*about.subjects, *let_out))) if let_out else about.subjects
    scope = world.scope
    subjects = named if scope is None else tuple(s for s in named if s in scope and is_needed(event, at, scope[s]))
    linked = subjects if scope is None else tuple(s for s in subjects if is_within(at, scope[s]))
    draft = _Draft(case, frozenset(subjects))
    heads = {subject: world.standings.of(subject) for subject in linked}
    refusal = (
        _roles(case) or _second_commissioning(case, heads) or check_links(statement.header, heads, whole=scope is None)
    )
    if refusal is None:
        if statement.hash in world.voided or step is Step.CORRECT:
            refusal = _keep_places(draft, subjects, corrected)
        else:
            refusal = _HANDLERS.get(step, _each)(draft)
    if refusal is not None:
        return replace(refusal, pointer=refusal.pointer or _named_at(refusal, about))
    for standing in draft.rows.values():
        world.standings.put(standing)
    if step is Step.TRANSFORM and statement.hash not in world.voided:
        world.standings.add_sources(statement.hash, transformation.inputs_of(about))
    return Admitted(step, subjects)


def _named_at(refusal: Refusal, about: Touched) -> str:
    return about.place_of(Subject(refusal.evidence.get("subject", "")))


def _emptied(statement: VerifiedStatement, standings: Standings) -> tuple[Subject, ...]:
    """What comes out when a unit is unpacked without naming its contents (EPCIS 2.0 §7.4.3: all of it)."""
    about = statement.about
    if statement.step is not Step.UNPACK or about.parent is None or about.children or about.child_amounts:
        return ()
    unit = standings.of(about.parent)
    return (*standings.children(about.parent), *(unit.contents if unit else ()))


def _roles(case: Case) -> Refusal | None:
    allowed = RULES[case.step].roles
    for index, (party, role) in enumerate(case.roles.items()):
        if role not in allowed:
            words = ", ".join(sorted(allowed))
            return Refusal(
                Code.WRONG_ROLE,
                f"{party} as {role} may not {case.step}; {words} may",
                pointer=f"/prov:signers/{index}/role",
            )
    return None


def _second_commissioning(case: Case, heads: Mapping[Subject, Standing | None]) -> Refusal | None:
    # Before the links: whoever commissions again does not know the chain, and must not be told to retry with it.
    if case.step is Step.COMMISSION:
        made = case.touched.items
    elif case.step is Step.TRANSFORM:
        made = case.touched.outputs
    else:
        return None
    for subject in made:
        standing = heads.get(subject)
        if standing is not None and standing.phase is not Phase.VOIDED:
            refusal = movements.issued(case, subject, standing)
            return refusal if isinstance(refusal, Refusal) else None
    return None


def _keep_places(draft: _Draft, subjects: Iterable[Subject], corrected: Mapping[Subject, Standing]) -> Refusal | None:
    for subject in subjects:
        before = corrected.get(subject) or draft.of(subject) or Standing(subject, draft.case.hash, phase=Phase.VOIDED)
        draft.rows[subject] = before._replace(head=draft.case.hash)
    return None


def _each(draft: _Draft) -> Refusal | None:
    """Steps that act on the things an event lists; of a unit with contents, on the unit."""
    about = draft.case.touched
    things = about.items
    if about.parent is not None:
        things = (about.parent, *things)
    elif about.children:
        things = (*things, *about.children)
    return _move(draft, things) or _amounts(draft, about.amounts, lots.moved_amount) or _seen_inside(draft)


def _seen_inside(draft: _Draft) -> Refusal | None:
    """The contents an event lists beside their unit: they must be in it, and stay."""
    about = draft.case.touched
    if about.parent is None:
        return None
    for child in about.children:
        if child not in draft.subjects:
            continue
        standing = draft.of(child)
        if standing is None:
            fresh = movements.opened(draft.case, child)
            if isinstance(fresh, Refusal):
                return fresh
            standing = fresh._replace(parent=about.parent, holder=None)
        elif standing.parent != about.parent:
            return Refusal(Code.NOT_INSIDE, f"{child} is not in {about.parent}", evidence={"subject": child})
        draft.rows[child] = standing._replace(head=draft.case.hash)
    return _amounts(draft, about.child_amounts, _watched)


def _commission(draft: _Draft) -> Refusal | None:
    about = draft.case.touched
    return _issue(draft, about.items) or _amounts(draft, about.amounts, lots.issued_amount)


def _pack(draft: _Draft) -> Refusal | None:
    about, case = draft.case.touched, draft.case
    if about.parent is not None and about.parent in draft.subjects:
        unit = draft.of(about.parent)
        packed = (
            movements.issued(case, about.parent, unit)
            if unit is None or unit.phase is Phase.VOIDED
            else _handled(case, unit)
        )
        if isinstance(packed, Refusal):
            return packed
        contents = dict.fromkeys((*packed.contents, *(amount.of for amount in about.child_amounts)))
        draft.rows[about.parent] = packed._replace(head=case.hash, contents=tuple(contents))
        around = {outer.subject for outer in case.standings.around(packed)} | {about.parent}
        if inside_itself := next((child for child in about.children if child in around), None):
            return Refusal(Code.INSIDE_ITSELF, f"{inside_itself} can't go into what is inside it")
    return _move(draft, about.children) or _amounts(draft, about.child_amounts, lots.moved_amount)


def _unpack(draft: _Draft) -> Refusal | None:
    about, case = draft.case.touched, draft.case
    if about.parent is None or about.parent not in draft.subjects:
        return _move(draft, about.children)
    unit = draft.of(about.parent)
    if unit is None:
        return Refusal(Code.NOT_ISSUED, f"{about.parent} was never packed here", evidence={"subject": about.parent})
    handled = _handled(case, unit)
    if isinstance(handled, Refusal):
        return handled
    everything = not about.children and not about.child_amounts
    children = case.standings.children(about.parent) if everything else about.children
    if refusal := _move(draft, children) or _amounts(draft, about.child_amounts, lots.moved_amount):
        return refusal
    holder = case.holder(unit)
    for lot in (draft.of(s) for s in unit.contents if everything and s in draft.subjects):
        if lot is not None and holder is not None:
            draft.rows[lot.subject] = lots.unpacked_all(case, lot, about.parent, holder)
    draft.rows[about.parent] = handled._replace(head=case.hash, contents=() if everything else unit.contents)
    return None


def _transform(draft: _Draft) -> Refusal | None:
    about, case = draft.case.touched, draft.case
    own = transformation.balanced(case, draft.of(about.transformation) if about.transformation else None)
    if isinstance(own, Refusal):
        return own
    if own is not None and own.subject in draft.subjects:
        draft.rows[own.subject] = own
    return (
        _move(draft, about.inputs)
        or _amounts(draft, about.input_amounts, lots.moved_amount)
        or _issue(draft, about.outputs)
        or _amounts(draft, about.output_amounts, lots.issued_amount)
    )


def _handled(case: Case, unit: Standing) -> Standing | Refusal:
    """A unit whose contents change: its holder does it, and it is not on its way to someone."""
    if unit.phase is Phase.SOLD or unit.phase in ENDED:
        return Refusal(Code.ENDED, f"{unit.subject} is {unit.phase}", evidence={"subject": unit.subject})
    if refusal := may_touch(case, Actor.HOLDER, unit) or blocked(case, unit):
        return refusal
    if offer := case.standings.outermost(unit).offer:
        return Refusal(
            Code.ALREADY_OFFERED, f"{unit.subject} is on its way to {offer.to}", evidence={"subject": unit.subject}
        )
    return unit


def _issue(draft: _Draft, subjects: Iterable[Subject]) -> Refusal | None:
    for subject in subjects:
        if subject in draft.subjects:
            issued = movements.issued(draft.case, subject, draft.of(subject))
            if isinstance(issued, Refusal):
                return issued
            draft.rows[subject] = issued
    return None


def _move(draft: _Draft, subjects: Iterable[Subject]) -> Refusal | None:
    for subject in subjects:
        if subject not in draft.subjects:
            continue
        standing = draft.of(subject)
        if standing is None or standing.phase is Phase.VOIDED:
            fresh = movements.opened(draft.case, subject)
            if isinstance(fresh, Refusal):
                return fresh
            standing = fresh
        moved = movements.moved(draft.case, standing)
        if isinstance(moved, Refusal):
            return moved
        draft.rows[subject] = moved
    return None


def _amounts(
    draft: _Draft, amounts: Iterable[Amount], move: Callable[[Case, Amount, Standing | None], Standing | Refusal]
) -> Refusal | None:
    for amount in amounts:
        if amount.of in draft.subjects:
            moved = move(draft.case, amount, draft.of(amount.of))
            if isinstance(moved, Refusal):
                return moved
            draft.rows[amount.of] = moved
    return None


def _watched(case: Case, amount: Amount, standing: Standing | None) -> Standing | Refusal:
    """An amount listed beside its unit moves with the unit: only its chain grows."""
    if standing is None or standing.phase is Phase.VOIDED:
        return may_issue(case, amount.of) or Standing(amount.of, case.hash, owner=case.licensee(amount.of))
    return standing._replace(head=case.hash)


_HANDLERS: Mapping[Step, Callable[[_Draft], Refusal | None]] = {
    Step.COMMISSION: _commission,
    Step.PACK: _pack,
    Step.UNPACK: _unpack,
    Step.TRANSFORM: _transform,
}
