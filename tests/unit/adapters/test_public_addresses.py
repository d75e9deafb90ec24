"""No request that somebody else chose reaches this machine, its network or a cloud's metadata, however it's written."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.adapters.public_addresses import is_public, resolve
from provenance.codes import Code
from provenance.errors import RefusedError, UnreachableError

FORBIDDEN = """
    127.0.0.1 127.9.9.9 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 169.254.169.254
    192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 255.255.255.255
    :: ::1 fe80::1 fc00::1 fd00:ec2::254 ff02::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:0a00:0001::
    2001:0:4136:e378:8000:63bf:3fff:fdd2
""".split()
PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def found(host: str, port: int, **how: object) -> list[tuple[object, ...]]:
        del host, how
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.parametrize("address", FORBIDDEN)
def test_what_is_not_on_the_public_internet_is_forbidden(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, address)

    assert not is_public(ip_address(address))
    with pytest.raises(RefusedError) as refused:
        resolve("hook.example", 443, named=frozenset())
    assert refused.value.code is Code.FORBIDDEN_ADDRESS


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_on_the_public_internet_is_where_we_go(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, address)

    assert resolve("hook.example", 443, named=frozenset()) == str(ip_address(address))


@given(st.integers(0, 2**32 - 1), st.sampled_from(["::ffff:0:0", "64:ff9b::"]))
def test_an_address_inside_another_is_judged_by_itself(number: int, around: str) -> None:
    inner = IPv4Address(number)

    assert is_public(ip_address(int(ip_address(around)) + number)) == is_public(inner)


def test_one_forbidden_address_among_many_forbids_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "93.184.216.34", "10.0.0.1")

    with pytest.raises(RefusedError):
        resolve("hook.example", 443, named=frozenset())


@pytest.mark.parametrize("spelled", ["localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "0177.0.0.1"])
def test_another_spelling_of_this_machine_is_no_way_around(spelled: str) -> None:
    with pytest.raises((RefusedError, UnreachableError)):
        resolve(spelled.strip("[]"), 443, named=frozenset())


def test_a_host_that_the_operator_names_may_be_private_but_never_link_local(monkeypatch: pytest.MonkeyPatch) -> None:
    named = frozenset({"intranet.example"})

    resolving(monkeypatch, "10.0.0.1")
    assert resolve("Intranet.example", 443, named=named) == "10.0.0.1"
    for address in ("169.254.169.254", "fe80::1%eth0", "::ffff:169.254.169.254"):
        resolving(monkeypatch, address)
        with pytest.raises(RefusedError):
            resolve("intranet.example", 443, named=named)


def test_a_host_without_an_address_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*asked: object, **how: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    with pytest.raises(UnreachableError):
        resolve("hook.example", 443, named=frozenset())
