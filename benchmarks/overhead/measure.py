"""Running a client on a fresh repository against the scripted model, and timing it from outside."""

import contextlib
import os
import shlex
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from .clients import Client
from .memory import Memory, Sampler
from .server import Exchange, Server
from .steps import CHECK, FILES, ISSUE, Script
from .tokens import Tokens, measured

LIMIT = 180.0
"""Seconds after which a client is killed."""


class MeasureError(Exception):
    """The client did not do its part; the text holds what it printed last."""


@dataclass(frozen=True)
class Run:
    """One run of a client. Times in milliseconds."""

    first: float
    """From the start of the process to the arrival of the first request."""
    steps: tuple[float, ...]
    """From an answer to the next request, for each step but the test run."""
    tail: float
    """From the last answer to the end of the process."""
    wall: float
    requests: int
    extending: float
    """The share of requests that repeat the one before to the byte, message by message, and add to its end."""
    tokens: Tokens
    solved: bool
    code: int
    memory: Memory | None = None
    """Only of a run that was not made for its times."""

    @property
    def step(self) -> float:
        return statistics.median(self.steps)


def run(client: Client, with_memory: bool = False) -> Run:
    """Run a client once. Raises MeasureError where it asked for nothing that can be timed."""
    with (
        tempfile.TemporaryDirectory(prefix="overhead-") as top,
        Server(Script(last_command=client.last_command)) as server,
    ):
        places = prepare(Path(top), server)
        fill = filler(places)
        env = surroundings(places) | {name: fill(value) for name, value in client.env.items()}
        for name, text in client.files.items():
            path = Path(fill(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fill(text))
        with arranged(client, fill, env, places["repo"]):
            process = Process([fill(word) for word in client.command], env, Path(top), with_memory)
        return figures(process, server, Path(top) / "repo")


def prepare(top: Path, server: Server) -> dict[str, str]:
    """A fresh home and repository; what the client's texts are filled with."""
    for name in ("home", "tmp", "repo"):
        (top / name).mkdir()
    make_repository(top / "repo")
    fixed = {"url": server.url, "port": str(server.port), "task": ISSUE, "run": str(top)}
    return fixed | {"home": str(top / "home"), "repo": str(top / "repo")}


def make_repository(folder: Path) -> None:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    git = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "start"]):
        subprocess.run([*git, *words], cwd=folder, check=True)


def filler(places: Mapping[str, str]) -> Callable[[str], str]:
    def fill(text: str) -> str:
        for name, value in places.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    return fill


def surroundings(places: Mapping[str, str]) -> dict[str, str]:
    """All that a client gets of an environment: nothing of the caller's but where this Python and its pytest are."""
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": places["home"],
        "TMPDIR": f"{places['run']}/tmp",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "PYTHON": sys.executable,
    }


@contextlib.contextmanager
def arranged(
    client: Client, fill: Callable[[str], str], env: Mapping[str, str], folder: str
) -> Iterator[None]:
    """What a client needs to be there, say a container, and its removal."""
    try:
        for command in client.setup:
            subprocess.run(fill(command), shell=True, cwd=folder, env=env, check=True, capture_output=True)
        yield
    finally:
        for command in client.cleanup:
            subprocess.run(fill(command), shell=True, cwd=folder, env=env, capture_output=True)


class Process:
    """A client from start to end, with nothing to read and its output in a file."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], top: Path, with_memory: bool) -> None:
        self.output = top / "output.txt"
        self.memory: Memory | None = None
        with self.output.open("wb") as out:
            self.started = time.monotonic()
            process = subprocess.Popen(
                command,
                cwd=top / "repo",
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            watch = threading.Timer(LIMIT, kill, [process.pid])
            watch.start()
            try:
                if with_memory:
                    with Sampler(process.pid) as sampler:
                        process.wait()
                    self.memory = sampler.memory
                else:
                    process.wait()
            finally:
                kill(process.pid)  # what a client leaves behind would disturb the next one
                watch.cancel()
            self.ended = time.monotonic()
        self.code = process.returncode

    def said(self) -> str:
        return self.output.read_text(errors="replace").strip()[-800:]


def kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def figures(process: Process, server: Server, repository: Path) -> Run:
    played = server.played
    gaps = steps(played, server.script)
    if not gaps:
        raise MeasureError(f"exit code {process.code}, {len(played)} requests: {process.said()}")
    return Run(
        first=ms(played[0].arrived - process.started),
        steps=tuple(gaps),
        tail=ms(process.ended - played[-1].answered),
        wall=ms(process.ended - process.started),
        requests=len(server.exchanges),
        extending=extending(played),
        tokens=measured(played[0].body),
        solved=solved(repository),
        code=process.code,
        memory=process.memory,
    )


def steps(played: Sequence[Exchange], script: Script) -> list[float]:
    pairs = pairwise(played)
    return [ms(b.arrived - a.answered) for a, b in pairs if a.step in script.timed and b.step != a.step]


def extending(played: Sequence[Exchange]) -> float:
    pairs = list(pairwise(played))
    return sum(extends(b.body, a.body) for a, b in pairs) / len(pairs)


def extends(later: Mapping[str, object], earlier: Mapping[str, object]) -> bool:
    """Whether a request is the one before with more messages at its end, so that a cache of prefixes serves it."""
    before, now = earlier["messages"], later["messages"]
    assert isinstance(before, list) and isinstance(now, list)
    same = all(later.get(k) == v for k, v in earlier.items() if k != "messages")
    return same and len(now) > len(before) and repr(now[: len(before)]) == repr(before)


def solved(repository: Path) -> bool:
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=repository, capture_output=True)
    return done.returncode == 0


def ms(seconds: float) -> float:
    return seconds * 1000


def start_and_end(command: Sequence[str]) -> float:
    """Milliseconds that a short command takes, in an empty home: shown as a shell would start it."""
    with tempfile.TemporaryDirectory(prefix="overhead-") as home:
        env = surroundings({"home": home, "run": home})
        started = time.monotonic()
        done = subprocess.run(command, env=env, cwd=home, stdin=subprocess.DEVNULL, capture_output=True)
        took = ms(time.monotonic() - started)
    if done.returncode:
        raise MeasureError(f"{shlex.join(command)}: {done.stderr.decode(errors='replace')[-800:]}")
    return took
