"""Taking an event back: how things stand without it, if nothing later depends on it.

Rules (EPCIS 2.0 §7.4.1.2): an error declaration repeats the event it takes back, otherwise identical, signed by a
party that signed the original. It is refused if a later event would no longer be allowed without the one taken
back: that later event must be corrected first, or the shipment voided.
"""

from __future__ import annotations

from provenance.codes import Code
from provenance.custody.admission import World, admit_statement
from provenance.custody.history import Placed, detached, find_original, voided
from provenance.custody.parties import Registry
from provenance.custody.standing import Standing
from provenance.custody.statements import VerifiedStatement
from provenance.epcis.events import Event
from provenance.errors import Refusal
from provenance.evidence import party_needs, verify_together
from provenance.ids import StatementHash, Subject
from provenance.ports.stores import Reading
from provenance.services.collecting import Collected, Collector


def corrected_standings(
    store: Reading, declaration: VerifiedStatement, registry: Registry
) -> dict[Subject, Standing] | Refusal:
    """How the touched subjects stand once the declared event is taken back, or why it can't be."""
    if not isinstance(declaration.content, Event):
        return {}
    subjects = declaration.about.subjects
    found = Collector(store, registry.licences).collect(subjects)
    placed = sorted(_placed(found), key=lambda entry: entry.index)
    gone = voided(placed)
    original = find_original(declaration, (entry.statement for entry in placed), gone)
    if original is None:
        return Refusal(Code.NO_SUCH_EVENT, "no event of this party is otherwise identical", pointer="/errorDeclaration")
    before, refused_before = _fold(placed, found, gone)
    after, refused_after = _fold(placed, found, gone | {original.hash})
    if broken := [hash_ for hash_ in refused_after if hash_ not in refused_before]:
        return Refusal(
            Code.CORRECTION_CONTRADICTED,
            f"the later event {broken[0]} depends on it: {refused_after[broken[0]].message}",
            evidence={"event": broken[0]},
        )
    standings = after.standings
    # Subjects that exist only through the event taken back stay as they are in the chain, never made.
    return {s: row for s in subjects if (row := standings.of(s) or before.standings.of(s)) is not None}


def _placed(found: Collected) -> list[Placed]:
    envelopes = ((stored.index, stored.envelope) for stored in found.stored.values())
    return list(verify_together(envelopes, lambda index, err: None).values())


def _fold(
    placed: list[Placed], found: Collected, gone: frozenset[StatementHash]
) -> tuple[World, dict[StatementHash, Refusal]]:
    scope = frozenset(party_needs(found.needs, placed))
    world = World(scope=scope, voided=gone, detached=detached(placed, found.needs))
    refused = {}
    for entry in placed:
        outcome = admit_statement(entry.statement, world, at=entry.index)
        if isinstance(outcome, Refusal):
            refused[entry.statement.hash] = outcome
    return world, refused
