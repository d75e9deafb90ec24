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
