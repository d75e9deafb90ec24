"""The add-checkpoint protocol: a sequence of requests with the answers that the specification asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from provenance.crypto.keys import public_from_bytes
from provenance.errors import MalformedError
from provenance.log.checkpoint import Checkpoint
from provenance.log.note import VerifierKey, parse_verifier_key, signer_key
from provenance.log.witness import Confirmable, decide, format_latest_size, parse_request
from tests.vectors import vectors


class Witness:
    """A witness that remembers what it confirmed last of each log."""

    def __init__(self, keys: Mapping[str, VerifierKey]) -> None:
        self.keys = keys
        self.latest: dict[str, Checkpoint] = {}

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes | None]:
        """The status, and the body of a 409."""
        try:
            request = parse_request(body)
        except MalformedError:
            return 400, None
        origin = request.checkpoint.origin
        keys = [self.keys[origin]] if origin in self.keys else []
        answer = decide(request, log_keys=keys, latest=self.latest.get(origin))
        if isinstance(answer, Confirmable):
            self.latest[origin] = answer.verified.checkpoint
            return 200, None
        return answer.status, None if answer.latest_size is None else format_latest_size(answer.latest_size)


def test_each_request_of_the_sequence_gets_the_answer_that_is_asked_for() -> None:
    sequence: dict[str, Any] = json.loads(
        vectors("tlog", "witness_protocol", "add_checkpoint_sequence.json").read_text()
    )
    witness = Witness({sequence["origin"]: parse_verifier_key(sequence["log_vkey"])})

    answers = {case["desc"]: witness.add_checkpoint(case["body"].encode()) for case in sequence["cases"]}

    wanted = {
        case["desc"]: (case["status"], case["resp_body"] and case["resp_body"].encode()) for case in sequence["cases"]
    }
    assert answers == wanted
    assert witness.latest[sequence["origin"]].size == 40


LITEWITNESS_KEY = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f"
LITEWITNESS_ORIGIN = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562"


def transcript(text: str) -> Iterator[tuple[bytes, int]]:
    """The bodies and expected statuses of the requests in a hurl file."""
    for body, status in re.findall(r"POST \S+/add-checkpoint\n```\n(.*?)```\nHTTP ([0-9]{3})", text, re.DOTALL):
        yield body.encode(), int(status)


def test_a_conversation_recorded_with_litewitness_goes_the_same_way() -> None:
    public = public_from_bytes(bytes.fromhex(LITEWITNESS_KEY))
    witness = Witness({LITEWITNESS_ORIGIN: signer_key(LITEWITNESS_ORIGIN, public)})
    exchanges = list(transcript(vectors("tlog", "litewitness", "litewitness.txt").read_text()))

    answers = [witness.add_checkpoint(body)[0] for body, _ in exchanges]

    expected = [status for _, status in exchanges]
    # Its forged signature ends in "gx=" where base64 ends in "gw=": to us that is no base64 at all.
    assert expected[1] == 403
    expected[1] = 400
    assert len(exchanges) > 5
    assert answers == expected
    assert witness.latest[LITEWITNESS_ORIGIN].size == 5
