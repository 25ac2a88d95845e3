"""Messages over two file descriptors."""

import os

from .words import decoded, encoded

CHUNK = 65_536


class Gone(Exception):
    """The host has closed the channel."""


class Pipe:
    """The guard's end of the channel."""

    def __init__(self, source, sink):
        self.source, self.sink, self.buffer = source, sink, b""

    def fill(self):
        data = os.read(self.source, CHUNK)
        if not data:
            raise Gone
        self.buffer += data

    def take(self):
        """The next (message, body) if it is complete, else None."""
        line, newline, rest = self.buffer.partition(b"\n")
        if not newline:
            return None
        message = decoded(line.decode())
        size = message.get("size", 0)
        if len(rest) < size:
            return None
        self.buffer = rest[size:]
        return message, rest[:size]

    def send(self, message, body=b""):
        data = memoryview(encoded(dict(message, size=len(body))).encode() + b"\n" + body)
        while data:
            data = data[os.write(self.sink, data) :]
