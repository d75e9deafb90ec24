"""Policies: whom to believe, read without a doubt left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.log.note import VerifierKey, cosigner_key, signer_key
from provenance.log.policy import LARGEST_POLICY, Group, Policy, format_policy, parse_policy
from tests.cosigners import LOG_VERIFIER, POLICY_2_OF_3, WITNESS_VERIFIERS, WITNESSES, known_key

LOG = f"log {LOG_VERIFIER}\n"
A, B, C, D = (f"witness {name} {cosigner_key(name, known_key(name).public)}\n" for name in "abcd")


def policy(*lines: str) -> Policy:
    return parse_policy("".join(lines).encode())


def test_two_of_three_are_any_two() -> None:
    found = parse_policy(POLICY_2_OF_3)

    assert [witness.key for witness in found.witnesses] == list(WITNESS_VERIFIERS.values())
    assert not found.is_met_by([])
    assert not found.is_met_by(WITNESSES[:1])
    assert not found.is_met_by([WITNESSES[0], WITNESSES[0]])
    assert found.is_met_by(WITNESSES[::2])
    assert found.is_met_by(WITNESSES)


def test_strangers_never_count_and_neither_do_groups_by_name() -> None:
    found = parse_policy(POLICY_2_OF_3)

    assert not found.is_met_by(["enough"])
    assert not found.is_met_by([WITNESSES[0], "stranger"])


def test_groups_of_groups_are_counted_by_group() -> None:
    found = policy(A, B, C, D, "group x 2 a b c\n", "group y any d\n", "group both all x y\n", "quorum both\n")

    assert found.is_met_by("abd")
    assert not found.is_met_by("abc")
    assert not found.is_met_by("ad")
    assert found.groups == (Group("x", 2, ("a", "b", "c")), Group("y", 1, ("d",)), Group("both", 2, ("x", "y")))


def test_a_single_witness_may_be_the_quorum() -> None:
    found = policy(A, B, "quorum a\n")

    assert found.is_met_by("a")
    assert not found.is_met_by("b")


def test_that_nobody_need_confirm_must_be_said() -> None:
    assert policy(LOG, "quorum none\n").is_met_by([])
    with pytest.raises(MalformedError) as refused:
        policy(LOG, A)

    assert refused.value.code is Code.MALFORMED_POLICY
    assert "quorum none" in refused.value.refusal.message


def test_spaces_tabs_comments_and_urls_are_read_as_the_standard_allows() -> None:
    found = policy("# ours\n", "\n", " \t \n", f"\t{A[:-1]} \t https://a.example/ä \n", "  # more\n", "quorum\t a\t\n")

    assert found.witnesses[0].url == "https://a.example/ä"
    assert found.quorum == "a"


@given(st.data())
def test_parse_undoes_format(data: st.DataObject) -> None:
    names = [f"w{number}" for number in range(data.draw(st.integers(0, 4)))]
    url = st.sampled_from(["", " https://w.example/add"])
    lines = [LOG[:-1] + data.draw(url)]
    lines += [f"witness {name} {cosigner_key(name, known_key(name).public)}{data.draw(url)}" for name in names]
    free = list(names)
    for number in range(data.draw(st.integers(0, 3))):
        members = data.draw(st.lists(st.sampled_from(free), unique=True, min_size=1)) if free else []
        if members:
            threshold = data.draw(st.sampled_from(["all", "any", *map(str, range(1, len(members) + 1))]))
            lines.append(f"group g{number} {threshold} {' '.join(members)}")
            free = [name for name in free if name not in members] + [f"g{number}"]
    lines.append(f"quorum {data.draw(st.sampled_from([*free, *names, 'none']))}")
    found = policy(*(f"{line}\n" for line in lines))

    printed = format_policy(found)

    assert parse_policy(printed) == found
    assert format_policy(parse_policy(printed)) == printed


@given(st.data())
def test_a_mutated_policy_raises_nothing_foreign(data: st.DataObject) -> None:
    whole = bytearray(POLICY_2_OF_3)
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))

    try:
        found = parse_policy(bytes(whole))
    except MalformedError:
        return

    assert parse_policy(format_policy(found)) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none",
        "quorum\n",
        "quorum \n",
        "quorum a\n",
        "quorum none\nquorum none\n",
        f"{A}quorum a b\n",
        f"quorum a\n{A}",
        f"{A}{A}quorum a\n",
        f"{A}{B.replace('witness b', 'witness a')}quorum a\n",
        f"{A}{A.replace('witness a', 'witness b')}quorum a\n",
        f"{A.replace('witness a', 'witness none')}quorum none\n",
        f"{A}group none all a\nquorum none\n",
        f"{A}group a all a\nquorum a\n",
        f"{A}group g all\nquorum g\n",
        f"{A}group g any\nquorum g\n",
        f"{A}group g 0 a\nquorum g\n",
        f"{A}group g 2 a\nquorum g\n",
        f"{A}group g 01 a\nquorum g\n",
        f"{A}group g some a\nquorum g\n",
        f"{A}group g all a a\nquorum g\n",
        f"{A}group g all a\ngroup h all a\nquorum g\n",
        f"{A}group g all g\nquorum g\n",
        f"{A}group g all none\nquorum g\n",
        f"{A}group g all h\ngroup h all a\nquorum g\n",
        f"group g all a\n{A}quorum g\n",
        f"{LOG}{LOG}quorum none\n",
        f"{LOG[:-1]} https://one https://two\nquorum none\n",
        f"{A[:-1]} https://one https://two\nquorum none\n",
        "# a bell \x07\nquorum none\n",
        "# another system's line end\r\nquorum none\n",
        "log\nquorum none\n",
        f"log {cosigner_key('l', known_key('l').public)}\nquorum none\n",
        f"witness a {signer_key('a', known_key('a').public)}\nquorum a\n",
        f"witness a {'0' * 64}\nquorum a\n",
        f"{A}quorum a\x00\n",
        f"{A}quorum a\r\n",
        f"{A}quorum\u00a0a\n",
        f"{A}quorum a \x0b\n",
        f"{A}quorum a \x7f\n",
        f"{A}quorums a\n",
        f"{A}Quorum a\n",
    ],
)
def test_refuses_a_policy_that_leaves_a_doubt(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_policy(text.encode())

    assert refused.value.code is Code.MALFORMED_POLICY


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(MalformedError) as refused:
        policy(A, "\n", "group g 2 a\n")

    assert refused.value.refusal.message == "line 3: 2 of 1 members can't be"


def test_refuses_bytes_that_are_not_utf_8_and_files_that_are_too_large() -> None:
    with pytest.raises(MalformedError) as refused:
        parse_policy(b"# \xff\nquorum none\n")
    assert refused.value.code is Code.MALFORMED_POLICY

    end = b"\nquorum none\n"
    assert parse_policy(b"#" * (LARGEST_POLICY - len(end)) + end).quorum is None
    with pytest.raises(MalformedError) as refused:
        parse_policy(b"#" * (LARGEST_POLICY - len(end) + 1) + end)
    assert refused.value.code is Code.TOO_LARGE


def test_a_witness_that_cannot_be_checked_may_be_named() -> None:
    found = policy(f"witness pq {VerifierKey('pq.example', 0x06, bytes(1312))}\n", A, "quorum pq\n")

    assert not found.is_met_by("a")
    assert parse_policy(format_policy(found)) == found


def test_takes_more_than_the_32_witnesses_that_are_recommended() -> None:
    names = [f"w{number}" for number in range(60)]
    lines = [f"witness {name} {cosigner_key(name, known_key(name).public)}\n" for name in names]
    found = policy(*lines, f"group g all {' '.join(names)}\n", "quorum g\n")

    assert found.is_met_by(names)
    assert not found.is_met_by(names[1:])
