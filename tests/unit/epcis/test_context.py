"""What a context declares, and which names need declaring."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.encoding.canonical import Json
from provenance.epcis.context import EPCIS_CONTEXT, Context, joined, prefix_remarks, read_context

ELSEWHERE = "https://example.com/context.jsonld"


@pytest.mark.parametrize("name", ["prov:seen", "cbvmda:lotNumber", "gs1:Mass", "epcis:a", "cbv:b", "rdfs:comment"])
def test_the_standard_prefixes_and_ours_need_no_declaration(name: str) -> None:
    assert read_context(None).declares(name)


@pytest.mark.parametrize("name", ["https://ns.example.com/a", "urn:example:a", "ni:///sha-256;abc", "URN:example:a"])
def test_a_full_uri_needs_no_declaration(name: str) -> None:
    assert Context().declares(name)


@pytest.mark.parametrize(
    "context",
    [
        {"ex": "https://ns.example.com/"},
        [EPCIS_CONTEXT, {"ex": "https://ns.example.com/"}],
        [EPCIS_CONTEXT, {"ex": {"@id": "https://ns.example.com/", "@prefix": True}}],
    ],
)
def test_a_declared_prefix_is_known(context: Json) -> None:
    assert prefix_remarks({"ex:a": 1}, read_context(context)) == ()


@pytest.mark.parametrize(
    "context", [None, EPCIS_CONTEXT, {"ex:a": "https://ns.example.com/"}, {"ex": {"@type": "@id"}}, []]
)
def test_remarks_on_an_undeclared_prefix_once(context: Json) -> None:
    [remark] = prefix_remarks({"ex:a": 1, "ex:b": 2}, read_context(context))

    assert (remark.code, remark.pointer) == (Code.UNDECLARED_PREFIX, "/ex:a")


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"ilmd": {"ex:lot": "1"}}, "/ilmd/ex:lot"),
        ({"prov:a": [{"b": {"ex:c/d": 1}}]}, "/prov:a/0/b/ex:c~1d"),
        ({"bizStep": "ex:curing"}, "/bizStep"),
        ({"type": "ex:SealBroken"}, "/type"),
        ({"persistentDisposition": {"set": ["recalled", "ex:frozen"]}}, "/persistentDisposition/set/1"),
        ({"sourceList": [{"type": "ex:shelf", "source": "ex:1"}]}, "/sourceList/0/type"),
        ({"readPoint": {"id": "ex:1", "ex:door": 4}}, "/readPoint/ex:door"),
    ],
)
def test_looks_at_names_and_words_however_deep(members: dict[str, Json], pointer: str) -> None:
    [remark] = prefix_remarks(members, Context())

    assert remark.pointer == pointer


def test_what_an_unread_context_may_declare_is_not_known_which_is_not_undeclared() -> None:
    context = read_context([EPCIS_CONTEXT, ELSEWHERE])

    [remark] = prefix_remarks({"ex:a": 1, "ex:b": 2}, context)

    assert remark.code is Code.UNDECLARED_PREFIX
    assert ELSEWHERE in remark.message


def test_the_event_adds_to_the_context_of_its_document() -> None:
    assert joined(EPCIS_CONTEXT, None) == EPCIS_CONTEXT
    assert joined(None, ELSEWHERE) == ELSEWHERE
    assert joined([EPCIS_CONTEXT], [EPCIS_CONTEXT, {"ex": "https://e/"}]) == [EPCIS_CONTEXT, {"ex": "https://e/"}]
