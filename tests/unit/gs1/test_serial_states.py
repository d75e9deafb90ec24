from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import RefusedError
from provenance.gs1.serial_states import FIRST, NEXT, SerialState, SerialStep, state_after


def test_a_serial_is_issued_then_printed_then_activated() -> None:
    assert state_after([]) is SerialState.ISSUED
    assert state_after([SerialStep.PRINT]) is SerialState.PRINTED
    assert state_after([SerialStep.PRINT, SerialStep.ACTIVATE]) is SerialState.ACTIVATED


@pytest.mark.parametrize(
    "steps",
    [
        [SerialStep.ACTIVATE],
        [SerialStep.PRINT, SerialStep.PRINT],
        [SerialStep.PRINT, SerialStep.ACTIVATE, SerialStep.ACTIVATE],
        [SerialStep.PRINT, SerialStep.ACTIVATE, SerialStep.PRINT],
    ],
)
def test_refuses_to_skip_to_repeat_and_to_go_back(steps: list[SerialStep]) -> None:
    before = state_after(steps[:-1])

    with pytest.raises(RefusedError) as refused:
        state_after(steps)

    assert refused.value.code is Code.SERIAL_STEP
    assert before.value in str(refused.value)
    assert steps[-1].value in str(refused.value)


def test_the_table_has_a_row_for_every_state_and_reaches_each_from_the_first() -> None:
    reached, ahead = {FIRST}, [FIRST]
    while ahead:
        for state in NEXT[ahead.pop()].values():
            if state not in reached:
                reached.add(state)
                ahead.append(state)

    assert set(NEXT) == reached == set(SerialState)
    assert {step for row in NEXT.values() for step in row} == set(SerialStep)


@given(st.lists(st.sampled_from(SerialStep), max_size=5))
def test_no_step_leads_back(steps: list[SerialStep]) -> None:
    order = list(SerialState)
    try:
        states = [state_after(steps[:length]) for length in range(len(steps) + 1)]
    except RefusedError:
        return

    assert [order.index(state) for state in states] == list(range(len(states)))
