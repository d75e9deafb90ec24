"""Checkpoints, as text and as signed notes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import ForgedError, MalformedError
from provenance.log.checkpoint import (
    Checkpoint,
    format_checkpoint,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from provenance.log.merkle import EMPTY_ROOT
from provenance.log.note import Note, format_note, sign, signer_key
from tests.cosigners import LOG_KEY, LOG_VERIFIER, ORIGIN, WITNESS_VERIFIERS, checkpoint_of, known_key, signed

ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

one_line = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), min_size=1, max_size=20)
checkpoints = st.builds(
    Checkpoint,
    one_line,
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(one_line, max_size=3).map(tuple),
)


def test_a_checkpoint_is_three_lines() -> None:
    checkpoint = Checkpoint("log.example", 0, EMPTY_ROOT)

    assert format_checkpoint(checkpoint) == f"log.example\n0\n{ROOT}\n"


@given(checkpoints)
def test_parse_undoes_format(checkpoint: Checkpoint) -> None:
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


@given(checkpoints, st.data())
def test_format_undoes_parse_of_a_mutated_checkpoint(checkpoint: Checkpoint, data: st.DataObject) -> None:
    text = format_checkpoint(checkpoint)
    at = data.draw(st.integers(0, len(text)))
    mutated = text[:at] + data.draw(st.sampled_from(["", "\n", "0", "=", " ", "A", "\r"])) + text[at + 1 :]

    try:
        found = parse_checkpoint(mutated)
    except MalformedError:
        return

    assert format_checkpoint(found) == mutated


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        f"log.example\n0\n{ROOT}",
        f"log.example\n\n{ROOT}\n",
        f"\n0\n{ROOT}\n",
        f"log.example\n0\n{ROOT}\n\n",
        f"log.example\n0\n{ROOT}\n\nextension\n",
        f"log.example\n021\n{ROOT}\n",
        f"log.example\n+1\n{ROOT}\n",
        f"log.example\n-1\n{ROOT}\n",
        f"log.example\n1_0\n{ROOT}\n",
        f"log.example\n٣\n{ROOT}\n",
        f"log.example\n{2**63}\n{ROOT}\n",
        f"log.example\n0\n{ROOT[:-4]}\n",
        f"log.example\n0\n{ROOT[:-2]}V=\n",
        f"log.example\n0\n{ROOT} \n",
        "log.example\n0\n",
    ],
)
def test_refuses_what_is_no_checkpoint(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_checkpoint(text)

    assert refused.value.code is Code.MALFORMED_CHECKPOINT


@pytest.mark.parametrize(
    ("origin", "size", "root", "extension"),
    [
        ("", 0, EMPTY_ROOT, "more"),
        ("two\nlines", 0, EMPTY_ROOT, "more"),
        ("log", -1, EMPTY_ROOT, "more"),
        ("log", 2**63, EMPTY_ROOT, "more"),
        ("log", 0, EMPTY_ROOT[1:], "more"),
        ("log", 0, EMPTY_ROOT, ""),
        ("log", 0, EMPTY_ROOT, "two\nlines"),
    ],
)
def test_refuses_to_say_what_could_not_be_read_back(origin: str, size: int, root: bytes, extension: str) -> None:
    with pytest.raises(MalformedError) as refused:
        Checkpoint(origin, size, root, (extension,))

    assert refused.value.code is Code.MALFORMED_CHECKPOINT


def test_opens_what_its_log_signed() -> None:
    data = format_note(signed(checkpoint_of(7), w1=1767225600))

    opened = open_checkpoint(data, log_keys=[LOG_VERIFIER], witness_keys=WITNESS_VERIFIERS.values())

    assert opened.checkpoint == checkpoint_of(7)
    assert format_note(opened.note) == data
    assert [one.key.name for one in opened.verified] == [ORIGIN, "w1.example"]


def test_refuses_a_checkpoint_that_only_a_witness_signed() -> None:
    note = signed(checkpoint_of(7), w1=1767225600)
    data = format_note(Note(note.text, note.signatures[1:]))

    with pytest.raises(ForgedError) as refused:
        open_checkpoint(data, log_keys=[LOG_VERIFIER], witness_keys=WITNESS_VERIFIERS.values())

    assert refused.value.code is Code.UNTRUSTED_CHECKPOINT


def test_refuses_a_checkpoint_that_another_known_log_signed_for_this_one() -> None:
    other = known_key("other.example")
    text = format_checkpoint(checkpoint_of(7))
    data = format_note(Note(text, (sign(text, name="other.example", key=other),)))

    with pytest.raises(ForgedError) as refused:
        open_checkpoint(data, log_keys=[LOG_VERIFIER, signer_key("other.example", other.public)])

    assert refused.value.code is Code.UNTRUSTED_CHECKPOINT


def test_refuses_a_checkpoint_with_a_confirmation_that_does_not_hold() -> None:
    note = signed(checkpoint_of(7), w1=1767225600)
    moved = Note(format_checkpoint(checkpoint_of(8)), (signed(checkpoint_of(8)).signatures[0], note.signatures[1]))

    with pytest.raises(ForgedError) as refused:
        open_checkpoint(format_note(moved), log_keys=[LOG_VERIFIER], witness_keys=WITNESS_VERIFIERS.values())

    assert refused.value.code is Code.FORGED_NOTE


def test_extension_lines_are_signed_and_kept() -> None:
    opened = open_checkpoint(format_note(signed(checkpoint_of(3, "one", "two"))), log_keys=[LOG_VERIFIER])

    assert opened.checkpoint.extensions == ("one", "two")


def test_refuses_to_sign_an_origin_that_is_no_key_name() -> None:
    with pytest.raises(MalformedError):
        sign_checkpoint(Checkpoint("two words", 0, EMPTY_ROOT), LOG_KEY)
