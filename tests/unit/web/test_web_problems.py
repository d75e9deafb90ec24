"""Every refusal has a status a program can act on, and says what to do."""

from __future__ import annotations

from http import HTTPStatus

import pytest

from provenance.codes import NEXT_STEP, Code
from provenance.errors import Refusal
from web.problems import problem, status_of, title_of

EXAMPLES = {
    HTTPStatus.BAD_REQUEST: (Code.MALFORMED_JSON, Code.MALFORMED_ENVELOPE, Code.EMPTY_LIST, Code.BAD_CHECK_DIGIT),
    HTTPStatus.FORBIDDEN: (Code.BAD_SIGNATURE, Code.NOT_AUTHORISED, Code.NOT_HOLDER, Code.NOT_LICENSED, Code.KEY_ENDED),
    HTTPStatus.NOT_FOUND: (Code.NOT_FOUND, Code.NOT_ONE_THING, Code.MALFORMED_TILE),
    HTTPStatus.METHOD_NOT_ALLOWED: (Code.WRONG_METHOD,),
    HTTPStatus.CONFLICT: (Code.STALE_LINK, Code.ALREADY_COMMISSIONED, Code.EVENT_ID_TAKEN, Code.ALREADY_SOLD),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (Code.TOO_LARGE,),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (Code.WRONG_MEDIA_TYPE,),
    HTTPStatus.TOO_MANY_REQUESTS: (Code.RATE_LIMITED,),
    HTTPStatus.INTERNAL_SERVER_ERROR: (Code.STORE_FAILED,),
    HTTPStatus.SERVICE_UNAVAILABLE: (Code.BUSY, Code.READ_ONLY),
}


@pytest.mark.parametrize(("status", "code"), [(status, code) for status, codes in EXAMPLES.items() for code in codes])
def test_a_code_has_the_status_its_sender_must_act_on(status: HTTPStatus, code: Code) -> None:
    assert status_of(code) is status


@pytest.mark.parametrize("code", Code)
def test_every_code_makes_a_problem_that_says_what_to_do(code: Code) -> None:
    made = problem(Refusal(code, "a fact", "/x", {"leaf": "7"}), base_url="https://log.example")

    assert made == {
        "type": f"https://log.example/problems/{code.value}",
        "title": title_of(code),
        "status": status_of(code).value,
        "detail": "a fact",
        "code": code.value,
        "pointer": "/x",
        "next": NEXT_STEP[code],
        "evidence": {"leaf": "7"},
        "instance": None,
    }
