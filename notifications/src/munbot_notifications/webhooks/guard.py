"""Where webhooks may go: to addresses of the public internet, and to hosts that the operator has named.

The name is resolved here and the connection is made to the address that was checked, so that a name that changes its
address in between (DNS rebinding) leads nowhere else. Redirects are not followed.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

MAX_LENGTH = 2000
_PORTS = {"https": 443, "http": 80}
_LOWEST_FREE_PORT = 1024
_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # public by number, yet Azure's own metadata service
        "192.0.0.0/24",  # IETF protocol assignments (RFC 6890), Oracle's metadata service among them
        "::/96",  # IPv4-compatible, deprecated (RFC 4291 2.5.5.1)
        "64:ff9b::/96",  # NAT64 (RFC 6052): carries an IPv4 address
        "64:ff9b:1::/48",  # the same for local use (RFC 8215)
    )
)

Resolver = Callable[[str, int], Iterable[str]]
"""Returns the addresses of a host."""


class AddressRefused(Exception):
    """The address may not be called.

    `code` says why: `url_invalid`, `https_required`, `port_refused`, `host_unknown` or `address_private`.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: `address` is what was checked, `host` what the receiver is called."""

    scheme: str
    host: str
    port: int
    path: str
    address: str

    @property
    def host_header(self) -> str:
        """Return what the Host header says."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def connect_url(self) -> str:
        """Return the URL with the checked address in place of the name."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}{self.path}"


def resolve(host: str, port: int) -> list[str]:
    """Return a host's addresses in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet.

    Addresses that carry another one inside (IPv4-mapped, 6to4, Teredo, NAT64) are judged by it, or refused.
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found.sixtofour is not None or found.teredo is not None:
            return False
    usable = found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)
    return usable and not any(found in network for network in _REFUSED)


class Guard:
    """Checks URLs.

    Args:
        allowed: `host` or `host:port` inside the installation that the operator allows, by http too.
        resolver: for tests.
    """

    def __init__(self, allowed: Iterable[str] = (), resolver: Resolver = resolve) -> None:
        self._allowed = frozenset(name.strip().casefold() for name in allowed if name.strip())
        self._resolver = resolver

    def check(self, url: str) -> Target:
        """Return where a URL leads.

        Raises:
            AddressRefused: nowhere that may be called.
        """
        scheme, host, port, path = _parts(url)
        allowed = host in self._allowed or f"{host}:{port}" in self._allowed
        if not allowed:
            if scheme != "https":
                raise AddressRefused("https_required")
            if port < _LOWEST_FREE_PORT and port != _PORTS["https"]:
                raise AddressRefused("port_refused")
        try:
            addresses = list(self._resolver(host, port))
        except (OSError, UnicodeError) as error:
            raise AddressRefused("host_unknown") from error
        if not addresses:
            raise AddressRefused("host_unknown")
        if not allowed and not all(is_public(address) for address in addresses):
            raise AddressRefused("address_private")
        return Target(scheme, host, port, path, addresses[0])


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").casefold().rstrip("."), parts.port
    except ValueError as error:
        raise AddressRefused("url_invalid") from error
    strange = any(ord(letter) <= 32 or ord(letter) > 126 or letter == "\\" for letter in url)
    if strange or len(url) > MAX_LENGTH or parts.scheme not in _PORTS or not host or port == 0:
        raise AddressRefused("url_invalid")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressRefused("url_invalid")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port or _PORTS[parts.scheme], path
