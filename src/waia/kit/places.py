"""Whom we ask on our own: hosts on a list, over https, at a public address, which is then where we connect to."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

HTTPS = 443
NAME = re.compile(r"[a-z0-9.-]+")


class Forbidden(Exception):
    """This address is not asked, and never gets the token."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect: `address` is what `host` resolved to, or the host itself where that was not asked."""

    url: str
    host: str
    address: str


@dataclass(frozen=True, slots=True)
class AllowedPlaces:
    """`own_url` is the owner's own word, so its origin is allowed as it is, also on loopback (the simulator)."""

    hosts: Sequence[str]
    own_url: str = ""

    async def place_of(self, url: str) -> Place:
        """Raises Forbidden."""
        parts = _parsed(url)
        host = parts.hostname or ""
        if self.own_url and origin_of(parts) == origin_of(_parsed(self.own_url)):
            return Place(url, host, host)
        if parts.scheme != "https" or (parts.port or HTTPS) != HTTPS:
            raise Forbidden("only https")
        if not NAME.fullmatch(host) or not any(_matches(host, pattern) for pattern in self.hosts):
            raise Forbidden(f"host {host} is not on the list")
        return Place(url, host, await _public_address(host))


async def public_place(url: str) -> Place:
    """Any host of the internet that answers on the usual port, for an address that an owner typed. Raises Forbidden,
    Unresolved."""
    parts = _parsed(url)
    host, usual = parts.hostname or "", {"http": 80, "https": HTTPS}.get(parts.scheme)
    if usual is None or (parts.port or usual) != usual or not NAME.fullmatch(host):
        raise Forbidden("not an address of the web")
    return Place(url, host, await _public_address(host))


def origin_of(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or {"http": 80}.get(parts.scheme, HTTPS)


def _parsed(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Forbidden("not an address") from error
    strange = any(sign <= " " or sign in "\\\x7f" for sign in url) or not url.isascii()
    if strange or parts.username is not None or parts.password is not None or not parts.hostname:
        raise Forbidden("not an address that Meta would give")
    return parts


def _matches(host: str, pattern: str) -> bool:
    """`*.example.com` stands for what lies below example.com, not for itself."""
    wanted = pattern.lower()
    if wanted.startswith("*."):
        return host.endswith(wanted[1:]) and len(host) > len(wanted) - 1
    return host == wanted


async def _public_address(host: str) -> str:
    """All of a name's addresses have to be public: one that is not would be a way inside."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved(host) from error
    addresses = [str(address[0]) for *_, address in found]
    if not addresses or not all(_is_public(address) for address in addresses):
        raise Forbidden(f"{host} is not at a public address")
    return addresses[0]


class Unresolved(Exception):
    """The name could not be looked up now."""


def _is_public(address: str) -> bool:
    told = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(told, "ipv4_mapped", None)
    return (mapped or told).is_global and not (mapped or told).is_multicast
