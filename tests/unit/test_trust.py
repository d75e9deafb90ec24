"""Whom a trust file believes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provenance.codes import Code
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import ConfigurationError
from provenance.log.policy import KnownLog, parse_policy
from provenance.trust import NO_WITNESSES, Trust, format_trust, parse_trust
from tests.cosigners import LOG_VERIFIER, POLICY_2_OF_3, TWO_OF_THREE, known_key

ALONE = Trust(LOG_VERIFIER.name, LOG_VERIFIER, (known_key("root").public,), 1)
WITNESSED = replace(ALONE, witnesses=parse_policy(TWO_OF_THREE))


def file_with(**changes: Json) -> bytes:
    members = canonical.parse_any(format_trust(WITNESSED))
    assert isinstance(members, dict)
    return canonical.dump(members | changes)


@pytest.mark.parametrize("trust", [ALONE, WITNESSED])
def test_a_trust_file_gives_the_trust_back(trust: Trust) -> None:
    assert parse_trust(format_trust(trust)) == trust


def test_that_nobody_need_confirm_is_said() -> None:
    assert canonical.parse_any(format_trust(ALONE))["witnesses"] == "none"  # type: ignore[index,call-overload]  # it is an object
    assert ALONE.witnesses == NO_WITNESSES


def test_the_policy_of_a_trust_file_is_about_its_log() -> None:
    assert WITNESSED.policy == parse_policy(POLICY_2_OF_3)
    assert ALONE.policy.logs == (KnownLog(LOG_VERIFIER),)


def test_a_policy_may_repeat_the_log_of_the_file() -> None:
    assert parse_trust(file_with(witnesses=POLICY_2_OF_3.decode())) == WITNESSED


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("", Code.MALFORMED_POLICY),
        ("None", Code.MALFORMED_POLICY),
        ("quorum enough\n", Code.MALFORMED_POLICY),
        (TWO_OF_THREE.decode().replace("quorum enough\n", ""), Code.MALFORMED_POLICY),
        (POLICY_2_OF_3.decode().replace(str(LOG_VERIFIER), str(LOG_VERIFIER) + "x"), Code.MALFORMED_POLICY),
        (
            "log log.example/prov+24d42d8d+AWBDqp0J+ccKCxOCnHQuMn2KKm/I3Aee/5cei/eP9yip\nquorum none\n",
            Code.BAD_SETTING,
        ),
    ],
)
def test_a_policy_that_leaves_a_doubt_is_refused(policy: str, code: Code) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_trust(file_with(witnesses=policy))

    assert (refused.value.code, refused.value.pointer) == (code, "/witnesses")
