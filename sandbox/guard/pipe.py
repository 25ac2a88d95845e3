"""Messages over two file descriptors."""

import os

from .words import decoded, encoded

CHUNK = 65_536


class Gone(Exception):
    """The host has closed the channel."""


class Pipe:
    """The guard's end of the channel."""

    def __init__(self, source, sink):
        self.source, self.sink, self.buffer, self.message = source, sink, bytearray(), None

    def fill(self):
        data = os.read(self.source, CHUNK)
        if not data:
            raise Gone
        self.buffer += data

    def take(self):
        """The next (message, body) if it is complete, else None."""
        if self.message is None:
            end = self.buffer.find(b"\n")
            if end < 0:
                return None
            self.message = decoded(self.cut(end + 1).decode())
        if len(self.buffer) < self.message.get("size", 0):
            return None
        message, self.message = self.message, None
        return message, self.cut(message.get("size", 0))

    def cut(self, size):
        """The first bytes that came; a long body is copied once, however many pieces it came in."""
        first = bytes(self.buffer[:size])
        del self.buffer[:size]
        return first

    def send(self, message, body=b""):
        data = memoryview(encoded(dict(message, size=len(body))).encode() + b"\n" + body)
        while data:
            data = data[os.write(self.sink, data) :]
