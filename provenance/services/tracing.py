"""One thing's history with its evidence: collected, proven, and checked as any stranger would check it.

Rules: what the page shows is what ``evidence.examine`` says about the very bundle anyone can download; the server
believes its own database no more than a visitor does. The diary of refused statements is added on top, as the
operator's word; so is why nothing is recorded (``absence``), and that its owner misses it. Of a checkpoint's
cosignatures those go into a bundle that the trust file can check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from provenance.bundle import Bundle, Exhibit, proof_file_of
from provenance.codes import Code
from provenance.commerce.ownership import dossier_of_owner
from provenance.commerce.tables import Kind, Machine, Stage
from provenance.custody.statements import PayloadType
from provenance.custody.verdict import Doubt, Finding
from provenance.errors import ConflictError, ForgedError, MalformedError, NotFoundError
from provenance.evidence import Report, examine
from provenance.ids import LeafIndex, PartyId, StatementHash, Subject
from provenance.log.confirmation import confirmation_of
from provenance.log.note import format_note, parse_note
from provenance.log.proof_file import ProofFile
from provenance.log.proofs import prove_inclusion, prove_inclusions
from provenance.ports.stores import DiaryEntry, Reading, Store
from provenance.services.absence import Absence
from provenance.services.bookkeeping import read_dossier
from provenance.services.collecting import Collected, Collector
from provenance.services.drafting import Drafting
from provenance.services.publishing import published
from provenance.services.tile_reading import StoredTiles
from provenance.trust import Trust

_REFUSED = {Code.ALREADY_COMMISSIONED: Doubt.SECOND_COMMISSIONING_REFUSED, Code.BAD_SIGNATURE: Doubt.FORGERY_REFUSED}

_ABSENT = (
    (Kind.ITEM_MISSED, Stage.MISSING, Doubt.MISSING),
    (Kind.THEFT_CONFIRMED, Stage.STOLEN, Doubt.STOLEN),
)


class Tracing:
    """Histories out of the store."""

    def __init__(self, store: Store, drafting: Drafting, trust: Trust, absence: Absence) -> None:
        self._store, self._drafting, self._trust, self._absence = store, drafting, trust, absence

    def trace(self, subject: Subject) -> Report:
        """What can be said about a thing; one that nobody issued gets a report too, with that finding.

        Refuses a serial that was mistyped.
        """
        licences = self._licences()
        with self._store.reading() as store:
            found = Collector(store, licences or {}).collect([subject])
            bundle = bundle_of(subject, found, store, self._trust)
            diary = store.diary(subject)
            is_recorded = bool(store.chain(subject, None))
            reported = tuple(_reported(store, subject))
        absent = () if is_recorded or licences is None else self._absence.explain(subject, licences)
        return examine(bundle, self._trust, known=(*found.findings, *_told(diary), *reported, *absent))

    def bundle(self, subject: Subject) -> Bundle:
        """The evidence about a thing, to take away; refuses while any of it is not in a checkpoint yet."""
        licences = self._licences()
        with self._store.reading() as store:
            found = Collector(store, licences or {}).collect([subject])
            bundle = bundle_of(subject, found, store, self._trust)
        if not any(e.envelope.payload_type == PayloadType.CUSTODY_EVENT for e in bundle.exhibits):
            raise NotFoundError(Code.NOT_ISSUED, f"{subject} was never issued here")
        require_recorded(bundle)
        return bundle

    def proof(self, statement: StatementHash) -> ProofFile:
        """The proof that one statement is recorded, as a C2SP tlog-proof; refuses while it is in no checkpoint."""
        with self._store.reading() as store:
            found = store.statements(store.find([statement]).values())
            if not found:
                raise NotFoundError(Code.NOT_FOUND, f"no statement {statement} is in this log")
            index, checkpoint = found[0].index, published(store, self._trust)
            if checkpoint is None or index >= checkpoint.size:
                raise ConflictError(Code.NOT_RECORDED, f"leaf {index} is not in a checkpoint yet")
            hashes = prove_inclusion(index=index, size=checkpoint.size, tiles=StoredTiles(store)).hashes
        return proof_file_of(Exhibit(index, found[0].envelope, hashes), _evidence(checkpoint.note, self._trust))

    def _licences(self) -> Mapping[str, PartyId] | None:
        try:
            return self._drafting.registry().licences
        except (MalformedError, ForgedError):
            return None  # an entry was altered: whatever leans on it is found to be so


def require_recorded(bundle: Bundle) -> None:
    """Refuses a bundle of which something is in no checkpoint yet."""
    if pending := [exhibit.index for exhibit in bundle.exhibits if exhibit.proof is None]:
        raise ConflictError(Code.NOT_RECORDED, f"leaf {pending[0]} is not in a checkpoint yet")


def bundle_of(subject: Subject, found: Collected, store: Reading, trust: Trust) -> Bundle:
    """What was collected, each statement with its proof, under the newest checkpoint that may be shown."""
    checkpoint = published(store, trust)
    size = checkpoint.size if checkpoint else 0
    recorded = sorted(index for index in found.stored if index < size)
    hashes: dict[LeafIndex, tuple[bytes, ...]] = dict.fromkeys(recorded, ())
    with suppress(NotFoundError, MalformedError):  # a damaged tile proves nothing, which shows where it is checked
        proofs = prove_inclusions(indexes=recorded, size=size, tiles=StoredTiles(store))
        hashes |= {LeafIndex(proof.index): proof.hashes for proof in proofs}
    exhibits = tuple(Exhibit(i, stored.envelope, hashes.get(i)) for i, stored in sorted(found.stored.items()))
    note = _evidence(checkpoint.note, trust) if checkpoint else ""
    return Bundle(subject, note, found.chains, exhibits)


def _evidence(note: str, trust: Trust) -> str:
    """The checkpoint without lines that the trust file can not check; one that fails stays as it is."""
    try:
        return format_note(confirmation_of(parse_note(note.encode()), trust.policy).evidence).decode()
    except (MalformedError, ForgedError):
        return note  # whoever examines it says what is wrong


def _reported(store: Reading, subject: Subject) -> Iterator[Finding]:
    """Whether the owner misses the item, or an inspector confirmed its theft; never who owns it."""
    try:
        owning = read_dossier(store, dossier_of_owner(subject))
    except MalformedError:
        return  # a lot, a product or a box, which nobody claims
    for kind, stage, doubt in _ABSENT:
        said = owning.newest(kind)
        if said is not None and owning.stage(Machine.OWNERSHIP) is stage:
            yield Finding(doubt, subject, (said.hash,), {"where": subject})


def _told(diary: Iterable[DiaryEntry]) -> Iterable[Finding]:
    """What the operator's diary gives reason to ask."""
    for entry in diary:
        details = {
            "code": entry.code.value,
            "party": entry.party,
            "count": str(entry.count),
            "last": entry.last_at.isoformat(timespec="seconds"),
        }
        yield Finding(_REFUSED.get(entry.code, Doubt.STATEMENT_REFUSED), entry.subject, (), details)
