"""The guard against server-side request forgery: which URL may be asked for, and which address may be connected to.

The URL is checked once, and every address its name resolves to; the caller then connects to one of *those addresses*,
so that a second answer of the resolver cannot lead elsewhere. Hosts of ``ALLOW_PRIVATE_HOSTS`` (host and port) are the
operator's own and pass, also over http.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from shared.ports.http import Blocked, NotSent

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
PORTS = frozenset({443, 8443})
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")
# Names that mean this machine, its network or the cloud's metadata service, whatever they resolve to.
_OWN_NAMES = frozenset({"localhost", "metadata", "instance-data", "metadata.google.internal", "metadata.goog"})
_OWN_SUFFIXES = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".localdomain")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Global by registry or unknown to Python 3.11, but no place of a public server: the special-purpose registries,
# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry (2026-11). 64:ff9b:1::/48 is a
# network's own NAT64 (RFC 8215): where in such an address the other one stands is that network's choice (RFC 6052, 2.2).
_SPECIAL = tuple(
    ipaddress.ip_network(block)
    for block in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.175.48.0/24",
        "5f00::/16",
        "3fff::/20",
        "2620:4f:8000::/48",
        "64:ff9b:1::/48",
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL. ``host`` is ASCII and lower case, without brackets; ``trusted``: one of the operator's own."""

    url: str
    scheme: str
    host: str
    port: int
    trusted: bool


def system_resolver(host: str, port: int) -> list[str]:
    """Every address of the name, as the system finds them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard:
    """The rules, for one installation. ``allow_private``: (host, port) pairs that pass, hosts in lower case."""

    def __init__(self, allow_private: frozenset[tuple[str, int]], resolver: Resolver = system_resolver) -> None:
        self._allowed = frozenset((host.strip("[]").lower().rstrip("."), port) for host, port in allow_private)
        self._resolve = resolver

    def check(self, url: str) -> Target:
        """The URL in its one unambiguous form. Raises Blocked with the reason."""
        if not url.isprintable() or any(sign in url for sign in ' \\<>"^`{|}'):
            raise Blocked("the URL holds a space, a control sign or one that must be percent-encoded")
        scheme, host, port = _split(url)
        trusted = (host, port) in self._allowed
        if not trusted:
            _check_public(scheme, host, port)
        parts = urlsplit(url)
        shown = f"[{host}]" if ":" in host else host
        netloc = shown if port == _default_port(scheme) else f"{shown}:{port}"
        return Target(urlunsplit((scheme, netloc, parts.path, parts.query, "")), scheme, host, port, trusted)

    def addresses(self, host: str, port: int) -> list[str]:
        """The addresses to connect to. Raises Blocked when any of them is not public, NotSent when there is none."""
        try:
            found = [host] if _literal(host) else list(self._resolve(host, port))
        except (OSError, UnicodeError):
            raise NotSent(f"{host}: the name does not resolve") from None
        if not found:
            raise NotSent(f"{host}: the name has no address")
        if (host, port) not in self._allowed and not all(is_public(address) for address in found):
            raise Blocked(f"{host}: resolves to an address that is not public")
        return found


def is_public(address: str) -> bool:
    """Whether an address belongs to a public server, also seen through tunnels that embed another address."""
    try:
        parsed: Address = ipaddress.ip_address(address)
    except ValueError:
        return False  # also IPv6 with a zone: a link-local address
    return all(_is_public(one) for one in _unwrapped(parsed))


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address.scope_id is not None):
        return False
    if any(address.version == block.version and address in block for block in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _unwrapped(address: Address) -> list[Address]:
    """The addresses that a packet to this one may end at. Where there is one inside, only that counts."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    if address.teredo is not None:
        return list(address.teredo)
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _NAT64:
        return [last]
    if int(address) >> 32 == 0:  # ::a.b.c.d, long deprecated
        return [address, last]
    if int(address) >> 32 & 0xFCFFFFFF == 0x5EFE:  # ISATAP, RFC 5214, whatever its bits u and g
        return [address, last]
    return [address]


def _split(url: str) -> tuple[str, str, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        raise Blocked("the URL is malformed") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Blocked("the URL must be absolute: https://host/…")
    if "@" in parts.netloc:
        raise Blocked("the URL must not hold a user name or password")
    if "%" in host:
        raise Blocked("the host must not hold percent signs or a zone")
    if parts.netloc.endswith(":"):
        raise Blocked("the URL has a colon without a port")
    return parts.scheme, _ascii(host), _default_port(parts.scheme) if port is None else port


def _ascii(host: str) -> str:
    """The host as it is asked for: international names in their ASCII form, mapped once."""
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise Blocked("the host is no valid international name") from None
    return host.lower().removesuffix(".")


def _check_public(scheme: str, host: str, port: int) -> None:
    if scheme != "https":
        raise Blocked(f"{host}: only https is allowed")
    if port not in PORTS:
        raise Blocked(f"{host}: only the ports 443 and 8443 are allowed")
    if _literal(host):
        if not is_public(host):
            raise Blocked(f"{host}: not a public address")
        return
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise Blocked("the host is no valid name")
    if _NUMERIC.fullmatch(labels[-1]):
        raise Blocked(f"{host}: addresses are written as four decimal numbers")
    if host in _OWN_NAMES or host.endswith(_OWN_SUFFIXES) or len(labels) == 1:
        raise Blocked(f"{host}: not a public name")


def _literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
