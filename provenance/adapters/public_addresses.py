"""Where a request that somebody else chose may go: out into the Internet, and nowhere near this machine.

Rules:

* a host is resolved here, and what it resolved to is what is connected to: a name that means something else a moment
  later opens nothing;
* every address of a host must be public: private, loopback, link-local (where clouds keep their metadata), shared,
  reserved and multicast ones are refused, also inside IPv6 (mapped, 6to4, Teredo, NAT64);
* hosts that the operator names may be private; link-local ones may not even then.

IANA special-purpose registries, as Python's ``ipaddress`` knows them; RFC 6052 (NAT64), RFC 3056 (6to4).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from provenance.codes import Code
from provenance.errors import RefusedError, UnreachableError

_NAT64 = ip_network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


def resolve(host: str, port: int, *, named: frozenset[str]) -> str:
    """The address to connect to; refuses a host of which any address is forbidden."""
    addresses = [ip_address(found) for found in _found(host, port)]
    is_allowed = _is_not_link_local if host.lower() in named else is_public
    if forbidden := [address for address in addresses if not is_allowed(address)]:
        raise RefusedError(Code.FORBIDDEN_ADDRESS, f"{host} is {forbidden[0]}, which is not on the public Internet")
    return str(addresses[0])


def is_public(address: Address) -> bool:
    """Whether an address, and any inside it, is one of the public Internet.

    >>> is_public(ip_address("203.0.113.9")), is_public(ip_address("::ffff:169.254.169.254"))
    (False, False)
    >>> is_public(ip_address("93.184.216.34"))
    True
    """
    inside = list(_inside(address))
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in inside)


def _is_not_link_local(address: Address) -> bool:
    return not any(one.is_link_local or one.is_multicast for one in _inside(address))


def _inside(address: Address) -> Iterable[Address]:
    """The address, or those it only wraps; of what is wrapped, the wrapping says nothing."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return (address, *(address.teredo or ()))


def _found(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as err:
        raise UnreachableError(Code.UNREACHABLE, f"{host} has no address ({type(err).__name__})") from err
    # An address of a link-local zone comes as fe80::1%eth0.
    return [str(where[0]).partition("%")[0] for *_, where in found]
