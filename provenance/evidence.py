"""Is this history true? Statements, proofs and a checkpoint against what the verifier trusts: the whole product.

For a bundle and a trust file, leaving findings instead of stopping:

1. the eight steps that need no knowledge of the trade (``proof_steps``): each that fails is a finding;
2. every statement says something that the trade understands;
3. the bundle holds all the chains the history needs, and nothing else;
4. the history is folded again by the rules of custody, authority judged at each leaf's position;
5. the checks ask their doubts, and the verdict weighs all findings; while anything could not be checked, nothing is
   said that might hang on it: neither that a rule was broken, nor where the thing is now.

Pure: the same bytes get the same answer on a server, in a mirror, on an inspector's laptop. What can't be seen
from here: statements newer than the checkpoint, and anything about the physical thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.bundle import Bundle, Exhibit, parse_bundle
from provenance.crypto.envelope import Envelope
from provenance.crypto.keys import PublicKey
from provenance.custody import checks
from provenance.custody.commerce_records import CommerceRecord
from provenance.custody.history import History, Placed, as_far_as_read, unfold
from provenance.custody.parties import subject_of
from provenance.custody.reach import Link, Needs, Until, is_needed, reach
from provenance.custody.registry_entries import DelegationGranted, Entry
from provenance.custody.statements import SignedStatement, VerifiedStatement, introduced_by, read, read_attested, verify
from provenance.custody.steps import named_owner, named_receiver
from provenance.custody.verdict import Doubt, Finding, Verdict, VerdictClass, judge
from provenance.custody.web_links import WebLinks
from provenance.epcis.events import Event
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.ids import KeyId, LeafIndex, PartyId, StatementHash, Subject
from provenance.log.checkpoint import Checkpoint
from provenance.log.confirmation import ConfirmationState
from provenance.proof_steps import Problem, ProofStep, Steps, take_file_steps, take_steps
from provenance.trust import Trust

# What only a whole and proven history gives reason to say: what could not be read is not known to be absent.
_NEED_ALL = frozenset({Doubt.RULE_BROKEN, Doubt.NOT_ISSUED, Doubt.ORIGIN_NOT_RECORDED})


@dataclass(frozen=True, slots=True)
class Report:
    """What a verifier can say about one thing, and what it rests on.

    ``confirmation`` is ``None`` when there was no checkpoint to trust; else it says who confirmed it, and whether they
    are enough. ``recorded`` are the statements proven to be in it. ``steps`` is what anyone can check again
    without knowing the trade.
    """

    subject: Subject
    verdict: Verdict
    history: History
    confirmation: ConfirmationState | None
    recorded: frozenset[StatementHash]
    steps: Steps

    @property
    def checkpoint(self) -> Checkpoint | None:
        """The checkpoint that the log signed, whoever confirmed it; ``None`` when there was none to trust."""
        return self.confirmation.checkpoint if self.confirmation else None


def verify_file(data: bytes, trust: Trust) -> Report:
    """The report on a bundle file; a file that is no bundle is refused with ``MalformedError``.

    A file has to prove all it says: what a server shows as not recorded yet makes a file one that can't be checked.
    """
    bundle = parse_bundle(data)
    return _report(bundle, trust, take_file_steps(bundle, trust), known=())


def examine(bundle: Bundle, trust: Trust, *, known: Iterable[Finding] = ()) -> Report:
    """The report on a bundle, on top of findings someone already has: refused statements, a serial not yet on sale."""
    return _report(bundle, trust, take_steps(bundle, trust), known=known)


def _report(bundle: Bundle, trust: Trust, steps: Steps, *, known: Iterable[Finding]) -> Report:
    by_index = {exhibit.index: exhibit for exhibit in bundle.exhibits}
    findings = [*known, *(_finding(problem, bundle, trust) for problem in steps.problems)]
    findings += [_finding_of(Doubt.NOT_YET_RECORDED, bundle, by_index[index], {}) for index in steps.pending]
    placed = read_steps(steps, lambda index, err: findings.append(_unreadable(bundle, by_index[index], err)))
    recorded = frozenset(hash_ for index in steps.proven for hash_ in _evidence(by_index[index]))
    _check_completeness(bundle, placed, findings)
    history = unfold(bundle.subject, placed.values(), party_needs(bundle.needs, placed.values()))
    doubts = checks.run(history)
    findings = [*_untold(findings, doubts, placed), *doubts]
    if any(finding.doubt is Doubt.NOT_ACTIVATED for finding in findings):
        findings = [finding for finding in findings if finding.doubt is not Doubt.NOT_ISSUED]  # it says why
    if any(finding.argues_for is VerdictClass.COULD_NOT_CHECK for finding in findings):
        findings = [finding for finding in findings if finding.doubt not in _NEED_ALL]
        history = as_far_as_read(history)
    return Report(bundle.subject, judge(tuple(findings)), history, steps.confirmation, recorded, steps)


def _untold(
    findings: Iterable[Finding], doubts: Iterable[Finding], placed: Mapping[LeafIndex, Placed]
) -> Iterator[Finding]:
    """The findings on which the fold has nothing to add.

    It meets again whoever may not speak, and knows why. And where all that a statement follows is here, a chain it
    does not continue has no gap: it is forked.
    """
    told = {hash_ for doubt in doubts if doubt.doubt is Doubt.RULE_BROKEN for hash_ in doubt.evidence}
    here = {entry.statement.hash: set(entry.statement.header.previous) for entry in placed.values()}
    forked = {hash_ for hash_ in told if here.get(hash_, set()) <= here.keys()}
    for finding in findings:
        known = {Doubt.RULE_BROKEN: told, Doubt.RECORD_MISSING: forked}.get(finding.doubt, set())
        if known.isdisjoint(finding.evidence):
            yield finding


def party_needs(needs: Needs, placed: Iterable[Placed]) -> Needs:
    """The needs with the registry chains that the statements belong to, which are always whole."""
    entries = (entry.statement.content for entry in placed)
    return {**needs, **{subject_of(e): None for e in entries if isinstance(e, Entry)}}


def parties_in(statements: Iterable[SignedStatement | VerifiedStatement]) -> frozenset[PartyId]:
    """Every party these statements lean on: signers, named receivers and owners, delegates."""
    parties: set[str] = set()
    for statement in statements:
        parties |= statement.header.parties
        if isinstance(statement.content, Event):
            parties |= {p for p in (named_receiver(statement.content), named_owner(statement.content)) if p}
        elif isinstance(statement.content, DelegationGranted):
            parties.add(statement.content.to)
    return frozenset(PartyId(party) for party in parties)


def verify_together(
    envelopes: Iterable[tuple[LeafIndex, Envelope]], failed: Callable[[LeafIndex, ProvenanceError], None]
) -> dict[LeafIndex, Placed]:
    """The verified statements among these; keys are taken from the registry entries among them.

    What does not verify is told to ``failed`` and left out.
    """
    signed: dict[LeafIndex, SignedStatement] = {}
    keys: dict[KeyId, PublicKey] = {}
    for index, envelope in envelopes:
        try:
            statement = signed[index] = read(envelope)
        except ProvenanceError as err:
            failed(index, err)
            continue
        keys |= introduced_by(statement)
    placed = {}
    for index, statement in signed.items():
        try:
            placed[index] = Placed(index, verify(statement, keys.get))
        except ForgedError as err:
            failed(index, err)
    return placed


def read_steps(steps: Steps, failed: Callable[[LeafIndex, ProvenanceError], None]) -> dict[LeafIndex, Placed]:
    """The statements whose signatures hold, with what they say; what can't be read is told to ``failed``."""
    placed = {index: Placed(index, statement) for index, statement in steps.entries.items()}
    for index, attested in steps.events.items():
        try:
            placed[index] = Placed(index, read_attested(attested))
        except ProvenanceError as err:
            failed(index, err)
    return placed


def _check_completeness(bundle: Bundle, placed: Mapping[LeafIndex, Placed], findings: list[Finding]) -> None:
    """The chains named are those needed, each link is named where it belongs, and none is there for nothing."""
    links = links_in(placed)
    needs = party_needs(reach(bundle.subject, chains_of(links.values())), placed.values())
    if needs != bundle.needs:
        missing, _ = min(set(needs.items()) ^ set(bundle.needs.items()), key=str)
        details = {"message": f"the chain of {missing} is not there as far as the history needs it"}
        findings.append(Finding(Doubt.RECORD_MISSING, bundle.subject, (), details))
        return
    for entry in wrongly_listed(bundle, placed, needs):
        details = {"index": str(entry.index), "message": "it is not in the chains that the bundle says it is in"}
        findings.append(Finding(Doubt.RECORD_MISSING, bundle.subject, (entry.statement.hash,), details))


def links_in(placed: Mapping[LeafIndex, Placed]) -> Mapping[LeafIndex, Link]:
    """The custody events among these, as links of chains, in log order."""
    return {
        index: Link(index, entry.statement.content, entry.statement.step, entry.statement.about)
        for index, entry in sorted(placed.items())
        if isinstance(entry.statement.content, Event) and entry.statement.step is not None
    }


def wrongly_listed(bundle: Bundle, placed: Mapping[LeafIndex, Placed], needs: Needs) -> Iterator[Placed]:
    """The statements that are not in the chains, of those needed, in which the bundle lists them."""
    listed: dict[LeafIndex, set[Subject]] = {}
    for name, chain in bundle.chains.items():
        for index in chain.indexes:
            listed.setdefault(index, set()).add(name)
    links = links_in(placed)
    for index, entry in placed.items():
        least, most = _chains_at(entry, links, needs)
        names = listed.get(index, set())
        if not (names and least <= names <= most):
            yield entry


def _chains_at(entry: Placed, links: Mapping[LeafIndex, Link], needs: Needs) -> tuple[set[Subject], set[Subject]]:
    """The chains a statement is surely a link of, and all it may be one of, among those needed this far."""
    content = entry.statement.content
    if isinstance(content, WebLinks):
        return set(), set()  # nobody's history; the steps before have refused it
    if not isinstance(content, Event):
        chain = content.chain if isinstance(content, CommerceRecord) else subject_of(content)
        return {chain}, {chain}

    def needed(names: Iterable[Subject]) -> set[Subject]:
        return {name for name in names if name in needs and is_needed(content, entry.index, needs[name])}

    about = entry.statement.about
    link = links.get(entry.index)
    return needed(about.subjects), needed(about.subjects if link is None else named_in(link, links.values()))


def chains_of(links: Iterable[Link]) -> Callable[[Subject, Until], Iterable[Link]]:
    """The chains in a set of links, to be walked by ``reach``."""
    everything = sorted(links, key=lambda link: link.index)

    def read_chain(subject: Subject, until: Until) -> Iterable[Link]:
        return [
            link
            for link in everything
            if is_needed(link.event, link.index, until) and subject in named_in(link, everything)
        ]

    return read_chain


def named_in(link: Link, links: Iterable[Link]) -> tuple[Subject, ...]:
    """The subjects an event touches, and those it empties out of a unit without naming them."""
    about = link.about
    if about.parent is None or about.children or about.child_amounts:
        return about.subjects
    inside: dict[Subject, None] = {}
    for earlier in links:
        if earlier.index < link.index and earlier.about.parent == about.parent:
            inside |= dict.fromkeys((*earlier.about.children, *(a.of for a in earlier.about.child_amounts)))
    return (*about.subjects, *inside)


# What the failing of a step gives reason to doubt.
_DOUBTS: Mapping[ProofStep, Doubt] = {
    ProofStep.CHECKPOINT: Doubt.CHECKPOINT_UNTRUSTED,
    ProofStep.COSIGNATURES: Doubt.NOT_CONFIRMED,
    ProofStep.STATEMENTS: Doubt.RECORD_UNREADABLE,
    ProofStep.SIGNATURES: Doubt.RECORD_ALTERED,
    ProofStep.LINKS: Doubt.RECORD_MISSING,
    ProofStep.INCLUSION: Doubt.PROOF_FAILED,
    ProofStep.AUTHORITY: Doubt.RULE_BROKEN,
}


def _finding(problem: Problem, bundle: Bundle, trust: Trust) -> Finding:
    details = {"message": problem.message}
    if problem.index is not None:
        exhibit = next(exhibit for exhibit in bundle.exhibits if exhibit.index == problem.index)
        return _finding_of(_DOUBTS[problem.step], bundle, exhibit, details)
    if problem.step is ProofStep.AUTHORITY:
        return Finding(Doubt.REGISTRY_UNTRUSTED, Subject(f"registry:{trust.origin}"), (), details)
    return Finding(_DOUBTS[problem.step], bundle.subject, (), details)


def _unreadable(bundle: Bundle, exhibit: Exhibit, err: ProvenanceError) -> Finding:
    return _finding_of(Doubt.RECORD_UNREADABLE, bundle, exhibit, {"message": str(err)})


def _finding_of(doubt: Doubt, bundle: Bundle, exhibit: Exhibit, details: Mapping[str, str]) -> Finding:
    return Finding(doubt, bundle.subject, _evidence(exhibit), {"index": str(exhibit.index), **details})


def _evidence(exhibit: Exhibit) -> tuple[StatementHash, ...]:
    """The statement's identity; nothing, if its payload type is so damaged that it has none."""
    try:
        return (exhibit.envelope.hash,)
    except MalformedError:
        return ()
