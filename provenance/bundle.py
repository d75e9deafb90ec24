"""One file that proves one thing's history without the server: statements, proofs, one signed checkpoint.

Rules (bundle v1):

* the file is one JSON object in its RFC 8785 form, so it has one spelling and every byte of it matters;
* per statement: its place in the log, its envelope, and the inclusion proof of its leaf in the checkpoint's tree.
  The leaf itself is computed from the envelope (``crypto.envelope.leaf``): one that was carried could only disagree;
* ``chains`` names, for each subject, how far its chain is needed (``null``: all of it; ``custody.reach``) and which of
  the statements are its links. Chains that bear a party's name, or ``registry:``, are the registry entries needed to
  judge who may say what. Whoever knows the trade computes them again from the statements and refuses a bundle that
  leaves one out; whoever does not can still follow every link (``proof_steps``);
* whom to believe is for the reader's own trust file to say, and the bundle names none: nothing signs such a name, so a
  byte of it could be changed and nobody would see;
* what is not recorded yet has ``proof: null``, and before the first checkpoint ``checkpoint`` is empty.

    {"bundle":"provenance.bundle/v1",
     "chains":[["https://id.gs1.org/00/…",57,[9,57]],["https://id.gs1.org/01/…/21/…",null,[3,9]],
               ["https://id.gs1.org/417/…",null,[1,2]],["registry:demo.example/log/2026",null,[0]]],
     "checkpoint":"demo.example/log/2026\\n128\\n…\\n\\n— demo.example/log/2026 …\\n",
     "statements":[{"index":3,"proof":["<base64>",…],
                    "statement":{"payload":"<base64>","payloadType":"application/…",
                                 "signatures":[{"keyid":"<64 hex>","sig":"<base64>"}]}},…],
     "subject":"https://id.gs1.org/01/…/21/…"}

Each statement converts without loss to a C2SP tlog-proof (``proof_file_of``), for tools that know no bundle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, from_json, leaf, to_json
from provenance.custody.reach import Needs, Until
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, has_members
from provenance.encoding.textual import format_base64, parse_base64
from provenance.errors import ConflictError, MalformedError, ProvenanceError
from provenance.ids import LeafIndex, Subject
from provenance.log.note import parse_note
from provenance.log.proof_file import ProofFile

VERSION = "provenance.bundle/v1"

_EXHIBIT_MEMBERS = frozenset({"index", "proof", "statement"})


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a chain is needed, and where its links stand."""

    until: Until
    indexes: tuple[LeafIndex, ...]


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One statement in a bundle: where it stands, what it is, and the proof, if it is recorded."""

    index: LeafIndex
    envelope: Envelope
    proof: tuple[bytes, ...] | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything needed to check one history; nothing in it has been checked yet."""

    subject: Subject
    checkpoint: str
    chains: Mapping[Subject, Chain]
    exhibits: tuple[Exhibit, ...]

    @property
    def needs(self) -> Needs:
        """How far each chain is needed, as the bundle says."""
        return {subject: chain.until for subject, chain in self.chains.items()}


def format_bundle(bundle: Bundle) -> bytes:
    """The bundle's file; ``parse_bundle`` gives the bundle back."""
    return canonical.dump(
        {
            "bundle": VERSION,
            "subject": bundle.subject,
            "checkpoint": bundle.checkpoint,
            "chains": [[name, chain.until, chain.indexes] for name, chain in sorted(bundle.chains.items())],
            "statements": [
                {
                    "index": exhibit.index,
                    "proof": None if exhibit.proof is None else [format_base64(hash_) for hash_ in exhibit.proof],
                    "statement": to_json(exhibit.envelope),
                }
                for exhibit in sorted(bundle.exhibits, key=lambda exhibit: exhibit.index)
            ],
        }
    )


def parse_bundle(data: bytes) -> Bundle:
    """The bundle in a file; accepts only what ``format_bundle`` prints."""
    # The RFC 8785 form leaves no freedom but the order of lists; and every text below has one spelling.
    match canonical.parse_whole(data):
        case {
            "bundle": str(version),
            "subject": str(subject),
            "checkpoint": str(checkpoint),
            "chains": list(chains),
            "statements": list(statements),
            **rest,
        } if not rest:
            pass
        case _:
            members = "bundle, subject, checkpoint, chains and statements"
            raise MalformedError(Code.MALFORMED_BUNDLE, f"a bundle has the members {members}")
    if version != VERSION:
        raise MalformedError(Code.MALFORMED_BUNDLE, f"the version is {version!r}, not {VERSION}", pointer="/bundle")
    named = [_chain(row, f"/chains/{index}") for index, row in enumerate(chains)]
    if any(one >= other for (one, _), (other, _) in pairwise(named)):
        raise MalformedError(Code.MALFORMED_BUNDLE, "the chains are not sorted by name", pointer="/chains")
    known: dict[str, bytes] = {}  # neighbours in the tree share most of their paths
    exhibits = tuple(_exhibit(row, f"/statements/{index}", known) for index, row in enumerate(statements))
    if any(one.index >= other.index for one, other in pairwise(exhibits)):
        raise MalformedError(Code.MALFORMED_BUNDLE, "the statements are not in log order", pointer="/statements")
    return Bundle(Subject(subject), checkpoint, dict(named), exhibits)


def proof_file_of(exhibit: Exhibit, checkpoint: str) -> ProofFile:
    """The same proof as a C2SP tlog-proof; what rides along in ``extra`` is the leaf, whose hash is proven.

    Refuses a statement that is in no checkpoint yet.
    """
    if exhibit.proof is None or not checkpoint:
        raise ConflictError(Code.NOT_RECORDED, f"leaf {exhibit.index} is not in a checkpoint yet")
    return ProofFile(exhibit.index, exhibit.proof, parse_note(checkpoint.encode()), leaf(exhibit.envelope))


def _chain(row: Json, pointer: str) -> tuple[Subject, Chain]:
    match row:
        case [str(subject), int() | None as until, list(indexes)] if not isinstance(until, bool):
            places = tuple(LeafIndex(index) for index in indexes if type(index) is int and index >= 0)
            if len(places) == len(indexes) and all(one < other for one, other in pairwise(places)):
                return Subject(subject), Chain(None if until is None else LeafIndex(until), places)
    message = "a chain is a subject, a leaf index or null, and the places of its links in order"
    raise MalformedError(Code.MALFORMED_BUNDLE, message, pointer=pointer)


def _exhibit(row: Json, pointer: str, known: dict[str, bytes]) -> Exhibit:
    index, proof, statement = (
        (row["index"], row["proof"], row["statement"]) if has_members(row, _EXHIBIT_MEMBERS) else (None, None, None)
    )
    # ``type``, as a bool is an int too.
    if type(index) is not int or index < 0 or not isinstance(statement, dict) or not isinstance(proof, list | None):
        raise MalformedError(Code.MALFORMED_BUNDLE, "an object of index, proof and statement", pointer=pointer)
    try:
        envelope = from_json(statement)
    except ProvenanceError as err:
        raise err.under(f"{pointer}/statement") from err
    match statement["signatures"]:
        case list(rows) if [row["keyid"] for row in rows if isinstance(row, dict)] != [
            signature.key for signature in envelope.signatures
        ]:
            message = "the signatures are not sorted by key"
            raise MalformedError(Code.MALFORMED_BUNDLE, message, pointer=f"{pointer}/statement/signatures")
    return Exhibit(LeafIndex(index), envelope, None if proof is None else _hashes(proof, pointer, known))


def _hashes(values: Sequence[Json], pointer: str, known: dict[str, bytes]) -> tuple[bytes, ...]:
    """The hashes of a proof; each text is read once in a file, and ``known`` grows by it."""
    for place, value in enumerate(values):
        if not isinstance(value, str):
            message = "a hash is base64 of 32 bytes"
            raise MalformedError(Code.MALFORMED_BUNDLE, message, pointer=f"{pointer}/proof/{place}")
        if value not in known:
            try:
                known[value] = parse_base64(value, length=32)
            except ProvenanceError as err:
                raise err.under(f"{pointer}/proof/{place}") from err
    return tuple([known[value] for value in values if isinstance(value, str)])
