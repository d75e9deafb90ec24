"""One file with a decision and everything it was made from, and whether the same comes out again.

Rules:

* the file is one JSON object in its RFC 8785 form: ``{"case":"provenance.case/1","decision":…,"facts":…,"law":…,
  "terms":…}``, each part as its own module prints it;
* a replay needs nothing else: no server, no database, no clock, no network;
* it names every input that is not what the decision says it was made from, and every member of the decision that comes
  out otherwise; only a file with nothing to name is identical.

What a replay does not show: that the facts are those of the log. Their ``sources`` and ``checkpoint`` say where to
look; a bundle proves them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.commerce.decision import Decision, decision_members
from provenance.commerce.evaluation import EVALUATOR, decide
from provenance.commerce.facts import Facts, facts_members, read_facts
from provenance.commerce.law import law_members
from provenance.commerce.law_tables import LAWS
from provenance.commerce.members import members_of
from provenance.commerce.terms import Terms, read_terms, terms_members
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, ProvenanceError, RefusedError

VERSION = "provenance.case/1"

_NAMES = frozenset({"case", "decision", "facts", "law", "terms"})


@unique
class Input(StrEnum):
    """Which part of a file is not what the decision says."""

    TERMS = "terms"
    LAW = "law"
    FACTS = "facts"
    EVALUATOR = "evaluator"
    DECISION = "decision"


_BLAMED: Mapping[Code, tuple[Input, str]] = {
    Code.WRONG_CURRENCY: (Input.FACTS, "/facts/currency"),
    Code.UNKNOWN_LAW: (Input.FACTS, "/facts/placedAt"),
}
"""Where to look if nothing can be decided for another reason than the terms."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not fit: where, what the decision says, and what is found."""

    part: Input
    pointer: str
    recorded: str
    found: str


@dataclass(frozen=True, slots=True)
class Replay:
    """The case of a file, the decision as it comes out now, and what differs; ``again`` is ``None`` if none can be."""

    terms: Terms
    facts: Facts
    again: Decision | None
    differences: tuple[Difference, ...]

    @property
    def is_identical(self) -> bool:
        """Whether every byte of the decision came out again, from inputs that are what it says."""
        return not self.differences


def format_case(terms: Terms, facts: Facts, decision: Decision) -> bytes:
    """The file for a decision; ``replay`` finds nothing in it."""
    law = next(law for law in LAWS if law.hash == decision.law)
    return canonical.dump(
        {
            "case": VERSION,
            "terms": terms_members(terms),
            "law": law_members(law),
            "facts": facts_members(facts),
            "decision": decision_members(decision),
        }
    )


def replay(data: bytes) -> Replay:
    """What comes out of a file's case, beside what the file says; refuses what is no such file."""
    members = members_of(canonical.parse_whole(data), _NAMES)
    if members.raw("case") != VERSION:
        raise MalformedError(Code.WRONG_VALUE, f"this is no case of version {VERSION}", pointer="/case")
    try:
        terms = read_terms(members.raw("terms"))
    except ProvenanceError as err:
        raise err.under("/terms") from err
    try:
        facts = read_facts(members.raw("facts"))
    except ProvenanceError as err:
        raise err.under("/facts") from err
    law, recorded = members.raw("law"), members.raw("decision")
    if not isinstance(recorded, dict):
        raise MalformedError(Code.WRONG_TYPE, "a decision is an object", pointer="/decision")
    again: Decision | None = None
    differences = list(_other_inputs(terms, facts, law, recorded))
    try:
        again = decide(terms, facts)
    except RefusedError as err:
        part, pointer = _BLAMED.get(err.code, (Input.TERMS, "/terms"))
        differences.append(Difference(part, pointer, "terms and facts that fit", err.refusal.message))
    else:
        if canonical.dump(law) != canonical.dump(next(law_members(known) for known in LAWS if known.hash == again.law)):
            differences.append(Difference(Input.LAW, "/law", again.law, "a table this program does not have"))
        differences += _other_outcome(recorded, decision_members(again))
    return Replay(terms, facts, again, tuple(differences))


def _other_inputs(terms: Terms, facts: Facts, law: Json, recorded: dict[str, Json]) -> Iterator[Difference]:
    found = {
        Input.TERMS: terms.hash,
        Input.LAW: hashlib.sha256(canonical.dump(law)).hexdigest(),
        Input.FACTS: facts.hash,
        Input.EVALUATOR: EVALUATOR,
    }
    for part, value in found.items():
        if recorded.get(part) != value:
            yield Difference(part, f"/decision/{part}", str(recorded.get(part)), value)


def _other_outcome(recorded: dict[str, Json], again: dict[str, Json]) -> Iterator[Difference]:
    inputs = {part.value for part in Input}
    for name in sorted((recorded.keys() | again.keys()) - (inputs - {Input.DECISION})):
        before, now = recorded.get(name), again.get(name)
        if name not in recorded or name not in again or canonical.dump(before) != canonical.dump(now):
            pointer = f"/decision/{canonical.escape(name)}"
            yield Difference(Input.DECISION, pointer, canonical.dump(before).decode(), canonical.dump(now).decode())
