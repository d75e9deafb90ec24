"""Heads: the log's signed word on which statement about one thing is its newest, for others to hold it to.

Rules:

* the text of the note is six lines: its kind, the thing, the place of the newest statement that names it, and the tree
  it speaks of, in the three lines of that tree's checkpoint::

    provenance.head/v1
    https://id.gs1.org/01/09520123000011/21/A1
    57
    demo.example/log/2026
    128
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

* ``none`` in place of the place says that nothing in that tree names the thing;
* the log signs a head as it signs checkpoints: under its origin, Ed25519, type 0x01. Yet neither can pass for the
  other: the second line of a checkpoint is a number, and that of a head has a colon in it;
* a head can be true or false, and once signed it can't be taken back: what refutes it is in ``refutation``.

The form of notes: https://c2sp.org/signed-note
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.codes import Code
from provenance.crypto.keys import SigningKey
from provenance.encoding.textual import parse_size
from provenance.errors import ForgedError, MalformedError
from provenance.ids import LeafIndex, Subject
from provenance.log.checkpoint import Checkpoint, format_checkpoint, parse_checkpoint
from provenance.log.note import Note, NoteSignature, VerifierKey, open_note, sign

VERSION = "provenance.head/v1"

_NONE = "none"


@dataclass(frozen=True, slots=True)
class Head:
    """Where the newest statement that names a thing stands in a tree; ``None``: nothing there names it."""

    subject: Subject
    index: LeafIndex | None
    tree: Checkpoint

    def __post_init__(self) -> None:
        if ":" not in self.subject or "\n" in self.subject:
            raise _malformed(f"not the name of a thing, in one line: {self.subject[:60]!r}")
        if self.tree.extensions or self.tree.size == 0:
            raise _malformed("the tree of a head has a leaf, and no extension lines")
        if self.index is not None and not 0 <= self.index < self.tree.size:
            raise _malformed(f"leaf {self.index} can't be in a tree of {self.tree.size}")


def parse_head(text: str) -> Head:
    """The head in the text of a note; accepts only what ``format_head`` prints.

    >>> tree = "log.example\\n2\\nzWD2wvEGDflsrNV5RAXfIl7zf99fu2VM3HJKX6P+THI=\\n"
    >>> parse_head(f"provenance.head/v1\\nhttps://id.gs1.org/00/095201230000000017\\n1\\n{tree}").index
    1
    """
    match text.split("\n", 3):
        case [version, subject, index, tree] if version == VERSION:
            pass
        case _:
            raise _malformed(f"a head is {VERSION}, a thing, a place and three lines of a tree")
    try:
        place = None if index == _NONE else LeafIndex(parse_size(index))
        return Head(Subject(subject), place, parse_checkpoint(tree))
    except MalformedError as err:
        raise _malformed(err.refusal.message) from err


def format_head(head: Head) -> str:
    """The text of the note that says this."""
    place = _NONE if head.index is None else str(head.index)
    return f"{VERSION}\n{head.subject}\n{place}\n{format_checkpoint(head.tree)}"


def sign_head(head: Head, key: SigningKey) -> Note:
    """The head as a note, signed by its log under its origin.

    That it is true is for the caller to make sure of, before.
    """
    text = format_head(head)
    return Note(text, (sign(text, name=head.tree.origin, key=key),))


def open_head(note: Note, log: VerifierKey) -> Head:
    """The head in a note, once this log is found to have signed it; refuses the head of another log."""
    open_note(note, [log])
    head = parse_head(note.text)
    if head.tree.origin != log.name:
        raise ForgedError(Code.UNTRUSTED_CHECKPOINT, f"{log.name} signed a head of the log {head.tree.origin}")
    return head


def without_other_lines(note: Note, log: VerifierKey) -> Note:
    """The note with the lines of this log alone: of what is handed on, every byte is checked."""
    verified = open_note(note, [log]).verified
    return Note(note.text, (NoteSignature(log.name, log.id, verified[0].signature),))


def _malformed(message: str) -> MalformedError:
    return MalformedError(Code.MALFORMED_HEAD, message)
