"""A refusal as HTTP tells it: which status, and a problem object that says what to do.

Rules:

* the status follows from the code, for every code there is: 400 for what is malformed, 403 for who may not, 409 for
  what contradicts the record and may be tried again after a look, 503 for what may be sent again unchanged;
* ``type`` is an address here that explains the code; programs compare ``code``, which is the same everywhere.

    {"code":"stale-link","detail":"…","evidence":{…},"instance":null,"next":"Look at what happened …",
     "pointer":"/prov:previous","status":409,"title":"Stale link","type":"https://…/problems/stale-link"}

RFC 9457 (problem details).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from provenance.codes import NEXT_STEP, Code
from provenance.encoding.canonical import JsonLike
from provenance.errors import Refusal

MEDIA_TYPE = "application/problem+json"

_STATUSES: Mapping[HTTPStatus, frozenset[Code]] = {
    HTTPStatus.UNAUTHORIZED: frozenset({Code.FORGED_DELIVERY}),  # what Shopify asks of whoever takes its webhooks
    HTTPStatus.FORBIDDEN: frozenset(
        {
            *(Code.BAD_SIGNATURE, Code.UNKNOWN_KEY, Code.KEY_ENDED, Code.WRONG_ROLE, Code.NOT_AUTHORISED),
            *(Code.UNSIGNED_REQUEST, Code.STALE_REQUEST, Code.REPEATED_REQUEST, Code.NOT_A_READER),
            *(Code.FORGED_NOTICE, Code.STALE_NOTICE, Code.OTHER_MERCHANT),
            *(Code.NOT_ENTITLED, Code.WRONG_TOKEN, Code.OTHER_VERIFIER),
            *(Code.NOT_LICENSED, Code.NOT_DELEGATED, Code.NOT_HOLDER, Code.NOT_OWNER, Code.NOT_NAMED),
        }
    ),
    HTTPStatus.NOT_FOUND: frozenset(
        {
            Code.NOT_FOUND,
            Code.NOT_ONE_THING,
            Code.OUTSIDE_TREE,
            Code.MALFORMED_TILE,
            Code.NO_SUCH_LINK,
            Code.NOT_KNOWN_HERE,
            Code.UNKNOWN_DOSSIER,
            Code.UNKNOWN_TEXT,
        }
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: frozenset({Code.WRONG_METHOD}),
    HTTPStatus.CONFLICT: frozenset(
        {
            *(Code.STALE_LINK, Code.ALREADY_COMMISSIONED, Code.EVENT_ID_TAKEN, Code.SEEN_NOT_OURS, Code.NOT_RECORDED),
            *(Code.ROOT_EXISTS, Code.KEY_TAKEN, Code.PARTY_EXISTS, Code.UNKNOWN_PARTY, Code.LICENCE_OVERLAPS),
            *(Code.UNKNOWN_LICENCE, Code.UNKNOWN_DELEGATION, Code.NOT_ISSUED, Code.NOT_INSIDE, Code.INSIDE_UNIT),
            *(Code.INSIDE_ITSELF, Code.ALREADY_OFFERED, Code.NO_OPEN_OFFER, Code.ALREADY_SOLD, Code.ENDED),
            *(Code.BLOCKED, Code.NOT_ENOUGH, Code.YIELD_EXCEEDED, Code.NO_SUCH_EVENT, Code.CORRECTION_CONTRADICTED),
            *(Code.WRONG_OLD_SIZE, Code.INCONSISTENT_LOG),
            *(Code.ILLEGAL_STEP, Code.SLOT_TAKEN, Code.EVENT_MISSING, Code.STILL_OPEN, Code.BEFORE_ITS_TIME),
            *(Code.TEXT_SILENCED, Code.TOO_LATE, Code.OTHER_AMOUNT, Code.OTHER_ITEM, Code.NOT_SOLD),
            *(Code.RESOLD, Code.NOT_GRANTED, Code.NOTICE_CHANGED, Code.PAID_TWICE),
        }
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: frozenset({Code.TOO_LARGE}),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: frozenset({Code.WRONG_MEDIA_TYPE}),
    HTTPStatus.TOO_MANY_REQUESTS: frozenset({Code.RATE_LIMITED}),
    HTTPStatus.INTERNAL_SERVER_ERROR: frozenset(
        {
            *(Code.STORE_FAILED, Code.RECORD_ALTERED, Code.BAD_SETTING, Code.UNEXPECTED, Code.FILE_EXISTS),
            Code.COPY_DAMAGED,
        }
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: frozenset({Code.BUSY, Code.READ_ONLY}),
    # RFC 9110 §15.5.20: this server will not answer with authority; another one does.
    HTTPStatus.MISDIRECTED_REQUEST: frozenset({Code.NOT_THE_LOG}),
}
_STATUS_OF = {code: status for status, codes in _STATUSES.items() for code in codes}


def status_of(code: Code) -> HTTPStatus:
    """The HTTP status of a refusal with this code.

    >>> status_of(Code.STALE_LINK).value, status_of(Code.MALFORMED_JSON).value
    (409, 400)
    """
    return _STATUS_OF.get(code, HTTPStatus.BAD_REQUEST)


def title_of(code: Code) -> str:
    """The code as a title.

    >>> title_of(Code.STALE_LINK)
    'Stale link'
    """
    return code.value.replace("-", " ").capitalize()


def problem(
    refusal: Refusal, *, base_url: str, status: HTTPStatus | None = None, instance: str | None = None
) -> dict[str, JsonLike]:
    """The problem object of a refusal; ``status`` where the place says more than the code."""
    code = refusal.code
    return {
        "type": f"{base_url}/problems/{code}",
        "title": title_of(code),
        "status": int(status or status_of(code)),
        "detail": refusal.message,
        "code": code.value,
        "pointer": refusal.pointer,
        "next": NEXT_STEP[code],
        "evidence": dict(refusal.evidence),
        "instance": instance,
    }
