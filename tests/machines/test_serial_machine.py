"""Serials are issued, printed, activated and taken back in any order; a dictionary says what must come of it.

The model knows the table of ``gs1.serial_states`` by heart, and nothing else: which serial is how far. What a scan is
answered is asked after every step.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from provenance.codes import Code
from provenance.custody.verdict import VerdictClass
from provenance.errors import NotFoundError, RefusedError
from provenance.gs1.serial_states import SerialState
from provenance.ids import Subject
from provenance.services.capturing import Receipt
from tests.cast import MAKER, RIVAL, Member, gtin, item
from tests.oracles import assert_log_is_sound
from tests.world import World

GTIN = gtin().rpartition("/")[2]
STRANGE = item("S1")

places = st.lists(st.integers(0, 7), min_size=1, max_size=3, unique=True)


class Serials(RuleBasedStateMachine):
    """Everything a maker, or somebody else, may try with a few serials."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.world = World(Path(self.folder.name) / "home")
        self.state: dict[Subject, SerialState] = {}
        self.made: dict[Subject, Receipt] = {}

    def teardown(self) -> None:
        assert_log_is_sound(self.world.services)
        self.world.close()
        self.folder.cleanup()

    def chosen(self, places: list[int]) -> list[Subject]:
        """Some of the serials; one that was never given out, where there are not as many."""
        known = list(self.state)
        return list(dict.fromkeys(known[at] if at < len(known) else STRANGE for at in places))

    @rule(count=st.integers(1, 3))
    def issue(self, count: int) -> None:
        for one in self.world.services.issuing.issue(GTIN, count):
            assert one.subject not in self.state
            self.state[one.subject] = SerialState.ISSUED

    @rule(places=places)
    def print_labels(self, places: list[int]) -> None:
        subjects = self.chosen(places)
        allowed = all(self.state.get(subject) is SerialState.ISSUED for subject in subjects)

        try:
            self.world.services.issuing.printed(subjects)
        except (RefusedError, NotFoundError) as err:
            assert not allowed, str(err)
            return

        assert allowed
        self.state |= dict.fromkeys(subjects, SerialState.PRINTED)

    @rule(places=places, by=st.sampled_from([MAKER, RIVAL]))
    def activate(self, places: list[int], by: Member) -> None:
        subjects = self.chosen(places)
        waiting = [s for s in subjects if self.state.get(s) is not SerialState.ACTIVATED]
        allowed = all(self.state.get(subject) is SerialState.PRINTED for subject in waiting)
        size = self.world.size()

        try:
            done = list(self.world.services.activating.activate(subjects, by.hand(), lot=None))
        except (RefusedError, NotFoundError) as err:
            assert not allowed, str(err)
            assert self.world.size() == size
            return

        assert allowed
        assert len(done) == bool(waiting)
        for activation in done:
            if by is RIVAL:
                assert activation.outcome.code is Code.NOT_LICENSED  # type: ignore[union-attr]
                continue
            assert isinstance(activation.outcome, Receipt)
            self.state |= dict.fromkeys(activation.subjects, SerialState.ACTIVATED)
            self.made |= dict.fromkeys(activation.subjects, activation.outcome)

    @rule(place=st.integers(0, 7))
    def take_back(self, place: int) -> None:
        (subject,) = self.chosen([place])
        if self.state.get(subject) is not SerialState.ACTIVATED:
            return
        receipt = self.made[subject]
        self.world.corrected(receipt)
        for other, made in self.made.items():
            if made == receipt and self.state[other] is SerialState.ACTIVATED:
                self.state[other] = SerialState.PRINTED

    @invariant()
    def every_serial_is_as_far_as_the_model_says(self) -> None:
        reports = self.world.services.issuing.reports(list(self.state))
        assert {report.subject: report.state for report in reports} == self.state
        for subject, state in self.state.items():
            shown = self.world.trace(subject).verdict.shown
            is_live = state is SerialState.ACTIVATED
            assert shown is (VerdictClass.CONSISTENT if is_live else VerdictClass.NOT_ACTIVATED)


TestSerials = Serials.TestCase
TestSerials.settings = settings(max_examples=6, stateful_step_count=20)
