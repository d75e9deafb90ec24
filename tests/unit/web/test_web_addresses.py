"""Every thing has one address for each form, and every address leads back to it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError, NotFoundError, ProvenanceError
from provenance.gs1.identifiers import Identifier
from provenance.ids import Subject
from web.addresses import Asked, Form, address_of, file_name, link_to, read_address, read_link, read_thing

GTIN = "09521234543213"
ITEM = Subject(f"https://id.gs1.org/01/{GTIN}/21/AB23")
LETTERS = "!\"%&'()*+,-./0123456789:;<=>?ABCXYZ_abcxyz"

serials = st.text(LETTERS, min_size=1, max_size=12) | st.sampled_from(
    ["A.json", "A.svg", "A.png", "bundle", "A/bundle", ".json", "A.json.json", "A//B", "%2F", ".", ".."]
)
things = st.builds(
    lambda ai, value: Subject(Identifier("01", GTIN, ((ai, value),)).uri), st.sampled_from(["21", "10"]), serials
) | st.just(Subject("https://id.gs1.org/00/095212340000000013"))


@given(things, st.sampled_from(Form))
def test_an_address_leads_back_to_its_thing_and_form(thing: Subject, form: Form) -> None:
    address = address_of(thing, form)

    folder, path = re.fullmatch("(/verify|/label)(/.*)", address).groups()
    assert folder == ("/label" if form in (Form.SVG, Form.PNG) else "/verify")
    assert read_address(path) == Asked(thing, form)


@given(things)
def test_the_link_on_a_label_leads_to_its_thing(thing: Subject) -> None:
    link = link_to(thing, "https://shop.example")

    assert read_link(link.removeprefix("https://shop.example")) == thing


@given(things)
def test_a_file_name_is_safe_wherever_it_is_saved(thing: Subject) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.bundle", file_name(thing))


@given(st.text(max_size=60))
def test_any_other_path_is_refused_and_nothing_foreign_is_raised(text: str) -> None:
    try:
        asked = read_address(f"/{text}")
    except ProvenanceError:
        return
    assert read_address(address_of(asked.subject, asked.form).removeprefix("/verify").removeprefix("/label")) == asked


@pytest.mark.parametrize("path", [f"/01/{GTIN}/21/AB23/", f"/gtin/{GTIN}/ser/AB23"])
def test_old_and_sloppy_spellings_name_the_same_thing(path: str) -> None:
    assert read_link(path) == ITEM


@pytest.mark.parametrize(
    "text", [f"(01){GTIN}(21)AB23", f"01{GTIN}21AB23", f"https://other.example/x/01/{GTIN}/21/AB23"]
)
def test_what_was_scanned_or_typed_names_the_same_thing(text: str) -> None:
    assert read_thing(text) == ITEM


def test_a_mistyped_number_is_told_from_an_unreadable_one() -> None:
    with pytest.raises(MalformedError) as mistyped:
        read_link("/01/09521234543214/21/AB23")
    with pytest.raises(MalformedError) as unreadable:
        read_thing("hello")

    assert mistyped.value.code is Code.BAD_CHECK_DIGIT
    assert unreadable.value.code is Code.UNKNOWN_IDENTIFIER


@pytest.mark.parametrize("path", [f"/01/{GTIN}", "/417/9520123000004", "/414/9520123000004"])
def test_a_product_a_party_and_a_place_have_no_history(path: str) -> None:
    with pytest.raises(NotFoundError) as refused:
        read_link(path)

    assert refused.value.code is Code.NOT_ONE_THING
