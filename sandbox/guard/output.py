"""What a command prints: bounded for the host, and whole in a file inside, which can be read later."""

import os

from .files import fresh
from .pipe import CHUNK

HEAD = 400_000
TAIL = 600_000
SHORT = 8_000
"""Bytes up to which an output needs no file."""
WHOLE = 64 << 20
"""The most bytes that a file gets."""
KEPT = 8
"""How many files are kept."""


class Output:
    """The head and the tail of what a command printed; the middle of an endless one is dropped."""

    def __init__(self, path=""):
        self.head, self.tail, self.dropped = bytearray(), bytearray(), 0
        self.path, self.file, self.saved = path, None, 0

    def add(self, data):
        room = HEAD - len(self.head)
        self.head += data[:room] if room > 0 else b""
        self.tail += data[room:] if room > 0 else data
        if self.path:
            self.save(data)
        if len(self.tail) > 2 * TAIL:
            self.trim()

    def save(self, data):
        if not self.file:
            if len(self.head) <= SHORT:
                return
            data = bytes(self.head + self.tail)
        try:
            self.file = self.file or open_new(self.path)
            part = data[: WHOLE - self.saved]
            self.file.write(part)
            self.saved += len(part)
        except OSError:  # the scratch space is full: what was saved stays
            self.path = ""

    def trim(self):
        extra = len(self.tail) - TAIL
        if extra > 0:
            del self.tail[:extra]
            self.dropped += extra

    def drain(self, source):
        """Take what is there now; never wait for a background process that keeps the pipe open."""
        while True:
            try:
                data = os.read(source, CHUNK)
            except BlockingIOError:
                return
            if not data:
                return
            self.add(data)

    def end(self):
        """Close the file; its path where there is one."""
        self.trim()
        if not self.file:
            return ""
        try:
            self.file.close()
        except OSError:
            pass
        return self.file.name


def open_new(path):
    folder = os.path.dirname(path)
    os.makedirs(folder, exist_ok=True)
    names = [name for name in os.listdir(folder) if name.startswith("output-")]
    aged = sorted(names, key=lambda name: os.lstat(os.path.join(folder, name)).st_mtime)
    for name in aged[: max(0, len(aged) - KEPT + 1)]:
        os.unlink(os.path.join(folder, name))
    return open(path, "wb", buffering=0, opener=lambda p, flags: fresh(p))
