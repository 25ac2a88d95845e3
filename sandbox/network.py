"""The only way out of a sandbox: a filtering proxy on this side of a unix socket.

The sandbox has no network. What is to leave it is asked for here, held against what was opened, resolved once,
connected to exactly that address, and reported. HTTP (CONNECT and plain) and SOCKS5 share the socket.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from .allow import Allowed, address, public, refusal
from .base import Frozen, SandboxUnavailable
from .exchange import Exchange
from .folders import NOBODY
from .wish import Gone, Refusal, Wish, http_reply

AT_ONCE = 100
IN_ALL = 20_000
"""Connections of one proxy: a program that floods is not to fill the log."""
CONNECT_SECONDS = 15.0
UNREACHABLE = 502
"""The status of what is open and yet cannot be connected to."""
TRIED = 4
"""Most addresses of a name that are tried."""


class Connection(Frozen):
    """One connection that was asked for, and what came of it."""

    host: str
    """Empty where the request was not understood."""
    port: int
    allowed: bool
    reason: str = ""
    """Why it was refused or not made; empty where it was."""
    sent: int = 0
    """Bytes that left the sandbox."""
    received: int = 0
    seconds: float = 0.0


def addresses_of(name: str) -> list[str]:
    """A name's addresses as this machine knows them. Raises OSError."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Proxy:
    """Serves from the start until it is closed. `heard` is told of each connection at its end, by its thread."""

    def __init__(
        self,
        allowed: Sequence[Allowed],
        listen: Path,
        heard: Callable[[Connection], None],
        resolve: Callable[[str], Sequence[str]] = addresses_of,
    ) -> None:
        self.path, self._allowed = listen, tuple(allowed)
        self._heard, self._resolve = heard, resolve
        self._closed, self._changing = False, threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._listener = listening(listen)
        self._accepting = threading.Thread(target=self._accept, name="proxy", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """End all connections, wait until each was reported, remove the socket. Closing twice is fine.

        Nothing cuts the search for a name's address short: such a thread ends by itself, and connects to nothing.
        """
        with self._changing:
            self._closed = True
            for connection in (self._listener, *self._open):
                with suppress(OSError):  # closed already, or not connected yet
                    connection.shutdown(socket.SHUT_RDWR)
            ending = [self._accepting, *self._threads]
        deadline = time.monotonic() + 5
        for thread in ending:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._listener.close()
        self.path.unlink(missing_ok=True)

    def _accept(self) -> None:
        served = 0
        while client := self._next():
            served += 1
            if served > IN_ALL:
                self._turn_away(client, f"this run has made {IN_ALL} connections, the most that are made")
                break
            if len(self._threads) >= AT_ONCE:
                self._turn_away(client, f"{AT_ONCE} connections at once are the most")
                continue
            thread = threading.Thread(target=self._serve, args=(client,), name="proxied", daemon=True)
            with self._changing:
                self._threads.add(thread)
                thread.start()
        self._listener.close()

    def _next(self) -> socket.socket | None:
        while not self._closed:
            try:
                return self._listener.accept()[0]
            except OSError:  # closed, or out of file descriptors for a moment
                if not self._closed:
                    time.sleep(0.05)
        return None

    def _turn_away(self, client: socket.socket, reason: str) -> None:
        with client, suppress(OSError):
            client.settimeout(1)
            client.sendall(http_reply(503, reason))
        self._heard(Connection(host="", port=0, allowed=False, reason=reason))

    def _serve(self, client: socket.socket) -> None:
        exchange = Exchange(client)
        try:
            if self._keep(client):
                exchange.ask()
                self._pass(exchange)
        except Gone:
            return
        except Refusal as e:
            # Before the answer: the command may end with it.
            self._report(exchange, e.status == UNREACHABLE, e.reason)
            exchange.refuse(e)
        finally:
            self._drop(client)
            with self._changing:
                self._threads.discard(threading.current_thread())

    def _pass(self, exchange: Exchange) -> None:
        upstream = self._connect(exchange.wish)
        try:
            exchange.carry(upstream)
        finally:
            self._drop(upstream)
        self._report(exchange, allowed=True)

    def _report(self, exchange: Exchange, allowed: bool, reason: str = "") -> None:
        self._heard(
            Connection(
                host=exchange.wish.host,
                port=exchange.wish.port,
                allowed=allowed,
                reason=reason,
                sent=exchange.sent,
                received=exchange.received,
                seconds=time.monotonic() - exchange.started,
            )
        )

    def _connect(self, wish: Wish) -> socket.socket:
        """To the first of the addresses that answers. Raises Refusal."""
        reason = "it has no address"
        for found in self._addresses(wish)[:TRIED]:
            upstream = socket.socket(socket.AF_INET6 if ":" in found else socket.AF_INET)
            if not self._keep(upstream):
                raise Refusal(UNREACHABLE, "the run is over")
            try:
                upstream.settimeout(CONNECT_SECONDS)
                upstream.connect((found, wish.port))
                return upstream
            except OSError as e:
                self._drop(upstream)
                reason = e.strerror or str(e)
        raise Refusal(UNREACHABLE, f"{wish.host}:{wish.port} cannot be reached: {reason}")

    def _addresses(self, wish: Wish) -> list[str]:
        """Where the wish may lead. A name may not lead where only an address may, or its owner could choose."""
        if reason := refusal(self._allowed, wish.host, wish.port):
            raise Refusal(403, reason)
        if address(wish.host):
            return [wish.host]
        try:
            found = list(self._resolve(wish.host))
        except OSError as e:
            raise Refusal(UNREACHABLE, f"{wish.host} has no address: {e.strerror or e}") from e
        if private := [one for one in found if not public(one)]:
            raise Refusal(
                403,
                f"{wish.host} leads to {private[0]}, which is open only where --network names the address",
            )
        return found

    def _keep(self, connection: socket.socket) -> bool:
        """Have a connection ended when the proxy is closed; False where it is closed already."""
        with self._changing:
            if self._closed:
                connection.close()
            else:
                self._open.add(connection)
            return not self._closed

    def _drop(self, connection: socket.socket) -> None:
        with self._changing:
            self._open.discard(connection)
        connection.close()


def listening(path: Path) -> socket.socket:
    """A socket that only the commands' user can connect to. Raises SandboxUnavailable."""
    listener = socket.socket(socket.AF_UNIX)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        os.fchmod(listener.fileno(), 0o600)  # the file that bind makes has this mode from the start
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            listener.bind(f"/proc/self/fd/{folder}/{path.name}")  # a socket's own path has at most 107 bytes
        finally:
            os.close(folder)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        listener.listen(AT_ONCE)
    except OSError as e:
        listener.close()
        raise SandboxUnavailable(f"the way to the network cannot be opened at {path}: {e.strerror}") from e
    return listener
