"""What a candidate costs besides the model: a search by a script, of a repository whose tests take about a second.

Ends with 0 where the targets are met. See README.md beside this file.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # so that it can be started as a file

from patchwright.agent import run
from patchwright.agent.config import Config
from patchwright.agent.control import Control
from patchwright.agent.events import Event
from patchwright.agent.models.base import SMALL, Listener, Message, Reply, Schema
from patchwright.agent.models.scripted import Scripted, call, say
from patchwright.agent.models.select import Source
from patchwright.agent.search.board import Watcher
from patchwright.agent.search.many import search
from patchwright.agent.task import Task
from patchwright.sandbox.checkout import Repository

from benchmarks.overhead.memory import size
from benchmarks.overhead.table import host, line, met
from benchmarks.proof import repository

TIMES, GROWTH = 1.15, 1.1
"""What a candidate may cost of the bare test command, and the last tenth of the first."""
BARE = 5
"""Runs of the bare command before the first tenth, and after each."""
RIGHT_ONES = 10
"""One in so many candidates passes the tests."""
FILES = {
    "steps.py": "def steps(n):\n    raise NotImplementedError\n",
    "test_steps.py": "import time\n\nimport pytest\nfrom steps import steps\n\n\n"
    '@pytest.mark.parametrize("n", range(8))\n'
    "def test_steps(n):\n    time.sleep(0.09)\n    assert steps(n) == n + 1\n",
}


class Many(Scripted):
    """Answers at once, each time something else."""

    def __init__(self) -> None:
        super().__init__(profile=SMALL)
        self.asked = 0

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Schema],
        listen: Listener,
        stop: threading.Event,
        most: int = 0,
    ) -> Reply:
        self.asked += 1
        what = f"n + 1 + 0 * {self.asked}" if self.asked % RIGHT_ONES == 0 else f"n - {self.asked}"
        return say(call("define", path="steps.py", code=f"def steps(n):\n    return {what}\n"))


class Moment(NamedTuple):
    """What there was when a candidate was done."""

    began: float
    """When it was looked at; the clock stood until it `ended`."""
    ended: float
    bare: tuple[float, ...]
    """Seconds that the bare command took then."""
    memory: int
    """Kilobytes of this process."""
    disk: int
    """Kilobytes of the run's folder."""


class Clock(Watcher):
    """Looks at the process and the folder whenever so many more candidates are done."""

    def __init__(self, folder: Path, every: int, bare: Callable[[], float]) -> None:
        self._folder, self._every, self._bare, self._ended = folder, every, bare, 0
        self.moments = [self._moment()]

    def show(self, attempt: int, event: Event) -> None:
        if event.kind != "ended":
            return
        self._ended += 1
        if self._ended % self._every == 0:
            self.moments.append(self._moment())

    def _moment(self) -> Moment:
        began, memory = time.monotonic(), size(os.getpid())
        told = subprocess.run(["du", "-sk", self._folder], capture_output=True, text=True)
        bare = tuple(self._bare() for _ in range(BARE))
        return Moment(began, time.monotonic(), bare, memory, int(told.stdout.split()[0]))


def main(given: Sequence[str] | None = None) -> int:
    top = argparse.ArgumentParser(description=__doc__)
    top.add_argument("--candidates", type=int, default=1_000, metavar="N", help="(1000)")
    options = top.parse_args(given)
    with tempfile.TemporaryDirectory(prefix="patchwright-search-") as work, at_home(Path(work)):
        return measure(Path(work), options.candidates)


@contextmanager
def at_home(work: Path) -> Iterator[None]:
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(work / "state")
    try:
        yield
    finally:
        os.environ.pop("XDG_STATE_HOME")
        if before is not None:
            os.environ["XDG_STATE_HOME"] = before


def measure(work: Path, most: int) -> int:
    repository.make(work / "steps", FILES)
    task = Task(id="", repo=str(work / "steps"), issue="Write steps.", test_command=repository.TEST)
    config = Config.model_validate({"model": "scripted", "sandbox": "bubblewrap"})
    one = run.create(task, config, Repository(work / "steps"))
    try:
        with one.workspace("bare") as workspace:
            clock = Clock(
                one.folder, max(most // 10, 1), lambda: workspace.shell(repository.TEST, 60).seconds
            )
            model = Many()
            search(one, Source(lambda number: model), most, Control(), clock, every=True)
    finally:
        one.close(keep=False)
    return told(clock.moments, max(most // 10, 1))


def told(moments: Sequence[Moment], each: int) -> int:
    """Print the figures; 0 where they are as they should be."""
    rows = []
    for n, (before, now) in enumerate(pairwise(moments), 1):
        seconds, bare = (now.began - before.ended) / each, statistics.median(before.bare + now.bare)
        rows.append((n * each, bare, seconds, seconds / bare, now.memory / 1024, now.disk / 1024))
    print(f"{time.strftime('%Y-%m-%d', time.gmtime())}; {host()}\n")
    print(line(["candidates", "bare, s", "seconds each", "× bare", "memory, MB", "disk, MB"]))
    print(line(["---:"] * 6))
    for count, *figures, memory, disk in rows:
        print(line([str(count), *(f"{one:.2f}" for one in figures), f"{memory:.0f}", f"{disk:.1f}"]))
    whole = statistics.mean(row[3] for row in rows)
    growth = rows[-1][3] / rows[0][3]
    memory = rows[-1][4] / rows[0][4]
    print()
    print(line(["target", "at most", "here", ""]))
    print(line(["---", "---:", "---:", "---"]))
    targets = [
        ("a candidate, of the bare command", TIMES, whole),
        ("the last tenth's time, of the first", GROWTH, growth),
        ("memory at the end, of the first tenth", GROWTH, memory),
    ]
    for name, most, here in targets:
        print(line([name, f"{most:g}", f"{here:.2f}", met(here <= most)]))
    return 0 if all(here <= most for _, most, here in targets) else 1


if __name__ == "__main__":
    sys.exit(main())
