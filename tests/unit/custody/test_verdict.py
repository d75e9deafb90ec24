"""What doubts add up to: every finding kept, the gravest first."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from provenance.custody.verdict import WEIGHT, Doubt, Finding, VerdictClass, WhoCanAct, judge
from provenance.ids import Subject

THING = Subject("https://id.gs1.org/01/09520123000011/21/A1")
findings = st.lists(st.sampled_from(Doubt).map(lambda doubt: Finding(doubt, THING)), max_size=8).map(tuple)
GRAVITY = list(VerdictClass)


@given(findings)
def test_no_finding_is_dropped(found: tuple[Finding, ...]) -> None:
    verdict = judge(found)

    assert sorted(f.doubt for f in verdict.findings) == sorted(f.doubt for f in found)


@given(findings)
def test_the_gravest_class_that_any_finding_argues_for_is_shown(found: tuple[Finding, ...]) -> None:
    argued = [f.argues_for for f in found if f.argues_for is not None]

    verdict = judge(found)

    assert verdict.shown is (min(argued, key=GRAVITY.index) if argued else VerdictClass.CONSISTENT)
    assert (verdict.because is None) == (verdict.shown is VerdictClass.CONSISTENT)
    if verdict.because is not None:
        assert verdict.because.argues_for is verdict.shown
        assert verdict.because in found


@given(findings, st.randoms())
def test_the_order_of_findings_changes_no_verdict(found: tuple[Finding, ...], luck: Random) -> None:
    shuffled = list(found)
    luck.shuffle(shuffled)

    assert judge(tuple(shuffled)).shown is judge(found).shown


def test_every_doubt_weighs_something_or_says_why_it_is_told() -> None:
    assert set(WEIGHT) == set(Doubt)
    assert {doubt for doubt, (argues_for, _) in WEIGHT.items() if argues_for is None} == {
        Doubt.FORGERY_REFUSED,
        Doubt.YIELD_NOT_DECLARED,
        Doubt.NOT_YET_RECORDED,
    }


def test_danger_comes_before_theft_and_theft_before_contradiction() -> None:
    order = [Doubt.RECALLED, Doubt.STOLEN, Doubt.RULE_BROKEN, Doubt.RECORD_ALTERED, Doubt.NOT_ISSUED, Doubt.DESTROYED]

    shown = [judge(tuple(Finding(doubt, THING) for doubt in order[start:])).shown for start in range(len(order))]

    assert shown == [
        VerdictClass.RECALLED,
        VerdictClass.STOLEN,
        VerdictClass.CONTRADICTED,
        VerdictClass.COULD_NOT_CHECK,
        VerdictClass.NOT_ISSUED,
        VerdictClass.ENDED,
    ]


def test_who_can_act_on_a_finding_is_known() -> None:
    assert Finding(Doubt.RECALLED, THING).who_can_act is WhoCanAct.BUYER
    assert Finding(Doubt.RECORD_ALTERED, THING).who_can_act is WhoCanAct.OPERATOR


def test_no_class_is_called_genuine() -> None:
    assert all(word not in name for name in VerdictClass for word in ("genuine", "authentic", "real"))
