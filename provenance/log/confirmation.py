"""How far a checkpoint can be relied on: who confirmed it, whether that is enough, as of when.

Rules:

* first the log's own signature must hold; without it there is nothing to confirm;
* *recorded* is a checkpoint the log signed; *confirmed* is one whose witnesses are a quorum of the
  policy. The two are told apart, and never does the first pass for the second;
* of a note that is handed on as evidence only the lines that were checked are kept: any other line
  would be bytes that nobody checks;
* the state is as of the latest time at which a quorum had spoken: with 2 of 3, the second newest
  of the witnesses' times. Whether that is fresh enough is for whoever has a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from provenance.codes import Code
from provenance.errors import RefusedError
from provenance.log.checkpoint import Checkpoint, VerifiedCheckpoint, verify_checkpoint
from provenance.log.note import Note, NoteSignature
from provenance.log.policy import Policy

_LAST_DATE = 253_402_300_799  # 9999-12-31T23:59:59Z


@dataclass(frozen=True, slots=True, order=True)
class Confirmation:
    """A witness of the policy that confirmed, and the POSIX time it says it did."""

    witness: str
    seconds: int

    @property
    def at(self) -> datetime:
        """That time, or the last moment there is a date for."""
        return datetime.fromtimestamp(min(self.seconds, _LAST_DATE), UTC)


@dataclass(frozen=True, slots=True)
class ConfirmationState:
    """A checkpoint signed by a log of the policy, and what its witnesses make of it."""

    verified: VerifiedCheckpoint
    confirmations: tuple[Confirmation, ...]
    is_confirmed: bool
    as_of_seconds: int | None

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint itself."""
        return self.verified.checkpoint

    @property
    def is_witnessed(self) -> bool:
        """Whether a quorum has spoken; unlike ``is_confirmed`` never so where nobody need speak."""
        return self.as_of_seconds is not None

    @property
    def evidence(self) -> Note:
        """The note with those of its lines that were checked, and no other."""
        lines = (NoteSignature(one.key.name, one.key.id, one.signature) for one in self.verified.verified)
        return Note(self.verified.note.text, tuple(lines))


def confirmation_of(note: Note, policy: Policy) -> ConfirmationState:
    """How the checkpoint in a note stands with this policy.

    Refuses it where no log of the policy signed, or where a line of a known key does not hold.
    """
    verified = verify_checkpoint(
        note, log_keys=[log.key for log in policy.logs], witness_keys=[witness.key for witness in policy.witnesses]
    )
    names = {witness.key: witness.name for witness in policy.witnesses}
    newest: dict[str, int] = {}
    for one in verified.verified:
        name, seconds = names.get(one.key), one.seconds
        if name is not None and seconds is not None:
            newest[name] = max(seconds, newest.get(name, 0))
    as_of = _as_of(newest, policy)
    return ConfirmationState(
        verified,
        tuple(sorted(Confirmation(name, seconds) for name, seconds in newest.items())),
        is_confirmed=policy.is_met_by(newest),
        as_of_seconds=as_of,
    )


def require_confirmed(note: Note, policy: Policy) -> ConfirmationState:
    """Like ``confirmation_of``, and refuses a checkpoint that no quorum confirmed."""
    state = confirmation_of(note, policy)
    if not state.is_confirmed:
        raise RefusedError(
            Code.QUORUM_NOT_MET,
            f"{len(state.confirmations)} of {len(policy.witnesses)} witnesses confirmed the checkpoint"
            f" of {state.checkpoint.size} entries, and they are no quorum",
        )
    return state


def _as_of(newest: dict[str, int], policy: Policy) -> int | None:
    """The latest time at which a quorum had spoken; ``None`` where none has, or none is needed."""
    spoken: set[str] = set()
    if policy.quorum is None:
        return None
    for name, seconds in sorted(newest.items(), key=lambda item: -item[1]):
        spoken.add(name)
        if policy.is_met_by(spoken):
            return seconds
    return None
