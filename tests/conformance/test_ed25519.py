"""Edge cases of Ed25519 from C2SP's CCTV: where libraries disagree, we say no.

What is accepted here is accepted by every implementation, so a verdict never depends on who checks it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.codes import Code
from provenance.crypto.keys import PublicKey, is_signed_by, public_from_bytes
from provenance.errors import MalformedError
from provenance.ids import KeyId
from tests.vectors import vectors

CASES: list[dict[str, Any]] = json.loads(vectors("tlog", "ed25519", "cctv_ed25519.json").read_text())
UNSAFE_KEY = {"low_order_A", "non_canonical_A", "low_order_component_A"}
UNSAFE_SIGNATURE = {"low_order_R", "non_canonical_R", "low_order_residue", "reencoded_k"}


def _parts(case: dict[str, Any]) -> tuple[bytes, bytes, bytes, set[str]]:
    return (
        bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"]), set(case["flags"] or ()),
    )  # fmt: skip


def test_a_key_is_registered_exactly_when_nobody_doubts_it() -> None:
    for case in CASES:
        raw, _, _, flags = _parts(case)

        try:
            public_from_bytes(raw)
            refused = None
        except MalformedError as err:
            refused = err.code

        assert refused is (Code.WEAK_KEY if flags & UNSAFE_KEY else None), case["number"]


def test_a_signature_that_others_might_refuse_does_not_hold() -> None:
    for case in CASES:
        raw, message, signature, flags = _parts(case)
        # Even under a key that could not have been registered.
        key = PublicKey(raw, KeyId(""))

        if flags & (UNSAFE_SIGNATURE | {"low_order_A", "non_canonical_A"}):
            assert not is_signed_by(key, message, signature), case["number"]
        else:
            assert is_signed_by(key, message, signature), case["number"]


# Every encoding of a point of small order (README of the vectors, and hdevalence.ca).
SMALL_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]


@pytest.mark.parametrize("encoding", SMALL_ORDER)
def test_refuses_every_spelling_of_a_point_of_small_order(encoding: str) -> None:
    with pytest.raises(MalformedError) as refused:
        public_from_bytes(bytes.fromhex(encoding))

    assert refused.value.code is Code.WEAK_KEY


def test_refuses_a_point_off_the_curve_and_every_y_beyond_the_prime() -> None:
    beyond = [(2**255 - 19 + extra).to_bytes(32, "little") for extra in range(19)]

    for raw in (*beyond, bytes([2]) + bytes(31), bytes([255] * 32)):
        with pytest.raises(MalformedError) as refused:
            public_from_bytes(raw)
        assert refused.value.code is Code.WEAK_KEY
