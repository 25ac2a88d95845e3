"""One connection through the proxy: the client's question, then bytes both ways."""

import socket
import threading
import time
from contextlib import suppress

from .wish import SOCKS_REPLIES, Gone, Refusal, Source, Wish, http, http_reply, socks, socks_reply

HEAD_SECONDS = 30.0
IDLE_SECONDS = 600.0
STALL_SECONDS = 60.0
"""A side takes or, once the other one is done, says something in this time: a killed client leaves no more than its end."""
LINGER_SECONDS = 2.0
CHUNK = 65_536


class Exchange:
    """A client, what it wishes, and what has gone each way."""

    def __init__(self, client: socket.socket) -> None:
        self.client, self.wish = client, Wish("", 0)
        self.started, self.sent, self.received = time.monotonic(), 0, 0
        self._socks, self._busy, self._patience = False, time.monotonic(), IDLE_SECONDS

    def ask(self) -> None:
        """Read the wish. Raises Refusal, Gone."""
        self.client.settimeout(HEAD_SECONDS)
        source = Source(self.client)
        try:
            self._socks = source.socks
            self.wish = socks(source, self.client) if self._socks else http(source)
        except OSError as e:
            raise Gone from e

    def refuse(self, why: Refusal) -> None:
        """Say why not, and let the client finish: closing on what it still sends would lose the answer."""
        code = SOCKS_REPLIES.get(why.status, 1)
        with suppress(OSError):
            self.client.sendall(socks_reply(code) if self._socks else http_reply(why.status, why.reason))
            self.client.shutdown(socket.SHUT_WR)
            self.client.settimeout(LINGER_SECONDS)
            for _ in range(CHUNK):
                if not self.client.recv(CHUNK):
                    return

    def carry(self, upstream: socket.socket) -> None:
        """Copy both ways until both sides are done, one breaks, or nothing was said for long."""
        with suppress(OSError):
            for side in (self.client, upstream):
                side.settimeout(STALL_SECONDS)
            self.client.sendall(self.wish.answer)
            upstream.sendall(self.wish.first)
        self.sent, self._busy = len(self.wish.first), time.monotonic()
        back = threading.Thread(target=self._back, args=(upstream,), name="proxied back", daemon=True)
        back.start()
        self._out(upstream)
        back.join()

    def _out(self, upstream: socket.socket) -> None:
        left = self.wish.most
        with Ending(self.client, upstream):
            while data := self._heard_from(self.client):
                data = data[:left]
                left = None if left is None else left - len(data)
                upstream.sendall(data)
                self.sent += len(data)
        self._patience = STALL_SECONDS

    def _back(self, upstream: socket.socket) -> None:
        with Ending(upstream, self.client):
            while data := self._heard_from(upstream):
                self.client.sendall(data)
                self.received += len(data)
        self._patience = STALL_SECONDS

    def _heard_from(self, side: socket.socket) -> bytes:
        """The next bytes. One direction may be silent for as long as the other one is not."""
        while True:
            with suppress(TimeoutError):
                data = side.recv(CHUNK)
                self._busy = time.monotonic()
                return data
            if time.monotonic() - self._busy >= self._patience:
                raise TimeoutError


class Ending:
    """At the end of one direction the sink is told; where one side broke, both are cut."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self._source, self._sink = source, sink

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        with suppress(OSError):
            self._sink.shutdown(socket.SHUT_WR if kind is None else socket.SHUT_RDWR)
        if kind is not None:
            with suppress(OSError):
                self._source.shutdown(socket.SHUT_RDWR)
        return kind is not None and issubclass(kind, OSError)
