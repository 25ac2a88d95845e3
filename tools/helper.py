"""The other end of `apart`: a process that parses what is sent to it, and can be killed at no loss.

A request is a line of JSON with the sizes of the texts that follow it; the answer is a line of JSON for each text,
or one for what belongs together.
"""

import json
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from typing import IO, Any

from .source import language_of

MEMORY = 1 << 30
"""Bytes that it may ask for."""
LONGEST = 30
"""Seconds after which a request ends the process by itself, should nobody be left to kill it."""


def main() -> None:
    """Serve until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for limit, value in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(limit, (value, value))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while line := source.readline():
        signal.alarm(LONGEST)
        request = json.loads(line)
        texts = [source.read(size) for size in request.pop("sizes")]
        for answer in WORK[request.pop("work")](texts, **request):
            sink.write(json.dumps(answer).encode() + b"\n")
            sink.flush()
        signal.alarm(0)


def syntax(texts: Sequence[bytes], path: str) -> list[str]:
    from .syntax import broken

    return [broken(path, *texts)]


def names(texts: Sequence[bytes]) -> Any:
    """What blocks of Python newly need, each by its two versions."""
    from .names import fresh

    yield [fresh(old, new) for old, new in zip(texts[::2], texts[1::2], strict=True)]


def tags(texts: Sequence[bytes], paths: Sequence[str]) -> Any:
    """What each file defines and the names that it speaks of."""
    from . import languages

    for path, data in zip(paths, texts, strict=True):
        language = language_of(path)
        tree = languages.parsed(data, language)
        yield languages.definitions(tree, data, language), sorted(languages.names(tree, language))


def uses(texts: Sequence[bytes], paths: Sequence[str], name: str) -> Any:
    """What each file defines, and where it speaks of one name."""
    from . import languages

    for path, data in zip(paths, texts, strict=True):
        language = language_of(path)
        tree = languages.parsed(data, language)
        yield languages.definitions(tree, data, language), languages.mentions(tree, data, name)


WORK: dict[str, Callable[..., Any]] = {"syntax": syntax, "names": names, "tags": tags, "uses": uses}


def send(sink: IO[bytes], texts: Sequence[bytes], request: dict[str, Any]) -> None:
    """Write a request; the counterpart of what `main` reads."""
    head = json.dumps(request | {"sizes": [len(text) for text in texts]}).encode() + b"\n"
    sink.write(b"".join([head, *texts]))
    sink.flush()
