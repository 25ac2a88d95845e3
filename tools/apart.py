"""Parsing in a process of its own: a file that makes a parser hang, swell or crash costs that process and no more.

It is started at its first use, keeps its grammars loaded, and ends with ours.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

from .helper import send
from .near import NAME, Block, told, undefined
from .source import language_of

START = """import importlib.util, json, sys
top, path = json.loads(sys.argv[1])
sys.path += path
spec = importlib.util.spec_from_file_location("patchwright", top + "/__init__.py", submodule_search_locations=[top])
sys.modules["patchwright"] = importlib.util.module_from_spec(spec)
from patchwright.tools.helper import main
main()"""
"""Our package by its folder, whatever that is called; the environment and the current folder decide nothing."""
PATIENCE = 3.0
"""Seconds for a check of one file."""
STARTING = 5.0
"""Seconds more for the first answer: a busy machine may be slow to start a process."""


class Lost(Exception):
    """The process took too long or died over what it was given. The next request starts another."""


class Apart:
    """The helper process. One request at a time; from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer, self._warm = b"", False

    def ask(self, seconds: float, texts: Sequence[bytes], **request: Any) -> Iterator[Any]:
        """The answer to each of `texts` as it comes, or to all in one, each within so many seconds. Raises Lost after
        the last one that came in time. A caller that does not take all answers ends the process.
        """
        with self._lock:
            complete, more = False, 0.0 if self._warm else STARTING
            try:
                send(self._pipes()[0], texts, request)
                for _ in range(len(texts) if "paths" in request else 1):
                    yield json.loads(self._line(time.monotonic() + seconds + more))
                    more, self._warm = 0.0, True
                complete = True
            except (OSError, ValueError) as e:
                raise Lost(str(e)) from e
            finally:
                if not complete:
                    self._end()

    def start(self) -> None:
        """Have the process ready before it is needed."""
        with self._lock:
            self._pipes()

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None:
            top = Path(__file__).parents[1]
            path = [p for p in sys.path if p and Path(p).is_absolute()]
            self._buffer, self._warm = b"", False
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", START, json.dumps([str(top), path])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
            )
        assert self._process.stdin and self._process.stdout
        return self._process.stdin, self._process.stdout

    def _line(self, deadline: float) -> bytes:
        source = self._pipes()[1].fileno()
        parts = [self._buffer]
        while b"\n" not in parts[-1]:
            if not select.select([source], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise OSError("it took too long")
            parts.append(os.read(source, 1 << 16))
            if not parts[-1]:
                raise OSError("it died")
        line, _, self._buffer = b"".join(parts).partition(b"\n")
        return line

    def _end(self) -> None:
        if self._process:
            assert self._process.stdin and self._process.stdout
            self._process.kill()
            self._process.stdout.close()
            with suppress(OSError):  # what was not sent yet has nowhere to go
                self._process.stdin.close()
            self._process.wait()
            self._process = None


@cache
def shared(number: int = 0) -> Apart:
    """The one that this process uses, or one more."""
    return Apart()


def broken(path: str, before: bytes, after: bytes) -> str:
    """As `syntax.broken`, in the helper process. A file that it cannot be done with in time has no problems."""
    try:
        if before and language_of(path) == "python":
            found = undefined(before, after, fresh)
            if found is not None:
                return told(path, [(line, NAME.format(name)) for line, name in found])
        return "".join(shared().ask(PATIENCE, [before, after], work="syntax", path=path))
    except Lost:
        return ""


def fresh(blocks: Sequence[Block]) -> list[dict[str, int] | None]:
    """As `names.fresh`, for each block, in the helper process."""
    texts = [text for old, new, _ in blocks for text in (old, new)]
    (found,) = shared().ask(PATIENCE, texts, work="names")
    return found
