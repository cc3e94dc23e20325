"""Which addresses a connector may speak to: a target's name must not lead into our own network (SSRF).

The name is resolved once, every address it gives is judged, and the connection goes to the address that was judged:
a name that changes its mind in between (DNS rebinding) gains nothing.
"""

import socket
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from app.connectors.base import NotDelivered

PORTS = {"http": 80, "https": 443}
_NAT64 = ip_network("64:ff9b::/96")
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class BadAddress(ValueError):
    """An address cannot be right; the text says why and what would be."""


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """private: host names that may be spoken to although they are in our network or only speak http."""

    private: Collection[str] = ()
    resolve: Resolve = field(default=resolved)

    def check(self, url: str) -> SplitResult:
        """Return the parts of a URL that may be a target's. Raises BadAddress; asks no name server."""
        parts = urlsplit(url)
        host = parts.hostname
        try:
            port = parts.port
        except ValueError as error:
            raise BadAddress(f"{shown(url)}: {error}") from error
        if parts.scheme not in PORTS or not host or port == 0:
            raise BadAddress(f"{shown(url)}: must be https://host/path")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise BadAddress(f"{shown(url)}: must be without name, password and #; secrets have keys of their own")
        if parts.scheme == "http" and not self._is_private(host):
            raise BadAddress(f"{shown(url)}: must be https, or its host named in LINESIDE_WEBHOOK_PRIVATE")
        return parts

    def address(self, host: str, port: int) -> str:
        """Return the address to connect to. Raises NotDelivered: it does not resolve, or leads where it must not."""
        try:
            found = list(self.resolve(host, port))
        except OSError as error:
            raise NotDelivered(f"{host}: cannot be resolved: {error}", is_away=True) from error
        if not found:
            raise NotDelivered(f"{host}: has no address", is_away=True)
        is_private = self._is_private(host)
        for text in found:
            address = ip_address(text.partition("%")[0])
            if is_nowhere(address) or not (is_private or is_public(address)):
                raise NotDelivered(
                    f"{host}: leads to {address}, an address inside; if that is meant: LINESIDE_WEBHOOK_PRIVATE",
                    is_final=True,
                )
        return found[0]

    def _is_private(self, host: str) -> bool:
        return host.lower().rstrip(".") in {name.lower().rstrip(".") for name in self.private}


def is_public(address: Address) -> bool:
    """Return whether an address, and the one it may carry inside (mapped, 6to4, Teredo, NAT64), is in the open."""
    return all(one.is_global and not one.is_multicast for one in _inside(address))


def is_nowhere(address: Address) -> bool:
    """Return whether nobody's webhook can be at an address: this host by no name, many, or link-local (metadata)."""
    return any(one.is_multicast or one.is_unspecified or one.is_link_local for one in _inside(address))


def _inside(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return [address]
    mapped = address.ipv4_mapped
    if mapped is not None:
        return [mapped]
    carried: list[Address] = [address]
    if address.sixtofour is not None:
        carried.append(address.sixtofour)
    if address.teredo is not None:
        carried.extend(address.teredo)
    if address in _NAT64:
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return carried


def shown(url: str) -> str:
    """Return a URL without what could be secret in it: scheme and host.

    >>> shown("https://ada:pw@hooks.example:8443/T0/x?key=1")
    'https://hooks.example:8443'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
