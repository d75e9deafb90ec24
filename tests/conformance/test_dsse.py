"""The DSSE protocol's own example, and envelopes judged by securesystemslib."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

import pytest

from provenance.codes import Code
from provenance.crypto.envelope import from_json, pae, statement_hash, to_json
from provenance.crypto.keys import is_signed_by, parse_public, signing_key_from_seed
from provenance.errors import MalformedError
from tests.vectors import vectors

EXAMPLE: dict[str, Any] = json.loads(vectors("credentials", "dsse", "protocol_example.json").read_text())
GENERATED: dict[str, Any] = json.loads(vectors("credentials", "dsse", "generated_ed25519.json").read_text())
KEYS = {key["name"]: key for key in GENERATED["keys"]}
CASES = [pytest.param(case, id=case["name"]) for case in GENERATED["vectors"]]


def test_the_pae_of_the_protocols_example() -> None:
    assert pae(EXAMPLE["payloadType"], EXAMPLE["payload"].encode()).decode() == EXAMPLE["pae"]


def test_the_pae_in_the_protocol_text_is_ours() -> None:
    text = vectors("tlog", "dsse", "protocol.md").read_text()
    body, kind, expected = re.findall(
        r"(?:SERIALIZED_BODY|PAYLOAD_TYPE|PAE):\n\n```none\n(.*?)\n```", text, flags=re.DOTALL
    )[-3:]

    assert pae(kind, body.encode()).decode() == expected


@pytest.mark.parametrize("name", KEYS)
def test_a_seed_gives_the_named_key(name: str) -> None:
    key = signing_key_from_seed(bytes.fromhex(KEYS[name]["secretSeedHex"]))

    assert str(key.public) == KEYS[name]["did"]


@pytest.mark.parametrize("case", CASES)
def test_the_hash_of_the_pae_is_the_statements_identity(case: dict[str, Any]) -> None:
    wire = case["envelope"]
    body = base64.b64decode(wire["payload"])

    message = pae(wire["payloadType"], body)

    assert hashlib.sha256(message).hexdigest() == case["paeSha256"]
    assert statement_hash(wire["payloadType"], body) == case["paeSha256"]


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_is_the_vectors(case: dict[str, Any]) -> None:
    wire = case["envelope"]
    trusted = [parse_public(KEYS[name]["did"]) for name in case["trusted"]]
    message = pae(wire["payloadType"], base64.b64decode(wire["payload"]))

    # As the protocol has it: count the trusted keys with a signature that holds, whatever the hints say.
    signatures = [base64.b64decode(row["sig"]) for row in wire["signatures"]]
    holding = {key.id for key in trusted for signature in signatures if is_signed_by(key, message, signature)}

    assert (len(holding) >= case["threshold"]) == case["expect"].startswith("valid")


@pytest.mark.parametrize("case", CASES)
def test_an_envelope_of_others_is_read_where_its_hints_are_hashes(case: dict[str, Any]) -> None:
    wire = case["envelope"]

    # Ours names keys by 64 hex digits, once each; the protocol leaves a hint free.
    if all(re.fullmatch("[0-9a-f]{64}", row["keyid"]) for row in wire["signatures"]):
        envelope = from_json(wire)
        by_key = sorted(wire["signatures"], key=lambda row: row["keyid"])
        assert to_json(envelope) == wire | {"signatures": by_key}
    else:
        with pytest.raises(MalformedError) as refused:
            from_json(wire)
        assert refused.value.code is Code.MALFORMED_TEXT
