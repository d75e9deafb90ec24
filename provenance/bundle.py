"""One file that proves one thing's history without the server: statements, proofs, one signed checkpoint.

Rules:

* the file is one JSON object in its RFC 8785 form, so it has one spelling and every byte of it matters;
* per statement: its place, its envelope, and the inclusion proof of its leaf in the checkpoint's tree;
* ``needs`` names the chains the history rests on and how far each is needed (``custody.reach``); a verifier
  computes them again from the statements and refuses a bundle that leaves one out;
* what is not recorded yet has ``proof: null``, and before the first checkpoint ``checkpoint`` is empty.

    {"bundle":"provenance.bundle/v1","subject":"https://id.gs1.org/01/…/21/…",
     "checkpoint":"demo.example/log/2026\\n128\\n…\\n\\n— demo.example/log/2026 …\\n",
     "needs":[["https://id.gs1.org/01/…/21/…",null],["https://id.gs1.org/00/…",57]],
     "statements":[{"index":3,"proof":["<base64>",…],"statement":{"payload":…,"payloadType":…,"signatures":[…]}},…]}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, from_json, to_json
from provenance.custody.reach import Until
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.encoding.textual import format_base64, parse_base64
from provenance.errors import MalformedError, ProvenanceError
from provenance.ids import LeafIndex, Subject

VERSION = "provenance.bundle/v1"


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
    needs: Mapping[Subject, Until]
    exhibits: tuple[Exhibit, ...]


def format_bundle(bundle: Bundle) -> bytes:
    """The bundle's file; ``parse_bundle`` gives the bundle back."""
    return canonical.dump(
        {
            "bundle": VERSION,
            "subject": bundle.subject,
            "checkpoint": bundle.checkpoint,
            "needs": [[subject, until] for subject, until in sorted(bundle.needs.items())],
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
    match canonical.parse_whole(data):
        case {
            "bundle": str(version),
            "subject": str(subject),
            "checkpoint": str(checkpoint),
            "needs": list(needs),
            "statements": list(statements),
            **rest,
        } if not rest:
            pass
        case _:
            raise MalformedError(
                Code.MALFORMED_BUNDLE, "a bundle has the members bundle, subject, checkpoint, needs and statements"
            )
    if version != VERSION:
        raise MalformedError(Code.MALFORMED_BUNDLE, f"the version is {version!r}, not {VERSION}", pointer="/bundle")
    bundle = Bundle(
        Subject(subject),
        checkpoint,
        dict(_need(row, f"/needs/{index}") for index, row in enumerate(needs)),
        tuple(_exhibit(row, f"/statements/{index}") for index, row in enumerate(statements)),
    )
    indexes = [exhibit.index for exhibit in bundle.exhibits]
    if indexes != sorted(set(indexes)):
        raise MalformedError(Code.MALFORMED_BUNDLE, "the statements are not in log order", pointer="/statements")
    if format_bundle(bundle) != data:
        raise MalformedError(Code.MALFORMED_BUNDLE, "the file is not spelled as a bundle is printed")
    return bundle


def _need(row: Json, pointer: str) -> tuple[Subject, Until]:
    match row:
        case [str(subject), None]:
            return Subject(subject), None
        case [str(subject), int(until)] if not isinstance(until, bool):
            return Subject(subject), LeafIndex(until)
        case _:
            raise MalformedError(Code.MALFORMED_BUNDLE, "a need is a subject and a leaf index or null", pointer=pointer)


def _exhibit(row: Json, pointer: str) -> Exhibit:
    match row:
        case {"index": int(index), "proof": list() | None as proof, "statement": dict(statement), **rest} if (
            not rest and not isinstance(index, bool) and index >= 0
        ):
            pass
        case _:
            raise MalformedError(Code.MALFORMED_BUNDLE, "an object of index, proof and statement", pointer=pointer)
    try:
        envelope = from_json(statement)
    except ProvenanceError as err:
        raise err.under(f"{pointer}/statement") from err
    hashes = None if proof is None else tuple(_hash(h, f"{pointer}/proof/{i}") for i, h in enumerate(proof))
    return Exhibit(LeafIndex(index), envelope, hashes)


def _hash(value: Json, pointer: str) -> bytes:
    if not isinstance(value, str):
        raise MalformedError(Code.MALFORMED_BUNDLE, "a hash is base64 of 32 bytes", pointer=pointer)
    try:
        return parse_base64(value, length=32)
    except ProvenanceError as err:
        raise err.under(pointer) from err
