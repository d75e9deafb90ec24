"""The sentences of the registry, there and back, and everything that is almost one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.codes import Code
from provenance.custody.registry_entries import (
    DelegationEnded,
    DelegationGranted,
    Entry,
    KeyAdded,
    KeyRevoked,
    KeyRotated,
    LicenceEnded,
    LicenceGranted,
    PartyEnrolled,
    Permission,
    RecoveryCompleted,
    RecoveryProposed,
    RecoveryVetoed,
    RevocationReason,
    RolesChanged,
    RootEstablished,
    RootRotated,
    StatementsReaffirmed,
    entry_members,
    introduced_keys,
    parse_entry,
)
from provenance.custody.roles import ENROLLED_ROLES, Role
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError
from provenance.ids import KeyId, StatementHash, TreeSize
from tests.cast import MAKER, SHOP
from tests.homes import key_of
from tests.strategies import json_values, parties

KEYS = tuple(key_of(name).public for name in ("one", "two", "three"))
A_HASH = "0123456789abcdef" * 4

_keys = st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True).map(tuple)
_names = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=200)
_roles = st.lists(st.sampled_from(ENROLLED_ROLES), min_size=1, unique=True).map(tuple)
_prefixes = st.from_regex(r"[0-9]{4,12}", fullmatch=True)
_hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
_hash_lists = st.lists(_hashes.map(StatementHash), min_size=1, max_size=4, unique=True).map(tuple)
_instants = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
_reasons = st.sampled_from([RevocationReason.LOST, RevocationReason.SUPERSEDED])


def entries() -> st.SearchStrategy[Entry]:
    """Any entry of any kind."""
    return st.one_of(
        _keys.flatmap(lambda keys: st.builds(RootEstablished, _names, st.just(keys), st.integers(1, len(keys)))),
        _keys.flatmap(lambda keys: st.builds(RootRotated, _names, st.just(keys), st.integers(1, len(keys)))),
        st.builds(PartyEnrolled, parties(), _names, _roles, _keys),
        st.builds(RolesChanged, parties(), _roles),
        st.builds(LicenceGranted, parties(), _prefixes),
        st.builds(LicenceEnded, parties(), _prefixes),
        st.builds(KeyAdded, parties(), st.sampled_from(KEYS)),
        st.builds(KeyRotated, parties(), _hashes.map(KeyId), st.sampled_from(KEYS)),
        st.builds(KeyRevoked, parties(), _hashes.map(KeyId), _reasons, st.none()),
        st.builds(
            KeyRevoked,
            parties(),
            _hashes.map(KeyId),
            st.just(RevocationReason.COMPROMISED),
            st.integers(0, 2**53 - 1).map(TreeSize),
        ),
        st.builds(StatementsReaffirmed, parties(), _hash_lists),
        st.builds(RecoveryProposed, parties(), st.sampled_from(KEYS), _instants),
        st.builds(RecoveryVetoed, parties(), _hashes.map(StatementHash)),
        st.builds(RecoveryCompleted, parties(), _hashes.map(StatementHash), _instants),
        st.builds(
            DelegationGranted,
            parties(),
            parties(),
            st.sampled_from(Permission),
            st.lists(_names, max_size=3).map(tuple),
        ),
        st.builds(DelegationEnded, parties(), _hashes.map(StatementHash)),
    )


@given(entries())
def test_reading_undoes_writing(entry: Entry) -> None:
    assert parse_entry(entry_members(entry)) == entry


@given(entries(), st.data())
def test_whatever_else_is_read_is_what_would_be_written(entry: Entry, data: st.DataObject) -> None:
    members = entry_members(entry)
    name = data.draw(st.sampled_from(sorted(members)))
    changed = members | {name: data.draw(json_values())}

    try:
        read = parse_entry(changed)
    except MalformedError as err:
        assert err.pointer == "" or err.pointer.startswith("/")
    else:
        assert entry_members(read) == changed


@given(st.dictionaries(st.text(max_size=8), json_values(), max_size=5))
def test_only_a_malformed_error_leaves_the_reading(members: dict[str, Json]) -> None:
    with pytest.raises(MalformedError):
        parse_entry(members)


ROOT = entry_members(RootEstablished("log.example", KEYS, 2))
PARTY = entry_members(PartyEnrolled(MAKER.party, "maker", (Role.SELLER,), KEYS[:1]))
REVOKED = entry_members(KeyRevoked(MAKER.party, KeyId(A_HASH), RevocationReason.COMPROMISED, TreeSize(5)))
RECOVERY = entry_members(RecoveryProposed(MAKER.party, KEYS[0], datetime(2026, 5, 4, 10, tzinfo=UTC)))
REAFFIRMED = entry_members(StatementsReaffirmed(MAKER.party, (StatementHash(A_HASH),)))
GRANT = entry_members(DelegationGranted(MAKER.party, SHOP.party, Permission.OBSERVE, ()))


@pytest.mark.parametrize(
    ("members", "code", "pointer"),
    [
        ({}, Code.WRONG_VALUE, "/kind"),
        ({"kind": "root-moved"}, Code.WRONG_VALUE, "/kind"),
        ({"kind": ["root-established"]}, Code.WRONG_VALUE, "/kind"),
        (ROOT | {"since": 1}, Code.UNKNOWN_MEMBER, "/since"),
        ({name: ROOT[name] for name in ("kind", "origin", "keys")}, Code.MISSING_MEMBER, "/threshold"),
        (ROOT | {"threshold": 0}, Code.WRONG_VALUE, "/threshold"),
        (ROOT | {"threshold": 4}, Code.WRONG_VALUE, "/threshold"),
        (ROOT | {"threshold": True}, Code.WRONG_VALUE, "/threshold"),
        (ROOT | {"threshold": "2"}, Code.WRONG_VALUE, "/threshold"),
        (ROOT | {"keys": []}, Code.WRONG_VALUE, "/keys"),
        (ROOT | {"keys": [str(KEYS[0])] * 2}, Code.WRONG_VALUE, "/keys"),
        (ROOT | {"keys": [str(KEYS[0]), "did:key:zzz"]}, Code.MALFORMED_KEY, "/keys/1"),
        (ROOT | {"keys": [5]}, Code.WRONG_TYPE, "/keys/0"),
        (ROOT | {"keys": "did:key:z"}, Code.WRONG_TYPE, "/keys"),
        (ROOT | {"origin": ""}, Code.WRONG_TYPE, "/origin"),
        (ROOT | {"origin": "a\nb"}, Code.WRONG_TYPE, "/origin"),
        (ROOT | {"origin": "a" * 201}, Code.WRONG_TYPE, "/origin"),
        (PARTY | {"party": "the maker"}, Code.UNKNOWN_IDENTIFIER, "/party"),
        (PARTY | {"roles": ["root"]}, Code.WRONG_VALUE, "/roles/0"),
        (PARTY | {"roles": []}, Code.WRONG_VALUE, "/roles"),
        (PARTY | {"roles": ["seller", "seller"]}, Code.WRONG_VALUE, "/roles"),
        (PARTY | {"roles": ["buyer"]}, Code.WRONG_VALUE, "/roles/0"),
        (REVOKED | {"reason": "bored"}, Code.UNKNOWN_MEMBER, "/compromisedSince"),
        (REVOKED | {"reason": "lost"}, Code.UNKNOWN_MEMBER, "/compromisedSince"),
        (REVOKED | {"compromisedSince": -1}, Code.WRONG_VALUE, "/compromisedSince"),
        (REVOKED | {"old": A_HASH.upper()}, Code.MALFORMED_TEXT, "/old"),
        (REVOKED | {"old": A_HASH[2:]}, Code.MALFORMED_TEXT, "/old"),
        (RECOVERY | {"at": "2026-05-04T10:00:00Z"}, Code.MALFORMED_TEXT, "/at"),
        (RECOVERY | {"at": "2026-05-04T12:00:00.000+02:00"}, Code.MALFORMED_TEXT, "/at"),
        (RECOVERY | {"at": "yesterday"}, Code.MALFORMED_TEXT, "/at"),
        (RECOVERY | {"at": 5}, Code.WRONG_TYPE, "/at"),
        (REAFFIRMED | {"statements": []}, Code.WRONG_VALUE, "/statements"),
        (REAFFIRMED | {"statements": [A_HASH, A_HASH]}, Code.WRONG_VALUE, "/statements"),
        (REAFFIRMED | {"statements": [A_HASH, "0"]}, Code.MALFORMED_TEXT, "/statements/1"),
        (REAFFIRMED | {"statements": [f"{number:064x}" for number in range(1001)]}, Code.WRONG_VALUE, "/statements"),
        (GRANT | {"may": "ship"}, Code.WRONG_VALUE, "/may"),
        (GRANT | {"scope": "https://id.gs1.org"}, Code.WRONG_TYPE, "/scope"),
        (GRANT | {"scope": [""]}, Code.WRONG_TYPE, "/scope/0"),
        ({"kind": "licence-granted", "party": MAKER.party, "prefix": "952"}, Code.WRONG_VALUE, "/prefix"),
        ({"kind": "licence-granted", "party": MAKER.party, "prefix": "٩٥٢٠"}, Code.WRONG_VALUE, "/prefix"),
        ({"kind": "licence-granted", "party": MAKER.party, "prefix": "9520123\n"}, Code.WRONG_TYPE, "/prefix"),
    ],
)
def test_refuses_what_is_almost_an_entry(members: dict[str, Json], code: Code, pointer: str) -> None:
    with pytest.raises(MalformedError) as refused:
        parse_entry(members)

    assert (refused.value.code, refused.value.pointer) == (code, pointer)


def test_refuses_a_key_that_can_be_forged() -> None:
    weak = "did:key:z6MkeTG3bFFSLYVU7VqhgZxqr6YzpaGrQtFMh1uvqGy1vDnP"

    with pytest.raises(MalformedError) as refused:
        parse_entry(PARTY | {"keys": [weak]})

    assert (refused.value.code, refused.value.pointer) == (Code.WEAK_KEY, "/keys/0")


def test_sixteen_keys_are_enough() -> None:
    many = cast("list[Json]", [str(key_of(f"key {number}").public) for number in range(17)])

    parse_entry(ROOT | {"keys": many[:16]})
    with pytest.raises(MalformedError):
        parse_entry(ROOT | {"keys": many})


@given(entries())
def test_only_entries_with_whole_keys_introduce_any(entry: Entry) -> None:
    written = str(entry_members(entry))

    assert {str(key) for key in introduced_keys(entry).values()} == {str(key) for key in KEYS if str(key) in written}
