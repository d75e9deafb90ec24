"""What the reader's own check shows: the proof steps in order, and how each outcome looks.

Rules: colour never alone: every outcome has an icon and a word.
"""

from __future__ import annotations

from provenance.proof_steps import Outcome, ProofStep

STEPS = tuple(step.value for step in ProofStep)

OUTCOMES = (
    (Outcome.HOLDS.value, "recorded"),
    (Outcome.FAILS.value, "refused"),
    (Outcome.NOT_CHECKED.value, "question"),
    (Outcome.NOT_ASKED.value, "ended"),
)
"""Each outcome with its icon."""

REASONS = (
    "leaf",
    "spelling",
    "no-checkpoint",
    "other-log",
    "line-fails",
    "log-did-not-sign",
    "too-few-witnesses",
    "other-signers",
    "key-not-in-registry",
    "signature-fails",
    "nothing-about-it",
    "missing-from-chain",
    "does-not-follow",
    "needless",
    "links-forward",
    "links-to-missing",
    "not-proven",
    "wrong-proof",
    "key-of-another",
    "key-ended",
    "other-role",
    "root-did-not-sign",
    "party-did-not-sign",
    "other-root",
    "seen-another",
)
"""What ``evidence.js`` gives as the reason of a failure, each with its sentence; ``leaf`` says of which statement."""
