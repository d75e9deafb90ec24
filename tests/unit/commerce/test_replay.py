"""A case's file says the same again, and whoever alters one bit of it is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from provenance.codes import Code
from provenance.commerce.replay import Input, format_case, replay
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, ProvenanceError
from tests.after_sales import CHINESE, back, case, decided, withdrawn

FACTS = case(request=withdrawn(), returned=back())
FILE = format_case(CHINESE, FACTS, decided(FACTS))


def altered(change: Callable[[dict[str, dict[str, Json]]], object]) -> bytes:
    """The file with something changed, spelled as it should be."""
    file = canonical.parse_whole(FILE)
    change(file)  # type: ignore[arg-type]  # an object of objects, as format_case makes it
    return canonical.dump(file)


def test_an_unaltered_file_replays_identically() -> None:
    replayed = replay(FILE)

    assert replayed.is_identical
    assert replayed.again == decided(FACTS)


@pytest.mark.parametrize(
    ("change", "part", "pointer"),
    [
        (lambda file: file["terms"].update(silenceDays=8), Input.TERMS, "/decision/terms"),
        (lambda file: file["law"].update(giftsArticle="R 99"), Input.LAW, "/decision/law"),
        (lambda file: file["facts"].update(paid=19901), Input.FACTS, "/decision/facts"),
        (lambda file: file["decision"].update(evaluator="ab" * 32), Input.EVALUATOR, "/decision/evaluator"),
        (lambda file: file["decision"].update(outcome="refuse"), Input.DECISION, "/decision/outcome"),
        (lambda file: file["decision"]["legs"][0].update(minor=1), Input.DECISION, "/decision/legs"),
        (lambda file: file["decision"].update(more=None), Input.DECISION, "/decision/more"),
        (lambda file: file["decision"].pop("nextTick"), Input.DECISION, "/decision/nextTick"),
    ],
)
def test_a_replay_names_the_input_that_was_altered(
    change: Callable[[dict[str, dict[str, Json]]], object], part: Input, pointer: str
) -> None:
    replayed = replay(altered(change))

    assert not replayed.is_identical
    assert (replayed.differences[0].part, replayed.differences[0].pointer) == (part, pointer)


def test_a_replay_finds_every_single_altered_bit() -> None:
    # given a file of some thousand bytes, each bit of each in its turn (every 31st, for time)
    for index in range(0, len(FILE) * 8, 31):
        flipped = bytearray(FILE)
        flipped[index // 8] ^= 1 << index % 8

        try:
            replayed = replay(bytes(flipped))
        except ProvenanceError:
            continue  # it is no such file any more, and says where

        assert not replayed.is_identical, f"bit {index} does not matter"


def test_a_law_that_was_swapped_together_with_its_hash_is_found_out() -> None:
    swapped = altered(lambda file: file["law"].update(giftsArticle="R 99"))
    found = replay(swapped).differences[0].found

    forged = replay(swapped.replace(decided(FACTS).law.encode(), found.encode()))

    assert {difference.part for difference in forged.differences} == {Input.LAW}


def test_terms_that_were_swapped_together_with_their_hash_are_not_those_of_the_order() -> None:
    swapped = replace(CHINESE, silence_days=30)
    forged = altered(lambda file: (file["terms"].update(silenceDays=30), file["decision"].update(terms=swapped.hash)))

    replayed = replay(forged)

    assert replayed.again is None
    assert {difference.part for difference in replayed.differences} == {Input.TERMS}


@pytest.mark.parametrize(("member", "value"), [("currency", "EUR"), ("placedAt", 0)])
def test_facts_of_which_nothing_can_be_decided_are_named_by_the_member_at_fault(member: str, value: Json) -> None:
    replayed = replay(altered(lambda file: file["facts"].update({member: value})))

    assert replayed.again is None
    assert (replayed.differences[-1].part, replayed.differences[-1].pointer) == (Input.FACTS, f"/facts/{member}")


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        (lambda file: file.update(case="provenance.case/2"), Code.WRONG_VALUE, "/case"),
        (lambda file: file.pop("law"), Code.MISSING_MEMBER, "/law"),
        (lambda file: file.update(more={}), Code.UNKNOWN_MEMBER, "/more"),
        (lambda file: file.update(decision=[]), Code.WRONG_TYPE, "/decision"),
        (lambda file: file["terms"].update(zone=9999), Code.WRONG_VALUE, "/terms/zone"),
        (lambda file: file["facts"]["returned"].update(findings=["x"]), Code.WRONG_VALUE, "/facts/returned/findings/0"),
    ],
)
def test_refuses_what_is_no_case_and_says_where(
    change: Callable[[dict[str, dict[str, Json]]], object], code: Code, pointer: str
) -> None:
    with pytest.raises(MalformedError) as refused:
        replay(altered(change))

    assert (refused.value.code, refused.value.pointer) == (code, pointer)
