"""A record of commerce as custody sees it: which chain it extends, and who may sign as consumer."""

from __future__ import annotations

import pytest

from provenance.codes import Code
from provenance.crypto.envelope import sign
from provenance.custody.admission import World, admit_statement
from provenance.custody.commerce_records import CommerceRecord
from provenance.custody.statements import PayloadType, introduced_by, read, verify
from provenance.encoding import canonical
from provenance.encoding.canonical import Json
from provenance.errors import MalformedError, Refusal
from provenance.ids import LeafIndex
from tests.homes import key_of

ANNA, BOB = key_of("anna"), key_of("bob")
SIGNER: dict[str, Json] = {"party": str(ANNA.public), "key": ANNA.public.id, "role": "consumer"}
SEEN: Json = {"origin": "log.example", "size": 0, "root": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
BODY: dict[str, Json] = {"subject": "order:1", "prov:previous": [], "prov:signers": [SIGNER], "prov:seen": SEEN}


def test_a_record_stays_unread_and_extends_a_chain_of_its_own() -> None:
    body = {**BODY, "anything": {"at": "all"}}

    statement = read(sign(PayloadType.COMMERCE_RECORD, canonical.dump(body), [ANNA]))

    assert statement.content == CommerceRecord(
        statement.content.subject,  # type: ignore[union-attr]  # the next line would fail
        {"subject": "order:1", "anything": {"at": "all"}},
    )
    assert statement.content.chain == "commerce:order:1"  # type: ignore[union-attr]  # as above
    assert introduced_by(statement) == {ANNA.public.id: ANNA.public}


def test_a_world_without_a_judge_lets_no_record_in() -> None:
    statement = read(sign(PayloadType.COMMERCE_RECORD, canonical.dump(BODY), [ANNA]))
    world = World()

    outcome = admit_statement(verify(statement, lambda _: None), world, at=LeafIndex(0))

    assert isinstance(outcome, Refusal)
    assert (outcome.code, dict(world.standings.changed)) == (Code.UNKNOWN_PAYLOAD_TYPE, {})


@pytest.mark.parametrize("subject", [None, 7, "", "order", "order:", "Order:1", "order:a b", f"order:{'1' * 401}"])
def test_a_subject_is_a_family_and_a_name(subject: Json) -> None:
    with pytest.raises(MalformedError) as caught:
        read(sign(PayloadType.COMMERCE_RECORD, canonical.dump({**BODY, "subject": subject}), [ANNA]))

    assert caught.value.pointer == "/subject"


@pytest.mark.parametrize("party", [str(BOB.public), "did:web:anna.example", "https://id.gs1.org/417/9520123000004"])
def test_a_consumer_goes_by_their_own_key_and_no_other_name(party: str) -> None:
    body = {**BODY, "prov:signers": [{**SIGNER, "party": party}]}

    with pytest.raises(MalformedError) as caught:
        read(sign(PayloadType.COMMERCE_RECORD, canonical.dump(body), [ANNA]))

    assert caught.value.pointer == "/prov:signers/0/party"


@pytest.mark.parametrize("kind", [PayloadType.CUSTODY_EVENT, PayloadType.REGISTRY_ENTRY, PayloadType.WEB_LINKS])
def test_a_consumer_signs_nothing_but_records_of_commerce(kind: PayloadType) -> None:
    with pytest.raises(MalformedError) as caught:
        read(sign(kind, canonical.dump(BODY), [ANNA]))

    assert (caught.value.code, caught.value.pointer) == (Code.WRONG_VALUE, "/prov:signers/0/role")
