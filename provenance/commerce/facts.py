"""What is known about one case when it is decided: a closed list, taken from the log, each fact with its sources.

Rules:

* one case is one item of one order; amounts are minor units of the order's currency, instants whole seconds;
* every instant is the log's, never a clock's: a time-out has happened when a tick in the log says so (``asOf``);
* ``null`` is not known or not so; an empty list of findings is an inspection that found nothing, ``null`` none yet;
* one value has one spelling: ``parse_facts`` accepts exactly what ``format_facts`` prints.

    {"answer":null,"asOf":1795400000,"award":null,"category":"apparel",
     "checkpoint":{"origin":"demo.example/log/2026","root":"<sha-256>","size":91422},
     "confirmed":[],"confirmedAt":null,"currency":"CNY","facts":"provenance.facts/1","flags":[],"found":[],"freight":0,
     "giftsKept":0,"loss":0,"order":"<statement>","paid":19900,"placedAt":1795000000,"proven":[],"receivedAt":1795200000,
     "repairs":0,"request":{"at":1795300000,"kind":"withdraw"},
     "returned":{"findings":[],"receivedAt":1795390000,"sentAt":1795350000,"serial":"https://id.gs1.org/01/…/21/A1"},
     "serial":"https://id.gs1.org/01/…/21/A1","shippedAt":1795100000,
     "sources":{"receivedAt":["<statement>"]},"terms":"<sha-256>","traits":[]}
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.commerce.calendar import LATEST_INSTANT
from provenance.commerce.members import Members, check_sorted, members_of
from provenance.commerce.money import check_currency
from provenance.commerce.vocabulary import Ask, Category, Claim, Condition, Flag, Ground, Payer, Proof, Says, Trait
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import LARGEST_INTEGER
from provenance.errors import MalformedError
from provenance.ids import StatementHash

VERSION = "provenance.facts/1"
MOST_MINOR = 10**11  # times ten thousand basis points it is still below 2^53

_MOST_SOURCES = 1000


@dataclass(frozen=True, slots=True)
class SeenCheckpoint:
    """The checkpoint up to which the log was read."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Request:
    """What the buyer asks for, and since when."""

    kind: Ask
    at: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the seller said to it; a ground only where it contests."""

    says: Says
    ground: Ground | None
    at: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The thing on its way back: sent, perhaps arrived, perhaps scanned, perhaps inspected."""

    sent_at: int
    received_at: int | None
    serial: str | None
    findings: tuple[Condition, ...] | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a decision may rest on."""

    as_of: int
    checkpoint: SeenCheckpoint
    order: str
    terms: str
    serial: str
    currency: str
    paid: int
    freight: int
    category: Category
    placed_at: int
    gifts_kept: int = 0
    loss: int = 0
    traits: tuple[Trait, ...] = ()
    confirmed: tuple[Trait, ...] = ()
    shipped_at: int | None = None
    received_at: int | None = None
    confirmed_at: int | None = None
    request: Request | None = None
    answer: Answer | None = None
    returned: Returned | None = None
    award: Payer | None = None
    found: tuple[Claim, ...] = ()
    proven: tuple[Proof, ...] = ()
    flags: tuple[Flag, ...] = ()
    repairs: int = 0
    sources: Mapping[str, tuple[StatementHash, ...]] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """SHA-256 of the RFC 8785 bytes."""
        return hashlib.sha256(format_facts(self)).hexdigest()


def parse_facts(data: bytes) -> Facts:
    """The facts in a file; accepts only what ``format_facts`` prints."""
    return read_facts(canonical.parse_whole(data))


def format_facts(facts: Facts) -> bytes:
    """The facts as RFC 8785 bytes."""
    return canonical.dump(facts_members(facts))


def read_facts(value: Json) -> Facts:
    """The facts in a JSON value; every refusal points at its member."""
    members = members_of(value, _NAMES)
    if members.raw("facts") != VERSION:
        raise MalformedError(Code.WRONG_VALUE, f"these are no facts of version {VERSION}", pointer="/facts")
    checkpoint = members.object("checkpoint", {"origin", "size", "root"})
    return Facts(
        as_of=_instant(members, "asOf"),
        checkpoint=SeenCheckpoint(
            checkpoint.text("origin"), checkpoint.whole("size", 0, LARGEST_INTEGER), checkpoint.hash("root")
        ),
        order=members.hash("order"),
        terms=members.hash("terms"),
        serial=members.text("serial"),
        currency=members.read("currency", check_currency),
        paid=members.whole("paid", 0, MOST_MINOR),
        freight=members.whole("freight", 0, MOST_MINOR),
        category=members.word("category", Category),
        placed_at=_instant(members, "placedAt"),
        gifts_kept=members.whole("giftsKept", 0, MOST_MINOR),
        loss=members.whole("loss", 0, MOST_MINOR),
        traits=members.words("traits", Trait),
        confirmed=members.words("confirmed", Trait),
        shipped_at=_instant_or_none(members, "shippedAt"),
        received_at=_instant_or_none(members, "receivedAt"),
        confirmed_at=_instant_or_none(members, "confirmedAt"),
        request=_request(members),
        answer=_answer(members),
        returned=_returned(members),
        award=None if members.is_absent("award") else members.word("award", Payer),
        found=members.words("found", Claim),
        proven=members.words("proven", Proof),
        flags=members.words("flags", Flag),
        repairs=members.whole("repairs", 0, 1000),
        sources=_sources(members),
    )


def facts_members(facts: Facts) -> dict[str, Json]:
    """The facts as JSON members; ``read_facts`` gives the facts back."""
    request, answer, returned = facts.request, facts.answer, facts.returned
    return {
        "facts": VERSION,
        "asOf": facts.as_of,
        "checkpoint": {
            "origin": facts.checkpoint.origin,
            "size": facts.checkpoint.size,
            "root": facts.checkpoint.root,
        },
        "order": facts.order,
        "terms": facts.terms,
        "serial": facts.serial,
        "currency": facts.currency,
        "paid": facts.paid,
        "freight": facts.freight,
        "category": facts.category.value,
        "placedAt": facts.placed_at,
        "giftsKept": facts.gifts_kept,
        "loss": facts.loss,
        "traits": [trait.value for trait in facts.traits],
        "confirmed": [trait.value for trait in facts.confirmed],
        "shippedAt": facts.shipped_at,
        "receivedAt": facts.received_at,
        "confirmedAt": facts.confirmed_at,
        "request": None if request is None else {"kind": request.kind.value, "at": request.at},
        "answer": None
        if answer is None
        else {"says": answer.says.value, "ground": answer.ground and answer.ground.value, "at": answer.at},
        "returned": None
        if returned is None
        else {
            "sentAt": returned.sent_at,
            "receivedAt": returned.received_at,
            "serial": returned.serial,
            "findings": None if returned.findings is None else [finding.value for finding in returned.findings],
        },
        "award": facts.award and facts.award.value,
        "found": [claim.value for claim in facts.found],
        "proven": [proof.value for proof in facts.proven],
        "flags": [flag.value for flag in facts.flags],
        "repairs": facts.repairs,
        "sources": {name: list(hashes) for name, hashes in facts.sources.items()},
    }


_NAMES = frozenset(
    "facts asOf checkpoint order terms serial currency paid freight category placedAt giftsKept loss traits confirmed "
    "shippedAt receivedAt confirmedAt request answer returned award found proven flags repairs sources".split()
)


def _instant(members: Members, name: str) -> int:
    return members.whole(name, 0, LATEST_INSTANT)


def _instant_or_none(members: Members, name: str) -> int | None:
    return None if members.is_absent(name) else _instant(members, name)


def _request(members: Members) -> Request | None:
    if members.is_absent("request"):
        return None
    request = members.object("request", {"kind", "at"})
    return Request(request.word("kind", Ask), _instant(request, "at"))


def _answer(members: Members) -> Answer | None:
    if members.is_absent("answer"):
        return None
    answer = members.object("answer", {"says", "ground", "at"})
    ground = None if answer.is_absent("ground") else answer.word("ground", Ground)
    says = answer.word("says", Says)
    if (ground is None) is (says is Says.CONTEST):
        message = "a ground stands with 'contest', and only there"
        raise MalformedError(Code.WRONG_VALUE, message, pointer=answer.place("ground"))
    return Answer(says, ground, _instant(answer, "at"))


def _returned(members: Members) -> Returned | None:
    if members.is_absent("returned"):
        return None
    returned = members.object("returned", {"sentAt", "receivedAt", "serial", "findings"})
    return Returned(
        _instant(returned, "sentAt"),
        _instant_or_none(returned, "receivedAt"),
        None if returned.is_absent("serial") else returned.text("serial"),
        None if returned.is_absent("findings") else returned.words("findings", Condition),
    )


def _sources(members: Members) -> dict[str, tuple[StatementHash, ...]]:
    value = members.raw("sources")
    if not isinstance(value, dict):
        raise MalformedError(Code.WRONG_TYPE, "an object of facts' names", pointer=members.place("sources"))
    sources = members.object("sources", value.keys() & _NAMES)
    return {name: _hashes(sources, name) for name in sorted(sources.values)}


def _hashes(members: Members, name: str) -> tuple[StatementHash, ...]:
    texts = members.list(name)
    if len(texts) > _MOST_SOURCES:
        raise MalformedError(Code.WRONG_VALUE, f"at most {_MOST_SOURCES} sources", pointer=members.place(name))
    entries = members.entries(name)
    hashes = tuple(StatementHash(entries.hash(index)) for index in entries.values)
    check_sorted(hashes, members.place(name))
    return hashes
