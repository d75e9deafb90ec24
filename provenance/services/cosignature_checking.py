"""Whether a witness's line that is kept below a checkpoint is what it is kept as.

Rules: it is one line, by a witness that the trust file names, at the time it is kept under, and it confirms this very
checkpoint. A line over another checkpoint of the log is told apart from one over none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from provenance.errors import ProvenanceError
from provenance.log.note import Note, NoteSignature, VerifierKey, open_note, parse_note, parse_signature_lines
from provenance.log.policy import Policy
from provenance.ports.stores import Cosignature, StoredCheckpoint


def doubt_about(
    kept: Cosignature, checkpoint: StoredCheckpoint, *, policy: Policy, others: Callable[[], Iterable[StoredCheckpoint]]
) -> str | None:
    """What is wrong with a line that is kept below a checkpoint, or ``None``; it may be of one of ``others``."""
    key = next((witness.key for witness in policy.witnesses if str(witness.key) == kept.witness), None)
    if key is None:
        return f"the trust file names no witness with the key {kept.witness}"
    try:
        lines = parse_signature_lines(kept.line)
    except ProvenanceError as err:
        return str(err)
    if len(lines) != 1:
        return f"{len(lines)} lines are kept as one"
    seconds = _confirmed_at(lines[0], checkpoint, key)
    if seconds is None:
        really = [str(other.size) for other in others() if _confirmed_at(lines[0], other, key) is not None]
        return f"it confirms checkpoint {really[0]}, not this one" if really else "it does not confirm this checkpoint"
    return None if seconds == kept.seconds else f"it confirmed at {seconds}, and is kept as of {kept.seconds}"


def _confirmed_at(line: NoteSignature, checkpoint: StoredCheckpoint, key: VerifierKey) -> int | None:
    """The time at which the line confirms a checkpoint; ``None`` if it does not."""
    try:
        (one,) = open_note(Note(parse_note(checkpoint.note.encode()).text, (line,)), [key]).verified
    except ProvenanceError:
        return None
    return one.seconds
