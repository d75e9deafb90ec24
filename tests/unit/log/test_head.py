"""Heads have one spelling, are signed by their log alone, and pass for nothing else that a log signs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError, ProvenanceError
from provenance.ids import LeafIndex, Subject
from provenance.log.checkpoint import Checkpoint, parse_checkpoint
from provenance.log.head import Head, format_head, open_head, parse_head, sign_head, without_other_lines
from provenance.log.note import Note, format_note, parse_note, sign, signer_key
from tests.cast import item
from tests.cosigners import LOG_KEY, LOG_VERIFIER, ORIGIN, checkpoint_of, cosigned, known_key, signed

TREE = checkpoint_of(7)
HEAD = Head(item("A1"), LeafIndex(4), TREE)

heads = st.builds(
    lambda subject, tree, share: Head(
        Subject(subject), None if share is None else LeafIndex(int(share * (tree.size - 1))), tree
    ),
    st.from_regex(r"[a-z]{1,8}:[!-~é]{0,20}", fullmatch=True),
    st.builds(Checkpoint, st.just(ORIGIN), st.integers(1, 2**53), st.binary(min_size=32, max_size=32)),
    st.none() | st.floats(0, 1),
)


@given(heads)
def test_a_head_that_is_printed_and_read_is_the_same(head: Head) -> None:
    assert parse_head(format_head(head)) == head


@given(data=st.data(), head=heads)
def test_a_changed_text_is_refused_or_says_something_else(data: st.DataObject, head: Head) -> None:
    text = format_head(head)
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.sampled_from(["", "0", "\n", " ", "x", ":", "none"])) + text[place + 1 :]

    try:
        read = parse_head(changed)
    except MalformedError:
        return

    assert format_head(read) == changed


def test_a_signed_head_opens_with_the_key_of_its_log() -> None:
    note = sign_head(HEAD, LOG_KEY)

    assert open_head(parse_note(format_note(note)), LOG_VERIFIER) == HEAD


def test_a_head_signed_by_anyone_else_is_refused() -> None:
    stranger = known_key("stranger")
    other_log = signer_key("other.example", LOG_KEY.public)
    foreign = format_head(replace(HEAD, tree=replace(TREE, origin="third.example")))

    with pytest.raises(ForgedError):
        open_head(sign_head(HEAD, stranger), LOG_VERIFIER)
    with pytest.raises(ForgedError) as refused:
        open_head(Note(foreign, (sign(foreign, name="other.example", key=LOG_KEY),)), other_log)

    assert refused.value.code is Code.UNTRUSTED_CHECKPOINT


@given(heads)
def test_a_head_never_passes_for_a_checkpoint(head: Head) -> None:
    with pytest.raises(MalformedError):
        parse_checkpoint(format_head(head))


@given(st.integers(0, 40), st.lists(st.text("ab:\n", min_size=1), max_size=2))
def test_a_checkpoint_never_passes_for_a_head_whatever_its_origin(size: int, lines: list[str]) -> None:
    origin = "provenance.head/v1"
    try:
        checkpoint = Checkpoint(origin, size, bytes(32), tuple(lines))
    except MalformedError:
        return
    text = "".join(f"{line}\n" for line in (origin, size, "A" * 43 + "=", *checkpoint.extensions))

    with pytest.raises(MalformedError):
        parse_head(text)


@pytest.mark.parametrize(
    "head",
    [
        lambda: replace(HEAD, index=LeafIndex(7)),
        lambda: replace(HEAD, index=LeafIndex(-1)),
        lambda: replace(HEAD, subject=Subject("12")),
        lambda: replace(HEAD, subject=Subject("a:\nb")),
        lambda: replace(HEAD, tree=checkpoint_of(7, "more")),
        lambda: Head(item("A1"), None, checkpoint_of(0)),
    ],
)
def test_what_no_head_can_say_is_refused(head: object) -> None:
    assert callable(head)

    with pytest.raises(MalformedError) as refused:
        head()

    assert refused.value.code is Code.MALFORMED_HEAD


@pytest.mark.parametrize("place", ["04", "+4", "4 ", "", "None", "-1", "7"])
def test_a_place_has_one_spelling(place: str) -> None:
    with pytest.raises(MalformedError):
        parse_head(format_head(HEAD).replace("\n4\n", f"\n{place}\n"))


def test_of_a_note_that_is_handed_on_only_the_lines_of_the_log_are_kept() -> None:
    note = sign_head(HEAD, LOG_KEY)
    with_strangers = cosigned(note, w1=7)

    assert without_other_lines(with_strangers, LOG_VERIFIER) == note
    with pytest.raises(ProvenanceError):
        without_other_lines(signed(TREE), signer_key("other.example", LOG_KEY.public))
