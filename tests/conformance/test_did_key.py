"""The Ed25519 vectors of the did:key method (w3c-ccg/did-method-key)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provenance.crypto.keys import parse_public, signing_key_from_seed
from provenance.encoding.textual import parse_base58
from tests.vectors import vectors

CASES: dict[str, dict[str, Any]] = json.loads(vectors("credentials", "did_key", "ed25519.json").read_text())


@pytest.mark.parametrize("did", CASES)
def test_a_seed_gives_the_did_and_its_key(did: str) -> None:
    case = CASES[did]

    key = signing_key_from_seed(bytes.fromhex(case["seed"]))

    assert str(key.public) == did
    assert parse_public(did) == key.public
    assert key.public.raw == parse_base58(case["verificationKeyPair"]["publicKeyBase58"])
