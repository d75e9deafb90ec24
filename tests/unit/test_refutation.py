"""A false head is refuted, a true one never is, and a refutation says so to anyone by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.crypto.envelope import Envelope, leaf, sign
from provenance.custody.registry_entries import PartyEnrolled, entry_members
from provenance.custody.roles import Role
from provenance.custody.statements import PayloadType, header_members
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.epcis.context import EPCIS_CONTEXT
from provenance.errors import ForgedError, MalformedError, ProvenanceError, RefusedError
from provenance.ids import LeafIndex, Subject
from provenance.log.checkpoint import Checkpoint, sign_checkpoint
from provenance.log.head import Head, sign_head
from provenance.log.merkle import leaf_hash
from provenance.log.note import signer_key
from provenance.refutation import (
    Ground,
    Refutation,
    StatementShown,
    TreeShown,
    format_refutation,
    judge,
    parse_refutation,
    refutes,
)
from tests.cast import MAKER, SHOP, item
from tests.cosigners import LOG_KEY, LOG_VERIFIER, ORIGIN, cosigned
from tests.crooked_log import header_of
from tests.trees import plain_consistency, plain_inclusion, plain_root

BAG, SISTER = item("A1"), item("A2")


def about(*things: Subject, number: int = 0) -> Envelope:
    """A statement that names these."""
    body: dict[str, Json] = {
        "@context": [EPCIS_CONTEXT, {"prov": "https://provenance.example/ns/"}],
        "type": "ObjectEvent",
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "epcList": [*things],
        "eventTime": f"2026-05-04T10:00:{number:02}.000Z",
        "eventTimeZoneOffset": "+00:00",
    }
    hands = (MAKER.hand(),)
    whole = body | header_members(header_of(hands, (), 0, ORIGIN))
    return sign(PayloadType.CUSTODY_EVENT, canonical.dump(whole), [MAKER.key])


class Told:
    """A log of these statements, which signs whatever head it is asked for."""

    def __init__(self, *statements: Envelope) -> None:
        self.statements = statements
        self.leaves = [leaf_hash(leaf(statement)) for statement in statements]

    def tree(self, size: int | None = None) -> Checkpoint:
        leaves = self.leaves[:size]
        return Checkpoint(ORIGIN, len(leaves), plain_root(leaves))

    def head(self, index: int | None, subject: Subject = BAG) -> Head:
        return Head(subject, None if index is None else LeafIndex(index), self.tree())

    def against(self, head: Head, index: int) -> Refutation:
        """The statement at this place held against a head."""
        proof = tuple(plain_inclusion(index, self.leaves))
        shown = StatementShown(LeafIndex(index), self.statements[index], proof)
        return Refutation(LOG_VERIFIER, sign_head(head, LOG_KEY), shown)


LOG = Told(about(BAG), about(BAG, SISTER, number=1), about(SISTER, number=2), about(BAG, number=3))
FALSE = LOG.against(LOG.head(1), 3)


@settings(max_examples=60)
@given(st.lists(st.sampled_from([(BAG,), (SISTER,), (BAG, SISTER)]), min_size=1, max_size=9), st.data())
def test_exactly_the_newest_statement_that_names_a_thing_is_never_refuted(
    named: list[tuple[Subject, ...]], data: st.DataObject
) -> None:
    log = Told(*(about(*things, number=number) for number, things in enumerate(named)))
    newest = max((number for number, things in enumerate(named) if BAG in things), default=None)
    said = data.draw(st.none() | st.integers(0, len(named) - 1))
    head = log.head(said)

    grounds = [refutes(head, LeafIndex(number), statement) for number, statement in enumerate(log.statements)]

    assert any(grounds) is (said != newest)
    for number, ground in enumerate(grounds):
        if ground is None:
            with pytest.raises(RefusedError):
                judge(log.against(head, number))
        else:
            assert judge(log.against(head, number)).ground is ground


def test_a_later_statement_that_names_the_thing_refutes_a_head() -> None:
    judged = judge(parse_refutation(format_refutation(FALSE)))

    assert (judged.ground, judged.head) == (Ground.LATER_STATEMENT, LOG.head(1))
    assert judged.message == f"the head says that leaf 1 is the newest about {BAG}, which leaf 3 names"


def test_a_statement_about_something_else_is_no_head() -> None:
    assert judge(LOG.against(LOG.head(2), 2)).ground is Ground.OTHER_THING


def test_a_thing_that_is_said_to_be_unknown_is_found() -> None:
    assert judge(LOG.against(LOG.head(None), 0)).ground is Ground.LATER_STATEMENT


def test_an_entry_of_the_registry_is_about_its_party() -> None:
    party = Subject(SHOP.party)
    hands = (SHOP.hand(),)
    members = entry_members(PartyEnrolled(SHOP.party, "Shop", (Role.SELLER,), (SHOP.key.public,)))
    body = {**members, **header_members(header_of(hands, (), 0, ORIGIN))}
    log = Told(sign(PayloadType.REGISTRY_ENTRY, canonical.dump(body), [SHOP.key]), about(BAG))

    assert refutes(log.head(0, party), LeafIndex(0), log.statements[0]) is None
    assert judge(log.against(log.head(None, party), 0)).ground is Ground.LATER_STATEMENT


def test_what_the_log_did_not_sign_says_nothing_about_it() -> None:
    stranger = signer_key(ORIGIN, SHOP.key.public)

    with pytest.raises(ForgedError):
        judge(replace(FALSE, log=stranger))
    with pytest.raises(ForgedError):
        judge(replace(FALSE, head=sign_head(LOG.head(1), SHOP.key)))


def test_a_statement_that_is_not_in_the_heads_tree_says_nothing_about_it() -> None:
    assert isinstance(FALSE.because, StatementShown)
    elsewhere = replace(FALSE.because, envelope=about(BAG, number=9))
    later = replace(FALSE.because, index=LeafIndex(2))

    for because in (elsewhere, later):
        with pytest.raises(ForgedError) as refused:
            judge(replace(FALSE, because=because))
        assert refused.value.code is Code.BAD_PROOF


GROWN = Told(*LOG.statements, about(SISTER, number=4), about(SISTER, number=5))
OTHER = Told(about(SISTER), *LOG.statements[1:])


def tree_shown(head_of: Told, shown: Told, size: int) -> Refutation:
    proof = tuple(plain_consistency(size, shown.leaves)) if size < len(shown.leaves) else ()
    because = TreeShown(sign_checkpoint(shown.tree(), LOG_KEY), shown.tree(size).root, proof)
    return Refutation(LOG_VERIFIER, sign_head(head_of.head(1), LOG_KEY), because)


@pytest.mark.parametrize("shown", [LOG, GROWN], ids=["same size", "grown"])
def test_a_head_of_another_tree_than_the_log_signed_is_refuted(shown: Told) -> None:
    refutation = parse_refutation(format_refutation(tree_shown(OTHER, shown, 4)))

    assert judge(refutation).ground is Ground.OTHER_TREE


def test_a_head_whose_tree_only_grew_is_not_refuted_by_that() -> None:
    with pytest.raises(RefusedError) as refused:
        judge(tree_shown(LOG, GROWN, 4))

    assert refused.value.code is Code.NO_CONTRADICTION


def test_a_tree_that_is_not_proven_to_have_grown_refutes_nothing() -> None:
    refutation = tree_shown(OTHER, GROWN, 4)
    assert isinstance(refutation.because, TreeShown)
    unproven = replace(refutation.because, root=bytes(32))
    unsigned = replace(refutation.because, checkpoint=sign_checkpoint(GROWN.tree(), SHOP.key))
    smaller = replace(refutation.because, checkpoint=sign_checkpoint(GROWN.tree(3), LOG_KEY))

    for because in (unproven, unsigned, smaller):
        with pytest.raises(ForgedError):
            judge(replace(refutation, because=because))


def test_no_line_stands_in_a_refutation_that_nobody_checks() -> None:
    of_tree = tree_shown(OTHER, GROWN, 4)
    assert isinstance(of_tree.because, TreeShown)
    more = replace(of_tree.because, checkpoint=cosigned(of_tree.because.checkpoint, w1=7))

    for refutation in (replace(FALSE, head=cosigned(FALSE.head, w1=7)), replace(of_tree, because=more)):
        with pytest.raises(MalformedError) as refused:
            judge(refutation)
        assert refused.value.code is Code.MALFORMED_REFUTATION


@given(data=st.data(), whole=st.sampled_from([FALSE, tree_shown(OTHER, GROWN, 4)]).map(format_refutation))
def test_a_changed_byte_is_seen(data: st.DataObject, whole: bytes) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))

    with pytest.raises(ProvenanceError):
        judge(parse_refutation(whole[:place] + bytes([byte]) + whole[place + 1 :]))


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"refutation":"provenance.refutation/v1"}', format_refutation(FALSE) + b"\n"]
)
def test_what_is_no_refutation_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_refutation(data)
