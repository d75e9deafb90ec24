"""A sale and what may come after it, as terms and facts that a test changes one at a time.

The jacket of these cases was received on Monday 2026-09-07 at noon local time; the seven days of Chinese law end with
Monday the 14th, the fourteen of European law with Monday the 21st.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from hypothesis import strategies as st

from provenance.commerce.calendar import LATEST_INSTANT, parse_day
from provenance.commerce.decision import Decision
from provenance.commerce.evaluation import decide
from provenance.commerce.facts import MOST_MINOR, Answer, Facts, Request, Returned, SeenCheckpoint
from provenance.commerce.terms import MOST_DAYS, MOST_MONTHS, Terms, Withdrawal
from provenance.commerce.vocabulary import (
    Ask,
    Category,
    Claim,
    Clause,
    Condition,
    Flag,
    Ground,
    Jurisdiction,
    Outbound,
    Outcome,
    Payer,
    Proof,
    Says,
    Trait,
)
from provenance.ids import PartyId, StatementHash

SERIAL = "https://id.gs1.org/01/09520123000011/21/A1"
OTHER_SERIAL = "https://id.gs1.org/01/09520123000011/21/A2"

CHINESE = Terms(
    name="arcade-standard",
    revision=1,
    seller=PartyId("https://id.gs1.org/417/9520123000028"),
    jurisdiction=Jurisdiction.CHINA,
    currency="CNY",
    zone=8 * 60,
    text_en="e1" * 32,
    text_zh="21" * 32,
    withdrawal=Withdrawal(
        days=7,
        exclusions=tuple(sorted(set(Trait) - {Trait.DURABLE})),
        return_freight=Payer.BUYER,
        outbound=Outbound.KEPT,
        deductions={},
    ),
    defect_return_days=7,
    warranty_months=24,
    refund_days=7,
    silence_days=7,
    release_days=8,
    holidays=(),
)
EUROPEAN = replace(
    CHINESE,
    jurisdiction=Jurisdiction.EUROPE,
    currency="EUR",
    zone=2 * 60,
    withdrawal=replace(CHINESE.withdrawal, days=14, outbound=Outbound.REPAID),
    defect_return_days=0,
    refund_days=14,
    release_days=15,
)


def at(text: str, zone: int = 8 * 60) -> int:
    """The instant of a local time: ``at("2026-09-14 23:59")``."""
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp()) - zone * 60


def case(terms: Terms = CHINESE, **changes: object) -> Facts:
    """The facts of the jacket's sale, received and nothing asked, with these changes."""
    facts = Facts(
        as_of=at("2026-09-08 12:00"),
        checkpoint=SeenCheckpoint("demo.example/log/2026", 91422, "c0" * 32),
        order="0d" * 32,
        terms=terms.hash,
        serial=SERIAL,
        currency=terms.currency,
        paid=19900,
        freight=1200,
        category=Category.APPAREL,
        placed_at=at("2026-09-04 09:00"),
        shipped_at=at("2026-09-05 09:00"),
        received_at=at("2026-09-07 12:00"),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # the tests' own changes


def asked(kind: Ask, when: str = "2026-09-10 10:00", zone: int = 8 * 60) -> Request:
    return Request(kind, at(when, zone))


def withdrawn(when: str = "2026-09-10 10:00", zone: int = 8 * 60) -> Request:
    return asked(Ask.WITHDRAW, when, zone)


def back(*findings: Condition, serial: str = SERIAL, received: str = "2026-09-15 10:00") -> Returned:
    """The jacket is back and inspected."""
    return Returned(at("2026-09-12 10:00"), at(received), serial, tuple(sorted(findings)))


def decided(facts: Facts, terms: Terms = CHINESE) -> Decision:
    return decide(terms, facts)


def articles(decision: Decision) -> dict[Clause, str]:
    """Why, and where it is written."""
    return {cited.clause: cited.article for cited in decision.clauses}


def paid_to_buyer(decision: Decision) -> dict[str, int]:
    """What the buyer gets, by what it is for."""
    return {leg.share.value: leg.minor for leg in decision.legs if leg.target.value == "buyer"}


def is_granted(decision: Decision) -> bool:
    """Whether a withdrawal is granted: the thing may come back, or the price has to."""
    return decision.outcome in (Outcome.RETURN, Outcome.REFUND)


# --- case after case, the same for ever ----------------------------------------------------------------------------

_T = TypeVar("_T")


class _Lots:
    """Draws lots from a number: the same number draws the same lots, on every machine and with every library."""

    def __init__(self, number: int) -> None:
        self.seed, self.drawn = str(number).encode(), 0

    def below(self, end: int) -> int:
        self.drawn += 1
        digest = hashlib.sha256(b"%s/%d" % (self.seed, self.drawn)).digest()
        return int.from_bytes(digest[:8], "big") % end

    def one(self, options: Sequence[_T]) -> _T:
        return options[self.below(len(options))]

    def seldom(self, options: Sequence[_T], otherwise: _T) -> _T:
        return self.one(options) if self.below(8) == 0 else otherwise

    def some(self, options: Sequence[_T], most: int) -> tuple[_T, ...]:
        """At most so many, in the order of the list, which is sorted."""
        chosen = {self.below(len(options)) for _ in range(self.below(most + 1))}
        return tuple(options[index] for index in sorted(chosen))


_SORTED_TRAITS, _SORTED_CONDITIONS = sorted(Trait), sorted(Condition)


def numbered_case(number: int) -> tuple[Terms, Facts]:
    """Terms and facts made from a number, mostly such as a trade brings about."""
    lots = _Lots(number)
    base = lots.one((CHINESE, EUROPEAN))
    terms = replace(
        base,
        withdrawal=Withdrawal(
            days=lots.seldom((0, 3, 30, 365), base.withdrawal.days),
            exclusions=lots.seldom((lots.some(_SORTED_TRAITS, 4),), base.withdrawal.exclusions),
            return_freight=lots.one(tuple(Payer)),
            outbound=lots.one(tuple(Outbound)),
            deductions={condition: 1 + lots.below(7000) for condition in lots.some(_SORTED_CONDITIONS, 6)},
        ),
        defect_return_days=lots.one((0, 7, 14)),
        warranty_months=lots.one((0, 6, 36)),
        refund_days=lots.one((0, 3, 7, 30)),
        silence_days=lots.one((0, 2, 7, 60)),
        release_days=lots.one((0, 8, 20)),
        holidays=lots.seldom(((parse_day("2026-09-14"), parse_day("2026-09-22")),), ()),
    )
    received = at("2026-09-07 00:00") + lots.below(7 * 86_400)
    later = [received + days * 86_400 + lots.below(86_400) for days in (1, 6, 7, 8, 13, 14, 15, 16, 20, 200, 500, 760)]
    returned = Returned(
        lots.one(later),
        lots.seldom((None,), lots.one(later)),
        lots.seldom((None, OTHER_SERIAL), SERIAL),
        lots.one((None, lots.some(_SORTED_CONDITIONS, 2), lots.some(_SORTED_CONDITIONS, 2))),
    )
    answers = (
        None,
        Answer(Says.ACCEPT, None, lots.one(later)),
        Answer(Says.CONTEST, lots.one(tuple(Ground)), lots.one(later)),
    )
    facts = case(
        terms,
        as_of=lots.one(later),
        paid=lots.one((0, 1, 199, 19_900, 1_000_001, MOST_MINOR)),
        freight=lots.one((0, 1200)),
        category=lots.one(tuple(Category)),
        placed_at=lots.seldom((at("2026-06-01 00:00"),), at("2026-09-01 00:00")),
        gifts_kept=lots.seldom((1, 50_000), 0),
        loss=lots.seldom((100_000, MOST_MINOR), 0),
        traits=lots.some(_SORTED_TRAITS, 2),
        confirmed=lots.some(_SORTED_TRAITS, 3),
        shipped_at=lots.seldom((None,), received - 86_400),
        received_at=lots.seldom((None,), received),
        confirmed_at=lots.seldom((lots.one(later),), None),
        request=lots.seldom((None,), Request(lots.one((*Ask, Ask.WITHDRAW, Ask.DEFECT)), lots.one(later))),
        answer=lots.one(answers),
        returned=lots.one((None, returned, returned)),
        award=lots.seldom(tuple(Payer), None),
        found=lots.seldom(((Claim.FRAUD,), (Claim.UNSAFE_FOOD,), (Claim.FRAUD, Claim.UNSAFE_FOOD)), ()),
        proven=lots.seldom(((Proof.SOLD_BEFORE,),), ()),
        flags=lots.seldom(tuple((flag,) for flag in Flag), ()),
        repairs=lots.below(4),
    )
    return terms, facts


# --- whatever terms and facts there may be -------------------------------------------------------------------------

_BUSY = at("2026-09-01 00:00"), at("2026-12-31 00:00")
_instants = st.integers(*_BUSY) | st.integers(at("2022-01-02 00:00"), LATEST_INSTANT)
_hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)


def _some_of(words: type[Trait] | type[Condition] | type[Flag] | type[Claim] | type[Proof]) -> st.SearchStrategy[tuple]:  # type: ignore[type-arg]  # of those words
    return st.sets(st.sampled_from(words), max_size=3).map(lambda some: tuple(sorted(some)))


@st.composite
def some_terms(draw: st.DrawFn) -> Terms:
    """Any terms, good and bad for the buyer."""
    deductions = draw(st.dictionaries(st.sampled_from(Condition), st.integers(1, 10_000), max_size=4))
    return Terms(
        name=draw(st.sampled_from(("standard", "généreux", "标准", "\U0001d538"))),
        revision=draw(st.integers(1, 99)),
        seller=CHINESE.seller,
        jurisdiction=draw(st.sampled_from(Jurisdiction)),
        currency=draw(st.sampled_from(("CNY", "EUR"))),
        zone=draw(st.sampled_from((480, 120, 0, -300, 345))),
        text_en=draw(_hashes),
        text_zh=draw(_hashes),
        withdrawal=Withdrawal(
            days=draw(st.integers(0, 40) | st.integers(0, MOST_DAYS)),
            exclusions=draw(_some_of(Trait)),
            return_freight=draw(st.sampled_from(Payer)),
            outbound=draw(st.sampled_from(Outbound)),
            deductions=dict(sorted(deductions.items())),
        ),
        defect_return_days=draw(st.integers(0, 40) | st.integers(0, MOST_DAYS)),
        warranty_months=draw(st.integers(0, 36) | st.integers(0, MOST_MONTHS)),
        refund_days=draw(st.integers(0, 30)),
        silence_days=draw(st.integers(0, 30)),
        release_days=draw(st.integers(0, 60)),
        holidays=tuple(
            sorted(draw(st.sets(st.integers(parse_day("2026-09-01"), parse_day("2026-12-31")), max_size=9)))
        ),
    )


@st.composite
def some_facts(draw: st.DrawFn, terms: Terms) -> Facts:
    """Any facts of an order under these terms, whether or not a sane trade could bring them about."""
    maybe_instant = st.none() | _instants
    returned = st.builds(
        Returned,
        sent_at=_instants,
        received_at=maybe_instant,
        serial=st.sampled_from((None, SERIAL, SERIAL, OTHER_SERIAL)),
        findings=st.none() | _some_of(Condition),
    )
    answer = st.builds(Answer, says=st.just(Says.ACCEPT), ground=st.none(), at=_instants) | st.builds(
        Answer, says=st.just(Says.CONTEST), ground=st.sampled_from(Ground), at=_instants
    )
    return Facts(
        as_of=draw(_instants),
        checkpoint=SeenCheckpoint("demo.example/log/2026", draw(st.integers(0, 2**53 - 1)), draw(_hashes)),
        order=draw(_hashes),
        terms=terms.hash,
        serial=SERIAL,
        currency=terms.currency,
        paid=draw(st.integers(0, 50_000) | st.integers(0, MOST_MINOR)),
        freight=draw(st.integers(0, 2_000)),
        category=draw(st.sampled_from(Category)),
        placed_at=draw(_instants),
        gifts_kept=draw(st.sampled_from((0, 0, 500, 10**6))),
        loss=draw(st.sampled_from((0, 0, 10**5, MOST_MINOR))),
        traits=draw(_some_of(Trait)),
        confirmed=draw(_some_of(Trait)),
        shipped_at=draw(maybe_instant),
        received_at=draw(maybe_instant),
        confirmed_at=draw(maybe_instant),
        request=draw(st.none() | st.builds(Request, kind=st.sampled_from(Ask), at=_instants)),
        answer=draw(st.none() | answer),
        returned=draw(st.none() | returned),
        award=draw(st.sampled_from((None, None, *Payer))),
        found=draw(_some_of(Claim)),
        proven=draw(_some_of(Proof)),
        flags=draw(st.just(()) | _some_of(Flag)),
        repairs=draw(st.integers(0, 3)),
        sources=draw(
            st.dictionaries(
                st.sampled_from(("receivedAt", "request", "paid")),
                st.sets(_hashes.map(StatementHash), max_size=2).map(lambda hashes: tuple(sorted(hashes))),
                max_size=2,
            ).map(lambda sources: dict(sorted(sources.items())))
        ),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Terms, Facts]:
    terms = draw(some_terms())
    return terms, draw(some_facts(terms))
