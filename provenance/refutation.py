"""Evidence that a head the log signed is false: a file that convicts the log by its own signatures.

What a head says is that the statement at its place names its thing, and that no later one in its tree does
(``log.head``). One of three things shows that this is not so:

* ``later-statement``: a statement after it, in the very tree that the head speaks of, names the thing;
* ``other-thing``: the statement at its place is there, and does not name the thing;
* ``other-tree``: the log also signed a checkpoint that does not begin with the head's tree.

Rules:

* the file is one JSON object in its RFC 8785 form; the head stands in it whole, with the log's line alone::

    {"because":{"index":90,"proof":["<base64>",…],"statement":{"payload":…,"payloadType":…,"signatures":[…]}},
     "head":"provenance.head/v1\\nhttps://id.gs1.org/01/…\\n57\\ndemo.example/log/2026\\n128\\n…",
     "log":"demo.example/log/2026+7a1c…+AWBD…","refutation":"provenance.refutation/v1"}

* for ``other-tree``, ``because`` is ``{"checkpoint":"…","proof":["<base64>",…],"root":"<base64>"}``: the root that the
  checkpoint's tree had at the head's size, with the consistency proof between the two;
* whoever has the log's key can check it, without a copy of the log and with nobody's help;
* an honest log can't be refuted: a statement that names a thing extends its chain (``custody.admission``), so what is
  in the tree after the chain's end does not name it; and it signs no two trees of which neither begins the other;
* to name a thing is to have it in the statement. A unit that is emptied by one word changes how its contents stand
  without naming them: that is in the chain of the unit, whose head can be asked for too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, from_json, leaf, to_json
from provenance.custody.admission import named_by
from provenance.custody.statements import read
from provenance.encoding import canonical
from provenance.encoding.canonical import Json, JsonLike
from provenance.encoding.textual import format_base64, parse_base64
from provenance.errors import MalformedError, ProvenanceError, RefusedError
from provenance.ids import LeafIndex
from provenance.log.checkpoint import Checkpoint, verify_checkpoint
from provenance.log.head import Head, open_head, without_other_lines
from provenance.log.merkle import leaf_hash
from provenance.log.note import Note, VerifierKey, format_note, parse_note, parse_verifier_key
from provenance.log.proofs import verify_consistency, verify_inclusion

VERSION = "provenance.refutation/v1"


@unique
class Ground(StrEnum):
    """Why a head is false; the value is printed, never renamed."""

    LATER_STATEMENT = "later-statement"
    OTHER_THING = "other-thing"
    OTHER_TREE = "other-tree"


@dataclass(frozen=True, slots=True)
class StatementShown:
    """A statement, and the proof that it stands at this place of the head's tree."""

    index: LeafIndex
    envelope: Envelope
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class TreeShown:
    """A checkpoint of the log, the root its tree had at the head's size, and the proof that it grew from there."""

    checkpoint: Note
    root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Refutation:
    """A head, and what is said to show that it is false; not checked yet."""

    log: VerifierKey
    head: Note
    because: StatementShown | TreeShown


@dataclass(frozen=True, slots=True)
class JudgedRefutation:
    """A head that the log signed and that is false, and why."""

    head: Head
    ground: Ground
    message: str


def format_refutation(refutation: Refutation) -> bytes:
    """The file; ``parse_refutation`` gives the refutation back."""
    return canonical.dump(
        {
            "refutation": VERSION,
            "log": str(refutation.log),
            "head": format_note(refutation.head).decode(),
            "because": _members(refutation.because),
        }
    )


def parse_refutation(data: bytes) -> Refutation:
    """The refutation in a file; accepts only what ``format_refutation`` prints."""
    match canonical.parse_whole(data):
        case {
            "refutation": "provenance.refutation/v1",
            "log": str(log),
            "head": str(head),
            "because": dict(because),
            **rest,
        } if not rest:
            pass
        case _:
            raise _malformed(f"an object of refutation ({VERSION}), log, head and because")
    refutation = Refutation(parse_verifier_key(log), parse_note(head.encode()), _because(because))
    if format_refutation(refutation) != data:
        raise _malformed("the file is not spelled as a refutation is printed")
    return refutation


def judge(refutation: Refutation) -> JudgedRefutation:
    """Why the head is false; refuses what the log did not sign, what is not proven, and what refutes nothing."""
    head = open_head(refutation.head, refutation.log)
    if refutation.head != without_other_lines(refutation.head, refutation.log):
        raise _malformed("lines that nobody checks stand below the head")
    match refutation.because:
        case StatementShown() as shown:
            return _judged_by_statement(head, shown)
        case TreeShown() as shown:
            return _judged_by_tree(head, shown, refutation.log)


def refutes(head: Head, index: LeafIndex, envelope: Envelope) -> Ground | None:
    """Why a head is false if this statement stands at this place of its tree; ``None`` if both can be.

    Refuses a statement that can't be read. That it stands there is not checked here.
    """
    is_named = head.subject in named_by(read(envelope))
    if index == head.index:
        return None if is_named else Ground.OTHER_THING
    is_later = head.index is None or index > head.index
    return Ground.LATER_STATEMENT if is_named and is_later else None


def _judged_by_statement(head: Head, shown: StatementShown) -> JudgedRefutation:
    tree = head.tree
    entry = leaf_hash(leaf(shown.envelope))
    verify_inclusion(leaf=entry, index=shown.index, size=tree.size, root=tree.root, proof=shown.proof)
    said = "nothing" if head.index is None else f"leaf {head.index}"
    match ground := refutes(head, shown.index, shown.envelope):
        case Ground.LATER_STATEMENT:
            message = f"the head says that {said} is the newest about {head.subject}, which leaf {shown.index} names"
        case Ground.OTHER_THING:
            message = f"the head names leaf {shown.index}, which is not about {head.subject}"
        case _:
            raise _no_contradiction(f"leaf {shown.index} does not contradict the head, which names {said}")
    return JudgedRefutation(head, ground, message)


def _judged_by_tree(head: Head, shown: TreeShown, log: VerifierKey) -> JudgedRefutation:
    signed = verify_checkpoint(shown.checkpoint, log_keys=[log])
    if len(signed.verified) != len(shown.checkpoint.signatures):
        raise _malformed("lines that nobody checks stand below the checkpoint")
    grown: Checkpoint = signed.checkpoint
    verify_consistency(
        old_size=head.tree.size, old_root=shown.root, new_size=grown.size, new_root=grown.root, proof=shown.proof
    )
    if shown.root == head.tree.root:
        raise _no_contradiction(f"checkpoint {grown.size} begins with the tree of {head.tree.size} that the head names")
    message = f"the head's tree of {head.tree.size} statements is not the beginning of checkpoint {grown.size}"
    return JudgedRefutation(head, Ground.OTHER_TREE, message)


def _members(because: StatementShown | TreeShown) -> dict[str, JsonLike]:
    proof = [format_base64(hash_) for hash_ in because.proof]
    match because:
        case StatementShown():
            return {"index": because.index, "statement": to_json(because.envelope), "proof": proof}
        case TreeShown():
            note = format_note(because.checkpoint).decode()
            return {"checkpoint": note, "root": format_base64(because.root), "proof": proof}


def _because(members: dict[str, Json]) -> StatementShown | TreeShown:
    try:
        match members:
            case {"index": int(index), "statement": dict(statement), "proof": list(proof), **rest} if (
                not rest and not isinstance(index, bool)
            ):
                return StatementShown(LeafIndex(index), from_json(statement), _hashes(proof))
            case {"checkpoint": str(checkpoint), "root": str(root), "proof": list(proof), **rest} if not rest:
                return TreeShown(parse_note(checkpoint.encode()), parse_base64(root, length=32), _hashes(proof))
    except ProvenanceError as err:
        raise err.under("/because") from err
    raise MalformedError(
        Code.MALFORMED_REFUTATION, "an object of index, statement and proof, or of checkpoint, root and proof",
        pointer="/because",
    )  # fmt: skip


def _hashes(values: Sequence[Json]) -> tuple[bytes, ...]:
    return tuple(parse_base64(value if isinstance(value, str) else "", length=32) for value in values)


def _malformed(message: str) -> MalformedError:
    return MalformedError(Code.MALFORMED_REFUTATION, message)


def _no_contradiction(message: str) -> RefusedError:
    return RefusedError(Code.NO_CONTRADICTION, message)
