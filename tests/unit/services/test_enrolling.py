from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.bootstrap import Services
from provenance.codes import Code
from provenance.custody.registry_entries import (
    DelegationEnded,
    DelegationGranted,
    KeyAdded,
    KeyRevoked,
    KeyRotated,
    LicenceEnded,
    LicenceGranted,
    PartyEnrolled,
    Permission,
    RevocationReason,
    RolesChanged,
)
from provenance.custody.roles import Role
from provenance.errors import Refusal
from provenance.ids import TreeSize
from provenance.services.capturing import Receipt
from provenance.services.enrolling import Enrolling, Outcome
from tests.homes import CARRIER, MAKER, ORIGIN, enrolling, founded, key_of, party_of

ROOT = key_of("root")
MAKER_ID, CARRIER_ID = party_of(MAKER), party_of(CARRIER)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = founded(tmp_path / "home")
    yield services
    services.store.close()


@pytest.fixture
def registry(services: Services) -> Enrolling:
    registry = enrolling(services)
    entry = PartyEnrolled(MAKER_ID, "Olivar", (Role.PRODUCER,), (key_of("maker").public,))
    assert accepted(registry.by_root(entry, [ROOT], new=[key_of("maker")]))
    return registry


def accepted(outcome: Outcome) -> bool:
    return isinstance(outcome, Receipt)


def refused(outcome: Outcome) -> Code:
    assert isinstance(outcome, Refusal)
    return outcome.code


def test_a_registry_begins_once(services: Services) -> None:
    again = enrolling(services).establish(ORIGIN, key_of("another root"))

    assert refused(again) is Code.ROOT_EXISTS


def test_a_party_joins_with_its_roles_and_key(services: Services, registry: Enrolling) -> None:
    known = services.drafting.registry()

    assert known.parties[MAKER_ID].name == "Olivar"
    assert known.parties[MAKER_ID].roles == {Role.PRODUCER}
    assert known.keys[key_of("maker").public.id].party == MAKER_ID


def test_nobody_but_the_root_enrols(registry: Enrolling) -> None:
    entry = PartyEnrolled(CARRIER_ID, "Swift", (Role.SHIPPER,), (key_of("carrier").public,))

    outcome = registry.by_root(entry, [key_of("another root")], new=[key_of("carrier")])

    assert refused(outcome) is Code.UNKNOWN_KEY


def test_a_key_that_nobody_holds_is_not_registered(services: Services, registry: Enrolling) -> None:
    entry = PartyEnrolled(CARRIER_ID, "Swift", (Role.SHIPPER,), (key_of("carrier").public,))

    outcome = registry.by_root(entry, [ROOT])

    assert refused(outcome) is Code.MISSING_SIGNER
    assert CARRIER_ID not in services.drafting.registry().parties


def test_the_root_grants_and_ends_a_licence_and_changes_roles(services: Services, registry: Enrolling) -> None:
    assert accepted(registry.by_root(LicenceGranted(MAKER_ID, "9520123"), [ROOT]))
    assert services.drafting.registry().licences == {"9520123": MAKER_ID}

    assert accepted(registry.by_root(LicenceEnded(MAKER_ID, "9520123"), [ROOT]))
    assert accepted(registry.by_root(RolesChanged(MAKER_ID, (Role.SELLER,)), [ROOT]))

    known = services.drafting.registry()
    assert known.licences == {}
    assert known.parties[MAKER_ID].roles == {Role.SELLER}


def test_a_party_adds_and_rotates_its_own_keys(services: Services, registry: Enrolling) -> None:
    first, second, third = key_of("maker"), key_of("second"), key_of("third")

    assert accepted(registry.bring_key(KeyAdded(MAKER_ID, second.public), old=first, new=second))
    rotated = registry.bring_key(KeyRotated(MAKER_ID, first.public.id, third.public), old=first, new=third)

    known = services.drafting.registry()
    assert accepted(rotated)
    assert {key for key, record in known.keys.items() if record.party == MAKER_ID and record.ended is None} == {
        second.public.id,
        third.public.id,
    }


def test_a_key_is_ended_by_its_party_or_by_the_root(services: Services, registry: Enrolling) -> None:
    first, second = key_of("maker"), key_of("second")
    assert accepted(registry.bring_key(KeyAdded(MAKER_ID, second.public), old=first, new=second))

    lost = KeyRevoked(MAKER_ID, first.public.id, RevocationReason.LOST, None)
    stolen = KeyRevoked(MAKER_ID, second.public.id, RevocationReason.COMPROMISED, TreeSize(1))

    assert accepted(registry.by_party(lost, second))
    assert accepted(registry.by_root(stolen, [ROOT]))
    assert services.drafting.registry().keys[second.public.id].compromised_since == 1


def test_a_delegation_is_given_and_taken_back(services: Services, registry: Enrolling) -> None:
    carrier = key_of("carrier")
    entry = PartyEnrolled(CARRIER_ID, "Swift", (Role.SHIPPER,), (carrier.public,))
    assert accepted(registry.by_root(entry, [ROOT], new=[carrier]))

    given = registry.by_party(DelegationGranted(MAKER_ID, CARRIER_ID, Permission.OBSERVE, ()), key_of("maker"))
    assert isinstance(given, Receipt)
    assert given.hash in services.drafting.registry().delegations
    foreign = registry.by_party(DelegationEnded(MAKER_ID, given.hash), carrier)
    assert refused(foreign) is Code.UNKNOWN_KEY
    assert accepted(registry.by_party(DelegationEnded(MAKER_ID, given.hash), key_of("maker")))

    assert services.drafting.registry().delegations == {}


def test_a_stranger_has_no_say(registry: Enrolling) -> None:
    outcome = registry.by_party(DelegationGranted(CARRIER_ID, MAKER_ID, Permission.OBSERVE, ()), key_of("carrier"))

    assert refused(outcome) is Code.UNKNOWN_PARTY
