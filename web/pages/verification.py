"""The verification page: a report put into words, in the order a buyer needs them.

Rules:

* first the answer and what to do, then everything else that was found, then what nobody can know from a label, then
  the thing, its steps, the same as a picture, and the proof;
* every sentence is in the reader's language; what parties wrote is shown as they wrote it;
* the page says under which checkpoint it speaks, and which independent witnesses have confirmed it, or that none has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from provenance.custody.history import Happening, Nearness, graph
from provenance.custody.parties import Party
from provenance.custody.verdict import Doubt
from provenance.encoding.textual import format_base64, format_time
from provenance.evidence import Report
from provenance.gs1.identifiers import Kind
from provenance.ids import PartyId, Subject
from provenance.services.tapping import TapReport
from provenance.trust import Trust
from web.addresses import Form, address_of, file_name, owner_address
from web.pages.checking import OUTCOMES, REASONS, STEPS
from web.pages.drawing import Caption, Drawing, draw
from web.pages.facts import Fact, facts
from web.pages.findings import Banner, FindingLine, banner, other_findings
from web.pages.names import Names, date_of, identified
from web.pages.tap import TapLine, tap_line
from web.pages.text import Text
from web.pages.timeline import MOST_STEPS, Standing, StepLine, inputs_of, standing_of, step_lines, title_of

_FEWEST_TO_DRAW = 2


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A witness, and when it confirmed the checkpoint: for programs, and for people."""

    witness: str
    machine: str
    shown: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What the answer rests on; ``bundle`` is where the evidence is, empty while there is none to take away."""

    name: str
    origin: str
    size: int
    root: str
    confirmed: tuple[Confirmed, ...]
    proven: int
    all: int
    bundle: str
    page: str
    steps: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    why_no_bundle: str
    machine: str
    head: str
    file_name: str


@dataclass(frozen=True, slots=True)
class VerificationPage:
    """Everything the template prints."""

    name: str
    kind: str
    number: str
    banner: Banner
    others: tuple[FindingLine, ...]
    limits: tuple[str, ...]
    facts: tuple[Fact, ...]
    steps: tuple[StepLine, ...]
    omitted: int
    drawing: Drawing | None
    proof: Proof
    tap: TapLine | None
    owner_page: str


def verification_page(
    report: Report,
    trust: Trust,
    *,
    text: Text,
    host: str,
    heard_of: Mapping[PartyId, Party],
    tap: TapReport | None = None,
) -> VerificationPage:
    """The page about a thing; ``host`` is the name this server goes by, ``heard_of`` whom it knows beyond the proof.

    ``tap`` is what its NFC tag showed, if one was touched.
    """
    names = Names(report.history, text, heard_of)
    steps, omitted = step_lines(report, names, text)
    identifier = identified(report.subject)
    kind = text(f"kind.{identifier.kind}" if identifier else "kind.other")
    return VerificationPage(
        name=names.product(report.subject) or f"{kind} {identifier.elements[-1][1] if identifier else ''}".rstrip(),
        kind=kind,
        number=" · ".join(value for _, value in identifier.elements) if identifier else report.subject,
        banner=banner(report.verdict, report, names, text),
        others=other_findings(report.verdict, report, names, text),
        limits=_limits(report, trust, text, host),
        facts=facts(report.history, names, text),
        steps=steps,
        omitted=omitted,
        drawing=_drawing(report, names, text),
        proof=_proof(report, text),
        tap=None if tap is None else tap_line(tap, text),
        owner_page=owner_address(report.subject) if identifier and identifier.kind is Kind.ITEM else "",
    )


def _limits(report: Report, trust: Trust, text: Text, host: str) -> tuple[str, ...]:
    checkpoint = report.checkpoint
    newest = (
        text("limit.no-checkpoint")
        if checkpoint is None
        else text("limit.checkpoint", size=checkpoint.size, origin=checkpoint.origin)
    )
    return (
        text("limit.photo"),
        text("limit.words"),
        text("limit.scans"),
        newest,
        _one_log(report, trust, text),
        text("limit.address", host=host),
    )


def _one_log(report: Report, trust: Trust, text: Text) -> str:
    """Whether everyone is shown the same log: who vouches for it."""
    if not trust.policy.witnesses:
        return text("limit.witnesses")
    have = len(report.confirmation.confirmations) if report.confirmation else 0
    return text("limit.confirmed", have=have, all=len(trust.policy.witnesses))


def _drawing(report: Report, names: Names, text: Text) -> Drawing | None:
    happenings = report.history.happenings[-MOST_STEPS:]
    if len(happenings) < _FEWEST_TO_DRAW:
        return None
    net = graph(report.history)
    for happening in happenings:
        _link_silently(net, happening, report.subject)
    things = [node for node, data in net.nodes(data=True) if data["kind"] == "thing"]
    captions = {thing: Caption(_called(thing, report, names)) for thing in things}
    captions |= {happening.hash: _caption(happening, report, names, text) for happening in happenings}
    return draw(net, captions, lambda titles: _together(titles, text))


def _together(titles: Sequence[str], text: Text) -> str:
    """Several things in the picture whose fate is the same: counted if they have one name, else the first and more."""
    if len(set(titles)) == 1:
        return text("page.drawing.alike", count=len(titles), thing=titles[0])
    return text("page.drawing.several", count=len(titles) - 1, thing=titles[0])


def _link_silently(net: nx.DiGraph[str], happening: Happening, subject: Subject) -> None:
    """The edges that the graph leaves out: a crowd's, and those of a thing taken out of a unit without being named."""
    own = (subject,) if happening.nearness is Nearness.OWN else ()
    named = (*own, *inputs_of(happening), *filter(None, [happening.about.parent]))
    for thing in named:
        if thing in net and not net.has_edge(happening.hash, thing):
            net.add_edge(thing, happening.hash, kind="about")


def _called(thing: str, report: Report, names: Names) -> str:
    """A thing in the picture: its maker's name where it has one, for there is little room."""
    known = names.product(Subject(thing))
    return names.number(thing) if known is None or thing == report.subject else known


def _caption(happening: Happening, report: Report, names: Names, text: Text) -> Caption:
    parties = names.listed([names.party(signer.party) for signer in happening.signers])
    is_odd = standing_of(happening, report) in (Standing.REFUSED, Standing.VOIDED)
    return Caption(title_of(happening, report.subject, text), parties, is_odd)


def _proof(report: Report, text: Text) -> Proof:
    checkpoint, subject = report.checkpoint, report.subject
    doubts = {finding.doubt for finding in report.verdict.findings}
    why_not = ""
    if not report.history.happenings:
        why_not = text("proof.bundle.none")
    elif Doubt.NOT_YET_RECORDED in doubts:
        why_not = text("proof.bundle.later")
    return Proof(
        name=subject,
        origin=checkpoint.origin if checkpoint else "",
        size=checkpoint.size if checkpoint else 0,
        root=format_base64(checkpoint.root) if checkpoint else "",
        confirmed=tuple(
            Confirmed(one.witness, format_time(one.at), f"{date_of(one.at, text)}, {one.at:%H:%M} UTC")
            for one in (report.confirmation.confirmations if report.confirmation else ())
        ),
        proven=sum(happening.hash in report.recorded for happening in report.history.happenings),
        all=len(report.history.happenings),
        bundle="" if why_not else address_of(subject, Form.BUNDLE),
        page="" if why_not else address_of(subject, Form.OFFLINE),
        steps=STEPS,
        outcomes=OUTCOMES,
        reasons=REASONS,
        why_no_bundle=why_not,
        machine=address_of(subject, Form.ANSWER),
        head=address_of(subject, Form.HEAD),
        file_name=file_name(subject),
    )
