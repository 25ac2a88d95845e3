"""Which hosts and ports are open, and to which addresses a name may lead."""

import ipaddress
import re
from collections.abc import Sequence
from typing import NamedTuple

PORTS = (443, 80)
"""What a host without a port is open for."""
LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
NAME = re.compile(rf"{LABEL}(\.{LABEL})*")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Allowed(NamedTuple):
    """A host that is open: a name, `*.` and a name for what lies below it, or an address."""

    host: str
    ports: tuple[int, ...] = PORTS

    def covers(self, host: str, port: int) -> bool:
        if port not in self.ports:
            return False
        return host.endswith(self.host[1:]) if self.host.startswith("*.") else host == self.host

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.ports == PORTS else f"{host}:{self.ports[0]}"


def parse_allow(text: str) -> tuple[Allowed, ...]:
    """What is open, from `HOST[:PORT],…`. Raises ValueError that names the item that is wrong."""
    if not text.strip():
        return ()
    return tuple(_item(item.strip()) for item in text.split(","))


def _item(text: str) -> Allowed:
    below = "*." if text.startswith("*.") else ""
    try:
        host, port = endpoint(text.removeprefix(below))
        if below and address(host):
            raise ValueError("nothing lies below an address")
    except ValueError as e:
        raise ValueError(
            f"{text!r} is no HOST or HOST:PORT: {e}. Say example.org, *.example.org:443, 10.0.0.5:8080 or [::1]:80"
        ) from e
    return Allowed(below + host, (port,) if port else PORTS)


def endpoint(text: str) -> tuple[str, int | None]:
    """The host in its one spelling, and the port where there is one. Raises ValueError."""
    if text.startswith("["):
        inner, closed, rest = text[1:].partition("]")
        if not closed or ":" not in inner or (rest and not rest.startswith(":")):
            raise ValueError("an IPv6 address stands in [brackets], a port after them")
        return canonical(inner), _port(rest[1:]) if rest else None
    host, colon, port = text.partition(":")
    if ":" in port:
        return canonical(text), None
    return canonical(host), _port(port) if colon else None


def _port(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65_536:
        raise ValueError("a port is a number from 1 to 65535")
    return int(text)


def canonical(host: str) -> str:
    """A name in lower case without its last dot, or an address as Python writes it. Raises ValueError."""
    if found := address(host):
        return str(found)
    name = host.lower().removesuffix(".")
    if not NAME.fullmatch(name) or len(name) > 253:
        raise ValueError("a host name has letters, digits, dots and hyphens only")
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        raise ValueError("it is an address in a disguise that resolvers read each in their own way")
    return name


def address(text: str) -> Address | None:
    """An address where the text is one; the IPv4 one that an IPv6 one stands for."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(found, ipaddress.IPv4Address):
        return found
    if found.scope_id:
        return None
    return found.ipv4_mapped or found


def public(text: str) -> bool:
    """Whether a name may lead there: not to this machine, its network, its neighbours or cloud metadata."""
    found = address(text)
    if isinstance(found, ipaddress.IPv6Address):
        inner = ipaddress.IPv4Address(int(found) & 0xFFFF_FFFF) if found in NAT64 else found.sixtofour
        found = inner or found
    return bool(found and found.is_global and not found.is_multicast)


def refusal(allowed: Sequence[Allowed], host: str, port: int) -> str:
    """Why a connection is not made, with what is open instead; empty where it may be."""
    if any(one.covers(host, port) for one in allowed):
        return ""
    return f"{Allowed(host, (port,))} is not open in this sandbox; {listing(allowed)}"


def listing(allowed: Sequence[Allowed], most: int = 20) -> str:
    """What is open, in words."""
    more = f" and {len(allowed) - most} more" if len(allowed) > most else ""
    return "open: " + ", ".join(str(one) for one in allowed[:most]) + more
