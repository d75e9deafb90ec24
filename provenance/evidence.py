"""Is this history true? Statements, proofs and a checkpoint against what the verifier trusts: the whole product.

For a bundle and a trust file, each step leaving findings instead of stopping:

1. the checkpoint is signed by the trusted log, and by nobody the trust file does not know;
2. every statement parses, names its signers, and every signature holds;
3. every leaf is in the checkpoint's tree at its index;
4. the bundle holds all the chains the history needs, and nothing else;
5. the registry begins with the trusted root, and every signer had seen this log, as it was before;
6. the history is folded again by the rules of custody, authority judged at each leaf's position;
7. the checks ask their doubts, and the verdict weighs all findings.

Pure: the same bytes get the same answer on a server, in a mirror, on an inspector's laptop. What can't be seen
from here: statements newer than the checkpoint, and anything about the physical thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from provenance.bundle import Bundle, Exhibit, parse_bundle
from provenance.codes import Code
from provenance.crypto.envelope import Envelope, leaf
from provenance.crypto.keys import PublicKey
from provenance.custody import checks
from provenance.custody.history import History, Placed, unfold
from provenance.custody.parties import subject_of
from provenance.custody.reach import Link, Needs, Until, is_needed, reach
from provenance.custody.registry_entries import DelegationGranted, RootEstablished, introduced_keys
from provenance.custody.statements import SignedStatement, VerifiedStatement, read, verify
from provenance.custody.steps import named_owner, named_receiver
from provenance.custody.verdict import Doubt, Finding, Verdict, judge
from provenance.epcis.events import Event
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.ids import KeyId, LeafIndex, PartyId, StatementHash, Subject
from provenance.log.checkpoint import Checkpoint, verify_checkpoint
from provenance.log.merkle import leaf_hash
from provenance.log.note import parse_note
from provenance.log.proofs import verify_inclusion
from provenance.trust import Trust

_COULD_NOT_READ = frozenset({Doubt.RECORD_ALTERED, Doubt.RECORD_UNREADABLE, Doubt.RECORD_MISSING})


@dataclass(frozen=True, slots=True)
class Report:
    """What a verifier can say about one thing, and what it rests on.

    ``checkpoint`` is ``None`` when there was none to trust. ``recorded`` are the statements proven to be in it.
    """

    subject: Subject
    verdict: Verdict
    history: History
    checkpoint: Checkpoint | None
    recorded: frozenset[StatementHash]


def verify_file(data: bytes, trust: Trust) -> Report:
    """The report on a bundle file; a file that is no bundle is refused with ``MalformedError``.

    A file has to prove all it says: what a server shows as not recorded yet makes a file one that can't be checked.
    """
    bundle = parse_bundle(data)
    return examine(bundle, trust, known=_unproven(bundle))


def examine(bundle: Bundle, trust: Trust, *, known: Iterable[Finding] = ()) -> Report:
    """The report on a bundle, on top of findings someone already has (a server's refused statements)."""
    findings = list(known)
    checkpoint = _checkpoint(bundle, trust, findings)
    placed = _verified(bundle, findings)
    recorded = _recorded(bundle, placed, checkpoint, findings)
    _check_completeness(bundle, placed, findings)
    _check_root(placed, trust, findings)
    _check_seen(placed, trust, findings)
    history = unfold(bundle.subject, placed.values(), party_needs(bundle.needs, placed.values()))
    doubts = checks.run(history)
    if any(finding.doubt in _COULD_NOT_READ for finding in findings):
        # What could not be read is not known to be absent.
        doubts = tuple(finding for finding in doubts if finding.doubt is not Doubt.NOT_ISSUED)
    findings += doubts
    return Report(bundle.subject, judge(tuple(findings)), history, checkpoint, recorded)


def party_needs(needs: Needs, placed: Iterable[Placed]) -> Needs:
    """The needs with the registry chains that the statements belong to, which are always whole."""
    entries = (entry.statement.content for entry in placed)
    return {**needs, **{subject_of(e): None for e in entries if not isinstance(e, Event)}}


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
        if not isinstance(statement.content, Event):
            keys |= introduced_keys(statement.content)
    placed = {}
    for index, statement in signed.items():
        try:
            placed[index] = Placed(index, verify(statement, keys.get))
        except ForgedError as err:
            failed(index, err)
    return placed


def _checkpoint(bundle: Bundle, trust: Trust, findings: list[Finding]) -> Checkpoint | None:
    if not bundle.checkpoint:
        return None
    try:
        note = parse_note(bundle.checkpoint.encode())
        verified = verify_checkpoint(note, log_keys=[trust.log])
        # A line nobody here can check would be a byte of the file that nobody checks.
        if len(note.signatures) != len(verified.verified) or verified.checkpoint.origin != trust.origin:
            raise ForgedError(Code.UNTRUSTED_CHECKPOINT, "it carries a signature that the trust file does not know")
    except (ProvenanceError, UnicodeEncodeError) as err:
        findings.append(Finding(Doubt.CHECKPOINT_UNTRUSTED, bundle.subject, (), {"message": str(err)}))
        return None
    return verified.checkpoint


def _verified(bundle: Bundle, findings: list[Finding]) -> dict[LeafIndex, Placed]:
    by_index = {exhibit.index: exhibit for exhibit in bundle.exhibits}

    def failed(index: LeafIndex, err: ProvenanceError) -> None:
        doubt = Doubt.RECORD_UNREADABLE if isinstance(err, MalformedError) else Doubt.RECORD_ALTERED
        details = {"index": str(index), "message": str(err)}
        findings.append(Finding(doubt, bundle.subject, _evidence(by_index[index]), details))

    return verify_together(((e.index, e.envelope) for e in bundle.exhibits), failed)


def _recorded(
    bundle: Bundle, placed: Mapping[LeafIndex, Placed], checkpoint: Checkpoint | None, findings: list[Finding]
) -> frozenset[StatementHash]:
    recorded: set[StatementHash] = set()
    for exhibit in bundle.exhibits:
        evidence, details = _evidence(exhibit), {"index": str(exhibit.index)}
        if exhibit.proof is None:
            findings.append(Finding(Doubt.NOT_YET_RECORDED, bundle.subject, evidence, details))
        elif checkpoint is not None:
            try:
                _prove(exhibit, checkpoint)
            except (ForgedError, MalformedError) as err:
                details |= {"message": str(err)}
                findings.append(Finding(Doubt.PROOF_FAILED, bundle.subject, evidence, details))
            else:
                recorded.update(evidence)
    return frozenset(recorded)


def _prove(exhibit: Exhibit, checkpoint: Checkpoint) -> None:
    verify_inclusion(
        leaf=leaf_hash(leaf(exhibit.envelope)),
        index=exhibit.index,
        size=checkpoint.size,
        root=checkpoint.root,
        proof=exhibit.proof or (),
    )


def _check_completeness(bundle: Bundle, placed: Mapping[LeafIndex, Placed], findings: list[Finding]) -> None:
    """The chains named are those needed, and each statement is there because one of them needs it."""
    links = {
        index: Link(index, entry.statement.content, entry.statement.step, entry.statement.about)
        for index, entry in sorted(placed.items())
        if isinstance(entry.statement.content, Event) and entry.statement.step is not None
    }
    needs = reach(bundle.subject, chains_of(links.values()))
    if dict(needs) != dict(bundle.needs):
        missing, _ = min(set(needs.items()) ^ set(bundle.needs.items()), key=str)
        details = {"message": f"the chain of {missing} is not there as far as the history needs it"}
        findings.append(Finding(Doubt.RECORD_MISSING, bundle.subject, (), details))
    for index, link in links.items():
        if not any(s in needs and is_needed(link.event, link.index, needs[s]) for s in named_in(link, links.values())):
            details = {"index": str(index), "message": "nothing in the history needs this statement"}
            findings.append(Finding(Doubt.RECORD_MISSING, bundle.subject, (placed[index].statement.hash,), details))


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


def _unproven(bundle: Bundle) -> Iterator[Finding]:
    if not bundle.exhibits:
        yield Finding(Doubt.RECORD_MISSING, bundle.subject, (), {"message": "the file holds no statement"})
    for exhibit in bundle.exhibits:
        if exhibit.proof is None or not bundle.checkpoint:
            details = {"index": str(exhibit.index), "message": "the file does not prove that it is recorded"}
            yield Finding(Doubt.PROOF_FAILED, bundle.subject, _evidence(exhibit), details)


def _check_seen(placed: Mapping[LeafIndex, Placed], trust: Trust, findings: list[Finding]) -> None:
    """What was signed for another log, or after it is said to be recorded here, was not said here."""
    for index, entry in placed.items():
        seen = entry.statement.header.seen
        if seen.origin != trust.origin or seen.size > index:
            message = f"who signed leaf {index} had seen {seen.origin} at size {seen.size}"
            details = {"code": Code.SEEN_NOT_OURS.value, "message": message}
            subject = next(iter(entry.statement.about.subjects), Subject(f"registry:{trust.origin}"))
            findings.append(Finding(Doubt.RULE_BROKEN, subject, (entry.statement.hash,), details))


def _evidence(exhibit: Exhibit) -> tuple[StatementHash, ...]:
    """The statement's identity; nothing, if its payload type is so damaged that it has none."""
    try:
        return (exhibit.envelope.hash,)
    except MalformedError:
        return ()


def _check_root(placed: Mapping[LeafIndex, Placed], trust: Trust, findings: list[Finding]) -> None:
    roots = [e.statement.content for e in placed.values() if isinstance(e.statement.content, RootEstablished)]
    trusted = {key.id for key in trust.roots}
    if not placed:
        return
    if len(roots) != 1 or {k.id for k in roots[0].keys} != trusted or roots[0].threshold != trust.threshold:
        details = {"message": "the registry's root is not the one the trust file names"}
        findings.append(Finding(Doubt.REGISTRY_UNTRUSTED, Subject(f"registry:{trust.origin}"), (), details))
