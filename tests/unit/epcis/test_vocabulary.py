"""The words of the CBV: which are standard, how they may be spelled, and what is refused in their place."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.epcis.vocabulary import (
    BIZ_STEPS,
    BIZ_TRANSACTION_TYPES,
    COMPONENTS,
    DISPOSITIONS,
    ERROR_REASONS,
    MEASUREMENT_TYPES,
    MEASUREMENTS,
    SENSOR_EXCEPTIONS,
    SOURCE_DEST_TYPES,
    BizStep,
    BizTransactionType,
    Disposition,
    ErrorReason,
    SourceDestType,
    Vocabulary,
)
from provenance.errors import MalformedError


def test_counts_the_words_the_standard_counts() -> None:
    assert (len(BizStep), len(Disposition), len(BizTransactionType)) == (41, 33, 13)
    assert (len(SourceDestType), len(ErrorReason), len(MEASUREMENT_TYPES), len(COMPONENTS)) == (3, 2, 72, 14)


@pytest.mark.parametrize(
    "spelling",
    [
        "shipping",
        "cbv:BizStep-shipping",
        "https://ref.gs1.org/cbv/BizStep-shipping",
        "http://ref.gs1.org/cbv/BizStep-shipping",
    ],
)
def test_reads_every_json_spelling_as_the_same_word(spelling: str) -> None:
    assert BIZ_STEPS.read(spelling, "") is BizStep.SHIPPING


@pytest.mark.parametrize(
    ("vocabulary", "spelling", "word"),
    [
        (DISPOSITIONS, "cbv:Disp-in_transit", "in_transit"),
        (BIZ_TRANSACTION_TYPES, "cbv:BTT-po", "po"),
        (SOURCE_DEST_TYPES, "cbv:SDT-location", "location"),
        (ERROR_REASONS, "cbv:ER-did_not_occur", "did_not_occur"),
        (MEASUREMENTS, "gs1:Temperature", "Temperature"),
        (SENSOR_EXCEPTIONS, "gs1:ALARM_CONDITION", "ALARM_CONDITION"),
    ],
)
def test_each_vocabulary_has_its_own_prefix(vocabulary: Vocabulary, spelling: str, word: str) -> None:
    assert vocabulary.read(spelling, "") == word


@pytest.mark.parametrize("own", ["ex:curing", "https://example.com/step/curing", "urn:example:step:curing"])
def test_keeps_an_own_word_as_written(own: str) -> None:
    assert BIZ_STEPS.read(own, "") == own


def test_keeps_a_measurement_that_the_growing_web_vocabulary_may_have() -> None:
    assert MEASUREMENTS.read("gs1:SomethingNew", "") == "gs1:SomethingNew"


@pytest.mark.parametrize(
    ("vocabulary", "urn", "bare"),
    [
        (BIZ_STEPS, "urn:epcglobal:cbv:bizstep:shipping", "shipping"),
        (DISPOSITIONS, "urn:epcglobal:cbv:disp:recalled", "recalled"),
        (BIZ_TRANSACTION_TYPES, "urn:epcglobal:cbv:btt:po", "po"),
        (SOURCE_DEST_TYPES, "urn:epcglobal:cbv:sdt:owning_party", "owning_party"),
        (BIZ_STEPS, "https://ns.gs1.org/cbv/BizStep-shipping", "shipping"),
        (MEASUREMENTS, "https://gs1.org/voc/Temperature", "Temperature"),
    ],
)
def test_refuses_the_spelling_of_another_binding_and_names_the_word(
    vocabulary: Vocabulary, urn: str, bare: str
) -> None:
    with pytest.raises(MalformedError) as caught:
        vocabulary.read(urn, "/here")

    assert caught.value.code is Code.NOT_A_CBV_WORD
    assert caught.value.pointer == "/here"
    assert caught.value.refusal.message.endswith(f"the word is {bare}")


@pytest.mark.parametrize(
    "wrong", ["shiping", "Shipping", "cbv:BizStep-shiping", "cbv:Disp-in_transit", "", "shipping "]
)
def test_refuses_what_is_neither_a_word_nor_a_uri(wrong: str) -> None:
    with pytest.raises(MalformedError) as caught:
        BIZ_STEPS.read(wrong, "/bizStep")

    assert caught.value.code is Code.NOT_A_CBV_WORD


def test_names_the_nearest_word_for_a_misspelt_one() -> None:
    with pytest.raises(MalformedError, match="'shiping' is no business step; the nearest word is shipping"):
        BIZ_STEPS.read("shiping", "/bizStep")


def test_refuses_a_word_that_is_no_text() -> None:
    with pytest.raises(MalformedError) as caught:
        BIZ_STEPS.read(["shipping"], "/bizStep")

    assert caught.value.code is Code.WRONG_TYPE
