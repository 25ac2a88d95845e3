"""What a client of the proxy asks for, in HTTP or in SOCKS5. What is not understood to the letter is refused."""

import ipaddress
import re
import socket
from typing import NamedTuple

from .allow import canonical, endpoint

MOST_HEAD = 16_384
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
REQUEST = re.compile(r"([A-Z]+) ([\x21-\x7e]+) HTTP/1\.[01]")
ABSOLUTE = re.compile(r"http://([^/?#@]+)([/?][^#]*)?", re.IGNORECASE)
BETWEEN_TWO = frozenset(
    {"connection", "keep-alive", "proxy-connection", "proxy-authorization", "te", "trailer", "upgrade"}
)
"""Headers that are for the next hop only."""
SOCKS = 5
SOCKS_REPLIES = {403: 2, 502: 4, 405: 7, 400: 1}
"""SOCKS has a number for a reason and no room for a sentence."""


class Gone(Exception):
    """The client left before it had asked for anything."""


class Refusal(Exception):
    """Why a connection is not made, with the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Wish(NamedTuple):
    """Where a client wants to go, and how the connection begins."""

    host: str
    port: int
    first: bytes = b""
    """What the server is sent first."""
    answer: bytes = b""
    """What the client is told once the connection stands."""
    most: int | None = None
    """Bytes that the client may send after `first`: one plain HTTP request is checked, so only one goes through."""


class Source:
    """A client's bytes as they are asked for."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._buffer = connection, b""

    @property
    def socks(self) -> bool:
        """Whether it speaks SOCKS5; anything else has to be HTTP."""
        if not self._buffer:
            self._more()
        return self._buffer[0] == SOCKS

    def exactly(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._more()
        return self._take(size)

    def head(self) -> str:
        """An HTTP head, without the empty line that ends it."""
        while b"\r\n\r\n" not in self._buffer[:MOST_HEAD]:
            if len(self._buffer) >= MOST_HEAD:
                raise Refusal(431, f"a request's head may have {MOST_HEAD} bytes")
            self._more()
        return self._take(self._buffer.index(b"\r\n\r\n") + 4)[:-4].decode("latin-1")

    def rest(self) -> bytes:
        """What came early."""
        return self._take(len(self._buffer))

    def _more(self) -> None:
        try:
            data = self._connection.recv(MOST_HEAD)
        except TimeoutError:
            raise Refusal(408, "the request did not come in time") from None
        if not data:
            raise Refusal(400, "the request ends in its middle") if self._buffer else Gone
        self._buffer += data

    def _take(self, size: int) -> bytes:
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data


def http(source: Source) -> Wish:
    """CONNECT for anything, or one plain HTTP request. Raises Refusal, Gone."""
    request, *lines = source.head().split("\r\n")
    found = REQUEST.fullmatch(request)
    if not found:
        raise Refusal(400, "the first line is no request of HTTP/1.1")
    method, target = found.groups()
    headers = [_header(line) for line in lines]
    if method == "CONNECT":
        host, port = _endpoint(target)
        if not port:
            raise Refusal(400, "CONNECT wants a port")
        return Wish(host, port, source.rest(), b"HTTP/1.1 200 Connection established\r\n\r\n")
    return _plain(method, target, headers, source.rest())


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not TOKEN.fullmatch(name) or not VALUE.fullmatch(value):
        raise Refusal(400, "a header is malformed")
    return name, value.strip(" \t")


def _plain(method: str, target: str, headers: list[tuple[str, str]], early: bytes) -> Wish:
    found = ABSOLUTE.fullmatch(target)
    if not found:
        raise Refusal(400, "this is a proxy: ask for http://HOST/PATH, or CONNECT HOST:443 for https")
    host, port = _endpoint(found[1])
    path = found[2] or "/"
    hosts = [value for name, value in headers if name.lower() == "host"]
    if len(hosts) != 1 or _with_port(hosts[0]) != (host, port or 80):
        raise Refusal(400, "the Host header and the address asked for have to be the same")
    size = _size(headers)
    kept = [f"{name}: {value}" for name, value in headers if name.lower() not in BETWEEN_TWO]
    origin = path if path.startswith("/") else f"/{path}"
    lines = [f"{method} {origin} HTTP/1.1", *kept, "Connection: close", "", ""]
    first = "\r\n".join(lines).encode("latin-1") + early[:size]
    return Wish(host, port or 80, first, most=size - len(early[:size]))


def _size(headers: list[tuple[str, str]]) -> int:
    """A body's length. Two ways to say it are how one request hides in another."""
    if any(name.lower() == "transfer-encoding" for name, _ in headers):
        raise Refusal(411, "this proxy wants a Content-Length, not a Transfer-Encoding")
    sizes = [value for name, value in headers if name.lower() == "content-length"]
    if len(sizes) > 1 or not all(re.fullmatch(r"[0-9]{1,15}", size) for size in sizes):
        raise Refusal(400, "the Content-Length is malformed")
    return int(sizes[0]) if sizes else 0


def _endpoint(text: str) -> tuple[str, int | None]:
    try:
        return endpoint(text)
    except ValueError as e:
        raise Refusal(400, f"the address is malformed: {e}") from e


def _with_port(text: str) -> tuple[str, int]:
    host, port = _endpoint(text)
    return host, port or 80


def socks(source: Source, client: socket.socket) -> Wish:
    """SOCKS5 without a password; names are resolved here, so nothing inside needs DNS. Raises Refusal, Gone."""
    methods = source.exactly(2)[1]
    if 0 not in source.exactly(methods):
        client.sendall(bytes([SOCKS, 0xFF]))
        raise Refusal(400, "this proxy takes no password")
    client.sendall(bytes([SOCKS, 0]))
    version, command, _, kind = source.exactly(4)
    if version != SOCKS or kind not in (1, 3, 4):
        raise Refusal(400, "the SOCKS request is malformed")
    raw = source.exactly(source.exactly(1)[0] if kind == 3 else {1: 4, 4: 16}[kind])
    port = int.from_bytes(source.exactly(2), "big")
    try:
        host = canonical(raw.decode("ascii") if kind == 3 else str(ipaddress.ip_address(raw)))
    except ValueError as e:
        raise Refusal(400, f"the address is malformed: {e}") from e
    if command != 1 or not port:
        raise Refusal(405, "only connections over TCP are made")
    return Wish(host, port, source.rest(), socks_reply(0))


def socks_reply(code: int) -> bytes:
    return bytes([SOCKS, code, 0, 1, 0, 0, 0, 0, 0, 0])


def http_reply(status: int, reason: str) -> bytes:
    """The reason stands in the first line too: of a refused CONNECT, most programs show nothing else."""
    body = f"patchwright: {reason}\n".encode()
    head = f"HTTP/1.1 {status} {reason}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + body
