"""Taking an event back: how things stand without it, if nothing later depends on it.

Rules (EPCIS 2.0 §7.4.1.2): an error declaration repeats the event it takes back, otherwise identical, signed by a
party that signed the original. It is refused if a later event would no longer be allowed without the one taken
back: that later event must be corrected first, or the shipment voided. Later events are those about the same things
and about what was inside them. An event that took a flag off can't be taken back, as anyone may have relied on it: the
flag is put on again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provenance.codes import Code
from provenance.custody.admission import World, admit_statement
from provenance.custody.history import Placed, find_original, voided
from provenance.custody.parties import Registry
from provenance.custody.standing import Phase, Standing
from provenance.custody.statements import VerifiedStatement
from provenance.custody.steps import flags_unset
from provenance.epcis.events import Event
from provenance.errors import Refusal
from provenance.evidence import party_needs, verify_together
from provenance.ids import StatementHash, Subject
from provenance.ports.stores import Reading
from provenance.services.collecting import Collected, Collector


def corrected_standings(
    store: Reading, declaration: VerifiedStatement, registry: Registry
) -> dict[Subject, Standing] | Refusal:
    """How what an event touched stands once it is taken back, or why it can't be."""
    found, placed = _everything_about(store, declaration.about.subjects, registry)
    gone = voided(placed)
    earlier = {entry.statement.hash: entry for entry in placed}
    original = find_original(declaration, (entry.statement for entry in placed), gone)
    if original is None or not isinstance(original.content, Event):
        message = "no event of this party is otherwise identical"
        return Refusal(Code.NO_SUCH_EVENT, message, pointer="/errorDeclaration")
    if off := flags_unset(original.content):
        message = f"it took off {', '.join(sorted(off))}, and others may have relied on that: put it on again"
        return Refusal(Code.CORRECTION_CONTRADICTED, message, evidence={"event": original.hash})
    before, refused_before = _fold(placed, found, gone)
    after, refused_after = _fold(placed, found, {**gone, original.hash: declaration.hash})
    if broken := [hash_ for hash_ in refused_after if hash_ not in refused_before]:
        return Refusal(
            Code.CORRECTION_CONTRADICTED,
            f"the later event {broken[0]} depends on it: {refused_after[broken[0]].message}",
            evidence={"event": broken[0]},
        )
    index = earlier[original.hash].index
    touched = [subject for _, subject in store.chain_subjects(index, limit=1)]
    if orphan := next((s for s in touched if _lost_its_beginning(before.standings.of(s), after.standings.of(s))), None):
        later = [e for e in placed if e.index > index and orphan in e.statement.about.subjects]
        first = next((e.statement.hash for e in later if e.statement.hash not in gone), original.hash)
        message = f"{orphan} has a later history, such as {first}"
        return Refusal(Code.CORRECTION_CONTRADICTED, message, evidence={"event": first})
    # Subjects that exist only through the event taken back stay as they are in the chain, never made.
    return {s: row for s in touched if (row := after.standings.of(s) or before.standings.of(s)) is not None}


def _lost_its_beginning(before: Standing | None, after: Standing | None) -> bool:
    """Whether a thing that was made here would go on without having been made."""
    if before is None or after is None or after.phase is Phase.VOIDED:
        return False
    return bool(before.origins) and not after.origins


def _everything_about(
    store: Reading, subjects: Iterable[Subject], registry: Registry
) -> tuple[Collected, list[Placed]]:
    """The histories of these things together with those of all that was ever inside them."""
    wanted, known = set(subjects), set[Subject]()
    while True:
        found = Collector(store, registry.licences).collect(sorted(wanted))
        placed = sorted(_placed(found), key=lambda entry: entry.index)
        known |= wanted
        contents = (entry.statement.about for entry in placed if entry.statement.about.parent in wanted)
        wanted |= {
            thing for about in contents for thing in (*about.children, *(some.of for some in about.child_amounts))
        }
        if wanted == known:
            return found, placed


def _placed(found: Collected) -> list[Placed]:
    envelopes = ((stored.index, stored.envelope) for stored in found.stored.values())
    return list(verify_together(envelopes, lambda index, err: None).values())


def _fold(
    placed: list[Placed], found: Collected, gone: Mapping[StatementHash, StatementHash]
) -> tuple[World, dict[StatementHash, Refusal]]:
    world = World(scope=party_needs(found.needs, placed), voided=gone)
    refused = {}
    for entry in placed:
        outcome = admit_statement(entry.statement, world, at=entry.index)
        if isinstance(outcome, Refusal):
            refused[entry.statement.hash] = outcome
    return world, refused
