from __future__ import annotations

import pytest
from hypothesis import given

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.company_prefix import prefix_of
from provenance.gs1.elements import Elements
from provenance.gs1.forms import forms_of
from provenance.gs1.human_readable import parse_lines
from provenance.gs1.identifiers import Identifier, name_in
from provenance.gs1.strict_reading import Message, read_strictly
from tests.gs1_values import messages


def the_maker_s(identifier: Identifier) -> str:
    return prefix_of(identifier, {"9521234"})


def the_first_six_digits(identifier: Identifier) -> str:
    return prefix_of(identifier, (), lambda digits: digits[:6])


@given(messages())
def test_every_form_says_the_same(elements: Elements) -> None:
    forms = forms_of(Message(elements), the_first_six_digits)

    assert forms.elements == elements
    assert read_strictly(forms.element_string).elements == elements
    assert parse_lines(forms.lines) == elements
    if forms.digital_link is not None:
        assert set(read_strictly(forms.digital_link).elements) == set(elements)
        assert forms_of(read_strictly(forms.digital_link), the_first_six_digits).digital_link == forms.digital_link
    if forms.epc_urn is not None:
        assert read_strictly(forms.epc_urn).elements == name_in(elements).elements


def test_a_message_has_the_forms_that_it_has() -> None:
    forms = forms_of(read_strictly("(01)09521234543213(21)S1"), the_maker_s)
    order = forms_of(read_strictly("(400)A1"), the_maker_s)

    assert forms.epc_urn == "urn:epc:id:sgtin:9521234.054321.S1"
    assert forms.element_string == "^010952123454321321S1"
    assert (order.digital_link, order.epc_urn, order.lines) == (None, None, ("ORDER NUMBER (400) A1",))


def test_without_a_known_prefix_there_is_no_urn() -> None:
    forms = forms_of(read_strictly("(01)04012345678901(21)S1"), the_maker_s)

    assert forms.epc_urn is None
    assert forms.digital_link == "https://id.gs1.org/01/04012345678901/21/S1"


def test_what_may_not_be_written_has_no_form() -> None:
    with pytest.raises(MalformedError) as refused:
        forms_of(Message((("02", "09521234543213"),)), the_maker_s)

    assert refused.value.code is Code.MISSING_AI
