"""The model that is put to the proof: the embedded one, or a script."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from patchwright.agent.models.base import Model
from patchwright.agent.models.patient import Patient
from patchwright.agent.models.select import Source, choose
from patchwright.agent.task import TaskError

LOCAL = "local"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def source(name: str) -> Iterator[Source]:
    """Where models come from by a name, as patchwright takes it. Raises ModelError."""
    opened = choose(name, "", os.environ, say).open()
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def greedy(name: str) -> Iterator[Model]:
    """A model that gives its most likely answer. Raises TaskError where that cannot be asked for, ModelError."""
    if name.partition(":")[0] == "scripted":
        with source(name) as opened:
            yield opened.make(1)
        return
    kind, _, path = name.partition("/")
    if kind != LOCAL:
        raise TaskError(
            f"{name}: greedy answers come from {LOCAL}, {LOCAL}/PATH (other weights) or scripted:FILE."
        )
    from patchwright.agent.models.local import Server

    server = Server(Path(path) if path else None, say)
    try:
        yield Patient(server.sampling({"temperature": 0.0, "cache_prompt": True}))
    finally:
        server.close()
