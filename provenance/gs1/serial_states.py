"""How far a serial has come on its way to a thing: issued, printed, activated.

Rules:

* a serial that was only issued or printed is on no thing that left its maker, so a scan of it deserves a word;
* nothing goes back and nothing is skipped: a spoiled label's serial is never activated, and a new label gets a new one;
* a state is never stored as the truth: it is folded from the steps, by the table below.

From this table come the rules, the names pages show, and the tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum, unique
from functools import reduce

from provenance.codes import Code
from provenance.errors import RefusedError


@unique
class SerialState(StrEnum):
    """Where a serial is; the value is stored and sent, never renamed."""

    ISSUED = "issued"
    PRINTED = "printed"
    ACTIVATED = "activated"


@unique
class SerialStep(StrEnum):
    """What is done with a serial after it was issued; the value is stored and sent, never renamed."""

    PRINT = "print"
    ACTIVATE = "activate"


FIRST = SerialState.ISSUED

NEXT: Mapping[SerialState, Mapping[SerialStep, SerialState]] = {
    SerialState.ISSUED: {SerialStep.PRINT: SerialState.PRINTED},
    SerialState.PRINTED: {SerialStep.ACTIVATE: SerialState.ACTIVATED},
    SerialState.ACTIVATED: {},
}

_DONE: Mapping[SerialStep, str] = {SerialStep.PRINT: "printed", SerialStep.ACTIVATE: "activated"}


def after(state: SerialState, step: SerialStep) -> SerialState:
    """The state that a step leads to; refuses one that the table does not have."""
    if step not in NEXT[state]:
        raise RefusedError(Code.SERIAL_STEP, f"a serial that is {state} cannot be {_DONE[step]}")
    return NEXT[state][step]


def state_after(steps: Iterable[SerialStep]) -> SerialState:
    """The state of a serial with which these steps were taken, in order; refuses one that the table does not have.

    >>> state_after([SerialStep.PRINT])
    <SerialState.PRINTED: 'printed'>
    >>> state_after([SerialStep.ACTIVATE])
    Traceback (most recent call last):
    provenance.errors.RefusedError: serial-step: a serial that is issued cannot be activated
    """
    return reduce(after, steps, FIRST)
