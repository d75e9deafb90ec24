"""Signed notes and verifier keys against the cases of golang.org/x/mod/sumdb/note and of C2SP."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from provenance.codes import Code
from provenance.errors import MalformedError, ProvenanceError
from provenance.log.note import format_note, open_note, parse_note, parse_verifier_key
from tests.vectors import vectors

NOTES = json.loads(vectors("tlog", "note", "note_cases.json").read_text())
KEYS = json.loads(vectors("tlog", "note", "vkey_cases.json").read_text())

CODE_OF = {
    "unverified": Code.UNTRUSTED_CHECKPOINT,
    "invalid signature": Code.FORGED_NOTE,
    "malformed": Code.MALFORMED_NOTE,
}


@pytest.mark.parametrize("case", NOTES, ids=lambda case: case["name"])
def test_we_open_the_notes_that_others_open_and_refuse_the_rest_for_the_same_reason(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["note_b64"])
    keys = [parse_verifier_key(text) for text in case["vkeys"]]

    if not case["ok"]:
        with pytest.raises(ProvenanceError) as refused:
            open_note(parse_note(data), keys)
        assert refused.value.code is CODE_OF[case["why"]]
        return

    opened = open_note(parse_note(data), keys)
    assert [one.key.name for one in opened.verified] == case["verified"]
    assert format_note(opened.note) == data


@pytest.mark.parametrize("case", KEYS, ids=lambda case: case["vkey"][:30])
def test_we_read_the_keys_that_others_read(case: dict[str, Any]) -> None:
    if not case["ok"]:
        with pytest.raises(MalformedError) as refused:
            parse_verifier_key(case["vkey"])
        assert refused.value.code is Code.MALFORMED_VERIFIER_KEY
        return

    assert str(parse_verifier_key(case["vkey"])) == case["vkey"]
